import DomainModel
import Testing
import WorkingTime

/// Worked by hand, in the local time that people see. The comment of each block says what it shows.
@Suite struct WorkedExamplesTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let desk: Desk
        let start: String
        let budget: String
        let due: String

        init(_ desk: Desk, _ start: String, _ budget: String, _ due: String) {
            (self.desk, self.start, self.budget, self.due) = (desk, start, budget, due)
        }

        var testDescription: String { "\(desk) \(start) + \(budget) = \(due)" }
    }

    static let examples: [Example] = [
        // The units, on the Wednesday before Christmas 2026.
        Example(.office, "2026-12-23 15:10", "4h", "2026-12-23 19:10"),
        Example(.office, "2026-12-23 15:10", "6wh", "2026-12-24 13:10"),
        Example(.office, "2026-12-23 15:10", "1wd", "2026-12-24 15:10"),
        Example(.office, "2026-12-23 15:10", "3d", "2026-12-26 15:10"),
        Example(.office, "2026-12-23 15:10", "90m", "2026-12-23 16:40"),
        Example(.office, "2026-12-23 15:10", "30s", "2026-12-23 15:10:30"),
        // Across that Christmas: Friday a holiday, Boxing Day on Saturday, Monday its substitute.
        Example(.office, "2026-12-23 15:10", "12wh", "2026-12-29 11:10"),
        Example(.office, "2026-12-23 15:10", "2wd", "2026-12-29 15:10"),
        Example(.office, "2026-12-24 16:59", "1wd", "2026-12-29 16:59"),
        Example(.office, "2026-12-26 12:00", "1wd", "2026-12-30 09:00"),
        // Hours are half-open; what ends at closing is due at closing.
        Example(.office, "2026-12-23 15:00", "2wh", "2026-12-23 17:00"),
        Example(.office, "2026-12-23 09:00", "8wh", "2026-12-23 17:00"),
        Example(.office, "2026-12-23 08:59", "8wh", "2026-12-23 17:00"),
        Example(.office, "2026-12-23 17:00", "1wh", "2026-12-24 10:00"),
        Example(.office, "2026-12-23 16:59:59", "1wh", "2026-12-24 09:59:59"),
        Example(.office, "2026-12-23 17:00", "1wd", "2026-12-29 09:00"),
        Example(.office, "2026-12-23 08:59", "1wd", "2026-12-24 09:00"),
        // Christmas 2027: two substitutes, and a third for New Year's Day.
        Example(.office, "2027-12-24 10:00", "1wd", "2027-12-29 10:00"),
        Example(.office, "2027-12-24 16:00", "2wh", "2027-12-29 10:00"),
        Example(.office, "2027-12-31 16:30", "1wd", "2028-01-04 16:30"),
        // Christmas 2022: Christmas Day on Sunday.
        Example(.office, "2022-12-23 14:00", "1wd", "2022-12-28 14:00"),
        Example(.office, "2022-12-30 14:00", "4wh", "2023-01-03 10:00"),
        // Easter 2027, with the clocks going forward inside it.
        Example(.office, "2027-03-25 12:00", "1wd", "2027-03-30 12:00"),
        // One-off days: VE Day moved in 2020, jubilee and funeral 2022, coronation 2023.
        Example(.office, "2020-05-01 10:00", "1wd", "2020-05-04 10:00"),
        Example(.office, "2020-05-07 10:00", "1wd", "2020-05-11 10:00"),
        Example(.office, "2022-06-01 10:00", "1wd", "2022-06-06 10:00"),
        Example(.office, "2022-09-16 10:00", "1wd", "2022-09-20 10:00"),
        Example(.office, "2023-05-05 16:00", "2wh", "2023-05-09 10:00"),
        // The clocks of the statute.
        Example(.office, "2026-06-01 10:00", "45wd", "2026-08-03 10:00"),
        Example(.office, "2026-08-17 11:00", "15wd", "2026-09-08 11:00"),
        // Leap day, and a February without.
        Example(.office, "2028-02-28 10:00", "1wd", "2028-02-29 10:00"),
        Example(.office, "2028-02-29 10:00", "1d", "2028-03-01 10:00"),
        Example(.office, "2026-02-28 10:00", "1d", "2026-03-01 10:00"),
        // The clocks go forward on 29 March 2026: a day is not 24 hours, and 01:30 does not exist.
        Example(.continuous, "2026-03-28 12:00", "24h", "2026-03-29 13:00"),
        Example(.continuous, "2026-03-28 12:00", "1d", "2026-03-29 12:00"),
        Example(.continuous, "2026-03-28 01:30", "1d", "2026-03-29 02:00"),
        Example(.continuous, "2026-03-27 01:30", "2d", "2026-03-29 02:00"),
        Example(.office, "2026-03-27 16:00", "2wh", "2026-03-30 10:00"),
        Example(.night, "2026-03-28 22:00", "6wh", "2026-03-29 05:00"),
        Example(.night, "2026-03-28 01:30", "1wd", "2026-03-29 02:00"),
        // They go back on 25 October 2026: the first of the two.
        Example(.continuous, "2026-10-24 12:00", "24h", "2026-10-25 11:00"),
        Example(.continuous, "2026-10-24 12:00", "1d", "2026-10-25 12:00"),
        Example(.continuous, "2026-10-24 01:30", "1d", "2026-10-25 01:30"),
        Example(.office, "2026-10-23 16:00", "2wh", "2026-10-26 10:00"),
        Example(.night, "2026-10-24 22:00", "6wh", "2026-10-25 03:00"),
        // A night desk: two intervals are one night; bank holidays open all day.
        Example(.night, "2026-01-05 22:00", "4wh", "2026-01-06 02:00"),
        Example(.night, "2026-01-05 08:00", "1wh", "2026-01-05 17:30"),
        Example(.night, "2026-01-05 10:00", "1wd", "2026-01-06 17:15"),
        Example(.night, "2026-12-25 12:00", "2wh", "2026-12-25 14:00"),
        // Two intervals a day, hours that differ from day to day.
        Example(.clinic, "2026-01-05 12:00", "1wh", "2026-01-05 14:00"),
        Example(.clinic, "2026-01-05 12:00", "30m", "2026-01-05 12:30"),
        Example(.clinic, "2026-01-05 12:45", "1wd", "2026-01-06 13:30"),
        Example(.clinic, "2026-01-06 09:30", "1wd", "2026-01-07 10:00"),
        Example(.clinic, "2026-01-06 12:15", "1wd", "2026-01-07 14:00"),
        Example(.clinic, "2026-01-06 16:30", "1wd", "2026-01-07 16:00"),
        Example(.clinic, "2026-01-08 15:00", "1wd", "2026-01-09 12:30"),
        // School terms.
        Example(.school, "2026-02-13 15:00", "1wh", "2026-02-23 09:00"),
        Example(.school, "2026-02-13 15:00", "1wd", "2026-02-23 15:00"),
        Example(.school, "2026-04-01 10:00", "2wh", "2026-04-13 10:30"),
        // Red runs on past closing, at Christmas too.
        Example(.continuous, "2027-12-24 16:30", "4h", "2027-12-24 20:30"),
        Example(.continuous, "2027-12-24 16:30", "4wh", "2027-12-24 20:30"),
        Example(.continuous, "2027-12-24 16:30", "1wd", "2027-12-25 16:30"),
    ]

    @Test(arguments: examples)
    func dueTimeIsWhatAPersonWorkedOut(_ example: Example) throws {
        let calendar = try example.desk.calendar()
        let budget = try Budget(parsing: example.budget)
        let start = try local(example.start)
        let due = try WorkingTime.due(from: start, budget: budget, calendar: calendar)
        #expect(due.instant == (try local(example.due)))
        #expect(try WorkingTime.dueInstant(from: start, budget: budget, calendar: calendar) == due.instant)
        #expect(due.working.first == .received(start))
        #expect(due.working.last == .due(due.instant))
    }

    @Test func repeatedHourGivesTheFirstOfTheTwo() throws {
        let due = try WorkingTime.dueInstant(
            from: local("2026-10-24 01:30"), budget: Budget(1, .days), calendar: .continuous)
        #expect(due == (try utc("2026-10-25T00:30:00Z")))
    }

    @Test func millisecondsOfTheStartAreKept() throws {
        let due = try WorkingTime.dueInstant(
            from: utc("2026-12-23T16:59:59.250Z"), budget: Budget(1, .workingHours), calendar: Desk.office.calendar())
        #expect(due == (try utc("2026-12-24T09:59:59.250Z")))
    }

    @Test func calendarThatNeverOpensAgainSaysSo() throws {
        let calendar = try Desk.school.calendar()
        let start = try local("2026-07-21 15:00")
        #expect(throws: DueError.neverOpens(after: try local("2026-07-21 15:30"))) {
            try WorkingTime.dueInstant(from: start, budget: Budget(1, .workingHours), calendar: calendar)
        }
        #expect(throws: DueError.neverOpens(after: try local("2026-07-22 00:00"))) {
            try WorkingTime.dueInstant(from: start, budget: Budget(1, .workingDays), calendar: calendar)
        }
        #expect(throws: DueError.neverOpens(after: try local("2030-01-01 09:00"))) {
            try WorkingTime.due(
                from: local("2030-01-01 09:00"), budget: Budget(1, .workingDays), calendar: calendar)
        }
    }

    @Test func startOutsideTheYearsIsRefusedAndNothingTraps() throws {
        let office = try Desk.office.calendar()
        for milliseconds in [Int64.min, -1, Instant.distantFuture.milliseconds, .max] {
            let start = Instant(milliseconds: milliseconds)
            for unit in Budget.Unit.allCases {
                #expect(throws: DueError.outOfRange) {
                    try WorkingTime.due(from: start, budget: Budget(1, unit), calendar: office)
                }
            }
            _ = office.isOpen(at: start)
            _ = office.nextOpening(atOrAfter: start)
            _ = office.closing(after: start)
        }
    }
}
