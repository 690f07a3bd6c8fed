import DomainModel
import Testing

@Suite struct TimeTests {
    @Test(arguments: [
        ("2026-11-23T13:08:00Z", 1_795_439_280_000), ("1970-01-01T00:00:00Z", 0),
        ("2026-11-23T13:08:00.123Z", 1_795_439_280_123), ("2026-11-23T14:08:00+01:00", 1_795_439_280_000),
        ("2026-11-23t13:08:00z", 1_795_439_280_000), ("1969-12-31T23:59:59Z", -1000),
        ("2026-06-30T23:59:60Z", 1_782_863_999_000), ("2024-02-29T00:00:00-00:30", 1_709_166_600_000),
    ])
    func anInstantIsReadFromRFC3339(text: String, milliseconds: Int64) {
        #expect(Instant(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026-11-23", "2026-11-23T13:08:00", "2026-02-30T00:00:00Z", "2026-11-23T24:00:00Z",
        "2026-11-23T13:60:00Z", "2026-11-23T13:08:00.Z", "2026-11-23T13:08:00+1:00", "2026-11-23 13:08:00Z",
        "2026-11-23T13:08:00Zx", "2O26-11-23T13:08:00Z",
    ])
    func whatIsNoInstantIsNotRead(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test func anInstantIsWrittenAsItIsRead() {
        var state: UInt64 = 11
        for _ in 0..<2000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let instant = Instant(milliseconds: Int64(state >> 18) % 253_402_300_799_999)
            #expect(Instant(rfc3339: instant.description) == instant)
        }
        #expect(Instant(milliseconds: 1000).description == "1970-01-01T00:00:01Z")
        #expect(Instant(milliseconds: 1001).description == "1970-01-01T00:00:01.001Z")
    }

    @Test func addingStaysWithinWhatCanBeWritten() {
        #expect(Instant.distantFuture.adding(milliseconds: .max) == .distantFuture)
        #expect(Instant(milliseconds: 5).adding(seconds: 2).milliseconds == 2005)
        #expect(Instant(milliseconds: 5000).milliseconds(since: Instant(milliseconds: 8000)) == -3000)
    }

    @Test func aDateThatDoesNotExistCannotBeBuilt() {
        #expect(CivilDate(year: 2026, month: 2, day: 31) == nil)
        #expect(CivilDate(year: 2023, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 1900, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 2000, month: 2, day: 29) != nil)
        #expect(CivilDate(year: 2026, month: 13, day: 1) == nil)
        #expect(CivilDate(year: 0, month: 1, day: 1) == nil)
    }

    @Test func datesAndDaysAreOneAnothersInverse() {
        for day in stride(from: -719_162, through: 2_932_896, by: 97) {
            let date = CivilDate(daysSinceEpoch: day)
            #expect(date.daysSinceEpoch == day)
            #expect(CivilDate(iso8601: date.description) == date)
        }
    }

    @Test func weekdaysCountFromMonday() throws {
        #expect(try #require(CivilDate(iso8601: "2026-11-23")).weekday == 1)
        #expect(try #require(CivilDate(iso8601: "2026-11-29")).weekday == 7)
        #expect(try #require(CivilDate(iso8601: "1969-12-31")).weekday == 3)
    }

    @Test(arguments: [
        ("2026-11-23", AgeBand.under1), ("2025-11-24", .under1), ("2025-11-23", .from1to4), ("2021-11-23", .from5to9),
        ("2016-11-23", .from10to15), ("2010-11-24", .from10to15), ("2010-11-23", .from16to17),
        ("2008-11-24", .from16to17), ("2008-11-23", .adult), ("2026-11-24", .unknown),
    ])
    func anAgeBandCountsBirthdays(birth: String, band: AgeBand) throws {
        let today = try #require(CivilDate(iso8601: "2026-11-23"))
        #expect(AgeBand(birth: try #require(CivilDate(iso8601: birth)), on: today) == band)
    }
}
