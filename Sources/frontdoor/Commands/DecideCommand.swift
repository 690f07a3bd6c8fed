import CommandLine
import ConfigurationFiles
import DomainJSON
import DomainModel
import EventLog
import HubConfiguration
import JSON
import Projections
import Room

enum DecideCommand {
    static let team = Argument<String>("TEAM", "the team that decides")
    static let verb = Argument<String>(
        "DECISION",
        "one of " + DecisionVerb.allCases.map(\.rawValue).joined(separator: ", ")
            + "; 'confirm' is short for confirm-identity")
    static let entry = OptionalOption<String>("entry", value: "ID", "the queue entry that is decided on")
    static let cases = RepeatedOption<String>("case", value: "ID", "further cases that the same decision is for")
    static let by = OptionalOption<String>("by", value: "PERSON", "who decides, as hub.yaml names them")
    static let reason = OptionalOption<String>(
        "reason", value: "CODE", "why: one of " + DecisionReason.allCases.map(\.rawValue).joined(separator: ", "))
    static let note = OptionalOption<String>("note", value: "TEXT", "in the person's own words; kept sealed")
    static let to = OptionalOption<String>("to", value: "TEAM", "where a redirect or step-down goes")
    static let outcome = OptionalOption<String>(
        "outcome", value: "CODE",
        "what a close or decision settles on: "
            + Outcome.allCases.map(\.rawValue).joined(separator: ", "))
    static let urgency = OptionalOption<String>("urgency", value: "RAG", "with 'rate': red, amber, green or blue")
    static let level = OptionalOption<Int>("level", value: "N", "with 'rate': level of need, 1 to 4")
    static let child = RepeatedOption<String>(
        "child", value: "ID",
        "with an identity decision: the child's id, as the entry's referrals list it; with 'split' several")
    static let person = OptionalOption<String>(
        "candidate", value: "ID",
        "with confirm, unlink or split: who it is; without it: somebody new. With 'born': whom the baby was taken for")
    static let asof = OptionalOption<String>(
        "asof", value: "ID", "the newest event of the case that the person has seen; default: what the entry shows")
    static let givenName = OptionalOption<String>("given-name", value: "TEXT", "with 'born'; kept sealed")
    static let familyName = OptionalOption<String>("family-name", value: "TEXT", "with 'born'; kept sealed")
    static let birthDate = OptionalOption<String>("birth-date", value: "DATE", "with 'born', YYYY-MM-DD; kept sealed")
    static let nhsNumber = OptionalOption<String>("nhs-number", value: "NUMBER", "with 'born'; kept sealed")
    static let request = OptionalOption<String>(
        "request", value: "REFERENCE",
        "with accept-decline or challenge: the request; default: the one that the entry is about")
    static let authority = OptionalOption<String>("authority", value: "GSS", "with 'assign': the right authority")

    static let at = OptionalOption<String>(
        "at", value: "TIME",
        "with strategy-discussion, complete-assessment or hold-conference: when it took place (RFC 3339)")
    static let clock = OptionalOption<String>(
        "clock", value: "KIND", "with suspend or resume: the kind of what is owed, such as assessment")

    static let command = Command(
        "decide", "records what a named person decides on a queue entry",
        discussion: """
            The decision is published as the team's; the hub carries it out or refuses it, and says so on the team's \
            queue. What the person had seen (asof) is taken from the entry: where risk has risen since, a close or \
            step-down comes back with what is new.

            Who a child is: 'confirm' answers a review; 'unlink' takes one referral's child from the case, 'split' \
            several together; 'merge' says that two cases are of one child, and the first goes on; 'born' that an unborn \
            child was born; 'lost' that the family has lost it, which ends all clocks and contact.
            """,
        arguments: [team, verb],
        options: [
            Common.data, entry, cases, by, reason, note, to, outcome, urgency, level, child, person, asof, request,
            authority, at, clock, givenName, familyName, birthDate, nhsNumber,
        ],
        exitCodes: [.ok, .dataError, .noInput],
        examples: [
            (
                "frontdoor decide bd-family-help accept --entry 0abc… --by bd.carol --reason threshold-met",
                "the team takes the lead"
            ),
            (
                "frontdoor decide bd-mash close --entry 0abc… --by bd.amara --reason threshold-not-met --outcome advice",
                "a case is closed with advice"
            ),
            (
                "frontdoor decide bd-mash confirm --entry 0abc… --candidate 1def… --by bd.amara --reason identity-checked",
                "a review is answered: the child is that person"
            ),
            (
                "frontdoor decide bd-mash unlink --child 2ghj… --by bd.amara --reason wrong-link",
                "a false link is undone: the child gets a case of its own"
            ),
            (
                "frontdoor decide bd-mash split --child 2ghj… --child 3kmn… --by bd.amara --reason wrong-link",
                "two referrals' children are together somebody else"
            ),
            (
                "frontdoor decide bd-mash merge --case E09000002-0abc… --case E09000002-1def… --by bd.amara --reason same-person",
                "two cases are one child's; the first goes on"
            ),
            (
                "frontdoor decide bd-mash born --child 2ghj… --birth-date 2026-11-20 --by bd.amara --reason birth",
                "an unborn child was born"
            ),
            (
                "frontdoor decide bd-mash lost --child 2ghj… --by bd.amara --reason loss",
                "the family has lost the child: nothing more is asked, owed or sent"
            ),
            (
                "frontdoor decide bd-macpt strategy-discussion --case E09000002-0abc… --by bd.ewa --at 2026-11-24T10:00:00Z",
                "s47 enquiries are initiated: a conference is owed within 15 working days"
            ),
        ]
    ) { invocation, terminal in
        let configuration = try Common.configuration(invocation)
        let settings = Common.settings(invocation, configuration)
        let topics = Common.topics(settings)
        let team = try Common.team(invocation[team], in: configuration.directory)
        let data = try decision(invocation, team: team, settings: settings, topics: topics)
        return try await Common.onOwnThread {
            let id = Publishing.newID()
            try Publishing.send(
                Publishing.record(
                    to: topics.decisions(team.id), source: "/team/\(team.id)",
                    type: "frontdoor.decision.submitted.v1", id: id, data: data), settings: settings)
            terminal.print("Published as \(id); what comes of it is on the queue: frontdoor queue \(team.id)")
            return .ok
        }
    }

