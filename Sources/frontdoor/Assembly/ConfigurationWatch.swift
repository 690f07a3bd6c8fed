import CommandLine
import ConfigurationFiles
import DomainModel
import EventLog
import Foundation
import HubConfiguration
import HubRuntime
import WorkingTime

/// Notices that the configuration's files have changed, and reads them. Looks at names, sizes and times, which costs
/// next to nothing; what is compiled in never changes.
struct ConfigurationWatch {
    /// Between two looks, milliseconds: a person who saves a file does not notice it.
    static let intervalMilliseconds: Int64 = 2000

    private struct Stamp: Equatable {
        let name: String
        let modified: Date
        let size: UInt64
    }

    private let source: ConfigurationSource
    private var stamps: [Stamp]
    /// Seen changed, and not yet seen twice the same: an editor may be half way through writing.
    private var unsettled: [Stamp]?
    private var nextLook = Instant.distantPast

    init(_ source: ConfigurationSource) {
        self.source = source
        stamps = ConfigurationWatch.stamps(of: source)
    }

    /// - Parameter tell: is given one line where the new files cannot be used; what is in force stays so.
    /// - Returns: nil where nothing has changed, or nothing usable.
    mutating func change(at now: Instant, tell: (String) -> Void) -> LoadedConfiguration? {
        guard source.folder != nil, now >= nextLook else { return nil }
        nextLook = now.adding(milliseconds: ConfigurationWatch.intervalMilliseconds)
        let found = ConfigurationWatch.stamps(of: source)
        guard found != stamps else {
            unsettled = nil
            return nil
        }
        guard found == unsettled else {
            unsettled = found
            return nil
        }
        stamps = found
        unsettled = nil
        do throws(ConfigurationProblem) {
            let loaded = try LoadedConfiguration(source)
            guard let problem = ConfigurationWatch.problem(in: loaded, at: now) else { return loaded }
            tell("the changed configuration is not used: \(problem); 'frontdoor check' lists everything")
        } catch {
            tell("the changed configuration is not used: \(error)".split(separator: "\n").joined(separator: " "))
        }
        return nil
    }

    /// The first thing that `check` would find.
    private static func problem(in loaded: LoadedConfiguration, at now: Instant) -> String? {
        if let problem = CheckCommand.directoryProblems(loaded.directory).first { return problem }
        let today = LondonTime.civil(of: now).date
        for policy in loaded.policies {
            if let problem = policy.problems(on: today, directory: loaded.directory).first {
                return "policy \(policy.id): \(problem)"
            }
        }
        for entry in loaded.directory.authorities where !loaded.policies.contains(where: { $0.id == entry.policy }) {
            return "authority \(entry.gss): there is no policy \(entry.policy)"
        }
        return nil
    }

    private static func stamps(of source: ConfigurationSource) -> [Stamp] {
        guard let folder = source.folder, let names = try? source.names() else { return [] }
        return names.compactMap { name in
            // Through a link to what it names: a mounted configuration is changed by turning the link.
            let path = URL(fileURLWithPath: "\(folder)/\(name)").resolvingSymlinksInPath().path
            guard let found = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
            return Stamp(
                name: path, modified: found[.modificationDate] as? Date ?? .distantPast,
                size: (found[.size] as? NSNumber)?.uint64Value ?? 0)
        }
    }

    /// Says that a configuration is in force. One that is too large changes nothing, and ends nothing.
    static func adopting(
        _ terminal: Terminal, _ adopt: () throws(HubError) -> StepCounts
    ) throws(HubError) -> StepCounts {
        do throws(HubError) {
            let counts = try adopt()
            if !counts.didNothing { terminal.remark("the configuration is in force") }
            return counts
        } catch {
            guard case .log(.recordTooLarge) = error else { throw error }
            terminal.remark("the changed configuration is too large to adopt; the earlier one stays in force")
            return StepCounts()
        }
    }
}
