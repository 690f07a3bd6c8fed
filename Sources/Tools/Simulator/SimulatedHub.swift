import DomainModel
public import EventLog
public import HubConfiguration
public import HubRuntime
public import Room
import Sealing

/// What a simulation is made of that only the command, or a test, knows: the participants and their configuration.
public struct SimulatedHub: Sendable {
    public var directory: HubDirectory
    public var policies: [Policy]
    public var allowLists: AllowLists
    public var topics: HubTopics
    public var specifications: [TopicSpecification]
    public var intake: @Sendable () -> IngressHost
    public var hosts: @Sendable () -> [RoomHost]

    public init(
        directory: HubDirectory, policies: [Policy], allowLists: AllowLists, topics: HubTopics,
        specifications: [TopicSpecification], intake: @escaping @Sendable () -> IngressHost,
        hosts: @escaping @Sendable () -> [RoomHost]
    ) {
        self.directory = directory
        self.policies = policies
        self.allowLists = allowLists
        self.topics = topics
        self.specifications = specifications
        self.intake = intake
        self.hosts = hosts
    }

    private static func key(_ byte: UInt8) -> SecretKey {
        guard let key = SecretKey(bytes: [UInt8](repeating: byte, count: 32)) else {
            preconditionFailure("32 bytes are a key")
        }
        return key
    }

    func equipment(_ log: any EventLog, draws seed: UInt64) -> (vault: Vault, equipment: Equipment) {
        let vault = Vault(
            log: log, topics: topics, masters: MasterKeyring(current: MasterKey(SimulatedHub.key(9))),
            draws: SeededDraws(seed: seed))
        return (
            vault,
            Equipment(
                open: { vault.open($0) }, openBrought: { vault.openBrought($0) }, keyed: KeyedHash(SimulatedHub.key(7)),
                allowLists: allowLists)
        )
    }
}

/// One life of a process that runs all services, each over a membership of its own.
final class SimulatedProcess {
    let number: Int
    let log: SimulatedLog
    let loops: [ServiceLoop]
    /// How wrong its clock is, milliseconds.
    let clockError: Int64
    /// Services that did nothing in their last steps, in a row.
    var quiet: [Int]

    init(
        _ number: Int, hub: SimulatedHub, cluster: SimulatedCluster, seed: UInt64, plant: PlantedBug?, batch: Int,
        clockError: Int64, trap: Trap?
    ) throws(HubError) {
        self.number = number
        self.clockError = clockError
        let log = SimulatedLog(cluster, process: number, life: cluster.begin(number))
        self.log = log
        let (vault, equipment) = hub.equipment(log, draws: seed)
        var settings = Hub.Settings(
            topics: hub.topics, batch: ReadLimit(records: batch, bytes: 8 << 20), instance: "process-\(number)")
        // Nothing here waits for a real clock.
        settings.passedOverMilliseconds = 0
        settings.plant = plant
        let works = SimulatedProcess.works(of: hub, trap) { service, position in
            cluster.tell("process \(number) is ended by a trap: \(service.rawValue) at \(position)")
            cluster.count(.trap)
            cluster.end(number)
        }
        var made: [ServiceLoop] = []
        for work in works {
            let loop = ServiceLoop(log: log, settings: settings, vault: vault, equipment: equipment, work: work)
            try loop.start(topics: hub.specifications)
            loop.configure(hub.directory, policies: hub.policies, topics: hub.specifications)
            made.append(loop)
        }
        loops = made
        quiet = Array(repeating: 0, count: made.count)
    }

    private static func works(
        of hub: SimulatedHub, _ trap: Trap?, end: @escaping (Service, InputPosition) -> Void
    ) -> [ServiceLoop.Work] {
        guard let trap else { return [.intake(hub.intake())] + hub.hosts().map { .room($0) } }
        let intake = HeraldedIngressHost(hub.intake()) { record in
            if trap.springs(.intake, on: record.position) { end(.intake, record.position) }
        }
        return [.intake(intake)]
            + hub.hosts().map { host in
                let service = host.service
                return .room(
                    HeraldedHost(host) { event in
                        guard let position = event.position, trap.springs(service, on: position) else { return }
                        end(service, position)
                    })
            }
    }

    var isAlive: Bool { log.cluster.isAlive(number, log.life) }

    /// One turn of one service.
    func turn(_ index: Int, now: Instant) throws(HubError) {
        let clock = now.adding(milliseconds: clockError)
        var didNothing = try loops[index].adopt(now: clock).didNothing
        if try !loops[index].step(wait: .zero).didNothing { didNothing = false }
        quiet[index] = didNothing ? quiet[index] + 1 : 0
    }

    /// - Returns: whether a clock struck.
    func strike(_ index: Int, now: Instant) throws(HubError) -> Bool {
        try loops[index].strike(now: now.adding(milliseconds: clockError)) > 0
    }

    var nextDue: Instant? { loops.compactMap(\.nextDue).min() }

    func stop() throws(HubError) { for loop in loops { try loop.stop() } }
}
