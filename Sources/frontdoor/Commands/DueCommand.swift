import CommandLine
import ConfigurationFiles
import DomainModel
import Foundation
import HubConfiguration
import WorkingTime

enum DueCommand {
    static let from = OptionalOption<String>("from", value: "TIME", "when the clock starts (RFC 3339)")
    static let before = OptionalOption<String>(
        "before", value: "TIME", "in place of --from: the latest start for what is wanted by then")
    static let budget = OptionalOption<String>("budget", value: "BUDGET", "such as 4h, 6wh, 1wd, 3d, 90m, 30s")
    static let calendar = Option("calendar", value: "ID", default: "office-hours", "a calendar of hub.yaml")
    static let file = Argument<String>("FILE", "a start, a budget and a calendar a line; '-' reads standard input")

    static let command = Command(
        "due", "works out a due time, and shows its working",
        discussion: """
            h are elapsed hours; wh hours within opening, due at closing where they end there; wd the same local time on \
            the k-th working day after; d the same local time so many days on; m and s elapsed minutes and seconds.
            """,
        options: [from, before, budget, calendar, Common.json], exitCodes: [.ok, .dataError, .noInput],
        examples: [
            ("frontdoor due --from 2026-12-23T15:10:00Z --budget 6wh --calendar office-hours", "over Christmas"),
            ("frontdoor due --from 2026-12-23T15:10:00Z --budget 1wd --json", "for a script"),
            ("frontdoor due --before 2026-12-24T12:00:00Z --budget 4wh", "when to have begun"),
        ],
        subcommands: [
            Command(
                "many", "works out a due time for each line of a file",
                discussion: """
                    Each line holds a start (RFC 3339), a budget and, where it is not office-hours, a calendar, with \
                    blanks between. A line that has no due time gives '-' and the reason.
                    """,
                arguments: [file], options: [], exitCodes: [.ok, .noInput],
                examples: [
                    ("frontdoor due many starts.txt", "one due time a line"),
                    ("printf '2026-12-23T15:10:00Z 1wd\\n' | frontdoor due many -", "from another program"),
                ]
            ) { invocation, terminal in try many(invocation, terminal) }
        ]
    ) { invocation, terminal in
        let configuration = try Common.configuration(invocation)
        let (start, isEnd) = try moment(invocation)
        let calendar = try Common.calendar(invocation[calendar], in: configuration.directory)
        guard let text = invocation[DueCommand.budget] else {
            throw CommandFailure(.usage, "--budget is needed", remedy: "For example: --budget 4h, 6wh, 1wd or 3d")
        }
        let budget: Budget
        do throws(BudgetError) {
            budget = try Budget(parsing: text)
        } catch {
            throw CommandFailure(.usage, "--budget cannot be read: \(error)", remedy: "For example: 4h, 6wh, 1wd, 3d")
        }
        let due: Due
        do throws(DueError) {
            due =
                isEnd
                ? try WorkingTime.beginning(before: start, budget: budget, calendar: calendar)
                : try WorkingTime.due(from: start, budget: budget, calendar: calendar)
        } catch {
            throw CommandFailure(.dataError, "no due time: \(error)")
        }
        if invocation[Common.json] {
            var json = JSONText()
            json.field(isEnd ? "begin" : "due", due.instant.description)
            json.list("working", due.words)
            terminal.print(json.finished)
        } else {
            terminal.print(due.instant.description)
            for line in due.words { terminal.print("  " + line) }
        }
        return .ok
    }

    private static func moment(_ invocation: Invocation) throws(CommandFailure) -> (at: Instant, isEnd: Bool) {
        let example = "For example: --from 2026-12-23T15:10:00Z"
        switch (invocation[from], invocation[before]) {
        case (let text?, nil):
            guard let at = Instant(rfc3339: text) else {
                throw CommandFailure(.usage, "--from is no RFC 3339 time", remedy: example)
            }
            return (at, false)
        case (nil, let text?):
            guard let at = Instant(rfc3339: text) else {
                throw CommandFailure(.usage, "--before is no RFC 3339 time", remedy: example)
            }
            return (at, true)
        case (nil, nil): throw CommandFailure(.usage, "--from or --before is needed", remedy: example)
        case (_?, _?): throw CommandFailure(.usage, "--from and --before exclude each other", remedy: "Give one.")
        }
    }

    private static func many(_ invocation: Invocation, _ terminal: Terminal) throws(CommandFailure) -> ExitCode {
        let directory = try Common.configuration(invocation).directory
        let path = invocation[file]
        let contents =
            path == "-"
            ? try? FileHandle.standardInput.readToEnd() ?? Data() : FileManager.default.contents(atPath: path)
        guard let contents else {
            throw CommandFailure(.noInput, "\(path) cannot be read", remedy: "Give a file that is there, or '-'.")
        }
        let officeHours = try Common.calendar("office-hours", in: directory)
        var known: [(name: Substring.UTF8View.SubSequence, calendar: WorkingCalendar)] = []
        var output = ""
        var count = 0
        var length: Duration = .zero
        let text = String(decoding: contents, as: UTF8.self)
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            guard words.count == 2 || words.count == 3, let start = Instant(rfc3339: words[0]) else {
                output += "- a line holds a start, a budget and perhaps a calendar\n"
                continue
            }
            var calendar = officeHours
            if words.count == 3 {
                if let found = known.first(where: { $0.name.elementsEqual(words[2].utf8) }) {
                    calendar = found.calendar
                } else {
                    calendar = try Common.calendar(String(words[2]), in: directory)
                    known.append((words[2].utf8[...], calendar))
                }
            }
            do throws(BudgetError) {
                let budget = try Budget(parsing: words[1])
                let began = ContinuousClock.now
                defer { length += ContinuousClock.now - began }
                do throws(DueError) {
                    let due = try WorkingTime.dueInstant(from: start, budget: budget, calendar: calendar)
                    output += "\(due)\n"
                    count += 1
                } catch {
                    output += "- \(error)\n"
                }
            } catch {
                output += "- \(error)\n"
            }
            if output.utf8.count > 1 << 16 {
                terminal.print(String(output.dropLast()))
                output = ""
            }
        }
        if !output.isEmpty { terminal.print(String(output.dropLast())) }
        terminal.remark("\(Words.count(count, "due time", "due times")), worked out in \(length).")
        return .ok
    }
}
