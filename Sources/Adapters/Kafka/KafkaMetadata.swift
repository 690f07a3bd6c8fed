import CRDKafka
public import EventLog

/// A topic as the brokers tell of it.
public struct KafkaTopicInfo: Hashable, Sendable {
    public let topic: Topic
    public let partitions: Int32
    /// Every partition has a leader: it can be written and read.
    public let isReady: Bool
    /// The number of copies of its first partition.
    public let replicas: Int
}

extension KafkaClient {
    /// All topics, the brokers' own (`__…`) left out, sorted by name.
    ///
    /// Ask with a consumer: where brokers make topics by themselves, a producer that asks for one makes it.
    func topicInfos(milliseconds: Int32) throws(KafkaError) -> [KafkaTopicInfo] {
        var answer: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(pointer, 1, nil, &answer, milliseconds)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let answer else {
            throw KafkaError(code, doing: "asking for the topics")
        }
        defer { rd_kafka_metadata_destroy(answer) }
        var found: [KafkaTopicInfo] = []
        found.reserveCapacity(Int(answer.pointee.topic_cnt))
        for index in 0..<Int(answer.pointee.topic_cnt) {
            let topic = answer.pointee.topics[index]
            let name = String(cString: topic.topic)
            guard !name.hasPrefix("__"), topic.err == RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
            var isReady = topic.partition_cnt > 0
            for place in 0..<Int(topic.partition_cnt) where topic.partitions[place].leader < 0 { isReady = false }
            found.append(
                KafkaTopicInfo(
                    topic: Topic(name), partitions: topic.partition_cnt, isReady: isReady,
                    replicas: topic.partition_cnt > 0 ? Int(topic.partitions[0].replica_cnt) : 0))
        }
        return found.sorted { $0.topic < $1.topic }
    }

    /// Asks once for all topics that this client has a handle of: without it the first record to each waits up to a
    /// second until the library asks by itself.
    func warm(milliseconds: Int32) throws(KafkaError) {
        var answer: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(pointer, 0, nil, &answer, milliseconds)
        if let answer { rd_kafka_metadata_destroy(answer) }
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(code, doing: "asking for the topics to write") }
    }
}

/// The handles of the topics that one client writes or reads, each made once.
struct TopicHandles: ~Copyable {
    private var names: [Topic] = []
    private var pointers: [OpaquePointer] = []
    private var places: [Topic: Int] = [:]
    private var last = 0

    /// - Returns: the place of a topic in this list, the same for good; `isNew` where the client has not met it before.
    mutating func place(of topic: Topic, in client: borrowing KafkaClient) throws(KafkaError) -> (Int, isNew: Bool) {
        // Records for one topic come in runs.
        if last < names.count, names[last] == topic { return (last, false) }
        if let place = places[topic] {
            last = place
            return (place, false)
        }
        pointers.append(try TopicHandles.make(topic, in: client))
        names.append(topic)
        last = names.count - 1
        places[topic] = last
        return (last, true)
    }

    subscript(place: Int) -> OpaquePointer { pointers[place] }

    /// The same topics at the same places for another client; those of the old one must have been given back.
    mutating func renew(in client: borrowing KafkaClient) throws(KafkaError) {
        for name in names { pointers.append(try TopicHandles.make(name, in: client)) }
    }

    /// Before the client is closed, which would wait for them.
    mutating func giveBack() {
        for pointer in pointers { rd_kafka_topic_destroy(pointer) }
        pointers.removeAll(keepingCapacity: true)
    }

    private static func make(_ topic: Topic, in client: borrowing KafkaClient) throws(KafkaError) -> OpaquePointer {
        guard let made = rd_kafka_topic_new(client.pointer, topic.name, nil) else {
            throw KafkaError(rd_kafka_last_error(), doing: "using topic \(topic)")
        }
        return made
    }
}
