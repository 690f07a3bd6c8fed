import CRDKafka

/// A topic as the brokers have it.
public struct KafkaTopicDescription: Hashable, Sendable {
    public let name: String
    public let partitions: Int32
    /// Of the partition that has the fewest.
    public let replication: Int
}

/// A setting in force on a topic or a broker.
public struct KafkaResourceSetting: Hashable, Sendable {
    public let name: String
    /// Nil where the broker does not tell: it is a secret, or empty.
    public let value: String?
    /// Set on the topic itself; else by the broker or by default.
    public let isOwn: Bool
}

/// A topic to be made.
public struct KafkaNewTopic: Sendable {
    public var name: String
    public var partitions: Int32
    public var replication: Int
    public var settings: [(name: String, value: String)]

    public init(name: String, partitions: Int32, replication: Int, settings: [(name: String, value: String)] = []) {
        self.name = name
        self.partitions = partitions
        self.replication = replication
        self.settings = settings
    }
}

extension KafkaAdmin {
    /// The brokers that are up, by number and sorted, and the topics that this client may see, sorted by name.
    public func cluster(within limit: Duration = .seconds(10)) throws(KafkaError)
        -> (brokers: [Int32], topics: [KafkaTopicDescription])
    {
        var found: UnsafePointer<rd_kafka_metadata>?
        let milliseconds = Int32(clamping: limit.components.seconds * 1_000)
        let code = rd_kafka_metadata(client.pointer, 1, nil, &found, milliseconds)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let found else {
            let cause = client.lastError.map { " (\($0))" } ?? ""
            throw KafkaError(
                KafkaError.Code(code), "looking at the brokers: \(String(cString: rd_kafka_err2str(code)))\(cause)")
        }
        defer { rd_kafka_metadata_destroy(found) }
        let brokers = (0..<Int(found.pointee.broker_cnt)).map { found.pointee.brokers[$0].id }.sorted()
        var topics: [KafkaTopicDescription] = []
        for index in 0..<Int(found.pointee.topic_cnt) {
            let topic = found.pointee.topics[index]
            guard topic.err == RD_KAFKA_RESP_ERR_NO_ERROR, let name = topic.topic else { continue }
            let copies = (0..<Int(topic.partition_cnt)).map { Int(topic.partitions[$0].replica_cnt) }.min() ?? 0
            topics.append(
                KafkaTopicDescription(
                    name: String(cString: name), partitions: topic.partition_cnt, replication: copies))
        }
        return (brokers, topics.sorted { $0.name < $1.name })
    }

    /// Makes topics; those that are there already stay as they are.
    /// - Throws: the first that could not be made. Others of the same call may have been.
    public func create(_ topics: [KafkaNewTopic]) throws(KafkaError) {
        if topics.isEmpty { return }
        var requests: [OpaquePointer?] = []
        defer { rd_kafka_NewTopic_destroy_array(&requests, requests.count) }
        var text = [CChar](repeating: 0, count: 256)
        for topic in topics {
            guard
                let request = rd_kafka_NewTopic_new(
                    topic.name, topic.partitions, Int32(topic.replication), &text, text.count)
            else { throw KafkaError(.invalidArgument, "making \(topic.name): \(Self.said(text))") }
            requests.append(request)
            for setting in topic.settings { rd_kafka_NewTopic_set_config(request, setting.name, setting.value) }
        }
        try ask("making topics", RD_KAFKA_ADMIN_OP_CREATETOPICS) { options, queue in
            rd_kafka_CreateTopics(client.pointer, &requests, requests.count, options, queue)
        } _: { event throws(KafkaError) in
            var count = 0
            let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
            for index in 0..<count {
                guard let result = results?[index] else { continue }
                let code = KafkaError.Code(rd_kafka_topic_result_error(result))
                guard code.native != RD_KAFKA_RESP_ERR_NO_ERROR, code != .topicExists else { continue }
                let name = rd_kafka_topic_result_name(result).map { String(cString: $0) } ?? ""
                let said = rd_kafka_topic_result_error_string(result).map { String(cString: $0) } ?? ""
                throw KafkaError(code, "making \(name): \(said)")
            }
        }
    }

