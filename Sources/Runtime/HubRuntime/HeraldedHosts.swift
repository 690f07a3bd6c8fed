import DomainModel
import HubConfiguration
public import Room

// Hosts that tell what their participant is about to be given. Whoever listens may end the process on it, as a fault in
// the participant's code would: so tests of the whole hub see what comes of that. No other hub has one.

public final class HeraldedHost: RoomHost {
    private let inner: RoomHost
    private let herald: (Event) -> Void

    public init(_ inner: RoomHost, _ herald: @escaping (Event) -> Void) {
        self.inner = inner
        self.herald = herald
        super.init(service: inner.service, opensParts: inner.opensParts)
    }

    override func state(of authority: AuthorityCode, _ equipment: Equipment) -> AuthorityState {
        inner.state(of: authority, equipment)
    }

    /// A replay is not harmed.
    override func fresh() -> RoomHost { inner.fresh() }

    override func receive(_ event: Event, partition: Int32) -> [Posting] {
        herald(event)
        return super.receive(event, partition: partition)
    }
}

public final class HeraldedIngressHost: IngressHost {
    private let inner: IngressHost
    private let herald: (IngressRecord) -> Void

    public init(_ inner: IngressHost, _ herald: @escaping (IngressRecord) -> Void) {
        self.inner = inner
        self.herald = herald
        super.init(service: inner.service)
    }

    override func reset(_ equipment: Equipment) { inner.reset(equipment) }
    override func receive(_ record: IngressRecord) -> [Posting] {
        herald(record)
        return inner.receive(record)
    }
    override func setAside(_ record: IngressRecord, as reason: SetAsideReason) -> [Posting] {
        inner.setAside(record, as: reason)
    }
    override func adopt(_ directory: HubDirectory, policies: [Policy], now: Instant) -> [Posting] {
        inner.adopt(directory, policies: policies, now: now)
    }
    override func takeChanges() -> [RowChange] { inner.takeChanges() }
    override func restore(_ row: RowChange) throws(RowError) { try inner.restore(row) }
    override func fresh() -> IngressHost { inner.fresh() }
}
