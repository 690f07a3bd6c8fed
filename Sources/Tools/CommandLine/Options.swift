/// What an option looks like to the parser and the help text, whatever its type.
public struct OptionShape: Sendable {
    /// Without the dashes.
    public var name: String
    public var short: Character?
    /// `N` in `--seed N`; nil for a flag.
    public var placeholder: String?
    public var help: String
    public var isRequired = false
    public var isRepeatable = false
    public var defaultText: String?
    /// The variable that is used where the option is not given.
    public var environment: String?
    /// Nil where the text will do, else what was expected.
    var complaint: @Sendable (String) -> String? = { _ in nil }
}

/// Anything that can stand in `Command.options`.
public protocol DeclaredOption: Sendable {
    var shape: OptionShape { get }
}

/// `--json`: given or not.
public struct Flag: DeclaredOption {
    public let shape: OptionShape

    public init(_ name: String, short: Character? = nil, _ help: String) {
        shape = OptionShape(name: name, short: short, help: help)
    }
}

/// `--seed N`: always has a value, by default or because it is required.
public struct Option<Value: OptionValue>: DeclaredOption {
    public let shape: OptionShape
    let fallback: Value?

    public init(
        _ name: String, short: Character? = nil, value placeholder: String, default fallback: Value,
        environment: String? = nil, _ help: String
    ) {
        shape = OptionShape(
            name: name, short: short, placeholder: placeholder, help: help, defaultText: fallback.typed,
            environment: environment, complaint: { Value.parse($0) == nil ? Value.expectation : nil })
        self.fallback = fallback
    }

    public init(
        required name: String, short: Character? = nil, value placeholder: String, environment: String? = nil,
        _ help: String
    ) {
        shape = OptionShape(
            name: name, short: short, placeholder: placeholder, help: help, isRequired: true, environment: environment,
            complaint: { Value.parse($0) == nil ? Value.expectation : nil })
        fallback = nil
    }
}

/// `--summary FILE`: a value or none.
public struct OptionalOption<Value: OptionValue>: DeclaredOption {
    public let shape: OptionShape

    public init(
        _ name: String, short: Character? = nil, value placeholder: String, environment: String? = nil, _ help: String
    ) {
        shape = OptionShape(
            name: name, short: short, placeholder: placeholder, help: help, environment: environment,
            complaint: { Value.parse($0) == nil ? Value.expectation : nil })
    }
}

/// `--child KEY`: as often as wanted, in the order given.
public struct RepeatedOption<Value: OptionValue>: DeclaredOption {
    public let shape: OptionShape

    public init(_ name: String, short: Character? = nil, value placeholder: String, _ help: String) {
        shape = OptionShape(
            name: name, short: short, placeholder: placeholder, help: help, isRepeatable: true,
            complaint: { Value.parse($0) == nil ? Value.expectation : nil })
    }
}

/// What an argument looks like to the parser and the help text.
public struct ArgumentShape: Sendable {
    public var name: String
    public var help: String
    public var countMin = 1
    public var isRepeatable = false
    var complaint: @Sendable (String) -> String?
}

/// Anything that can stand in `Command.arguments`.
public protocol DeclaredArgument: Sendable {
    var shape: ArgumentShape { get }
}

/// `CASE`: must be given.
public struct Argument<Value: OptionValue>: DeclaredArgument {
    public let shape: ArgumentShape

    public init(_ name: String, _ help: String) {
        shape = ArgumentShape(
            name: name, help: help, complaint: { Value.parse($0) == nil ? Value.expectation : nil })
    }
}

/// `[TEAM]`: may be left out.
public struct OptionalArgument<Value: OptionValue>: DeclaredArgument {
    public let shape: ArgumentShape

    public init(_ name: String, _ help: String) {
        shape = ArgumentShape(
            name: name, help: help, countMin: 0, complaint: { Value.parse($0) == nil ? Value.expectation : nil })
    }
}

/// `FILE...`: all that is left; it has to be the last argument.
public struct RepeatedArgument<Value: OptionValue>: DeclaredArgument {
    public let shape: ArgumentShape

    public init(_ name: String, atLeast countMin: Int = 1, _ help: String) {
        shape = ArgumentShape(
            name: name, help: help, countMin: countMin, isRepeatable: true,
            complaint: { Value.parse($0) == nil ? Value.expectation : nil })
    }
}
