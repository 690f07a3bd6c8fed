import CRDKafka
public import EventLog

/// A producer whose records, and the positions of what they were made of, are committed together or not at all. A
/// second one with the same id fences the first.
///
/// Used by one thread. After an error: `.abort` → ``abort()`` and read again; `.fatal` → end the process.
public struct KafkaTransactions: ~Copyable {
    public struct Settings: Sendable {
        public var id: String
        /// How long the brokers leave a transaction open whose producer says nothing more. It holds back every reader.
        public var timeoutMilliseconds: Int
        /// How long a batch waits for more records.
        public var lingerMilliseconds: Double
        /// The largest batch; no topic that is written may allow less.
        public var batchBytesMax: Int
        /// How long positions may take. Beyond it the producer is left where it is, and one of a new epoch takes its place.
        package var longestSend = Duration.seconds(16)
        /// Beyond this a commit or abort is given up, and a producer of a new epoch finds out what became of it: 2.0.2 may
        /// go on asking a coordinator that has died. A broker's death alone holds a commit for some ten seconds.
        package var longestEnd = Duration.seconds(15)
        #if DEBUG
            /// A bug that a build for tests may be given: positions go without the generation of their reader.
            package var forgetsGeneration = false
        #endif

        public init(
            id: String, timeoutMilliseconds: Int = 15_000, lingerMilliseconds: Double = 2,
            batchBytesMax: Int = 1_000_000
        ) {
            self.id = id
            self.timeoutMilliseconds = timeoutMilliseconds
            self.lingerMilliseconds = lingerMilliseconds
            self.batchBytesMax = batchBytesMax
        }
    }

    /// A commit or abort that took so long may still be on its way, twice, and end the next transaction: a producer of
    /// a new epoch is what the brokers take no such latecomer from.
    static let longestPlainEnd = Duration.seconds(5)
    /// With what went before, within what a watchdog waits for a step, so that the reason is told before it ends the process.
    private static let patience = Duration.seconds(40)

    private var client: KafkaClient
    private var topics = TopicHandles()
    private let settings: KafkaSettings
    private let own: Settings
    private let statistics: (@Sendable (KafkaStatistics) -> Void)?
    private var mustRenew = false
    /// A call is within the client and does not return: nobody may end it, or ask it for anything.
    private var isStuck = false
    /// A call has been given up: until it is over after all, the library does nothing else for this client.
    private var isUnfinished = false
    /// How often the producer was made anew with the same id.
    public private(set) var renewals = 0

    public init(
        _ settings: KafkaSettings, _ own: Settings, statistics: (@Sendable (KafkaStatistics) -> Void)? = nil
    ) throws(KafkaError) {
        self.settings = settings
        self.own = own
        self.statistics = statistics
        client = try KafkaTransactions.make(settings, own, statistics)
    }

    private static func make(
        _ settings: KafkaSettings, _ own: Settings, _ statistics: (@Sendable (KafkaStatistics) -> Void)?
    ) throws(KafkaError) -> KafkaClient {
        let configuration = try KafkaConfiguration(settings)
        try configuration.set("transactional.id", own.id)
        try configuration.set("transaction.timeout.ms", String(own.timeoutMilliseconds))
        try configuration.set("message.timeout.ms", String(own.timeoutMilliseconds))
        try configuration.set("request.timeout.ms", String(min(own.timeoutMilliseconds, 10_000)))
        try KafkaLimits.keepOrder(configuration)
        // The default is waited after each CONCURRENT_TRANSACTIONS, that is in nearly every commit.
        try configuration.set("retry.backoff.ms", "10")
        try configuration.set("linger.ms", String(own.lingerMilliseconds))
        try configuration.set("batch.size", String(own.batchBytesMax))
        try configuration.set("message.max.bytes", String(KafkaLimits.recordBytesMax))
        try configuration.set("queue.buffering.max.messages", String(KafkaLimits.recordsQueuedMax))
        try configuration.set("queue.buffering.max.kbytes", String(KafkaLimits.kilobytesQueuedMax))
        try KafkaStatistics.configure(configuration, isWanted: statistics != nil)
        try configuration.setAll(settings.extra)
        let listener = KafkaListener(settings)
        listener.statistics = statistics.map(KafkaStatistics.listener)
        let client = try KafkaClient(.producer, configuration, listener: listener)
        do throws(KafkaError) {
            // A fresh coordinator says for a while that it is loading; an earlier producer's transaction is ended.
            try retrying(for: patience) { () throws(KafkaError) in
                if let error = KafkaError(
                    consuming: rd_kafka_init_transactions(client.pointer, 10_000), doing: "beginning as \(own.id)")
                {
                    throw error
                }
            }
        } catch {
            client.close(within: .seconds(5))
            throw error
        }
        return client
    }

