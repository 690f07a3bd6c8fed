import CommandLine
import ConfigurationFiles
import DomainModel
import EventLog
import HubConfiguration
import HubRuntime
import JSON
import Room
import Sealing

/// The dead letters of a log, and what became of each.
struct Letters: Sendable {
    enum Standing: String {
        case open
        /// Behind one that was set aside before it, and taken with that one.
        case waits
        /// A named person had it taken once more.
        case redriven
    }

    struct Letter: Sendable {
        let record: RecordedDeadLetter
        let standing: Standing
        /// Who had it taken once more.
        let redrivenBy: String?
    }

    /// Those that failed of the same in the same hands.
    struct Cause: Sendable {
        let reason: String
        let service: String
        let letters: [Letter]
        var words: String { "\(reason) (\(service))" }
    }

    /// Where they lie, for who wants more of the log.
    struct Place: Sendable {
        let log: any EventLog
        let topics: HubTopics
        let settings: HubSettings
        let configuration: LoadedConfiguration

        func vault() throws(CommandFailure) -> Vault {
            let secrets = try Secrets.load(settings)
            return Vault(log: log, topics: topics, masters: secrets.masters, draws: SystemDraws())
        }
    }

    let all: [Letter]

    /// By cause, the most frequent first, and in each by time.
    var causes: [Cause] {
        var names: [String] = []
        var found: [String: [Letter]] = [:]
        for letter in all {
            let name = "\(letter.record.service) \(letter.record.reason)"
            if found[name] == nil { names.append(name) }
            found[name, default: []].append(letter)
        }
        let causes = names.compactMap { name -> Cause? in
            guard let letters = found[name], let first = letters.first else { return nil }
            return Cause(reason: first.record.reason, service: first.record.service, letters: letters)
        }
        return causes.sorted { ($1.letters.count, $0.words) < ($0.letters.count, $1.words) }
    }

    var sorted: [Letter] { causes.flatMap(\.letters) }

    func named(_ text: String) throws(CommandFailure) -> Letter {
        guard let wanted = EventID(text), let letter = all.first(where: { $0.record.id == wanted }) else {
            throw CommandFailure(
                .noInput, "there is no dead letter of that id",
                remedy: "'frontdoor dead-letters list' prints the ids.")
        }
        return letter
    }

    static func read(
        _ invocation: Invocation,
        _ body: @escaping @Sendable (Letters, Place) throws(CommandFailure) -> ExitCode
    ) async throws -> ExitCode {
        let configuration = try Common.configuration(invocation)
        let settings = Common.settings(invocation, configuration)
        return try await Common.onOwnThread {
            let log = try HubLog.existing(settings, for: .reading)
            let topics = Common.topics(settings)
            let letters = try read(RoomReader(log: log, topics: topics))
            let code = try body(
                letters, Place(log: log, topics: topics, settings: settings, configuration: configuration))
            log.close()
            return code
        }
    }

    private static func read(_ reader: RoomReader) throws(CommandFailure) -> Letters {
        let codec = RoomCodec(topics: reader.topics)
        let parser = JSONParser()
        var records: [RecordedDeadLetter] = []
        for partition in 0..<reader.topics.partitions {
            try reader.forEachRecord(of: TopicPartition(reader.topics.deadLetters, partition)) {
                record throws(CommandFailure) in
                if let letter = codec.deadLetter(from: record, parser: parser) { records.append(letter) }
            }
        }
        records.sort { ($0.time, $0.id) < ($1.time, $1.id) }
        guard !records.isEmpty else { return Letters(all: []) }
        // Who said so stands in the room; a letter of Intake's may have been redriven from another partition.
        var by: [EventID: String] = [:]
        try reader.forEachEvent { event in
            guard case .decisionSubmitted(let decision) = event.body, let redrive = decision.redrive else { return }
            by[redrive.letter] = decision.by.staff.text
        }
        return Letters(
            all: records.map { record in
                let standing: Standing =
                    if by[record.id] != nil {
                        .redriven
                    } else if record.reason == SetAsideReason.waits.rawValue {
                        .waits
                    } else {
                        .open
                    }
                return Letter(record: record, standing: standing, redrivenBy: by[record.id])
            })
    }
}
