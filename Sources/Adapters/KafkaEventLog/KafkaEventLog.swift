public import EventLog
public import Kafka
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The log on Kafka, exactly once.
///
/// A step is one transaction: postings, table changes and next positions. A participant is a consumer group, a member
/// one consumer and one transactional producer with the same stable name; a table is a compacted topic of its own name.
/// `Kafka.md` says how all of it lies on the brokers, and which rules are kept.
public final class KafkaEventLog: EventLog {
    public struct Settings: Sendable {
        public var kafka: KafkaSettings
        /// In front of the names of groups and transactional ids, so that several hubs can share a cluster. Topics
        /// come with theirs.
        public var prefix: String
        /// Copies of each topic that ``KafkaEventLog/ensure(_:)`` makes; nil for what the brokers do by default.
        public var replication: Int?
        /// How long the group waits for a member that was killed before its inputs go to others.
        public var sessionMilliseconds: Int
        /// How long a member may work on what it polled before it counts as dead.
        public var pollIntervalMilliseconds: Int
        /// How long the brokers leave the transaction of a dead member open.
        public var transactionMilliseconds: Int
        /// How soon a topic that appears is found.
        public var topicRefreshMilliseconds: Int
        /// Told every few seconds by each client of a member; nil counts nothing.
        public var statistics: (@Sendable (ParticipantName, KafkaStatistics) -> Void)?
        /// For tests of processes alone: where a member comes to harm.
        public var faults: Faults?
        #if DEBUG
            /// A bug that a build for tests may be given, to see that it is found: each process writes under a name of
            /// its own and commits for a group that it may have lost.
            package var isWithoutFencing = false
        #endif

        public init(
            _ kafka: KafkaSettings, prefix: String = "", replication: Int? = nil, sessionMilliseconds: Int = 10_000,
            pollIntervalMilliseconds: Int = 600_000, transactionMilliseconds: Int = 15_000,
            topicRefreshMilliseconds: Int = 2_000,
            statistics: (@Sendable (ParticipantName, KafkaStatistics) -> Void)? = nil
        ) {
            self.kafka = kafka
            self.prefix = prefix
            self.replication = replication
            self.sessionMilliseconds = sessionMilliseconds
            self.pollIntervalMilliseconds = pollIntervalMilliseconds
            self.transactionMilliseconds = transactionMilliseconds
            self.topicRefreshMilliseconds = topicRefreshMilliseconds
            self.statistics = statistics
        }

        func group(of participant: ParticipantName) -> String { "\(prefix)\(participant)" }

        func transactionalID(of participant: ParticipantName, instance: String) -> String {
            #if DEBUG
                if isWithoutFencing { return "\(prefix)\(participant)-\(instance)-\(getpid())" }
            #endif
            return "\(prefix)\(participant)-\(instance)"
        }
    }

    /// How long `changes` waits for a row that an open transaction may yet hold back.
    private static let changesPatience = Duration.milliseconds(50)
    /// How long a read waits for records that the brokers say are there.
    private static let readPatience = Duration.seconds(30)
    /// How long a topic that is there may go unheard of.
    private static let unheardPatience = Duration.seconds(20)
    /// How long a committed position may take to become certain; an open transaction keeps it uncertain.
    private static let stablePatience = Duration.seconds(2)

    let settings: Settings
    let catalogue: Catalogue
    private let gate = Gate()
    private let reader: KafkaReader
    private let producer: KafkaProducer
    private let groups: Mutex<[String: KafkaGroupReader]> = Mutex([:])
    private let scans = Mutex<[TopicPartition: Scan]>([:])

    /// One reading of a table to where it ended when it began.
    private struct Scan {
        let target: NextOffset
        var next: NextOffset
    }

    /// - Throws: `.fatal` where the settings are not what librdkafka takes, or no broker answers.
    public init(_ settings: Settings) throws(LogError) {
        self.settings = settings
        do throws(KafkaError) {
            let reader = try KafkaReader(settings.kafka)
            let producer = try KafkaProducer(settings.kafka)
            let catalogue = Catalogue(reader: reader, settings: settings)
            try catalogue.refresh()
            self.reader = reader
            self.producer = producer
            self.catalogue = catalogue
        } catch {
            throw LogError(error)
        }
    }

