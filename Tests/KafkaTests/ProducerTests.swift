import CRDKafka
import EventLog
import Kafka
import Testing

@Suite struct ProducerTests {
    @Test func whatWasAcknowledgedIsReadByteForByte() throws {
        let cluster = try MockCluster()
        let topic = cluster.makeTopic("a", partitions: 2)
        let producer = try KafkaProducer(cluster.settings)
        let reader = try KafkaReader(cluster.settings)
        defer {
            producer.close()
            reader.close()
        }
        let every = (0...255).map { UInt8($0) }
        var headers = Headers()
        headers.append("name", bytes("first"))
        headers.append("name", bytes("second"))
        headers.append("empty", [])
        headers.append("binary", every)
        let records = [
            NewRecord(TopicPartition(topic, 0), key: every, headers: headers, value: every),
            NewRecord(TopicPartition(topic, 1), key: bytes("elsewhere"), value: bytes("b")),
            NewRecord(TopicPartition(topic, 0), key: [], value: []),
            NewRecord(TopicPartition(topic, 0), key: bytes("gone"), headers: headers, value: nil),
            NewRecord(TopicPartition(topic, 0), key: nil, value: nil),
        ]
        #expect(try producer.append(records).map(\.value) == [0, 0, 1, 2, 3])
        let found = try contents(of: TopicPartition(topic, 0), through: reader)
        let wanted = records.filter { $0.target.partition == 0 }
        #expect(found.map(\.key) == wanted.map(\.key))
        #expect(found.map(\.headers) == wanted.map(\.headers))
        #expect(found.map(\.value) == wanted.map(\.value))
        #expect(text(try contents(of: TopicPartition(topic, 1), through: reader).first?.key) == "elsewhere")
    }

    @Test func aPassingErrorIsRetriedInOrderAndNothingIsDoubled() throws {
        let cluster = try MockCluster()
        let topic = cluster.makeTopic("a")
        let producer = try KafkaProducer(cluster.settings)
        let reader = try KafkaReader(cluster.settings)
        defer {
            producer.close()
            reader.close()
        }
        let source = TopicPartition(topic, 0)
        _ = try producer.append([NewRecord(source, key: nil, value: bytes("first"))])
        cluster.push(
            [RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION],
            to: MockCluster.produceRequest)
        let offsets = try producer.append((0..<20).map { NewRecord(source, key: nil, value: bytes("\($0)")) })
        #expect(offsets.map(\.value) == (1...20).map { Int64($0) })
        let found = try contents(of: source, through: reader).map { text($0.value) }
        #expect(found == ["first"] + (0..<20).map { "\($0)" })
    }

    @Test func anErrorThatStaysIsToldToTheOneWhoAppended() throws {
        let cluster = try MockCluster()
        let topic = cluster.makeTopic("a")
        let producer = try KafkaProducer(cluster.settings)
        defer { producer.close() }
        let record = NewRecord(TopicPartition(topic, 0), key: nil, value: bytes("x"))
        _ = try producer.append([record])
        cluster.push([RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED], to: MockCluster.produceRequest)
        let error = #expect(throws: KafkaError.self) { _ = try producer.append([record]) }
        #expect(error?.code == .topicDenied)
        #expect(error?.isDenial == true)
    }

    @Test func manyThreadsAppendAtOnce() async throws {
        let cluster = try MockCluster()
        let topic = cluster.makeTopic("a")
        let producer = try KafkaProducer(cluster.settings)
        let reader = try KafkaReader(cluster.settings)
        defer {
            producer.close()
            reader.close()
        }
        let source = TopicPartition(topic, 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for thread in 0..<4 {
                group.addTask {
                    for value in 0..<25 {
                        _ = try producer.append([NewRecord(source, key: nil, value: bytes("\(thread) \(value)"))])
                    }
                }
            }
            try await group.waitForAll()
        }
        let found = try contents(of: source, through: reader).map { text($0.value) }
        for thread in 0..<4 {
            #expect(found.filter { $0.hasPrefix("\(thread) ") } == (0..<25).map { "\(thread) \($0)" })
        }
    }

    @Test func aClosedProducerSaysSo() throws {
        let cluster = try MockCluster()
        let topic = cluster.makeTopic("a")
        let producer = try KafkaProducer(cluster.settings)
        producer.close()
        producer.close()
        let error = #expect(throws: KafkaError.self) {
            _ = try producer.append([NewRecord(TopicPartition(topic, 0), key: nil, value: nil)])
        }
        #expect(error?.remedy == .fatal)
    }
}
