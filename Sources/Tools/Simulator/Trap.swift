import DomainModel
import EventLog
import HubConfiguration
import HubRuntime
import JSON
import Room
import SyntheticWorld

/// A fault in one participant's code: one input ends every process that takes it, until somebody has mended it.
final class Trap {
    private static let oneIn: Int64 = 40

    let service: Service
    private let remainder: Int64
    /// The input that it is about: the first that came and fits.
    private(set) var input: InputPosition?
    private(set) var isMended = false

    init(_ draws: inout Draws) {
        let services: [Service] = [.intake, .deduplication, .triage, .routing, .deadlines]
        service = services[draws.below(services.count)]
        remainder = Int64(draws.below(Int(Trap.oneIn)))
    }

    /// Whether what the service is about to be given ends its process.
    func springs(_ service: Service, on position: InputPosition) -> Bool {
        guard service == self.service, !isMended else { return false }
        if input == nil, (position.offset + Int64(position.partition)) % Trap.oneIn == remainder {
            input = position
        }
        return position == input
    }

    func mend() { isMended = true }
}

/// Whoever looks after the hub: reads the dead letters, has what trapped mended, and has it taken once more.
struct Caretaker {
    private let directory: HubDirectory
    private let topics: HubTopics
    private let codec: RoomCodec
    private let parser = JSONParser()
    private var read: [NextOffset]
    private var sent = 0

    init(_ hub: SimulatedHub) {
        directory = hub.directory
        topics = hub.topics
        codec = RoomCodec(topics: hub.topics)
        read = Array(repeating: .start, count: Int(hub.topics.partitions))
    }

    /// What is to be taken once more: each dead letter that a trap left, once.
    mutating func look(_ log: any EventLog, at now: Instant) throws(LogError) -> [NewRecord] {
        var decisions: [NewRecord] = []
        for partition in 0..<topics.partitions {
            let found = try log.read(
                TopicPartition(topics.deadLetters, partition), from: read[Int(partition)],
                limit: ReadLimit(records: 10_000, bytes: 64 << 20))
            read[Int(partition)] = found.next
            for record in found.records {
                guard let letter = codec.deadLetter(from: record, parser: parser),
                    letter.reason == SetAsideReason.undecidable.rawValue,
                    let decision = try decision(on: letter, log, at: now)
                else { continue }
                decisions.append(decision)
            }
        }
        return decisions
    }

    private mutating func decision(
        on letter: RecordedDeadLetter, _ log: any EventLog, at now: Instant
    ) throws(LogError) -> NewRecord? {
        let isIntakes = letter.service == Service.intake.rawValue
        guard let (team, person) = directory.redrivers(of: letter.authority, refusedByIntake: isIntakes).first
        else { return nil }
        sent += 1
        let data = letter.redriveDecision(
            by: person.text, reason: .other, subject: isIntakes ? nil : try subject(of: letter.origin, log))
        return NewRecord(
            TopicPartition(topics.decisions(team.id), 0), key: nil,
            headers: MessageHeaders.make(
                id: "redrive-\(sent)", source: "/team/", team.id.description,
                type: "frontdoor.decision.submitted.v1", time: now),
            value: data)
    }

    private func subject(of origin: String, _ log: any EventLog) throws(LogError) -> Subject? {
        guard let place = InputPosition(origin) else { return nil }
        let found = try log.read(
            TopicPartition(topics.events, place.partition), from: NextOffset(place.offset),
            limit: ReadLimit(records: 1, bytes: 1))
        return found.records.first.flatMap { try? codec.event(from: $0, parser: parser) }?.subject
    }
}