    /// The settings in force on each topic, in the order asked.
    public func settings(ofTopics names: [String]) throws(KafkaError) -> [[KafkaResourceSetting]] {
        var found: [[KafkaResourceSetting]] = []
        // A broker describes all of one request in one answer, which must stay within what a client takes.
        var rest = names[...]
        while !rest.isEmpty {
            found += try settings(of: RD_KAFKA_RESOURCE_TOPIC, Array(rest.prefix(200)))
            rest = rest.dropFirst(200)
        }
        return found
    }

    /// The settings in force on a broker, by its number.
    public func settings(ofBroker number: Int32) throws(KafkaError) -> [KafkaResourceSetting] {
        try settings(of: RD_KAFKA_RESOURCE_BROKER, [String(number)]).first ?? []
    }

    /// Changes settings of a topic and leaves all others as they are. The one request for it that librdkafka 2.0.2 has
    /// sets those that it names and takes all others off, so what is set is asked for first and sent along.
    public func alter(_ topic: String, _ changes: [(name: String, value: String)]) throws(KafkaError) {
        guard let present = try settings(ofTopics: [topic]).first else { return }
        guard let request = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic) else {
            throw KafkaError(.invalidArgument, "setting \(topic): the name cannot be one")
        }
        var requests: [OpaquePointer?] = [request]
        defer { rd_kafka_ConfigResource_destroy_array(&requests, requests.count) }
        for setting in present where setting.isOwn && !changes.contains(where: { $0.name == setting.name }) {
            guard let value = setting.value else { continue }
            rd_kafka_ConfigResource_set_config(request, setting.name, value)
        }
        for change in changes { rd_kafka_ConfigResource_set_config(request, change.name, change.value) }
        try ask("setting \(topic)", RD_KAFKA_ADMIN_OP_ALTERCONFIGS) { options, queue in
            rd_kafka_AlterConfigs(client.pointer, &requests, requests.count, options, queue)
        } _: { event throws(KafkaError) in
            var count = 0
            let results = rd_kafka_AlterConfigs_result_resources(rd_kafka_event_AlterConfigs_result(event), &count)
            for index in 0..<count { try Self.check(results?[index], "setting \(topic)") }
        }
    }

    private func settings(
        of kind: rd_kafka_ResourceType_t, _ names: [String]
    ) throws(KafkaError) -> [[KafkaResourceSetting]] {
        if names.isEmpty { return [] }
        var requests: [OpaquePointer?] = names.map { rd_kafka_ConfigResource_new(kind, $0) }
        defer { rd_kafka_ConfigResource_destroy_array(&requests, requests.count) }
        let found: [String: [KafkaResourceSetting]] = try ask(
            "reading settings", RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS
        ) { options, queue in
            rd_kafka_DescribeConfigs(client.pointer, &requests, requests.count, options, queue)
        } _: { event throws(KafkaError) in
            var count = 0
            let results = rd_kafka_DescribeConfigs_result_resources(
                rd_kafka_event_DescribeConfigs_result(event), &count)
            var found: [String: [KafkaResourceSetting]] = [:]
            for index in 0..<count {
                guard let result = results?[index], let name = rd_kafka_ConfigResource_name(result) else { continue }
                let text = String(cString: name)
                try Self.check(result, "reading settings of \(text)")
                found[text] = Self.settings(of: result)
            }
            return found
        }
        return names.map { found[$0] ?? [] }
    }

    private static func settings(of resource: OpaquePointer) -> [KafkaResourceSetting] {
        var count = 0
        guard let entries = rd_kafka_ConfigResource_configs(resource, &count) else { return [] }
        return (0..<count).compactMap { index in
            guard let entry = entries[index], let name = rd_kafka_ConfigEntry_name(entry) else { return nil }
            return KafkaResourceSetting(
                name: String(cString: name), value: rd_kafka_ConfigEntry_value(entry).map { String(cString: $0) },
                isOwn: rd_kafka_ConfigEntry_source(entry) == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG)
        }
    }

    private static func check(_ resource: OpaquePointer?, _ what: String) throws(KafkaError) {
        guard let resource else { return }
        let code = rd_kafka_ConfigResource_error(resource)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        let said = rd_kafka_ConfigResource_error_string(resource).map { String(cString: $0) } ?? ""
        throw KafkaError(KafkaError.Code(code), "\(what): \(said)")
    }

    static func said(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