    private static func decision(
        _ invocation: Invocation, team: Team, settings: HubSettings, topics: HubTopics
    ) throws(CommandFailure) -> [UInt8] {
        let named = invocation[verb] == "confirm" ? DecisionVerb.confirmIdentity.rawValue : invocation[verb]
        guard let verb = DecisionVerb(rawValue: named) else {
            throw CommandFailure(
                .usage, "there is no decision '\(invocation[DecideCommand.verb])'",
                remedy: "There are: " + DecisionVerb.allCases.map(\.rawValue).joined(separator: ", "))
        }
        guard let by = invocation[by], team.people.contains(where: { $0.id.text == by }) else {
            throw CommandFailure(
                .usage, "say who decides with --by: a person of \(team.id)",
                remedy: "hub.yaml lists: " + team.people.map(\.id.text).joined(separator: ", "))
        }
        var json = JSONWriter()
        json.beginObject()
        json.field("person", by)
        json.field("verb", verb)
        json.field("reason", try code(invocation[reason], DecisionReason.self, "--reason") ?? .other)
        json.field("note", invocation[note])
        if let entry = invocation[entry] {
            let log = try HubLog.existing(settings, for: .reading)
            let queue = try QueueCommand.read(team.id, RoomReader(log: log, topics: topics))
            log.close()
            guard let row = queue.rows.first(where: { $0.entry.description == entry }) else {
                throw CommandFailure(
                    .noInput, "\(team.id) has no entry of that id",
                    remedy: "'frontdoor queue \(team.id)' prints the ids.")
            }
            json.field("entry", row.entry)
            json.field("asof", invocation[asof] ?? row.asof?.description)
            let named = invocation[cases].isEmpty ? row.caseID.map { [$0.description] } ?? [] : invocation[cases]
            json.field("cases", named)
            // A lead entry of a case that one referral led to names one child: that one is meant.
            let only = verb.isAboutAChild && row.children.count == 1 ? row.children.first : nil
            json.field("child", invocation[child].first ?? row.child?.description ?? only?.description)
            json.field("request", invocation[request] ?? row.request)
        } else {
            json.field("cases", invocation[cases])
            json.field("asof", invocation[asof])
            json.field("child", invocation[child].first)
            json.field("request", invocation[request])
        }
        if invocation[child].count > 1 { json.field("children", Array(invocation[child].dropFirst())) }
        if verb == .born { birth(invocation, to: &json) }
        if let text = invocation[at] {
            guard let moment = Instant(rfc3339: text) else {
                throw CommandFailure(
                    .usage, "--at is no RFC 3339 time", remedy: "For example: --at 2026-11-24T10:00:00Z")
            }
            json.field("at", moment)
        }
        json.field("clock", try code(invocation[clock], ObligationKind.self, "--clock"))
        json.field("to", invocation[to])
        json.field("authority", invocation[authority])
        json.field("outcome", try code(invocation[outcome], Outcome.self, "--outcome"))
        json.field("candidate", invocation[person])
        if let urgency = try code(invocation[urgency], RAG.self, "--urgency") {
            guard let level = invocation[level].flatMap({ LevelOfNeed($0) }) else {
                throw CommandFailure(.usage, "a rating needs --level 1 to 4 beside --urgency")
            }
            json.field("rating", Rating(urgency, level: level))
        }
        json.endObject()
        return json.bytes
    }

    private static func birth(_ invocation: Invocation, to json: inout JSONWriter) {
        let known = [invocation[givenName], invocation[familyName], invocation[birthDate], invocation[nhsNumber]]
        guard known.contains(where: { $0 != nil }) else { return }
        json.key("born")
        json.beginObject()
        json.field("givenName", invocation[givenName])
        json.field("familyName", invocation[familyName])
        json.field("birthDate", invocation[birthDate])
        json.field("nhsNumber", invocation[nhsNumber])
        json.endObject()
    }

    private static func code<Code: RawRepresentable & CaseIterable>(
        _ text: String?, _: Code.Type, _ option: String
    ) throws(CommandFailure) -> Code? where Code.RawValue == String {
        guard let text else { return nil }
        guard let code = Code(rawValue: text) else {
            throw CommandFailure(
                .usage, "\(option) has no code '\(text)'",
                remedy: "There are: " + Code.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return code
    }
}

extension DecisionVerb {
    /// Names a child of a referral.
    fileprivate var isAboutAChild: Bool {
        switch self {
        case .confirmIdentity, .unlink, .split, .born, .lost: true
        default: false
        }
    }
}
