public import DomainModel
public import EventLog
public import HubConfiguration
import JSON
public import Room
import Sealing

/// The loop around the participants: read → decide → commit. One thread drives it.
///
/// On a log that carries (`CarryingLog`), one process decides: what Intake makes of a batch is carried through all
/// participants to rest, and lands in one commit. The ids are those of any other way, since they come from causes; and
/// every participant sees the room in the order in which it is committed, so a replay gives the same decisions.
public final class Hub {
    public struct Settings: Sendable {
        public var topics: HubTopics
        /// Ingress records per commit; also how many records of the room a participant reads at once when it lags.
        public var batch: ReadLimit
        /// Names this process among those of the same participant; a second one with the same name fences the first.
        public var instance: String
        /// Whether a step returns while its commit is still under way: then the next batch is decided meanwhile. What a
        /// step did is in the log after ``Hub/flush()``, or once a step did nothing.
        public var commitsBehind: Bool

        public init(
            topics: HubTopics,
            batch: ReadLimit = ReadLimit(records: Limits.batchRecordsMax, bytes: Limits.batchBytesMax),
            instance: String = "one", commitsBehind: Bool = false
        ) {
            self.commitsBehind = commitsBehind
            self.topics = topics
            self.batch = batch
            self.instance = instance
        }
    }

    private let log: any CarryingLog
    private let settings: Settings
    private let codec: RoomCodec
    private let vault: Vault
    private let equipment: Equipment
    private let parser = JSONParser()
    private let intake: IngressHost?
    private let hosts: [RoomHost]

    private var intakeMember: (any LogMember)?
    private var members: [any LogMember] = []
    /// Where each room partition ends.
    private var ends: [NextOffset]
    /// The position of each host (first index) on each room partition.
    private var cursors: [[NextOffset]]
    /// An ingress position to send again with an adoption, so that the commit is fenced like any other.
    private var ingressPositions: [TopicPartition: NextOffset] = [:]
    private var firstIngress: TopicPartition?
    /// The topics written since ``takeTouched()``: where a reader in this process need look.
    private var touched: Set<Topic> = []
    private var attempts: AttemptLedger
    private let handover = Handover()

    /// - Parameters:
    ///   - intake: nil where another process runs Intake.
    ///   - hosts: the participants of the room that this process runs.
    public init(
        log: any CarryingLog, settings: Settings, vault: Vault, equipment: Equipment, intake: IngressHost?,
        hosts: [RoomHost]
    ) {
        self.log = log
        self.settings = settings
        self.vault = vault
        self.equipment = equipment
        self.intake = intake
        self.hosts = hosts
        codec = RoomCodec(topics: settings.topics)
        let partitions = Int(settings.topics.partitions)
        ends = Array(repeating: .start, count: partitions)
        cursors = hosts.map { _ in Array(repeating: .start, count: partitions) }
        attempts = AttemptLedger(table: settings.topics.table(.clock))
    }

    // MARK: Start and stop

    /// Creates missing topics, joins, and restores every participant's state from its table.
    /// - Parameter progress: called with the number of rows restored so far.
    public func start(topics: [TopicSpecification], progress: (Int) -> Void = { _ in }) throws(HubError) {
        do throws(LogError) {
            try log.ensure(topics)
            if let intake {
                intakeMember = try log.join(
                    ParticipantName(intake.service.rawValue), instance: settings.instance,
                    inputs: settings.topics.ingress)
            }
            members = []
            for host in hosts {
                members.append(
                    try log.join(
                        ParticipantName(host.service.rawValue), instance: settings.instance,
                        inputs: [.exact(settings.topics.events)]))
            }
        } catch {
            throw .log(error)
        }
        try restore(progress: progress)
    }

    /// Leaves in order. Nothing is in flight between two steps, so there is nothing to finish.
    public func stop() throws(HubError) {
        try flush()
        do throws(LogError) {
            try attempts.markClean(committing: log, with: intakeMember ?? members.first)
        } catch {
            throw .log(error)
        }
        intakeMember?.leave()
        for member in members { member.leave() }
    }

