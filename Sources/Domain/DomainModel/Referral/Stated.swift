/// An optional field as a sender gave it. One that cannot be used is kept as text and marked: it is shown to people as
/// it came, named in the receipt, and never matched on or decided by.
public enum Stated<Value: Hashable & Sendable>: Hashable, Sendable {
    case absent
    case usable(Value)
    case unusable(text: String)

    public var value: Value? {
        if case .usable(let value) = self { value } else { nil }
    }
    public var isUnusable: Bool {
        if case .unusable = self { true } else { false }
    }

    public init(_ text: String?, reading read: (String) -> Value?) {
        guard let text, !text.isEmpty else {
            self = .absent
            return
        }
        self = read(text).map { .usable($0) } ?? .unusable(text: text)
    }
}

/// What was wrong with an optional field: named in the receipt by its pointer, never by its value.
public enum MarkCode: String, Hashable, Sendable, CaseIterable {
    case noSuchDate = "no-such-date"
    case badCheckDigit = "bad-check-digit"
    case unknownCode = "unknown-code"
    case wrongType = "wrong-type"
    case tooLong = "too-long"
    case unknownPerson = "names-nobody-in-this-message"
    case gatewayNotInForce = "gateway-not-in-force"
    case futureDate = "in-the-future"
    case missing
}
