import CommandLine
import ConfigurationFiles
import DomainModel
import EventLog
import HubConfiguration
import HubRuntime
import JSON
import Room
import Sealing

/// `dead-letters redrive`: publishes a named person's decision that a dead letter is taken once more. It brings the
/// original as it lies there, sealed: this command opens nothing, and Intake takes nothing that the hub has not sealed.
enum RedriveCommand {
    static let by = Option<String>(required: "by", value: "PERSON", "who says so, as hub.yaml names them")
    static let reason = OptionalOption<String>(
        "reason", value: "CODE", "why: one of " + DecisionReason.allCases.map(\.rawValue).joined(separator: ", "))
    static let note = OptionalOption<String>("note", value: "TEXT", "in the person's own words; kept sealed")
    static let dryRun = Flag("dry-run", "shows what would come of it, and publishes nothing")

    static let command = Command(
        "redrive", "has one taken once more, on a named person's word: once, and on the thread",
        discussion: """
            What Intake had refused is judged by the configuration of now, with the moment at which it came. What a \
            participant could not take is given to it again, with all that waited behind it. Put the cause right first: \
            what is refused as before stays where it is.

            A dry run decides on a copy of the present state: the cases, clocks and alerts that would change.
            """,
        arguments: [DeadLettersCommand.id], options: [by, reason, note, dryRun],
        exitCodes: [.ok, .checkFailed, .noInput, .usage, .configuration],
        examples: [
            ("frontdoor dead-letters redrive 0abc… --by bd.amara --dry-run", "what would change"),
            (
                "frontdoor dead-letters redrive 0abc… --by bd.amara --reason other --note 'agency added'",
                "takes it once more"
            ),
        ]
    ) { invocation, terminal in
        try await Letters.read(invocation) { letters, place throws(CommandFailure) in
            let letter = try letters.named(invocation[DeadLettersCommand.id])
            switch letter.standing {
            case .open: break
            case .waits:
                throw CommandFailure(
                    .usage, "it only waits behind another one",
                    remedy: "Redrive the one of \(letter.record.service) that was set aside before it.")
            case .redriven:
                throw CommandFailure(
                    .usage, "\(letter.redrivenBy ?? "somebody") has had it taken once more already",
                    remedy: "Nothing is redriven twice; 'frontdoor thread' shows what came of it.")
            }
            let team = try team(of: invocation[by], for: letter.record, place.configuration.directory)
            let record = try record(letter.record, team, invocation, place)
            if invocation[dryRun] { return try rehearse(record, place, invocation, terminal) }
            guard invocation[reason] != nil else {
                throw CommandFailure(.usage, "say why with --reason", remedy: "A note may stand beside it: --note")
            }
            try Publishing.send(record, settings: place.settings)
            terminal.print(
                "Published as \(team.id)'s; what comes of it: frontdoor dead-letters show \(letter.record.id)")
            return .ok
        }
    }

    /// The team in which the person may do this.
    private static func team(
        of person: String, for letter: RecordedDeadLetter, _ directory: HubDirectory
    ) throws(CommandFailure) -> Team {
        if let found = directory.redrivers(
            of: letter.authority, refusedByIntake: letter.service == Service.intake.rawValue
        )
        .first(where: { $0.person.text == person }) {
            return found.team
        }
        throw CommandFailure(
            .usage, "\(person) may not redrive what belongs to \(letter.authority)",
            remedy:
                "hub.yaml says who may: a person of that authority's teams, or of the hub's, with the verb 'redrive'.")
    }

