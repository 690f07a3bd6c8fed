import CRDKafka

/// What librdkafka or a broker says is wrong, by its code; the text names topics, partitions and brokers, never what
/// is in a record.
public struct KafkaError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is to be done about it.
    public enum Remedy: Hashable, Sendable {
        /// The same call again, with the same arguments.
        case retry
        /// Abort the transaction, read again from the committed positions, and drop what was not committed.
        case abort
        /// This client is of no more use: end it, and for a producer the process.
        case fatal
        /// None of the three: the text says what is wrong.
        case none
    }

    /// A code of librdkafka (below zero) or of the protocol. Open: brokers learn new ones.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: Int32
        public init(rawValue: Int32) { self.rawValue = rawValue }

        public static let timedOut = Code(RD_KAFKA_RESP_ERR__TIMED_OUT)
        public static let queueFull = Code(RD_KAFKA_RESP_ERR__QUEUE_FULL)
        public static let state = Code(RD_KAFKA_RESP_ERR__STATE)
        public static let fatal = Code(RD_KAFKA_RESP_ERR__FATAL)
        public static let fencedProducer = Code(RD_KAFKA_RESP_ERR__FENCED)
        public static let endOfPartition = Code(RD_KAFKA_RESP_ERR__PARTITION_EOF)
        public static let noPosition = Code(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
        public static let inProgress = Code(RD_KAFKA_RESP_ERR__PREV_IN_PROGRESS)
        public static let transport = Code(RD_KAFKA_RESP_ERR__TRANSPORT)
        public static let allBrokersDown = Code(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        public static let lateForPoll = Code(RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED)
        public static let unknownTopicHere = Code(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
        public static let unknownPartitionHere = Code(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION)
        public static let invalidArgument = Code(RD_KAFKA_RESP_ERR__INVALID_ARG)
        public static let offsetOutOfRange = Code(RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE)
        public static let unknownTopicOrPartition = Code(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        public static let recordTooLarge = Code(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
        public static let topicExists = Code(RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        public static let fencedInstance = Code(RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID)
        public static let invalidProducerEpoch = Code(RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH)
        public static let fencedByBroker = Code(RD_KAFKA_RESP_ERR_PRODUCER_FENCED)
        public static let illegalGeneration = Code(RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION)
        public static let unknownMember = Code(RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID)
        public static let topicDenied = Code(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
        public static let groupDenied = Code(RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
        public static let transactionalIdDenied = Code(RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
        public static let clusterDenied = Code(RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED)

        public static let securityDisabled = Code(RD_KAFKA_RESP_ERR_SECURITY_DISABLED)

        init(_ error: rd_kafka_resp_err_t) { rawValue = error.rawValue }
        var native: rd_kafka_resp_err_t { rd_kafka_resp_err_t(rawValue: rawValue) }
        /// `_FENCED`, `MSG_SIZE_TOO_LARGE`.
        public var name: String { String(cString: rd_kafka_err2name(native)) }
    }

    public let code: Code
    public let remedy: Remedy
    public let text: String

    public init(_ code: Code, remedy: Remedy = .none, _ text: String) {
        self.code = code
        self.remedy = remedy
        self.text = text
    }

    public var description: String { "\(code.name): \(text)" }

    /// Another member or producer with the same name has taken over.
    public var isFencing: Bool {
        [.fencedProducer, .fencedByBroker, .invalidProducerEpoch, .fencedInstance].contains(code)
    }

    /// The brokers do not let this principal do it.
    public var isDenial: Bool {
        [.topicDenied, .groupDenied, .clusterDenied, .transactionalIdDenied].contains(code)
    }

    /// Whoever was asked knows of no such topic or partition.
    package var isUnheardOf: Bool {
        [.unknownTopicOrPartition, .unknownTopicHere, .unknownPartitionHere].contains(code)
    }

    /// A broker has gone, or another one takes over: the same call later may succeed.
    var isOfTheMoment: Bool {
        [
            RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
            RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
            RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE,
            RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
        ].contains { $0 == code.native }
    }

    init(_ error: rd_kafka_resp_err_t, doing what: String) {
        self.init(Code(error), "\(what): \(String(cString: rd_kafka_err2str(error)))")
    }

    /// Takes over the error object of a call; nil where the call succeeded.
    init?(consuming error: OpaquePointer?, doing what: String) {
        guard let error else { return nil }
        defer { rd_kafka_error_destroy(error) }
        let remedy: Remedy =
            if rd_kafka_error_is_fatal(error) != 0 {
                .fatal
            } else if rd_kafka_error_txn_requires_abort(error) != 0 {
                .abort
            } else if rd_kafka_error_is_retriable(error) != 0 {
                .retry
            } else {
                .none
            }
        self.init(
            Code(rd_kafka_error_code(error)), remedy: remedy,
            "\(what): \(String(cString: rd_kafka_error_string(error)))"
        )
    }
}
