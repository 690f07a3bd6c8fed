import CRDKafka
import EventLog
import Kafka
import Testing

/// The three classes of errors, by errors that the mock cluster gives; what a transaction means is shown on a real one.
@Suite struct TransactionTests {
    private func begun(_ cluster: MockCluster) throws -> KafkaTransactions {
        let topic = cluster.makeTopic("a")
        var producer = try KafkaTransactions(cluster.settings, KafkaTransactions.Settings(id: "t"))
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
}
