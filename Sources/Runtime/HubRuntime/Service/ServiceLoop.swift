public import DomainModel
public import EventLog
public import HubConfiguration
import JSON
public import Room
import Sealing
import Synchronization

/// One participant over any log: read → decide → commit, each step one commit of its own. One thread drives it.
///
/// Any number of processes may run the same service: the log deals out the partitions among them, and fences who lost
/// one. Everything between two polls happens without the log's knowledge, so nothing is ever in flight when a partition
/// is taken away: it is told inside a poll, and what was polled of that partition and not yet decided is dropped.
///
/// State is a fold of the inputs up to a position. So what was taken away and comes back at the very position where it
/// was left needs no restore: whoever else had held it would have moved the position.
public final class ServiceLoop {
    public enum Work {
        case intake(IngressHost)
        case room(RoomHost)

        public var service: Service {
            switch self {
            case .intake(let host): host.service
            case .room(let host): host.service
            }
        }
    }

    let log: any EventLog
    let settings: Hub.Settings
    public let work: Work
    let codec: RoomCodec
    let vault: Vault
    let equipment: Equipment
    let parser = JSONParser()
    let participant: ParticipantName
    let table: TableName
    let here = Here()

    var member: (any LogMember)?
    /// By partition of the service's table.
    var shelves: [Shelf]
    var limits = RecordLimits()
    var specifications: [TopicSpecification] = []
    var lastStrike: [Int32: Instant] = [:]
    /// The last record that was decided on alone here.
    var survived: InputPosition?
    /// The record whose mark was committed with the decision on the one before it.
    var marked: InputPosition?
    var easing: Easing
    /// Since when (nanoseconds of the doorbell's clock) inputs have been passed over without a commit.
    var passedOverSince: Int64?
    /// What Intake is to adopt as soon as it is the active one.
    var wanted: (directory: HubDirectory, policies: [Policy])?
    public internal(set) var status: ServiceStatus
    public internal(set) var timings: ServiceTimings
    /// For whoever watches from another thread.
    public let meter = ServiceMeter()

    /// - Parameter vault: may be shared by the services of a process.
    public init(
        log: any EventLog, settings: Hub.Settings, vault: Vault, equipment: Equipment, work: Work
    ) {
        self.log = log
        self.settings = settings
        easing = Easing(slowMilliseconds: settings.slowCommitMilliseconds)
        self.work = work
        self.vault = vault
        let here = here
        self.equipment = Equipment(
            open: { vault.open($0, near: here.partition.load(ordering: .relaxed)) },
            openBrought: { vault.openBrought($0) }, keyed: equipment.keyed,
            allowLists: equipment.allowLists)
        codec = RoomCodec(topics: settings.topics)
        participant = ParticipantName(work.service.rawValue)
        table = settings.topics.table(work.service)
        status = ServiceStatus(service: work.service)
        timings = ServiceTimings(service: work.service)
        let table = table
        switch work {
        case .intake(let host):
            host.reset(self.equipment)
            shelves = [Shelf(partition: 0, table: table)]
        case .room(let host):
            host.reset(self.equipment, partitions: settings.topics.partitions)
            shelves = (0..<settings.topics.partitions).map { Shelf(partition: $0, table: table) }
        }
    }

    // MARK: Start and stop

    /// Joins its inputs. What it is assigned is restored step by step, while it goes on being polled.
    /// - Parameter topics: as the catalogue has them: their limits hold, whatever the log knows of them.
    public func start(topics: [TopicSpecification]) throws(HubError) {
        know(topics)
        let inputs: [TopicPattern]
        switch work {
        case .intake: inputs = settings.topics.ingress
        case .room: inputs = [.exact(settings.topics.events)]
        }
        do throws(LogError) {
            member = try log.join(participant, instance: settings.instance, inputs: inputs)
        } catch {
            throw .log(error)
        }
        meter.start()
    }

    /// Commits what was passed over, says that it stopped in order, and leaves.
    public func stop() throws(HubError) {
        guard let member else { return }
        var touched: [Int] = []
        for index in shelves.indices where shelves[index].isReady {
            for input in shelves[index].inputs { shelves[index].marks.end(input.source) }
            touched.append(index)
        }
        var stage = newStage()
        if !touched.isEmpty { _ = try commit(&stage, touched: touched, isForced: true) }
        member.leave()
        self.member = nil
    }

    func know(_ topics: [TopicSpecification]) {
        specifications = topics
        limits = RecordLimits(topics, events: settings.topics.events)
    }

    func newStage() -> Stage { Stage(codec: codec, vault: vault, limits: limits) }

    /// A service that carries nothing needs no positions of what it stages.
    var noEnds: [NextOffset] { Array(repeating: .start, count: Int(settings.topics.partitions)) }

    // MARK: Steps

    /// Reads on with a restore, takes what came, decides and commits. What is to be adopted comes first: until
    /// ``adopt(now:)`` has been called, an active Intake takes nothing.
    /// - Parameter wait: how long to wait where there is nothing to do.
    public func step(wait: Duration) throws(HubError) -> StepCounts {
        let isRestoring = try restoreOn()
        if case .intake = work, wanted != nil, shelves[0].isReady {
            // A record taken before the first adoption would be refused as from an unknown sender.
            return .nothingYet
        }
        let batch = try gather(limit, wait: isRestoring ? .zero : wait)
        guard !batch.isEmpty else {
            var counts = StepCounts()
            // Until the restore is done there is more to do, whatever came.
            if isRestoring { counts.careful = 1 }
            try commitPassedOver()
            return counts
        }
        settings.faults?.reach(.afterPoll, by: participant)
        let began = Doorbell.now
        let counts = try decide(batch)
        if counts.hasWritten { timings.tookStep(nanoseconds: Doorbell.now - began) }
        return counts
    }

