/// How the command ends. The numbers above 63 are those of `sysexits.h`, which scripts and systemd know.
public enum ExitCode: Int32, CaseIterable, Sendable {
    case ok = 0
    /// A check, an invariant or a comparison did not hold; the command itself worked.
    case checkFailed = 1
    case usage = 64
    case dataError = 65
    case noInput = 66
    /// The broker or the log cannot be reached.
    case unavailable = 69
    case internalError = 70
    case cannotCreate = 73
    case inputOutput = 74
    /// Held by another process; the same command may work later.
    case temporary = 75
    case configuration = 78

    /// What the help text says.
    public var meaning: String {
        switch self {
        case .ok: "all went well"
        case .checkFailed: "a check or an invariant failed"
        case .usage: "the command was used wrongly"
        case .dataError: "the input is faulty"
        case .noInput: "the input cannot be read or does not exist"
        case .unavailable: "the broker or the log cannot be reached"
        case .internalError: "an error in the program itself"
        case .cannotCreate: "an output cannot be created"
        case .inputOutput: "reading or writing failed"
        case .temporary: "held by another process: try again later"
        case .configuration: "the configuration is faulty"
        }
    }
}

/// An end that the command foresaw: one sentence for people, one about what to do, and the exit code.
public struct CommandFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public var exitCode: ExitCode
    public var message: String
    /// Empty where nothing can be advised.
    public var remedy: String

    public init(_ exitCode: ExitCode, _ message: String, remedy: String = "") {
        self.exitCode = exitCode
        self.message = message
        self.remedy = remedy
    }

    public var description: String { remedy.isEmpty ? message : "\(message)\n\(remedy)" }
}
