import CRDKafka
public import DomainModel
public import EventLog

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A record where the library has it. Good only within the call that hands it out: it is given back right after, and
/// one that is kept makes the client's end hang.
public struct KafkaMessage: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_message_t>

    init(_ pointer: UnsafeMutablePointer<rd_kafka_message_t>) { self.pointer = pointer }

    public var partition: Int32 { pointer.pointee.partition }
    public var offset: Offset { Offset(pointer.pointee.offset) }
    public var topic: Topic { Topic(String(cString: rd_kafka_topic_name(pointer.pointee.rkt))) }

    /// Compares the bytes where they are, without a string of its own.
    public func isOf(_ topic: Topic) -> Bool {
        guard let name = rd_kafka_topic_name(pointer.pointee.rkt) else { return false }
        // A topic's name is ASCII: a native string, whose bytes lie in one place.
        return topic.name.utf8.withContiguousStorageIfAvailable { wanted in
            guard let start = wanted.baseAddress else { return false }
            return wanted.count == strlen(name) && memcmp(start, name, wanted.count) == 0
        } ?? (String(cString: name) == topic.name)
    }

    public var byteCount: Int { pointer.pointee.len + pointer.pointee.key_len }

    /// What the log (or on a topic without append time, the sender) gave it; the beginning of time where neither did.
    public var time: Instant {
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let milliseconds = rd_kafka_message_timestamp(pointer, &kind)
        return kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? .distantPast : Instant(milliseconds: max(milliseconds, 0))
    }

    /// A copy that may be kept.
    public func stored(as source: TopicPartition) -> StoredRecord {
        StoredRecord(
            source: source, offset: offset, appendTime: time,
            key: KafkaMessage.copy(pointer.pointee.key, pointer.pointee.key_len), headers: headers,
            value: KafkaMessage.copy(pointer.pointee.payload, pointer.pointee.len))
    }

    public var key: [UInt8]? { KafkaMessage.copy(pointer.pointee.key, pointer.pointee.key_len) }
    public var value: [UInt8]? { KafkaMessage.copy(pointer.pointee.payload, pointer.pointee.len) }

    public var headers: Headers {
        let count = frontdoor_packed_headers_count(pointer)
        guard count > 0 else { return Headers() }
        return Headers(
            packed: [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                frontdoor_pack_headers(pointer, buffer.baseAddress)
                filled = count
            })
    }

    /// Null stays null: a tombstone is not an empty value.
    private static func copy(_ place: UnsafeMutableRawPointer?, _ count: Int) -> [UInt8]? {
        guard let place else { return nil }
        return [UInt8](UnsafeRawBufferPointer(start: place, count: count))
    }
}
