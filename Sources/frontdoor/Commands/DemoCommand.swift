import CommandLine
import ConfigurationFiles
import DomainModel
import EmbeddedEventLog
import EventLog
import Foundation
import HubConfiguration
import InvariantChecker

enum DemoCommand {
    static let seed = Option("seed", value: "N", default: UInt64(1), "the same seed gives the same week")
    static let contacts = Option("contacts", value: "N", default: 2000, "how many contacts in the week")
    static let profile = OptionalOption<PolicyProfileChoice>(
        "profile", value: "NAME",
        "one policy for all: risk-assessment or needs-assessment; default: each authority's own")
    static let summary = OptionalOption<String>("summary", value: "FILE", "writes the figures as JSON")

    static let command = Command(
        "demo", "plays one synthetic week of three authorities, and checks what came of it",
        discussion: """
            Agencies report, answer late or never, repeat and correct themselves; teams decide; a Red comes at night. \
            Time is virtual. At the end the figures are shown, one case is printed as a thread, and an independent \
            checker reads the log and says whether the hub's guarantees held; the command fails if one did not.

            Nobody in it exists.
            """,
        options: [seed, contacts, profile, Common.data, summary, Common.json],
        exitCodes: [.ok, .checkFailed, .cannotCreate],
        examples: [
            ("frontdoor demo", "the week of seed 1"),
            ("frontdoor demo --seed 7 --data week", "another week; its log stays in the folder week"),
            ("frontdoor demo --contacts 20000 --summary figures.json", "ten times as busy, with its figures in a file"),
        ]
    ) { invocation, terminal in
        let shipped = try Common.configuration(invocation)
        let profile = invocation[profile]
        return try await Common.onOwnThread {
            let folder = try TrialFolder(given: invocation.isGiven(Common.data) ? invocation[Common.data] : nil)
            defer { folder.remove() }
            var demo = try Demo(
                seed: invocation[seed], contacts: max(1, invocation[contacts]), folder: folder.path,
                configuration: profile.map { shipped.adopting($0.policy) } ?? shipped)
            try demo.play(terminal)
            let outcome = try demo.judge(terminal)
            if invocation[Common.json] {
                terminal.print(outcome.json)
            } else {
                outcome.show(terminal)
                if let kept = folder.kept {
                    terminal.print("The log is in \(kept): frontdoor queue bd-mash --data \(kept)")
                }
            }
            if let path = invocation[summary] {
                guard FileManager.default.createFile(atPath: path, contents: Data((outcome.json + "\n").utf8)) else {
                    throw CommandFailure(.cannotCreate, "the file \(path) cannot be written")
                }
            }
            return outcome.invariants.holds ? .ok : .checkFailed
        }
    }
}

enum PolicyProfileChoice: String, OptionChoice {
    case risk = "risk-assessment"
    case needs = "needs-assessment"

    var policy: PolicyName? { PolicyName(rawValue) }
}

extension LoadedConfiguration {
    /// The same with one policy for all authorities.
    func adopting(_ policy: PolicyName?) -> LoadedConfiguration {
        guard let policy else { return self }
        var changed = directory
        for index in changed.authorities.indices { changed.authorities[index].policy = policy }
        return with(directory: changed)
    }
}
