public import DomainModel
public import EventLog
public import HubConfiguration

/// One record from outside, as Intake reads it: nothing in it has been checked.
public struct IngressRecord: Sendable {
    /// Whose topic it lay on. The sender is the topic's owner, whatever the payload claims.
    public var topic: IngressTopic
    /// The topic's name, its partition and the offset in it: goes into the id of a dead letter.
    public var position: InputPosition
    /// The append time that the log gave it: the hub's receipt time.
    public var receivedAt: Instant
    public var key: [UInt8]?
    public var headers: Headers
    /// Nil for a tombstone.
    public var value: [UInt8]?

    public init(
        topic: IngressTopic, position: InputPosition, receivedAt: Instant, key: [UInt8]? = nil,
        headers: Headers = Headers(), value: [UInt8]?
    ) {
        self.topic = topic
        self.position = position
        self.receivedAt = receivedAt
        self.key = key
        self.headers = headers
        self.value = value
    }

    /// - Returns: nil where the topic is none that Intake reads.
    public init?(_ record: StoredRecord, topics: HubTopics) {
        guard let topic = topics.ingress(record.source.topic) else { return nil }
        self.init(
            topic: topic,
            position: InputPosition(
                topic: record.source.topic.name, partition: record.source.partition, offset: record.offset.value),
            receivedAt: record.appendTime, key: record.key, headers: record.headers, value: record.value)
    }
}

/// The one participant that has no position in the room: it reads what comes from outside. As pure as the others: no
/// clock, no I/O, no randomness.
///
/// There is no `replay`: its rows are committed with its postings, and nothing of it is rebuilt from the room.
public protocol IngressParticipant {
    static var service: Service { get }

    init(_ equipment: Equipment)

    /// Total: every record gives postings, an accepted one in the room, a refused one as a dead letter, and its sender
    /// is told. `Part.opened` holds plain bytes and `Part.sealed` is nil: the runtime draws key and nonce and seals.
    /// The runtime adopts before it hands over the first record; one that came before would be refused as from an
    /// unknown sender, and kept as a dead letter.
    mutating func receive(_ record: IngressRecord) -> [Posting]

    /// Refuses a record that the runtime sets aside, as any other is refused: a dead letter, an event in the room, and a
    /// word to the sender. Leaves no trace in the state, so that a corrected message may come with the same id.
    mutating func setAside(_ record: IngressRecord, as reason: SetAsideReason) -> [Posting]

    /// Adopts, authority by authority in the order of their codes, what differs from what its table says is in force.
    /// No posting where nothing differs. An id comes from the previous adoption's id and the content's hash.
    /// - Parameter now: the append time of the ingress position that the runtime sends in the same transaction, or the
    ///   clock at the edge where nothing has been read yet.
    mutating func adopt(_ directory: HubDirectory, policies: [Policy], now: Instant) -> [Posting]

    /// The rows that changed since the last call, in the order of their first change.
    mutating func takeChanges() -> [RowChange]
    /// Takes one row back as `takeChanges` gave it. All rows are restored before the first `adopt` and `receive`.
    mutating func restore(_ row: RowChange) throws(RowError)
}

/// Why the runtime takes an input away from a participant instead of letting it decide.
public enum SetAsideReason: String, Hashable, Sendable, CaseIterable {
    /// The participant ended the process on it again and again.
    case undecidable
    /// What it posted on it was larger than a record may be.
    case tooLarge = "too-large"
    /// It is about the same referral or case as one set aside before it.
    case waits = "waits-behind-undecidable"
}
