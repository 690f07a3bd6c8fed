import CommandLine
import Synchronization

enum Profile: String, CaseIterable, OptionChoice { case risk, needs }

/// A small tool with every kind of declaration.
enum Sample {
    static let config = OptionalOption<String>(
        "config", value: "DIR", environment: "SAMPLE_CONFIG", "where it is set up")
    static let seed = Option("seed", short: "s", value: "N", default: UInt64(7), environment: "SAMPLE_SEED", "the seed")
    static let profile = Option("profile", value: "NAME", default: Profile.risk, "which policy")
    static let json = Flag("json", short: "j", "for scripts")
    static let agency = Option<String>(required: "agency", value: "ID", "who publishes")
    static let child = RepeatedOption<String>("child", value: "KEY", "which child")
    static let files = RepeatedArgument<String>("FILE", "what to publish")
    static let team = Argument<String>("TEAM", "whose queue")
    static let limit = OptionalArgument<Int>("LIMIT", "how many entries")

    static let demo = Command(
        "demo", "plays a week", discussion: "First paragraph.\n\nSecond paragraph.", options: [seed, profile, json],
        exitCodes: [.checkFailed], examples: [("sample demo --seed 3", "another week")]
    ) { _, _ in .ok }
    static let publish = Command(
        "publish", "sends a file", arguments: [files], options: [agency, child]
    ) { _, _ in throw CommandFailure(.dataError, "line 3 is no JSON", remedy: "Mend it.") }
    static let queue = Command("queue", "shows a queue", arguments: [team, limit]) { _, _ in .ok }
    static let letters = Command(
        "dead-letters", "what was refused", subcommands: [Command("list", "all of them") { _, _ in .checkFailed }])
    static let program = Program(
        Command("sample", "tries things out", options: [config], subcommands: [demo, publish, queue, letters]),
        version: "1.2")

    static func invocation(_ arguments: String..., environment: [String: String] = [:]) -> Invocation? {
        guard case .run(_, let invocation) = program.parse(arguments, environment: environment) else { return nil }
        return invocation
    }

    static func failure(_ arguments: String..., environment: [String: String] = [:]) -> CommandFailure? {
        guard case .failure(let failure) = program.parse(arguments, environment: environment) else { return nil }
        return failure
    }

    static func help(_ arguments: String...) -> String? {
        guard case .help(let text, .ok) = program.parse(arguments) else { return nil }
        return text
    }
}

/// A terminal that keeps what was written and a clock that moves when told.
final class Recorder: Sendable {
    private let texts = Mutex((output: "", errors: "", elapsed: Duration.zero))

    var output: String { texts.withLock { $0.output } }
    var errors: String { texts.withLock { $0.errors } }

    func advance(by duration: Duration) { texts.withLock { $0.elapsed += duration } }

    func terminal(isTerminal: Bool, columns: Int = 80, isColourWanted: Bool = true) -> Terminal {
        Terminal(
            output: Terminal.Stream(isTerminal: isTerminal) { text in self.texts.withLock { $0.output += text } },
            errors: Terminal.Stream(isTerminal: isTerminal) { text in self.texts.withLock { $0.errors += text } },
            columns: columns, isColourWanted: isColourWanted, elapsed: { self.texts.withLock { $0.elapsed } })
    }
}
