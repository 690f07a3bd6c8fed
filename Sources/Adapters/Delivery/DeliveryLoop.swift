public import DomainModel
public import EventLog
public import HubConfiguration
import JSON
public import Room

/// Delivery at work: reads what somebody must be told, commits what it begins, calls, and commits how that went. One
/// thread drives it, over a member of its own, so that neither a slow tool nor its commits stand in the way of those who
/// decide.
public final class DeliveryLoop {
    private let log: any EventLog
    private let topics: HubTopics
    private let codec: RoomCodec
    private let parser = JSONParser()
    private let messages: Messages
    private let places: [(sink: Sink, place: Int)]
    private let settings: Outbox.Settings
    private let transport: any Transport
    private let clock: @Sendable () -> Instant
    private let seed: UInt64

    private let member: any LogMember
    private var outbox: Outbox
    /// What this member reads, and how far it has read.
    private var positions: [TopicPartition: NextOffset] = [:]
    private var unsaved: Set<TopicPartition> = []
    private var savedAt = Instant.distantPast
    /// Where each source ended when it was assigned: what lies before may be over, and is not told of till that is known.
    private var catchingUp: [TopicPartition: NextOffset] = [:]
    private var idleRounds = 0
    /// Numbers of calls under way, with their targets; those from before a rebuild are in no list.
    private var underWay: [(number: Int, target: Int)] = []
    private var lastNumber = 0

    public convenience init(
        log: any EventLog, topics: HubTopics, instance: String, settings: DeliverySettings, sinks: [Sink],
        directory: HubDirectory, allowLists: AllowLists, seed: UInt64, clock: @escaping @Sendable () -> Instant
    ) throws(LogError) {
        try self.init(
            log: log, topics: topics, instance: instance, settings: settings, sinks: sinks, directory: directory,
            allowLists: allowLists, seed: seed, transport: CurlTransport(timeoutSeconds: settings.timeoutSeconds),
            clock: clock)
    }

    init(
        log: any EventLog, topics: HubTopics, instance: String, settings: DeliverySettings, sinks: [Sink],
        directory: HubDirectory, allowLists: AllowLists, seed: UInt64, transport: any Transport,
        clock: @escaping @Sendable () -> Instant
    ) throws(LogError) {
        self.log = log
        self.topics = topics
        codec = RoomCodec(topics: topics)
        messages = Messages(settings, directory, allowLists)
        places = sinks.flatMap { sink in sink.urls.indices.map { (sink: sink, place: $0) } }
        self.settings = Outbox.Settings(
            repost: Int64(settings.repostSeconds) * 1000, resolved: Int64(settings.resolvedSeconds) * 1000,
            backoff: Backoff(
                first: Int64(settings.backoffSeconds) * 1000, most: Int64(settings.backoffSecondsMax) * 1000))
        self.transport = transport
        self.clock = clock
        self.seed = seed
        outbox = Outbox(places.map { $0.sink.target($0.place) }, self.settings, seed: seed)
        member = try log.join(
            ParticipantName(Service.delivery.rawValue), instance: instance, inputs: topics.delivered)
    }

    /// - Parameters:
    ///   - stop: is asked after each round.
    ///   - round: is called after each that went well, with the sinks that take nothing.
    public func run(until stop: () -> Bool, round: ([SinkName]) -> Void) throws(LogError) {
        while !stop() {
            do throws(LogError) {
                try step(wait: DeliveryLimits.idleMilliseconds)
                round(outbox.failing)
            } catch {
                // Brokers give up a transaction now and then; nothing of it stands, and it is done again.
                guard case .aborted = error else { throw error }
                try rebuild()
            }
        }
        // What is under way may have arrived: to be told so now saves a second copy after the start.
        let begun = clock()
        while !underWay.isEmpty, clock().milliseconds(since: begun) < DeliveryLimits.stopMilliseconds {
            try finish(DeliveryLimits.networkMilliseconds)
        }
        try save(at: clock(), isLast: true)
        member.leave()
    }

    /// One round: reads, begins, commits, calls, and takes what has ended.
    /// - Parameter wait: milliseconds, where there is nothing to do.
    func step(wait: Int64) throws(LogError) {
        let limit = ReadLimit(records: DeliveryLimits.readRecordsMax, bytes: DeliveryLimits.readBytesMax)
        let outcome = try member.poll(limit, wait: .milliseconds(pause(wait, at: clock())))
        try take(outcome)
        let sendings = catchingUp.isEmpty ? outbox.begin(at: clock()) : []
        try save(at: clock(), isLast: false)
        for sending in sendings {
            lastNumber += 1
            underWay.append((lastNumber, sending.target))
            let (sink, place) = places[sending.target]
            transport.begin(messages.call(sink, place: place, sending.rows, at: clock()), number: lastNumber)
        }
        guard !underWay.isEmpty else { return }
        if case .records = outcome { try finish(0) } else { try finish(DeliveryLimits.networkMilliseconds) }
    }

