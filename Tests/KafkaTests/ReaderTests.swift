import CRDKafka
import EventLog
import Kafka
import Testing

@Suite struct ReaderTests {
    @Test func readsGoOnWhereTheLastOneEnded() throws {
        let cluster = try MockCluster()
        let source = TopicPartition(cluster.makeTopic("a"), 0)
        let producer = try KafkaProducer(cluster.settings)
        let reader = try KafkaReader(cluster.settings)
        defer {
            producer.close()
            reader.close()
        }
        _ = try producer.append((0..<100).map { NewRecord(source, key: nil, value: bytes("value \($0)")) })
        let end = try reader.committedWatermarks(of: source).high
        #expect(end == NextOffset(100))
        var found: [String] = []
        var next = NextOffset.start
        var sizes: [Int] = []
        while next < end {
            var count = 0
            next = try reader.read(
                source, from: next, until: end, limit: ReadLimit(records: 30, bytes: 200), patience: .seconds(20)
            ) { record in
                found.append(text(record.value))
                count += 1
            }
            sizes.append(count)
        }
        #expect(found == (0..<100).map { "value \($0)" })
        // 200 bytes are 28 values of seven bytes or 25 of eight.
        #expect(sizes.allSatisfy { $0 <= 28 })
        // Back again, and into the middle.
        let again = try contents(of: source, through: reader).map { text($0.value) }
        #expect(again == found)
        var middle: [String] = []
        _ = try reader.read(
            source, from: NextOffset(50), until: end, limit: ReadLimit(records: 3, bytes: 1 << 20),
            patience: .seconds(20)
        ) { middle.append(text($0.value)) }
        #expect(middle == ["value 50", "value 51", "value 52"])
    }

    @Test func aReadSurvivesABrokerThatDoesNotKnowItselfTheLeader() throws {
        let cluster = try MockCluster()
        let source = TopicPartition(cluster.makeTopic("a"), 0)
        let producer = try KafkaProducer(cluster.settings)
        let reader = try KafkaReader(cluster.settings)
        defer {
            producer.close()
            reader.close()
        }
        _ = try producer.append((0..<10).map { NewRecord(source, key: nil, value: bytes("\($0)")) })
        cluster.push([RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION], to: MockCluster.listOffsetsRequest)
        cluster.push([RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION], to: MockCluster.fetchRequest)
        #expect(try contents(of: source, through: reader).map { text($0.value) } == (0..<10).map { "\($0)" })
    }

    /// A minute went by before, the time for which a request may lie in a queue: a watchdog ended the hub in it.
    @Test func whereATopicEndsIsAskedOfTheNextLeaderOnceTheFirstHasDied() throws {
        let cluster = try MockCluster(brokers: 2)
        let source = TopicPartition(cluster.makeTopic("a"), 0)
        cluster.lead(source, by: 1)
        let reader = try KafkaReader(cluster.settings)
        defer { reader.close() }
        #expect(try reader.watermarks(of: source).high == .start)
        cluster.takeDown(1)
        cluster.lead(source, by: 2)
        let asked = ContinuousClock.now
        #expect(try reader.watermarks(of: source).high == .start)
        #expect(asked.duration(to: .now) < .seconds(30))
    }

    @Test func aPositionThatTheLogDoesNotHoldIsAnError() throws {
        let cluster = try MockCluster()
        let source = TopicPartition(cluster.makeTopic("a"), 0)
        let producer = try KafkaProducer(cluster.settings)
        let reader = try KafkaReader(cluster.settings)
        defer {
            producer.close()
            reader.close()
        }
        _ = try producer.append([NewRecord(source, key: nil, value: bytes("x"))])
        let error = #expect(throws: KafkaError.self) {
            _ = try reader.read(
                source, from: NextOffset(1_000), until: NextOffset(1_001), limit: ample, patience: .seconds(20)
            ) { _ in }
        }
        #expect(error?.code == .offsetOutOfRange)
    }

    @Test func topicsAreListedWithTheirPartitions() throws {
        let cluster = try MockCluster()
        _ = cluster.makeTopic("b", partitions: 3)
        _ = cluster.makeTopic("a", partitions: 2)
        let reader = try KafkaReader(cluster.settings)
        defer { reader.close() }
        let infos = try reader.topics()
        #expect(infos.map(\.topic.name) == ["a", "b"])
        #expect(infos.map(\.partitions) == [2, 3])
    }
}
