/// One subcommand, declared: the parser, the help text and the usage errors all come from this.
///
/// ```swift
/// let seed = Option("seed", value: "N", default: UInt64(1), "the same seed gives the same week")
/// let demo = Command(
///     "demo", "plays one synthetic week",
///     options: [seed],
///     examples: [("frontdoor demo --seed 7", "another week")]
/// ) { invocation, terminal in
///     play(seed: invocation[seed])
///     return .ok
/// }
/// ```
public struct Command: Sendable {
    public typealias Run = @Sendable (Invocation, Terminal) async throws -> ExitCode

    public var name: String
    /// One line, lower case, no full stop.
    public var summary: String
    /// Paragraphs, parted by an empty line.
    public var discussion: String
    public var arguments: [any DeclaredArgument]
    /// Known to the subcommands as well.
    public var options: [any DeclaredOption]
    /// Variables that matter besides those of the options.
    public var environment: [(name: String, whatItDoes: String)]
    /// What the help lists. Usage and internal errors are always possible and always listed.
    public var exitCodes: [ExitCode]
    public var examples: [(command: String, whatItDoes: String)]
    public var subcommands: [Command]
    /// Nil where only the subcommands do something.
    public var run: Run?

    public init(
        _ name: String, _ summary: String, discussion: String = "", arguments: [any DeclaredArgument] = [],
        options: [any DeclaredOption] = [], environment: [(name: String, whatItDoes: String)] = [],
        exitCodes: [ExitCode] = [], examples: [(command: String, whatItDoes: String)] = [],
        subcommands: [Command] = [], run: Run? = nil
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.arguments = arguments
        self.options = options
        self.environment = environment
        self.exitCodes = exitCodes
        self.examples = examples
        self.subcommands = subcommands
        self.run = run
    }
}

/// What was typed, checked against the declaration: reading a declared option cannot fail.
public struct Invocation: Sendable {
    /// `["frontdoor", "dead-letters", "show"]`
    public internal(set) var path: [String]
    /// The whole environment, for what is not an option.
    public internal(set) var environment: [String: String]
    var options: [String: [String]] = [:]
    var arguments: [String: [String]] = [:]

    public subscript(_ flag: Flag) -> Bool { options[flag.shape.name] != nil }

    public subscript<V>(_ option: Option<V>) -> V {
        if let value = options[option.shape.name]?.last.flatMap(V.parse) ?? option.fallback { return value }
        preconditionFailure("--\(option.shape.name) is read but not declared by the command")
    }

    public subscript<V>(_ option: OptionalOption<V>) -> V? { options[option.shape.name]?.last.flatMap(V.parse) }

    public subscript<V>(_ option: RepeatedOption<V>) -> [V] {
        (options[option.shape.name] ?? []).compactMap(V.parse)
    }

    public subscript<V>(_ argument: Argument<V>) -> V {
        if let value = arguments[argument.shape.name]?.first.flatMap(V.parse) { return value }
        preconditionFailure("\(argument.shape.name) is read but not declared by the command")
    }

    public subscript<V>(_ argument: OptionalArgument<V>) -> V? {
        arguments[argument.shape.name]?.first.flatMap(V.parse)
    }

    public subscript<V>(_ argument: RepeatedArgument<V>) -> [V] {
        (arguments[argument.shape.name] ?? []).compactMap(V.parse)
    }

    /// Whether the option was typed or came from its variable, so that a default is not in force.
    public func isGiven(_ option: some DeclaredOption) -> Bool { options[option.shape.name] != nil }
}
