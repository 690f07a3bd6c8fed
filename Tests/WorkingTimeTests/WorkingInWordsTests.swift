import DomainModel
import Testing
import WorkingTime

@Suite struct WorkingInWordsTests {
    func words(_ desk: Desk, _ start: String, _ budget: String) throws -> String {
        try WorkingTime.due(from: local(start), budget: Budget(parsing: budget), calendar: desk.calendar()).description
    }

    @Test func workingHoursAcrossChristmas() throws {
        #expect(
            try words(.office, "2026-12-23 15:10", "12wh") == """
                received Wed 23 Dec 2026 15:10; 1 h 50 min counted on Wed 23 Dec from 15:10 until closing at 17:00; \
                8 h counted on Thu 24 Dec from 09:00 until closing at 17:00; closed Fri 25 Dec (bank holiday); \
                closed Sat 26 Dec to Sun 27 Dec; closed Mon 28 Dec (bank holiday); \
                2 h 10 min counted on Tue 29 Dec from 09:00 until 11:10; due Tue 29 Dec 2026 11:10
                """)
    }

    @Test func workingDaysAcrossTheNewYear() throws {
        #expect(
            try words(.office, "2027-12-31 18:00", "1wd") == """
                received Fri 31 Dec 2027 18:00; closed Sat 1 Jan to Sun 2 Jan 2028; \
                closed Mon 3 Jan 2028 (bank holiday); outside opening, so counted from Tue 4 Jan 2028 09:00; \
                1 working day counted, the last Wed 5 Jan 2028; due Wed 5 Jan 2028 09:00
                """)
    }

    @Test func elapsedHoursNameTheChangeOfTheClocks() throws {
        #expect(
            try words(.continuous, "2026-03-28 12:00", "24h") == """
                received Sat 28 Mar 2026 12:00; the clocks go forward on Sun 29 Mar; 24 h counted round the clock; \
                due Sun 29 Mar 2026 13:00
                """)
        #expect(
            try words(.continuous, "2026-03-28 01:30", "1d").contains(
                "that time does not exist on Sun 29 Mar, so 02:00, when the clocks have gone forward"))
        #expect(
            try words(.continuous, "2026-10-24 01:30", "1d").contains(
                "that time comes twice on Sun 25 Oct, so the first"))
    }

    @Test func movedTimesSayWhy() throws {
        #expect(
            try words(.clinic, "2026-01-08 15:00", "1wd") == """
                received Thu 8 Jan 2026 15:00; 1 working day counted, the last Fri 9 Jan; \
                15:00 is outside opening on Fri 9 Jan, so moved to 12:30; due Fri 9 Jan 2026 12:30
                """)
    }

    @Test func nightIsOneOpeningAndMidnightReads24() throws {
        #expect(
            try words(.night, "2026-01-05 22:00", "4wh") == """
                received Mon 5 Jan 2026 22:00; 4 h counted on Mon 5 Jan from 22:00 until Tue 6 Jan 02:00; \
                due Tue 6 Jan 2026 02:00
                """)
        #expect(try words(.night, "2026-01-05 22:00", "2wh").contains("from 22:00 until 24:00"))
    }

    @Test func longWorkingsAreSummedUp() throws {
        #expect(
            try words(.office, "2026-12-23 15:10", "45wd") == """
                received Wed 23 Dec 2026 15:10; 20 days without opening hours not counted; \
                closed Fri 25 Dec (bank holiday); closed Mon 28 Dec (bank holiday); \
                closed Fri 1 Jan 2027 (bank holiday); 45 working days counted, the last Mon 1 Mar 2027; \
                due Mon 1 Mar 2027 15:10
                """)
        let hours = try words(.office, "2026-06-01 12:00", "100wh")
        #expect(
            hours == """
                received Mon 1 Jun 2026 12:00; 5 h counted on Mon 1 Jun from 12:00 until closing at 17:00; \
                88 h counted in 11 openings, Tue 2 Jun to Tue 16 Jun; 4 days without opening hours not counted; \
                7 h counted on Wed 17 Jun from 09:00 until 16:00; due Wed 17 Jun 2026 16:00
                """)
    }

    @Test func workingIsShortHoweverLongTheBudget() throws {
        for desk in Desk.allCases where desk != .school {
            for unit in Budget.Unit.allCases {
                let due = try WorkingTime.due(
                    from: local("2026-12-23 18:10"), budget: Budget(10_000, unit), calendar: desk.calendar())
                #expect(due.working.count <= 16)
                #expect(due.words.count == due.working.count)
            }
        }
    }

    @Test func countedStepsAddUpToTheBudget() throws {
        var random = Seeded(state: 5)
        for desk in [Desk.office, .night, .clinic] {
            let calendar = try desk.calendar()
            for _ in 0..<300 {
                let start = Instant(
                    milliseconds: Int64.random(in: 1_700_000_000_000...1_900_000_000_000, using: &random))
                let hours = Int.random(in: 1...400, using: &random)
                let due = try WorkingTime.due(from: start, budget: Budget(hours, .workingHours), calendar: calendar)
                var sum: Int64 = 0
                for step in due.working {
                    switch step {
                    case .counted(let length, _, _, _), .countedOpenings(_, let length, _, _): sum += length
                    default: break
                    }
                }
                #expect(sum == Int64(hours) * 3_600_000)
            }
        }
    }
}

