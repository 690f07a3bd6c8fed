public import DomainModel
import Synchronization

/// The log of the simulator and of fast tests: nothing of it outlives the process, all else is as on Kafka, open and
/// aborted transactions, late commits, generations and fencing included.
///
/// With `wait: .zero` and an injected clock it is deterministic: the same calls in the same order give the same bytes.
/// An append time is the clock's at the append, or the partition's last one where the clock has gone back.
public final class MemoryEventLog: CarryingLog {
    private let state: Mutex<MemoryState>
    private let bell = Doorbell()
    private let clock: @Sendable () -> Instant

    /// - Parameter transactionMarkers: each commit takes one more offset in every partition that it wrote to, as
    ///   Kafka's does, so that a caller who counts offsets is found out.
    /// - Parameter keepsTableHistory: a table gives earlier changes of a key as well, until they are compacted.
    /// - Parameter fences: false plants a bug: who has lost an input may commit for it all the same.
    public init(
        transactionMarkers: Bool = false, keepsTableHistory: Bool = false, fences: Bool = true,
        clock: @escaping @Sendable () -> Instant
    ) {
        state = Mutex(
            MemoryState(takesMarkers: transactionMarkers, keepsTableHistory: keepsTableHistory, fences: fences))
        self.clock = clock
    }

    public func ensure(_ topics: [TopicSpecification]) throws(LogError) {
        state.withLock { $0.ensure(topics) }
        bell.ring()
    }

    public func topics() throws(LogError) -> [TopicSpecification] {
        state.withLock { $0.specifications }.sorted { $0.topic < $1.topic }
    }

    public func append(_ records: [NewRecord]) throws(LogError) -> [Offset] {
        let now = clock()
        let offsets = try state.withLock { state throws(LogError) in try state.append(records, at: now) }
        bell.ring()
        return offsets
    }

    public func read(_ source: TopicPartition, from: NextOffset, limit: ReadLimit) throws(LogError) -> ReadResult {
        try state.withLock { state throws(LogError) in try state.read(source, from: from, limit: limit) }
    }

    public func end(of source: TopicPartition) throws(LogError) -> NextOffset {
        try state.withLock { state throws(LogError) in try state.end(of: source) }
    }

    public func committed(_ participant: ParticipantName, on source: TopicPartition) throws(LogError) -> NextOffset? {
        try state.withLock { state throws(LogError) in try state.committed(participant, on: source) }
    }

    public func changes(of table: TableName, partition: Int32, from: NextOffset, limit: ReadLimit) throws(LogError)
        -> TableChanges
    {
        let shelf = MemoryState.Shelf(table: table, partition: partition)
        return state.withLock { $0.changes(of: shelf, from: from, limit: limit) }
    }

    public func join(_ participant: ParticipantName, instance: String, inputs: [TopicPattern]) throws(LogError)
        -> any LogMember
    {
        let id = state.withLock { $0.board.join(participant, instance: instance, inputs: inputs) }
        bell.ring()
        return MemoryMember(participant, id: id, log: self)
    }

    public func commit(_ steps: [(member: any LogMember, step: Step)], expecting: [(TopicPartition, NextOffset)])
        throws(LogError)
    {
        var owned: [(member: MemoryMember, step: Step)] = []
        owned.reserveCapacity(steps.count)
        for (member, step) in steps { owned.append((try own(member), step)) }
        let now = clock()
        let work = owned.map { (id: $0.member.id, participant: $0.member.participant, step: $0.step) }
        try state.withLock { state throws(LogError) in
            for (source, next) in expecting {
                let end = try state.end(of: source)
                if end != next { throw .conflict("\(source) ends at \(end), not at \(next)") }
            }
            for (id, _, step) in work { try state.check(step, of: id) }
            for (_, participant, step) in work { try state.commit(step, by: participant, at: now) }
        }
        bell.ring()
    }

    // MARK: What goes wrong elsewhere, for tests

    /// Ends a membership as a missed heartbeat does: its partitions go to others, and what it does later is `.fenced`.
    public func expire(_ member: any LogMember) throws(LogError) {
        remove(try own(member).id, why: "the member was silent for too long")
    }

    /// Writes a step's postings without ending the transaction: readers stop before the first of them until it is
    /// committed or aborted. Table changes and positions take effect with the commit.
    /// - Parameter member: whose step it is; nil for a producer outside any participant.
    public func beginTransaction(_ step: Step, by member: (any LogMember)? = nil) throws(LogError)
        -> OpenMemoryTransaction
    {
        let owner: MemoryMember? = if let member { try own(member) } else { nil }
        let now = clock()
        let id = owner?.id
        let number = try state.withLock { state throws(LogError) in
            if let id { try state.check(step, of: id) }
            return try state.begin(step, at: now)
        }
        return OpenMemoryTransaction(number: number, step: step, member: owner, log: self)
    }

    func settle(_ transaction: OpenMemoryTransaction, isCommitted: Bool) throws(LogError) {
        let number = transaction.number
        let participant = transaction.member?.participant
        let id = transaction.member?.id
        let step = transaction.step
        defer { bell.ring() }
        try state.withLock { state throws(LogError) in
            if isCommitted, let id {
                do throws(LogError) {
                    try state.check(step, of: id)
                } catch {
                    // What a zombie left open would hold back every reader: the coordinator aborts it.
                    try state.settle(number, isCommitted: false, by: nil)
                    throw error
                }
            }
            try state.settle(number, isCommitted: isCommitted, by: participant)
        }
    }

    // MARK: For the members

    func change(for id: MemberBoard.MemberID) throws(LogError) -> MemberBoard.Change? {
        let change = try state.withLock { state throws(LogError) in try state.board.next(for: id) }
        // A partition given up is one that another member may be waiting for.
        if case .revoked = change { bell.ring() }
        return change
    }

    func holding(of id: MemberBoard.MemberID) throws(LogError) -> [TopicPartition] {
        try state.withLock { state throws(LogError) in try state.board.holding(of: id) }
    }

    func remove(_ id: MemberBoard.MemberID, why: String) {
        state.withLock { $0.board.remove(id, why: why) }
        bell.ring()
    }

    var ringsSeen: UInt64 { bell.seen }
    func wait(since seen: UInt64, until deadline: Int64) { bell.wait(since: seen, until: deadline) }

    private func own(_ member: any LogMember) throws(LogError) -> MemoryMember {
        guard let member = member as? MemoryMember, member.log === self else {
            throw .fatal("a step of a member of another log")
        }
        return member
    }
}

/// A transaction that a test holds open. Ends once; a second end is `.fenced`.
public final class OpenMemoryTransaction: Sendable {
    let number: Int
    let step: Step
    let member: MemberIdentity?
    private let log: MemoryEventLog

    struct MemberIdentity: Sendable {
        let id: MemberBoard.MemberID
        let participant: ParticipantName
    }

    init(number: Int, step: Step, member: MemoryMember?, log: MemoryEventLog) {
        self.number = number
        self.step = step
        self.member = member.map { MemberIdentity(id: $0.id, participant: $0.participant) }
        self.log = log
    }

    public func commit() throws(LogError) { try log.settle(self, isCommitted: true) }
    public func abort() throws(LogError) { try log.settle(self, isCommitted: false) }
}
