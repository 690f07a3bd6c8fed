/// What a command line asks for.
public enum Parsed: Sendable {
    case run(Command, Invocation)
    /// - exitCode: `ok` where help was asked for, `usage` where a subcommand is missing.
    case help(String, ExitCode)
    case version
    case failure(CommandFailure)
}

/// Reads the words after the program's name against a tree of commands. Pure.
struct Parser {
    private var chain: [Command]
    private var invocation: Invocation
    private var words: [String] = []
    /// The first mistake; help asked for later in the line still wins over it.
    private var failure: CommandFailure?
    private let columns: Int

    static func parse(
        _ arguments: [String], root: Command, environment: [String: String] = [:], columns: Int = 100
    ) -> Parsed {
        var parser = Parser(root: root, environment: environment, columns: columns)
        return parser.parse(arguments)
    }

    private init(root: Command, environment: [String: String], columns: Int) {
        chain = [root]
        invocation = Invocation(path: [root.name], environment: environment)
        self.columns = columns
    }

    private var command: Command { chain[chain.count - 1] }
    private var shapes: [OptionShape] { chain.reversed().flatMap { $0.options.map(\.shape) } }
    private var path: String { invocation.path.joined(separator: " ") }

    private mutating func parse(_ arguments: [String]) -> Parsed {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            if word == "--" {
                words += rest
                break
            }
            if word == "--help" || word == "-h" { return help(.ok) }
            if word == "--version", chain.count == 1 { return .version }
            if word == "help", words.isEmpty, !command.subcommands.isEmpty { return help(about: rest) }
            if word.hasPrefix("-"), word != "-", Double(word) == nil {
                readOption(word, &rest)
            } else if words.isEmpty, !command.subcommands.isEmpty, failure == nil {
                enter(word)
            } else {
                words.append(word)
            }
        }
        if let failure { return .failure(failure) }
        guard command.run != nil else { return help(.usage) }
        readEnvironment()
        assignArguments()
        for shape in shapes where shape.isRequired && invocation.options[shape.name] == nil {
            let variable = shape.environment.map { " (or the variable \($0))" } ?? ""
            fail("--\(shape.name) \(shape.placeholder ?? "") is missing\(variable)")
        }
        if let failure { return .failure(failure) }
        return .run(command, invocation)
    }

    // MARK: Help

    private func help(_ exitCode: ExitCode) -> Parsed { .help(HelpText.text(of: chain, columns: columns), exitCode) }

    private mutating func help(about names: ArraySlice<String>) -> Parsed {
        for name in names where !name.hasPrefix("-") && failure == nil { enter(name) }
        if let failure { return .failure(failure) }
        return help(.ok)
    }

    // MARK: Subcommands

    private mutating func enter(_ name: String) {
        if let found = command.subcommands.first(where: { $0.name == name }) {
            chain.append(found)
            invocation.path.append(name)
        } else if command.run != nil, !command.arguments.isEmpty {
            words.append(name)
        } else {
            let near = Suggestion.nearest(to: name, among: command.subcommands.map(\.name))
            fail("there is no command '\(name)'" + (near.map { ": did you mean \($0)?" } ?? ""))
        }
    }

    // MARK: Options

    private mutating func readOption(_ word: String, _ rest: inout ArraySlice<String>) {
        let typed = word.prefix { $0 != "=" }
        var value: String? = typed.count < word.count ? String(word.dropFirst(typed.count + 1)) : nil
        let found: OptionShape?
        if typed.hasPrefix("--") {
            found = shapes.first { $0.name == typed.dropFirst(2) }
        } else {
            found = shapes.first { $0.short.map { "-\($0)" == typed } ?? false }
        }
        guard let shape = found else {
            let known = shapes.map { "--\($0.name)" } + ["--help"]
            let near = Suggestion.nearest(to: String(typed), among: known)
            return fail("unknown option \(typed)" + (near.map { ": did you mean \($0)?" } ?? ""))
        }
        guard let placeholder = shape.placeholder else {
            guard value == nil else { return fail("--\(shape.name) takes no value") }
            invocation.options[shape.name] = [""]
            return
        }
        // "--agency --check" is a forgotten value; a value that does begin with two dashes is given with "=".
        if value == nil, let next = rest.first, !next.hasPrefix("--") { value = rest.popFirst() }
        guard let value else { return fail("--\(shape.name) needs a value: --\(shape.name) \(placeholder)") }
        if let expected = shape.complaint(value) { return fail("--\(shape.name) needs \(expected)") }
        if invocation.options[shape.name] != nil, !shape.isRepeatable {
            return fail("--\(shape.name) is given twice")
        }
        invocation.options[shape.name, default: []].append(value)
    }

    private mutating func readEnvironment() {
        for shape in shapes where invocation.options[shape.name] == nil {
            guard let variable = shape.environment, let value = invocation.environment[variable], !value.isEmpty
            else { continue }
            if let expected = shape.complaint(value) {
                fail("the variable \(variable) needs \(expected)")
            } else {
                invocation.options[shape.name] = [value]
            }
        }
    }

    // MARK: Arguments

    private mutating func assignArguments() {
        var rest = words[...]
        for argument in command.arguments.map(\.shape) {
            let taken = argument.isRepeatable ? rest : rest.prefix(1)
            rest = rest.dropFirst(taken.count)
            guard taken.count >= argument.countMin else { return fail("\(argument.name) is missing") }
            for value in taken {
                if let expected = argument.complaint(value) { return fail("\(argument.name) needs \(expected)") }
            }
            if !taken.isEmpty { invocation.arguments[argument.name] = Array(taken) }
        }
        if let extra = rest.first { fail("there is no room for '\(extra)'") }
    }

    private mutating func fail(_ message: String) {
        guard failure == nil else { return }
        failure = CommandFailure(.usage, message, remedy: "Try '\(path) --help'.")
    }
}
