import EventLog
import Synchronization

/// A member of a participant on an ``EmbeddedEventLog``.
final class EmbeddedMember: LogMember {
    let participant: ParticipantName
    let log: EmbeddedEventLog
    private let instance: String
    private let generation: Int64
    private let id: MemberBoard.MemberID
    private var places: [(source: TopicPartition, stream: Int, next: NextOffset)] = []
    private var held: Set<TopicPartition> = []
    private var turn = 0

    init(
        _ participant: ParticipantName, instance: String, generation: Int64, id: MemberBoard.MemberID,
        log: EmbeddedEventLog
    ) {
        self.participant = participant
        self.instance = instance
        self.generation = generation
        self.id = id
        self.log = log
    }

    deinit { log.remove(id, why: "this member has left") }

    func own(_ step: Step) -> OwnedStep {
        OwnedStep(id: id, participant: participant, instance: instance, generation: generation, step: step)
    }

    func poll(_ limit: ReadLimit, wait: Duration) throws(LogError) -> PollOutcome {
        let deadline = wait > .zero ? Doorbell.deadline(in: wait) : 0
        while true {
            let seen = log.bell.seen
            try log.lookForOthers()
            switch try log.change(for: id) {
            case .revoked(let lost):
                let gone = Set(lost)
                places.removeAll { gone.contains($0.source) }
                held.subtract(gone)
                return .revoked(lost)
            case .assigned(let gained):
                for source in gained {
                    places.append(
                        (source, try log.stream(of: source), try log.committed(participant, on: source) ?? .start))
                }
                places.sort { $0.source < $1.source }
                return .assigned(gained)
            case nil: break
            }
            while let place = nextReady() {
                let found = try log.read(places[place].source, from: places[place].next, limit: limit)
                places[place].next = found.next
                turn = place + 1
                if !found.records.isEmpty { return .records(places[place].source, found.records) }
            }
            let now = Doorbell.now
            guard wait > .zero, now < deadline else { return .idle }
            log.bell.wait(
                since: seen, until: min(deadline, now + EmbeddedEventLog.lookIntervalMilliseconds * 1_000_000))
        }
    }

    /// The next partition in turn that has records, so that a busy one does not starve the others. Asks no SQLite:
    /// hundreds of idle inputs cost a comparison each.
    private func nextReady() -> Int? {
        log.directory.withLock { directory in
            for step in 0..<places.count {
                let place = (turn + step) % places.count
                if directory.end(places[place].stream) > places[place].next.value,
                    held.isEmpty || !held.contains(places[place].source)
                {
                    return place
                }
            }
            return nil
        }
    }

    func commit(_ step: Step) throws(LogError) { try log.commit([(self, step)], expecting: []) }

    func rewind() throws(LogError) {
        _ = try log.board.withLock { board throws(LogError) in try board.holding(of: id) }
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
