import DomainModel
import EventLog
import Room

/// How large a record may be. Looked at before the commit: what the log refuses there would be refused for ever.
struct RecordLimits: Sendable {
    private var topics: [Topic: Int] = [:]
    /// Bytes of an event's value, which every reader of the room must be able to hold many of.
    private var eventValue = Int.max
    private var events: Topic?
    /// No topic has a lower one: below it nothing has to be looked up.
    private var lowest = Int.max

    init() {}

    init(_ specifications: [TopicSpecification], events: Topic) {
        for specification in specifications {
            topics[specification.topic] = specification.recordBytesMax
            lowest = min(lowest, specification.recordBytesMax)
        }
        self.events = events
        eventValue = Limits.eventBytesMax
        lowest = min(lowest, eventValue)
    }

    var ofTopicsAlone: RecordLimits {
        var other = self
        other.eventValue = .max
        return other
    }

    /// - Returns: the limit that the record breaks, in bytes.
    func broken(by record: NewRecord) -> Int? {
        let bytes = record.byteCount
        guard bytes > lowest else { return nil }
        if let limit = topics[record.target.topic], bytes > limit { return limit }
        if record.target.topic == events, record.value?.count ?? 0 > eventValue { return eventValue }
        return nil
    }
}

/// The first posting of a step that was too large.
struct Breach {
    let service: Service
    /// The input in the log that it answers; nil where that was staged in the same step.
    let input: InputPosition?
    let topic: Topic
    let bytes: Int
    let limit: Int
}
