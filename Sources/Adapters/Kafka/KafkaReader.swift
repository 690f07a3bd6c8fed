import CRDKafka
public import EventLog

/// Reads partitions of its own choice, in no group, committed records only; from any number of threads.
///
/// What one read has fetched beyond its limit serves the next, where that goes on from the same position; so a table of
/// a million rows streams, and nothing is fetched twice. Between reads that have caught up nothing is fetched at all.
public final class KafkaReader: Sendable {
    /// Partitions that are being fetched at the same time; beyond it the one that was not read for longest starts anew.
    static let partitionsFetchedMax = 16
    private static let queryMilliseconds: Int32 = 10_000

    public struct Watermarks: Hashable, Sendable {
        public let low: NextOffset
        public let high: NextOffset
    }

    private struct Place: ~Copyable {
        let topic: OpaquePointer
        /// Nil while nothing is fetched.
        var queue: OpaquePointer?
        var next: Int64 = 0
        /// Fetched, and beyond the last read's limit of bytes.
        var kept: StoredRecord?
        var lastUse: ContinuousClock.Instant = .now
    }

    private let committed: KafkaClient
    private let uncommitted: KafkaClient
    private let shelves = Locked<[TopicPartition: Locked<Place>]>([:])

    public init(_ settings: KafkaSettings) throws(KafkaError) {
        committed = try KafkaReader.make(settings, isolation: "read_committed")
        uncommitted = try KafkaReader.make(settings, isolation: "read_uncommitted")
    }

    private static func make(_ settings: KafkaSettings, isolation: String) throws(KafkaError) -> KafkaClient {
        let configuration = try KafkaConfiguration(settings)
        try configuration.set("isolation.level", isolation)
        try configuration.set("auto.offset.reset", "error")
        try configuration.set("enable.auto.commit", "false")
        try configuration.set("enable.auto.offset.store", "false")
        try configuration.set("enable.partition.eof", "true")
        try configuration.set("allow.auto.create.topics", "false")
        // Only what is behind is fetched, and a broker that has nothing must say so at once: it is the end of the read.
        try configuration.set("fetch.wait.max.ms", "2")
        try configuration.set("fetch.error.backoff.ms", "20")
        // Once so much lies ready, 2.0.2 fetches nothing for a second: a restore would spend most of its time in that.
        try configuration.set("queued.min.messages", "1000000")
        try configuration.set("queued.max.messages.kbytes", "65536")
        try configuration.setAll(settings.extra)
        return try KafkaClient(.consumer, configuration, listener: KafkaListener(settings))
    }

    /// All topics of the cluster but the brokers' own.
    public func topics() throws(KafkaError) -> [KafkaTopicInfo] {
        try uncommitted.topicInfos(milliseconds: KafkaReader.queryMilliseconds)
    }

    /// Behind `high` lies nothing, or an open transaction and what came after its beginning.
    public func committedWatermarks(of source: TopicPartition) throws(KafkaError) -> Watermarks {
        try KafkaReader.watermarks(committed, source)
    }

    /// Of all that was written, open and aborted transactions included.
    public func watermarks(of source: TopicPartition) throws(KafkaError) -> Watermarks {
        try KafkaReader.watermarks(uncommitted, source)
    }

    /// The `high` of ``committedWatermarks(of:)`` alone.
    public func committedEnd(of source: TopicPartition) throws(KafkaError) -> NextOffset {
        NextOffset(try committed.end(of: source))
    }

    /// The `high` of ``watermarks(of:)`` alone.
    public func end(of source: TopicPartition) throws(KafkaError) -> NextOffset {
        NextOffset(try uncommitted.end(of: source))
    }

    private static func watermarks(_ client: borrowing KafkaClient, _ source: TopicPartition) throws(KafkaError)
        -> Watermarks
    {
        let (low, high) = try client.watermarks(of: source)
        return Watermarks(low: NextOffset(low), high: NextOffset(high))
    }

    /// Hands out committed records until the limit, or until the position reaches `target`.
    /// - Parameter patience: how long to wait for more while the target is not reached; it may lie behind an open
    ///   transaction.
    /// - Returns: where to read on.
    /// - Throws: `.offsetOutOfRange` where the log does not hold the position.
    public func read(
        _ source: TopicPartition, from: NextOffset, until target: NextOffset, limit: ReadLimit, patience: Duration,
        _ take: (consuming StoredRecord) -> Void
    ) throws(KafkaError) -> NextOffset {
        let shelf = try shelf(of: source)
        return try shelf.withLock { place throws(KafkaError) in
            do throws(KafkaError) {
                return NextOffset(
                    try read(&place, source, from: from.value, until: target.value, limit: limit, patience, take))
            } catch {
                KafkaReader.stop(&place, source)
                throw error
            }
        }
    }

