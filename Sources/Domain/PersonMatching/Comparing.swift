import DomainModel

/// How two records compare, field by field.
struct RecordComparison: Hashable, Sendable {
    let nhsNumber, upn, given, family, birthDate, expectedDate, sex, postcode: Comparison.Level

    init(_ left: MatchRecord, _ right: MatchRecord) {
        func same<Value: Equatable>(_ one: Value?, _ other: Value?) -> Comparison.Level {
            guard let one, let other else { return .absent }
            return one == other ? .equal : .differs
        }
        nhsNumber = same(left.nhsNumber, right.nhsNumber)
        upn = same(left.upn, right.upn)
        sex = same(left.sex, right.sex)
        (given, family) = RecordComparison.names(left.names, right.names)
        birthDate = RecordComparison.birthDates(left, right)
        expectedDate = RecordComparison.expectedDates(left.expectedDate, right.expectedDate)
        postcode = RecordComparison.postcodes(left.postcodes, right.postcodes)
    }

    /// In a fixed order, absent ones left out. They sum to ``score``.
    var waterfall: [Comparison] {
        [
            Comparison(.nhsNumber, nhsNumber), Comparison(.upn, upn), Comparison(.givenName, given),
            Comparison(.familyName, family), Comparison(.birthDate, birthDate),
            Comparison(.expectedDate, expectedDate), Comparison(.sex, sex), Comparison(.postcode, postcode),
        ].filter { $0.level != .absent }
    }

    var score: Int { waterfall.reduce(0) { $0 + $1.milliBits } }

    /// The same name throughout, also where given and family name have changed places.
    var isSameName: Bool { (given == .equal && family == .equal) || (given == .swapped && family == .swapped) }

    // MARK: Names

    private static func names(_ left: [FoldedName], _ right: [FoldedName]) -> (Comparison.Level, Comparison.Level) {
        var best: (Comparison.Level, Comparison.Level) = (.absent, .absent)
        var bestWeight = Int.min
        for one in left {
            for other in right {
                let levels = names(one, other)
                let weight = Weights.milliBits(.givenName, levels.0) + Weights.milliBits(.familyName, levels.1)
                if weight > bestWeight {
                    best = levels
                    bestWeight = weight
                }
            }
        }
        return best
    }

    private static func names(_ one: FoldedName, _ other: FoldedName) -> (Comparison.Level, Comparison.Level) {
        let straight = (part(one.given, other.given, isGiven: true), part(one.family, other.family, isGiven: false))
        if straight.0 != .equal, let given = one.given, let family = one.family, given == other.family,
            family == other.given
        {
            return (.swapped, .swapped)
        }
        return straight
    }

    private static func part(_ one: String?, _ other: String?, isGiven: Bool) -> Comparison.Level {
        guard let one, let other else { return .absent }
        if one == other { return .equal }
        let (short, long) = one.utf8.count <= other.utf8.count ? (one, other) : (other, one)
        if short.unicodeScalars.count == 1 {
            return long.unicodeScalars.first == short.unicodeScalars.first ? .initial : .differs
        }
        if isGiven ? long.hasPrefix(short + " ") : long.split(separator: " ").contains(Substring(short)) {
            return .contained
        }
        // Twins are often named alike. A letter more or less makes another name of a short one (Mia, Mya), and a
        // changed first letter makes a rhyme (Jaden, Kaden): neither is taken for a slip.
        if short.unicodeScalars.count >= 4, short.unicodeScalars.first == long.unicodeScalars.first,
            Folding.isOneEdit(short, long)
        {
            return .oneEdit
        }
        return .differs
    }

    // MARK: Dates

    private static func birthDates(_ left: MatchRecord, _ right: MatchRecord) -> Comparison.Level {
        guard let one = left.birthDate, let other = right.birthDate else { return .absent }
        if one == other { return .equal }
        if one.year == other.year, one.month == other.day, one.day == other.month { return .dayMonthSwapped }
        if left.birthDateIsEstimated || right.birthDateIsEstimated,
            abs(one.daysSinceEpoch - other.daysSinceEpoch) <= 366
        {
            return .near
        }
        if Folding.isOneEdit(one.description, other.description) { return .oneEdit }
        return one.year == other.year ? .sameYear : .differs
    }

    private static func expectedDates(_ one: CivilDate?, _ other: CivilDate?) -> Comparison.Level {
        guard let one, let other else { return .absent }
        if one == other { return .equal }
        return abs(one.daysSinceEpoch - other.daysSinceEpoch) <= 14 ? .near : .differs
    }

    private static func postcodes(_ left: [String], _ right: [String]) -> Comparison.Level {
        guard let one = left.first, let other = right.first else { return .absent }
        if one == other { return .equal }
        return left.contains(where: right.contains) ? .former : .differs
    }
}
