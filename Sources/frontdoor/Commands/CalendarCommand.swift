import CommandLine
import ConfigurationFiles
import DomainModel
import HubConfiguration
import WorkingTime

enum CalendarCommand {
    static let name = OptionalOption<String>("id", value: "ID", "a calendar of hub.yaml; default: all of them")
    static let at = OptionalOption<String>("at", value: "TIME", "when (RFC 3339); default: now")
    static let holidays = OptionalOption<Int>("bank-holidays", value: "YEAR", "the bank holidays of that year instead")

    static let command = Command(
        "calendar", "says which calendars are open, and when each next opens or closes",
        options: [name, at, holidays, Common.json], exitCodes: [.ok, .dataError, .noInput],
        examples: [
            ("frontdoor calendar", "all calendars, now"),
            ("frontdoor calendar --id out-of-hours --at 2026-12-25T12:00:00Z", "who is there on Christmas Day"),
            ("frontdoor calendar --bank-holidays 2027", "the days that the calendars close for"),
        ]
    ) { invocation, terminal in
        let directory = try Common.configuration(invocation).directory
        if let year = invocation[holidays] {
            for day in directory.workingHolidays.all(in: year) {
                if invocation[Common.json] {
                    var json = JSONText()
                    json.field("date", day.description)
                    json.field("weekday", Weekday(of: day).description)
                    terminal.print(json.finished)
                } else {
                    terminal.print("\(day) \(Weekday(of: day))")
                }
            }
            return .ok
        }
        let moment = try invocation[at].map { text throws(CommandFailure) in
            guard let moment = Instant(rfc3339: text) else {
                throw CommandFailure(
                    .usage, "--at is no RFC 3339 time", remedy: "For example: --at 2026-12-25T12:00:00Z")
            }
            return moment
        }
        let names = invocation[name].map { [$0] } ?? directory.calendars.map(\.id.text)
        for name in names {
            let state = try Common.calendar(name, in: directory).state(at: moment ?? Common.now())
            if invocation[Common.json] {
                var json = JSONText()
                json.field("calendar", name)
                json.field("at", state.at)
                json.field("open", state.isOpen)
                json.field("nextOpening", state.nextOpening)
                json.field("nextClosing", state.nextClosing)
                json.list("words", state.words)
                terminal.print(json.finished)
            } else {
                terminal.print("\(name): " + state.words.joined(separator: "; "))
            }
        }
        return .ok
    }
}