    /// The place of a topic in this producer; the same for good. Call ``warm()`` where one is new.
    public mutating func place(of topic: Topic) throws(KafkaError) -> (Int, isNew: Bool) {
        try topics.place(of: topic, in: client)
    }

    public mutating func warm() throws(KafkaError) { try client.warm(milliseconds: 10_000) }

    public mutating func begin() throws(KafkaError) {
        if mustRenew { try renew() }
        // Statistics and errors are told inside a poll.
        rd_kafka_poll(client.pointer, 0)
        try refuse(rd_kafka_begin_transaction(client.pointer), "beginning a transaction")
    }

    /// Enqueues a copy of a record. Whether it was written shows at the commit.
    public mutating func produce(
        to place: Int, partition: Int32, key: [UInt8]?, headers: Headers, value: [UInt8]?
    ) throws(KafkaError) {
        while true {
            let code = enqueue(client.pointer, topics[place], partition, key, headers, value, nil)
            if code == RD_KAFKA_RESP_ERR_NO_ERROR { return }
            try makeRoom(after: code)
        }
    }

    /// The same bytes again, without a copy in between.
    public mutating func forward(_ message: borrowing KafkaMessage, to place: Int, partition: Int32) throws(KafkaError)
    {
        while true {
            let code = frontdoor_forward(client.pointer, topics[place], partition, message.pointer)
            if code == RD_KAFKA_RESP_ERR_NO_ERROR { return }
            try makeRoom(after: code)
        }
    }

    private func makeRoom(after code: rd_kafka_resp_err_t) throws(KafkaError) {
        guard code == RD_KAFKA_RESP_ERR__QUEUE_FULL else {
            if let error = client.fatalError { throw error }
            let error = KafkaError(code, doing: "writing")
            throw KafkaError(error.code, remedy: .abort, error.text)
        }
        // What has been written makes room.
        rd_kafka_poll(client.pointer, 20)
    }

