public import DomainModel
public import EventLog
import HubConfiguration
public import Room

/// What one message from outside would lead to, decided on a copy of the present state: nothing is stored or published.
///
/// The participants are restored from their tables as by a start, given what they have not read yet, and then the
/// message, which is carried through all of them to rest. What they make of it is what the hub would make of it now;
/// whatever comes in between may change that.
public struct Rehearsal: Sendable {
    /// What the room would hold of it, in order.
    public let events: [Event]
    /// What would be sent to agencies, teams and desks: the topic, and the type of the record.
    public let sent: [(topic: Topic, type: String)]

    /// - Parameters:
    ///   - record: as it would lie on its topic.
    ///   - now: its append time.
    ///   - hosts: all of the room, in the order in which they are given each event.
    public static func of(
        _ record: NewRecord, now: Instant, log: any EventLog, topics: HubTopics, vault: Vault, equipment: Equipment,
        intake: IngressHost, hosts: [RoomHost]
    ) throws(HubError) -> Rehearsal {
        let hub = Hub(
            log: StillLog(log), settings: Hub.Settings(topics: topics), vault: vault, equipment: equipment,
            intake: intake, hosts: hosts)
        hub.intakeMember = StillMember(ParticipantName(intake.service.rawValue))
        hub.members = hosts.map { StillMember(ParticipantName($0.service.rawValue)) }
        try hub.restore(progress: { _ in })
        let stored = StoredRecord(
            source: record.target, offset: Offset(Int64.max / 2), appendTime: now, key: record.key,
            headers: record.headers, value: record.value)
        guard let input = IngressRecord(stored, topics: topics) else {
            return Rehearsal(events: [], sent: [])
        }
        var stage = hub.newStage()
        try hub.catchUp(&stage)
        let before = (events: stage.room.map(\.count), records: stage.records.count)
        try hub.decide(
            IngressBatch(records: [input], positions: [(record.target, NextOffset(Int64.max / 2 + 1))]), into: &stage)
        try hub.settle(&stage, reading: [], carrying: true)

        var events: [Event] = []
        for (place, room) in stage.room.enumerated() { events += room.dropFirst(before.events[place]) }
        var sent: [(topic: Topic, type: String)] = []
        for staged in stage.records.dropFirst(before.records)
        where topics.cleanup(ofOutgoing: staged.target.topic) != nil {
            let type = staged.headers.first("ce_type").map { String(decoding: $0, as: UTF8.self) }
            sent.append((staged.target.topic, type ?? ""))
        }
        return Rehearsal(events: events, sent: sent)
    }
}

extension Hub {
    fileprivate func newStage() -> Stage { Stage(codec: codec, vault: vault, limits: limits) }

    /// Gives every host what lies in the room and it has not read, and what follows from that.
    fileprivate func catchUp(_ stage: inout Stage) throws(HubError) {
        while true {
            let backlog = try readBacklog()
            guard backlog.contains(where: { !$0.isEmpty }) else { break }
            try settle(&stage, reading: backlog, carrying: false)
        }
        // Behind the last record some logs have offsets that no record has.
        for index in cursors.indices { cursors[index] = ends }
        try settle(&stage, reading: [], carrying: true)
    }
}

/// A log that is read and never written.
private final class StillLog: CarryingLog {
    private let inner: any EventLog

    init(_ inner: any EventLog) { self.inner = inner }

    func ensure(_ topics: [TopicSpecification]) {}
    func topics() throws(LogError) -> [TopicSpecification] { try inner.topics() }
    func append(_ records: [NewRecord]) throws(LogError) -> [Offset] { throw .fatal("a rehearsal stores nothing") }
    func read(_ source: TopicPartition, from: NextOffset, limit: ReadLimit) throws(LogError) -> ReadResult {
        try inner.read(source, from: from, limit: limit)
    }
    func end(of source: TopicPartition) throws(LogError) -> NextOffset { try inner.end(of: source) }
    func committed(_ participant: ParticipantName, on source: TopicPartition) throws(LogError) -> NextOffset? {
        try inner.committed(participant, on: source)
    }
    func changes(of table: TableName, partition: Int32, from: NextOffset, limit: ReadLimit) throws(LogError)
        -> TableChanges
    { try inner.changes(of: table, partition: partition, from: from, limit: limit) }
    func join(_ participant: ParticipantName, instance: String, inputs: [TopicPattern]) -> any LogMember {
        StillMember(participant)
    }
    func commit(_ steps: [(member: any LogMember, step: Step)], expecting: [(TopicPartition, NextOffset)]) {}
}

private final class StillMember: LogMember {
    let participant: ParticipantName

    init(_ participant: ParticipantName) { self.participant = participant }

    func poll(_ limit: ReadLimit, wait: Duration) -> PollOutcome { .idle }
    func commit(_ step: Step) {}
    func rewind() {}
    func hold(_ sources: [TopicPartition]) {}
    func release(_ source: TopicPartition, at next: NextOffset?) {}
    func leave() {}
}