    private static func record(
        _ letter: RecordedDeadLetter, _ team: Team, _ invocation: Invocation, _ place: Letters.Place
    ) throws(CommandFailure) -> NewRecord {
        guard let origin = InputPosition(letter.origin) else {
            throw CommandFailure(.dataError, "its origin cannot be read: \(letter.origin)")
        }
        var subject: Subject?
        if letter.service == Service.intake.rawValue {
            guard letter.original != nil, letter.head != nil else {
                throw CommandFailure(
                    .noInput, "what was sent is not in it: it was too large, or an earlier version wrote it",
                    remedy: "Its sender has to send it again.")
            }
        } else {
            subject = try event(at: origin, place)?.subject
        }
        let code = invocation[reason] ?? DecisionReason.other.rawValue
        guard let reason = DecisionReason(rawValue: code) else {
            throw CommandFailure(
                .usage, "--reason has no code '\(code)'",
                remedy: "There are: " + DecisionReason.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return Publishing.record(
            to: place.topics.decisions(team.id), source: "/team/\(team.id)", type: "frontdoor.decision.submitted.v1",
            id: Publishing.newID(),
            data: letter.redriveDecision(
                by: invocation[by], reason: reason, note: invocation[note], subject: subject))
    }

    private static func event(at origin: InputPosition, _ place: Letters.Place) throws(CommandFailure) -> Event? {
        let codec = RoomCodec(topics: place.topics)
        do throws(LogError) {
            let read = try place.log.read(
                TopicPartition(place.topics.events, origin.partition), from: NextOffset(origin.offset),
                limit: ReadLimit(records: 1, bytes: 4 << 20))
            guard let record = read.records.first, record.offset.value == origin.offset else { return nil }
            return try? codec.event(from: record, parser: JSONParser())
        } catch {
            throw Common.failure(error)
        }
    }

    // MARK: The dry run

    private static func rehearse(
        _ record: NewRecord, _ place: Letters.Place, _ invocation: Invocation, _ terminal: Terminal
    ) throws(CommandFailure) -> ExitCode {
        let secrets = try Secrets.load(place.settings)
        let (vault, equipment) = OpenHub.equipment(
            log: place.log, configuration: place.configuration, topics: place.topics, secrets: secrets)
        let rehearsal: Rehearsal
        do throws(HubError) {
            rehearsal = try Rehearsal.of(
                record, now: Common.now(), log: place.log, topics: place.topics, vault: vault, equipment: equipment,
                intake: OpenHub.intakeHost(), hosts: OpenHub.hosts())
        } catch {
            throw Common.failure(error)
        }
        for event in rehearsal.events {
            guard case .submissionRefused(let refused) = event.body, refused.channel == .decisions else { continue }
            terminal.print("It would be refused: \(refused.reason).")
            return .checkFailed
        }
        let changes = Changes(rehearsal)
        if invocation[Common.json] {
            var json = JSONText()
            json.list("cases", changes.cases)
            json.list("clocks", changes.clocks)
            json.list("alerts", changes.alerts)
            json.list("sent", changes.sent)
            json.field("events", rehearsal.events.count)
            terminal.print(json.finished)
        } else {
            terminal.print(
                "\(Words.count(rehearsal.events.count, "event", "events")) would come of it. Nothing has been published."
            )
            for (name, lines) in [
                ("Cases", changes.cases), ("Clocks", changes.clocks), ("Alerts", changes.alerts),
                ("Sent", changes.sent),
            ] {
                terminal.print(terminal.styled(name, .bold) + (lines.isEmpty ? ": none" : ":"))
                for line in lines { terminal.print("  " + line) }
            }
        }
        return .ok
    }

    /// What a rehearsal says of cases, clocks, alerts and recipients, in lines; ids, codes and names of teams alone.
    private struct Changes {
        var cases: [String] = []
        var clocks: [String] = []
        var alerts: [String] = []
        var sent: [String] = []

        init(_ rehearsal: Rehearsal) {
            for event in rehearsal.events {
                let type = event.body.type.rawValue
                switch event.body {
                case .obligationOpened(let facts):
                    clocks.append(
                        "\(type): \(facts.facts.kind.rawValue)" + (facts.due.map { ", due \($0)" } ?? ", cannot be set")
                    )
                case .obligationMet(let facts): clocks.append("\(type): \(facts.facts.kind.rawValue)")
                case .obligationExtended(let facts): clocks.append("\(type): \(facts.facts.kind.rawValue)")
                case .obligationWithdrawn(let facts), .obligationDeclined(let facts):
                    clocks.append("\(type): \(facts.facts.kind.rawValue)")
                case .alertRaised(let facts), .alertEscalated(let facts):
                    alerts.append("\(type): \(facts.facts.kind.rawValue)")
                case .alertCleared: alerts.append(type)
                default:
                    if case .caseID(let caseID) = event.subject { cases.append("\(type): \(caseID)") }
                }
            }
            for (topic, type) in rehearsal.sent { sent.append("\(topic.name): \(type)") }
        }
    }
}
