import DomainModel
import EventLog
import Room
import Sealing
import Synchronization
import Testing

@testable import HubRuntime

/// The participants one by one over a log that carries nothing: the same decisions, whoever is killed or loses what.
@Suite struct ServiceLoopTests {
    private let clock = StillClock()
    private let load = (0..<12).map { Given.referral($0, danger: $0 % 5 == 0) }

    /// What the carrying hub makes of the same.
    private func carried(_ load: [NewRecord]? = nil) throws -> Picture {
        let log = memory(clock)
        let process = Process(log, clock: clock)
        try process.start()
        _ = try log.append(load ?? self.load)
        try process.drain()
        return try Picture(log)
    }

    private func unbroken(batch: Int = 500) throws -> (log: MemoryEventLog, services: Services) {
        let log = kafkaLike(clock)
        let services = Services(log, clock: clock, batch: batch)
        try services.start(ensuring: log)
        try services.drain()
        _ = try log.append(load)
        try services.drain()
        return (log, services)
    }

    @Test(arguments: [1, 7, 500]) func eachServiceByItselfDecidesAsAllInOneCommit(batch: Int) throws {
        let (log, services) = try unbroken(batch: batch)
        let found = try Picture(log)
        #expect(found == (try carried()))
        #expect(found.twice.isEmpty)
        #expect(found.count(.caseOpened) == load.count)
        try services.stop()
        let report = try services.verified(log)
        #expect(report.agrees, "\(report.examples)")
        #expect(report.postings > 100)
    }

    @Test func killedAtACommitTheRoomIsTheSame() throws {
        let load = Array(load.prefix(4))
        let wanted = try carried(load)
        var killed = 1
        while true {
            let inner = kafkaLike(clock)
            let log = FailingLog(inner)
            let first = Services(log, clock: clock, batch: 3)
            try first.start(ensuring: log)
            _ = try log.append(load)
            log.fail(at: killed)
            var died = false
            do { try first.drain() } catch { died = true }
            log.live()
            // The same instances again: they fence what is left of the first.
            let second = Services(log, clock: clock, batch: 3, seed: 2)
            try second.start(ensuring: log)
            try second.drain()
            let found = try Picture(log)
            #expect(found == wanted, "killed at commit \(killed)")
            #expect(found.twice.isEmpty)
            if killed % 4 == 0 {
                try second.stop()
                let report = try second.verified(log)
                #expect(report.agrees, "killed at commit \(killed): \(report.examples)")
            }
            if !died { break }
            // Every commit of the first dozen, then some of each kind.
            killed += killed < 12 ? 1 : 7
        }
        #expect(killed > 20)
    }

