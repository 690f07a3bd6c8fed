public import DomainModel

/// A topic's name as the log knows it, any prefix for a shared cluster included.
public struct Topic: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let name: String
    public init(_ name: String) { self.name = name }
    public static func < (left: Topic, right: Topic) -> Bool { left.name < right.name }
    public var description: String { name }
}

public struct TopicPartition: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let topic: Topic
    public let partition: Int32

    public init(_ topic: Topic, _ partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    public static func < (left: TopicPartition, right: TopicPartition) -> Bool {
        (left.topic, left.partition) < (right.topic, right.partition)
    }
    public var description: String { "\(topic)/\(partition)" }
}

/// Where a record lies. Not the same type as ``NextOffset``, so that +1 happens in one place.
public struct Offset: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let value: Int64
    public init(_ value: Int64) { self.value = value }
    public var next: NextOffset { NextOffset(value + 1) }
    public static func < (left: Offset, right: Offset) -> Bool { left.value < right.value }
    public var description: String { String(value) }
}

/// The first position not yet read: what a participant commits.
public struct NextOffset: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let value: Int64
    public init(_ value: Int64) { self.value = value }
    public static let start = NextOffset(0)
    public static func < (left: NextOffset, right: NextOffset) -> Bool { left.value < right.value }
    public var description: String { String(value) }
}

/// The headers of a record in one buffer: for each a length of the name, the name, a length of the value, the value
/// (lengths as four bytes, little endian). One allocation a record instead of two a header; the embedded log stores
/// the buffer as it is. Names may repeat, as in Kafka; ``first(_:)`` gives the first.
public struct Headers: Hashable, Sendable {
    public private(set) var bytes: [UInt8]

    public init() { bytes = [] }
    public init(reserving capacity: Int) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// - Returns: nil where the buffer is not of the layout above.
    public init?(bytes: [UInt8]) {
        var place = 0
        while place < bytes.count {
            for _ in 0..<2 {
                guard let length = Headers.length(in: bytes, at: place), length <= bytes.count - place - 4 else {
                    return nil
                }
                place += 4 + length
            }
        }
        self.bytes = bytes
    }

    /// For a log that made the buffer itself, of the layout above: not looked at again.
    package init(packed: [UInt8]) { bytes = packed }

    /// Bytes of a header beside its name and its value.
    package static let overhead = 8

    /// Writes a header's lengths and its name around a value that its writer puts behind them.
    /// - Returns: how many bytes the header takes in all.
    package static func write(
        nameOf name: StaticString, valueCount: Int, at place: UnsafeMutablePointer<UInt8>
    ) -> Int {
        let nameCount = name.utf8CodeUnitCount
        let raw = UnsafeMutableRawPointer(place)
        raw.storeBytes(of: UInt32(nameCount).littleEndian, as: UInt32.self)
        (place + 4).update(from: name.utf8Start, count: nameCount)
        raw.storeBytes(of: UInt32(valueCount).littleEndian, toByteOffset: 4 + nameCount, as: UInt32.self)
        return overhead + nameCount + valueCount
    }

    /// The same for bytes that lie in one place, without a generic call, which other modules would pay for.
    public mutating func append(_ name: StaticString, _ value: UnsafeBufferPointer<UInt8>) {
        appendLength(name.utf8CodeUnitCount)
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        appendLength(value.count)
        bytes.append(contentsOf: value)
    }

    public mutating func append(_ name: StaticString, _ value: some Collection<UInt8>) {
        appendLength(name.utf8CodeUnitCount)
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        appendLength(value.count)
        bytes.append(contentsOf: value)
    }

    public mutating func append(name: some StringProtocol, value: some Collection<UInt8>) {
        appendLength(name.utf8.count)
        bytes.append(contentsOf: name.utf8)
        appendLength(value.count)
        bytes.append(contentsOf: value)
    }

    public func first(_ name: StaticString) -> ArraySlice<UInt8>? {
        let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        var place = 0
        while let nameLength = Headers.length(in: bytes, at: place) {
            let nameStart = place + 4
            guard let valueLength = Headers.length(in: bytes, at: nameStart + nameLength) else { return nil }
            let valueStart = nameStart + nameLength + 4
            if nameLength == wanted.count, bytes[nameStart..<nameStart + nameLength].elementsEqual(wanted) {
                return bytes[valueStart..<valueStart + valueLength]
            }
            place = valueStart + valueLength
        }
        return nil
    }

    /// Each header in order, as slices of the one buffer.
    public func forEach(_ body: (_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) throws -> Void) rethrows {
        var place = 0
        while let nameLength = Headers.length(in: bytes, at: place) {
            let nameStart = place + 4
            guard let valueLength = Headers.length(in: bytes, at: nameStart + nameLength) else { return }
            let valueStart = nameStart + nameLength + 4
            try body(bytes[nameStart..<nameStart + nameLength], bytes[valueStart..<valueStart + valueLength])
            place = valueStart + valueLength
        }
    }

    public var isEmpty: Bool { bytes.isEmpty }

    private mutating func appendLength(_ length: Int) {
        withUnsafeBytes(of: UInt32(length).littleEndian) { bytes.append(contentsOf: $0) }
    }

    private static func length(in bytes: [UInt8], at place: Int) -> Int? {
        guard place >= 0, place + 4 <= bytes.count else { return nil }
        let word =
            UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2]) << 16
            | UInt32(bytes[place + 3]) << 24
        return Int(word)
    }
}

/// A record on its way into the log. A nil value is a tombstone and legal.
public struct NewRecord: Hashable, Sendable {
    public var target: TopicPartition
    public var key: [UInt8]?
    public var headers: Headers
    public var value: [UInt8]?

    public init(_ target: TopicPartition, key: [UInt8]?, headers: Headers = Headers(), value: [UInt8]?) {
        self.target = target
        self.key = key
        self.headers = headers
        self.value = value
    }

    public var byteCount: Int { (key?.count ?? 0) + headers.bytes.count + (value?.count ?? 0) }
}

/// A record as read, with the append time that the log gave it (the hub's receipt time on topics from outside).
public struct StoredRecord: Hashable, Sendable {
    public let source: TopicPartition
    public let offset: Offset
    public let appendTime: Instant
    public let key: [UInt8]?
    public let headers: Headers
    public let value: [UInt8]?

    public init(
        source: TopicPartition, offset: Offset, appendTime: Instant, key: [UInt8]?, headers: Headers, value: [UInt8]?
    ) {
        self.source = source
        self.offset = offset
        self.appendTime = appendTime
        self.key = key
        self.headers = headers
        self.value = value
    }

    public var byteCount: Int { (key?.count ?? 0) + headers.bytes.count + (value?.count ?? 0) }
}
