import EventLog

func expect(_ condition: Bool, _ text: @autoclosure () -> String) throws {
    if !condition { throw ConformanceFailure(text()) }
}

func expectEqual<Value: Equatable>(_ found: Value, _ wanted: Value, _ what: String) throws {
    if found != wanted { throw ConformanceFailure("\(what): expected \(wanted), found \(found)") }
}

/// The error that `body` fails with; a failure of the case where it does not.
func refusal(of what: String, _ body: () throws -> Void) throws -> LogError {
    do { try body() } catch let error as LogError { return error }
    throw ConformanceFailure("\(what) was accepted")
}

/// Refused because the member may not, be it that another took over (`fenced`) or that it lost the input (`aborted`).
func expectFencedOrAborted(_ what: String, _ body: () throws -> Void) throws {
    switch try refusal(of: what, body) {
    case .fenced, .aborted: return
    case let error: throw ConformanceFailure("\(what): expected fenced or aborted, found \(error)")
    }
}

func expectFenced(_ what: String, _ body: () throws -> Void) throws {
    switch try refusal(of: what, body) {
    case .fenced: return
    case let error: throw ConformanceFailure("\(what): expected fenced, found \(error)")
    }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func text(_ bytes: [UInt8]?) -> String { bytes.map { String(decoding: $0, as: UTF8.self) } ?? "nil" }

func texts(_ records: [StoredRecord]) -> [String] { records.map { text($0.value) } }

func new(_ topic: Topic, _ value: String) -> NewRecord { new(topic, 0, value) }

func new(_ topic: Topic, _ partition: Int32, _ value: String) -> NewRecord {
    NewRecord(TopicPartition(topic, partition), key: nil, value: bytes(value))
}

let ample = ReadLimit(records: 10_000, bytes: 64 << 20)
private let sentinelKey = bytes("conformance-sentinel")

extension LogHarness {
    func makeTopic(
        _ base: String, partitions: Int32 = 1, cleanup: TopicSpecification.Cleanup = .delete, bytesMax: Int = 1 << 20
    ) throws -> Topic {
        let topic = topic(base)
        try log.ensure([TopicSpecification(topic, partitions: partitions, cleanup: cleanup, recordBytesMax: bytesMax)])
        return topic
    }

    /// Tries until `body` gives a value; fails with `what` when patience ends. Never a guess of how long it takes.
    func eventually<Value>(_ what: String, _ body: () throws -> Value?) throws -> Value {
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        repeat {
            if let value = try body() { return value }
        } while clock.now < deadline
        throw ConformanceFailure("\(what): not within \(patience)")
    }

    /// All that is visible of a partition. A record appended behind it, once read, proves that nothing more is on its
    /// way: so that 'nothing is there' is a finding and not a race.
    func contents(of source: TopicPartition, in given: (any EventLog)? = nil) throws -> [StoredRecord] {
        let log = given ?? self.log
        let sentinel = try log.append([NewRecord(source, key: sentinelKey, value: nil)])[0]
        return try records(of: source, through: sentinel, in: log)
    }

    func records(of source: TopicPartition, through last: Offset, in log: any EventLog) throws -> [StoredRecord] {
        var found: [StoredRecord] = []
        var next = NextOffset.start
        return try eventually("reading \(source) through \(last)") {
            let result = try log.read(source, from: next, limit: ample)
            try expect(result.next >= next, "a read went back from \(next) to \(result.next)")
            found += result.records
            next = result.next
            return next > last.next || next == last.next ? found.filter { $0.key != sentinelKey } : nil
        }
    }

    func rows(of table: TableName, partition: Int32 = 0, from: NextOffset = .start, in given: (any EventLog)? = nil)
        throws -> (rows: [(key: [UInt8], value: [UInt8]?)], next: NextOffset)
    {
        let log = given ?? self.log
        var rows: [(key: [UInt8], value: [UInt8]?)] = []
        var next = from
        return try eventually("reading table \(table)/\(partition)") {
            let found = try log.changes(of: table, partition: partition, from: next, limit: ample)
            rows += found.rows
            next = found.next
            return found.isComplete ? (rows, next) : nil
        }
    }

    /// The last value of each key, tombstones taken out, in the order of the keys.
    func present(in table: TableName, partition: Int32 = 0, in log: (any EventLog)? = nil) throws -> [String] {
        var values: [String: String] = [:]
        for (key, value) in try rows(of: table, partition: partition, in: log).rows {
            values[text(key)] = value.map { text($0) }
        }
        return values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }

    func join(_ base: String, instance: String = "1", _ topics: Topic...) throws -> any LogMember {
        try log.join(participant(base), instance: instance, inputs: topics.map { .exact($0) })
    }

    /// Polls until the member holds as many partitions; records that come meanwhile are a failure of the caller.
    @discardableResult
    func pollUntilAssigned(_ member: any LogMember, _ count: Int, others: [any LogMember] = []) throws
        -> [TopicPartition]
    {
        var held: [TopicPartition] = []
        return try eventually("an assignment of \(count) partitions") {
            // A rebalance needs every member to poll.
            for other in others { _ = try other.poll(ample, wait: .milliseconds(5)) }
            switch try member.poll(ample, wait: .milliseconds(20)) {
            case .assigned(let gained): held = (held + gained).sorted()
            case .revoked(let lost): held.removeAll { lost.contains($0) }
            case .records, .idle: break
            }
            return held.count == count ? held : nil
        }
    }

    /// Polls until as many records have come. Those of a partition that is revoked meanwhile come again.
    func poll(_ member: any LogMember, until count: Int, limit: ReadLimit = ample) throws -> [StoredRecord] {
        var found: [StoredRecord] = []
        return try eventually("\(count) records by poll") {
            switch try member.poll(limit, wait: .milliseconds(20)) {
            case .records(let source, let records):
                try expect(records.allSatisfy { $0.source == source }, "a batch of more than one partition")
                try expect(!records.isEmpty, "a batch of no records")
                found += records
            case .revoked(let lost): found.removeAll { lost.contains($0.source) }
            case .assigned, .idle: break
            }
            try expect(found.count <= count, "more than \(count) records: \(texts(found))")
            return found.count == count ? found : nil
        }
    }
}

func next(after records: [StoredRecord]) -> [(source: TopicPartition, next: NextOffset)] {
    var ends: [(source: TopicPartition, next: NextOffset)] = []
    for record in records {
        if let place = ends.firstIndex(where: { $0.source == record.source }) {
            ends[place].next = max(ends[place].next, record.offset.next)
        } else {
            ends.append((record.source, record.offset.next))
        }
    }
    return ends
}
