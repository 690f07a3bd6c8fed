import ConfigurationFiles
import DomainModel
import EventLog
import HubConfiguration
import Room
import Testing

@testable import HubRuntime

/// A changed configuration comes into force while the hub runs.
@Suite struct AdoptingTests {
    private let clock = StillClock()
    private static let newcomer = Given.name(AgencyName.self, "bd-night-shelter")

    private static func grown() throws -> HubDirectory {
        var directory = Given.shipped.directory
        var agency = try #require(directory.agencies.first { $0.id == Given.police })
        agency.id = newcomer
        directory.agencies.append(agency)
        return directory
    }

    @Test func aNewAgencysFirstReferralFlowsWithoutARestart() throws {
        let log = memory(clock)
        let process = Process(log, clock: clock)
        try process.start()
        try process.drain()
        #expect(throws: LogError.self) { try log.append([Given.referral(1, agency: Self.newcomer)]) }

        let directory = try Self.grown()
        let counts = try process.hub.reconfigure(
            directory, policies: Given.shipped.policies, topics: Given.specifications(directory), now: clock.now)
        #expect(counts.events > 0)
        _ = try log.append([Given.referral(1, agency: Self.newcomer)])
        try process.drain()
        let picture = try Picture(log)
        #expect(picture.count(.referralSubmitted) == 1)
        #expect(picture.count(.caseRouted) == 1)
        #expect(try log.all(TopicSpecification(Given.topics.inbox(Self.newcomer), partitions: 1)).isEmpty == false)
        let report = try log.verified(by: process)
        #expect(report.agrees, "\(report.examples)")
    }

    /// What was decided before a change was decided by what was in force then, and is decided again by that.
    @Test func aChangeDoesNotMakeWhatWasDecidedBeforeItDiffer() throws {
        let log = memory(clock)
        let process = Process(log, clock: clock)
        try process.start()
        for turn in 0..<3 {
            _ = try log.append([Given.referral(turn)])
            try process.drain()
            clock.now = clock.now.adding(seconds: 60)
            var directory = try Self.grown()
            if turn > 0 { directory.agencies.removeAll { $0.id == Self.newcomer } }
            directory.agencies[0].name += " \(turn)"
            _ = try process.hub.reconfigure(
                directory, policies: Given.shipped.policies, topics: Given.specifications(directory), now: clock.now)
            // One that was listed for a while: taken then, refused after it.
            _ = try log.append([Given.referral(10 + turn, agency: Self.newcomer)])
            try process.drain()
        }
        #expect(try Picture(log).count(.referralSubmitted) == 4)
        let report = try log.verified(by: process)
        #expect(report.agrees, "\(report.examples)")
    }

    @Test func whatIsInForceIsNotAdoptedAgain() throws {
        let log = memory(clock)
        let process = Process(log, clock: clock)
        try process.start()
        let adopted = try Picture(log).count(.configurationAdopted)
        #expect(adopted == Given.shipped.directory.authorities.count)
        let again = try process.hub.reconfigure(
            Given.shipped.directory, policies: Given.shipped.policies, topics: Given.specifications(), now: clock.now)
        #expect(again.didNothing)
        let next = Process(log, clock: clock, seed: 2)
        try next.start()
        #expect(try Picture(log).count(.configurationAdopted) == adopted)
    }

    @Test func oneTooLargeToAdoptLeavesTheEarlierInForce() throws {
        let log = memory(clock)
        let process = Process(log, clock: clock)
        try process.start()
        let before = try Picture(log)
        var directory = Given.shipped.directory
        var agency = try #require(directory.agencies.first { $0.id == Given.police })
        agency.name = String(repeating: "long ", count: 300_000)
        directory.agencies.removeAll { $0.id == agency.id }
        directory.agencies.append(agency)
        #expect {
            try process.hub.reconfigure(
                directory, policies: Given.shipped.policies, topics: Given.specifications(), now: clock.now)
        } throws: { error in
            guard case HubError.log(.recordTooLarge) = error else { return false }
            return true
        }
        #expect(try Picture(log) == before)
        _ = try log.append([Given.referral(1)])
        try process.drain()
        #expect(try Picture(log).count(.caseRouted) == 1)
        let report = try log.verified(by: process)
        #expect(report.agrees, "\(report.examples)")
    }

    @Test func aRecipientWhoseTopicIsMissingGetsOne() throws {
        let log = memory(clock)
        let lost = Given.name(DeskName.self, "closed-desk")
        let host = FakeHost(.routing) { event in
            guard event.body.type == .referralSubmitted else { return [] }
            return [
                .outgoing(
                    Outgoing(
                        recipient: .desk(lost), id: event.id, source: .routing, type: .alertRaised, subject: "x",
                        time: event.time, authority: event.authority, key: "x", data: Array("{}".utf8)))
            ]
        }
        let process = Process(log, clock: clock, hosts: [host])
        try process.start()
        _ = try log.append([Given.referral(1)])
        try process.drain()
        #expect(try log.all(TopicSpecification(Given.topics.alerts(lost), partitions: 1)).count == 1)
    }
}
