import CRDKafka
import EventLog

/// The library's list of partitions with a position for each, owned for the length of a call.
struct TopicList: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(reserving count: Int) throws(KafkaError) {
        guard let made = rd_kafka_topic_partition_list_new(Int32(clamping: count)) else {
            throw KafkaError(.invalidArgument, "no memory for a list of partitions")
        }
        pointer = made
    }

    init(_ sources: [TopicPartition]) throws(KafkaError) {
        try self.init(reserving: sources.count)
        for source in sources { add(source) }
    }

    init(_ positions: [(source: TopicPartition, next: NextOffset)]) throws(KafkaError) {
        try self.init(reserving: positions.count)
        for (source, next) in positions { add(source, at: next.value) }
    }

    deinit { rd_kafka_topic_partition_list_destroy(pointer) }

    func add(_ source: TopicPartition, at offset: Int64 = Int64(RD_KAFKA_OFFSET_INVALID)) {
        rd_kafka_topic_partition_list_add(pointer, source.topic.name, source.partition)?.pointee.offset = offset
    }

    /// From here on the list is the caller's, to be destroyed by the library's own call.
    consuming func handOver() -> UnsafeMutablePointer<rd_kafka_topic_partition_list_t> {
        let pointer = pointer
        discard self
        return pointer
    }

    var count: Int { Int(pointer.pointee.cnt) }

    static func source(_ element: rd_kafka_topic_partition_t) -> TopicPartition {
        TopicPartition(Topic(String(cString: element.topic)), element.partition)
    }

    /// The first error that a call left beside a partition.
    func firstError(doing what: String) -> KafkaError? {
        for index in 0..<count {
            let element = pointer.pointee.elems[index]
            if element.err != RD_KAFKA_RESP_ERR_NO_ERROR {
                return KafkaError(element.err, doing: "\(what) \(TopicList.source(element))")
            }
        }
        return nil
    }
}

extension KafkaClient {
    /// - Returns: the positions that a consumer's group has committed, nil for none yet.
    /// - Throws: retriable where the group's coordinator is on the move, or where an open transaction may yet change
    ///   what is asked for.
    func committed(_ sources: [TopicPartition], milliseconds: Int32) throws(KafkaError) -> [NextOffset?] {
        try KafkaClient.committed(pointer, sources, milliseconds: milliseconds)
    }

    /// The same inside a callback, which has the library's pointer alone.
    static func committed(_ pointer: OpaquePointer, _ sources: [TopicPartition], milliseconds: Int32)
        throws(KafkaError) -> [NextOffset?]
    {
        let list = try TopicList(sources)
        let code = rd_kafka_committed(pointer, list.pointer, milliseconds)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaClient.retriable(code, "reading committed positions") }
        var found: [NextOffset?] = []
        found.reserveCapacity(sources.count)
        for index in 0..<list.count {
            let element = list.pointer.pointee.elems[index]
            if element.err != RD_KAFKA_RESP_ERR_NO_ERROR {
                throw KafkaClient.retriable(
                    element.err, "reading the committed position on \(TopicList.source(element))")
            }
            found.append(element.offset >= 0 ? NextOffset(element.offset) : nil)
        }
        return found
    }

    private static func retriable(_ code: rd_kafka_resp_err_t, _ what: String) -> KafkaError {
        let error = KafkaError(code, doing: what)
        let isDenied = [.groupDenied, .topicDenied, .unknownTopicOrPartition].contains(error.code)
        return KafkaError(error.code, remedy: isDenied ? .none : .retry, error.text)
    }

    /// Both ends of a partition. On a client that reads committed records the second is the last stable offset: behind it
    /// lies nothing, or an open transaction. Each is a way to the leader: whoever needs one asks for one.
    func watermarks(of source: TopicPartition) throws(KafkaError) -> (low: Int64, high: Int64) {
        try asking { () throws(KafkaError) in
            (
                low: try offset(RD_KAFKA_OFFSET_BEGINNING, of: source),
                high: try offset(RD_KAFKA_OFFSET_END, of: source)
            )
        }
    }

    func beginning(of source: TopicPartition) throws(KafkaError) -> Int64 {
        try asking { () throws(KafkaError) in try offset(RD_KAFKA_OFFSET_BEGINNING, of: source) }
    }

    func end(of source: TopicPartition) throws(KafkaError) -> Int64 {
        try asking { () throws(KafkaError) in try offset(RD_KAFKA_OFFSET_END, of: source) }
    }

    /// Asks a partition's leader; while there is none, again and again for half a minute.
    private func asking<Value>(_ body: () throws(KafkaError) -> Value) throws(KafkaError) -> Value {
        // Of a topic that this client neither reads nor writes, 2.0.2 never asks for the leader again by itself, and would
        // go on to ask the one that was.
        try retrying(
            for: .seconds(30), while: \.isOfTheMoment, meanwhile: { _ = try? topicInfos(milliseconds: 10_000) }, body)
    }

    /// Where a partition begins or ends. By the call for times, which stand for such places as well below zero:
    /// `rd_kafka_query_watermark_offsets` waits for a leader that has died for as long as a request may lie in a queue, a
    /// minute, whatever time it was given (2.0.2).
    private func offset(_ place: Int32, of source: TopicPartition) throws(KafkaError) -> Int64 {
        let list = try TopicList(reserving: 1)
        list.add(source, at: Int64(place))
        let code = rd_kafka_offsets_for_times(pointer, list.pointer, KafkaClient.leaderMilliseconds)
        let what = "asking where \(source) \(place == RD_KAFKA_OFFSET_END ? "ends" : "begins")"
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(code, doing: what) }
        if let error = list.firstError(doing: what) { throw error }
        let found = list.pointer.pointee.elems[0].offset
        // What was asked, and no answer: taken for one, it would make a full partition an empty one.
        guard found >= 0 else { throw KafkaError(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, doing: what) }
        return found
    }

    /// How long one question to a leader may take. No longer than a broker needs that is slow: whoever waits for one that
    /// has died waits in vain.
    private static let leaderMilliseconds: Int32 = 3_000
}
