import DomainModel
import Testing
import WorkingTime

@Suite struct SubtractingTests {
    @Test(arguments: [
        (Desk.office, "2026-12-29 11:10", "12wh", "2026-12-23 15:10"),
        (.office, "2026-12-29 11:10", "4h", "2026-12-29 07:10"),
        (.office, "2026-12-29 15:10", "2wd", "2026-12-23 15:10"),
        (.office, "2026-12-24 17:00", "8wh", "2026-12-24 09:00"),
        (.office, "2026-12-24 09:00", "1wh", "2026-12-23 16:00"),
        (.office, "2026-12-26 12:00", "1wh", "2026-12-24 16:00"),
        (.office, "2026-12-26 12:00", "1wd", "2026-12-23 17:00"),
        (.office, "2026-12-29 09:00", "1wd", "2026-12-24 09:00"),
        (.continuous, "2026-03-29 12:00", "1d", "2026-03-28 12:00"),
        (.continuous, "2026-03-30 01:30", "1d", "2026-03-29 02:00"),
        (.clinic, "2026-01-08 12:15", "1wd", "2026-01-07 14:00"),
        (.night, "2026-10-25 03:00", "6wh", "2026-10-24 22:00"),
        (.night, "2026-01-10 00:00", "2wh", "2026-01-09 22:00"),
    ])
    func earlierInstantIsWhatAPersonWorkedOut(_ desk: Desk, _ end: String, _ budget: String, _ start: String) throws {
        let result = try WorkingTime.instant(
            before: local(end), budget: Budget(parsing: budget), calendar: desk.calendar())
        #expect(result == (try local(start)))
    }

    @Test func addingTheBudgetAgainGivesTheDueTimeBack() throws {
        var random = Seeded(state: 77)
        for desk in PropertyTests.desks {
            let calendar = try desk.calendar()
            for _ in 0..<1000 {
                let hours = try Budget(Int.random(in: 1...80, using: &random), .workingHours)
                let due = try WorkingTime.dueInstant(
                    from: PropertyTests.start(&random), budget: hours, calendar: calendar)
                let less = try Budget(Int.random(in: 1...hours.value, using: &random), .workingHours)
                let reminder = try WorkingTime.instant(before: due, budget: less, calendar: calendar)
                #expect(calendar.isOpen(at: reminder))
                #expect(try WorkingTime.dueInstant(from: reminder, budget: less, calendar: calendar) == due)
            }
        }
    }

    @Test func calendarThatHadNotOpenedYetSaysSo() throws {
        let school = try Desk.school.calendar()
        let end = try local("2026-01-05 08:30")
        #expect(throws: DueError.neverOpened(before: end)) {
            try WorkingTime.instant(before: end, budget: Budget(1, .workingHours), calendar: school)
        }
        #expect(throws: DueError.neverOpened(before: try local("2026-01-05 00:00"))) {
            try WorkingTime.instant(before: end, budget: Budget(1, .workingDays), calendar: school)
        }
        #expect(throws: DueError.outOfRange) {
            try WorkingTime.instant(before: .distantPast, budget: Budget(1, .hours), calendar: school)
        }
    }
}
