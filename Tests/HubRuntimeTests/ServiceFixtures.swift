import ConfigurationFiles
import DomainModel
import EventLog
import Room
import Sealing
import Synchronization
import Testing

@testable import HubRuntime

/// One process that runs some services, each over its own membership, as on Kafka. One thread turns them in order.
final class Services {
    let loops: [ServiceLoop]
    let equipment: Equipment
    let clock: StillClock

    init(
        _ log: any EventLog, clock: StillClock, batch: Int = 500, seed: UInt64 = 1, instance: String = "one",
        intake: IngressHost? = Given.intake, hosts: [RoomHost] = Given.hosts, faults: Faults? = nil,
        acceptedLosses: [TopicPartition: NextOffset] = [:], slowCommitMilliseconds: Int64? = nil
    ) {
        let vault = Vault(
            log: log, topics: Given.topics, masters: MasterKeyring(current: MasterKey(Given.key(9))),
            draws: SeededDraws(seed: seed))
        let equipment = Equipment(
            open: { vault.open($0) }, openBrought: { vault.openBrought($0) }, keyed: KeyedHash(Given.key(7)),
            allowLists: Given.shipped.allowLists)
        self.equipment = equipment
        self.clock = clock
        let work: [ServiceLoop.Work] = (intake.map { [.intake($0)] } ?? []) + hosts.map { .room($0) }
        var settings = Hub.Settings(
            topics: Given.topics, batch: ReadLimit(records: batch, bytes: 8 << 20), instance: instance)
        // No test waits for the clock.
        settings.passedOverMilliseconds = 0
        settings.faults = faults
        settings.slowCommitMilliseconds = slowCommitMilliseconds
        settings.acceptedLosses = acceptedLosses
        loops = work.map {
            ServiceLoop(log: log, settings: settings, vault: vault, equipment: equipment, work: $0)
        }
    }

    subscript(_ service: Service) -> ServiceLoop {
        guard let loop = loops.first(where: { $0.work.service == service }) else { fatalError("no \(service) here") }
        return loop
    }

    func start(ensuring log: any EventLog) throws {
        try log.ensure(Given.specifications())
        for loop in loops {
            try loop.start(topics: Given.specifications())
            loop.configure(
                Given.shipped.directory, policies: Given.shipped.policies, topics: Given.specifications())
        }
    }

    /// One turn of each service.
    /// - Returns: whether any of them did something.
    func turn() throws -> Bool {
        var didSomething = false
        for loop in loops {
            if try !loop.adopt(now: clock.now).didNothing { didSomething = true }
            if try !loop.step(wait: .zero).didNothing { didSomething = true }
        }
        return didSomething
    }

    /// To rest; a bound instead of a hang where it never rests.
    func drain(beside other: Services? = nil) throws {
        var quiet = 0
        for _ in 0..<20_000 {
            let one = try turn()
            let two = try other?.turn() ?? false
            // An assignment gives nothing in its own turn.
            quiet = one || two ? 0 : quiet + 1
            if quiet == 4 { return }
        }
        Issue.record("the services do not come to rest")
    }

    func strike() throws { for loop in loops { _ = try loop.strike(now: clock.now) } }
    func stop() throws { for loop in loops { try loop.stop() } }

    func verified(_ log: any EventLog) throws -> Verifier.Report {
        try Verifier(log: log, topics: Given.topics, equipment: equipment).run(
            intake: Given.intake, hosts: Given.hosts)
    }
}

/// As Kafka: offsets with gaps, and nothing carried.
func kafkaLike(_ clock: StillClock) -> MemoryEventLog {
    MemoryEventLog(transactionMarkers: true, clock: { clock.now })
}

/// Every third commit of a member, or those that a test names, is answered with `.aborted`: before anything of it is stored, or after all of it is,
/// as when an answer is lost on the way.
final class AbortingLog: ForwardingLog {
    let inner: any EventLog
    var target: any EventLog { inner }
    let lands: Bool
    private let aborts: @Sendable (Int) -> Bool
    private let counts = Mutex<(commits: Int, aborted: Int)>((0, 0))

    init(_ inner: any EventLog, lands: Bool, aborts: @escaping @Sendable (Int) -> Bool = { $0 % 3 == 0 }) {
        self.inner = inner
        self.lands = lands
        self.aborts = aborts
    }

    var aborted: Int { counts.withLock { $0.aborted } }

    fileprivate func commit(_ step: Step, by member: any LogMember) throws(LogError) {
        let aborts = counts.withLock { counts in
            counts.commits += 1
            guard self.aborts(counts.commits) else { return false }
            counts.aborted += 1
            return true
        }
        if !aborts || lands { try member.commit(step) }
        if aborts { throw .aborted("a test says so") }
    }

    func join(_ participant: ParticipantName, instance: String, inputs: [TopicPattern]) throws(LogError)
        -> any LogMember
    {
        AbortingMember(try inner.join(participant, instance: instance, inputs: inputs), of: self)
    }
}

private final class AbortingMember: ForwardingMember {
    let inner: any LogMember
    private let log: AbortingLog

    init(_ inner: any LogMember, of log: AbortingLog) {
        self.inner = inner
        self.log = log
    }

    func commit(_ step: Step) throws(LogError) { try log.commit(step, by: inner) }
}