    /// Ends all use of the brokers but that of members, who leave by themselves. A second call does nothing.
    public func close() {
        guard gate.close(within: .seconds(30)) else { return }
        producer.close()
        reader.close()
        let held = groups.withLock { groups in
            defer { groups.removeAll() }
            return Array(groups.values)
        }
        for group in held { group.close() }
    }

    deinit { close() }

    // MARK: EventLog

    public func ensure(_ topics: [TopicSpecification]) throws(LogError) {
        try gate.pass { () throws(LogError) in try catalogue.ensure(topics) }
    }

    public func topics() throws(LogError) -> [TopicSpecification] {
        try gate.pass { () throws(LogError) in
            do throws(KafkaError) { return try catalogue.all() } catch { throw LogError(error) }
        }
    }

    public func append(_ records: [NewRecord]) throws(LogError) -> [Offset] {
        if records.isEmpty { return [] }
        return try gate.pass { () throws(LogError) in
            var records = records
            var entry = try catalogue.entry(of: records[0].target)
            for (index, record) in records.enumerated() {
                if entry.topic != record.target.topic { entry = try catalogue.entry(of: record.target) }
                try entry.check(record.target, bytes: record.byteCount)
                if record.key == nil { records[index].key = entry.key(of: record) }
            }
            do throws(KafkaError) {
                return try producer.append(records)
            } catch {
                throw LogError(error, writing: records[0].target.topic)
            }
        }
    }

    public func read(_ source: TopicPartition, from: NextOffset, limit: ReadLimit) throws(LogError) -> ReadResult {
        try gate.pass { () throws(LogError) in
            _ = try catalogue.entry(of: source)
            do throws(KafkaError) {
                return try found { () throws(KafkaError) in try committedRecords(source, from: from, limit: limit) }
            } catch {
                throw LogError(error, reading: source, from: from)
            }
        }
    }

    /// Asks again where the answer is that there is no such topic. Only topics that the catalogue has are asked for, so it
    /// is a broker on the move that says so, or one that has just come back: whoever believed it would end the hub.
    private func found<Value>(_ body: () throws(KafkaError) -> Value) throws(KafkaError) -> Value {
        try retrying(
            for: KafkaEventLog.unheardPatience, while: { $0.isUnheardOf }, meanwhile: { _ = try? reader.topics() }, body
        )
    }

    private func committedRecords(_ source: TopicPartition, from: NextOffset, limit: ReadLimit) throws(KafkaError)
        -> ReadResult
    {
        let marks = try reader.committedWatermarks(of: source)
        var from = from
        if from < marks.low {
            // The start is wherever the log begins; any other position was read before, and what lay there is lost.
            guard from == .start else { throw KafkaError(.offsetOutOfRange, "\(source): \(from) is no longer there") }
            from = marks.low
        }
        if from >= marks.high {
            if from > marks.high, try from > reader.end(of: source) {
                throw KafkaError(.offsetOutOfRange, "\(source): \(from) lies behind the end")
            }
            return ReadResult(records: [], next: from)
        }
        var records: [StoredRecord] = []
        let next = try reader.read(
            source, from: from, until: marks.high, limit: limit, patience: KafkaEventLog.readPatience
        ) { records.append($0) }
        return ReadResult(records: records, next: next)
    }

    public func end(of source: TopicPartition) throws(LogError) -> NextOffset {
        try gate.pass { () throws(LogError) in
            _ = try catalogue.entry(of: source)
            do throws(KafkaError) {
                return try found { () throws(KafkaError) in try reader.committedEnd(of: source) }
            } catch {
                throw LogError(error, reading: source)
            }
        }
    }

    public func committed(_ participant: ParticipantName, on source: TopicPartition) throws(LogError) -> NextOffset? {
        try gate.pass { () throws(LogError) in
            _ = try catalogue.entry(of: source)
            do throws(KafkaError) {
                return try found { () throws(KafkaError) in try committedPosition(participant, source) }
            } catch {
                throw LogError(error, reading: source)
            }
        }
    }

