import CommandLine
import ConfigurationFiles
import DomainJSON
import DomainModel
import EventLog
import HubConfiguration
import JSON
import Projections
import Room

enum AlertsCommand {
    static let all = Flag("all", "also those that are cleared")
    static let alert = Argument<String>("ID", "the alert's id, as 'alerts' prints it")
    static let desk = OptionalOption<String>("desk", value: "ID", "the desk that answers; default: the alert's own")
    static let by = Option<String>(required: "by", value: "PERSON", "who answers, as hub.yaml names them")
    static let until = OptionalOption<String>(
        "until", value: "TIME", "when it is promised to be put right (RFC 3339); the alert sleeps till then")
    static let note = OptionalOption<String>("note", value: "TEXT", "in the person's own words; kept sealed")

    static let command = Command(
        "alerts", "shows who must be woken, and takes their answers",
        options: [Common.data, all, Common.json], exitCodes: [.ok, .noInput],
        examples: [
            ("frontdoor alerts", "the alerts that stand"),
            (
                "frontdoor alerts answer 0abc… --by bd.ines --until 2026-11-23T15:30:00Z --note 'rang, promised'",
                "chased, promised by half past three"
            ),
        ],
        subcommands: [
            Command(
                "answer", "records that a named person of the desk has answered", arguments: [alert],
                options: [desk, by, until, note], exitCodes: [.ok, .noInput],
                examples: [
                    ("frontdoor alerts answer 0abc… --by bd.ines", "somebody has taken it"),
                    (
                        "frontdoor alerts answer 0abc… --by bd.ines --until 2026-11-23T15:30:00Z",
                        "promised for half past three; the alert sleeps till then"
                    ),
                ]
            ) { invocation, terminal in try await answer(invocation, terminal) }
        ]
    ) { invocation, terminal in
        let configuration = try Common.configuration(invocation)
        let settings = Common.settings(invocation, configuration)
        return try await Common.onOwnThread {
            let log = try HubLog.existing(settings, for: .reading)
            let ledger = try ledger(RoomReader(log: log, topics: Common.topics(settings)))
            let shown = invocation[all] ? ledger.alerts : ledger.alerts.filter { $0.clearedAt == nil }
            if invocation[Common.json] {
                for alert in shown { terminal.print(json(alert)) }
            } else if shown.isEmpty {
                terminal.print("No alert stands.")
            } else {
                var table = Table([
                    .text("Raised"), .text("Desk"), .text("Code"), .number("Step"), .text("Owes"), .text("Answered by"),
                    .text("Promised for"),
                    .longText("About"), .text("Alert"),
                ])
                for alert in shown {
                    let facts = alert.raised.facts
                    table.add([
                        alert.raisedAt.description, alert.raised.desk.text, alert.raised.code,
                        String(alert.rung + 1), facts.agency?.text ?? facts.team?.text ?? facts.desk?.text ?? "-",
                        alert.acknowledgedBy?.text ?? (alert.clearedAt == nil ? "nobody yet" : "-"),
                        alert.promisedFor.map { "\($0) (\(alert.promises))" } ?? "-",
                        facts.caseID?.description ?? facts.referral?.description ?? "-",
                        alert.raised.alert.description,
                    ])
                }
                terminal.print(table)
            }
            log.close()
            return .ok
        }
    }

    private static func ledger(_ reader: RoomReader) throws(CommandFailure) -> ObligationsProjection {
        var ledger = ObligationsProjection()
        try reader.forEachEvent { ledger.take($0) }
        return ledger
    }

    private static func answer(_ invocation: Invocation, _ terminal: Terminal) async throws -> ExitCode {
        let configuration = try Common.configuration(invocation)
        let settings = Common.settings(invocation, configuration)
        let topics = Common.topics(settings)
        let until = try invocation[until].map { text throws(CommandFailure) in
            guard let instant = Instant(rfc3339: text) else {
                throw CommandFailure(
                    .usage, "--until is no RFC 3339 time", remedy: "For example: --until 2026-11-23T15:30:00Z")
            }
            return instant
        }
        return try await Common.onOwnThread {
            let log = try HubLog.existing(settings, for: .reading)
            let ledger = try ledger(RoomReader(log: log, topics: topics))
            log.close()
            guard let wanted = ledger.alerts.first(where: { $0.raised.alert.description == invocation[alert] }) else {
                throw CommandFailure(
                    .noInput, "there is no alert of that id", remedy: "'frontdoor alerts --all' prints the ids.")
            }
            let desk = try Common.desk(invocation[desk] ?? wanted.raised.desk.text, in: configuration.directory)
            guard desk.people.contains(where: { $0.id.text == invocation[by] }) else {
                throw CommandFailure(
                    .usage, "\(invocation[by]) is not on the desk \(desk.id)",
                    remedy: "hub.yaml lists: " + desk.people.map(\.id.text).joined(separator: ", "))
            }
            var json = JSONWriter()
            json.beginObject()
            json.field("alert", wanted.raised.alert)
            json.field("person", invocation[by])
            json.field("until", until)
            json.field("note", invocation[note])
            json.endObject()
            try Publishing.send(
                Publishing.record(
                    to: topics.answers(desk.id), source: "/oncall/\(desk.id)", type: "frontdoor.alert.answered.v1",
                    id: Publishing.newID(), data: json.bytes), settings: settings)
            terminal.print("Answered by \(invocation[by]); the thread will say so.")
            return .ok
        }
    }

    private static func json(_ alert: ObligationsProjection.Alert) -> String {
        var json = JSONText()
        json.field("alert", alert.raised.alert)
        json.field("desk", alert.raised.desk)
        json.field("code", alert.raised.code)
        json.field("rung", alert.rung)
        json.field("raisedAt", alert.raisedAt)
        json.field("due", alert.raised.due)
        json.field("obligation", alert.raised.facts.obligation)
        json.field("case", alert.raised.facts.caseID)
        json.field("referral", alert.raised.facts.referral)
        json.field("answeredBy", alert.acknowledgedBy)
        json.field("promisedFor", alert.promisedFor)
        json.field("promises", alert.promises)
        json.field("onCall", alert.raised.onCall)
        json.field("role", alert.raised.role)
        json.field("clearedAt", alert.clearedAt)
        return json.finished
    }
}
