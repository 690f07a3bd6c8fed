/// One line of the waterfall: how a field compared, and what that weighs. Holds no value of anybody's.
public struct Comparison: Hashable, Sendable {
    public enum Field: String, Hashable, Sendable, CaseIterable {
        case nhsNumber = "nhs-number"
        case upn
        case givenName = "given-name"
        case furtherName = "further-name"
        case familyName = "family-name"
        case birthDate = "birth-date"
        case expectedDate = "expected-date"
        case sex, address, parent
        /// How unlikely it is, before anything is compared, that one of so many people is meant.
        case prior

        var place: Int {
            switch self {
            case .nhsNumber: 0
            case .upn: 1
            case .givenName: 2
            case .furtherName: 3
            case .familyName: 4
            case .birthDate: 5
            case .expectedDate: 6
            case .sex: 7
            case .address: 8
            case .parent: 9
            case .prior: 10
            }
        }
    }

    public enum Level: String, Hashable, Sendable, CaseIterable {
        case equal
        case differs
        /// One of the two does not have it. Always weighs nothing.
        case absent
        /// One letter or digit, or hardly more: a slip.
        case oneEdit = "one-edit"
        /// As near or of one sound, but both are names that people have: Jaden and Kaden, Mia and Mya.
        case bothNames = "both-names"
        /// Further apart, and still alike.
        case alike
        /// Short forms of one name, or one name in two languages.
        case shortForm = "short-form"
        /// One sound written in two ways.
        case transliterated
        /// Given and family name have changed places.
        case swapped
        /// One part of a double-barrelled family name.
        case contained
        /// The given name of one is a further given name of the other.
        case further
        case initial
        /// The first two letters.
        case beginning
        case dayMonthSwapped = "day-month-swapped"
        /// One is an estimate, and they are within a year; expected dates: within two weeks, or a birth about then.
        case near
        /// The same day of the next or last year.
        case yearOff = "year-off"
        case sameYear = "same-year"
        /// The postcode agrees; the line differs or is not there.
        case postcode
        /// The line agrees; one has no postcode.
        case line
        /// It agrees, but many live there who are no family: a refuge, a hotel, a hospital.
        case shared

        var place: Int {
            switch self {
            case .equal: 0
            case .differs: 1
            case .absent: 2
            case .oneEdit: 3
            case .bothNames: 4
            case .alike: 5
            case .shortForm: 6
            case .transliterated: 7
            case .swapped: 8
            case .contained: 9
            case .further: 10
            case .initial: 11
            case .beginning: 12
            case .dayMonthSwapped: 13
            case .near: 14
            case .yearOff: 15
            case .sameYear: 16
            case .postcode: 17
            case .line: 18
            case .shared: 19
            }
        }
        static let count = 20
    }

    public let field: Field
    public let level: Level
    /// Thousandths of a bit.
    public let milliBits: Int

    public init(_ field: Field, _ level: Level, milliBits: Int) {
        self.field = field
        self.level = level
        self.milliBits = milliBits
    }
}
