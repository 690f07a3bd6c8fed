public import DomainModel

/// The bank and public holidays of England and Wales, by rule, so that the list never runs out.
///
/// New Year's Day, Good Friday, Easter Monday, the first and last Mondays of May, the last Monday of August, Christmas
/// Day and Boxing Day (Banking and Financial Dealings Act 1971, schedule 1, and royal proclamations). One that falls on
/// a weekend is replaced by the next weekday that is none, as the published list at gov.uk/bank-holidays gives it: the
/// weekend day itself is then not in the list. In this form since 1978; earlier years are reckoned by the same rule.
public struct BankHolidays: Hashable, Sendable {
    /// As proclaimed up to now.
    public static let englandAndWales = BankHolidays()

    /// Sorted, days since 1970-01-01.
    private let added: [Int]
    private let removed: [Int]

    /// - Parameters:
    ///   - extra: days proclaimed since this version of the hub was built; a day that is in both lists is a holiday.
    ///   - removed: days of the rule that were moved elsewhere.
    public init(extra: [CivilDate] = [], removed: [CivilDate] = []) {
        let extraDays = extra.map(\.daysSinceEpoch)
        let removedDays = removed.map(\.daysSinceEpoch)
        added = (Self.proclaimed.filter { !removedDays.contains($0) } + extraDays).sorted()
        self.removed = (Self.moved + removedDays).filter { !extraDays.contains($0) }.sorted()
    }

    public func contains(_ date: CivilDate) -> Bool {
        let candidate = Self.isWithinReach(date)
        if candidate {
            if Self.isByRule(date) { return !removed.containsSorted(date.daysSinceEpoch) }
        }
        return added.containsSorted(date.daysSinceEpoch)
    }

    /// Sorted. Empty for years outside 1 to 9999.
    public func all(in year: Int) -> [CivilDate] {
        guard let first = CivilDate(year: year, month: 1, day: 1), let last = CivilDate(year: year, month: 12, day: 31)
        else { return [] }
        return (first.daysSinceEpoch...last.daysSinceEpoch).map(CivilDate.init(daysSinceEpoch:)).filter(contains)
    }

    /// Easter Sunday of the Gregorian calendar, by the computation published in Nature in 1876 ("Butcher's").
    public static func easterSunday(in year: Int) -> CivilDate? {
        let golden = year % 19
        let century = year / 100
        let inCentury = year % 100
        let moonShift = (century - (century + 8) / 25 + 1) / 3
        let epact = (19 * golden + century - century / 4 - moonShift + 15) % 30
        let weekday = (32 + 2 * (century % 4) + 2 * (inCentury / 4) - epact - inCentury % 4) % 7
        let late = (golden + 11 * epact + 22 * weekday) / 451
        let place = epact + weekday - 7 * late + 114
        return CivilDate(year: year, month: place / 31, day: place % 31 + 1)
    }

    /// A cheap no for most days, so that counting through a year stays fast.
    private static func isWithinReach(_ date: CivilDate) -> Bool {
        switch date.month {
        case 1: date.day <= 3
        case 3, 4, 5, 8: true
        case 12: date.day >= 25 && date.day <= 28
        default: false
        }
    }

    private static func isByRule(_ date: CivilDate) -> Bool {
        let weekday = date.weekday
        guard weekday <= 5 else { return false }
        let day = date.day
        switch date.month {
        case 1:
            // 1 January, or the Monday after the weekend that it falls on.
            return day == 1 || weekday == 1 && day <= 3
        case 3, 4:
            guard weekday == 5 || weekday == 1, let easter = easterSunday(in: date.year) else { return false }
            let distance = date.daysSinceEpoch - easter.daysSinceEpoch
            return distance == -2 || distance == 1
        case 5: return weekday == 1 && (day <= 7 || day >= 25)
        case 8: return weekday == 1 && day >= 25
        case 12:
            // 27 and 28 December stand in for a Saturday or Sunday two days before; on a Tuesday 27th it is the Sunday
            // of Christmas, because Monday is Boxing Day.
            return day <= 26 || weekday <= 2
        default: return false
        }
    }

    /// One-off days: the millennium, jubilees, weddings, the state funeral of 2022, the coronation, VE Day 1995 and 2020.
    private static let proclaimed = days([
        (1995, 5, 8), (1999, 12, 31), (2002, 6, 3), (2002, 6, 4), (2011, 4, 29), (2012, 6, 4), (2012, 6, 5),
        (2020, 5, 8), (2022, 6, 2), (2022, 6, 3), (2022, 9, 19), (2023, 5, 8),
    ])

    /// Days of the rule that those took the place of.
    private static let moved = days([(1995, 5, 1), (2002, 5, 27), (2012, 5, 28), (2020, 5, 4), (2022, 5, 30)])

    private static func days(_ list: [(Int, Int, Int)]) -> [Int] {
        list.compactMap { CivilDate(year: $0.0, month: $0.1, day: $0.2)?.daysSinceEpoch }
    }
}

extension [Int] {
    func containsSorted(_ value: Int) -> Bool {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == value
    }
}