    private func restore(progress: (Int) -> Void) throws(HubError) {
        var rows = 0
        intake?.reset(equipment)
        for host in hosts { host.reset(equipment, partitions: settings.topics.partitions) }
        do throws(LogError) {
            if let intake {
                try rowsOf(settings.topics.table(intake.service), partition: 0) { row throws(HubError) in
                    rows += 1
                    do throws(RowError) { try intake.restore(row) } catch { throw .row(intake.service, error) }
                }
            }
            for partition in 0..<settings.topics.partitions {
                ends[Int(partition)] = try log.end(of: TopicPartition(settings.topics.events, partition))
                for (index, host) in hosts.enumerated() {
                    try rowsOf(settings.topics.table(host.service), partition: partition) { row throws(HubError) in
                        rows += 1
                        do throws(RowError) {
                            try host.restore(row, partition: partition)
                        } catch {
                            throw .row(host.service, error)
                        }
                    }
                    cursors[index][Int(partition)] =
                        try log.committed(
                            ParticipantName(host.service.rawValue),
                            on: TopicPartition(settings.topics.events, partition)) ?? .start
                }
                progress(rows)
            }
            try attempts.restore(from: log)
        } catch {
            if let failure = rowFailure { throw failure }
            throw .log(error)
        }
        if let failure = rowFailure { throw failure }
        let assigned = try assignments()
        for source in assigned where firstIngress == nil { firstIngress = source }
    }

    private var rowFailure: HubError?

    private func rowsOf(
        _ table: TableName, partition: Int32, _ take: (RowChange) throws(HubError) -> Void
    ) throws(LogError) {
        var next = NextOffset.start
        while rowFailure == nil {
            let changes = try log.changes(
                of: table, partition: partition, from: next, limit: ReadLimit(records: 5_000, bytes: 8 << 20))
            for row in changes.rows where row.value != nil && row.key.first != AttemptLedger.prefix {
                do throws(HubError) {
                    try take(RowChange(key: row.key, value: row.value))
                } catch {
                    rowFailure = error
                    return
                }
            }
            next = changes.next
            if changes.isComplete { return }
        }
    }

    /// Takes the first assignments, so that the members hold their inputs before the first commit.
    private func assignments() throws(HubError) -> [TopicPartition] {
        var ingress: [TopicPartition] = []
        let none = ReadLimit(records: 1, bytes: 1)
        do throws(LogError) {
            for member in members {
                guard case .assigned = try member.poll(none, wait: .milliseconds(Limits.pollWaitMilliseconds)) else {
                    throw LogError.fatal("\(member.participant) was assigned nothing: is hub.events missing?")
                }
            }
            if let intakeMember {
                guard
                    case .assigned(let sources) = try intakeMember.poll(
                        none, wait: .milliseconds(Limits.pollWaitMilliseconds))
                else { throw LogError.fatal("intake was assigned nothing: hub.yaml names no agency, team or desk") }
                ingress = sources
                for source in sources {
                    ingressPositions[source] =
                        try log.committed(ParticipantName(Service.intake.rawValue), on: source) ?? .start
                }
            }
        } catch {
            throw .log(error)
        }
        return ingress
    }

    // MARK: Steps

    /// Adopts configuration and policies where they differ from what is in force. Nothing else is posted to an
    /// authority before its first adoption, so this comes before the first step.
    public func adopt(_ directory: HubDirectory, policies: [Policy], now: Instant) throws(HubError) -> StepCounts {
        guard let intake, let intakeMember, let source = firstIngress else { return StepCounts() }
        var stage = Stage(codec: codec, vault: vault)
        for posting in intake.adopt(directory, policies: policies, now: now) {
            stage.add(posting, by: .intake, ends: ends)
        }
        guard !stage.isEmpty else { return StepCounts() }
        try settle(&stage, reading: Array(repeating: [], count: ends.count))
        return try commit(
            &stage, ingress: [(intakeMember, [(source, ingressPositions[source] ?? .start)])])
    }

    /// One round: what lags is read from the room, else one batch of ingress; all is carried to rest and committed.
    /// - Parameter wait: how long to wait for ingress where there is nothing to do.
    public func step(wait: Duration) throws(HubError) -> StepCounts {
        var stage = Stage(codec: codec, vault: vault)
        let backlog = try readBacklog()
        // With nothing new at hand, what is under way comes first: no wait for news may hold back an error, or a reader
        // who was told that the step is done.
        let wait = handover.isUnderWay ? .zero : wait
        var ingress: [(any LogMember, [(TopicPartition, NextOffset)])] = []
        var received = 0
        if backlog.allSatisfy(\.isEmpty), let intakeMember {
            // Many topics with little in each share one commit, up to one batch in all.
            var left = attempts.isCareful ? ReadLimit(records: 1, bytes: settings.batch.bytes) : settings.batch
            while left.records > 0, left.bytes > 0,
                let (source, records) = try pollIngress(left, wait: received == 0 ? wait : .zero)
            {
                guard let next = try take(records, from: source, stage: &stage) else { continue }
                ingress.append((intakeMember, [(source, next)]))
                received += records.count
                left.records -= records.count
                for record in records { left.bytes -= record.byteCount }
            }
        }
        try settle(&stage, reading: backlog)
        if stage.isEmpty, ingress.isEmpty, backlog.allSatisfy(\.isEmpty) {
            try flush()
            return StepCounts()
        }
        var counts = try commit(&stage, ingress: ingress)
        counts.ingress = received
        return counts
    }

