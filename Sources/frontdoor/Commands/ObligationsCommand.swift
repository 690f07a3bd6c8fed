import CommandLine
import ConfigurationFiles
import DomainJSON
import DomainModel
import EventLog
import HubConfiguration
import Projections
import Room
import WorkingTime

enum ObligationsCommand {
    static let overdue = Flag("overdue", "only what is past its time")
    static let agency = OptionalOption<String>("agency", value: "ID", "only what this agency owes")
    static let all = Flag("all", "also what is met, declined or withdrawn")

    static let since = OptionalOption<String>("from", value: "DATE", "only what was asked on that day or later")
    static let before = OptionalOption<String>("until", value: "DATE", "only what was asked before that day")

    static let command = Command(
        "obligations", "shows who owes what by when",
        discussion: "Each with how its due time came about. Overdue is measured at this moment's clock.",
        options: [Common.data, overdue, agency, all, Common.json], exitCodes: [.ok, .noInput],
        examples: [
            ("frontdoor obligations --overdue", "what is late now"),
            ("frontdoor obligations --agency bd-police --json", "what the police owe, for a script"),
        ],
        subcommands: [
            Command(
                "report", "says how many returns came on time, by agency and rating",
                discussion: """
                    On time is the share of what has fallen due. The median lateness is of those that came late, in \
                    elapsed time.
                    """,
                options: [since, before], exitCodes: [.ok, .noInput],
                examples: [
                    ("frontdoor obligations report", "since the log began"),
                    (
                        "frontdoor obligations report --from 2026-11-01 --until 2026-12-01 --json",
                        "a month, for a script"
                    ),
                ]
            ) { invocation, terminal in try await report(invocation, terminal) }
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
                        row.isOverdue(at: now) ? terminal.styled("overdue", .red) : state(row), owner(row),
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

    private static func state(_ row: ObligationsProjection.Row) -> String {
        row.suspendedSince == nil ? row.state.rawValue : "suspended"
    }

    private static func day(_ text: String?, _ option: String) throws(CommandFailure) -> Instant? {
        guard let text else { return nil }
        guard let date = CivilDate(iso8601: text) else {
            throw CommandFailure(.usage, "\(option) is no date", remedy: "For example: \(option) 2026-11-01")
        }
        return LondonTime.instant(of: CivilDateTime(date: date, millisecondsOfDay: 0))
    }

    private static func report(_ invocation: Invocation, _ terminal: Terminal) async throws -> ExitCode {
        let configuration = try Common.configuration(invocation)
        let settings = Common.settings(invocation, configuration)
        let start = try day(invocation[since], "--from") ?? .distantPast
        let end = try day(invocation[before], "--until") ?? .distantFuture
        return try await Common.onOwnThread {
            let log = try HubLog.existing(settings, for: .reading)
            var ledger = ObligationsProjection()
            try RoomReader(log: log, topics: Common.topics(settings)).forEachEvent { ledger.take($0) }
            log.close()
            let report = ReturnsReport(ledger, from: start, until: end, at: Common.now())
            if invocation[Common.json] {
                for line in report.lines { terminal.print(json(line)) }
            } else if report.lines.isEmpty {
                terminal.print("No agency was asked.")
            } else {
                var table = Table([
                    .text("Agency"), .text("Rating"), .number("Asked"), .number("On time"), .number("Late"),
                    .number("Overdue"), .number("Running"), .number("Declined"), .number("Withdrawn"),
                    .number("On time %"), .text("Median lateness"),
                ])
                for line in report.lines {
                    table.add([
                        line.agency.text, line.rating?.rawValue ?? "-", String(line.asked), String(line.onTime),
                        String(line.late), String(line.overdue), String(line.running), String(line.declined),
                        String(line.withdrawn), line.onTimePercent.map { "\($0)" } ?? "-",
                        line.medianLatenessMilliseconds.map { minutes($0) } ?? "-",
                    ])
                }
                terminal.print(table)
            }
            return .ok
        }
    }

    private static func minutes(_ milliseconds: Int64) -> String {
        let minutes = milliseconds / 60_000
        return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
    }

    private static func json(_ line: ReturnsReport.Line) -> String {
        var json = JSONText()
        json.field("agency", line.agency)
        json.field("rating", line.rating)
        json.field("asked", line.asked)
        json.field("onTime", line.onTime)
        json.field("late", line.late)
        json.field("overdue", line.overdue)
        json.field("running", line.running)
        json.field("declined", line.declined)
        json.field("withdrawn", line.withdrawn)
        json.field("onTimePercent", line.onTimePercent)
        json.field("medianLatenessSeconds", line.medianLatenessMilliseconds.map { $0 / 1000 })
        return json.finished
    }

    private static func owner(_ row: ObligationsProjection.Row) -> String {
        row.facts.agency?.text ?? row.facts.team?.text ?? row.facts.desk?.text ?? "-"
    }

    private static func json(_ row: ObligationsProjection.Row, now: Instant) -> String {
        var json = JSONText()
        json.field("obligation", row.facts.obligation)
        json.field("kind", row.facts.kind)
        json.field("owner", owner(row))
        json.field("state", state(row))
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
