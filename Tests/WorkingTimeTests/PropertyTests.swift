import DomainModel
import Testing
import WorkingTime

@Suite struct PropertyTests {
    static let seeds: [UInt64] = [1, 2, 3]

    /// Starts in 2019 to 2040, thick around the changes of the clocks, openings and closings.
    static func start(_ random: inout Seeded) throws -> Instant {
        if Int.random(in: 0..<4, using: &random) == 0 {
            let change = Bool.random(using: &random) ? "2026-03-29T01:00:00Z" : "2026-10-25T01:00:00Z"
            return try utc(change).adding(milliseconds: Int64.random(in: -200_000_000...200_000_000, using: &random))
        }
        let any = Int64.random(in: 1_546_300_800_000...2_208_988_800_000, using: &random)
        guard Bool.random(using: &random) else { return Instant(milliseconds: any) }
        return Instant(milliseconds: any / 900_000 * 900_000)
    }

    static func budget(_ random: inout Seeded) throws -> Budget {
        let unit = try #require(Budget.Unit.allCases.randomElement(using: &random))
        return try Budget(Int.random(in: 1...60, using: &random), unit)
    }

    static let desks: [Desk] = [.office, .night, .clinic, .continuous]

    @Test(arguments: seeds)
    func measuringGivesTheBudgetBack(_ seed: UInt64) throws {
        var random = Seeded(state: seed)
        for desk in Self.desks {
            let calendar = try desk.calendar()
            for _ in 0..<1000 {
                let start = try Self.start(&random)
                let hours = Int.random(in: 1...100, using: &random)
                let due = try WorkingTime.dueInstant(
                    from: start, budget: Budget(hours, .workingHours), calendar: calendar)
                let measured = WorkingTime.elapsed(from: start, to: due, calendar: calendar)
                #expect(measured == Int64(hours) * 3_600_000)
                #expect(WorkingTime.elapsed(from: due, to: start, calendar: calendar) == -measured)
                // The first instant at which the budget is used up: a millisecond earlier it is not.
                let before = due.adding(milliseconds: -1)
                #expect(WorkingTime.elapsed(from: start, to: before, calendar: calendar) == measured - 1)
            }
        }
    }

    @Test(arguments: seeds)
    func laterStartOrLongerBudgetIsNeverDueEarlier(_ seed: UInt64) throws {
        var random = Seeded(state: seed &+ 100)
        for desk in Self.desks {
            let calendar = try desk.calendar()
            for _ in 0..<1000 {
                let start = try Self.start(&random)
                let later = start.adding(milliseconds: Int64.random(in: 0...100_000_000, using: &random))
                let budget = try Self.budget(&random)
                let longer = try Budget(budget.value + Int.random(in: 1...5, using: &random), budget.unit)
                let due = try WorkingTime.dueInstant(from: start, budget: budget, calendar: calendar)
                #expect(due > start)
                #expect(try WorkingTime.dueInstant(from: start, budget: longer, calendar: calendar) > due)
                // Units that keep the local time follow the wall clock, which itself runs backwards once a year.
                let countsDays = budget.unit == .days || budget.unit == .workingDays
                if countsDays, LondonTime.civil(of: later) < LondonTime.civil(of: start) { continue }
                #expect(try WorkingTime.dueInstant(from: later, budget: budget, calendar: calendar) >= due)
            }
        }
    }

    @Test(arguments: seeds)
    func neverDueWhenClosedExceptAtClosing(_ seed: UInt64) throws {
        var random = Seeded(state: seed &+ 200)
        for desk in Self.desks {
            let calendar = try desk.calendar()
            for _ in 0..<1000 {
                let start = try Self.start(&random)
                for unit in [Budget.Unit.workingHours, .workingDays] {
                    let budget = try Budget(Int.random(in: 1...40, using: &random), unit)
                    let due = try WorkingTime.dueInstant(from: start, budget: budget, calendar: calendar)
                    #expect(calendar.isOpen(at: due) || calendar.isOpen(at: due.adding(milliseconds: -1)))
                }
            }
        }
    }

    /// The plainest model there is: walk minute by minute and ask the clock on the wall.
    @Test(arguments: seeds)
    func workingHoursAgreeWithAWalkMinuteByMinute(_ seed: UInt64) throws {
        var random = Seeded(state: seed &+ 300)
        let office = try Desk.office.calendar()
        let minute: Int64 = 60_000
        for _ in 0..<60 {
            let start = Instant(milliseconds: try Self.start(&random).milliseconds / minute * minute)
            let hours = Int.random(in: 1...20, using: &random)
            var left = hours * 60
            var walked = start
            while left > 0 {
                let civil = LondonTime.civil(of: walked)
                if civil.date.weekday <= 5, (540..<1020).contains(civil.minutesOfDay),
                    !BankHolidays.englandAndWales.contains(civil.date)
                {
                    left -= 1
                }
                walked = walked.adding(milliseconds: minute)
            }
            let due = try WorkingTime.dueInstant(from: start, budget: Budget(hours, .workingHours), calendar: office)
            #expect(due == walked)
        }
    }

    @Test func openAndNextOpeningAndClosingAgree() throws {
        var random = Seeded(state: 400)
        for desk in [Desk.office, .night, .clinic] {
            let calendar = try desk.calendar()
            for _ in 0..<2000 {
                let instant = try Self.start(&random)
                let opening = try #require(calendar.nextOpening(atOrAfter: instant))
                #expect(calendar.isOpen(at: instant) == (opening == instant))
                #expect(calendar.isOpen(at: opening))
                let closing = try #require(calendar.closing(after: instant))
                #expect(closing > opening)
                #expect(!calendar.isOpen(at: closing))
                #expect(calendar.isOpen(at: closing.adding(milliseconds: -1)))
                let between = WorkingTime.elapsed(from: opening, to: closing, calendar: calendar)
                #expect(between == closing.milliseconds(since: opening))
            }
        }
    }
}
