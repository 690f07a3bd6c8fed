import CRDKafka

/// What an administrator asks of the brokers: topics, their settings, and who may do what. Every call blocks its thread
/// until the brokers have answered or the time is up; there is no other traffic on its client.
public struct KafkaAdmin: ~Copyable {
    /// Making a topic with twelve partitions on three brokers takes them a second or two when they are busy.
    static let requestMillisecondsMax: Int32 = 30_000

    let settings: KafkaSettings
    let client: KafkaClient

    public init(_ settings: KafkaSettings) throws(KafkaError) {
        self.settings = settings
        let configuration = try KafkaConfiguration(settings)
        try configuration.setAll(settings.extra)
        client = try KafkaClient(.producer, configuration, listener: KafkaListener(settings))
    }

    /// - Returns: whether the client was gone within the time.
    @discardableResult
    public consuming func close(within limit: Duration = .seconds(5)) -> Bool { client.close(within: limit) }

    /// Sends one request and waits for its one answer.
    func ask<Value>(
        _ what: String, _ operation: rd_kafka_admin_op_t,
        _ send: (_ options: OpaquePointer, _ queue: OpaquePointer) -> Void,
        _ read: (_ event: OpaquePointer) throws(KafkaError) -> Value
    ) throws(KafkaError) -> Value {
        guard let options = rd_kafka_AdminOptions_new(client.pointer, operation) else {
            throw KafkaError(.invalidArgument, "\(what): this librdkafka knows no such request")
        }
        defer { rd_kafka_AdminOptions_destroy(options) }
        rd_kafka_AdminOptions_set_request_timeout(options, Self.requestMillisecondsMax, nil, 0)
        guard let queue = rd_kafka_queue_new(client.pointer) else {
            throw KafkaError(.state, "\(what): no queue for the answer")
        }
        defer { rd_kafka_queue_destroy(queue) }
        send(options, queue)
        guard let event = rd_kafka_queue_poll(queue, Self.requestMillisecondsMax + 5_000) else {
            throw KafkaError(.timedOut, "\(what): no answer")
        }
        defer { rd_kafka_event_destroy(event) }
        let code = rd_kafka_event_error(event)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            let said = rd_kafka_event_error_string(event).map { String(cString: $0) } ?? ""
            // What went wrong with the connection says more than that there was no answer.
            let cause = client.lastError.map { " (\($0))" } ?? ""
            throw KafkaError(KafkaError.Code(code), "\(what): \(said)\(cause)")
        }
        return try read(event)
    }
}
