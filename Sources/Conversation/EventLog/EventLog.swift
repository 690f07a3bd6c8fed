/// The log as the hub sees it: Kafka, SQLite in one file, or memory. Every implementation passes
/// `EventLogConformance` unchanged.
///
/// All calls block (with a bound) and are made from the runtime's own threads, never from the cooperative pool. A log
/// may be used from several threads at once; a ``LogMember`` belongs to one.
public protocol EventLog: AnyObject, Sendable {
    /// Creates what does not exist. Never deletes, never changes a partition count.
    func ensure(_ topics: [TopicSpecification]) throws(LogError)

    /// The topics that exist, sorted by name.
    func topics() throws(LogError) -> [TopicSpecification]

    /// A plain idempotent append outside any transaction, durable when it returns: what an agency's client and the
    /// striker do. All of one call that go to one partition stand in the order given.
    func append(_ records: [NewRecord]) throws(LogError) -> [Offset]

    /// Committed records from `from` on, in order; empty where there is none yet. Aborted records are never shown, and
    /// nothing behind the first record of an open transaction.
    func read(_ source: TopicPartition, from: NextOffset, limit: ReadLimit) throws(LogError) -> ReadResult

    /// The position behind the last committed record.
    func end(of source: TopicPartition) throws(LogError) -> NextOffset

    /// The position that a participant has committed on an input; nil before its first commit.
    func committed(_ participant: ParticipantName, on source: TopicPartition) throws(LogError) -> NextOffset?

    /// The rows of one partition of a table that changed at or after `from` (`.start`: all present rows and, maybe,
    /// tombstones). The last change of a key wins. Committed changes only.
    func changes(of table: TableName, partition: Int32, from: NextOffset, limit: ReadLimit) throws(LogError)
        -> TableChanges

    /// Takes part as one member of a participant. A second member with the same `instance` fences the first. The
    /// inputs are read by pattern: a topic that appears later is assigned later.
    func join(_ participant: ParticipantName, instance: String, inputs: [TopicPattern]) throws(LogError)
        -> any LogMember

    /// Gives back what it holds of the system; a second call does nothing, and no other call may follow.
    func close()
}

extension EventLog {
    public func close() {}
}

/// One member of a participant: reads its inputs and commits its steps. Used by one thread.
public protocol LogMember: AnyObject {
    var participant: ParticipantName { get }

    /// The next thing that happened: an assignment, its loss, or records (each batch of one partition), or nothing
    /// within `wait`. After `.revoked` nothing of those partitions can be committed any more.
    func poll(_ limit: ReadLimit, wait: Duration) throws(LogError) -> PollOutcome

    /// Postings, table changes and next positions: all or none. Fails with `.fenced` where this member no longer
    /// holds one of the inputs in the present generation.
    func commit(_ step: Step) throws(LogError)

    /// Reads again from the committed positions: after a failed commit, before anything else.
    func rewind() throws(LogError)

    /// Gives nothing of these inputs until ``release(_:at:)``: while their state is restored, the member goes on being
    /// polled, so that it is told where they are taken away meanwhile. Inputs that it does not hold are passed over.
    func hold(_ sources: [TopicPartition]) throws(LogError)

    /// Gives records of a held input again.
    /// - Parameter at: where to read on; nil for where it stood. A participant's table keeps its position as well, in
    ///   the same commit, and is what its state goes by, however long the log remembers positions.
    func release(_ source: TopicPartition, at: NextOffset?) throws(LogError)

    /// Leaves; a second call does nothing.
    func leave()
}

/// A log that can commit the steps of several members, and the appends that they carry, in one transaction: the
/// embedded log and the one in memory. Kafka is not one.
public protocol CarryingLog: EventLog {
    /// One commit for all; the steps are appended in the order given. Fails with `.fenced` as `LogMember.commit` does,
    /// and with `.conflict` where a partition in `expecting` does not end at the position given.
    func commit(_ steps: [(member: any LogMember, step: Step)], expecting: [(TopicPartition, NextOffset)])
        throws(LogError)
}

