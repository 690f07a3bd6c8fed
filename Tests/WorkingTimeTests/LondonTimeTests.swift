import DomainModel
import Testing
import WorkingTime

@Suite struct LondonTimeTests {
    /// The Sundays as published at gov.uk/when-do-the-clocks-change.
    static let changes = [
        ("2024-03-31", "2024-10-27"), ("2025-03-30", "2025-10-26"), ("2026-03-29", "2026-10-25"),
        ("2027-03-28", "2027-10-31"), ("2028-03-26", "2028-10-29"),
    ]

    @Test(arguments: changes)
    func clocksChangeAtOneInTheMorningUTC(_ forward: String, _ back: String) throws {
        let spring = try utc("\(forward)T01:00:00Z")
        let autumn = try utc("\(back)T01:00:00Z")
        #expect(LondonTime.offset(at: spring.adding(milliseconds: -1)) == 0)
        #expect(LondonTime.offset(at: spring) == 3_600_000)
        #expect(LondonTime.offset(at: autumn.adding(milliseconds: -1)) == 3_600_000)
        #expect(LondonTime.offset(at: autumn) == 0)
        #expect(LondonTime.civil(of: spring) == CivilDateTime(date: try date(forward), hour: 2, minute: 0))
        #expect(LondonTime.civil(of: autumn) == CivilDateTime(date: try date(back), hour: 1, minute: 0))
    }

    @Test func skippedTimeIsTheFirstInstantAfterTheGap() throws {
        for (hour, minute, second) in [(1, 0, 0), (1, 30, 0), (1, 59, 59)] {
            let civil = try #require(
                CivilDateTime(date: date("2026-03-29"), hour: hour, minute: minute, second: second))
            #expect(LondonTime.instant(of: civil) == (try utc("2026-03-29T01:00:00Z")))
            #expect(LondonTime.isSkipped(civil))
        }
        #expect(try local("2026-03-29 00:59") == (try utc("2026-03-29T00:59:00Z")))
        #expect(try local("2026-03-29 02:00") == (try utc("2026-03-29T01:00:00Z")))
    }

    @Test func repeatedTimeIsTheFirstOfTheTwo() throws {
        #expect(try local("2026-10-25 01:00") == (try utc("2026-10-25T00:00:00Z")))
        #expect(try local("2026-10-25 01:59:59") == (try utc("2026-10-25T00:59:59Z")))
        #expect(try local("2026-10-25 02:00") == (try utc("2026-10-25T02:00:00Z")))
        let repeated = try #require(CivilDateTime(date: date("2026-10-25"), hour: 1, minute: 15))
        #expect(LondonTime.isRepeated(repeated))
        #expect(!LondonTime.isRepeated(try #require(CivilDateTime(date: date("2026-10-25"), hour: 2, minute: 0))))
    }

    @Test func readingBackGivesTheSameInstantOutsideTheRepeatedHour() {
        var random = Seeded(state: 11)
        for _ in 0..<20_000 {
            let instant = Instant(milliseconds: Int64.random(in: 0...7_000_000_000_000, using: &random))
            let civil = LondonTime.civil(of: instant)
            let back = LondonTime.instant(of: civil)
            let isSecondOfTwo = LondonTime.isRepeated(civil) && back.adding(milliseconds: 3_600_000) == instant
            #expect(back == instant || isSecondOfTwo)
        }
    }

    @Test func civilTimesThatNoClockShowsCannotBeBuilt() throws {
        let day = try date("2026-01-01")
        #expect(CivilDateTime(date: day, hour: 24, minute: 0) == nil)
        #expect(CivilDateTime(date: day, hour: 0, minute: 60) == nil)
        #expect(CivilDateTime(date: day, hour: 0, minute: 0, second: 60) == nil)
        #expect(CivilDateTime(date: day, hour: 0, minute: 0, second: 0, millisecond: 1000) == nil)
    }
}
