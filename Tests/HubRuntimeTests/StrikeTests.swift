import DomainModel
import EventLog
import Room
import Testing

@testable import HubRuntime

/// Time comes as a record, once for each partition and moment.
@Suite struct StrikeTests {
    private let clock = StillClock()

    @Test func whatIsDueIsSaidOnce() throws {
        let log = memory(clock)
        let process = Process(log, clock: clock)
        try process.start()
        _ = try log.append([Given.referral(1, danger: true)])
        try process.drain()
        #expect(try Picture(log).count(.alertEscalated) == 0)
        #expect(try process.hub.strike(now: clock.now) == 0)

        let due = try #require(process.hub.nextDue)
        #expect(due == clock.now.adding(milliseconds: 900_000))
        clock.now = due
        #expect(try process.hub.strike(now: due) == 1)
        #expect(try process.hub.strike(now: due) == 0, "one strike a moment")
        try process.drain()
        #expect(try Picture(log).count(.alertEscalated) == 1)
        #expect(try Picture(log).count(.clockStruck) == 1)
        #expect(try #require(process.hub.nextDue) > due)
        let report = try log.verified(by: process)
        #expect(report.agrees, "\(report.examples)")
    }

    @Test func aStrikeTwiceIsHarmless() throws {
        let log = memory(clock)
        let first = Process(log, clock: clock)
        try first.start()
        _ = try log.append([Given.referral(1, danger: true)])
        try first.drain()
        clock.now = try #require(first.hub.nextDue)
        #expect(try first.hub.strike(now: clock.now) == 1)
        // Killed before it read the strike back; the next one finds the same moment due.
        let second = Process(log, clock: clock, seed: 2)
        try second.start()
        #expect(try second.hub.strike(now: clock.now) == 1)
        try second.drain()
        let picture = try Picture(log)
        #expect(try log.events().count { $0.body.type == .clockStruck } == 2)
        #expect(picture.count(.alertEscalated) == 1)
        #expect(picture.twice.isEmpty)
        let report = try log.verified(by: second)
        #expect(report.agrees, "\(report.examples)")
    }

    @Test func aRestoredHubWaitsForTheSameMoment() throws {
        let log = memory(clock)
        let first = Process(log, clock: clock)
        try first.start()
        _ = try log.append((0..<4).map { Given.referral($0, danger: $0 == 2) })
        try first.drain()
        let second = Process(log, clock: clock, seed: 2)
        try second.start()
        #expect(second.hub.nextDue == first.hub.nextDue)
    }
}