    /// A batch; less where something of it may have ended the process, or where commits take long.
    private var limit: ReadLimit {
        var limit = easing.of(settings.batch)
        for shelf in shelves where shelf.phase == .ready {
            for input in shelf.inputs {
                guard let chunk = input.chunk else { continue }
                limit.records = min(limit.records, chunk == 1 ? Limits.aloneRecordsMax : chunk)
            }
        }
        return limit
    }

    /// The next moment at which the clock must strike for what this service holds.
    public var nextDue: Instant? {
        guard case .room(let host) = work else { return nil }
        var earliest: Instant?
        for shelf in shelves where shelf.isReady {
            if let due = host.nextDue(partition: shelf.partition), earliest.map({ due < $0 }) ?? true { earliest = due }
        }
        return earliest
    }

    /// Appends a strike to each partition that it holds and where something is due: an input like any other, outside
    /// any transaction, and harmless when it comes twice.
    /// - Returns: how many partitions were struck.
    public func strike(now: Instant) throws(HubError) -> Int {
        guard case .room(let host) = work else { return 0 }
        var struck = 0
        for shelf in shelves where shelf.isReady {
            let partition = shelf.partition
            // One strike at a time: what is due stays due until it is read back.
            guard let due = host.nextDue(partition: partition), due <= now,
                lastStrike[partition] ?? .distantPast < now
            else { continue }
            lastStrike[partition] = now
            let record = codec.record(of: Strike.event(partition: partition, now: now), partition: partition)
            do throws(LogError) { _ = try log.append([record]) } catch { throw .log(error) }
            struck += 1
        }
        return struck
    }

    /// Takes a configuration into force at the next ``adopt(now:)``, on the active Intake; all services know its topics.
    public func configure(_ directory: HubDirectory, policies: [Policy], topics: [TopicSpecification]) {
        know(topics)
        if case .intake = work { wanted = (directory, policies) }
    }

    /// Adopts what was given to ``configure(_:policies:topics:)``, once this is the active Intake. Until then nothing
    /// happens: a standby adopts when it takes over.
    /// - Throws: `.log(.recordTooLarge)` where it is too large to be adopted; what was in force before stays so.
    public func adopt(now: Instant) throws(HubError) -> StepCounts {
        guard case .intake(let host) = work, let wanted, shelves[0].isReady else { return StepCounts() }
        // An adoption may be as large as its topic allows: readers hold one of each authority, not many.
        var stage = Stage(codec: codec, vault: vault, limits: limits.ofTopicsAlone)
        for posting in host.adopt(wanted.directory, policies: wanted.policies, now: now) {
            stage.add(posting, by: .intake, ends: noEnds)
        }
        self.wanted = nil
        guard !stage.isEmpty else { return StepCounts() }
        if let breach = stage.breach {
            try rollBack()
            throw .log(.recordTooLarge(breach.topic, bytes: breach.bytes, limit: breach.limit))
        }
        // The position of an input goes with it, moved or not, so that a commit of one who lost it is refused.
        guard try commit(&stage, touched: [0], isForced: true) else {
            self.wanted = wanted
            return StepCounts()
        }
        return stage.counts
    }
}

/// The partition whose record is being decided on: a participant's opener goes by it.
final class Here: Sendable {
    let partition = Atomic<Int32>(0)
}

/// How long the last steps of a service took, microseconds.
public struct ServiceTimings: Sendable {
    private static let kept = 20_000

    public let service: Service
    /// From a poll that gave records to the end of the commit of what came of them.
    public private(set) var steps: [Int64] = []
    public private(set) var commits: [Int64] = []
    private var nextStep = 0
    private var nextCommit = 0

    init(service: Service) { self.service = service }

    mutating func tookStep(nanoseconds: Int64) { ServiceTimings.put(nanoseconds / 1000, into: &steps, at: &nextStep) }
    mutating func tookCommit(nanoseconds: Int64) {
        ServiceTimings.put(nanoseconds / 1000, into: &commits, at: &nextCommit)
    }

    private static func put(_ value: Int64, into values: inout [Int64], at place: inout Int) {
        if values.count < kept { values.append(value) } else { values[place] = value }
        place = (place + 1) % kept
    }
}

/// What a service is doing, in numbers: for its operators.
public struct ServiceStatus: Hashable, Sendable {
    public let service: Service
    /// Inputs held now.
    public internal(set) var inputs = 0
    /// Partitions of its table that it answers for now, restored or being restored.
    public internal(set) var partitions: [Int32] = []
    /// Partitions whose table is being read.
    public internal(set) var restoring = 0
    /// Rows read by the restores so far.
    public internal(set) var rowsRestored = 0
    /// Restores begun, one a partition.
    public internal(set) var restores = 0
    /// Partitions that came back as they were left and needed no restore.
    public internal(set) var reuses = 0
    public internal(set) var commits = 0
    /// Steps that were undone and decided again.
    public internal(set) var rollbacks = 0

    init(service: Service) { self.service = service }
}
