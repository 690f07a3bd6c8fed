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
    /// Forgets one partition's state.
    func reset(partition: Int32) {}
    func receive(_ event: Event, partition: Int32) -> [Posting] { [] }
    func takeChanges(partition: Int32) -> [RowChange] { [] }
    func restore(_ row: RowChange, partition: Int32) throws(RowError) {}
    func nextDue(partition: Int32) -> Instant? { nil }

    /// What it posts on an event, of which it sees no more than it may.
    final func postings(on event: Event, at position: InputPosition) -> [Posting] {
        if opensParts || event.parts.isEmpty { return receive(event, partition: position.partition) }
        var seen = event
        seen.parts = []
        return receive(seen, partition: position.partition)
    }

    /// A host of the same kind without any state, for a replay beside the running one.
    func fresh() -> RoomHost { RoomHost(service: service, opensParts: opensParts) }
}

/// A participant's state is one authority's: authorities that share a partition share no row and no decision, so that
/// nothing of one family can come up in another authority's work. A strike of the clock goes to each in the order of
/// their codes.
public final class HostOf<P: Participant>: RoomHost {
    private struct Room {
        var state: P
        var isTouched: Bool
    }

    private var equipment: Equipment?
    /// By partition: the authorities in the order of their codes, and the state of each.
    private var codes: [[AuthorityCode]] = []
    private var rooms: [[Room]] = []
    /// What `nextDue` answered, until a state changes.
    private var due: [Instant??] = []

    public init(_: P.Type) {
        super.init(service: P.service, opensParts: P.opensParts)
    }

    override func reset(_ equipment: Equipment, partitions: Int32) {
        self.equipment = equipment
        codes = Array(repeating: [], count: Int(partitions))
        rooms = Array(repeating: [], count: Int(partitions))
        due = Array(repeating: nil, count: Int(partitions))
    }

    override func reset(partition: Int32) {
        codes[Int(partition)] = []
        rooms[Int(partition)] = []
        due[Int(partition)] = nil
    }

    override func receive(_ event: Event, partition: Int32) -> [Posting] {
        let partition = Int(partition)
        due[partition] = nil
        if case .clockStruck = event.body {
            var postings: [Posting] = []
            for index in rooms[partition].indices {
                rooms[partition][index].isTouched = true
                postings += rooms[partition][index].state.receive(event)
            }
            return postings
        }
        guard let index = place(of: event.authority, in: partition) else { return [] }
        rooms[partition][index].isTouched = true
        return rooms[partition][index].state.receive(event)
    }

    override func takeChanges(partition: Int32) -> [RowChange] {
        let partition = Int(partition)
        var changes: [RowChange] = []
        for index in rooms[partition].indices where rooms[partition][index].isTouched {
            rooms[partition][index].isTouched = false
            let prefix = Array("\(codes[partition][index])/".utf8)
            for change in rooms[partition][index].state.takeChanges() {
                changes.append(RowChange(key: prefix + change.key, value: change.value))
            }
        }
        return changes
    }

    override func restore(_ row: RowChange, partition: Int32) throws(RowError) {
        due[Int(partition)] = nil
        guard let slash = row.key.firstIndex(of: UInt8(ascii: "/")),
            let authority = AuthorityCode(gss: String(decoding: row.key[..<slash], as: UTF8.self)),
            let index = place(of: authority, in: Int(partition))
        else { throw .badKey }
        try rooms[Int(partition)][index].state.restore(
            RowChange(key: Array(row.key[(slash + 1)...]), value: row.value))
    }

    override func nextDue(partition: Int32) -> Instant? {
        let partition = Int(partition)
        if let known = due[partition] { return known }
        let earliest = rooms[partition].compactMap(\.state.nextDue).min()
        due[partition] = .some(earliest)
        return earliest
    }

    override func fresh() -> RoomHost { HostOf<P>(P.self) }

    /// Where the authority's state stands; made where there is none yet.
    private func place(of authority: AuthorityCode, in partition: Int) -> Int? {
        if let index = codes[partition].firstIndex(of: authority) { return index }
        guard let equipment else { return nil }
        let index = codes[partition].firstIndex { authority < $0 } ?? codes[partition].count
        codes[partition].insert(authority, at: index)
        rooms[partition].insert(Room(state: P(equipment), isTouched: false), at: index)
        return index
    }
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
