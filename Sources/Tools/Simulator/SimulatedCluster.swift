public import DomainModel
public import EventLog
import SyntheticWorld

/// A Kafka that is all in one thread and in memory, with what goes wrong on the way to it: the log that the judge reads
/// (``whole``), and for each process a handle of its own (``SimulatedLog``) through which it sees less, later, or nothing.
///
/// Generations, fencing, read_committed, the last stable offset and aborted transactions are ``MemoryEventLog``'s. The
/// end of a transaction that comes late is taken only while its member still holds what it read, else it is aborted: as
/// a coordinator does with one whose producer or generation has been replaced.
///
/// Unchecked because one thread drives a whole simulation; without faults nothing here changes.
public final class SimulatedCluster: @unchecked Sendable {
    enum Pending {
        /// The group has waited long enough for the members of a process that is gone.
        case expire([any LogMember], process: Int)
        /// What is left of a transaction whose process is gone.
        case end(OpenMemoryTransaction, isCommitted: Bool)
        /// A process that stood still makes the commit that it had in hand.
        case zombie(any LogMember, Step, process: Int)
        case outageOver
    }

    /// All that was ever committed, whatever retention took from the others.
    public let whole: MemoryEventLog
    let time: SimulatedTime

    var plan: FaultPlan
    var draws: Draws
    /// While false, nothing goes wrong: at the start, and at the end, when all must come to rest.
    var isFaulty = false
    private(set) var counts = [Int](repeating: 0, count: FaultKind.allCases.count)
    private var pending: [(at: Int64, number: Int, what: Pending)] = []
    private var pendingNumber = 0
    /// By process: which of its lives is the present one; nil where it is down.
    private var lives: [Int?] = []
    private var outage: Int32?
    /// The positions below which records from outside have been deleted.
    private var starts: [TopicPartition: NextOffset] = [:]
    private var isNarrating: Bool
    private(set) var narration: [String] = []

    init(
        seed: UInt64, without: Set<FaultKind> = [], time: SimulatedTime, fences: Bool = true, isNarrating: Bool = false
    ) {
        var draws = Draws(seed, 1)
        plan = FaultPlan(&draws, seed: seed, without: without)
        self.draws = draws
        self.time = time
        self.isNarrating = isNarrating
        whole = MemoryEventLog(
            transactionMarkers: true, keepsTableHistory: true, fences: fences, clock: { time.appendTime })
    }

    /// A cluster where nothing goes wrong.
    public convenience init(clock: Instant) {
        self.init(seed: 0, time: SimulatedTime(clock))
    }

    /// A handle of a process that lives for good: for tests of the log itself.
    public func handle() -> any EventLog { SimulatedLog(self, process: 0, life: begin(0)) }

    func tell(_ text: @autoclosure () -> String) {
        if isNarrating { narration.append("\(time.now) \(text())") }
    }

    // MARK: Chance

    func happens(_ kind: FaultKind, times factor: Double = 1) -> Bool {
        guard isFaulty, plan.has(kind), draws.happens(plan.rate(kind) * factor) else { return false }
        count(kind)
        return true
    }

    func count(_ kind: FaultKind) {
        if let place = FaultKind.allCases.firstIndex(of: kind) { counts[place] += 1 }
    }

    // MARK: Processes

    /// A process begins another life.
    func begin(_ process: Int) -> Int {
        while lives.count <= process { lives.append(nil) }
        livesBegun += 1
        lives[process] = livesBegun
        return livesBegun
    }
    private var livesBegun = 0
    private var ends: [Int64] = []

    /// Whether a process may be ended or made to leave by chance: twice in a while, and no third time. Where three ends
    /// meet before one record, the hub takes that record for what ends it and sets it aside; it cannot tell a change of
    /// who holds a partition from an end.
    var mayKill: Bool {
        ends.count { $0 > time.now.milliseconds - SimulatedTimes.betweenEnds } < 2
    }

    /// A process dies: its group waits for its members for a while, and then no longer.
    func end(_ process: Int) {
        guard process < lives.count, lives[process] != nil else { return }
        lives[process] = nil
        ends.append(time.now.milliseconds)
        let gone = members.filter { $0.process == process }.map(\.member)
        members.removeAll { $0.process == process }
        if !gone.isEmpty { later(SimulatedTimes.session, .expire(gone, process: process)) }
    }

