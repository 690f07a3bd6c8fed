import CommandLine
import ConfigurationFiles
import DomainModel
import HubConfiguration
import WorkingTime

enum RotaCommand {
    static let desk = OptionalOption<String>("desk", value: "ID", "only this desk")
    static let at = OptionalOption<String>("at", value: "TIME", "when (RFC 3339); default: now")
    static let days = Option("days", value: "N", default: 7, "so many days of hand-overs")

    static let command = Command(
        "rota", "says who is on call, and when the desks are handed over",
        discussion: "Gaps in the rotas of the next four weeks are found by 'frontdoor check'.",
        options: [desk, at, days, Common.json], exitCodes: [.ok, .noInput],
        examples: [
            ("frontdoor rota", "who is on call this week"),
            ("frontdoor rota --desk bd-edt --at 2026-12-25T12:00:00Z --days 1", "on Christmas Day"),
        ]
    ) { invocation, terminal in
        let directory = try Common.configuration(invocation).directory
        let start = try moment(invocation[at]) ?? Common.now()
        let end = start.adding(milliseconds: Int64(min(max(invocation[days], 1), 366)) * 86_400_000)
        let desks = try invocation[desk].map { text throws(CommandFailure) in [try Common.desk(text, in: directory)] }
        var table = Table([.text("Desk"), .text("From"), .text("Until"), .text("On call"), .text("Desk is")])
        for desk in desks ?? directory.desks {
            let hours = desk.calendar.flatMap(directory.workingCalendar) ?? .continuous
            for span in desk.onCallSpans(from: start, until: end) {
                let people = span.people.map(\.text).joined(separator: ", ")
                let isOpen = hours.isOpen(at: span.from)
                if invocation[Common.json] {
                    var json = JSONText()
                    json.field("desk", desk.id)
                    json.field("from", span.from)
                    json.field("until", span.until)
                    json.list("onCall", span.people)
                    json.field("open", isOpen)
                    terminal.print(json.finished)
                } else {
                    table.add([
                        desk.id.text, span.from.description, span.until.description, people.isEmpty ? "-" : people,
                        isOpen ? "open" : "closed",
                    ])
                }
            }
        }
        if !invocation[Common.json] { terminal.print(table) }
        return .ok
    }

    private static func moment(_ text: String?) throws(CommandFailure) -> Instant? {
        guard let text else { return nil }
        guard let moment = Instant(rfc3339: text) else {
            throw CommandFailure(.usage, "--at is no RFC 3339 time", remedy: "For example: --at 2026-12-25T12:00:00Z")
        }
        return moment
    }
}
