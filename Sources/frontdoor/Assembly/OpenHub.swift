import CommandLine
import ConfigurationFiles
import Deadlines
import Deduplication
import DomainModel
import EventLog
import HubConfiguration
import HubRuntime
import Intake
import Room
import Routing
import Sealing
import Triage

/// All that a running hub is made of. The one place that knows every participant.
struct OpenHub {
    let hub: Hub
    let vault: Vault
    let equipment: Equipment
    let topics: HubTopics
    let specifications: [TopicSpecification]

    /// The participants of the room, in the order in which they are given each event.
    static func hosts(
        _ services: Set<Service> = Set(Service.allCases), orders: TestOrders = .none
    ) -> [RoomHost] {
        let all: [RoomHost] = [
            orders.host(Deduplication.self), orders.host(Triage.self), orders.host(Routing.self),
            orders.host(Deadlines.self),
        ]
        return all.filter { services.contains($0.service) }
    }

    static func intake(_ services: Set<Service> = Set(Service.allCases)) -> IngressHost? {
        services.contains(.intake) ? intakeHost() : nil
    }

    static func intakeHost() -> IngressHost { IngressHostOf(Intake.self) }

    init(
        log: any CarryingLog, configuration: LoadedConfiguration, topics: HubTopics, secrets: HubSecrets,
        draws: any Draws & Sendable = SystemDraws(), services: Set<Service> = Set(Service.allCases),
        batchRecordsMax: Int = Limits.batchRecordsMax
    ) {
        self.topics = topics
        (vault, equipment) = OpenHub.equipment(
            log: log, configuration: configuration, topics: topics, secrets: secrets, draws: draws)
        specifications = configuration.catalogue.specifications(for: configuration.directory, topics: topics)
        hub = Hub(
            log: log,
            settings: Hub.Settings(
                topics: topics, batch: ReadLimit(records: batchRecordsMax, bytes: Limits.batchBytesMax),
                commitsBehind: true),
            vault: vault, equipment: equipment, intake: OpenHub.intake(services), hosts: OpenHub.hosts(services))
    }

    static func equipment(
        log: any EventLog, configuration: LoadedConfiguration, topics: HubTopics, secrets: HubSecrets,
        draws: any Draws & Sendable = SystemDraws()
    ) -> (Vault, Equipment) {
        let vault = Vault(log: log, topics: topics, masters: secrets.masters, draws: draws)
        return (
            vault,
            Equipment(
                open: { vault.open($0) }, openBrought: { vault.openBrought($0) }, keyed: KeyedHash(secrets.hash),
                allowLists: configuration.allowLists)
        )
    }

    /// The participants as loops of their own, for a log that carries nothing.
    static func loops(
        log: any EventLog, configuration: LoadedConfiguration, topics: HubTopics, secrets: HubSecrets,
        services: Set<Service>, instance: String, acceptedLosses: [TopicPartition: NextOffset] = [:],
        orders: TestOrders = .none
    ) -> [ServiceLoop] {
        let (vault, equipment) = equipment(log: log, configuration: configuration, topics: topics, secrets: secrets)
        var settings = Hub.Settings(
            topics: topics,
            batch: ReadLimit(records: Limits.serviceBatchRecordsMax, bytes: Limits.batchBytesMax), instance: instance)
        settings.acceptedLosses = acceptedLosses
        settings.slowCommitMilliseconds = Limits.slowCommitMilliseconds
        settings.faults = orders.faults
        settings.plant = orders.plant
        var work = hosts(services, orders: orders).map { ServiceLoop.Work.room($0) }
        if services.contains(.intake) { work.insert(.intake(orders.ingressHost(Intake.self)), at: 0) }
        return work.map {
            ServiceLoop(log: log, settings: settings, vault: vault, equipment: equipment, work: $0)
        }
    }
}
