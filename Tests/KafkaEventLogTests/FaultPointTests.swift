import EventLog
import EventLogConformance
import Kafka
import KafkaEventLog
import Synchronization
import Testing

/// Where a process may be harmed, on real brokers: each point is reached once in a step, with that on the brokers which
/// its name says, and a step whose harm has passed goes on as any other.
@Suite(.enabled(if: TestCluster.isWanted, TestCluster.reason))
struct FaultPointTests {
    private static let ofCommits: [FaultPoint] = [
        .atBegin, .midProduce, .afterFlush, .afterOffsets, .duringCommit, .afterCommit,
    ]
    private static let ample = ReadLimit(records: 100, bytes: 1 << 20)

    /// How many records lay in the output, committed or not, at each harm.
    private final class Seen: Sendable {
        private let inside = Mutex<[Int64]>([])
        var counts: [Int64] { inside.withLock { $0 } }
        func take(_ count: Int64) { inside.withLock { $0.append(count) } }
    }

    @Test(arguments: ofCommits) func aPointIsReachedOnceAndTheStepGoesOn(point: FaultPoint) throws {
        let cluster = try TestCluster.one.get()
        let harness = try KafkaHarness(cluster)
        defer { harness.close() }
        let (input, output) = (harness.topic("input"), harness.topic("output"))
        try harness.log.ensure([input, output].map { TopicSpecification($0, partitions: 1) })
        let (source, target) = (TopicPartition(input, 0), TopicPartition(output, 0))
        _ = try harness.log.append([NewRecord(source, key: nil, value: [1])])

        let seen = Seen()
        let brokers = KafkaSettings(brokers: cluster.brokers, log: LibraryLog.take)
        let plan = try FaultPlan("\(point.rawValue):p:1:stop", participants: ["p"])
        var settings = KafkaEventLog.Settings(brokers, prefix: harness.own)
        settings.faults = Faults(plan) { _ in
            guard let reader = try? KafkaReader(brokers), let end = try? reader.watermarks(of: target).high else {
                return
            }
            seen.take(end.value)
            reader.close()
        }
        let log = try KafkaEventLog(settings)
        defer { log.close() }
        let member = try log.join(harness.participant("p"), instance: "1", inputs: [.exact(input)])
        var next: NextOffset?
        let deadline = ContinuousClock.now + .seconds(60)
        while next == nil, ContinuousClock.now < deadline {
            if case .records(_, let records) = try member.poll(FaultPointTests.ample, wait: .milliseconds(100)) {
                next = records.last?.offset.next
            }
        }
        var step = Step()
        step.positions = [(source, try #require(next))]
        step.postings = (0..<4).map { NewRecord(target, key: nil, value: [UInt8($0)]) }
        try member.commit(step)
        member.leave()

        // A commit that is under way has its marker there or not yet.
        let wanted: ClosedRange<Int64> =
            switch point {
            case .atBegin: 0...0
            case .midProduce: 2...2
            case .afterFlush, .afterOffsets: 4...4
            case .duringCommit: 4...5
            default: 5...5
            }
        let counts = seen.counts
        #expect(counts.count == 1 && counts.allSatisfy { wanted ~= $0 }, "\(point) with \(counts)")
        let last = try harness.log.append([NewRecord(target, key: nil, value: [9])])[0]
        var found: [UInt8] = []
        var place = NextOffset.start
        while place < last.next, ContinuousClock.now < deadline {
            let result = try harness.log.read(target, from: place, limit: FaultPointTests.ample)
            found += result.records.flatMap { $0.value ?? [] }
            place = result.next
        }
        #expect(found == [0, 1, 2, 3, 9])
        #expect(try harness.log.committed(harness.participant("p"), on: source) == next)
    }

    @Test func partitionsThatAreTakenAwayAreStillHeldAtTheirPoint() throws {
        let cluster = try TestCluster.one.get()
        let harness = try KafkaHarness(cluster)
        defer { harness.close() }
        let input = harness.topic("input")
        try harness.log.ensure([TopicSpecification(input, partitions: 1)])
        let seen = Seen()
        let plan = try FaultPlan("in-revoke:1:stop", participants: [])
        var settings = KafkaEventLog.Settings(
            KafkaSettings(brokers: cluster.brokers, log: LibraryLog.take), prefix: harness.own)
        settings.faults = Faults(plan) { _ in seen.take(1) }
        let log = try KafkaEventLog(settings)
        defer { log.close() }
        let member = try log.join(harness.participant("p"), instance: "1", inputs: [.exact(input)])
        let deadline = ContinuousClock.now + .seconds(60)
        var isAssigned = false
        while !isAssigned, ContinuousClock.now < deadline {
            if case .assigned = try member.poll(FaultPointTests.ample, wait: .milliseconds(100)) { isAssigned = true }
        }
        #expect(seen.counts.isEmpty)
        member.leave()
        #expect(seen.counts == [1])
    }
}