    /// What comes from outside: a batch of one topic, or nil where nothing is at hand.
    private func pollIngress(
        _ limit: ReadLimit, wait: Duration
    ) throws(HubError) -> (source: TopicPartition, records: [StoredRecord])? {
        guard let intakeMember else { return nil }
        let outcome: PollOutcome
        do throws(LogError) { outcome = try intakeMember.poll(limit, wait: wait) } catch { throw .log(error) }
        switch outcome {
        case .records(let source, let records): return (source, records)
        case .assigned(let sources):
            for source in sources where ingressPositions[source] == nil { ingressPositions[source] = .start }
            return nil
        case .revoked, .idle: return nil
        }
    }

    /// Gives Intake what came in on one topic.
    /// - Returns: the position after it; nil for a topic that Intake does not read.
    private func take(
        _ records: [StoredRecord], from source: TopicPartition, stage: inout Stage
    ) throws(HubError) -> NextOffset? {
        guard let intake, let intakeMember, let topic = settings.topics.ingress(source.topic), let last = records.last
        else { return nil }
        for record in records {
            let input = IngressRecord(
                topic: topic,
                position: InputPosition(
                    topic: source.topic.name, partition: source.partition, offset: record.offset.value),
                receivedAt: record.appendTime, key: record.key, headers: record.headers, value: record.value)
            if try attempts.mayTry(.intake, input.position, committing: log, with: intakeMember) {
                for posting in intake.receive(input) { stage.add(posting, by: .intake, ends: ends) }
            } else {
                stage.add(.deadLetter(undecidable(input)), by: .intake, ends: ends)
            }
        }
        ingressPositions[source] = last.offset.next
        return last.offset.next
    }

    /// Waits until what the steps did is in the log.
    public func flush() throws(HubError) {
        do throws(LogError) { try handover.wait() } catch { throw .log(error) }
    }

    /// The topics that this process has written since the last call.
    public func takeTouched() -> Set<Topic> {
        defer { touched.removeAll(keepingCapacity: true) }
        return touched
    }

    /// The next moment at which the clock must strike.
    public var nextDue: Instant? {
        var earliest: Instant?
        for partition in 0..<settings.topics.partitions {
            for host in hosts {
                if let due = host.nextDue(partition: partition), earliest.map({ due < $0 }) ?? true { earliest = due }
            }
        }
        return earliest
    }

    /// Appends a strike to every partition where something is due. Outside any transaction: the strike is an input like
    /// any other, and a second one is harmless.
    /// - Returns: how many partitions were struck.
    public func strike(now: Instant) throws(HubError) -> Int {
        // A strike is appended after what was decided before it, since that expects the room to end where it did.
        try flush()
        var struck = 0
        for partition in 0..<settings.topics.partitions {
            let isDue = hosts.contains { $0.nextDue(partition: partition).map { $0 <= now } ?? false }
            // One strike at a time: what is due stays due until it is read back.
            guard isDue, lastStrike[partition] ?? .distantPast < now else { continue }
            lastStrike[partition] = now
            let record = codec.record(of: Strike.event(partition: partition, now: now), partition: partition)
            do throws(LogError) {
                let offsets = try log.append([record])
                if let offset = offsets.first { ends[Int(partition)] = offset.next }
            } catch {
                throw .log(error)
            }
            struck += 1
        }
        return struck
    }

    private var lastStrike: [Int32: Instant] = [:]

    // MARK: Inside a step

    /// The records of the room that a host has not read yet: a batch for each partition from the lowest cursor on.
    private func readBacklog() throws(HubError) -> [[StoredRecord]] {
        var backlog: [[StoredRecord]] = Array(repeating: [], count: ends.count)
        let limit = attempts.isCareful ? ReadLimit(records: 1, bytes: settings.batch.bytes) : settings.batch
        for place in ends.indices {
            guard let lowest = cursors.map({ $0[place] }).min(), lowest < ends[place] else { continue }
            do throws(LogError) {
                backlog[place] =
                    try log.read(
                        TopicPartition(settings.topics.events, Int32(place)), from: lowest, limit: limit
                    ).records
            } catch {
                throw .log(error)
            }
            if attempts.isCareful { break }
        }
        return backlog
    }