    @Test func twoProcessesShareTheRoomAndHandItOver() throws {
        let log = kafkaLike(clock)
        let one = Services(log, clock: clock, instance: "one")
        try one.start(ensuring: log)
        try one.drain()
        _ = try log.append(Array(load.prefix(4)))
        try one.drain()
        let two = Services(log, clock: clock, seed: 2, instance: "two")
        try two.start(ensuring: log)
        _ = try log.append(Array(load[4..<8]))
        try one.drain(beside: two)
        #expect(one[.triage].status.inputs == 2)
        #expect(two[.triage].status.inputs == 2)
        #expect(one[.intake].status.inputs > 0)
        #expect(
            two[.intake].status.inputs == 0, "Intake's topics have one partition each: one is active, one stands by")
        try one.stop()
        _ = try log.append(Array(load[8...]))
        try two.drain()
        let found = try Picture(log)
        #expect(found == (try carried()))
        #expect(found.twice.isEmpty)
        try two.stop()
        let report = try two.verified(log)
        #expect(report.agrees, "\(report.examples)")
    }

    @Test func whatComesBackAsItWasLeftIsNotRestored() throws {
        let (log, one) = try unbroken()
        let restores = one[.deduplication].status.restores
        for round in 0..<3 {
            let two = Services(log, clock: clock, seed: 3, instance: "two")
            try two.start(ensuring: log)
            try one.drain(beside: two)
            try two.stop()
            try one.drain()
            #expect(one[.deduplication].status.restores == restores, "round \(round)")
        }
        #expect(one[.deduplication].status.reuses >= 3)
        _ = try log.append([Given.referral(77)])
        try one.drain()
        #expect(try Picture(log).count(.caseOpened) == load.count + 1)
    }

    @Test func whatAnotherHasMovedIsRestored() throws {
        let (log, one) = try unbroken()
        let two = Services(log, clock: clock, seed: 3, instance: "two")
        try two.start(ensuring: log)
        try one.drain(beside: two)
        _ = try log.append((20..<30).map { Given.referral($0) })
        try one.drain(beside: two)
        let before = one.loops.map(\.status.restores)
        try two.stop()
        try one.drain()
        // E09000002 has one partition; whoever of the two did not hold it restores nothing.
        let after = one.loops.map(\.status.restores)
        #expect(zip(before, after).allSatisfy { $0 <= $1 })
        _ = try log.append((30..<33).map { Given.referral($0) })
        try one.drain()
        try one.stop()
        let report = try one.verified(log)
        #expect(report.agrees, "\(report.examples)")
        #expect(try Picture(log).count(.referralSubmitted) == load.count + 13)
    }

    @Test func aStrikeComesFromWhoHoldsThePartitionAndIsReadBack() throws {
        let (log, services) = try unbroken()
        let due = try #require(services[.deadlines].nextDue)
        clock.now = due
        try services.strike()
        try services.strike()
        try services.drain()
        let strikes = try log.events().filter { $0.body.type == .clockStruck }
        #expect(strikes.count == 1, "one strike a partition and moment")
        #expect(services[.deadlines].nextDue.map { $0 > due } ?? true)
        try services.stop()
        #expect(try services.verified(log).agrees)
    }

    @Test(arguments: [1, 500]) func theThirdTrapAloneSetsAnEventAsideAndTheOthersGoOn(batch: Int) throws {
        let log = FailingLog(kafkaLike(clock))
        var traps = 0
        func isPoison(_ event: Event) -> Bool {
            guard case .referralSubmitted(let submitted) = event.body else { return false }
            return submitted.content.immediateDanger
        }
        // Who traps commits nothing more and does not leave in order.
        func services() -> Services {
            let routing = FakeHost(.routing) { event in
                if isPoison(event) {
                    traps += 1
                    log.die()
                }
                return []
            }
            return Services(
                log, clock: clock, batch: batch, seed: UInt64(traps + 1),
                hosts: Given.hosts.filter { $0.service != .routing } + [routing])
        }
        var running = services()
        try running.start(ensuring: log)
        _ = try log.append((0..<6).map { Given.referral($0, danger: $0 == 3) })
        for _ in 0..<10 {
            do {
                try running.drain()
                break
            } catch {
                log.live()
                running = services()
                try running.start(ensuring: log)
            }
        }
        let inChunks = batch == 1 ? 0 : 1
        #expect(traps == 2 + inChunks + 3, "two in company, which may have been anything, a smaller chunk, three alone")
        let found = try Picture(log)
        #expect(found.count(.caseRated) == 6, "the other participants decide on it too")
        #expect(found.deadLetters.values.count { $0 == "undecidable routing" } == 1)
        #expect(found.deadLetters.values.contains("waits-behind-undecidable routing"))
        #expect(found.count(.submissionRefused) == 1, "the room is told, and so the desk")
        #expect(found.twice.isEmpty)
        let tries = try log.rows(of: Given.topics.table(.routing)).filter { $0.key.starts(with: "!try".utf8) }
        #expect(tries.isEmpty)
        try running.stop()
        let report = try Verifier(log: log, topics: Given.topics, equipment: running.equipment).run(
            intake: Given.intake, hosts: Given.hosts.filter { $0.service != .routing } + [FakeHost(.routing)])
        #expect(report.agrees, "\(report.examples)")
    }

    @Test func aPostingThatIsTooLargeIsSetAsideAlone() throws {
        let log = kafkaLike(clock)
        let huge = FakeHost(.triage) { event in
            guard case .referralSubmitted(let submitted) = event.body, submitted.content.immediateDanger else {
                return []
            }
            var posting = event
            posting.source = .triage
            posting.parts = [
                Part(
                    key: KeyName(event: event.id, part: .text), sealed: nil,
                    opened: [UInt8](repeating: 7, count: Limits.eventBytesMax))
            ]
            return [.room(posting)]
        }
        let services = Services(
            log, clock: clock, hosts: Given.hosts.filter { $0.service != .triage } + [huge])
        try services.start(ensuring: log)
        _ = try log.append((0..<6).map { Given.referral($0, danger: $0 == 3) })
        try services.drain()
        let found = try Picture(log)
        #expect(found.deadLetters.values.count { $0 == "too-large triage" } == 1)
        #expect(found.count(.referralSubmitted) == 6)
        #expect(services[.triage].status.rollbacks == 1)
        #expect(found.twice.isEmpty)
    }

    /// Found by the simulator: while one partition was restored again, the commit for another took its position along.
    @Test func whatIsRefusedForGoodIsDecidedAgainAndNotPassedOver() throws {
        var rollbacks = 0
        for first in stride(from: 18, to: 50, by: 6) {
            let inner = kafkaLike(clock)
            let log = AbortingLog(inner, lands: false, aborts: { (first..<first + 7).contains($0) })
            let services = Services(log, clock: clock, batch: 3)
            try services.start(ensuring: log)
            _ = try log.append(load)
            try services.drain()
            let found = try Picture(inner)
            #expect(found == (try carried()), "from commit \(first)")
            rollbacks += services.loops.reduce(0) { $0 + $1.status.rollbacks }
        }
        #expect(rollbacks > 5)
    }

    @Test func anAbortedCommitIsTriedAgainAndOneThatHadLandedIsNot() throws {
        for lands in [false, true] {
            let inner = kafkaLike(clock)
            let log = AbortingLog(inner, lands: lands)
            let services = Services(log, clock: clock, batch: 4)
            try services.start(ensuring: log)
            _ = try log.append(load)
            try services.drain()
            let found = try Picture(inner)
            #expect(found == (try carried()), "lands: \(lands)")
            #expect(found.twice.isEmpty)
            #expect(log.aborted > 5)
        }
    }

    /// A broker is out for longer than many restarts: what lies before it has ended nobody, and is decided in the end.
    @Test func aCommitThatFailsInLifeAfterLifeIsNotHeldAgainstTheRecord() throws {
        let isOut = Mutex(true)
        let plain = kafkaLike(clock)
        func hosts() -> [RoomHost] {
            [
                FakeHost(.triage) {
                    guard case .referralSubmitted = $0.body else { return [] }
                    return [
                        .room(
                            $0.followed(by: .triage, .clockStruck(ClockStruck(now: $0.time)), subject: $0.subject))
                    ]
                }
            ]
        }
        try plain.ensure(Given.specifications())
        let intake = Services(plain, clock: clock, hosts: [])
        try intake.start(ensuring: plain)
        _ = try plain.append([Given.referral(0)])
        try intake.drain()
        try intake.stop()
        for life in 1...10 {
            // Marks and positions alone get through; what is posted does not.
            let services = Services(
                PostingsRefused(plain, while: { isOut.withLock { $0 } }), clock: clock, seed: UInt64(life),
                intake: nil, hosts: hosts())
            try services.start(ensuring: plain)
            for _ in 0..<12 { _ = try services.turn() }
        }
        isOut.withLock { $0 = false }
        let last = Services(plain, clock: clock, seed: 99, intake: nil, hosts: hosts())
        try last.start(ensuring: plain)
        try last.drain()
        #expect(try Picture(plain).deadLetters.isEmpty)
        #expect(try plain.events().contains { $0.source == .triage })
    }
}

/// A log that takes no postings for a while.
private final class PostingsRefused: ForwardingLog {
    private let inner: any EventLog
    var target: any EventLog { inner }
    private let isOut: @Sendable () -> Bool

    init(_ inner: any EventLog, while isOut: @escaping @Sendable () -> Bool) {
        self.inner = inner
        self.isOut = isOut
    }

    func join(_ participant: ParticipantName, instance: String, inputs: [TopicPattern]) throws(LogError)
        -> any LogMember
    {
        Member(try inner.join(participant, instance: instance, inputs: inputs), isOut)
    }

    private final class Member: ForwardingMember {
        let inner: any LogMember
        private let isOut: @Sendable () -> Bool

        init(_ inner: any LogMember, _ isOut: @escaping @Sendable () -> Bool) {
            self.inner = inner
            self.isOut = isOut
        }

        func commit(_ step: Step) throws(LogError) {
            if !step.postings.isEmpty, isOut() { throw .aborted("no leader for a topic") }
            try inner.commit(step)
        }
    }
}
