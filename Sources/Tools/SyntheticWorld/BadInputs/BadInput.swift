public import EventLog

/// One message that a hub must survive, and what must become of it.
public struct BadInput: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        // Refused: cannot be read, not from whom it claims, or over a limit.
        case truncated
        case invalidUTF8 = "invalid-utf8"
        case deepNesting = "deep-nesting"
        case emptyValue = "empty-value"
        case nullValue = "null-value"
        case notAnEvent = "not-an-event"
        case batch
        case longID = "long-id"
        case hugeNumber = "huge-number"
        case twoMegabytes = "two-megabytes"
        case wrongAgency = "wrong-agency"
        case unknownType = "unknown-type"
        case childrenMissing = "children-missing"
        case childrenOfWrongType = "children-of-wrong-type"
        case childKeyTwice = "child-key-twice"
        case tooManyChildren = "too-many-children"
        case unknownReference = "unknown-reference"
        case stranger
        case unknownVerb = "unknown-verb"
        case unknownAlert = "unknown-alert"
        // Accepted, and the faulty field is named in the receipt.
        case impossibleDate = "impossible-date"
        case badCheckDigit = "bad-check-digit"
        case unknownFactor = "unknown-factor"
        case fieldOfWrongType = "field-of-wrong-type"
        case unknownAuthority = "unknown-authority"
        case otherSource = "other-source"
        // Accepted: nothing in it is wrong, but nothing of it may show up elsewhere.
        case idIsNHSNumber = "id-is-nhs-number"
        case keyIsNHSNumber = "key-is-nhs-number"
        case unknownFields = "unknown-fields"
        case markedEverywhere = "marked-everywhere"

        public var expectation: Expectation {
            switch self {
            case .impossibleDate, .badCheckDigit, .unknownFactor, .fieldOfWrongType, .unknownAuthority, .otherSource:
                .acceptedMarked
            case .idIsNHSNumber, .keyIsNHSNumber, .unknownFields, .markedEverywhere: .accepted
            default: .refused
            }
        }
    }

    public enum Expectation: String, Hashable, Sendable { case refused, acceptedMarked, accepted }

    public let kind: Kind
    public let record: NewRecord
    /// Texts of this message that may stand in its ingress record, in sealed parts and in what the allow-lists name,
    /// and nowhere else. Each but the numbers holds ``BadInputs/marker``.
    public let secrets: [String]

    public var expectation: Expectation { kind.expectation }
}
