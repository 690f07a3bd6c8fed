import CRDKafka
public import EventLog

/// A member of a consumer group, on the one thread that polls it. Nothing is committed by itself: a position is
/// committed with what was made of the records before it.
///
/// Assigned eagerly by range, as a static member: the cooperative assignor of 2.0.2 loses partitions and crashes.
public struct KafkaConsumer: ~Copyable {
    public struct Settings: Sendable {
        public var group: String
        /// Names this member in its group; a second one with the name takes its place.
        public var instance: String?
        /// How long the group waits for a member that says nothing before its partitions go to others.
        public var sessionMilliseconds: Int
        /// How long a member may work on what it polled.
        public var pollIntervalMilliseconds: Int
        /// How soon a topic is found that a pattern names.
        public var topicRefreshMilliseconds: Int

        public init(
            group: String, instance: String? = nil, sessionMilliseconds: Int = 10_000,
            pollIntervalMilliseconds: Int = 600_000, topicRefreshMilliseconds: Int = 2_000
        ) {
            self.group = group
            self.instance = instance
            self.sessionMilliseconds = sessionMilliseconds
            self.pollIntervalMilliseconds = pollIntervalMilliseconds
            self.topicRefreshMilliseconds = topicRefreshMilliseconds
        }
    }

    public enum Event: Sendable {
        /// With the committed position of each; nil where the group has none: those are read from their first record.
        case assigned([(source: TopicPartition, committed: NextOffset?)])
        /// Gone, and nothing of them can be committed any more.
        case revoked([TopicPartition])
    }

    private var client: KafkaClient
    private let rebalances: Rebalances
    private let listener: KafkaListener
    let group: String

