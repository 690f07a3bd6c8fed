import CRDKafka
import EventLog
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// All that crosses threads in this module, and every @unchecked of it, is in this file.

/// A client of librdkafka, of whatever kind, owned in one place and closed explicitly.
///
/// Unchecked because a pointer is not Sendable: the library lets any thread call any function of a client, and the
/// handle itself is owned, so no thread calls one that has been destroyed.
struct KafkaClient: ~Copyable, @unchecked Sendable {
    enum Kind { case producer, consumer }

    let pointer: OpaquePointer
    let kind: Kind
    private let listener: KafkaListener
    private let opaque: Unmanaged<KafkaListener>

    /// - Parameter listener: told what the library says, on the library's threads or on the one that polls.
    init(
        _ kind: Kind, _ configuration: consuming KafkaConfiguration, listener: KafkaListener = KafkaListener()
    ) throws(KafkaError) {
        let opaque = Unmanaged.passRetained(listener)
        listener.attach(to: configuration.native, opaque: opaque.toOpaque())
        var text = [CChar](repeating: 0, count: 512)
        let made = rd_kafka_new(
            kind == .producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER, configuration.native, &text, text.count)
        guard let made else {
            opaque.release()
            let said = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw KafkaError(
                KafkaError.Code(rd_kafka_last_error()), "making a client: \(String(decoding: said, as: UTF8.self))")
        }
        configuration.handedOver()
        pointer = made
        self.kind = kind
        self.listener = listener
        self.opaque = opaque
    }

    /// Ends the client. Destroying is known to hang after brokers have restarted, so it has a thread of its own and an
    /// end to patience: what hangs is left to the end of the process.
    /// - Returns: whether it was done within the time.
    @discardableResult
    consuming func close(within limit: Duration, leavingGroup: Bool = true) -> Bool {
        finish(within: limit, leavingGroup: leavingGroup)
    }

    /// The same for a client that lies in something shared: none of its other calls may be under way. A second call
    /// does nothing.
    @discardableResult
    borrowing func finish(within limit: Duration, leavingGroup: Bool = true) -> Bool {
        guard listener.claimEnd() else { return true }
        let carried = Sent((pointer, opaque, kind == .consumer && leavingGroup))
        let isDone: Bool? = Deadline.run(within: limit) {
            let (pointer, opaque, leavesGroup) = carried.value
            if leavesGroup { rd_kafka_consumer_close(pointer) }
            // A consumer that is killed says nothing to its group.
            rd_kafka_destroy_flags(pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
            opaque.release()
            return true
        }
        return isDone != nil
    }

    /// Leaves the client to the end of the process: a call that did not return is within it.
    func leave() { _ = listener.claimEnd() }

    deinit { finish(within: .seconds(5)) }

    /// The last thing that went wrong outside any call.
    var lastError: KafkaError? { listener.lastError }

    /// A fatal error that the client met, whatever call it was that met it.
    var fatalError: KafkaError? {
        var text = [CChar](repeating: 0, count: 512)
        let code = rd_kafka_fatal_error(pointer, &text, text.count)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        let said = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return KafkaError(KafkaError.Code(code), remedy: .fatal, String(decoding: said, as: UTF8.self))
    }
}

/// What another thread is to use, while the one that sends it waits or has let go of it.
struct Sent<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}

/// What the library tells of its own accord. One a client: the library hands the same opaque pointer to all callbacks.
///
/// Unchecked: all is set before the client is made and only read afterwards; the rebalance and delivery calls come on
/// the one thread that polls, the others from any.
final class KafkaListener: @unchecked Sendable {
    /// - Parameter isAssignment: else a revocation.
    var rebalance:
        (
            (
                _ client: OpaquePointer, _ isAssignment: Bool,
                _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
            )
                -> Void
        )?
    var delivery: ((_ message: UnsafePointer<rd_kafka_message_t>) -> Void)?
    var statistics: (@Sendable (_ json: UnsafeBufferPointer<UInt8>) -> Void)?
    var log: (@Sendable (_ level: Int, _ text: String) -> Void)?
    private let errors = Mutex<KafkaError?>(nil)
    private let hasEnded = Atomic<Bool>(false)

    init(_ settings: KafkaSettings? = nil) { log = settings?.log }

    /// The last thing that went wrong outside any call: a broker that cannot be reached, a certificate refused.
    var lastError: KafkaError? { errors.withLock { $0 } }

    /// - Returns: whether this is the first to end the client.
    func claimEnd() -> Bool { !hasEnded.exchange(true, ordering: .acquiringAndReleasing) }

