import DomainModel
import EventLog
import HubConfiguration
public import Room

/// What a participant knows of one authority, behind a class so that many kinds stand in one list without an existential
/// an event, and so that what is done for every event need not know which kind it is.
class AuthorityState {
    let authority: AuthorityCode
    var isTouched = false

    init(_ authority: AuthorityCode) { self.authority = authority }

    func receive(_ event: Event) -> [Posting] { [] }
    func takeChanges() -> [RowChange] { [] }
    func restore(_ row: RowChange) throws(RowError) {}
    var nextDue: Instant? { nil }
}

private final class AuthorityStateOf<P: Participant>: AuthorityState {
    private var state: P

    init(_ authority: AuthorityCode, _ equipment: Equipment) {
        state = P(equipment)
        super.init(authority)
    }

    override func receive(_ event: Event) -> [Posting] { state.receive(event) }
    override func takeChanges() -> [RowChange] { state.takeChanges() }
    override func restore(_ row: RowChange) throws(RowError) { try state.restore(row) }
    override var nextDue: Instant? { state.nextDue }
}

/// A participant with its state for every partition of the room.
///
/// A participant's state is one authority's: authorities that share a partition share no row and no decision, so that
/// nothing of one family can come up in another authority's work. A strike of the clock goes to each in the order of
/// their codes.
public class RoomHost {
    private struct Room {
        /// In the order of the authorities' codes.
        var states: [AuthorityState] = []
        /// What `nextDue` answered, until a state changes.
        var due: Instant??
    }

    public let service: Service
    let opensParts: Bool
    private var equipment: Equipment?
    private var rooms: [Room] = []

    init(service: Service, opensParts: Bool) {
        self.service = service
        self.opensParts = opensParts
    }

    /// A fresh state of the participant.
    func state(of authority: AuthorityCode, _ equipment: Equipment) -> AuthorityState { AuthorityState(authority) }

    /// A host of the same kind without any state, for a replay beside the running one.
    func fresh() -> RoomHost { RoomHost(service: service, opensParts: opensParts) }

    final func reset(_ equipment: Equipment, partitions: Int32) {
        self.equipment = equipment
        rooms = Array(repeating: Room(), count: Int(partitions))
    }

    /// Forgets one partition's state.
    final func reset(partition: Int32) { rooms[Int(partition)] = Room() }

    func receive(_ event: Event, partition: Int32) -> [Posting] {
        let partition = Int(partition)
        rooms[partition].due = nil
        if case .clockStruck = event.body {
            var postings: [Posting] = []
            for state in rooms[partition].states {
                state.isTouched = true
                postings += state.receive(event)
            }
            return postings
        }
        guard let state = state(of: event.authority, in: partition) else { return [] }
        state.isTouched = true
        return state.receive(event)
    }

    /// What it posts on an event, of which it sees no more than it may.
    final func postings(on event: Event, at position: InputPosition) -> [Posting] {
        if opensParts || event.parts.isEmpty { return receive(event, partition: position.partition) }
        var seen = event
        seen.parts = []
        return receive(seen, partition: position.partition)
    }

    final func takeChanges(partition: Int32) -> [RowChange] {
        var changes: [RowChange] = []
        for state in rooms[Int(partition)].states where state.isTouched {
            state.isTouched = false
            let prefix = Array("\(state.authority)/".utf8)
            let own = state.takeChanges()
            changes.reserveCapacity(changes.count + own.count)
            for change in own {
                var key: [UInt8] = []
                key.reserveCapacity(prefix.count + change.key.count)
                key += prefix
                key += change.key
                changes.append(RowChange(key: key, value: change.value))
            }
        }
        return changes
    }

    final func restore(_ row: RowChange, partition: Int32) throws(RowError) {
        rooms[Int(partition)].due = nil
        guard let slash = row.key.firstIndex(of: UInt8(ascii: "/")),
            let authority = AuthorityCode(gss: String(decoding: row.key[..<slash], as: UTF8.self)),
            let state = state(of: authority, in: Int(partition))
        else { throw .badKey }
        try state.restore(RowChange(key: Array(row.key[(slash + 1)...]), value: row.value))
    }

    final func nextDue(partition: Int32) -> Instant? {
        let partition = Int(partition)
        if let known = rooms[partition].due { return known }
        let earliest = rooms[partition].states.compactMap(\.nextDue).min()
        rooms[partition].due = .some(earliest)
        return earliest
    }

    /// The authority's state, made where there is none yet.
    private func state(of authority: AuthorityCode, in partition: Int) -> AuthorityState? {
        for state in rooms[partition].states where state.authority == authority { return state }
        guard let equipment else { return nil }
        let made = state(of: authority, equipment)
        let index = rooms[partition].states.firstIndex { authority < $0.authority } ?? rooms[partition].states.count
        rooms[partition].states.insert(made, at: index)
        return made
    }
}

public final class HostOf<P: Participant>: RoomHost {
    public init(_: P.Type) {
        super.init(service: P.service, opensParts: P.opensParts)
    }

    override func state(of authority: AuthorityCode, _ equipment: Equipment) -> AuthorityState {
        AuthorityStateOf<P>(authority, equipment)
    }

    override func fresh() -> RoomHost { HostOf<P>(P.self) }
}

/// Intake behind a class, for the same reason.
public class IngressHost {
    public let service: Service
    init(service: Service) { self.service = service }

    func reset(_ equipment: Equipment) {}
    func receive(_ record: IngressRecord) -> [Posting] { [] }
    func setAside(_ record: IngressRecord, as reason: SetAsideReason) -> [Posting] { [] }
    func adopt(_ directory: HubDirectory, policies: [Policy], now: Instant) -> [Posting] { [] }
    func takeChanges() -> [RowChange] { [] }
    func restore(_ row: RowChange) throws(RowError) {}
    func fresh() -> IngressHost { IngressHost(service: service) }
}

/// Before another one, for who alters some of what that does; everything else is passed on.
public class ForwardingIngressHost: IngressHost {
    let inner: IngressHost

    init(_ inner: IngressHost) {
        self.inner = inner
        super.init(service: inner.service)
    }

    override func reset(_ equipment: Equipment) { inner.reset(equipment) }
    override func receive(_ record: IngressRecord) -> [Posting] { inner.receive(record) }
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

public final class IngressHostOf<P: IngressParticipant>: IngressHost {
    private var state: P?

    public init(_: P.Type) { super.init(service: P.service) }

    override func reset(_ equipment: Equipment) { state = P(equipment) }
    override func receive(_ record: IngressRecord) -> [Posting] { state?.receive(record) ?? [] }
    override func setAside(_ record: IngressRecord, as reason: SetAsideReason) -> [Posting] {
        state?.setAside(record, as: reason) ?? []
    }
    override func adopt(_ directory: HubDirectory, policies: [Policy], now: Instant) -> [Posting] {
        state?.adopt(directory, policies: policies, now: now) ?? []
    }
    override func takeChanges() -> [RowChange] { state?.takeChanges() ?? [] }
    override func restore(_ row: RowChange) throws(RowError) { try state?.restore(row) }
    override func fresh() -> IngressHost { IngressHostOf<P>(P.self) }
}
