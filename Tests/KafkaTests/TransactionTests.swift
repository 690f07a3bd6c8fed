import CRDKafka
import EventLog
import Kafka
import Testing

/// The three classes of errors, by errors that the mock cluster gives; what a transaction means is shown on a real one.
@Suite struct TransactionTests {
    private func begun(
        _ cluster: MockCluster, _ own: KafkaTransactions.Settings = KafkaTransactions.Settings(id: "t")
    ) throws -> KafkaTransactions {
        let topic = cluster.makeTopic("a")
        var producer = try KafkaTransactions(cluster.settings, own)
        let place = try producer.place(of: topic).0
        try producer.warm()
        try producer.begin()
        try producer.produce(to: place, partition: 0, key: nil, headers: Headers(), value: bytes("x"))
        return producer
    }

    @Test func aPassingErrorOfTheCoordinatorIsRetried() throws {
        let cluster = try MockCluster()
        cluster.push(
            [RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, RD_KAFKA_RESP_ERR_NOT_COORDINATOR],
            to: MockCluster.initProducerIDRequest)
        var producer = try begun(cluster)
        cluster.push([RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS], to: MockCluster.endTransactionRequest)
        try producer.commit()
        let isClosed = producer.close()
        #expect(isClosed)
    }

    @Test func aRecordThatIsRefusedAbortsItsTransaction() throws {
        let cluster = try MockCluster()
        var producer = try begun(cluster)
        cluster.push([RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE], to: MockCluster.produceRequest)
        do throws(KafkaError) {
            try producer.commit()
            Issue.record("the commit went through")
        } catch {
            #expect(error.remedy == .abort, "\(error)")
        }
        try producer.abort()
        try producer.begin()
        try producer.abort()
        let isClosed = producer.close()
        #expect(isClosed)
    }

    @Test func aFencedProducerIsOfNoMoreUse() throws {
        let cluster = try MockCluster()
        var producer = try begun(cluster)
        cluster.push([RD_KAFKA_RESP_ERR_PRODUCER_FENCED], to: MockCluster.endTransactionRequest)
        do throws(KafkaError) {
            try producer.commit()
            Issue.record("the commit went through")
        } catch {
            #expect(error.remedy == .fatal, "\(error)")
            #expect(error.isFencing, "\(error)")
        }
        let fatal = producer.fatalError
        #expect(fatal != nil)
        let isClosed = producer.close()
        #expect(isClosed)
    }

    @Test func aProducerMadeAnewWritesTheSameTopics() throws {
        let cluster = try MockCluster()
        var producer = try begun(cluster)
        let place = try producer.place(of: Topic("a")).0
        try producer.commit()
        try producer.renew()
        let renewals = producer.renewals
        #expect(renewals == 1)
        try producer.begin()
        try producer.produce(to: place, partition: 0, key: nil, headers: Headers(), value: bytes("y"))
        try producer.commit()
        let reader = try KafkaReader(cluster.settings)
        #expect(try contents(of: TopicPartition(Topic("a"), 0), through: reader).map { text($0.value) } == ["x", "y"])
        reader.close()
        let isClosed = producer.close()
        #expect(isClosed)
    }

    /// It ended the process before, and with it all that worked beside it.
    @Test func aProducerWhoseCallDoesNotReturnIsLeftForAnother() throws {
        let cluster = try MockCluster()
        let topic = cluster.makeTopic("a")
        let source = TopicPartition(cluster.makeTopic("b"), 0)
        let consumer = try KafkaConsumer(
            cluster.settings, KafkaConsumer.Settings(group: "g", sessionMilliseconds: 6_000),
            inputs: [.affixes(prefix: "b", suffix: "")])
        var own = KafkaTransactions.Settings(id: "t")
        own.longestSend = .milliseconds(100)
        var producer = try KafkaTransactions(cluster.settings, own)
        let place = try producer.place(of: topic).0
        try producer.warm()
        try producer.begin()
        cluster.delay(milliseconds: 1_000)
        do throws(KafkaError) {
            try producer.send([(source, NextOffset(1))], of: consumer)
            Issue.record("the positions were added")
        } catch {
            #expect(error.remedy == .abort, "\(error)")
            #expect(error.code == .timedOut, "\(error)")
        }
        cluster.delay(milliseconds: 0)
        try producer.abort()
        let renewals = producer.renewals
        #expect(renewals == 1)
        try producer.begin()
        try producer.produce(to: place, partition: 0, key: nil, headers: Headers(), value: bytes("x"))
        try producer.commit()
        let reader = try KafkaReader(cluster.settings)
        #expect(try contents(of: TopicPartition(topic, 0), through: reader).map { text($0.value) } == ["x"])
        reader.close()
        let areClosed = (producer.close(), consumer.close())
        #expect(areClosed == (true, true))
    }

    /// For 15 seconds it was asked to abort what it was still committing, and said each time that it was at it.
    @Test func aCommitThatIsGivenUpIsAbortedByAnotherProducer() throws {
        let cluster = try MockCluster()
        var own = KafkaTransactions.Settings(id: "t")
        own.longestEnd = .milliseconds(100)
        var producer = try begun(cluster, own)
        try producer.flush()
        cluster.delay(milliseconds: 1_000)
        do throws(KafkaError) {
            try producer.commit()
            Issue.record("the commit went through")
        } catch {
            #expect(error.remedy == .abort, "\(error)")
        }
        cluster.delay(milliseconds: 0)
        try producer.abort()
        let renewals = producer.renewals
        #expect(renewals == 1)
        try producer.begin()
        try producer.commit()
        let isClosed = producer.close()
        #expect(isClosed)
    }
}