    /// - Parameter onRevoke: called while partitions are being taken away, before they are let go.
    public init(
        _ settings: KafkaSettings, _ member: Settings, inputs: [TopicPattern],
        statistics: (@Sendable (KafkaStatistics) -> Void)? = nil, onRevoke: (() -> Void)? = nil
    ) throws(KafkaError) {
        let configuration = try KafkaConfiguration(settings)
        try configuration.set("group.id", member.group)
        if let instance = member.instance { try configuration.set("group.instance.id", instance) }
        try configuration.set("partition.assignment.strategy", "range")
        try configuration.set("session.timeout.ms", String(member.sessionMilliseconds))
        // Four beats a session: one may be lost on a busy machine without the group noticing.
        try configuration.set("heartbeat.interval.ms", String(max(100, member.sessionMilliseconds / 4)))
        try configuration.set("max.poll.interval.ms", String(member.pollIntervalMilliseconds))
        try configuration.set("topic.metadata.refresh.interval.ms", String(member.topicRefreshMilliseconds))
        try configuration.set("enable.auto.commit", "false")
        try configuration.set("enable.auto.offset.store", "false")
        try configuration.set("isolation.level", "read_committed")
        // Neither end will do where a position is lost: the first would decide again, the last would lose.
        try configuration.set("auto.offset.reset", "error")
        try configuration.set("allow.auto.create.topics", "false")
        // What is fetched ahead must last for longer than the second for which 2.0.2 fetches nothing once it is full.
        try configuration.set("queued.min.messages", "200000")
        try configuration.set("queued.max.messages.kbytes", "65536")
        try configuration.set("fetch.error.backoff.ms", "100")
        try KafkaStatistics.configure(configuration, isWanted: statistics != nil)
        try configuration.setAll(settings.extra)

        let rebalances = Rebalances(onRevoke: onRevoke)
        let listener = KafkaListener(settings)
        listener.rebalance = { client, isAssignment, list in
            rebalances.turn(client, isAssignment: isAssignment, list: list)
        }
        listener.statistics = statistics.map(KafkaStatistics.listener)
        let client = try KafkaClient(.consumer, configuration, listener: listener)
        rd_kafka_poll_set_consumer(client.pointer)
        let list = try TopicList(reserving: inputs.count)
        for input in inputs { list.add(TopicPartition(Topic(KafkaConsumer.expression(input)), -1)) }
        let code = rd_kafka_subscribe(client.pointer, list.pointer)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(code, doing: "subscribing") }
        group = member.group
        self.rebalances = rebalances
        self.listener = listener
        self.client = client
    }

    /// A name as it is, or an expression for names with the same beginning and end.
    static func expression(_ pattern: TopicPattern) -> String {
        switch pattern {
        case .exact(let topic): topic.name
        case .affixes(let prefix, let suffix): "^\(escaped(prefix)).+\(escaped(suffix))$"
        }
    }

    /// Of the characters that a topic's name may have, only the full stop means something in an expression.
    private static func escaped(_ text: String) -> String {
        text.split(separator: ".", omittingEmptySubsequences: false).joined(separator: "\\.")
    }

    /// Waits for a record, and hands it to `take`; returns before that where partitions came or went.
    /// - Returns: whether there was a record.
    public mutating func poll(milliseconds: Int32, _ take: (borrowing KafkaMessage) -> Void) throws(KafkaError) -> Bool
    {
        guard let message = rd_kafka_consumer_poll(client.pointer, milliseconds) else {
            if let failure = rebalances.takeFailure() { throw failure }
            return false
        }
        defer { rd_kafka_message_destroy(message) }
        if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
            take(KafkaMessage(message))
            return true
        }
        try refuse(message)
        return false
    }

    private func refuse(_ message: UnsafeMutablePointer<rd_kafka_message_t>) throws(KafkaError) {
        let error = KafkaError(message.pointee.err, doing: "reading")
        switch error.code {
        case .fatal: throw client.fatalError ?? KafkaError(.fatal, remedy: .fatal, error.text)
        case .noPosition, .offsetOutOfRange:
            let place = message.pointee.rkt.map {
                "\(String(cString: rd_kafka_topic_name($0)))/\(message.pointee.partition)"
            }
            throw KafkaConsumer.lost(place ?? "a partition")
        case .topicDenied, .groupDenied, .clusterDenied: throw KafkaError(error.code, remedy: .fatal, error.text)
        default:
            // A topic that is not there yet, a broker on the move, a poll that came late: each rights itself, or shows
            // as a revocation.
            return
        }
    }

    /// What came of the group during the last call of ``poll(milliseconds:_:)``, in order.
    public mutating func nextEvent() -> Event? { rebalances.next() }

    /// Gives nothing of these until they are resumed.
    public mutating func pause(_ sources: [TopicPartition]) throws(KafkaError) {
        guard !sources.isEmpty else { return }
        let list = try TopicList(sources)
        let code = rd_kafka_pause_partitions(client.pointer, list.pointer)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(code, doing: "pausing") }
        if let error = list.firstError(doing: "pausing") { throw error }
        rebalances.pause(sources)
    }

    /// Only what was paused: resuming another reads old records again (librdkafka 4636).
    public mutating func resume(_ sources: [TopicPartition]) throws(KafkaError) {
        let paused = rebalances.unpause(sources)
        guard !paused.isEmpty else { return }
        let list = try TopicList(paused)
        let code = rd_kafka_resume_partitions(client.pointer, list.pointer)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(code, doing: "resuming") }
        if let error = list.firstError(doing: "resuming") { throw error }
    }

    /// Reads on from these positions; nil from the first record.
    public mutating func seek(_ positions: [(source: TopicPartition, next: NextOffset?)]) throws(KafkaError) {
        guard !positions.isEmpty else { return }
        let limit = ContinuousClock.now + .seconds(30)
        var look = ContinuousClock.now + .seconds(1)
        while true {
            let list = try TopicList(reserving: positions.count)
            for (source, next) in positions { list.add(source, at: next?.value ?? Int64(RD_KAFKA_OFFSET_BEGINNING)) }
            // Of 2.0.2 any other time-out than none is a thousand times too short (librdkafka 4230).
            let error =
                KafkaError(consuming: rd_kafka_seek_partitions(client.pointer, list.pointer, -1), doing: "seeking")
                ?? list.firstError(doing: "seeking")
            guard let error else { return }
            // A partition that was assigned a moment ago has not been started yet. The library's own threads do that: to
            // serve its queue here by anything but ``poll(milliseconds:_:)`` would end the process at the first record or
            // error that lies in it.
            guard error.code == .state || error.code == .inProgress, ContinuousClock.now < limit else { throw error }
            // One whose position is gone is never started, and what says so lies in that queue.
            if ContinuousClock.now >= look {
                try refuseLost(positions)
                look = .now + .seconds(1)
            }
            sleepBriefly()
        }
    }

    private func refuseLost(_ positions: [(source: TopicPartition, next: NextOffset?)]) throws(KafkaError) {
        for (source, next) in positions {
            guard let next, try next < firstPosition(of: source) else { continue }
            throw KafkaConsumer.lost(source.description)
        }
    }

    private static func lost(_ place: String) -> KafkaError {
        KafkaError(.offsetOutOfRange, "reading \(place): the position is not in the log")
    }

    /// The positions that the group has committed and no open transaction can change.
    public func committed(_ sources: [TopicPartition]) throws(KafkaError) -> [NextOffset?] {
        try retrying(for: .seconds(30)) { () throws(KafkaError) in try client.committed(sources, milliseconds: 5_000) }
    }

    /// The first position that the log still has.
    public func firstPosition(of source: TopicPartition) throws(KafkaError) -> NextOffset {
        NextOffset(try client.beginning(of: source))
    }

    var pointer: OpaquePointer { client.pointer }

    /// Why this member can do nothing more.
    public var fatalError: KafkaError? { client.fatalError }

    /// The last thing that went wrong outside any call.
    public var lastError: KafkaError? { listener.lastError }

    /// Leaves. A static member's partitions are kept for it until its session ends.
    @discardableResult
    public consuming func close(within limit: Duration = .seconds(10)) -> Bool { client.close(within: limit) }

    /// Ends as a killed process would: without a word to the group.
    @discardableResult
    public consuming func abandon(within limit: Duration = .seconds(10)) -> Bool {
        client.close(within: limit, leavingGroup: false)
    }
}

