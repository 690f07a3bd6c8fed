import DomainModel
import EventLog
import HubRuntime
import InvariantChecker
import JSON
import Room
import Sealing

/// Whether what lies in the log at the end is what it must be.
struct Judge {
    let hub: SimulatedHub
    let log: MemoryEventLog
    /// The one input that may have been set aside as undecidable, since a participant trapped on it.
    var trapped: InputPosition?

    /// - Parameters:
    ///   - now: up to where clocks may have struck.
    ///   - replays: whether all is decided again as well, which costs as much as the simulation itself.
    /// - Returns: what is wrong; empty where nothing is.
    func findings(now: Instant, replays: Bool) -> [String] {
        var findings: [String] = []
        do {
            let report = try InvariantChecker(
                log: log, plan: CheckPlan(prefix: hub.topics.prefix, expectAtRest: true, now: now)
            ).run { _ in }
            for result in report.results where result.failed > 0 {
                findings.append("invariant \(result.number): \(result.failed) of \(result.checked) do not hold")
                findings += result.examples.prefix(3)
            }
            if !report.holds, findings.isEmpty { findings.append("the checker found nothing to check") }
            findings += try unread()
            findings += try setAside()
            if replays {
                let (_, equipment) = hub.equipment(log, draws: 1)
                let report = try Verifier(log: log, topics: hub.topics, equipment: equipment).run(
                    intake: hub.intake(), hosts: hub.hosts())
                if !report.agrees { findings.append("decided again: \(report.differences) differences") }
                findings += report.examples.prefix(3)
            }
        } catch {
            findings.append("the log cannot be judged: \(error)")
        }
        return findings
    }

    /// Records behind the position that a service has committed: at rest there are none.
    private func unread() throws(LogError) -> [String] {
        var findings: [String] = []
        let one = ReadLimit(records: 1, bytes: 1)
        func look(_ service: Service, _ source: TopicPartition) throws(LogError) {
            let next = try log.committed(ParticipantName(service.rawValue), on: source) ?? .start
            if try !log.read(source, from: next, limit: one).records.isEmpty {
                findings.append("\(service.rawValue) has not committed what it read of \(source)")
            }
        }
        for host in hub.hosts() {
            for partition in 0..<hub.topics.partitions {
                try look(host.service, TopicPartition(hub.topics.events, partition))
            }
        }
        for specification in try log.topics() where hub.topics.ingress(specification.topic) != nil {
            try look(.intake, TopicPartition(specification.topic, 0))
        }
        return findings
    }

    /// Nothing but what trapped may be taken for what traps, and that has been taken once more, once.
    private func setAside() throws(LogError) -> [String] {
        var findings: [String] = []
        let parser = JSONParser()
        let codec = RoomCodec(topics: hub.topics)
        var letters: [RecordedDeadLetter] = []
        var redrives: [EventID: Int] = [:]
        let all = ReadLimit(records: 100_000, bytes: 1 << 30)
        for partition in 0..<hub.topics.partitions {
            let source = TopicPartition(hub.topics.deadLetters, partition)
            letters += try log.read(source, from: .start, limit: all).records.compactMap {
                codec.deadLetter(from: $0, parser: parser)
            }
            guard trapped != nil else { continue }
            let room = TopicPartition(hub.topics.events, partition)
            for record in try log.read(room, from: .start, limit: all).records {
                guard case .decisionSubmitted(let decision)? = try? codec.event(from: record, parser: parser)?.body,
                    let letter = decision.redrive?.letter
                else { continue }
                redrives[letter, default: 0] += 1
            }
        }
        for letter in letters where letter.reason == SetAsideReason.undecidable.rawValue {
            if letter.origin != trapped?.description {
                findings.append("an input was set aside as undecidable: \(letter.service) \(letter.origin)")
            } else if redrives[letter.id] != 1 {
                findings.append("what trapped was taken once more \(redrives[letter.id] ?? 0) times")
            }
        }
        return findings
    }

    /// All decisions by id, without positions, keys and nonces, which differ between runs.
    func picture() throws -> [String: Digest32] {
        var picture: [String: Digest32] = [:]
        let codec = RoomCodec(topics: hub.topics)
        let parser = JSONParser()
        for specification in try log.topics()
        where hub.topics.ingress(specification.topic) == nil && specification.topic != hub.topics.deadLetters {
            for partition in 0..<specification.partitions {
                let source = TopicPartition(specification.topic, partition)
                var next = NextOffset.start
                while true {
                    let read = try log.read(source, from: next, limit: ReadLimit(records: 1000, bytes: 64 << 20))
                    for record in read.records {
                        guard let header = record.headers.first("ce_id") else { continue }
                        let id = String(decoding: header, as: UTF8.self)
                        var headers = record.headers
                        var value = record.value ?? []
                        if specification.topic == hub.topics.events {
                            guard var event = try codec.event(from: record, parser: parser) else { continue }
                            event.parts = []
                            event.input = nil
                            let plain = codec.record(of: event)
                            headers = plain.headers
                            value = plain.value ?? []
                        }
                        var derivation = Derivation("picture")
                        derivation.add(headers.bytes)
                        derivation.add(value)
                        picture["\(specification.topic) \(id)"] = derivation.digest()
                    }
                    guard read.next > next else { break }
                    next = read.next
                }
            }
        }
        return picture
    }
}
