/// Who holds which input: what a Kafka group coordinator decides, for the logs that live in one process. Pure.
///
/// Partitions of each topic go by range over the members of a participant in the order of their instance names, so
/// the same members always get the same. A partition changes hands in two moves: its holder polls and is told
/// `revoked` (until then it may commit), and only then does the next one get it.
package struct MemberBoard {
    package struct MemberID: Hashable, Sendable { let number: Int }

    package enum Change: Equatable, Sendable {
        case revoked([TopicPartition])
        case assigned([TopicPartition])
    }

    private struct Member {
        let id: MemberID
        let participant: ParticipantName
        let instance: String
        let inputs: [TopicPattern]
        var held: Set<TopicPartition> = []
        /// Both in order of topic and partition.
        var holding: [TopicPartition] = []
        var target: [TopicPartition] = []
        var isUnsettled = true
    }

    private var members: [Member] = []
    private var topics: [TopicSpecification] = []
    private var lastNumber = 0
    /// Why a member is no longer on the board, for the text of its error.
    private var departures: [(id: MemberID, why: String)] = []
    private let departuresKept = 64

    package init() {}

    package mutating func join(_ participant: ParticipantName, instance: String, inputs: [TopicPattern]) -> MemberID {
        if let earlier = members.first(where: { $0.participant == participant && $0.instance == instance }) {
            remove(earlier.id, why: "another member has joined \(participant) as instance \(instance)")
        }
        lastNumber += 1
        let id = MemberID(number: lastNumber)
        members.append(Member(id: id, participant: participant, instance: instance, inputs: inputs))
        members.sort { ($0.participant, $0.instance) < ($1.participant, $1.instance) }
        assign(participant)
        return id
    }

    package mutating func remove(_ id: MemberID, why: String) {
        guard let place = members.firstIndex(where: { $0.id == id }) else { return }
        let participant = members[place].participant
        members.remove(at: place)
        departures.append((id, why))
        if departures.count > departuresKept { departures.removeFirst() }
        assign(participant)
    }

    /// - Parameter present: all topics, sorted by name.
    package mutating func topicsChanged(to present: [TopicSpecification]) {
        guard present != topics else { return }
        topics = present
        var done: [ParticipantName] = []
        for participant in members.map(\.participant) where done.last != participant {
            assign(participant)
            done.append(participant)
        }
    }

    /// What this member is to be told next; nil where it has been told all.
    package mutating func next(for id: MemberID) throws(LogError) -> Change? {
        let place = try self.place(of: id)
        guard members[place].isUnsettled else { return nil }
        let target = Set(members[place].target)
        let lost = members[place].holding.filter { !target.contains($0) }
        if !lost.isEmpty {
            members[place].holding.removeAll { !target.contains($0) }
            members[place].held.subtract(lost)
            unsettle(members[place].participant)
            return .revoked(lost)
        }
        var gained: [TopicPartition] = []
        var isWaiting = false
        for source in members[place].target where !members[place].held.contains(source) {
            if isHeldByAnother(source, than: place) { isWaiting = true } else { gained.append(source) }
        }
        members[place].isUnsettled = isWaiting
        guard !gained.isEmpty else { return nil }
        members[place].held.formUnion(gained)
        members[place].holding = (members[place].holding + gained).sorted()
        return .assigned(gained)
    }

    /// Fails with `.fenced` where the member has been replaced, has left, or does not hold one of the sources.
    package func check(_ id: MemberID, holds positions: [(source: TopicPartition, next: NextOffset)]) throws(LogError) {
        let place = try self.place(of: id)
        for (source, _) in positions where !members[place].held.contains(source) {
            throw .fenced("\(members[place].participant) does not hold \(source) in this member")
        }
    }

    package func holding(of id: MemberID) throws(LogError) -> [TopicPartition] {
        members[try place(of: id)].holding
    }

    private func place(of id: MemberID) throws(LogError) -> Int {
        if let place = members.firstIndex(where: { $0.id == id }) { return place }
        throw .fenced(departures.last { $0.id == id }?.why ?? "this member has left")
    }

    private func isHeldByAnother(_ source: TopicPartition, than place: Int) -> Bool {
        for other in members.indices
        where other != place && members[other].participant == members[place].participant
            && members[other].held.contains(source)
        {
            return true
        }
        return false
    }

    private mutating func unsettle(_ participant: ParticipantName) {
        for place in members.indices where members[place].participant == participant {
            members[place].isUnsettled = true
        }
    }

    private mutating func assign(_ participant: ParticipantName) {
        let places = members.indices.filter { members[$0].participant == participant }
        for place in places {
            members[place].target = []
            members[place].isUnsettled = true
        }
        for specification in topics {
            let readers = places.filter { members[$0].inputs.contains { $0.matches(specification.topic) } }
            guard !readers.isEmpty else { continue }
            let (share, rest) = Int(specification.partitions).quotientAndRemainder(dividingBy: readers.count)
            var first = 0
            for (rank, place) in readers.enumerated() {
                let count = share + (rank < rest ? 1 : 0)
                for partition in first..<first + count {
                    members[place].target.append(TopicPartition(specification.topic, Int32(partition)))
                }
                first += count
            }
        }
    }
}
