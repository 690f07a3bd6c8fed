import DomainModel
import EventLog
import HubConfiguration
public import Room

/// A participant with its state for every partition of the room, behind a class so that many kinds stand in one list
/// without an existential an event.
public class RoomHost {
    public let service: Service
    let opensParts: Bool

    init(service: Service, opensParts: Bool) {
        self.service = service
        self.opensParts = opensParts
    }

    func reset(_ equipment: Equipment, partitions: Int32) {}
    func receive(_ event: Event, partition: Int32) -> [Posting] { [] }
    func replay(_ event: Event, own: [Event], partition: Int32) {}
    func takeChanges(partition: Int32) -> [RowChange] { [] }
    func restore(_ row: RowChange, partition: Int32) throws(RowError) {}
    func nextDue(partition: Int32) -> Instant? { nil }
    /// A host of the same kind without any state, for a replay beside the running one.
    func fresh() -> RoomHost { RoomHost(service: service, opensParts: opensParts) }
}

public final class HostOf<P: Participant>: RoomHost {
    private var states: [P] = []

    public init(_: P.Type) {
        super.init(service: P.service, opensParts: P.opensParts)
    }

    override func reset(_ equipment: Equipment, partitions: Int32) {
        states = (0..<partitions).map { _ in P(equipment) }
    }
    override func receive(_ event: Event, partition: Int32) -> [Posting] {
        states[Int(partition)].receive(event)
    }
    override func replay(_ event: Event, own: [Event], partition: Int32) {
        states[Int(partition)].replay(event, own: own)
    }
    override func takeChanges(partition: Int32) -> [RowChange] {
        states[Int(partition)].takeChanges()
    }
    override func restore(_ row: RowChange, partition: Int32) throws(RowError) {
        try states[Int(partition)].restore(row)
    }
    override func nextDue(partition: Int32) -> Instant? { states[Int(partition)].nextDue }
    override func fresh() -> RoomHost { HostOf<P>(P.self) }
}

/// Intake behind a class, for the same reason.
public class IngressHost {
    public let service: Service
    init(service: Service) { self.service = service }

    func reset(_ equipment: Equipment) {}
    func receive(_ record: IngressRecord) -> [Posting] { [] }
    func adopt(_ directory: HubDirectory, policies: [Policy], now: Instant) -> [Posting] { [] }
    func takeChanges() -> [RowChange] { [] }
    func restore(_ row: RowChange) throws(RowError) {}
    func fresh() -> IngressHost { IngressHost(service: service) }
}

public final class IngressHostOf<P: IngressParticipant>: IngressHost {
    private var state: P?

    public init(_: P.Type) { super.init(service: P.service) }

    override func reset(_ equipment: Equipment) { state = P(equipment) }
    override func receive(_ record: IngressRecord) -> [Posting] { state?.receive(record) ?? [] }
    override func adopt(_ directory: HubDirectory, policies: [Policy], now: Instant) -> [Posting] {
        state?.adopt(directory, policies: policies, now: now) ?? []
    }
    override func takeChanges() -> [RowChange] { state?.takeChanges() ?? [] }
    override func restore(_ row: RowChange) throws(RowError) { try state?.restore(row) }
    override func fresh() -> IngressHost { IngressHostOf<P>(P.self) }
}