    private func read(
        _ place: inout Place, _ source: TopicPartition, from: Int64, until target: Int64, limit: ReadLimit,
        _ patience: Duration, _ take: (consuming StoredRecord) -> Void
    ) throws(KafkaError) -> Int64 {
        place.lastUse = .now
        if place.queue == nil || place.next != from { try start(&place, source, at: from) }
        var count = 0
        var bytes = 0
        if let record = place.kept {
            place.kept = nil
            place.next = record.offset.value + 1
            count = 1
            bytes = record.byteCount
            take(record)
        }
        var end = ContinuousClock.now + patience
        while place.next < target, count < limit.records, bytes < limit.bytes {
            guard let message = rd_kafka_consume_queue(place.queue, count == 0 ? 10 : 2) else {
                if ContinuousClock.now >= end { break }
                continue
            }
            defer { rd_kafka_message_destroy(message) }
            switch KafkaError.Code(message.pointee.err) {
            case KafkaError.Code(RD_KAFKA_RESP_ERR_NO_ERROR):
                let record = KafkaMessage(message).stored(as: source)
                if count > 0, bytes + record.byteCount > limit.bytes {
                    place.kept = record
                    return place.next
                }
                place.next = record.offset.value + 1
                count += 1
                bytes += record.byteCount
                take(record)
                end = ContinuousClock.now + patience
            case .endOfPartition:
                // What lay in between was the end of a transaction, or aborted.
                place.next = max(place.next, message.pointee.offset)
                if ContinuousClock.now >= end { break }
            case .noPosition, .offsetOutOfRange:
                throw KafkaError(.offsetOutOfRange, "reading \(source): the position is not in the log")
            case .topicDenied, .unknownTopicOrPartition, .unknownTopicHere, .unknownPartitionHere:
                throw KafkaError(message.pointee.err, doing: "reading \(source)")
            default:
                // A broker on the move: the library looks for the new one.
                if ContinuousClock.now >= end { throw KafkaError(message.pointee.err, doing: "reading \(source)") }
            }
        }
        if place.next >= target { KafkaReader.stop(&place, source) }
        return place.next
    }

    private func shelf(of source: TopicPartition) throws(KafkaError) -> Locked<Place> {
        try shelves.withLock { shelves throws(KafkaError) in
            if let shelf = shelves[source] { return shelf }
            guard let topic = rd_kafka_topic_new(committed.pointer, source.topic.name, nil) else {
                throw KafkaError(rd_kafka_last_error(), doing: "using topic \(source.topic)")
            }
            let shelf = Locked(Place(topic: topic))
            shelves[source] = shelf
            return shelf
        }
    }

    private func start(_ place: inout Place, _ source: TopicPartition, at offset: Int64) throws(KafkaError) {
        KafkaReader.stop(&place, source)
        stopOldest(but: source)
        let queue = rd_kafka_queue_new(committed.pointer)
        guard rd_kafka_consume_start_queue(place.topic, source.partition, offset, queue) == 0 else {
            let code = rd_kafka_last_error()
            rd_kafka_queue_destroy(queue)
            throw KafkaError(code, doing: "reading \(source)")
        }
        place.queue = queue
        place.next = offset
    }

    private static func stop(_ place: inout Place, _ source: TopicPartition) {
        guard let queue = place.queue else { return }
        rd_kafka_consume_stop(place.topic, source.partition)
        rd_kafka_queue_destroy(queue)
        place.queue = nil
        place.kept = nil
    }

    private func stopOldest(but source: TopicPartition) {
        let all = shelves.withLock { shelves in shelves.filter { $0.key != source } }
        guard all.count >= KafkaReader.partitionsFetchedMax else { return }
        var fetched = 0
        var oldest: (source: TopicPartition, shelf: Locked<Place>, use: ContinuousClock.Instant)?
        for (source, shelf) in all {
            // One that is being read right now is not the oldest.
            shelf.withLockIfAvailable { place in
                guard place.queue != nil else { return }
                fetched += 1
                if oldest.map({ place.lastUse < $0.use }) ?? true { oldest = (source, shelf, place.lastUse) }
            }
        }
        guard fetched >= KafkaReader.partitionsFetchedMax, let oldest else { return }
        oldest.shelf.withLockIfAvailable { place in KafkaReader.stop(&place, oldest.source) }
    }

    /// No other call may be under way. A second one does nothing.
    public func close(within limit: Duration = .seconds(10)) {
        let all = shelves.withLock { shelves in
            defer { shelves.removeAll() }
            return shelves
        }
        for (source, shelf) in all {
            shelf.withLock { place in
                KafkaReader.stop(&place, source)
                rd_kafka_topic_destroy(place.topic)
            }
        }
        committed.finish(within: limit, leavingGroup: false)
        uncommitted.finish(within: limit, leavingGroup: false)
    }

    deinit { close() }
}

/// The positions that a group has committed, asked for without being in it.
public final class KafkaGroupReader: Sendable {
    private let client: KafkaClient

    /// - Parameter isStable: waits for open transactions that may yet move a position, and fails where they stay open.
    public init(_ settings: KafkaSettings, group: String, isStable: Bool) throws(KafkaError) {
        let configuration = try KafkaConfiguration(settings)
        try configuration.set("group.id", group)
        try configuration.set("isolation.level", isStable ? "read_committed" : "read_uncommitted")
        try configuration.set("enable.auto.commit", "false")
        try configuration.set("retry.backoff.ms", "10")
        try configuration.setAll(settings.extra)
        client = try KafkaClient(.consumer, configuration, listener: KafkaListener(settings))
    }

    public func committed(_ sources: [TopicPartition], within limit: Duration) throws(KafkaError) -> [NextOffset?] {
        try retrying(for: limit) { () throws(KafkaError) in
            try client.committed(sources, milliseconds: Int32(clamping: max(100, limit.milliseconds)))
        }
    }

    public func close(within limit: Duration = .seconds(10)) { client.finish(within: limit, leavingGroup: false) }

    deinit { close() }
}

extension Duration {
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
