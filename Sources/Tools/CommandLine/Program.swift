import Glibc

/// The whole tool: reads the command line, runs the command, prints what went wrong, and returns the exit code.
public struct Program: Sendable {
    public var root: Command
    public var version: String

    public init(_ root: Command, version: String) {
        self.root = root
        self.version = version
    }

    /// What the words after the program's name ask for. Pure.
    public func parse(_ arguments: [String], environment: [String: String] = [:], columns: Int = 100) -> Parsed {
        Parser.parse(arguments, root: root, environment: environment, columns: columns)
    }

    public func run(
        _ arguments: [String], environment: [String: String], terminal: Terminal
    ) async -> ExitCode {
        switch parse(arguments, environment: environment, columns: terminal.columns) {
        case .version:
            terminal.print("\(root.name) \(version)")
            return .ok
        case .help(let text, let exitCode):
            (exitCode == .ok ? terminal.output : terminal.errors).write(text)
            return exitCode
        case .failure(let failure):
            return report(failure, terminal)
        case .run(let command, let invocation):
            guard let run = command.run else { return .internalError }
            do {
                return try await run(invocation, terminal)
            } catch let failure as CommandFailure {
                return report(failure, terminal)
            } catch {
                return report(CommandFailure(.internalError, "\(error)"), terminal)
            }
        }
    }

    /// The process's own command line; never returns.
    public func main() async -> Never {
        var environment: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { environment[String(pair[0])] = String(pair[1]) }
            entry += 1
        }
        let terminal = Terminal.standard(environment: environment)
        let arguments = Array(Swift.CommandLine.arguments.dropFirst())
        exit(await run(arguments, environment: environment, terminal: terminal).rawValue)
    }

    private func report(_ failure: CommandFailure, _ terminal: Terminal) -> ExitCode {
        terminal.remark("\(root.name): \(failure.message)")
        if !failure.remedy.isEmpty { terminal.remark(failure.remedy) }
        return failure.exitCode
    }
}
