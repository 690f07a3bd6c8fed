public import DomainModel
public import Sealing

/// A pure participant over the state of one authority's room: no clock, no I/O, no randomness, and never an iteration
/// over a dictionary or a set.
///
/// `receive` applies the input, decides, and applies each of its own postings as it makes them. `replay` applies an
/// input and the postings that were recorded for it and decides nothing, so that a rebuilt state is the same even where
/// a later version would decide otherwise.
public protocol Participant {
    static var service: Service { get }
    /// Whether the runtime hands it opened parts. Whoever never needs a name never sees one.
    static var opensParts: Bool { get }

    init(_ equipment: Equipment)

    mutating func receive(_ input: Event) -> [Posting]
    mutating func replay(_ input: Event, own: [Event])

    /// When the clock must strike for this partition; nil where nothing waits for time.
    var nextDue: Instant? { get }

    /// The rows that changed since the last call, in the order of their first change.
    mutating func takeChanges() -> [RowChange]
    /// Takes one row back as `takeChanges` gave it. All rows are restored before the first input.
    mutating func restore(_ row: RowChange) throws(RowError)
}

/// What the runtime hands to a participant. Functions of their arguments alone: the keys are the hub's, not the clock's.
public struct Equipment: Sendable {
    /// Opens a sealed part; nil once its key was destroyed.
    public let open: @Sendable (Part) -> [UInt8]?
    /// The same for a part that came in from outside, as it does with a redrive: where it is none that this hub has
    /// sealed, that is its sender's fault and stops nothing.
    public let openBrought: @Sendable (Part) -> [UInt8]?
    /// The hub's keyed hash: ids of what outsiders name, and references that the hub issues.
    public let keyed: KeyedHash
    /// What may leave the room, field by field.
    public let allowLists: AllowLists

    public init(
        open: @escaping @Sendable (Part) -> [UInt8]?,
        openBrought: @escaping @Sendable (Part) -> [UInt8]? = { _ in nil },
        keyed: KeyedHash, allowLists: AllowLists
    ) {
        self.open = open
        self.openBrought = openBrought
        self.keyed = keyed
        self.allowLists = allowLists
    }
}

public enum Posting: Hashable, Sendable {
    case room(Event)
    /// To an agency's inbox, a team's queue or a desk's alerts.
    case outgoing(Outgoing)
    case deadLetter(DeadLetter)
}

/// Something from outside that could not be read, or an event that no participant could decide. The original bytes go
/// sealed; all else is open and names nothing from outside.
public struct DeadLetter: Hashable, Sendable {
    public var id: EventID
    public var time: Instant
    public var authority: AuthorityCode
    public var origin: InputPosition
    public var reason: String
    public var pointer: String?
    public var service: Service
    /// The record's value as it came; cut to nothing where it is over the limit of a dead letter.
    public var original: [UInt8]?
    /// What a redrive needs besides; nil where the original is.
    public var head: LetterHead?
    public var originalLength: Int
    /// SHA-256 of the original, in hexadecimal.
    public var originalHash: String

    public init(
        id: EventID, time: Instant, authority: AuthorityCode, origin: InputPosition, reason: String,
        pointer: String? = nil, service: Service, original: [UInt8]?, head: LetterHead? = nil, originalLength: Int,
        originalHash: String
    ) {
        self.id = id
        self.time = time
        self.authority = authority
        self.origin = origin
        self.reason = reason
        self.pointer = pointer
        self.service = service
        self.original = original
        self.head = head
        self.originalLength = originalLength
        self.originalHash = originalHash
    }
}
