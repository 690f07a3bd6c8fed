import DomainModel

/// One record as the index keeps it: numbers of texts in place of texts. What few records have more than one of lies
/// aside, so that a million fit.
struct Entry: Sendable {
    struct Name: Hashable, Sendable {
        var given = TextPool.none
        var middle = TextPool.none
        var family = TextPool.none
    }

    struct Place: Hashable, Sendable {
        var line = TextPool.none
        var postcode = TextPool.none
    }

    /// Aliases, former addresses, and parents beyond the second.
    struct More: Hashable, Sendable {
        var names: [Name] = []
        var places: [Place] = []
        var parents: [Name] = []
        var isEmpty: Bool { names.isEmpty && places.isEmpty && parents.isEmpty }
    }

    var child: ChildID
    /// 0 where there is none; no such number is issued.
    var nhsNumber: UInt64 = 0
    var upn: UInt64 = 0
    var name = Name()
    var place = Place()
    var parentGiven = (TextPool.none, TextPool.none)
    var parentFamily = (TextPool.none, TextPool.none)
    /// Year, month and day; 0 where there is none.
    var birth: PackedDate = .none
    var expected: PackedDate = .none
    /// The place of what lies aside, -1 none.
    var more: Int32 = -1
    /// The person's next entry, -1 none.
    var next: Int32 = -1
    var sex: UInt8 = 0
    var isEstimated = false
}

/// A date in four bytes, whose parts are read without a division.
struct PackedDate: Hashable, Sendable {
    let bits: Int32
    static let none = PackedDate(bits: 0)

    init(bits: Int32) { self.bits = bits }
    init(_ date: CivilDate?) { bits = date.map { Int32($0.year << 9 | $0.month << 5 | $0.day) } ?? 0 }
    /// With day and month in each other's place; nil where that is the same or no date.
    var turned: PackedDate? {
        guard self != .none, day != month, day <= 12 else { return nil }
        return PackedDate(bits: Int32(year << 9 | day << 5 | month))
    }

    var year: Int { Int(bits >> 9) }
    var month: Int { Int(bits >> 5 & 15) }
    var day: Int { Int(bits & 31) }
    var isNone: Bool { bits == 0 }

    /// Eight decimal digits in a nibble each.
    var digits: UInt32 {
        func two(_ value: Int) -> UInt32 { UInt32((value / 10) << 4 | value % 10) }
        return two(year / 100) << 24 | two(year % 100) << 16 | two(month) << 8 | two(day)
    }
    var daysSinceEpoch: Int { CivilDate(year: year, month: month, day: day)?.daysSinceEpoch ?? 0 }
}

extension UPN {
    /// The same number in one word: the letter, then eleven digits and what ends it.
    var packed: UInt64 {
        var value: UInt64 = 0
        for byte in text.utf8 {
            value = value &* 37 &+ UInt64(byte >= 65 ? byte - 55 : byte - 48) &+ 1
        }
        return value
    }
}

extension Sex {
    var packed: UInt8 {
        switch self {
        case .male: 1
        case .female: 2
        case .unknown: 0
        }
    }
}
