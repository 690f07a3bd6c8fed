import CRDKafka
import EventLog
import Kafka
import Testing

/// The cluster that librdkafka has within itself: it speaks the protocol, and fails as it is told. It knows nothing of
/// transactions, isolation or compaction, so nothing about exactly-once is shown on it.
final class MockCluster {
    private let owner: OpaquePointer
    private let cluster: OpaquePointer
    let brokers: String

    init(brokers count: Int32 = 1) throws {
        let configuration = rd_kafka_conf_new()
        rd_kafka_conf_set_log_cb(configuration) { _, _, _, _ in }
        owner = try #require(rd_kafka_new(RD_KAFKA_PRODUCER, configuration, nil, 0))
        cluster = try #require(rd_kafka_mock_cluster_new(owner, count))
        brokers = String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
    }

    deinit {
        rd_kafka_mock_cluster_destroy(cluster)
        rd_kafka_destroy(owner)
    }

    var settings: KafkaSettings {
        // The average fetch of the mock takes half a second unless it is told not to wait.
        KafkaSettings(brokers: brokers, log: { _, _ in })
    }

    func makeTopic(_ name: String, partitions: Int32 = 1) -> Topic {
        rd_kafka_mock_topic_create(cluster, name, partitions, 1)
        return Topic(name)
    }

    /// Another broker leads from now on.
    func lead(_ source: TopicPartition, by broker: Int32) {
        rd_kafka_mock_partition_set_leader(cluster, source.topic.name, source.partition, broker)
    }

    func takeDown(_ broker: Int32) { rd_kafka_mock_broker_set_down(cluster, broker) }

    /// The next requests of a kind are answered with these errors, one each.
    func push(_ errors: [rd_kafka_resp_err_t], to request: Int16) {
        rd_kafka_mock_push_request_errors_array(cluster, request, errors.count, errors)
    }

    /// From now on every answer comes so much later.
    func delay(milliseconds: Int32) { rd_kafka_mock_broker_set_rtt(cluster, -1, milliseconds) }

    static let produceRequest: Int16 = 0
    static let fetchRequest: Int16 = 1
    static let listOffsetsRequest: Int16 = 2
    static let initProducerIDRequest: Int16 = 22
    static let endTransactionRequest: Int16 = 26
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
func text(_ bytes: [UInt8]?) -> String { bytes.map { String(decoding: $0, as: UTF8.self) } ?? "nil" }
let ample = ReadLimit(records: 10_000, bytes: 64 << 20)

/// All that a partition holds.
func contents(of source: TopicPartition, through reader: KafkaReader) throws -> [StoredRecord] {
    let end = try reader.committedWatermarks(of: source).high
    var found: [StoredRecord] = []
    var next = NextOffset.start
    while next < end {
        next = try reader.read(source, from: next, until: end, limit: ample, patience: .seconds(20)) {
            found.append($0)
        }
    }
    return found
}
