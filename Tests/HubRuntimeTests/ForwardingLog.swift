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

/// A member that alters some of what another one does; everything else it passes on.
protocol ForwardingMember: LogMember {
    var inner: any LogMember { get }
}

extension ForwardingMember {
    var participant: ParticipantName { inner.participant }
    func poll(_ limit: ReadLimit, wait: Duration) throws(LogError) -> PollOutcome { try inner.poll(limit, wait: wait) }
    func commit(_ step: Step) throws(LogError) { try inner.commit(step) }
    func rewind() throws(LogError) { try inner.rewind() }
    func hold(_ sources: [TopicPartition]) throws(LogError) { try inner.hold(sources) }
    func release(_ source: TopicPartition, at next: NextOffset?) throws(LogError) {
        try inner.release(source, at: next)
    }
    func leave() { inner.leave() }
}
