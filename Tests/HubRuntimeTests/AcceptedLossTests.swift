import EventLog
import Room
import Synchronization
import Testing

@testable import HubRuntime

/// A log that has deleted the first records of one topic, as retention does.
private final class ShortenedLog: ForwardingLog {
    let target: any EventLog
    let source: TopicPartition
    private let first: Mutex<NextOffset> = Mutex(.start)

    init(_ target: any EventLog, _ source: TopicPartition) {
        self.target = target
        self.source = source
    }

    func delete(before next: NextOffset) { first.withLock { $0 = next } }

    func check(_ source: TopicPartition, _ position: NextOffset) throws(LogError) {
        let first = first.withLock { $0 }
        if source == self.source, position < first { throw .outOfRange(source, position) }
    }

    func read(_ source: TopicPartition, from: NextOffset, limit: ReadLimit) throws(LogError) -> ReadResult {
        // The start is wherever the log begins.
        let first = source == self.source ? first.withLock { $0 } : .start
        if from != .start { try check(source, from) }
        return try target.read(source, from: from == .start ? first : from, limit: limit)
    }

    func join(_ participant: ParticipantName, instance: String, inputs: [TopicPattern]) throws(LogError)
        -> any LogMember
    {
        ShortenedMember(try target.join(participant, instance: instance, inputs: inputs), of: self)
    }
}

private final class ShortenedMember: ForwardingMember {
    let inner: any LogMember
    private let log: ShortenedLog

    init(_ inner: any LogMember, of log: ShortenedLog) {
        self.inner = inner
        self.log = log
    }

    func poll(_ limit: ReadLimit, wait: Duration) throws(LogError) -> PollOutcome {
        let outcome = try inner.poll(limit, wait: wait)
        if case .records(let source, let records) = outcome, let first = records.first {
            try log.check(source, NextOffset(first.offset.value))
        }
        return outcome
    }
}

/// What retention took before it was read: told, and skipped by nobody but an operator who names what is left.
@Suite struct AcceptedLossTests {
    private let clock = StillClock()
    private let source = TopicPartition(Given.topics.referrals(Given.police), 0)

    /// Two referrals taken in, three deleted unread, one left.
    private func shortened() throws -> (log: ShortenedLog, first: NextOffset) {
        let log = ShortenedLog(kafkaLike(clock), source)
        let services = Services(log, clock: clock)
        try services.start(ensuring: log)
        try services.drain()
        _ = try log.append([Given.referral(0), Given.referral(1)])
        try services.drain()
        try services.stop()
        _ = try log.append((2..<5).map { Given.referral($0) })
        let first = try log.end(of: source)
        _ = try log.append([Given.referral(5)])
        log.delete(before: first)
        return (log, first)
    }

    private func goOn(_ log: ShortenedLog, accepting first: NextOffset?) throws -> Services {
        let services = Services(
            log, clock: clock, seed: 2, acceptedLosses: first.map { [source: $0] } ?? [:])
        try services.start(ensuring: log)
        try services.drain()
        return services
    }

    @Test func aLossThatNobodyAcceptedStopsTheService() throws {
        let (log, first) = try shortened()
        do {
            _ = try goOn(log, accepting: nil)
            Issue.record("it went on")
        } catch let HubError.log(.outOfRange(lost, position)) {
            #expect(lost == source)
            #expect(position == NextOffset(first.value - 3))
        }
    }

    @Test func behindAnAcceptedLossItGoesOnAndNeedsNoWordAgain() throws {
        let (log, first) = try shortened()
        let services = try goOn(log, accepting: first)
        #expect(try Picture(log.target).count(.caseOpened) == 3)
        try services.stop()
        _ = try goOn(log, accepting: nil)
        #expect(try Picture(log.target).count(.caseOpened) == 3)
    }

    /// One before the first that is left, one behind it, one behind the end.
    @Test(arguments: [-1, 1, 1_000]) func nothingElseIsAccepted(off: Int64) throws {
        let (log, first) = try shortened()
        #expect(throws: HubError.self) { _ = try goOn(log, accepting: NextOffset(first.value + off)) }
        // And it is where it was.
        _ = try goOn(log, accepting: first)
        #expect(try Picture(log.target).count(.caseOpened) == 3)
    }

    /// Who gives up what is still there is told so, and it is read.
    @Test func whatIsThereIsNotGivenUp() throws {
        let (log, first) = try shortened()
        log.delete(before: .start)
        #expect(throws: HubError.self) { _ = try goOn(log, accepting: first) }
        _ = try goOn(log, accepting: nil)
        #expect(try Picture(log.target).count(.caseOpened) == 6)
    }

    /// Two are gone that were taken in, and of what is left one repeats the first and one the second: without those, each
    /// looks new.
    @Test func whatRetentionTookIsNoDifference() throws {
        let log = ShortenedLog(kafkaLike(clock), source)
        let services = Services(log, clock: clock)
        try services.start(ensuring: log)
        try services.drain()
        _ = try log.append([0, 1, 0, 1, 2].map { Given.referral($0) })
        try services.drain()
        try services.stop()
        let whole = try services.verified(log)
        #expect(whole.agrees)
        #expect(whole.expired == 0)
        let third = try log.read(source, from: .start, limit: ReadLimit(records: 3, bytes: 1 << 20)).records[2]
        log.delete(before: NextOffset(third.offset.value))
        let shortened = try services.verified(log)
        #expect(shortened.agrees, "\(shortened.examples)")
        #expect(shortened.expired == 4)
        #expect(shortened.inputs == whole.inputs - 2)
    }
}
