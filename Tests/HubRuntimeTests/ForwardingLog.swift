import EventLog

/// A log that stands before another one and alters what its members do; everything else it passes on.
protocol ForwardingLog: EventLog {
    var target: any EventLog { get }
}

extension ForwardingLog {
    func ensure(_ topics: [TopicSpecification]) throws(LogError) { try target.ensure(topics) }
    func topics() throws(LogError) -> [TopicSpecification] { try target.topics() }
    func append(_ records: [NewRecord]) throws(LogError) -> [Offset] { try target.append(records) }
    func read(_ source: TopicPartition, from: NextOffset, limit: ReadLimit) throws(LogError) -> ReadResult {
        try target.read(source, from: from, limit: limit)
    }
    func end(of source: TopicPartition) throws(LogError) -> NextOffset { try target.end(of: source) }
    func committed(_ participant: ParticipantName, on source: TopicPartition) throws(LogError) -> NextOffset? {
        try target.committed(participant, on: source)
    }
    func changes(of table: TableName, partition: Int32, from: NextOffset, limit: ReadLimit) throws(LogError)
        -> TableChanges
    {
        try target.changes(of: table, partition: partition, from: from, limit: limit)
    }
}