    /// How long to wait for a record, milliseconds.
    private func pause(_ wait: Int64, at now: Instant) -> Int64 {
        guard underWay.isEmpty else { return 0 }
        guard catchingUp.isEmpty else { return wait }
        var pause = wait
        if let due = outbox.nextDue { pause = min(pause, due.milliseconds(since: now)) }
        if !unsaved.isEmpty {
            pause = min(pause, DeliveryLimits.positionsMilliseconds - now.milliseconds(since: savedAt))
        }
        return max(0, pause)
    }

    private func finish(_ wait: Int64) throws(LogError) {
        for (number, outcome) in transport.work(milliseconds: wait) {
            guard let place = underWay.firstIndex(where: { $0.number == number }) else { continue }
            outbox.finish(underWay.remove(at: place).target, outcome, at: clock())
        }
        try save(at: clock(), isLast: false)
    }

    private func take(_ outcome: PollOutcome) throws(LogError) {
        switch outcome {
        case .assigned(let sources):
            for source in sources {
                let next = try log.committed(ParticipantName(Service.delivery.rawValue), on: source) ?? .start
                positions[source] = next
                let end = try log.end(of: source)
                if end > next { catchingUp[source] = end }
            }
            try restore(Set(sources.map(\.topic.name)))
        case .revoked(let sources):
            for source in sources {
                positions[source] = nil
                catchingUp[source] = nil
            }
            try rebuild()
        case .records(let source, let records):
            idleRounds = 0
            guard let last = records.last else { return }
            let now = clock()
            for record in records {
                if let incoming = Incoming(record, topics: topics, parser: parser) { outbox.take(incoming, at: now) }
            }
            positions[source] = last.offset.next
            unsaved.insert(source)
            if let end = catchingUp[source], last.offset.next >= end { catchingUp[source] = nil }
        case .idle:
            // Before an end there may be nothing left to show, such as an aborted step.
            idleRounds += 1
            if idleRounds >= 3 { catchingUp.removeAll() }
        }
    }

    /// From what is committed alone: what was read and not committed is read again. What was sent meanwhile may be sent
    /// once more.
    private func rebuild() throws(LogError) {
        try member.rewind()
        unsaved.removeAll()
        for source in positions.keys {
            positions[source] = try log.committed(ParticipantName(Service.delivery.rawValue), on: source) ?? .start
        }
        outbox = Outbox(places.map { $0.sink.target($0.place) }, settings, seed: seed &+ UInt64(lastNumber))
        underWay.removeAll()
        try restore(Set(positions.keys.map(\.topic.name)))
    }

    /// The rows of these topics, from the table.
    private func restore(_ mine: Set<String>) throws(LogError) {
        var next = NextOffset.start
        while true {
            let changes = try log.changes(
                of: topics.table(.delivery), partition: 0, from: next, limit: ReadLimit(records: 5000, bytes: 8 << 20))
            for row in changes.rows {
                do throws(RowError) {
                    try outbox.restore(
                        RowChange(key: row.key, value: row.value), topics: mine, at: clock(), parser: parser)
                } catch {
                    throw .fatal("Delivery's table holds a row that this version cannot read: \(error).")
                }
            }
            next = changes.next
            if changes.isComplete { return }
        }
    }

    /// Rows and what is noted go at once, positions alone now and then.
    private func save(at now: Instant, isLast: Bool) throws(LogError) {
        let changes = outbox.takeChanges()
        let noted = outbox.takeNoted()
        let isOld = now.milliseconds(since: savedAt) >= DeliveryLimits.positionsMilliseconds
        guard !changes.isEmpty || !noted.isEmpty || !unsaved.isEmpty && (isOld || isLast) else { return }
        let step = Step(
            postings: noted.map { codec.record(of: $0) },
            tableChanges: changes.map {
                TableChange(topics.table(.delivery), partition: 0, key: $0.key, value: $0.value)
            },
            // With rows go all positions: where another process has taken a topic over, nothing of this one's stands.
            positions: (changes.isEmpty && noted.isEmpty ? unsaved.sorted() : positions.keys.sorted())
                .compactMap { source in positions[source].map { (source: source, next: $0) } })
        try member.commit(step)
        unsaved.removeAll()
        savedAt = now
    }
}
