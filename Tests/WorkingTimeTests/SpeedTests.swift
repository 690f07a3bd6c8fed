import DomainModel
import Testing
import WorkingTime

@Suite struct SpeedTests {
    /// A million take seconds in an optimised build; this bound is for an unoptimised one on a busy machine, and is
    /// there to catch a search that has become quadratic.
    @Test func manyDueTimesTakeLittleTime() throws {
        let office = try Desk.office.calendar()
        let budgets = try ["4h", "6wh", "1wd", "3d"].map { try Budget(parsing: $0) }
        let count = 100_000
        var sum: Int64 = 0
        let taken = try ContinuousClock().measure {
            for number in 0..<count {
                let start = Instant(milliseconds: 1_767_225_600_000 + Int64(number) * 311_000)
                sum &+= try WorkingTime.dueInstant(
                    from: start, budget: budgets[number % budgets.count], calendar: office
                ).milliseconds
            }
        }
        #expect(sum != 0)
        #expect(taken < .seconds(30))
    }
}
