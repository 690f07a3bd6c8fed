import EventLog

/// The topics and where their partitions lie: stream n + p is partition p of the topic whose first stream is n.
struct Catalogue: Sendable {
    private(set) var specifications: [TopicSpecification] = []
    private var firstStreams: [Int] = []
    private var numbers: [Topic: Int] = [:]
    private(set) var streamCount = 0

    mutating func add(_ specification: TopicSpecification) {
        numbers[specification.topic] = specifications.count
        specifications.append(specification)
        firstStreams.append(streamCount)
        streamCount += Int(specification.partitions)
    }

    func number(of topic: Topic) -> Int? { numbers[topic] }

    func stream(of source: TopicPartition) throws(LogError) -> Int {
        guard let number = numbers[source.topic] else { throw .unknownTopic(source.topic) }
        return try stream(number, source)
    }

    func stream(_ number: Int, _ source: TopicPartition) throws(LogError) -> Int {
        guard source.partition >= 0, source.partition < specifications[number].partitions else {
            throw .unknownTopic(source.topic)
        }
        return firstStreams[number] + Int(source.partition)
    }

    var sorted: [TopicSpecification] { specifications.sorted { $0.topic < $1.topic } }

    /// Reads all topics; their streams follow one another in the order of their numbers.
    init(from statement: Statement) throws(LogError) {
        defer { statement.reset() }
        while try statement.step() {
            guard let cleanup = TopicSpecification.Cleanup(rawValue: statement.text(2)),
                statement.integer(5) == Int64(streamCount)
            else { throw .fatal("The log's file is damaged (its topics): restore it from a backup.") }
            add(
                TopicSpecification(
                    Topic(statement.text(0)), partitions: Int32(truncatingIfNeeded: statement.integer(1)),
                    cleanup: cleanup,
                    retentionMilliseconds: statement.isNull(3) ? nil : statement.integer(3),
                    recordBytesMax: Int(statement.integer(4))))
        }
    }

    init() {}

    static let query = """
        SELECT name, partitions, cleanup, retention_milliseconds, record_bytes_max, first_stream FROM topics
        ORDER BY first_stream
        """
}

/// What members and readers look at without asking SQLite: the topics, and the end of each stream as last seen.
struct Directory: Sendable {
    var catalogue = Catalogue()
    /// By stream. May be behind for what other processes append, by one interval of looking.
    private(set) var ends: [Int64] = []

    /// Ends only rise: of two that look at once, the one with the older view must not take an end back.
    mutating func raise(_ stream: Int, to end: Int64) {
        if stream >= ends.count { ends.append(contentsOf: repeatElement(0, count: stream + 1 - ends.count)) }
        if end > ends[stream] { ends[stream] = end }
    }

    func end(_ stream: Int) -> Int64 { stream < ends.count ? ends[stream] : 0 }
}
