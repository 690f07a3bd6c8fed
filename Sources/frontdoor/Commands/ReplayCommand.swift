import CommandLine
import ConfigurationFiles
import DomainModel
import EmbeddedEventLog
import EventLog
import Foundation
import HubConfiguration
import HubRuntime
import Room

enum ReplayCommand {
    static let into = OptionalOption<String>("into", value: "DIR", "the folder of the new log")

    static let command = Command(
        "replay", "plays what came in on one log into a new embedded one",
        discussion: """
            Takes all that came from outside, with the times at which it came, and every strike of the clock where it \
            stands in the room, and lets the participants decide on it anew, in a data folder of its own: what a hub on \
            brokers made of its input can be looked at on one machine, and compared. The keys are the first log's, so \
            every id is the same. Where nothing new on a family came before its thread was at rest, so is every \
            decision.
            """,
        options: [into, Common.data, Common.json], exitCodes: [.ok, .usage, .noInput, .dataError, .cannotCreate],
        examples: [
            (
                "FRONTDOOR_KAFKA_BOOTSTRAP=127.0.0.1:9092 frontdoor replay --into /tmp/again",
                "plays what lies on those brokers"
            )
        ]
    ) { invocation, terminal in
        guard let folder = invocation[into] else {
            throw CommandFailure(.usage, "say where to: --into DIR", remedy: "The folder must hold no log yet.")
        }
        let configuration = try Common.configuration(invocation)
        let settings = Common.settings(invocation, configuration)
        let target = try TrialFolder(given: folder)
        return try await Common.onOwnThread {
            let source = try HubLog.existing(settings, for: .reading)
            let secrets = try Secrets.load(settings)
            let topics = Common.topics(settings)
            let recorded = try Recorded(source, topics, terminal)
            var embedded = settings
            embedded.kafka.bootstrap = ""
            embedded.dataFolder = target.path
            try Secrets.copy(of: settings, into: target.path)
            let clock = VirtualClock(recorded.first)
            let log = try Common.open(embedded, mode: .deciding, clock: { clock.now })
            let open = OpenHub(log: log, configuration: configuration, topics: topics, secrets: secrets)
            let played = try play(recorded, open, log, clock, terminal)
            log.close()
            source.close()
            if invocation[Common.json] {
                terminal.print("{\"records\":\(played.records),\"strikes\":\(played.strikes)}")
            } else {
                terminal.print(
                    "Played \(Words.count(played.records, "record", "records")) and \(Words.count(played.strikes, "strike", "strikes")) into \(target.path)."
                )
            }
            return .ok
        }
    }

    private static func play(
        _ recorded: Recorded, _ open: OpenHub, _ log: any EventLog, _ clock: VirtualClock, _ terminal: Terminal
    ) throws(CommandFailure) -> (records: Int, strikes: Int) {
        var records = 0
        let total = recorded.inputs.reduce(0) { $0 + $1.count }
        var progress = Progress("Playing", total: total, unit: "records", terminal: terminal)
        var taken = Array(repeating: 0, count: recorded.inputs.count)
        do throws(HubError) {
            try open.hub.start(topics: open.specifications)
            _ = try open.hub.adopt(recorded.directory, policies: recorded.policies, now: recorded.start)
            /// Each by itself and to rest, in the order in which they came.
            func feed(upTo ends: [Int]) throws(HubError) {
                var waiting: [StoredRecord] = []
                for index in ends.indices where taken[index] < ends[index] {
                    waiting += recorded.inputs[index][taken[index]..<ends[index]]
                    taken[index] = ends[index]
                }
                waiting.sort { ($0.appendTime, $0.source, $0.offset) < ($1.appendTime, $1.source, $1.offset) }
                for record in waiting {
                    clock.advance(to: record.appendTime)
                    do throws(LogError) {
                        _ = try log.append([
                            NewRecord(record.source, key: record.key, headers: record.headers, value: record.value)
                        ])
                    } catch {
                        throw .log(error)
                    }
                    while !(try open.hub.step(wait: .zero)).didNothing {}
                    records += 1
                    progress.update(records)
                }
            }
            for strike in recorded.strikes {
                try feed(upTo: recorded.ends(before: strike, taken))
                clock.advance(to: strike.now)
                try open.hub.strike(partition: strike.partition, now: strike.now)
                while !(try open.hub.step(wait: .zero)).didNothing {}
            }
            try feed(upTo: recorded.inputs.map(\.count))
            try open.hub.stop()
        } catch {
            throw Common.failure(error)
        }
        progress.finish()
        return (records, recorded.strikes.count)
    }
}

