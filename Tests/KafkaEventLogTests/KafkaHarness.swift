import EventLog
import EventLogConformance
import Foundation
import Kafka
import KafkaEventLog
import Synchronization

/// How many brokers a cluster has, as a client sees it that is asked before there is a log.
enum TestBrokers {
    static func count(_ brokers: String) throws -> Int {
        let admin = try KafkaAdmin(KafkaSettings(brokers: brokers, log: { _, _ in }))
        let found = try admin.cluster(within: .seconds(2)).brokers.count
        admin.close()
        return found
    }
}

/// What librdkafka said last: told where a test fails.
enum LibraryLog {
    private static let lines = Mutex<[String]>([])

    static func take(_ level: Int, _ text: String) {
        lines.withLock { lines in
            lines.append(text)
            if lines.count > 400 { lines.removeFirst(200) }
        }
    }

    static func about(_ name: String) -> String {
        lines.withLock { $0.filter { $0.contains(name) } }.joined(separator: "\n")
    }
}

/// A case's own corner of a cluster that all share: every name begins as no other case's does.
final class KafkaHarness: LogHarness {
    private let cluster: TestCluster
    let own = "c\(UInt64.random(in: 0...UInt64.max))."
    private var opened: KafkaEventLog
    private var others: [KafkaEventLog] = []

    init(_ cluster: TestCluster) throws {
        self.cluster = cluster
        opened = try KafkaHarness.open(cluster, own)
    }

    static func open(_ cluster: TestCluster, _ prefix: String) throws -> KafkaEventLog {
        try KafkaEventLog(
            KafkaEventLog.Settings(
                KafkaSettings(brokers: cluster.brokers, log: LibraryLog.take), prefix: prefix,
                sessionMilliseconds: 6_000,
                transactionMilliseconds: 10_000, topicRefreshMilliseconds: 300))
    }

    var log: any EventLog { opened }
    func anotherHandle() throws -> any EventLog {
        let other = try KafkaHarness.open(cluster, own)
        others.append(other)
        return other
    }
    func restart() throws -> any EventLog {
        close()
        opened = try KafkaHarness.open(cluster, own)
        return opened
    }
    func close() {
        opened.close()
        others.forEach { $0.close() }
        others.removeAll()
    }
    deinit { close() }

    func kill(_ member: any LogMember) throws {
        guard let member = member as? KafkaMember else { throw ConformanceFailure("a member of another log") }
        member.abandon()
    }
    var transactions: (any TransactionHarness)? { KafkaOpenTransactions(cluster, own) }
    func topic(_ base: String) -> Topic { Topic(own + base) }
    func table(_ base: String, partitions: Int32) throws -> TableName {
        try log.ensure([TopicSpecification(topic(base), partitions: partitions, cleanup: .compact)])
        return TableName(own + base)
    }
    /// Brokers on a machine that does other things as well.
    let patience = Duration.seconds(60)
}

private final class KafkaOpenTransactions: TransactionHarness {
    private let cluster: TestCluster
    private let own: String
    init(_ cluster: TestCluster, _ own: String) {
        self.cluster = cluster
        self.own = own
    }

    func begin(_ records: [NewRecord]) throws -> any HeldTransaction { try Foreign(records, cluster, own) }
    func begin(_ step: Step, by member: any LogMember) throws -> any HeldTransaction {
        guard let member = member as? KafkaMember else { throw ConformanceFailure("a member of another log") }
        try member.begin(step)
        return Members(member, step)
    }

    private final class Members: HeldTransaction {
        private let member: KafkaMember
        private let step: Step
        init(_ member: KafkaMember, _ step: Step) {
            self.member = member
            self.step = step
        }
        func commit() throws(LogError) { try member.settle(step) }
        func abort() throws(LogError) { try member.giveUp() }
    }

    /// A producer that is in no group.
    private final class Foreign: HeldTransaction {
        private var producer: KafkaTransactions?

        init(_ records: [NewRecord], _ cluster: TestCluster, _ own: String) throws {
            var producer = try KafkaTransactions(
                KafkaSettings(brokers: cluster.brokers, log: { _, _ in }),
                KafkaTransactions.Settings(id: "\(own)foreign-\(UInt64.random(in: 0...UInt64.max))"))
            try producer.begin()
            for record in records {
                let place = try producer.place(of: record.target.topic).0
                try producer.warm()
                try producer.produce(
                    to: place, partition: record.target.partition, key: record.key, headers: record.headers,
                    value: record.value)
            }
            try producer.flush()
            self.producer = consume producer
        }

        deinit { if let producer = producer.take() { producer.close() } }

        func commit() throws(LogError) {
            do throws(KafkaError) { try producer?.commit() } catch { throw LogError.aborted("\(error)") }
        }
        func abort() throws(LogError) {
            do throws(KafkaError) { try producer?.abort() } catch { throw LogError.aborted("\(error)") }
        }
    }
}
