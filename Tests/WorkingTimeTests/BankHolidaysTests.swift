import DomainModel
import Testing
import WorkingTime

@Suite struct BankHolidaysTests {
    /// England and Wales as published at gov.uk/bank-holidays (2019 to 2027; 2028 by the same rule); agrees with the
    /// weekdays that the package `holidays` from PyPI gives for GB-ENG.
    static let published: [(year: Int, days: [(Int, Int)])] = [
        (2019, [(1, 1), (4, 19), (4, 22), (5, 6), (5, 27), (8, 26), (12, 25), (12, 26)]),
        (2020, [(1, 1), (4, 10), (4, 13), (5, 8), (5, 25), (8, 31), (12, 25), (12, 28)]),
        (2021, [(1, 1), (4, 2), (4, 5), (5, 3), (5, 31), (8, 30), (12, 27), (12, 28)]),
        (2022, [(1, 3), (4, 15), (4, 18), (5, 2), (6, 2), (6, 3), (8, 29), (9, 19), (12, 26), (12, 27)]),
        (2023, [(1, 2), (4, 7), (4, 10), (5, 1), (5, 8), (5, 29), (8, 28), (12, 25), (12, 26)]),
        (2024, [(1, 1), (3, 29), (4, 1), (5, 6), (5, 27), (8, 26), (12, 25), (12, 26)]),
        (2025, [(1, 1), (4, 18), (4, 21), (5, 5), (5, 26), (8, 25), (12, 25), (12, 26)]),
        (2026, [(1, 1), (4, 3), (4, 6), (5, 4), (5, 25), (8, 31), (12, 25), (12, 28)]),
        (2027, [(1, 1), (3, 26), (3, 29), (5, 3), (5, 31), (8, 30), (12, 27), (12, 28)]),
        (2028, [(1, 3), (4, 14), (4, 17), (5, 1), (5, 29), (8, 28), (12, 25), (12, 26)]),
        // One-off days before the hub: millennium, golden jubilee, royal wedding, diamond jubilee.
        (1999, [(1, 1), (4, 2), (4, 5), (5, 3), (5, 31), (8, 30), (12, 27), (12, 28), (12, 31)]),
        (2002, [(1, 1), (3, 29), (4, 1), (5, 6), (6, 3), (6, 4), (8, 26), (12, 25), (12, 26)]),
        (2011, [(1, 3), (4, 22), (4, 25), (4, 29), (5, 2), (5, 30), (8, 29), (12, 26), (12, 27)]),
        (2012, [(1, 2), (4, 6), (4, 9), (5, 7), (6, 4), (6, 5), (8, 27), (12, 25), (12, 26)]),
    ]

    @Test(arguments: published.indices)
    func yearIsThePublishedList(_ index: Int) throws {
        let (year, days) = Self.published[index]
        let expected = days.compactMap { CivilDate(year: year, month: $0.0, day: $0.1) }
        #expect(BankHolidays.englandAndWales.all(in: year) == expected)
    }

    @Test func easterFallsWhereTheChurchSays() {
        let known = [
            (1961, 4, 2), (2000, 4, 23), (2008, 3, 23), (2011, 4, 24), (2024, 3, 31), (2038, 4, 25), (2285, 3, 22),
        ]
        for (year, month, day) in known {
            #expect(BankHolidays.easterSunday(in: year) == CivilDate(year: year, month: month, day: day))
        }
    }

    @Test func everyYearToComeHasEightWeekdays() {
        for year in 2024...2400 {
            let days = BankHolidays.englandAndWales.all(in: year)
            #expect(days.count == 8, "\(year)")
            #expect(days.allSatisfy { $0.weekday <= 5 }, "\(year)")
        }
    }

    @Test func configurationAddsAndRemovesDays() throws {
        let coronation = try date("2031-06-17")
        let mayDay = try date("2031-05-05")
        let holidays = BankHolidays(extra: [coronation], removed: [mayDay, try date("2023-05-08")])
        #expect(holidays.contains(coronation))
        #expect(!holidays.contains(mayDay))
        #expect(!holidays.contains(try date("2023-05-08")))
        #expect(BankHolidays.englandAndWales.contains(mayDay))
        #expect(BankHolidays(extra: [mayDay], removed: [mayDay]).contains(mayDay))
        // A weekday that the rule had and a proclamation moved can be given back.
        #expect(BankHolidays(extra: [try date("2020-05-04")]).contains(try date("2020-05-04")))
    }
}
