import EventLog
import EventLogConformance
import Kafka
import KafkaEventLog
import Testing

@Suite(.enabled(if: TestCluster.isWanted, TestCluster.reason))
struct RenewalTests {
    /// The recreate rule: a producer with a new epoch ends what the old one left open, and no latecomer of the old one
    /// can end what the new one begins.
    @Test func aProducerMadeAnewEndsWhatItHadOpenAndGoesOn() throws {
        let harness = try KafkaHarness(TestCluster.one.get())
        defer { harness.close() }
        let topic = harness.topic("room")
        try harness.log.ensure([TopicSpecification(topic, partitions: 1)])
        var producer = try KafkaTransactions(
            KafkaSettings(brokers: try TestCluster.one.get().brokers, log: LibraryLog.take),
            KafkaTransactions.Settings(id: harness.own + "renewed"))
        let place = try producer.place(of: topic).0
        try producer.warm()
        for value in ["lost", "kept"] {
            try producer.begin()
            try producer.produce(
                to: place, partition: 0, key: nil, headers: Headers(), value: Array(value.utf8))
            if value == "lost" {
                try producer.flush()
                try producer.renew()
            } else {
                try producer.commit()
            }
        }
        producer.close()
        let source = TopicPartition(topic, 0)
        let last = try harness.log.append([NewRecord(source, key: nil, value: Array("behind".utf8))])[0]
        var found: [String] = []
        var next = NextOffset.start
        let deadline = ContinuousClock.now + .seconds(60)
        while next < last.next, ContinuousClock.now < deadline {
            let result = try harness.log.read(source, from: next, limit: ReadLimit(records: 10, bytes: 1 << 20))
            found += result.records.map { String(decoding: $0.value ?? [], as: UTF8.self) }
            next = result.next
        }
        #expect(found == ["kept", "behind"])
    }

    /// Groups forget positions after an idle week; what the participant's table said holds even before the first commit.
    @Test func aRewindDoesNotGoBehindWhereTheReadingWasReleased() throws {
        let harness = try KafkaHarness(TestCluster.one.get())
        defer { harness.close() }
        let topic = harness.topic("input")
        let source = TopicPartition(topic, 0)
        try harness.log.ensure([TopicSpecification(topic, partitions: 1)])
        _ = try harness.log.append((0..<4).map { NewRecord(source, key: nil, value: Array("\($0)".utf8)) })
        let member = try harness.log.join(harness.participant("p"), instance: "1", inputs: [.exact(topic)])
        let ample = ReadLimit(records: 100, bytes: 1 << 20)
        var found: [String] = []
        var isRewound = false
        let deadline = ContinuousClock.now + .seconds(60)
        while found.count < 4, ContinuousClock.now < deadline {
            switch try member.poll(ample, wait: .milliseconds(100)) {
            case .assigned(let gained):
                try member.hold(gained)
                try member.release(source, at: NextOffset(2))
            case .records(_, let records):
                found += records.map { String(decoding: $0.value ?? [], as: UTF8.self) }
                if found.count == 2, !isRewound {
                    isRewound = true
                    try member.rewind()
                }
            case .revoked, .idle: break
            }
        }
        member.leave()
        #expect(found == ["2", "3", "2", "3"])
    }

    /// A consumer alone has come under its name, as this member's own client may while a coordinator changes: no producer
    /// has, so no other process is there, and it takes its place again.
    @Test func aMemberThatNoOtherProcessReplacedGoesOn() throws {
        let cluster = try TestCluster.one.get()
        let harness = try KafkaHarness(cluster)
        defer { harness.close() }
        let topic = harness.topic("input")
        let source = TopicPartition(topic, 0)
        try harness.log.ensure([TopicSpecification(topic, partitions: 1)])
        _ = try harness.log.append((0..<2).map { NewRecord(source, key: nil, value: Array("\($0)".utf8)) })
        let table = try harness.table("table", partitions: 1)
        let participant = harness.participant("p")
        let member = try harness.log.join(participant, instance: "1", inputs: [.exact(topic)])
        defer { member.leave() }
        let deadline = ContinuousClock.now + .seconds(60)
        var told: [String] = []
        var committed: [NextOffset] = []
        var isReplaced = false
        while committed.count < 2, ContinuousClock.now < deadline {
            switch try member.poll(ReadLimit(records: 1, bytes: 1 << 20), wait: .milliseconds(100)) {
            case .assigned: told.append("assigned")
            case .revoked: told.append("revoked")
            case .idle: break
            case .records(_, let records):
                let next = try #require(records.last).offset.next
                do throws(LogError) {
                    try member.commit(
                        Step(
                            tableChanges: [TableChange(table, partition: 0, key: [1], value: [2])],
                            positions: [(source, next)]))
                } catch {
                    // Polled before the group was heard of: from a member that was replaced it is not taken.
                    guard case .aborted = error else { throw error }
                    try member.rewind()
                    break
                }
                committed.append(next)
                guard !isReplaced else { break }
                isReplaced = true
                var other = try KafkaConsumer(
                    KafkaSettings(brokers: cluster.brokers, log: LibraryLog.take),
                    KafkaConsumer.Settings(group: harness.own + "\(participant)", instance: "1"),
                    inputs: [.exact(topic)])
                var isThere = false
                while !isThere, ContinuousClock.now < deadline {
                    _ = try other.poll(milliseconds: 100) { _ in }
                    if case .assigned = other.nextEvent() { isThere = true }
                }
                other.abandon()
                #expect(isThere)
            }
        }
        #expect(committed == [NextOffset(1), NextOffset(2)])
        #expect(told == ["assigned", "revoked", "assigned"])
    }

    /// A client that asks for a topic makes it, where brokers are set so; this one never asks.
    @Test func whatIsAskedForIsNotMade() throws {
        let harness = try KafkaHarness(TestCluster.one.get())
        defer { harness.close() }
        let unknown = harness.topic("unknown")
        #expect(throws: LogError.unknownTopic(unknown)) {
            _ = try harness.log.append([NewRecord(TopicPartition(unknown, 0), key: nil, value: nil)])
        }
        #expect(throws: LogError.unknownTopic(unknown)) { _ = try harness.log.end(of: TopicPartition(unknown, 0)) }
        #expect(try harness.log.topics().contains { $0.topic == unknown } == false)
    }

    @Test func aTopicIsMadeAsItsSpecificationSays() throws {
        let harness = try KafkaHarness(TestCluster.one.get())
        defer { harness.close() }
        let week: Int64 = 7 * 86_400_000
        try harness.log.ensure([
            TopicSpecification(
                harness.topic("in"), partitions: 2, retentionMilliseconds: week, recordBytesMax: 100_000),
            TopicSpecification(harness.topic("table"), partitions: 3, cleanup: .compact, appendTime: false),
        ])
        let found = try harness.log.topics().filter { $0.topic.name.hasPrefix(harness.own) }
        #expect(found.map(\.partitions) == [2, 3])
        #expect(found.map(\.cleanup) == [.delete, .compact])
        #expect(found.map(\.retentionMilliseconds) == [week, nil])
        #expect(found.map(\.appendTime) == [true, false])
        #expect(found[0].recordBytesMax == 100_000 - KafkaLimits.recordOverheadBytes)
    }
}
