import DomainModel
import Testing
import WorkingTime

@Suite struct SuspensionsTests {
    func due(_ desk: Desk, _ start: String, _ budget: String, _ stops: [(String, String)]) throws -> Instant {
        try WorkingTime.dueInstant(
            from: local(start), budget: Budget(parsing: budget), calendar: desk.calendar(),
            suspensions: stops.map { try local($0.0)..<local($0.1) })
    }

    @Test func suspendedTimeDoesNotCount() throws {
        let stop = [("2026-01-06 10:00", "2026-01-06 12:00")]
        #expect(try due(.office, "2026-01-06 09:00", "4wh", stop) == (try local("2026-01-06 15:00")))
        #expect(try due(.continuous, "2026-01-06 09:00", "4h", stop) == (try local("2026-01-06 15:00")))
        #expect(try due(.office, "2026-01-06 09:00", "60m", stop) == (try local("2026-01-06 10:00")))
        #expect(try due(.office, "2026-01-06 11:00", "30m", stop) == (try local("2026-01-06 12:30")))
    }

    @Test func nightOfASuspensionCostsNoWorkingHours() throws {
        let stop = [("2026-01-06 16:00", "2026-01-07 10:00")]
        #expect(try due(.office, "2026-01-06 15:00", "2wh", stop) == (try local("2026-01-07 11:00")))
    }

    @Test func workingDaysMoveByTheWorkingDaysBetween() throws {
        let stop = [("2026-01-06 10:00", "2026-01-08 11:00")]
        #expect(try due(.office, "2026-01-05 09:30", "5wd", stop) == (try local("2026-01-14 09:30")))
        let weekend = [("2026-01-09 18:00", "2026-01-11 18:00")]
        #expect(try due(.office, "2026-01-05 09:30", "5wd", weekend) == (try local("2026-01-12 09:30")))
        let sameDay = [("2026-01-06 09:00", "2026-01-06 16:00")]
        #expect(try due(.office, "2026-01-05 09:30", "1wd", sameDay) == (try local("2026-01-06 16:00")))
        let night = [("2026-01-06 09:00", "2026-01-06 20:00")]
        #expect(try due(.office, "2026-01-05 09:30", "1wd", night) == (try local("2026-01-07 09:00")))
        #expect(try due(.office, "2026-01-05 09:30", "3d", stop) == (try local("2026-01-10 09:30")))
    }

    @Test func suspensionAfterTheDueTimeOrBeforeTheStartMovesNothing() throws {
        let stops = [("2026-01-02 10:00", "2026-01-05 09:00"), ("2026-01-06 11:00", "2026-01-09 11:00")]
        for budget in ["1wd", "1d", "8wh", "20h", "90m", "30s"] {
            let moved = try due(.office, "2026-01-05 10:00", budget, stops)
            #expect(moved == (try due(.office, "2026-01-05 10:00", budget, [])))
        }
    }

    @Test func orderAndOverlapMakeNoDifference() throws {
        let apart = [("2026-01-06 10:00", "2026-01-06 12:00"), ("2026-01-06 13:00", "2026-01-06 14:00")]
        let tangled = [
            ("2026-01-06 13:00", "2026-01-06 14:00"), ("2026-01-06 11:00", "2026-01-06 12:00"),
            ("2026-01-06 10:00", "2026-01-06 11:30"), ("2026-01-06 10:15", "2026-01-06 10:15"),
        ]
        for budget in ["3wh", "1wd", "30h"] {
            let expected = try due(.office, "2026-01-06 09:00", budget, apart)
            #expect(try due(.office, "2026-01-06 09:00", budget, tangled) == expected)
        }
    }

    @Test func measuringWithoutTheSuspensionGivesTheBudgetBack() throws {
        var random = Seeded(state: 9)
        let office = try Desk.office.calendar()
        for _ in 0..<1000 {
            let start = try PropertyTests.start(&random)
            var stops: [Range<Instant>] = []
            var edge = start
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let from = edge.adding(milliseconds: Int64.random(in: 1...200_000_000, using: &random))
                edge = from.adding(milliseconds: Int64.random(in: 1...200_000_000, using: &random))
                stops.append(from..<edge)
            }
            let hours = Int.random(in: 1...60, using: &random)
            let due = try WorkingTime.dueInstant(
                from: start, budget: Budget(hours, .workingHours), calendar: office, suspensions: stops)
            var measured = WorkingTime.elapsed(from: start, to: due, calendar: office)
            for stop in stops where stop.lowerBound < due {
                measured -= WorkingTime.elapsed(
                    from: stop.lowerBound, to: min(stop.upperBound, due), calendar: office)
            }
            #expect(measured == Int64(hours) * 3_600_000)
        }
    }

    @Test func wordsSayWhenTheClockStood() throws {
        let result = try WorkingTime.due(
            from: local("2026-01-06 09:00"), budget: Budget(4, .workingHours), calendar: Desk.office.calendar(),
            suspensions: [local("2026-01-06 10:00")..<local("2026-01-06 12:00")])
        #expect(
            result.description == """
                received Tue 6 Jan 2026 09:00; stopped from Tue 6 Jan 10:00 until Tue 6 Jan 12:00; \
                4 h within opening counted, Tue 6 Jan; due Tue 6 Jan 2026 15:00
                """)
    }
}