    /// Returns when all that was produced has been acknowledged; a commit does this by itself.
    public mutating func flush() throws(KafkaError) {
        let code = rd_kafka_flush(client.pointer, 30_000)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(KafkaError.Code(code), remedy: .abort, "flushing") }
    }

    /// Adds the next positions of a member to the transaction. Its generation goes with them, as it is now: the brokers
    /// refuse them where the group has gone on without this member.
    public mutating func send(
        _ positions: [(source: TopicPartition, next: NextOffset)], of consumer: borrowing KafkaConsumer
    ) throws(KafkaError) {
        guard let group = groupMetadata(of: consumer) else {
            throw KafkaError(.state, remedy: .abort, "the consumer is in no group")
        }
        let carried: Sent<(OpaquePointer, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>, OpaquePointer)>
        do throws(KafkaError) {
            carried = Sent((client.pointer, try TopicList(positions).handOver(), group))
        } catch {
            rd_kafka_consumer_group_metadata_destroy(group)
            throw error
        }
        // The call is known to outlast its time-out (librdkafka 5456), and holds up all that lies behind it.
        let outcome: KafkaError?? = Deadline.run(within: own.longestSend) {
            let (client, list, group) = carried.value
            defer {
                rd_kafka_topic_partition_list_destroy(list)
                rd_kafka_consumer_group_metadata_destroy(group)
            }
            let end = ContinuousClock.now + .seconds(10)
            while true {
                let error = KafkaError(
                    consuming: rd_kafka_send_offsets_to_transaction(client, list, group, 5_000),
                    doing: "adding positions")
                guard let error, error.remedy == .retry, ContinuousClock.now < end else { return error }
            }
        }
        guard let outcome else {
            isStuck = true
            throw KafkaError(.timedOut, remedy: .abort, "adding positions did not return within \(own.longestSend)")
        }
        guard let error = outcome else { return }
        guard error.remedy == .retry else { throw error }
        isUnfinished = true
        throw KafkaError(error.code, remedy: .abort, error.text)
    }

    private func groupMetadata(of consumer: borrowing KafkaConsumer) -> OpaquePointer? {
        #if DEBUG
            if own.forgetsGeneration { return rd_kafka_consumer_group_metadata_new(consumer.group) }
        #endif
        return rd_kafka_consumer_group_metadata(consumer.pointer)
    }

    public mutating func commit() throws(KafkaError) {
        try end("committing", rd_kafka_commit_transaction)
    }

    /// Asks for the commit and hardly waits for what comes of it; ``commit()`` does.
    /// - Returns: whether it is committed already.
    public mutating func askToCommit() throws(KafkaError) -> Bool {
        guard let error = KafkaError(consuming: rd_kafka_commit_transaction(client.pointer, 1), doing: "committing")
        else { return true }
        guard error.remedy == .retry else { throw error }
        return false
    }

    public mutating func abort() throws(KafkaError) {
        // The next producer of this name ends whatever the last one left open.
        if isStuck || isUnfinished { return try renew() }
        try end("aborting", rd_kafka_abort_transaction)
    }

    private mutating func end(
        _ what: String, _ call: (OpaquePointer, _ milliseconds: Int32) -> OpaquePointer?
    ) throws(KafkaError) {
        let clock = ContinuousClock()
        let once = Int32(clamping: min(5_000, own.longestEnd.milliseconds))
        let began = clock.now
        while true {
            let error = KafkaError(consuming: call(client.pointer, once), doing: what)
            let took = clock.now - began
            if took > KafkaTransactions.longestPlainEnd { mustRenew = true }
            guard let error else { return }
            guard error.remedy == .retry else { throw error }
            mustRenew = true
            if took > own.longestEnd {
                isUnfinished = true
                throw KafkaError(error.code, remedy: .abort, error.text)
            }
            sleepBriefly()
        }
    }

    /// The same id anew: what the old producer left open is ended first, one way or the other. What is committed is to
    /// be read again from the log.
    public mutating func renew() throws(KafkaError) {
        topics.giveBack()
        var other = try KafkaTransactions.make(settings, own, statistics)
        swap(&client, &other)
        if isStuck { other.leave() } else { other.close(within: .seconds(5)) }
        (isStuck, isUnfinished) = (false, false)
        try topics.renew(in: client)
        try client.warm(milliseconds: 10_000)
        mustRenew = false
        renewals += 1
    }

    private func refuse(_ error: OpaquePointer?, _ what: String) throws(KafkaError) {
        if let error = KafkaError(consuming: error, doing: what) { throw error }
    }

    public var fatalError: KafkaError? { client.fatalError }

    @discardableResult
    public consuming func close(within limit: Duration = .seconds(10)) -> Bool {
        topics.giveBack()
        if isStuck { client.leave() }
        return client.close(within: limit)
    }
}

/// Bounds of the library's queues and requests.
public enum KafkaLimits {
    /// A dead letter's topic allows 5 MiB; the library counts the request around it.
    public static let recordBytesMax = 8 << 20
    /// A step of many table changes waits for room beyond this.
    public static let recordsQueuedMax = 500_000
    public static let kilobytesQueuedMax = 262_144
    /// What Kafka adds to a record and the batch around it, at most, where one record is alone in its batch. Its
    /// headers take less room there than in ``Headers``.
    public static let recordOverheadBytes = 100

    /// One request at a time to each broker. A broker that has not heard of a producer on a partition takes whatever
    /// sequence number comes first: where the first request is refused (a topic just made has no leader yet) and the
    /// second is taken, the library believes that the first must have been taken as well, and its records are lost
    /// without an error. Seen once in a few hundred appends to new topics on a busy machine.
    static func keepOrder(_ configuration: borrowing KafkaConfiguration) throws(KafkaError) {
        try configuration.set("max.in.flight.requests.per.connection", "1")
    }
}

func enqueue(
    _ client: OpaquePointer, _ topic: OpaquePointer, _ partition: Int32, _ key: [UInt8]?, _ headers: Headers,
    _ value: [UInt8]?, _ opaque: UnsafeMutableRawPointer?
) -> rd_kafka_resp_err_t {
    withPointer(key) { key in
        withPointer(value) { value in
            headers.bytes.withUnsafeBufferPointer { headers in
                frontdoor_produce(
                    client, topic, partition, key.baseAddress, key.count, value.baseAddress, value.count,
                    headers.baseAddress, headers.count, opaque)
            }
        }
    }
}

/// Null for what is absent, and some address for what is merely empty: Kafka tells the two apart.
private func withPointer<Result>(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    guard let bytes else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    if bytes.isEmpty {
        return withUnsafeBytes(of: UInt8(0)) { body(UnsafeRawBufferPointer(start: $0.baseAddress, count: 0)) }
    }
    return bytes.withUnsafeBytes(body)
}
