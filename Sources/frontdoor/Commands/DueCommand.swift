import CommandLine
import ConfigurationFiles
import DomainModel
import HubConfiguration
import WorkingTime

enum DueCommand {
    static let from = Option<String>(required: "from", value: "TIME", "when the clock starts (RFC 3339)")
    static let budget = Option<String>(
        required: "budget", value: "BUDGET", "such as 4h, 6wh, 1wd, 3d, 90m, 30s")
    static let calendar = Option("calendar", value: "ID", default: "office-hours", "a calendar of hub.yaml")

    static let command = Command(
        "due", "works out a due time, and shows its working",
        discussion: """
            h are elapsed hours; wh hours within opening, due at closing where they end there; wd the same local time on \
            the k-th working day after; d the same local time so many days on; m and s elapsed minutes and seconds.
            """,
        options: [from, budget, calendar, Common.json], exitCodes: [.ok, .dataError, .noInput],
        examples: [
            ("frontdoor due --from 2026-12-23T15:10:00Z --budget 6wh --calendar office-hours", "over Christmas"),
            ("frontdoor due --from 2026-12-23T15:10:00Z --budget 1wd --json", "for a script"),
        ]
    ) { invocation, terminal in
        let configuration = try Common.configuration(invocation)
        guard let start = Instant(rfc3339: invocation[from]) else {
            throw CommandFailure(
                .usage, "--from is no RFC 3339 time", remedy: "For example: --from 2026-12-23T15:10:00Z")
        }
        guard let found = configuration.directory.calendars.first(where: { $0.id.text == invocation[calendar] }) else {
            throw CommandFailure(
                .noInput, "hub.yaml names no calendar '\(invocation[calendar])'",
                remedy: "It names: " + configuration.directory.calendars.map(\.id.text).joined(separator: ", "))
        }
        let budget: Budget
        do throws(BudgetError) {
            budget = try Budget(parsing: invocation[DueCommand.budget])
        } catch {
            throw CommandFailure(.usage, "--budget cannot be read: \(error)", remedy: "For example: 4h, 6wh, 1wd, 3d")
        }
        let due: Due
        do {
            due = try WorkingTime.due(from: start, budget: budget, calendar: try found.workingCalendar())
        } catch {
            throw CommandFailure(.dataError, "no due time: \(error)")
        }
        if invocation[Common.json] {
            var json = JSONText()
            json.field("due", due.instant.description)
            json.list("working", due.words)
            terminal.print(json.finished)
        } else {
            terminal.print(due.instant.description)
            for line in due.words { terminal.print("  " + line) }
        }
        return .ok
    }
}
