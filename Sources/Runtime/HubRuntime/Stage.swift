import DomainModel
import EventLog
import JSON
import Room
import Sealing

/// What one commit will hold: postings sealed and encoded in the order of the room, and an event's own copy for the
/// participants that read it in the same commit.
struct Stage: ~Copyable {
    private(set) var records: [NewRecord] = []
    private(set) var tableChanges: [TableChange] = []
    /// Events staged for the room, by partition, in order, with the positions that they will have.
    private(set) var room: [[Event]]
    private(set) var bytes = 0
    private(set) var counts = StepCounts()

    /// The first posting that no commit would take; the step must not be committed.
    private(set) var breach: Breach?

    private let codec: RoomCodec
    private let vault: Vault
    private let limits: RecordLimits
    private var json = JSONWriter(reserving: 8192)

    init(codec: RoomCodec, vault: Vault, limits: RecordLimits) {
        self.codec = codec
        self.vault = vault
        self.limits = limits
        room = Array(repeating: [], count: Int(codec.topics.partitions))
    }

    var isEmpty: Bool { records.isEmpty && tableChanges.isEmpty }

    /// - Parameters:
    ///   - input: where what it answers lies in the log; nil where that is staged in this step.
    ///   - ends: where each room partition ends in the log, before anything staged.
    mutating func add(_ posting: Posting, by service: Service, input: InputPosition? = nil, ends: [NextOffset]) {
        switch posting {
        case .room(var event):
            let partition = codec.topics.partition(of: event.authority)
            seal(&event.parts, partition: partition)
            append(codec.record(of: event, partition: partition, with: &json), service, input)
            let place = Int(partition)
            event.position = InputPosition(
                partition: partition, offset: ends[place].value + Int64(room[place].count))
            room[place].append(event)
            counts.events += 1
        case .outgoing(let outgoing):
            append(codec.record(of: outgoing), service, input)
            counts.outgoing += 1
        case .deadLetter(let letter):
            var parts: [Part] = []
            if let original = letter.original {
                parts.append(Part(key: KeyName(event: letter.id, part: .original), sealed: nil, opened: original))
                if let head = letter.head {
                    var json = JSONWriter(reserving: 512)
                    head.write(to: &json)
                    parts.append(Part(key: KeyName(event: letter.id, part: .head), sealed: nil, opened: json.bytes))
                }
                seal(&parts, partition: codec.topics.partition(of: letter.authority))
            }
            func held(_ name: PartName) -> HeldPart? { parts.first { $0.name == name }.flatMap { HeldPart($0) } }
            append(codec.record(of: letter, original: held(.original), head: held(.head)), service, input)
            counts.deadLetters += 1
        }
    }

    mutating func add(_ changes: [RowChange], table: TableName, partition: Int32) {
        for change in changes {
            tableChanges.append(TableChange(table, partition: partition, key: change.key, value: change.value))
        }
    }

    private mutating func append(_ record: NewRecord, _ service: Service, _ input: InputPosition?) {
        if breach == nil, let limit = limits.broken(by: record) {
            breach = Breach(
                service: service, input: input, topic: record.target.topic, bytes: record.byteCount, limit: limit)
        }
        bytes += record.byteCount
        records.append(record)
    }

    private mutating func seal(_ parts: inout [Part], partition: Int32) {
        for index in parts.indices where parts[index].sealed == nil {
            let (sealed, row) = vault.seal(parts[index], partition: partition)
            parts[index].sealed = sealed
            tableChanges.append(row)
        }
    }
}

/// What a step did, in counts.
public struct StepCounts: Hashable, Sendable {
    public var ingress = 0
    public var events = 0
    public var outgoing = 0
    public var deadLetters = 0
    /// Steps that only moved on, after an unclean end: something was done, though nothing came of it.
    public var careful = 0

    public init() {}

    static let nothingYet: StepCounts = {
        var counts = StepCounts()
        counts.careful = 1
        return counts
    }()

    public var didNothing: Bool { self == StepCounts() }
    /// Whether anything was taken in or written, and not merely passed over.
    public var hasWritten: Bool { ingress + events + outgoing + deadLetters > 0 }

    public static func += (left: inout StepCounts, right: StepCounts) {
        left.ingress += right.ingress
        left.events += right.events
        left.outgoing += right.outgoing
        left.deadLetters += right.deadLetters
        left.careful += right.careful
    }
}
