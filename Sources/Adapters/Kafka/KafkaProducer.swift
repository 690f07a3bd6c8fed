import CRDKafka
public import EventLog
import Synchronization

/// A plain idempotent producer, acknowledged by all in-sync brokers: for appends outside any transaction, from any
/// number of threads. One thread of its own takes the acknowledgements.
public final class KafkaProducer: Sendable {
    /// How long a record may wait for its acknowledgement.
    public static let deliveryMilliseconds = 30_000

    private struct Open: ~Copyable {
        var client: KafkaClient
        var topics = TopicHandles()
    }

    /// Shared with the polling thread, which must not keep the producer itself alive.
    private final class Polling: Sendable {
        let isClosing = Atomic<Bool>(false)
        let ended = Signal()
        let client: Sent<OpaquePointer>
        init(_ client: Sent<OpaquePointer>) { self.client = client }
    }

    private let open: Locked<Open?>
    private let polling: Polling

    public init(_ settings: KafkaSettings) throws(KafkaError) {
        let configuration = try KafkaConfiguration(settings)
        try configuration.set("enable.idempotence", "true")
        try configuration.set("acks", "all")
        try KafkaLimits.keepOrder(configuration)
        try configuration.set("linger.ms", "0")
        try configuration.set("retry.backoff.ms", "10")
        try configuration.set("message.timeout.ms", String(KafkaProducer.deliveryMilliseconds))
        try configuration.set("message.max.bytes", String(KafkaLimits.recordBytesMax))
        try configuration.set("queue.buffering.max.messages", String(KafkaLimits.recordsQueuedMax))
        try configuration.setAll(settings.extra)
        let listener = KafkaListener(settings)
        listener.delivery = { message in DeliveryBatch.settle(message) }
        let client = try KafkaClient(.producer, configuration, listener: listener)
        let polling = Polling(Sent(client.pointer))
        self.polling = polling
        open = Locked(Open(client: client))
        Deadline.start {
            while !polling.isClosing.load(ordering: .acquiring) { rd_kafka_poll(polling.client.value, 100) }
            polling.ended.raise()
        }
    }

    /// Makes the library ask for topics that will be written, before they are.
    public func warm(_ topics: [Topic]) throws(KafkaError) {
        try withOpen { open throws(KafkaError) in
            var isAnyNew = false
            for topic in topics where try open.topics.place(of: topic, in: open.client).isNew { isAnyNew = true }
            if isAnyNew { try open.client.warm(milliseconds: 10_000) }
        }
    }

    /// Returns once all are acknowledged, with the place of each, in the order given.
    public func append(_ records: [NewRecord]) throws(KafkaError) -> [Offset] {
        if records.isEmpty { return [] }
        try warm(KafkaProducer.topics(of: records))
        let batch = DeliveryBatch(count: records.count)
        try withOpen { open throws(KafkaError) in
            for (index, record) in records.enumerated() {
                do throws(KafkaError) {
                    try KafkaProducer.enqueueOne(record, slot: batch.slot(index), in: &open)
                } catch {
                    batch.fail(from: index, error)
                    return
                }
            }
        }
        let limit = Duration.milliseconds(2 * KafkaProducer.deliveryMilliseconds)
        guard batch.wait(within: limit) else {
            // What the library may yet write to must stay.
            batch.leak()
            throw KafkaError(.timedOut, remedy: .fatal, "no word of an append within \(limit)")
        }
        return try batch.offsets()
    }

    private static func topics(of records: [NewRecord]) -> [Topic] {
        var found: [Topic] = []
        for record in records where record.target.topic != found.last { found.append(record.target.topic) }
        return found
    }

    private static func enqueueOne(_ record: NewRecord, slot: UnsafeMutableRawPointer, in open: inout Open)
        throws(KafkaError)
    {
        let place = try open.topics.place(of: record.target.topic, in: open.client).0
        while true {
            let code = enqueue(
                open.client.pointer, open.topics[place], record.target.partition, record.key, record.headers,
                record.value, slot)
            if code == RD_KAFKA_RESP_ERR_NO_ERROR { return }
            if code == RD_KAFKA_RESP_ERR__QUEUE_FULL {
                // The polling thread makes room.
                sleepBriefly()
                continue
            }
            throw open.client.fatalError ?? KafkaError(code, doing: "appending to \(record.target)")
        }
    }

    private func withOpen<Value>(_ body: (inout Open) throws(KafkaError) -> Value) throws(KafkaError) -> Value {
        try open.withLock { open throws(KafkaError) in
            guard var held = open.take() else {
                throw KafkaError(.state, remedy: .fatal, "the producer has been closed")
            }
            let result: Result<Value, KafkaError>
            do throws(KafkaError) { result = .success(try body(&held)) } catch { result = .failure(error) }
            open = consume held
            return try result.get()
        }
    }

    /// What was appended is acknowledged by then; a second call does nothing.
    public func close(within limit: Duration = .seconds(10)) {
        guard !polling.isClosing.exchange(true, ordering: .acquiringAndReleasing) else { return }
        polling.ended.wait(within: limit)
        open.withLock { open in
            guard var held = open.take() else { return }
            held.topics.giveBack()
            KafkaProducer.end(held, within: limit)
        }
    }

    private static func end(_ open: consuming Open, within limit: Duration) { open.client.close(within: limit) }

    deinit { close() }
}
