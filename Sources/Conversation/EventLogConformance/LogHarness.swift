public import DomainModel
public import EventLog

/// What a log lends to the conformance suite: one harness a case, its log empty of the names that the harness gives.
///
/// Nothing here supposes offsets without gaps, an assignment at once, or a commit that is visible in the same
/// microsecond: a log over a network has none of them.
public protocol LogHarness: AnyObject {
    var log: any EventLog { get }

    /// Another handle on the same records, as another process would hold it: appends and reads, joins nothing.
    func anotherHandle() throws -> any EventLog

    /// Ends all handles and members, and opens what has been stored. A log that outlives nothing returns itself.
    func restart() throws -> any EventLog

    /// Append times come from a clock that ``setClock(_:)`` sets.
    var canControlClock: Bool { get }
    func setClock(_ now: Instant)

    /// The member's process dies: no leave, no last commit. Its partitions are free after a while.
    func kill(_ member: any LogMember) throws

    /// Transactions that a test can hold open; nil where no caller can see one from outside.
    var transactions: (any TransactionHarness)? { get }

    /// The name to use for a topic, a participant, a table: its own in each case on a log that others share.
    func topic(_ base: String) -> Topic
    func participant(_ base: String) -> ParticipantName
    /// - Returns: a table that exists and is empty.
    func table(_ base: String, partitions: Int32) throws -> TableName

    /// How long something may take that ends in the end: a rebalance, the visibility of a commit.
    var patience: Duration { get }
}

extension LogHarness {
    public var canControlClock: Bool { false }
    public func setClock(_ now: Instant) {}
    public var transactions: (any TransactionHarness)? { nil }
    public func topic(_ base: String) -> Topic { Topic(base) }
    public func participant(_ base: String) -> ParticipantName { ParticipantName(base) }
    public func table(_ base: String, partitions: Int32) throws -> TableName { TableName(base) }
    public var patience: Duration { .seconds(20) }
}

public protocol TransactionHarness: AnyObject {
    /// Writes the records and leaves the transaction open.
    func begin(_ records: [NewRecord]) throws -> any HeldTransaction
    /// Writes a member's step and leaves the transaction open.
    func begin(_ step: Step, by member: any LogMember) throws -> any HeldTransaction
}

public protocol HeldTransaction: AnyObject {
    func commit() throws(LogError)
    func abort() throws(LogError)
}

public struct ConformanceFailure: Error, CustomStringConvertible {
    public let description: String
    public init(_ text: String) { description = text }
}

/// One thing that every log must do, or one race that none may lose.
public struct ConformanceCase: Sendable, CustomStringConvertible {
    public enum Need: Sendable { case nothing, carrying, clock, transactions }
    public let name: String
    /// What the log or its harness must have; without it the case does not apply.
    public let need: Need
    /// - Throws: ``ConformanceFailure`` with what was expected, or what the log threw.
    public let run: @Sendable (any LogHarness) throws -> Void

    init(_ name: String, need: Need = .nothing, run: @escaping @Sendable (any LogHarness) throws -> Void) {
        self.name = name
        self.need = need
        self.run = run
    }

    public var description: String { name }

    public static let all: [ConformanceCase] =
        recordCases + readCases + stepCases + memberCases + fencingCases + tableCases + carryingCases
        + transactionCases

    /// The cases that apply to a log with these abilities.
    public static func all(carrying: Bool, clock: Bool, transactions: Bool) -> [ConformanceCase] {
        all.filter { each in
            switch each.need {
            case .nothing: true
            case .carrying: carrying
            case .clock: clock
            case .transactions: transactions
            }
        }
    }
}
