import DomainJSON
public import DomainModel
public import JSON
public import Sealing

/// One row of a participant's table as it is committed. A nil value takes the row away.
public struct RowChange: Hashable, Sendable {
    public var key: [UInt8]
    public var value: [UInt8]?
    public init(key: [UInt8], value: [UInt8]?) {
        self.key = key
        self.value = value
    }
}

/// A stored row that this version cannot read: the runtime stops and says so, rather than decide on less than it knew.
public enum RowError: Error, Hashable, Sendable {
    case unknownTable(UInt8)
    case badKey
    case badRow(JSONError)
}

/// What a row is found by. The text is unique within its table.
public protocol RowKey: Hashable, Sendable {
    var rowText: String { get }
    init?(rowText: String)
    /// Spreads the keys of one table in memory, and is written nowhere. Nobody outside may be able to choose many keys
    /// with the same one.
    var rowHash: UInt64 { get }
    /// The bytes of ``rowText``, where they can be had without a text in between.
    func withRowBytes(_ body: (UnsafeBufferPointer<UInt8>) -> [UInt8]) -> [UInt8]
}

extension RowKey {
    public var rowHash: UInt64 { UInt64(bitPattern: Int64(hashValue)) }

    public func withRowBytes(_ body: (UnsafeBufferPointer<UInt8>) -> [UInt8]) -> [UInt8] {
        var text = rowText
        return text.withUTF8(body)
    }
}

extension Identifier: RowKey {
    /// The hub makes its ids by hashing: they are spread already.
    public var rowHash: UInt64 { UInt64(truncatingIfNeeded: bits) ^ UInt64(truncatingIfNeeded: bits >> 64) }

    public func withRowBytes(_ body: (UnsafeBufferPointer<UInt8>) -> [UInt8]) -> [UInt8] {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 26) { text in
            write(to: text)
            return body(UnsafeBufferPointer(text))
        }
    }
    public var rowText: String { description }
    public init?(rowText: String) { self.init(rowText) }
}
extension CaseID: RowKey {
    public var rowHash: UInt64 { number.rowHash }

    public func withRowBytes(_ body: (UnsafeBufferPointer<UInt8>) -> [UInt8]) -> [UInt8] {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 36) { text in
            let count = write(to: text)
            return body(UnsafeBufferPointer(rebasing: text[..<count]))
        }
    }
    public var rowText: String { description }
    public init?(rowText: String) { self.init(rowText) }
}
extension AuthorityCode: RowKey {
    public var rowText: String { description }
    public init?(rowText: String) { self.init(gss: rowText) }
}
extension String: RowKey {
    public var rowText: String { self }
    public init?(rowText: String) { self = rowText }
}

/// A table of a participant's state: rows by key in memory, and a list of those changed since the last commit. Offers
/// no iteration: the order of a dictionary differs from run to run, and a decision that saw it would too. What must be
/// walked in order is kept in order (``DueQueue``, lists inside rows).
public struct StateTable<Key: RowKey, Row: JSONCodable & Sendable>: @unchecked Sendable {
    // Unchecked, because the slots are behind a reference: whoever changes a table that is shared copies them first.
    private var slots = RowSlots<Key, Row>()
    private var changed: [Int32] = []
    /// The first byte of its rows' keys, unique among the tables of a participant.
    private let prefix: UInt8

    public init(prefix: Unicode.Scalar) { self.prefix = UInt8(ascii: prefix) }

    /// A row that was taken away keeps its slot until the change is committed.
    public var count: Int { slots.count - changed.count { slots.at($0).pointee.row == nil } }

    /// Whether there is a row, without a copy of it.
    public func contains(_ key: Key) -> Bool {
        let number = slots.number(of: key)
        return number >= 0 && slots.at(number).pointee.row != nil
    }

    /// The row where it stands, by its address: an accessor that gives it for a while and takes it back would cost an
    /// allocation at each look.
    public subscript(key: Key) -> Row? {
        unsafeAddress {
            let number = slots.number(of: key)
            return UnsafePointer(number >= 0 ? slots.row(number) : slots.noRow)
        }
        unsafeMutableAddress {
            makeUnique()
            let number = slots.makeNumber(of: key)
            let slot = slots.at(number)
            if !slot.pointee.isChanged {
                slot.pointee.isChanged = true
                changed.append(number)
            }
            return slots.row(number)
        }
    }

    private mutating func makeUnique() {
        if !isKnownUniquelyReferenced(&slots) { slots = slots.copy() }
    }