@Suite struct OpenStateTests {
    @Test(arguments: [
        (Desk.office, "2026-12-23 15:10", "at Wed 23 Dec 2026 15:10; open; closes Wed 23 Dec 17:00"),
        (.office, "2026-12-23 17:00", "at Wed 23 Dec 2026 17:00; closed; opens Thu 24 Dec 09:00"),
        (.office, "2026-12-28 12:00", "at Mon 28 Dec 2026 12:00; closed: a bank holiday; opens Tue 29 Dec 09:00"),
        (
            .office, "2027-01-02 12:00",
            "at Sat 2 Jan 2027 12:00; closed: no opening hours on that day; opens Mon 4 Jan 09:00"
        ),
        (.school, "2026-02-17 12:00", "at Tue 17 Feb 2026 12:00; closed: outside term; opens Mon 23 Feb 08:30"),
        (.school, "2026-07-22 12:00", "at Wed 22 Jul 2026 12:00; closed: outside term; does not open again"),
        (.night, "2026-12-25 12:00", "at Fri 25 Dec 2026 12:00; open; closes Tue 29 Dec 08:45"),
        (.continuous, "2026-12-25 12:00", "at Fri 25 Dec 2026 12:00; open; does not close"),
    ])
    func whatACalendarIsIsSaidInWords(_ desk: Desk, _ at: String, _ words: String) throws {
        #expect(try desk.calendar().state(at: local(at)).words.joined(separator: "; ") == words)
    }

    @Test(arguments: [
        (
            Desk.office, "2026-12-24 12:00", "4wh", "2026-12-23 16:00",
            "wanted by Thu 24 Dec 2026 12:00; 1 h counted on Wed 23 Dec from 16:00 until closing at 17:00; "
                + "3 h counted on Thu 24 Dec from 09:00 until 12:00; begins by Wed 23 Dec 2026 16:00"
        ),
        (
            .office, "2026-12-29 10:00", "1wd", "2026-12-24 10:00",
            "wanted by Tue 29 Dec 2026 10:00; closed Fri 25 Dec (bank holiday); closed Sat 26 Dec to Sun 27 Dec; "
                + "closed Mon 28 Dec (bank holiday); 1 working day counted, the last Tue 29 Dec; "
                + "begins by Thu 24 Dec 2026 10:00"
        ),
        (
            .continuous, "2026-03-29 12:00", "24h", "2026-03-28 11:00",
            "wanted by Sun 29 Mar 2026 12:00; the clocks go forward on Sun 29 Mar; 24 h counted round the clock; "
                + "begins by Sat 28 Mar 2026 11:00"
        ),
    ])
    func aBeginningShowsItsCount(_ desk: Desk, _ end: String, _ budget: String, _ start: String, _ words: String) throws
    {
        let found = try WorkingTime.beginning(
            before: local(end), budget: Budget(parsing: budget), calendar: desk.calendar())
        #expect(found.instant == (try local(start)))
        #expect(found.description == words)
    }
}
