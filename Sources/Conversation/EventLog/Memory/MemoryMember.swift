/// A member of a participant on a ``MemoryEventLog``.
final class MemoryMember: LogMember {
    let participant: ParticipantName
    let id: MemberBoard.MemberID
    let log: MemoryEventLog
    private var places: [(source: TopicPartition, next: NextOffset)] = []
    private var held: Set<TopicPartition> = []
    private var turn = 0

    init(_ participant: ParticipantName, id: MemberBoard.MemberID, log: MemoryEventLog) {
        self.participant = participant
        self.id = id
        self.log = log
    }

    deinit { log.remove(id, why: "this member has left") }

    func poll(_ limit: ReadLimit, wait: Duration) throws(LogError) -> PollOutcome {
        let deadline = wait > .zero ? Doorbell.deadline(in: wait) : 0
        while true {
            let seen = log.ringsSeen
            switch try log.change(for: id) {
            case .revoked(let lost):
                let gone = Set(lost)
                places.removeAll { gone.contains($0.source) }
                held.subtract(gone)
                return .revoked(lost)
            case .assigned(let gained):
                for source in gained {
                    places.append((source, try log.committed(participant, on: source) ?? .start))
                }
                places.sort { $0.source < $1.source }
                return .assigned(gained)
            case nil: break
            }
            // Each partition in turn: a busy one must not starve the others.
            for step in 0..<places.count {
                let place = (turn + step) % places.count
                if held.contains(places[place].source) { continue }
                let found = try log.read(places[place].source, from: places[place].next, limit: limit)
                places[place].next = found.next
                if !found.records.isEmpty {
                    turn = place + 1
                    return .records(places[place].source, found.records)
                }
            }
            guard wait > .zero, Doorbell.now < deadline else { return .idle }
            log.wait(since: seen, until: deadline)
        }
    }

    func commit(_ step: Step) throws(LogError) { try log.commit([(self, step)], expecting: []) }

    func rewind() throws(LogError) {
        _ = try log.holding(of: id)
        for place in places.indices {
            places[place].next = try log.committed(participant, on: places[place].source) ?? .start
        }
    }

    func hold(_ sources: [TopicPartition]) throws(LogError) {
        for place in places where sources.contains(place.source) { held.insert(place.source) }
    }

    func release(_ source: TopicPartition, at next: NextOffset?) throws(LogError) {
        held.remove(source)
        guard let next, let place = places.firstIndex(where: { $0.source == source }) else { return }
        places[place].next = next
    }

    func leave() { log.remove(id, why: "this member has left") }
}
