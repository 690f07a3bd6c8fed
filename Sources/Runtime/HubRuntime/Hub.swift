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
///
/// No input can stop it for good: one that a participant cannot take is set aside (``SetAsideLedger``), with a person
/// told, and all others go on.
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
        /// On a log that carries nothing: how long inputs that left no trace may stand before their position is
        /// committed, milliseconds. What a service reads back of its own is most of what it reads, and a commit of
        /// nothing costs as much as any other.
        public var passedOverMilliseconds: Int64 = 500
        /// On a log that carries nothing: a commit that takes longer makes the next steps smaller. Nil where no commit can
        /// be too slow.
        public var slowCommitMilliseconds: Int64?
        /// For tests of processes alone: where one of several services comes to harm.
        public var faults: Faults?
        /// On a log that deletes by time: inputs of which an operator knows that records were deleted before they were
        /// read, and the first position that is left.
        public var acceptedLosses: [TopicPartition: NextOffset] = [:]
        /// For the simulator and its kin alone: a bug that they must find.
        package var plant: PlantedBug?

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

    let log: any CarryingLog
    let settings: Settings
    let codec: RoomCodec
    let vault: Vault
    let equipment: Equipment
    let parser = JSONParser()
    let intake: IngressHost?
    let hosts: [RoomHost]

    var intakeMember: (any LogMember)?
    var members: [any LogMember] = []
    /// Where each room partition ends.
    var ends: [NextOffset]
    /// The position of each host (first index) on each room partition.
    var cursors: [[NextOffset]]
    /// The same as last committed.
    var committed: [[NextOffset]]
    /// An ingress position to send again with an adoption, so that the commit is fenced like any other.
    var ingressPositions: [TopicPartition: NextOffset] = [:]
    var firstIngress: TopicPartition?
    /// The topics written since ``takeTouched()``: where a reader in this process need look.
    var touched: Set<Topic> = []
    var attempts: AttemptLedger
    var asides: SetAsideLedger
    let handover = Handover()
    /// For whoever watches from another thread: all services of this process, which commit as one.
    public let meter = ServiceMeter()
    var limits = RecordLimits()
    var careful = CarefulBounds()
    var lastStrike: [Int32: Instant] = [:]
    var rowFailure: HubError?

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
        committed = cursors
        attempts = AttemptLedger(table: settings.topics.table(.clock))
        asides = SetAsideLedger(table: settings.topics.table(.clock))
    }

    // MARK: Start and stop

    /// Creates missing topics, joins, and restores every participant's state from its table.
    /// - Parameter progress: called with the number of rows restored so far.
    public func start(topics: [TopicSpecification], progress: (Int) -> Void = { _ in }) throws(HubError) {
        try ensure(topics)
        do throws(LogError) {
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
        let assigned = try assignments()
        firstIngress = assigned.first
        do throws(LogError) { try attempts.restore(from: log) } catch { throw .log(error) }
        if attempts.isUnclean { try beginCare(of: assigned) }
    }

    /// Whether the last hub on this log did not stop in order: it was killed, or the machine lost its power.
    public var followsUncleanEnd: Bool { attempts.isUnclean }

    /// Up to where an unclean end has left the room: how many events it holds, and when the last of them was appended;
    /// nil where it holds none. A disk that kept its word has kept all that was acknowledged; one that did not shows here.
    public func extent() throws(HubError) -> (events: Int64, last: Instant?) {
        var count: Int64 = 0
        var last: Instant?
        for place in ends.indices where ends[place].value > 0 {
            count += ends[place].value
            do throws(LogError) {
                let found = try log.read(
                    TopicPartition(settings.topics.events, Int32(place)), from: NextOffset(ends[place].value - 1),
                    limit: ReadLimit(records: 1, bytes: settings.batch.bytes))
                if let time = found.records.first?.appendTime, last.map({ $0 < time }) ?? true { last = time }
            } catch {
                throw .log(error)
            }
        }
        return (count, last)
    }

    /// Leaves in order. Nothing is in flight between two steps, so there is nothing to finish.
    public func stop() throws(HubError) {
        try flush()
        do throws(LogError) {
            if !attempts.isCareful { try attempts.markClean(committing: log, with: intakeMember ?? members.first) }
        } catch {
            throw .log(error)
        }
        intakeMember?.leave()
        for member in members { member.leave() }
    }

    private func ensure(_ topics: [TopicSpecification]) throws(HubError) {
        do throws(LogError) {
            try log.ensure(topics)
            limits = RecordLimits(try log.topics(), events: settings.topics.events)
        } catch {
            throw .log(error)
        }
    }

    // MARK: Steps

    /// Adopts configuration and policies where they differ from what is in force. Nothing else is posted to an
    /// authority before its first adoption, so this comes before the first step.
    public func adopt(_ directory: HubDirectory, policies: [Policy], now: Instant) throws(HubError) -> StepCounts {
        guard let intake, let intakeMember, let source = firstIngress else { return StepCounts() }
        // An adoption may be as large as its topic allows: readers hold one of each authority, not many.
        var stage = Stage(codec: codec, vault: vault, limits: limits.ofTopicsAlone)
        for posting in intake.adopt(directory, policies: policies, now: now) {
            stage.add(posting, by: .intake, ends: ends)
        }
        guard !stage.isEmpty else { return StepCounts() }
        try settle(&stage, reading: [], carrying: true)
        if let breach = stage.breach {
            try rollBack()
            throw .log(.recordTooLarge(breach.topic, bytes: breach.bytes, limit: breach.limit))
        }
        return try commit(
            &stage, ingress: [(intakeMember, [(source, ingressPositions[source] ?? .start)])])
    }

    /// Takes another configuration into force while running: topics that it names for the first time are created, and
    /// the next step reads them.
    /// - Throws: `.log(.recordTooLarge)` where it is too large to be adopted; what was in force before stays so.
    public func reconfigure(
        _ directory: HubDirectory, policies: [Policy], topics: [TopicSpecification], now: Instant
    ) throws(HubError) -> StepCounts {
        try flush()
        try ensure(topics)
        return try adopt(directory, policies: policies, now: now)
    }

    /// One round: what lags is read from the room, else one batch of ingress; all is carried to rest and committed.
    /// - Parameter wait: how long to wait for ingress where there is nothing to do.
    public func step(wait: Duration) throws(HubError) -> StepCounts {
        if attempts.isCareful { return try carefulStep(wait: wait) }
        let backlog = try readBacklog()
        // With nothing new at hand, what is under way comes first: no wait for news may hold back an error, or a reader
        // who was told that the step is done.
        let wait = handover.isUnderWay ? .zero : wait
        let batch = backlog.allSatisfy(\.isEmpty) ? try readIngress(settings.batch, wait: wait) : IngressBatch()
        var carrying = true
        while true {
            var stage = Stage(codec: codec, vault: vault, limits: limits)
            try decide(batch, into: &stage)
            try settle(&stage, reading: backlog, carrying: carrying)
            if let breach = stage.breach {
                // The same inputs again: without carrying, each event lies in the log before it is decided on, so that
                // whose posting was too large is told as on any other log; then without that one.
                if let position = breach.input {
                    asides.setAside(breach.service, position, as: .tooLarge)
                } else {
                    carrying = false
                }
                try rollBack()
                continue
            }
            if stage.isEmpty, batch.isEmpty, backlog.allSatisfy(\.isEmpty) {
                try flush()
                return StepCounts()
            }
            // What was not carried is read back by the next step, so it has to be there.
            var counts = try commit(&stage, ingress: commitOf(batch), mayCommitBehind: carrying)
            counts.ingress = batch.records.count
            return counts
        }
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
            try append(strike: now, to: partition)
            struck += 1
        }
        return struck
    }

    /// The same at a given moment, whether or not something is due: for who plays again what another log holds.
    public func strike(partition: Int32, now: Instant) throws(HubError) {
        try flush()
        try append(strike: now, to: partition)
    }

    private func append(strike now: Instant, to partition: Int32) throws(HubError) {
        lastStrike[partition] = now
        let record = codec.record(of: Strike.event(partition: partition, now: now), partition: partition)
        do throws(LogError) {
            let offsets = try log.append([record])
            if let offset = offsets.first { ends[Int(partition)] = offset.next }
        } catch {
            throw .log(error)
        }
    }
}