public struct TopicSpecification: Hashable, Sendable {
    public enum Cleanup: String, Hashable, Sendable { case delete, compact }
    public var topic: Topic
    public var partitions: Int32
    public var cleanup: Cleanup
    /// Milliseconds; nil keeps for ever.
    public var retentionMilliseconds: Int64?
    /// The largest record, in bytes of key, headers and value together.
    public var recordBytesMax: Int
    /// The log says when a record came in, whatever its sender says: what receipt times need. Else its sender's clock
    /// may do.
    public var appendTime: Bool

    public init(
        _ topic: Topic, partitions: Int32, cleanup: Cleanup = .delete, retentionMilliseconds: Int64? = nil,
        recordBytesMax: Int = 1 << 20, appendTime: Bool = true
    ) {
        self.topic = topic
        self.partitions = partitions
        self.cleanup = cleanup
        self.retentionMilliseconds = retentionMilliseconds
        self.recordBytesMax = recordBytesMax
        self.appendTime = appendTime
    }
}

/// A whole topic name, or all names that begin and end so (`agency.` … `.referrals`).
public enum TopicPattern: Hashable, Sendable {
    case exact(Topic)
    case affixes(prefix: String, suffix: String)

    public func matches(_ topic: Topic) -> Bool {
        switch self {
        case .exact(let wanted): topic == wanted
        case .affixes(let prefix, let suffix):
            topic.name.utf8.count > prefix.utf8.count + suffix.utf8.count && topic.name.hasPrefix(prefix)
                && topic.name.hasSuffix(suffix)
        }
    }
}

/// A bound on one read, in records and in bytes; at least one record is given where there is one, however large.
public struct ReadLimit: Hashable, Sendable {
    public var records: Int
    public var bytes: Int
    public init(records: Int, bytes: Int) {
        self.records = records
        self.bytes = bytes
    }
}

public struct ReadResult: Sendable {
    public let records: [StoredRecord]
    /// Where to read on: behind the last record, or behind what was skipped as aborted.
    public let next: NextOffset
    public init(records: [StoredRecord], next: NextOffset) {
        self.records = records
        self.next = next
    }
}

public struct ParticipantName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String
    public init(_ text: String) { self.text = text }
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
    public var description: String { text }
}

public struct TableName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String
    public init(_ text: String) { self.text = text }
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
    public var description: String { text }
}

/// One row of a compacted table put or, with a nil value, taken away.
public struct TableChange: Hashable, Sendable {
    public var table: TableName
    public var partition: Int32
    public var key: [UInt8]
    public var value: [UInt8]?
    public init(_ table: TableName, partition: Int32, key: [UInt8], value: [UInt8]?) {
        self.table = table
        self.partition = partition
        self.key = key
        self.value = value
    }
}

public struct TableChanges: Sendable {
    public let rows: [(key: [UInt8], value: [UInt8]?)]
    public let next: NextOffset
    /// No more rows were committed when this was read.
    public let isComplete: Bool
    public init(rows: [(key: [UInt8], value: [UInt8]?)], next: NextOffset, isComplete: Bool) {
        self.rows = rows
        self.next = next
        self.isComplete = isComplete
    }
}

/// What one participant commits at once.
public struct Step: Sendable {
    public var postings: [NewRecord]
    public var tableChanges: [TableChange]
    public var positions: [(source: TopicPartition, next: NextOffset)]
    public init(
        postings: [NewRecord] = [], tableChanges: [TableChange] = [],
        positions: [(source: TopicPartition, next: NextOffset)] = []
    ) {
        self.postings = postings
        self.tableChanges = tableChanges
        self.positions = positions
    }
}

public enum PollOutcome: Sendable {
    /// These inputs are this member's from now on, each read from its committed position (the start before the first).
    case assigned([TopicPartition])
    case revoked([TopicPartition])
    case records(TopicPartition, [StoredRecord])
    case idle
}

public enum LogError: Error, Hashable, Sendable {
    /// Another member has taken over: drop uncommitted state and leave.
    case fenced(String)
    /// The step was not committed and may be tried again after `rewind`.
    case aborted(String)
    /// What the caller expected of the log's end did not hold.
    case conflict(String)
    case unknownTopic(Topic)
    case recordTooLarge(Topic, bytes: Int, limit: Int)
    /// A position that the log no longer holds.
    case outOfRange(TopicPartition, NextOffset)
    /// The log's own storage is held by another process, named in the text.
    case busy(String)
    /// Nothing more can be done with this log in this process; the text says why.
    case fatal(String)
}
