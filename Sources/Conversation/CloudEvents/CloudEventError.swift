public import JSON

/// Why a record is not an event that can be read. Made of the program's own words: it never holds what was found, so
/// it may go into a dead letter, a log and a refusal.
public enum CloudEventError: Error {
    /// The record has no value, or an empty one.
    case noValue
    case notJSON(JSONError)
    /// A structured event without `data`.
    case noData
    case missingAttribute(StaticString)
    case badAttribute(StaticString, expected: StaticString)
    /// Any other than 1.0.
    case unsupportedSpecVersion
    /// `application/cloudevents+…` in another format than JSON.
    case unsupportedFormat
    /// Several events in one record: they would have one offset, one receipt time and one fate.
    case batched
    case tooManyAttributes
    case dataBase64NotJSON(JSONError)
}

extension CloudEventError {
    /// The reason as dead letters and metrics give it; part of the contract with those who read them.
    public var reasonCode: String {
        switch self {
        case .noValue: "no-value"
        case .notJSON: "not-json"
        case .noData: "no-data"
        case .missingAttribute: "missing-attribute"
        case .badAttribute: "bad-attribute"
        case .unsupportedSpecVersion: "unsupported-spec-version"
        case .unsupportedFormat: "unsupported-format"
        case .batched: "batched"
        case .tooManyAttributes: "too-many-attributes"
        case .dataBase64NotJSON: "data-base64-not-json"
        }
    }

    /// The attribute at fault by its CloudEvents name, in either mode; the root where it is the record as a whole.
    public var pointer: JSONPointer {
        switch self {
        case .noValue, .unsupportedFormat, .batched, .tooManyAttributes: .root
        case .notJSON(let error): error.pointer
        case .noData: JSONPointer("data")
        case .missingAttribute(let name), .badAttribute(let name, _): JSONPointer(name)
        case .unsupportedSpecVersion: JSONPointer("specversion")
        case .dataBase64NotJSON: JSONPointer("data_base64")
        }
    }

    /// What was expected there: a phrase with its article.
    public var expected: String {
        switch self {
        case .noValue: "a value: the event's data, or a structured event"
        case .notJSON(let error): error.expected
        case .noData: "the event's data"
        case .missingAttribute: "a text"
        case .badAttribute(_, let expected): expected.description
        case .unsupportedSpecVersion: "specversion 1.0"
        case .unsupportedFormat: "a structured event in JSON: application/cloudevents+json"
        case .batched: "one event a record"
        case .tooManyAttributes: "at most 64 attributes"
        case .dataBase64NotJSON(let error): error.expected
        }
    }
}

extension CloudEventError: Hashable, CustomStringConvertible {
    public static func == (left: Self, right: Self) -> Bool {
        left.reasonCode == right.reasonCode && left.pointer == right.pointer && left.expected == right.expected
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(reasonCode)
        hasher.combine(pointer)
        hasher.combine(expected)
    }

    public var description: String { "\(reasonCode): \(JSONError.place(pointer)): expected \(expected)" }
}

extension JSONError {
    fileprivate static func place(_ pointer: JSONPointer) -> String {
        pointer == .root ? "the record" : pointer.description
    }
}
