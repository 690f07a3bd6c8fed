/// What an option or argument can hold.
public protocol OptionValue: Sendable {
    /// Nil where the text is not such a value.
    static func parse(_ text: String) -> Self?
    /// What was expected, as in "`--seed` needs a whole number".
    static var expectation: String { get }
    /// As it would be typed; shown as the default.
    var typed: String { get }
}

extension String: OptionValue {
    public static func parse(_ text: String) -> String? { text }
    public static var expectation: String { "a text" }
    public var typed: String { self }
}

extension Int: OptionValue {
    public static func parse(_ text: String) -> Int? { Int(text) }
    public static var expectation: String { "a whole number" }
    public var typed: String { String(self) }
}

extension UInt64: OptionValue {
    public static func parse(_ text: String) -> UInt64? { UInt64(text) }
    public static var expectation: String { "a whole number from 0 up" }
    public var typed: String { String(self) }
}

extension Double: OptionValue {
    public static func parse(_ text: String) -> Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }
    public static var expectation: String { "a number" }
    public var typed: String { String(self) }
}

/// One of a few words; declare it on an enum of texts: `enum Profile: String, CaseIterable, OptionChoice`.
public protocol OptionChoice: OptionValue, RawRepresentable, CaseIterable where RawValue == String {}

extension OptionChoice {
    public static func parse(_ text: String) -> Self? { Self(rawValue: text) }
    public static var expectation: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }
    public var typed: String { rawValue }
}
