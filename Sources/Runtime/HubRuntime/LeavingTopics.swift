import EventLog

/// What the topics that leave the room still hold, and whether retention or compaction explains what they do not: a
/// record that was decided, is not there, and went for neither reason, was lost.
struct LeavingTopics {
    private struct Kept {
        let cleanup: TopicSpecification.Cleanup
        /// The offset of the first record, or the end where there is none.
        var first: Int64?
        var keys: Set<[UInt8]> = []
        /// Keys whose last decided record took them away: of such a key a log in the end keeps nothing.
        var ended: Set<[UInt8]> = []
    }

    private var topics: [Topic: Kept] = [:]
    private var missing: [(topic: Topic, key: [UInt8], text: String)] = []

    mutating func know(_ specification: TopicSpecification) {
        topics[specification.topic] = Kept(cleanup: specification.cleanup)
    }

    mutating func read(_ record: StoredRecord) {
        let topic = record.source.topic
        if topics[topic]?.first == nil { topics[topic]?.first = record.offset.value }
        if topics[topic]?.cleanup == .compact, let key = record.key { topics[topic]?.keys.insert(key) }
    }

    /// Called behind the last record: a topic that holds nothing up to its end has lost all it had.
    mutating func end(_ topic: Topic, at end: NextOffset) {
        if topics[topic]?.first == nil { topics[topic]?.first = end.value }
    }

    /// Called for each decided record in the order of the decisions.
    mutating func decided(_ record: NewRecord) {
        let topic = record.target.topic
        guard topics[topic]?.cleanup == .compact, let key = record.key else { return }
        if record.value == nil { topics[topic]?.ended.insert(key) } else { topics[topic]?.ended.remove(key) }
    }

    /// - Parameter text: which decision it is; positions and types only.
    mutating func miss(_ record: NewRecord, _ text: String) {
        missing.append((record.target.topic, record.key ?? [], text))
    }

    /// Called at the end.
    /// - Returns: how many of the missing are explained, and the texts of the others.
    func settled() -> (expired: Int, lost: [String]) {
        var expired = 0
        var lost: [String] = []
        var deleted: [Topic: Int64] = [:]
        for (topic, key, text) in missing {
            let isExplained: Bool
            switch topics[topic]?.cleanup {
            case .compact:
                // Of each key the last record stays.
                isExplained = topics[topic].map { $0.keys.contains(key) || $0.ended.contains(key) } ?? false
            case .delete:
                // Each had an offset below the first that is there.
                deleted[topic, default: 0] += 1
                isExplained = topics[topic]?.first.map { deleted[topic, default: 0] <= $0 } ?? false
            case nil:
                isExplained = false
            }
            if isExplained { expired += 1 } else { lost.append(text) }
        }
        return (expired, lost)
    }
}