/// What a log holds that no participant made.
private struct Recorded {
    struct Strike {
        let now: Instant
        let partition: Int32
        let offset: Int64
    }

    /// Where what Intake made of a record lies in the room.
    private struct Place {
        let partition: Int32
        let offset: Int64
    }

    /// By topic, in the order of their names.
    private(set) var inputs: [[StoredRecord]] = []
    private(set) var strikes: [Strike] = []
    /// For each record of each input; nil where it left nothing in the room.
    private var places: [[Place?]] = []
    private(set) var directory = HubDirectory(formatVersion: 1)
    private(set) var policies: [Policy] = []
    /// When the configuration was adopted; what had come before waited for it, and its own times count.
    private(set) var start = Instant.distantPast
    var first: Instant { inputs.compactMap(\.first?.appendTime).reduce(start, min) }

    init(_ log: any EventLog, _ topics: HubTopics, _ terminal: Terminal) throws(CommandFailure) {
        let reader = RoomReader(log: log, topics: topics)
        let names: [Topic]
        do throws(LogError) { names = try log.topics().map(\.topic).filter { topics.ingress($0) != nil } } catch {
            throw Common.failure(error)
        }
        var numbers: [String: Int] = [:]
        var offsets: [[Int64]] = []
        for (index, name) in names.enumerated() {
            var records: [StoredRecord] = []
            try reader.forEachRecord(of: TopicPartition(name, 0)) { records.append($0) }
            numbers[name.name] = index
            inputs.append(records)
            offsets.append(records.map(\.offset.value))
            places.append(Array(repeating: nil, count: records.count))
        }
        var adopted = AdoptedSlices()
        var times: Set<Instant> = []
        for partition in 0..<topics.partitions {
            try reader.forEachEvent(partition: partition) { event in
                switch event.body {
                case .configurationAdopted, .policyAdopted:
                    adopted.take(event)
                    times.insert(event.time)
                case .clockStruck(let struck):
                    strikes.append(
                        Strike(now: struck.now, partition: partition, offset: event.position?.offset ?? 0))
                default:
                    guard event.source == .intake, let input = event.input, let topic = input.topic,
                        let index = numbers[topic], let position = event.position
                    else { return }
                    let record = Recorded.place(of: input.offset, in: offsets[index])
                    guard record < offsets[index].count else { return }
                    places[index][record] = Place(partition: partition, offset: position.offset)
                }
            }
        }
        guard times.count == 1, let start = times.first else {
            throw CommandFailure(
                .dataError,
                times.isEmpty
                    ? "nothing has been adopted on this log, so nothing was decided"
                    : "the configuration of this log has changed: what was decided under several cannot be played under one",
                remedy: "'frontdoor verify' decides each posting again under what was in force at its position.")
        }
        self.start = start
        directory = adopted.directory
        policies = adopted.policies
        strikes.sort { ($0.now, $0.partition, $0.offset) < ($1.now, $1.partition, $1.offset) }
    }

    /// How far each input had been decided on before a strike: as its partition says, and elsewhere as the clock says.
    func ends(before strike: Strike, _ taken: [Int]) -> [Int] {
        inputs.indices.map { index in
            var end = taken[index]
            for place in end..<inputs[index].count {
                let record = places[index][place]
                if let record, record.partition == strike.partition {
                    if record.offset > strike.offset { break }
                } else if inputs[index][place].appendTime > strike.now {
                    continue
                }
                end = place + 1
            }
            return end
        }
    }

    private static func place(of offset: Int64, in offsets: [Int64]) -> Int {
        var low = 0
        var high = offsets.count
        while low < high {
            let middle = (low + high) / 2
            if offsets[middle] < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