/// What the group decided, as told inside `poll`: so between two steps, when nothing is in flight.
private final class Rebalances {
    private var events: [KafkaConsumer.Event] = []
    private var failure: KafkaError?
    private var paused: [TopicPartition] = []
    private let onRevoke: (() -> Void)?

    init(onRevoke: (() -> Void)?) { self.onRevoke = onRevoke }

    func next() -> KafkaConsumer.Event? { events.isEmpty ? nil : events.removeFirst() }

    func takeFailure() -> KafkaError? {
        defer { failure = nil }
        return failure
    }

    func pause(_ sources: [TopicPartition]) { paused += sources.filter { !paused.contains($0) } }

    func unpause(_ sources: [TopicPartition]) -> [TopicPartition] {
        let found = sources.filter { paused.contains($0) }
        paused.removeAll { found.contains($0) }
        return found
    }

    func turn(
        _ client: OpaquePointer, isAssignment: Bool, list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    ) {
        // The poll that this happens in returns at once, so that its caller learns of it.
        defer { rd_kafka_yield(client) }
        guard let list else { return }
        let sources = (0..<Int(list.pointee.cnt)).map { TopicList.source(list.pointee.elems[$0]) }
        if isAssignment { assign(client, list, sources) } else { revoke(client, sources) }
    }

    private func assign(
        _ client: OpaquePointer, _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>,
        _ sources: [TopicPartition]
    ) {
        do throws(KafkaError) {
            // An open transaction of an earlier owner may still move a position: it is committed or aborted before
            // these are known.
            let committed = try retrying(for: .seconds(40)) { () throws(KafkaError) in
                try KafkaClient.committed(client, sources, milliseconds: 5_000)
            }
            for (index, next) in committed.enumerated() {
                list.pointee.elems[index].offset = next?.value ?? Int64(RD_KAFKA_OFFSET_BEGINNING)
            }
            let code = rd_kafka_assign(client, list)
            if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(code, doing: "taking what was assigned") }
            events.append(
                .assigned(zip(sources, committed).map { (source: $0, committed: $1) }.sorted { $0.source < $1.source }))
        } catch {
            failure = error
            rd_kafka_assign(client, nil)
        }
    }

    private func revoke(_ client: OpaquePointer, _ sources: [TopicPartition]) {
        onRevoke?()
        // The library remembers a pause across assignments; whoever gets the partition next starts unpaused.
        if !paused.isEmpty, let list = try? TopicList(paused) { rd_kafka_resume_partitions(client, list.pointer) }
        paused.removeAll()
        rd_kafka_assign(client, nil)
        events.append(.revoked(sources.sorted()))
    }
}