    /// A commit that was acknowledged a moment ago is seen; one that is still open is not waited for long.
    private func committedPosition(_ participant: ParticipantName, _ source: TopicPartition) throws(KafkaError)
        -> NextOffset?
    {
        let group = settings.group(of: participant)
        do throws(KafkaError) {
            return try groupReader(group, isStable: true).committed([source], within: KafkaEventLog.stablePatience)[0]
        } catch {
            guard error.remedy == .retry else { throw error }
            return try groupReader(group, isStable: false).committed([source], within: .seconds(30))[0]
        }
    }

    private func groupReader(_ group: String, isStable: Bool) throws(KafkaError) -> KafkaGroupReader {
        let name = isStable ? group : "\(group) uncertain"
        if let held = groups.withLock({ $0[name] }) { return held }
        let made = try KafkaGroupReader(settings.kafka, group: group, isStable: isStable)
        // Of two that made one at the same time, both get the first.
        return groups.withLock { groups in
            if let held = groups[name] { return held }
            groups[name] = made
            return made
        }
    }

    public func changes(of table: TableName, partition: Int32, from: NextOffset, limit: ReadLimit) throws(LogError)
        -> TableChanges
    {
        let source = TopicPartition(Topic(table.text), partition)
        return try gate.pass { () throws(LogError) in
            _ = try catalogue.entry(of: source)
            do throws(KafkaError) {
                return try found { () throws(KafkaError) in try committedRows(of: source, from: from, limit: limit) }
            } catch {
                throw LogError(error, reading: source, from: from)
            }
        }
    }

    /// Complete is what was written, by whomever and however far, when the reading began: an end that takes no account
    /// of open transactions would let a restore miss what was committed before it.
    private func committedRows(of source: TopicPartition, from: NextOffset, limit: ReadLimit) throws(KafkaError)
        -> TableChanges
    {
        let begun = scans.withLock { scans in scans[source].flatMap { $0.next == from && from != .start ? $0 : nil } }
        var from = from
        let target: NextOffset
        if let begun {
            target = begun.target
        } else {
            let marks = try reader.watermarks(of: source)
            from = max(from, marks.low)
            target = marks.high
        }
        var rows: [(key: [UInt8], value: [UInt8]?)] = []
        var next = from
        if from < target {
            next = try reader.read(
                source, from: from, until: target, limit: limit, patience: KafkaEventLog.changesPatience
            ) { record in rows.append((record.key ?? [], record.value)) }
        }
        let isComplete = next >= target
        scans.withLock { $0[source] = isComplete ? nil : Scan(target: target, next: next) }
        return TableChanges(rows: rows, next: next, isComplete: isComplete)
    }

    public func join(_ participant: ParticipantName, instance: String, inputs: [TopicPattern]) throws(LogError)
        -> any LogMember
    {
        try gate.pass { () throws(LogError) in
            try KafkaMember(participant, instance: instance, inputs: inputs, log: self)
        }
    }
}

extension LogError {
    /// What a caller of the log is told of an error of the library.
    init(_ error: KafkaError, reading source: TopicPartition? = nil, from: NextOffset = .start) {
        switch (error.code, source) {
        case (.offsetOutOfRange, let source?): self = .outOfRange(source, from)
        case (.unknownTopicOrPartition, let source?), (.unknownTopicHere, let source?),
            (.unknownPartitionHere, let source?):
            self = .unknownTopic(source.topic)
        default: self = error.isFencing ? .fenced(error.description) : .fatal(error.description)
        }
    }

    init(_ error: KafkaError, writing topic: Topic) {
        switch error.code {
        case .unknownTopicOrPartition, .unknownTopicHere, .unknownPartitionHere: self = .unknownTopic(topic)
        default:
            self = error.remedy == .fatal || error.isDenial ? .fatal(error.description) : .aborted(error.description)
        }
    }
}
