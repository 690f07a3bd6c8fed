import CommandLine
import ConfigurationFiles
import DomainModel
import EmbeddedEventLog
import EventLog
import Foundation
import HubConfiguration
import HubRuntime
import Room
import Sealing
import WorkingTime

/// The options that several commands share, and how they are opened.
enum Common {
    static let config = OptionalOption<String>(
        "config", value: "DIR", environment: "FRONTDOOR_CONFIG",
        "a folder with hub.yaml and policies/; default: what is compiled in")
    static let data = OptionalOption<String>(
        "data", value: "DIR", environment: "FRONTDOOR_DATA_FOLDER",
        "the folder of the embedded log; default: dataFolder of hub.yaml")
    static let json = Flag("json", "prints JSON, one document a line, for a script to read")

    /// The moment now. Only the edge reads a clock.
    static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    static func configuration(_ invocation: Invocation) throws(CommandFailure) -> LoadedConfiguration {
        do throws(ConfigurationProblem) {
            return try LoadedConfiguration(ConfigurationSource(folder: invocation[config]))
        } catch {
            throw CommandFailure(
                .configuration, error.description, remedy: "'frontdoor check' lists everything that is wrong.")
        }
    }

    /// Settings of the file, the environment and the command line, the later over the earlier.
    static func settings(_ invocation: Invocation, _ configuration: LoadedConfiguration) -> HubSettings {
        var settings = configuration.settings.overridden(by: invocation.environment)
        if let folder = invocation[data] { settings.dataFolder = folder }
        return settings
    }

    /// Opens the embedded log; its failures become sentences.
    static func open(
        _ settings: HubSettings, mode: EmbeddedEventLog.Mode, clock: @escaping @Sendable () -> Instant = now
    ) throws(CommandFailure) -> EmbeddedEventLog {
        do throws(LogError) {
            return try EmbeddedEventLog.open(folder: settings.dataFolder, mode: mode, clock: clock)
        } catch {
            throw failure(error)
        }
    }

    static func failure(_ error: LogError) -> CommandFailure {
        switch error {
        case .busy(let text): CommandFailure(.temporary, text, remedy: "Stop the other one first, or use its folder.")
        case .fenced(let text): CommandFailure(.temporary, "another process has taken over: \(text)")
        case .aborted(let text), .conflict(let text): CommandFailure(.temporary, text, remedy: "Try again.")
        case .unknownTopic(let topic):
            CommandFailure(
                .noInput, "there is no topic \(topic)",
                remedy: "Is the name in hub.yaml, and has 'frontdoor run' been started with it?")
        case .recordTooLarge(let topic, let bytes, let limit):
            CommandFailure(.dataError, "a record of \(bytes) bytes is over the limit of \(topic), \(limit) bytes")
        case .outOfRange(let source, let position):
            CommandFailure(
                .inputOutput,
                "\(source) no longer holds the position \(position): what came from there on was deleted before it was read",
                remedy:
                    "Let the sender send it again; 'frontdoor help run' says under --accept-loss how to go on without it."
            )
        case .fatal(let text): CommandFailure(.inputOutput, text)
        }
    }

    static func failure(_ error: HubError) -> CommandFailure {
        if case .log(let error) = error { return failure(error) }
        return CommandFailure(.internalError, error.description)
    }

    static func topics(_ settings: HubSettings) -> HubTopics {
        HubTopics(prefix: settings.topicPrefix, partitions: Int32(settings.roomPartitions))
    }

    static func agency(_ text: String, in directory: HubDirectory) throws(CommandFailure) -> Agency {
        guard let agency = directory.agencies.first(where: { $0.id.text == text }) else {
            throw unknown("agency", text, among: directory.agencies.map(\.id.text))
        }
        return agency
    }

    static func team(_ text: String, in directory: HubDirectory) throws(CommandFailure) -> Team {
        guard let team = directory.teams.first(where: { $0.id.text == text }) else {
            throw unknown("team", text, among: directory.teams.map(\.id.text))
        }
        return team
    }

    static func desk(_ text: String, in directory: HubDirectory) throws(CommandFailure) -> Desk {
        guard let desk = directory.desks.first(where: { $0.id.text == text }) else {
            throw unknown("desk", text, among: directory.desks.map(\.id.text))
        }
        return desk
    }

    /// A calendar to count on.
    static func calendar(_ text: String, in directory: HubDirectory) throws(CommandFailure) -> WorkingCalendar {
        guard let entry = directory.calendars.first(where: { $0.id.text == text }) else {
            throw unknown("calendar", text, among: directory.calendars.map(\.id.text))
        }
        do throws(CalendarFault) {
            return try entry.workingCalendar(in: directory)
        } catch {
            throw CommandFailure(.dataError, "the calendar \(text) cannot be counted on: \(error)")
        }
    }

    private static func unknown(_ what: String, _ text: String, among names: [String]) -> CommandFailure {
        let nearest = Suggestion.nearest(to: text, among: names).map { " Did you mean \($0)?" } ?? ""
        return CommandFailure(
            .noInput, "hub.yaml names no \(what) '\(text)'.\(nearest)",
            remedy: "It names: " + names.sorted().joined(separator: ", "))
    }

    /// Runs blocking work on a thread of its own: the log blocks, and the cooperative pool must never be blocked.
    static func onOwnThread<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                do {
                    continuation.resume(returning: try body())
                } catch {
                    continuation.resume(throwing: error)
                }
            }
            thread.stackSize = 16 << 20
            thread.start()
        }
    }
}