    func attach(to configuration: OpaquePointer?, opaque: UnsafeMutableRawPointer) {
        rd_kafka_conf_set_opaque(configuration, opaque)
        rd_kafka_conf_set_log_cb(configuration) { client, level, _, text in
            guard let client, let text, let listener = KafkaListener.of(rd_kafka_opaque(client)) else { return }
            listener.log?(Int(level), String(cString: text))
        }
        rd_kafka_conf_set_error_cb(configuration) { _, code, text, opaque in
            let said = text.map { String(cString: $0) } ?? ""
            KafkaListener.of(opaque)?.note(
                KafkaError(KafkaError.Code(rd_kafka_resp_err_t(rawValue: code)), said))
        }
        if rebalance != nil {
            rd_kafka_conf_set_rebalance_cb(configuration) { client, code, list, opaque in
                guard let client else { return }
                KafkaListener.of(opaque)?.rebalance?(client, code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS, list)
            }
        }
        if delivery != nil {
            rd_kafka_conf_set_dr_msg_cb(configuration) { _, message, opaque in
                guard let message else { return }
                KafkaListener.of(opaque)?.delivery?(message)
            }
        }
        if statistics != nil {
            rd_kafka_conf_set_stats_cb(configuration) { _, text, count, opaque in
                guard let text else { return 0 }
                text.withMemoryRebound(to: UInt8.self, capacity: count) { bytes in
                    KafkaListener.of(opaque)?.statistics?(UnsafeBufferPointer(start: bytes, count: count))
                }
                // The library frees its text.
                return 0
            }
        }
    }

    private func note(_ error: KafkaError) { errors.withLock { $0 = error } }

    private static func of(_ opaque: UnsafeMutableRawPointer?) -> KafkaListener? {
        opaque.map { Unmanaged<KafkaListener>.fromOpaque($0).takeUnretainedValue() }
    }
}

/// A value that one thread at a time may touch. Unlike `Mutex` it lends to closures that are not sendable, such as one
/// that takes records into the caller's own array.
final class Locked<Value: ~Copyable>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private var value: Value

    init(_ value: consuming Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func withLock<Result, Failure: Error>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }

    /// Does nothing where another thread has it.
    func withLockIfAvailable(_ body: (inout Value) -> Void) {
        guard pthread_mutex_trylock(mutex) == 0 else { return }
        defer { pthread_mutex_unlock(mutex) }
        body(&value)
    }
}

/// Raised once, waited for with an end.
final class Signal: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var isRaised = false

    init() {
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        #if canImport(Glibc)
            // A wall clock that is set back would otherwise prolong the wait by as much.
            pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        #endif
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func raise() {
        pthread_mutex_lock(mutex)
        isRaised = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    @discardableResult
    func wait(within limit: Duration) -> Bool {
        let (seconds, attoseconds) = limit.components
        var until = timespec()
        #if canImport(Glibc)
            clock_gettime(CLOCK_MONOTONIC, &until)
        #else
            clock_gettime(CLOCK_REALTIME, &until)
        #endif
        let nanoseconds = Int(until.tv_nsec) + Int(attoseconds / 1_000_000_000)
        until.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
        until.tv_nsec = nanoseconds % 1_000_000_000
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !isRaised {
            if pthread_cond_timedwait(condition, mutex, &until) != 0 { return isRaised }
        }
        return true
    }
}

/// The acknowledgements of one append: a slot for each record, which the library points to.
///
/// Unchecked: a slot is written once, by the thread that polls, before the count reaches zero; and read after that.
final class DeliveryBatch: @unchecked Sendable {
    struct Slot {
        var offset: Int64
        var code: rd_kafka_resp_err_t
        let batch: Unmanaged<DeliveryBatch>
    }

    private let slots: UnsafeMutablePointer<Slot>
    private let count: Int
    private let left: Atomic<Int>
    private let isDone = Signal()
    private var refusal: KafkaError?
    private var enqueued: Int

    init(count: Int) {
        self.count = count
        enqueued = count
        left = Atomic(count)
        slots = .allocate(capacity: count)
        let own = Unmanaged.passUnretained(self)
        for index in 0..<count {
            slots.advanced(by: index).initialize(
                to: Slot(offset: -1, code: RD_KAFKA_RESP_ERR_NO_ERROR, batch: own))
        }
    }

    deinit { slots.deallocate() }

    func slot(_ index: Int) -> UnsafeMutableRawPointer { UnsafeMutableRawPointer(slots.advanced(by: index)) }

    /// The records from `index` on were not enqueued: no word will come of them.
    func fail(from index: Int, _ error: KafkaError) {
        refusal = error
        enqueued = index
        settle(count - index)
    }

    static func settle(_ message: UnsafePointer<rd_kafka_message_t>) {
        guard let opaque = message.pointee._private else { return }
        let slot = opaque.assumingMemoryBound(to: Slot.self)
        slot.pointee.offset = message.pointee.offset
        slot.pointee.code = message.pointee.err
        slot.pointee.batch.takeUnretainedValue().settle(1)
    }

    private func settle(_ number: Int) {
        if left.subtract(number, ordering: .acquiringAndReleasing).newValue == 0 { isDone.raise() }
    }

    func wait(within limit: Duration) -> Bool { isDone.wait(within: limit) }

    /// The library may yet write to the slots: they stay for good.
    func leak() { _ = Unmanaged.passRetained(self) }

    func offsets() throws(KafkaError) -> [Offset] {
        for index in 0..<enqueued where slots[index].code != RD_KAFKA_RESP_ERR_NO_ERROR {
            throw KafkaError(slots[index].code, doing: "appending")
        }
        if let refusal { throw refusal }
        // Taken for granted by the library, and not told by a broker.
        for index in 0..<count where slots[index].offset < 0 {
            throw KafkaError(.state, "appending: acknowledged without a place in the log")
        }
        return (0..<count).map { Offset(slots[$0].offset) }
    }
}
