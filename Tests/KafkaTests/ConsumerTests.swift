import CRDKafka
import EventLog
import Kafka
import Synchronization
import Testing

@Suite struct ConsumerTests {
    /// Polls until as many records have come, or for half a minute.
    private func poll(_ consumer: inout KafkaConsumer, until count: Int) throws -> [String] {
        var found: [String] = []
        let deadline = ContinuousClock.now + .seconds(30)
        while found.count < count, ContinuousClock.now < deadline {
            _ = try consumer.poll(milliseconds: 100) { found.append(text($0.value)) }
        }
        return found
    }

    private func assignment(_ consumer: inout KafkaConsumer) throws -> [TopicPartition] {
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            _ = try consumer.poll(milliseconds: 100) { _ in }
            if case .assigned(let gained)? = consumer.nextEvent() { return gained.map(\.source) }
        }
        return []
    }

    @Test func aMemberIsAssignedAndReadsFromTheFirstRecord() throws {
        let cluster = try MockCluster()
        let topic = cluster.makeTopic("agency.one.referrals")
        _ = cluster.makeTopic("agency.one.inbox")
        let source = TopicPartition(topic, 0)
        let producer = try KafkaProducer(cluster.settings)
        defer { producer.close() }
        _ = try producer.append((0..<5).map { NewRecord(source, key: nil, value: bytes("\($0)")) })
        var consumer = try KafkaConsumer(
            cluster.settings, KafkaConsumer.Settings(group: "g", sessionMilliseconds: 6_000),
            inputs: [.affixes(prefix: "agency.", suffix: ".referrals")])
        let assigned = try assignment(&consumer)
        #expect(assigned == [source])
        let first = try poll(&consumer, until: 5)
        #expect(first == (0..<5).map { "\($0)" })
        // A paused partition gives nothing; a resumed one goes on where it is told to.
        try consumer.pause([source])
        try consumer.seek([(source, NextOffset(3))])
        let isSomething = try consumer.poll(milliseconds: 300) { _ in }
        #expect(!isSomething)
        try consumer.resume([source])
        let resumed = try poll(&consumer, until: 2)
        #expect(resumed == ["3", "4"])
        try consumer.seek([(source, nil)])
        let again = try poll(&consumer, until: 1)
        #expect(again == ["0"])
        let isClosed = consumer.close()
        #expect(isClosed)
    }

    @Test func aFetchThatFailsForAWhileLosesNothing() throws {
        let cluster = try MockCluster()
        let source = TopicPartition(cluster.makeTopic("a"), 0)
        let producer = try KafkaProducer(cluster.settings)
        defer { producer.close() }
        _ = try producer.append((0..<5).map { NewRecord(source, key: nil, value: bytes("\($0)")) })
        cluster.push(
            [RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_UNKNOWN], to: MockCluster.fetchRequest)
        var consumer = try KafkaConsumer(
            cluster.settings, KafkaConsumer.Settings(group: "g", sessionMilliseconds: 6_000),
            inputs: [.exact(Topic("a"))])
        let found = try poll(&consumer, until: 5)
        #expect(found == (0..<5).map { "\($0)" })
        let isClosed = consumer.close()
        #expect(isClosed)
    }

    @Test func statisticsCome() throws {
        let cluster = try MockCluster()
        _ = cluster.makeTopic("a")
        let told = Mutex<KafkaStatistics?>(nil)
        var settings = cluster.settings
        settings.extra = [("statistics.interval.ms", "100")]
        var consumer = try KafkaConsumer(
            settings, KafkaConsumer.Settings(group: "g"), inputs: [.exact(Topic("a"))],
            statistics: { numbers in told.withLock { $0 = numbers } })
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline, told.withLock({ $0?.brokersUp ?? 0 }) == 0 {
            _ = try consumer.poll(milliseconds: 50) { _ in }
        }
        let numbers = try #require(told.withLock { $0 })
        #expect(numbers.brokersUp >= 1)
        #expect(numbers.requestsSent > 0)
        #expect(numbers.client.contains("consumer"))
        let isClosed = consumer.close()
        #expect(isClosed)
    }

    @Test func anUnknownSettingIsNamedAndItsValueIsNot() throws {
        var settings = KafkaSettings(brokers: "127.0.0.1:1", log: { _, _ in })
        settings.extra = [("no.such.setting", "secret word")]
        let error = #expect(throws: KafkaError.self) { _ = try KafkaProducer(settings) }
        #expect(error?.text.contains("no.such.setting") == true)
        settings.extra = [("linger.ms", "secret word")]
        let second = #expect(throws: KafkaError.self) { _ = try KafkaProducer(settings) }
        #expect(second?.text.contains("linger.ms") == true)
        #expect(second?.text.contains("secret word") == false)
        #expect("\(settings)".contains("secret word") == false)
    }

    @Test func theLibraryIsOneThatThisWasWrittenFor() throws {
        try KafkaLibrary.check()
        #expect(rd_kafka_version() >= KafkaLibrary.oldestVersion)
    }
}
