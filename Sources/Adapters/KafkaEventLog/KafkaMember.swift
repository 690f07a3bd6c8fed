package import EventLog
import Kafka

/// A member of a participant on Kafka: one consumer, one transactional producer, one thread.
///
/// The group speaks to it inside `poll`, so between two steps: nothing is in flight when a partition is taken away.
package final class KafkaMember: LogMember {
    package let participant: ParticipantName
    private let log: KafkaEventLog
    private let instance: String
    private let inputs: [TopicPattern]
    /// Both nil once it has left.
    private var consumer: KafkaConsumer?
    private var producer: KafkaTransactions?
    private var inbox = Inbox()
    private var outbox = Outbox()
    /// Why nothing more can be done, told on every call from then on.
    private var end: LogError?
    /// When this member last took its own place in the group again.
    private var rejoined: ContinuousClock.Instant?

    init(_ participant: ParticipantName, instance: String, inputs: [TopicPattern], log: KafkaEventLog)
        throws(LogError)
    {
        self.participant = participant
        self.instance = instance
        self.inputs = inputs
        self.log = log
        let settings = log.settings
        var writing = KafkaTransactions.Settings(
            id: settings.transactionalID(of: participant, instance: instance),
            timeoutMilliseconds: settings.transactionMilliseconds)
        #if DEBUG
            writing.forgetsGeneration = settings.isWithoutFencing
        #endif
        do throws(KafkaError) {
            // The producer first: from here on an earlier one of this name can commit nothing.
            producer = try KafkaTransactions(settings.kafka, writing, statistics: statistics)
            consumer = try makeConsumer()
        } catch {
            throw LogError(error)
        }
    }

    deinit { leave() }

    private var statistics: (@Sendable (KafkaStatistics) -> Void)? {
        let participant = participant
        return log.settings.statistics.map { tell in
            { @Sendable (numbers: KafkaStatistics) in tell(participant, numbers) }
        }
    }

    private func makeConsumer() throws(KafkaError) -> KafkaConsumer {
        let settings = log.settings
        return try KafkaConsumer(
            settings.kafka,
            KafkaConsumer.Settings(
                group: settings.group(of: participant), instance: instance,
                sessionMilliseconds: settings.sessionMilliseconds,
                pollIntervalMilliseconds: settings.pollIntervalMilliseconds,
                topicRefreshMilliseconds: settings.topicRefreshMilliseconds),
            inputs: inputs, statistics: statistics,
            onRevoke: settings.faults.map { [participant] faults in { faults.reach(.inRevoke, by: participant) } })
    }

    // MARK: Reading

    package func poll(_ limit: ReadLimit, wait: Duration) throws(LogError) -> PollOutcome {
        try checkOpen()
        let clock = ContinuousClock()
        let deadline = wait > .zero ? clock.now + wait : nil
        do throws(KafkaError) {
            while inbox.count < limit.records, inbox.bytes < limit.bytes {
                let found = try pollOnce(milliseconds: inbox.isEmpty ? KafkaMember.left(until: deadline) : 0)
                if let event = consumer?.nextEvent() { return inbox.take(event) }
                if found { continue }
                guard inbox.isEmpty, let deadline, clock.now < deadline else { break }
            }
        } catch {
            return try rejoin(after: error)
        }
        // Told of in an earlier poll whose records came first.
        if let (source, records) = inbox.next(limit) { return .records(source, records) }
        return .idle
    }

    private func pollOnce(milliseconds: Int32) throws(KafkaError) -> Bool {
        // Taken out for the call: the closure below writes to the inbox of this same object.
        guard var consumer = consumer.take() else { return false }
        let result: Result<Bool, KafkaError>
        do throws(KafkaError) {
            result = .success(try consumer.poll(milliseconds: milliseconds) { inbox.take($0) })
        } catch {
            result = .failure(error)
        }
        self.consumer = consume consumer
        return try result.get()
    }

    private static func left(until deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return 0 }
        let (seconds, attoseconds) = (deadline - .now).components
        // Rounded up, so that the last part of a millisecond is not spent in a spin.
        return Int32(clamping: max(0, seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }

    package func hold(_ sources: [TopicPartition]) throws(LogError) {
        try checkOpen()
        let held = inbox.hold(sources)
        do throws(KafkaError) { try consumer?.pause(held) } catch { throw failed(error) }
    }

    package func release(_ source: TopicPartition, at next: NextOffset?) throws(LogError) {
        try checkOpen()
        guard let position = inbox.release(source, at: next) else { return }
        do throws(KafkaError) {
            try consumer?.seek([(source, position.next)])
            try consumer?.resume([source])
        } catch {
            throw failed(error)
        }
    }

    package func rewind() throws(LogError) {
        try checkOpen()
        do throws(KafkaError) {
            let sources = inbox.sources
            guard !sources.isEmpty, let committed = try consumer?.committed(sources) else { return }
            try consumer?.seek(inbox.rewind(to: committed))
        } catch {
            // The next poll says what becomes of it; if this member goes on, then from the committed positions.
            if isReplaced { return }
            throw failed(error)
        }
    }

    // MARK: Going on

    /// A member that is replaced so soon again has been replaced by another process.
    private static let betweenRejoins = Duration.seconds(60)

    /// Whether the group says that another has come under this member's name.
    private var isReplaced: Bool { consumer?.fatalError?.code == .fencedInstance }

    /// While a coordinator changes, 2.0.2 may join twice, be replaced by itself, and take that for the end. Whoever had
    /// truly come instead would have made a producer of this name first, so this member's producer knows better: where it
    /// still may write, a new consumer goes on in the old one's place, and the other participants of this process with it.
    private func rejoin(after error: KafkaError) throws(LogError) -> PollOutcome {
        guard isReplaced, rejoined.map({ .now - $0 > KafkaMember.betweenRejoins }) ?? true else { throw failed(error) }
        do throws(KafkaError) {
            guard try outbox.mayWrite(with: &producer) else { throw error }
            if let old = consumer.take() { old.abandon() }
            consumer = try makeConsumer()
        } catch {
            throw failed(error)
        }
        rejoined = .now
        return inbox.take(.revoked(inbox.sources))
    }

    // MARK: Committing

    package func commit(_ step: Step) throws(LogError) {
        try begin(step)
        try settle(step)
    }

    /// The transaction opens only when the step is complete and checked, so it is short: an open one holds back every
    /// reader of what it writes to.
    package func begin(_ step: Step) throws(LogError) {
        try checkOpen()
        for (source, _) in step.positions where !inbox.holds(source) {
            throw .fenced("\(participant) does not hold \(source) in the present generation")
        }
        let positions = try positions(of: step)
        try outbox.address(step, in: log.catalogue, for: &producer)
        do throws(KafkaError) {
            try producer?.begin()
            if let faults = log.settings.faults {
                try send(step, harmedBy: faults)
            } else {
                try outbox.send(step, 0..<outbox.count, with: &producer)
            }
            try send(positions)
            log.settings.faults?.reach(.afterOffsets, by: participant)
        } catch {
            throw try abort(after: error)
        }
    }

    package func settle(_ step: Step) throws(LogError) {
        do throws(KafkaError) {
            if let faults = log.settings.faults, faults.isDue(.duringCommit, by: participant) {
                // The brokers have all of it, so that it is the end of the transaction that is under way.
                try producer?.flush()
                let isCommitted = try producer?.askToCommit() ?? true
                faults.strike()
                if !isCommitted { try producer?.commit() }
            } else {
                try producer?.commit()
            }
        } catch {
            throw try abort(after: error)
        }
        log.settings.faults?.reach(.afterCommit, by: participant)
        inbox.committed(step.positions)
    }

    /// The same records, with the points in between.
    private func send(_ step: Step, harmedBy faults: Faults) throws(KafkaError) {
        faults.reach(.atBegin, by: participant)
        let half = outbox.count / 2
        try outbox.send(step, 0..<half, with: &producer)
        if faults.isDue(.midProduce, by: participant) {
            try producer?.flush()
            faults.strike()
        }
        try outbox.send(step, half..<outbox.count, with: &producer)
        if faults.isDue(.afterFlush, by: participant) {
            try producer?.flush()
            faults.strike()
        }
    }

    private func send(_ positions: [(source: TopicPartition, next: NextOffset)]) throws(KafkaError) {
        guard let consumer = consumer.take() else { return }
        let result: Result<Void, KafkaError>
        do throws(KafkaError) {
            result = .success(try producer?.send(positions, of: consumer) ?? ())
        } catch {
            result = .failure(error)
        }
        self.consumer = consume consumer
        try result.get()
    }

    /// Where a step has none, one that is committed is sent again: only positions are fenced by the group's generation,
    /// and a paused member that wakes up must not post without them.
    private func positions(of step: Step) throws(LogError) -> [(source: TopicPartition, next: NextOffset)] {
        if !step.positions.isEmpty { return step.positions }
        if let again = inbox.anyCommitted { return [again] }
        guard let source = inbox.sources.first else {
            throw .aborted("\(participant) holds no input in the present generation: poll until one is assigned")
        }
        do throws(KafkaError) {
            guard let first = try consumer?.firstPosition(of: source) else { return [] }
            return [(source, first)]
        } catch {
            throw failed(error)
        }
    }

    /// Ends the transaction that an error befell, and says what became of the step.
    private func abort(after error: KafkaError) throws(LogError) -> LogError {
        // A consumer that was replaced is looked into at the next poll, once nothing is open.
        if error.remedy == .fatal || error.isFencing && error.code != .fencedInstance { return failed(error) }
        do throws(KafkaError) {
            try producer?.abort()
        } catch let second {
            if second.remedy == .fatal || second.isFencing { return failed(second) }
            // Neither committed nor aborted as far as this producer knows. One with a new epoch finds out: it is the
            // committed positions that say which.
            do throws(KafkaError) { try producer?.renew() } catch { return failed(error) }
        }
        if error.code == .recordTooLarge || error.code == .unknownTopicOrPartition { log.catalogue.forget() }
        return error.isDenial ? .fatal(error.description) : .aborted(error.description)
    }

    /// What a transaction that a test holds open needs: its end without a commit.
    package func giveUp() throws(LogError) {
        do throws(KafkaError) { try producer?.abort() } catch { throw failed(error) }
    }

    // MARK: The end

    private func checkOpen() throws(LogError) {
        if let end { throw end }
        if consumer == nil { throw .fenced("this member of \(participant) has left") }
    }

    private func failed(_ error: KafkaError) -> LogError {
        let told: LogError
        if error.code == .offsetOutOfRange, let lost = inbox.lostPosition(in: error.text) {
            told = .outOfRange(lost.source, lost.next)
        } else if error.isFencing {
            told = .fenced("\(participant) as \(instance): \(error)")
        } else {
            told = .fatal("\(participant) as \(instance): \(error)")
        }
        end = told
        return told
    }

    /// For each of the two clients. While a group waits for members that are gone, 2.0.2 may not let go of one; a stop has
    /// ten seconds in all, its last commit included, and nothing that counts is left to be done here.
    private static let longestLeave = Duration.seconds(3)

    package func leave() {
        if let consumer = consumer.take() { consumer.close(within: KafkaMember.longestLeave) }
        if let producer = producer.take() { producer.close(within: KafkaMember.longestLeave) }
    }

    /// Ends as a killed process does: nothing is said to the group, and an open transaction stays open.
    package func abandon() {
        if let consumer = consumer.take() { consumer.abandon() }
        if let producer = producer.take() { producer.close() }
    }
}
