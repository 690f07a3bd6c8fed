import DomainModel
import EventLog
import Room
import Sealing
import Testing

@testable import HubRuntime

/// No input stops the hub for good: what a participant cannot take is set aside, a person is told, all others go on.
@Suite struct SetAsideTests {
    private let clock = StillClock()

    /// A process that dies on an event ends with it: what it would have committed then is never seen.
    private final class Trap {
        let log: FailingLog
        private(set) var deaths = 0
        init(_ log: FailingLog) { self.log = log }
        func spring() {
            deaths += 1
            log.die()
        }
    }

    private func isPoison(_ event: Event) -> Bool {
        guard case .referralSubmitted(let submitted) = event.body else { return false }
        return submitted.content.immediateDanger
    }

    /// Starts again until it rests, as a supervisor does.
    private func supervise(_ trap: Trap, batch: Int, intake: () -> IngressHost, hosts: () -> [RoomHost]) throws
        -> Process
    {
        for start in 1...12 {
            let process = Process(
                trap.log, clock: clock, batch: batch, seed: UInt64(start), intake: intake(), hosts: hosts())
            do {
                try process.start()
                try process.drain()
                return process
            } catch HubError.log(.aborted) {
                trap.log.live()
            }
        }
        throw HubError.log(.fatal("the hub never comes to rest"))
    }

    @Test(arguments: [1, 500]) func aParticipantThatTrapsIsLeftOutAndTheOthersGoOn(batch: Int) throws {
        let log = FailingLog(memory(clock))
        let trap = Trap(log)
        try log.ensure(Given.specifications())
        _ = try log.append((0..<6).map { Given.referral($0, danger: $0 == 3) })
        func hosts() -> [RoomHost] {
            let routing = FakeHost(.routing) { event in
                if isPoison(event) { trap.spring() }
                return []
            }
            return Given.hosts.filter { $0.service != .routing } + [routing]
        }
        let last = try supervise(trap, batch: batch, intake: { Given.intake }, hosts: hosts)
        // Once unnoticed, once carried, then three times by itself.
        #expect(trap.deaths == 5)

        let picture = try Picture(log)
        #expect(picture.count(.referralSubmitted) == 6)
        #expect(picture.count(.caseRated) == 6, "the other participants decide on it too")
        #expect(picture.deadLetters.values.count { $0 == "undecidable routing" } == 1)
        let waiting = picture.deadLetters.values.count { $0 == "waits-behind-undecidable routing" }
        #expect(waiting > 0)
        #expect(picture.count(.submissionRefused) == 1)
        #expect(picture.twice.isEmpty)
        for partition in 0..<Given.topics.partitions {
            let room = TopicPartition(Given.topics.events, partition)
            #expect(try log.committed(ParticipantName("routing"), on: room) ?? .start == log.end(of: room))
        }
        let alerts = try log.all(TopicSpecification(Given.topics.alerts(Given.desk), partitions: 1))
        #expect(
            alerts.count { String(decoding: $0.value ?? [], as: UTF8.self).contains("\"code\":\"undecidable\"") } == 1)
        let attempts = try log.rows(of: Given.topics.table(.clock)).filter { $0.key.starts(with: "!attempt".utf8) }
        #expect(attempts.isEmpty)

