import DomainModel

/// One line of the waterfall: how a field compared, and what that weighs. Holds no value of anybody's.
public struct Comparison: Hashable, Sendable {
    public enum Field: String, Hashable, Sendable, CaseIterable {
        case nhsNumber = "nhs-number"
        case upn
        case givenName = "given-name"
        case familyName = "family-name"
        case birthDate = "birth-date"
        case expectedDate = "expected-date"
        case sex, postcode
    }

    public enum Level: String, Hashable, Sendable, CaseIterable {
        case equal
        case differs
        /// One of the two does not have it. Always weighs nothing.
        case absent
        /// One letter or digit.
        case oneEdit = "one-edit"
        /// Given and family name have changed places.
        case swapped
        /// One has further given names, or one part of a double-barrelled family name.
        case contained
        case initial
        case dayMonthSwapped = "day-month-swapped"
        /// One is an estimate, and they are within a year; expected dates: within two weeks.
        case near
        case sameYear = "same-year"
        /// Equal to one of the other's former or further ones.
        case former
    }

    public let field: Field
    public let level: Level
    public let milliBits: Int

    init(_ field: Field, _ level: Level) {
        self.field = field
        self.level = level
        milliBits = Weights.milliBits(field, level)
    }
}

/// The weight of each level, in thousandths of a bit: log2 of how much more often it is seen between two records of one
/// child than between records of two. **Provisional**: set by judgement, not learned from data. They order the
/// candidates of a review; the certain-identity rule links by the levels alone.
public enum Weights {
    public static func milliBits(_ field: Comparison.Field, _ level: Comparison.Level) -> Int {
        switch (field, level) {
        case (_, .absent): 0
        case (.nhsNumber, .equal): 22_000
        case (.nhsNumber, _): -20_000
        case (.upn, .equal): 20_000
        case (.upn, _): -12_000
        case (.givenName, .equal): 8_500
        case (.givenName, .contained): 6_500
        case (.givenName, .oneEdit): 6_000
        case (.givenName, .swapped): 4_000
        case (.givenName, .initial): 2_500
        case (.givenName, _): -4_500
        case (.familyName, .equal): 8_000
        case (.familyName, .contained): 6_000
        case (.familyName, .oneEdit): 5_500
        case (.familyName, .swapped): 4_000
        case (.familyName, .initial): 2_000
        case (.familyName, _): -3_000
        case (.birthDate, .equal): 12_000
        case (.birthDate, .dayMonthSwapped): 7_000
        case (.birthDate, .oneEdit): 5_000
        case (.birthDate, .near): 2_500
        case (.birthDate, .sameYear): 1_000
        case (.birthDate, _): -6_000
        case (.expectedDate, .equal): 8_000
        case (.expectedDate, .near): 4_000
        case (.expectedDate, _): -4_000
        case (.sex, .equal): 1_000
        case (.sex, _): -3_000
        case (.postcode, .equal): 6_000
        case (.postcode, .former): 4_000
        case (.postcode, _): -500
        }
    }
}
