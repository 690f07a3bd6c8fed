import CommandLine
import ConfigurationFiles
import DomainJSON
import DomainModel
import EventLog
import HubConfiguration
import Projections
import Room

enum ObligationsCommand {
    static let overdue = Flag("overdue", "only what is past its time")
    static let agency = OptionalOption<String>("agency", value: "ID", "only what this agency owes")
    static let all = Flag("all", "also what is met, declined or withdrawn")

    static let command = Command(
        "obligations", "shows who owes what by when",
        discussion: "Each with how its due time came about. Overdue is measured at this moment's clock.",
        options: [Common.data, overdue, agency, all, Common.json], exitCodes: [.ok, .noInput],
        examples: [
            ("frontdoor obligations --overdue", "what is late now"),
            ("frontdoor obligations --agency bd-police --json", "what the police owe, for a script"),
        ]
    ) { invocation, terminal in
        let configuration = try Common.configuration(invocation)
        let settings = Common.settings(invocation, configuration)
        let wanted = try invocation[agency].map { text throws(CommandFailure) in
            try Common.agency(text, in: configuration.directory).id
        }
        return try await Common.onOwnThread {
            let log = try HubLog.existing(settings, for: .reading)
            var ledger = ObligationsProjection()
            try RoomReader(log: log, topics: Common.topics(settings)).forEachEvent { ledger.take($0) }
            let now = Common.now()
            var rows = ledger.rows
            if let wanted { rows = rows.filter { $0.facts.agency == wanted } }
            if invocation[overdue] {
                rows = rows.filter { $0.isOverdue(at: now) }
            } else if !invocation[all] {
                rows = rows.filter { $0.state == .open }
            }
            rows.sort { ($0.due ?? .distantPast, $0.facts.obligation) < ($1.due ?? .distantPast, $1.facts.obligation) }
            if invocation[Common.json] {
                for row in rows { terminal.print(json(row, now: now)) }
            } else if rows.isEmpty {
                terminal.print(invocation[overdue] ? "Nothing is overdue." : "Nothing is owed.")
            } else {
                var table = Table([
                    .text("Due"), .text("State"), .text("Owes"), .text("What"), .text("Rating"), .longText("About"),
                    .text("Obligation"),
                ])
                for row in rows {
                    table.add([
                        row.due?.description ?? "cannot be set",
                        row.isOverdue(at: now) ? terminal.styled("overdue", .red) : row.state.rawValue, owner(row),
                        row.facts.kind.rawValue, row.facts.rating?.rawValue ?? "-",
                        row.facts.caseID?.description ?? row.facts.referral?.description ?? "-",
                        row.facts.obligation.description,
                    ])
                }
                terminal.print(table)
            }
            log.close()
            return .ok
        }
    }

    private static func owner(_ row: ObligationsProjection.Row) -> String {
        row.facts.agency?.text ?? row.facts.team?.text ?? row.facts.desk?.text ?? "-"
    }

    private static func json(_ row: ObligationsProjection.Row, now: Instant) -> String {
        var json = JSONText()
        json.field("obligation", row.facts.obligation)
        json.field("kind", row.facts.kind)
        json.field("owner", owner(row))
        json.field("state", row.state.rawValue)
        json.field("overdue", row.isOverdue(at: now))
        json.field("start", row.start)
        json.field("due", row.due)
        json.field("endedAt", row.endedAt)
        json.field("onTime", row.onTime)
        json.field("case", row.facts.caseID)
        json.field("referral", row.facts.referral)
        json.field("rating", row.facts.rating)
        json.list("working", row.working)
        return json.finished
    }
}