        // What comes later for others is decided, what comes for that referral waits.
        _ = try log.append([Given.referral(7)])
        try last.drain()
        #expect(try Picture(log).count(.caseRated) == 7)
        #expect(trap.deaths == 5)
        let report = try log.verified(by: last, hosts: hosts())
        #expect(report.agrees, "\(report.examples)")
        #expect(trap.deaths == 5, "a replay leaves out what was set aside")
    }

    @Test func whatIntakeTrapsOnIsRefusedAndTheSenderTold() throws {
        let log = FailingLog(memory(clock))
        let trap = Trap(log)
        try log.ensure(Given.specifications())
        _ = try log.append((0..<5).map { Given.referral($0) })
        func intake() -> IngressHost {
            FakeIntake { record in
                guard record.position.offset == 2 else { return nil }
                trap.spring()
                return []
            }
        }
        let last = try supervise(trap, batch: 500, intake: intake, hosts: { Given.hosts })
        #expect(trap.deaths == 4)
        let picture = try Picture(log)
        #expect(picture.count(.referralSubmitted) == 4)
        #expect(picture.deadLetters.values.map { $0 } == ["undecidable intake"])
        #expect(
            picture.outgoing.values.count { $0.contains("\"reason\":\"undecidable\"") && $0.contains(".inbox") } == 1)
        #expect(picture.outgoing.values.count { $0.contains("\"code\":\"undecidable\"") } == 1)
        // The message is the sender's still: the dead letter holds it, sealed.
        let letters = try log.all(TopicSpecification(Given.topics.deadLetters, partitions: Given.topics.partitions))
        #expect(letters.count == 1)
        let report = try log.verified(by: last, intake: intake())
        #expect(report.agrees, "\(report.examples)")
    }

    @Test func aRoomThatTrapsNobodyIsTheSameAfterAnUncleanEnd() throws {
        let log = memory(clock)
        try log.ensure(Given.specifications())
        let first = Process(log, clock: clock)
        try first.start()
        _ = try log.append([Given.referral(0)])
        try first.drain()
        let second = Process(log, clock: clock, seed: 2)
        try second.start()
        _ = try log.append([Given.referral(1), Given.referral(2)])
        try second.drain()
        #expect(try Picture(log).deadLetters.isEmpty)
        #expect(try Picture(log).count(.caseRouted) == 3)
    }

    @Test(arguments: [1, 500]) func aPostingOverTheLimitIsSetAsideForThatParticipantAlone(batch: Int) throws {
        let log = memory(clock)
        func hosts() -> [RoomHost] {
            let routing = FakeHost(.routing) { [self] event in
                guard isPoison(event) else { return [] }
                return [
                    .outgoing(
                        Outgoing(
                            recipient: .agency(Given.police), id: event.id, source: .routing, type: .referralConcluded,
                            subject: "x", time: event.time, authority: event.authority, key: "x",
                            data: [UInt8](repeating: 32, count: 2 << 20)))
                ]
            }
            return Given.hosts.filter { $0.service != .routing } + [routing]
        }
        let process = Process(log, clock: clock, batch: batch, hosts: hosts())
        try process.start()
        _ = try log.append((0..<4).map { Given.referral($0, danger: $0 == 1) })
        try process.drain()
        let picture = try Picture(log)
        #expect(picture.count(.referralSubmitted) == 4)
        #expect(picture.count(.caseRated) == 4)
        #expect(picture.deadLetters.values.count { $0 == "too-large routing" } == 1)
        #expect(picture.outgoing.values.count { $0.contains("\"code\":\"undecidable\"") } == 1)
        #expect(picture.twice.isEmpty)
        let report = try log.verified(by: process, hosts: hosts())
        #expect(report.agrees, "\(report.examples)")
    }

    @Test(arguments: [1, 500]) func aSubmissionThatMakesTooLargeAnEventIsRefused(batch: Int) throws {
        let log = memory(clock)
        func intake() -> IngressHost {
            FakeIntake { record in
                guard record.position.offset == 1 else { return nil }
                let id = EventID(bits: 77)
                return [
                    .room(
                        Event(
                            id: id, source: .intake, time: record.receivedAt, authority: .hub, subject: .hub,
                            body: .clockStruck(ClockStruck(now: record.receivedAt)),
                            parts: [
                                Part(
                                    key: .init(event: id, part: .text), sealed: nil,
                                    opened: [UInt8](repeating: 65, count: Limits.eventBytesMax))
                            ], input: record.position))
                ]
            }
        }
        let process = Process(log, clock: clock, batch: batch, intake: intake())
        try process.start()
        _ = try log.append((0..<4).map { Given.referral($0) })
        try process.drain()
        let picture = try Picture(log)
        #expect(picture.count(.referralSubmitted) == 3)
        #expect(picture.deadLetters.values.map { $0 } == ["too-large intake"])
        #expect(picture.count(.submissionRefused) == 1)
        #expect(picture.outgoing.values.count { $0.contains("\"reason\":\"too-large\"") } == 1)
        let report = try log.verified(by: process, intake: intake())
        #expect(report.agrees, "\(report.examples)")
    }
}
