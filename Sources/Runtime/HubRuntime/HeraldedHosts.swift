import DomainModel
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

public final class HeraldedIngressHost: ForwardingIngressHost {
    private let herald: (IngressRecord) -> Void

    public init(_ inner: IngressHost, _ herald: @escaping (IngressRecord) -> Void) {
        self.herald = herald
        super.init(inner)
    }

    override func receive(_ record: IngressRecord) -> [Posting] {
        herald(record)
        return super.receive(record)
    }
}
