import DomainModel
import EventLog
import EventLogConformance
import Synchronization

final class MemoryHarness: LogHarness {
    private let memory: MemoryEventLog
    private let clock: TestClock

    init(transactionMarkers: Bool) {
        let clock = TestClock()
        self.clock = clock
        memory = MemoryEventLog(transactionMarkers: transactionMarkers) { clock.now }
    }

    var log: any EventLog { memory }
    func anotherHandle() -> any EventLog { memory }
    func restart() -> any EventLog { memory }
    let canControlClock = true
    func setClock(_ now: Instant) { clock.now = now }
    func kill(_ member: any LogMember) throws { try memory.expire(member) }
    var transactions: (any TransactionHarness)? { MemoryTransactions(log: memory) }
    let patience = Duration.seconds(5)
}

final class TestClock: Sendable {
    private let milliseconds = Mutex<Int64>(1_795_000_000_000)
    var now: Instant {
        get { Instant(milliseconds: milliseconds.withLock { $0 }) }
        set { milliseconds.withLock { $0 = newValue.milliseconds } }
    }
}

private final class MemoryTransactions: TransactionHarness {
    private let log: MemoryEventLog
    init(log: MemoryEventLog) { self.log = log }
    func begin(_ records: [NewRecord]) throws -> any HeldTransaction {
        Held(try log.beginTransaction(Step(postings: records)))
    }
    func begin(_ step: Step, by member: any LogMember) throws -> any HeldTransaction {
        Held(try log.beginTransaction(step, by: member))
    }

    private final class Held: HeldTransaction {
        private let open: OpenMemoryTransaction
        init(_ open: OpenMemoryTransaction) { self.open = open }
        func commit() throws(LogError) { try open.commit() }
        func abort() throws(LogError) { try open.abort() }
    }
}
