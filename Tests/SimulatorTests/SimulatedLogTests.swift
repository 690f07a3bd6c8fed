import DomainModel
import EventLog
import EventLogConformance
import Testing

@testable import Simulator

/// Without faults the simulated cluster is a log like any other.
@Suite struct SimulatedLogTests {
    @Test(arguments: ConformanceCase.all(carrying: false, clock: true, transactions: true))
    func conforms(to each: ConformanceCase) throws { try each.run(SimulatedHarness()) }

    @Test func whatADeadProcessDoesComesToNothing() throws {
        let cluster = SimulatedCluster(clock: .distantPast)
        let log = cluster.handle()
        let topic = Topic("t")
        try log.ensure([TopicSpecification(topic, partitions: 1)])
        let member = try log.join(ParticipantName("p"), instance: "1", inputs: [.exact(topic)])
        cluster.end(0)
        let record = NewRecord(TopicPartition(topic, 0), key: nil, value: [1])
        #expect(throws: LogError.self) { try member.commit(Step(postings: [record])) }
        #expect(throws: LogError.self) { _ = try log.append([record]) }
        #expect(try cluster.whole.end(of: TopicPartition(topic, 0)) == .start)
    }
}

private final class SimulatedHarness: LogHarness {
    private let cluster = SimulatedCluster(clock: Instant(milliseconds: 1_795_000_000_000))
    let log: any EventLog

    init() { log = cluster.handle() }

    func anotherHandle() -> any EventLog { log }
    func restart() -> any EventLog { log }
    let canControlClock = true
    func setClock(_ now: Instant) { cluster.time.frozenAppendTime = now }
    func kill(_ member: any LogMember) throws {
        if let member = member as? SimulatedMember { try cluster.whole.expire(member.inner) }
    }
    var transactions: (any TransactionHarness)? { Transactions(cluster: cluster) }
    let patience = Duration.seconds(5)

    private final class Transactions: TransactionHarness {
        private let cluster: SimulatedCluster
        init(cluster: SimulatedCluster) { self.cluster = cluster }
        func begin(_ records: [NewRecord]) throws -> any HeldTransaction {
            Held(try cluster.whole.beginTransaction(Step(postings: records)))
        }
        func begin(_ step: Step, by member: any LogMember) throws -> any HeldTransaction {
            Held(try cluster.whole.beginTransaction(step, by: (member as? SimulatedMember)?.inner))
        }
    }

    private final class Held: HeldTransaction {
        private let open: OpenMemoryTransaction
        init(_ open: OpenMemoryTransaction) { self.open = open }
        func commit() throws(LogError) { try open.commit() }
        func abort() throws(LogError) { try open.abort() }
    }
}
