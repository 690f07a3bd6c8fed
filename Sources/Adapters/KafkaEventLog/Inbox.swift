import EventLog
import Kafka

/// What a member holds, where it stands on each input, and what it has polled and not yet given.
struct Inbox {
    private struct Place {
        let source: TopicPartition
        /// Behind the last record given; nil for the first that there is.
        var given: NextOffset?
        /// Behind the last record taken from the library: a lower one is an old one fetched again.
        var taken: Int64
        var committed: NextOffset?
        var isHeld = false
        /// From `first` on not yet given.
        var records: [StoredRecord] = []
        var first = 0

        mutating func drop() {
            records.removeAll(keepingCapacity: false)
            first = 0
        }
    }

    private var places: [Place] = []
    private(set) var count = 0
    private(set) var bytes = 0
    private var turn = 0
    /// The place of the last message taken: messages of one partition come in runs.
    private var last: (topic: Topic, partition: Int32, place: Int)?

    var isEmpty: Bool { count == 0 }
    var sources: [TopicPartition] { places.map(\.source) }
    func holds(_ source: TopicPartition) -> Bool { place(of: source) != nil }

    mutating func take(_ event: KafkaConsumer.Event) -> PollOutcome {
        // Whatever was polled before is read again from the committed position.
        count = 0
        bytes = 0
        turn = 0
        switch event {
        case .assigned(let gained):
            places = gained.map { source, committed in
                Place(source: source, given: committed, taken: committed?.value ?? 0, committed: committed)
            }
            return .assigned(gained.map(\.source))
        case .revoked(let lost):
            places.removeAll()
            return .revoked(lost)
        }
    }

    mutating func take(_ message: borrowing KafkaMessage) {
        guard let index = place(of: message) else { return }
        let offset = message.offset.value
        guard !places[index].isHeld, offset >= places[index].taken else { return }
        let record = message.stored(as: places[index].source)
        places[index].taken = offset + 1
        places[index].records.append(record)
        count += 1
        bytes += record.byteCount
    }

    private func place(of message: borrowing KafkaMessage) -> Int? {
        let partition = message.partition
        for index in places.indices
        where places[index].source.partition == partition && message.isOf(places[index].source.topic) { return index }
        return nil
    }

    private func place(of source: TopicPartition) -> Int? { places.firstIndex { $0.source == source } }

    /// The next partition in turn that has something, so that a busy one does not starve the others.
    mutating func next(_ limit: ReadLimit) -> (TopicPartition, [StoredRecord])? {
        for step in 0..<places.count {
            let index = (turn + step) % places.count
            guard places[index].first < places[index].records.count else { continue }
            turn = index + 1
            return (places[index].source, give(index, limit))
        }
        return nil
    }

    private mutating func give(_ index: Int, _ limit: ReadLimit) -> [StoredRecord] {
        let first = places[index].first
        var end = first
        var sum = 0
        while end < places[index].records.count, end - first < limit.records {
            let next = places[index].records[end].byteCount
            if end > first, sum + next > limit.bytes { break }
            sum += next
            end += 1
        }
        count -= end - first
        bytes -= sum
        places[index].given = places[index].records[end - 1].offset.next
        if first == 0, end == places[index].records.count {
            // All of it, as is nearly always so: handed over, not copied.
            var whole: [StoredRecord] = []
            swap(&whole, &places[index].records)
            return whole
        }
        let part = Array(places[index].records[first..<end])
        places[index].first = end
        if end == places[index].records.count { places[index].drop() }
        return part
    }

    // MARK: Positions

    /// - Returns: those that were not held before.
    mutating func hold(_ sources: [TopicPartition]) -> [TopicPartition] {
        var found: [TopicPartition] = []
        for source in sources {
            guard let index = place(of: source), !places[index].isHeld else { continue }
            places[index].isHeld = true
            drop(index)
            found.append(source)
        }
        return found
    }

    /// - Returns: where to read on; nil where the input is not held.
    mutating func release(_ source: TopicPartition, at next: NextOffset?) -> (next: NextOffset?, Void)? {
        guard let index = place(of: source), places[index].isHeld else { return nil }
        places[index].isHeld = false
        // Before the first commit the start is wherever the log begins, be that behind zero.
        let isAtStart = next == .start && places[index].committed == nil
        if let next, !isAtStart {
            places[index].given = next
            // The group may remember less, or nothing any more.
            places[index].committed = next
        } else if isAtStart {
            places[index].given = nil
        }
        places[index].taken = places[index].given?.value ?? 0
        return (places[index].given, ())
    }

    mutating func rewind(to committed: [NextOffset?]) -> [(source: TopicPartition, next: NextOffset?)] {
        var positions: [(source: TopicPartition, next: NextOffset?)] = []
        for (index, remembered) in committed.enumerated() {
            drop(index)
            // A commit whose outcome was unknown may have landed, so the group may be ahead; it may also have forgotten
            // what the participant's table knows.
            let next = max(remembered ?? .start, places[index].committed ?? .start)
            guard next > .start || remembered != nil else {
                places[index].given = nil
                places[index].taken = 0
                positions.append((places[index].source, nil))
                continue
            }
            places[index].committed = next
            places[index].given = next
            places[index].taken = next.value
            positions.append((places[index].source, next))
        }
        return positions
    }

    private mutating func drop(_ index: Int) {
        for record in places[index].records[places[index].first...] {
            count -= 1
            bytes -= record.byteCount
        }
        places[index].drop()
    }

    mutating func committed(_ positions: [(source: TopicPartition, next: NextOffset)]) {
        for (source, next) in positions {
            if let index = place(of: source) { places[index].committed = next }
        }
    }

    var anyCommitted: (source: TopicPartition, next: NextOffset)? {
        for place in places { if let next = place.committed { return (place.source, next) } }
        return nil
    }

    /// Which input it is that an error of the library names.
    func lostPosition(in text: String) -> (source: TopicPartition, next: NextOffset)? {
        for place in places where text.contains("\(place.source):") {
            return (place.source, NextOffset(place.taken))
        }
        return nil
    }
}