    /// Appends the rows that changed since the last call, encoded, in the order of their first change.
    public mutating func takeChanges(into changes: inout [RowChange]) {
        guard !changed.isEmpty else { return }
        makeUnique()
        var writer = JSONWriter(reserving: 4096)
        for number in changed {
            let slot = slots.at(number)
            let key = slot.pointee.key
            var bytes: [UInt8]?
            if slot.pointee.row != nil {
                writer.removeAll()
                slot.pointee.row?.write(to: &writer)
                bytes = writer.bytes
                slot.pointee.isChanged = false
            } else {
                slots.remove(key)
            }
            changes.append(RowChange(key: rowKey(key), value: bytes))
        }
        changed.removeAll(keepingCapacity: true)
    }

    private func rowKey(_ key: Key) -> [UInt8] {
        key.withRowBytes { text in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count + 1) { buffer in
                buffer[0] = prefix
                _ = UnsafeMutableBufferPointer(rebasing: buffer[1...]).update(fromContentsOf: text)
                return [UInt8](buffer)
            }
        }
    }

    /// Takes the row if it is one of this table's.
    /// - Returns: the key and the row as taken (nil where it was taken away); nil where it belongs to another table.
    public mutating func restore(_ change: RowChange, parser: JSONParser) throws(RowError) -> (key: Key, row: Row?)? {
        guard change.key.first == prefix else { return nil }
        guard let key = Key(rowText: String(decoding: change.key.dropFirst(), as: UTF8.self)) else {
            throw .badKey
        }
        guard let value = change.value else {
            makeUnique()
            slots.remove(key)
            return (key, nil)
        }
        do throws(JSONError) {
            let row = try Row(json: try parser.parse(value))
            makeUnique()
            slots.at(slots.makeNumber(of: key)).pointee.row = row
            return (key, row)
        } catch {
            throw .badRow(error)
        }
    }
}

/// What waits for a moment, earliest first, ties by key: walked in an order that is the same everywhere.
public struct DueQueue<Key: Comparable & Hashable & Sendable>: Sendable {
    private struct Item: Comparable, Sendable {
        let due: Instant
        let key: Key
        static func < (left: Item, right: Item) -> Bool {
            (left.due, left.key) < (right.due, right.key)
        }
    }

    // A binary heap with lazy removal: `current` says which item of a key still counts.
    private var heap: [Item] = []
    private var current: [Key: Instant] = [:]

    public init() {}

    public var count: Int { current.count }

    /// The earliest instant at which something is due.
    public var first: Instant? { heap.first?.due }

    public func moment(of key: Key) -> Instant? { current[key] }

    /// The earliest key that is due at `now`, left where it is: for who moves it by the event that answers it.
    public func peek(at now: Instant) -> Key? {
        guard let top = heap.first, top.due <= now else { return nil }
        return top.key
    }

    /// Sets, moves or (with nil) removes the moment of a key.
    public mutating func set(_ key: Key, due: Instant?) {
        guard current[key] != due else { return }
        current[key] = due
        if let due { push(Item(due: due, key: key)) }
        dropStale()
    }

    /// Removes and returns the earliest key that is due at `now`.
    public mutating func next(at now: Instant) -> Key? {
        guard let top = heap.first, top.due <= now else { return nil }
        current[top.key] = nil
        pop()
        dropStale()
        return top.key
    }

    private mutating func dropStale() {
        while let top = heap.first, current[top.key] != top.due { pop() }
    }

    private mutating func push(_ item: Item) {
        heap.append(item)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child] < heap[parent] else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func pop() {
        guard let last = heap.popLast(), !heap.isEmpty else { return }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}

/// A sealed part as a row keeps it: the same bytes as in its event, so that forgetting the key forgets the row too.
public struct HeldPart: Hashable, Sendable, JSONCodable {
    public var key: KeyName
    public var sealed: [UInt8]

    public init(key: KeyName, sealed: [UInt8]) {
        self.key = key
        self.sealed = sealed
    }

    /// Nil for a part that was not sealed: the runtime seals before anyone but its poster reads it.
    public init?(_ part: Part) {
        guard let sealed = part.sealed else { return nil }
        self.init(key: part.key, sealed: sealed)
    }

    public var part: Part { Part(key: key, sealed: sealed) }

    public init(json: JSONValue) throws(JSONError) {
        let event: EventID = try json.required("event")
        let part: PartName = try json.required("part")
        let text: String = try json.required("sealed")
        guard let sealed = Base64.decode(text) else { throw JSONError(expected: "base 64").inside("sealed") }
        self.init(key: KeyName(event: event, part: part), sealed: sealed)
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("event", key.event)
        json.field("part", key.part)
        json.key("sealed")
        Base64.write(sealed, to: &json)
        json.endObject()
    }
}
