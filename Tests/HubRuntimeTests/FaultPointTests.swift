import EventLog
import Room
import Synchronization
import Testing
import Triage

@testable import HubRuntime

/// The points at which a test may harm a service that lie in its loop; those of a commit are the log's.
@Suite struct ServiceFaultPointTests {
    private let clock = StillClock()

    private func count(_ plan: String) throws -> (Faults, () -> Int) {
        let counted = Counted()
        let plan = try FaultPlan(plan, participants: Service.allCases.map(\.rawValue))
        let faults = try #require(Faults(plan) { _ in counted.count.withLock { $0 += 1 } })
        return (faults, { counted.count.withLock { $0 } })
    }

    private final class Counted: Sendable {
        let count = Mutex(0)
    }

    @Test func whatWasPolledIsUndecidedAtItsPoint() throws {
        let log = kafkaLike(clock)
        let (faults, count) = try count("after-poll:intake:1:stop")
        let services = Services(log, clock: clock, faults: faults)
        try services.start(ensuring: log)
        try services.drain()
        #expect(count() == 0, "nothing has come in")
        _ = try log.append([Given.referral(0)])
        try services.drain()
        #expect(count() == 1)
        #expect(try Picture(log).count(.referralSubmitted) == 1)
    }

    @Test func everyServiceReachesItsRestore() throws {
        let log = kafkaLike(clock)
        let (faults, count) = try count("mid-restore:deadlines:2:stop")
        let services = Services(log, clock: clock, faults: faults)
        try services.start(ensuring: log)
        try services.drain()
        #expect(count() == 1, "one read of each of its partitions, and harm at the second")
    }

    private static func picture(trappingOn text: String) throws -> Picture {
        let clock = StillClock()
        let log = kafkaLike(clock)
        let hosts = Given.hosts.map { host in
            guard host.service == .triage else { return host }
            return HeraldedHost(host) { event in
                if event.subject.description.contains(text) { preconditionFailure("as a fault in its code would") }
            }
        }
        let services = Services(log, clock: clock, hosts: hosts)
        try services.start(ensuring: log)
        _ = try log.append((0..<3).map { Given.referral($0) })
        try services.drain()
        return try Picture(log)
    }

    @Test func aTrappingParticipantDecidesAsAnyOtherUntilItsInputComes() async throws {
        let found = try ServiceFaultPointTests.picture(trappingOn: "no id holds this")
        #expect(found.count(.caseRated) == 3)
        #expect(found.deadLetters.isEmpty)
        await #expect(processExitsWith: .failure) {
            // Every event of a referral is about one.
            _ = try ServiceFaultPointTests.picture(trappingOn: "referral/")
        }
    }
}