    /// Gives every host what it has not read: first what lay in the log, then, where it has caught up with the log,
    /// what this step has staged, until all are at rest.
    private func settle(_ stage: inout Stage, reading backlog: [[StoredRecord]]) throws(HubError) {
        for place in backlog.indices {
            for record in backlog[place] {
                let event: Event?
                do throws(RoomError) {
                    event = try codec.event(from: record, parser: parser)
                } catch {
                    throw .room(record.source.partition, record.offset, error)
                }
                for index in hosts.indices where cursors[index][place].value <= record.offset.value {
                    if let event { try receive(event, host: index, stage: &stage) }
                    cursors[index][place] = record.offset.next
                }
            }
        }
        var isAtRest = false
        while !isAtRest {
            isAtRest = true
            for index in hosts.indices {
                for place in ends.indices where cursors[index][place] >= ends[place] {
                    while cursors[index][place].value - ends[place].value < Int64(stage.room[place].count) {
                        let event = stage.room[place][Int(cursors[index][place].value - ends[place].value)]
                        try receive(event, host: index, stage: &stage)
                        cursors[index][place] = NextOffset(cursors[index][place].value + 1)
                        isAtRest = false
                    }
                }
            }
        }
        if let absent = vault.absentKey {
            throw .absentKey(absent.bytes)
        }
    }

    private func receive(_ event: Event, host index: Int, stage: inout Stage) throws(HubError) {
        let host = hosts[index]
        guard !event.isApplied(by: host.service), let position = event.position else { return }
        // What this step staged itself came of an input that was marked already.
        if position.offset < ends[Int(position.partition)].value {
            guard try attempts.mayTry(host.service, position, committing: log, with: members[index]) else {
                stage.add(.deadLetter(undecidable(event, by: host.service)), by: host.service, ends: ends)
                return
            }
        }
        let postings: [Posting]
        if host.opensParts || event.parts.isEmpty {
            postings = host.receive(event, partition: position.partition)
        } else {
            var seen = event
            seen.parts = []
            postings = host.receive(seen, partition: position.partition)
        }
        for posting in postings { stage.add(posting, by: host.service, ends: ends) }
    }

    private func commit(
        _ stage: inout Stage, ingress: [(any LogMember, [(TopicPartition, NextOffset)])]
    ) throws(HubError) -> StepCounts {
        var steps: [(member: any LogMember, step: Step)] = []
        if let intake { stage.add(intake.takeChanges(), table: settings.topics.table(intake.service), partition: 0) }
        for host in hosts {
            for partition in 0..<settings.topics.partitions {
                stage.add(
                    host.takeChanges(partition: partition), table: settings.topics.table(host.service),
                    partition: partition)
            }
        }
        for (member, positions) in ingress {
            steps.append((member, Step(positions: positions.map { (source: $0.0, next: $0.1) })))
        }
        for (index, member) in members.enumerated() {
            let positions = ends.indices.map {
                (
                    source: TopicPartition(settings.topics.events, Int32($0)),
                    next: cursors[index][$0]
                )
            }
            steps.append((member, Step(positions: positions)))
        }
        guard !steps.isEmpty else { return StepCounts() }
        // The postings go in one list, in the order of the room: the order in which they were decided on.
        steps[0].step.postings = stage.records
        steps[0].step.tableChanges = stage.tableChanges
        let expecting = ends.indices.filter { !stage.room[$0].isEmpty }.map {
            (TopicPartition(settings.topics.events, Int32($0)), ends[$0])
        }
        try flush()
        // One record at a time means that the last one may be what ended the process: nothing runs ahead of its commit.
        if settings.commitsBehind, !attempts.isCareful {
            handover.begin(steps, expecting: expecting, to: log)
        } else {
            do throws(LogError) {
                try log.commit(steps, expecting: expecting)
            } catch {
                throw .log(error)
            }
        }
        for place in ends.indices {
            ends[place] = NextOffset(ends[place].value + Int64(stage.room[place].count))
        }
        var last: Topic?
        for record in stage.records where record.target.topic != last {
            last = record.target.topic
            touched.insert(record.target.topic)
        }
        attempts.committed()
        return stage.counts
    }
}
