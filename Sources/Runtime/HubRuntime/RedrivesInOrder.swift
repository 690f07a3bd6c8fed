import Room

/// Between topics from outside there is no order, and Intake's decisions depend on none, with one exception: a decision
/// to redrive stands on a team's topic and takes a message of an agency's. A replay, which goes topic by topic, must take
/// it before what that agency sent after it. Their order is told from the room.
struct RedrivesInOrder {
    private struct Redrive {
        let decision: InputPosition
        /// Where in the room that lies which came of it.
        let place: InputPosition
    }

    /// By the topic of what was redriven, in the order of the room.
    private var redrives: [String: [Redrive]] = [:]
    /// Where in the room the first event of an input lies: kept behind the first redrive of a partition alone.
    private var places: [InputPosition: InputPosition] = [:]
    private var decided: Set<InputPosition> = []
    private var partition: Int32?
    private var follows = false

    /// Takes Intake's events partition by partition, each in its order.
    mutating func take(_ event: Event) {
        guard let input = event.input, let place = event.position else { return }
        if place.partition != partition {
            partition = place.partition
            follows = false
        }
        if case .decisionSubmitted(let decision) = event.body, let redrive = decision.redrive,
            redrive.service == .intake, let topic = redrive.origin.topic
        {
            redrives[topic, default: []].append(Redrive(decision: input, place: place))
            follows = true
        } else if follows, places[input] == nil {
            places[input] = place
        }
    }

    /// The next decision that was taken before an input of the topic that it is about; each is given once.
    mutating func next(before input: InputPosition, of topic: String) -> InputPosition? {
        guard let waiting = redrives[topic], let place = places[input],
            let index = waiting.firstIndex(where: {
                $0.place.partition == place.partition && $0.place.offset < place.offset
                    && !decided.contains($0.decision)
            })
        else { return nil }
        decided.insert(waiting[index].decision)
        return waiting[index].decision
    }
}
