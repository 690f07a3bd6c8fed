/// How urgent a child's matter is: RAG with Blue (no multi-agency response). Not the level of need, which is a fact of
/// its own.
public enum RAG: String, Hashable, Comparable, Sendable, CaseIterable {
    case blue, green, amber, red

    private var rank: Int {
        switch self {
        case .blue: 0
        case .green: 1
        case .amber: 2
        case .red: 3
        }
    }
    public static func < (left: RAG, right: RAG) -> Bool { left.rank < right.rank }
}

/// Level of need, 1 (universal) to 4 (statutory protection), as in the threshold documents of safeguarding partners.
public struct LevelOfNeed: Hashable, Comparable, Sendable {
    public let level: Int
    public init?(_ level: Int) {
        guard (1...4).contains(level) else { return nil }
        self.level = level
    }
    public static let universal = LevelOfNeed(unchecked: 1)
    public static let early = LevelOfNeed(unchecked: 2)
    public static let targeted = LevelOfNeed(unchecked: 3)
    public static let protection = LevelOfNeed(unchecked: 4)
    private init(unchecked level: Int) { self.level = level }
    public static func < (left: Self, right: Self) -> Bool { left.level < right.level }
}

/// The rating of one child: urgency and level of need. It rises by itself; lowering it takes a named person, so that no
/// path of the automation can do it.
public struct Rating: Hashable, Sendable {
    public private(set) var urgency: RAG
    public private(set) var level: LevelOfNeed

    public init(_ urgency: RAG, level: LevelOfNeed) {
        self.urgency = urgency
        self.level = level
    }

    /// The higher of the two in each part.
    public func raised(to other: Rating) -> Rating {
        Rating(max(urgency, other.urgency), level: max(level, other.level))
    }

    /// What a named person decided, whether higher or lower.
    public func set(to other: Rating, by _: NamedPerson) -> Rating { other }
}

/// A member of staff acting in a role of their team: who decided. Built by Intake alone, from the configuration in force.
public struct NamedPerson: Hashable, Sendable {
    public let staff: StaffName
    public let team: TeamName
    public let role: Role
    public init(staff: StaffName, team: TeamName, role: Role) {
        self.staff = staff
        self.team = team
        self.role = role
    }
}