    /// Members are kept here, since one that is let go has left.
    func note(_ member: SimulatedMember, of process: Int) { members.append((process, member.inner)) }
    private var members: [(process: Int, member: any LogMember)] = []

    func forgetMembers(of process: Int) { members.removeAll { $0.process == process } }

    /// Transactions that a process left open; its next life ends them before it does anything else.
    func leaveOpen(_ transaction: OpenMemoryTransaction, _ participant: ParticipantName, _ instance: String) {
        leftOpen.append((participant, instance, transaction))
    }
    private var leftOpen: [(participant: ParticipantName, instance: String, transaction: OpenMemoryTransaction)] = []

    func abortLeftOpen(_ participant: ParticipantName, _ instance: String) {
        for open in leftOpen where open.participant == participant && open.instance == instance {
            do throws(LogError) {
                try open.transaction.abort()
                tell("\(participant) of \(instance) aborts what its former life left open")
            } catch {
                // It has been ended meanwhile.
            }
        }
        leftOpen.removeAll { $0.participant == participant && $0.instance == instance }
    }

    func isAlive(_ process: Int, _ life: Int) -> Bool { process < lives.count && lives[process] == life }

    // MARK: What comes later

    func later(_ milliseconds: Int64, _ what: Pending) {
        pendingNumber += 1
        pending.append((time.now.milliseconds + milliseconds, pendingNumber, what))
    }

    var nextPending: Instant? { pending.map(\.at).min().map { Instant(milliseconds: $0) } }

    /// Does what is due by now, in order.
    func settle() {
        while let first = pending.indices.min(by: {
            (pending[$0].at, pending[$0].number) < (pending[$1].at, pending[$1].number)
        }),
            pending[first].at <= time.now.milliseconds
        {
            let (_, _, what) = pending.remove(at: first)
            switch what {
            case .expire(let members, let process):
                tell("the group no longer waits for process \(process)")
                for member in members { try? whole.expire(member) }
            case .end(let transaction, let isCommitted):
                do throws(LogError) {
                    if isCommitted { try transaction.commit() } else { try transaction.abort() }
                    tell("a transaction that was left open is \(isCommitted ? "committed, late" : "aborted")")
                } catch {
                    tell("the late end of a transaction is refused")
                }
            case .zombie(let member, let step, let process):
                do throws(LogError) {
                    try member.commit(step)
                    tell("process \(process) wakes and its commit lands: \(SimulatedCluster.words(step))")
                } catch {
                    tell("process \(process) wakes and its commit is refused")
                }
            case .outageOver:
                outage = nil
                tell("the broker is back")
            }
        }
    }

    // MARK: Brokers

    func loseBroker() {
        guard outage == nil else { return }
        let broker = Int32(draws.below(3))
        outage = broker
        count(.brokerLoss)
        tell("broker \(broker) is lost")
        later(1 + Int64(draws.below(Int(SimulatedTimes.outageMax))), .outageOver)
    }

    func isOut(_ source: TopicPartition) -> Bool {
        guard let outage else { return false }
        // Not the hash of the standard library, which differs from run to run.
        let salt = source.topic.name.utf8.reduce(Int32(7)) { ($0 &* 31 &+ Int32($1)) & 0xffff }
        return (salt + source.partition) % 3 == outage
    }

    var isBrokerOut: Bool { outage != nil }

    var hasOpenTransactions: Bool {
        pending.contains { if case .end = $0.what { true } else { false } }
    }

    // MARK: Retention

    /// Deletes what Intake has read of one topic.
    func trim(_ source: TopicPartition, before next: NextOffset) {
        starts[source] = max(starts[source] ?? .start, next)
    }

    func start(of source: TopicPartition) -> NextOffset { starts[source] ?? .start }

    static func words(_ step: Step) -> String {
        "\(step.postings.count) postings, \(step.tableChanges.count) rows, positions "
            + step.positions.map { "\($0.source)@\($0.next)" }.joined(separator: " ")
    }
}

/// Virtual time: what it is, and what the clocks say.
final class SimulatedTime: @unchecked Sendable {
    private(set) var now: Instant
    /// How wrong the brokers' clocks are, milliseconds.
    var error: Int64 = 0
    /// Where set, every append has this time: then nothing depends on when something was sent.
    var frozenAppendTime: Instant?

    init(_ now: Instant) { self.now = now }

    func advance(to instant: Instant) { now = max(now, instant) }

    var appendTime: Instant { frozenAppendTime ?? now.adding(milliseconds: error) }
}
