import CommandLine
import DomainModel
import Synchronization

/// What a running hub says of itself on standard error: sentences for people, or, with `--log json`, one object a line.
/// Codes, counts, and names of the configuration: nothing that came from outside is ever in it.
struct RunLog: Sendable {
    enum Form: String, CaseIterable, Sendable { case text, json }

    /// In which form the watchdog, which knows no command, says its last words.
    static let form = Mutex(Form.text)

    let form: Form
    /// For what says a sentence and knows of no form.
    let terminal: Terminal
    private let plain: Terminal

    init(_ name: String?, _ terminal: Terminal) throws(CommandFailure) {
        guard let form = name.map({ Form(rawValue: $0) }) ?? .text else {
            throw CommandFailure(
                .usage, "there is no log '\(name ?? "")'",
                remedy: "There are: " + Form.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        }
        self.form = form
        plain = terminal
        RunLog.form.withLock { $0 = form }
        guard form == .json else {
            self.terminal = terminal
            return
        }
        var wrapped = terminal
        wrapped.errors = Terminal.Stream(isTerminal: false) { text in
            for line in text.split(separator: "\n") {
                terminal.errors.write(RunLog.line("remark", level: "info", String(line)) + "\n")
            }
        }
        self.terminal = wrapped
    }

    func note(_ event: StaticString, _ text: String, _ numbers: [(StaticString, Int)] = []) {
        switch form {
        case .text: plain.remark(text)
        case .json: plain.remark(RunLog.line(event, level: "info", text, numbers))
        }
    }

    /// How a run ends that failed: in a log of objects the sentence and the exit code are one.
    func end(_ failure: CommandFailure) throws(CommandFailure) -> ExitCode {
        guard form == .json else { throw failure }
        plain.remark(
            RunLog.line(
                "failed", level: "error", failure.message, [("exitCode", Int(failure.exitCode.rawValue))]))
        return failure.exitCode
    }

    static func line(
        _ event: StaticString, level: StaticString, _ text: String, _ numbers: [(StaticString, Int)] = []
    ) -> String {
        var json = JSONText()
        json.field("time", Common.now())
        json.field("level", level.description)
        json.field("event", event.description)
        json.field("message", text)
        for (name, number) in numbers { json.field(name, number) }
        return json.finished
    }
}
