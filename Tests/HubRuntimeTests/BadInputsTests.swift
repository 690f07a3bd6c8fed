import ConfigurationFiles
import Deadlines
import Deduplication
import DomainModel
import EventLog
import Foundation
import HubConfiguration
import HubRuntime
import Intake
import JSON
import Room
import Routing
import Sealing
import Synchronization
import SyntheticWorld
import Testing
import Triage

/// Ten thousand messages that nobody should send, through the whole hub.
@Suite(.timeLimit(.minutes(5))) struct BadInputsTests {
    private static let count = 10_000

    @Test func noneStopsTheHubAndNoneOfTheirValuesGetsOut() throws {
        let run = try BadInputsRun(seed: 11, count: Self.count)
        let log = run.log
        #expect(run.inputs.count == Self.count)
        #expect(BadInputs.marker == "QXZJVW", "the search below looks for another marker")

        // What each became, by where it lay.
        var became: [String: Event] = [:]
        let codec = RoomCodec(topics: run.topics)
        let parser = JSONParser()
        for record in try run.records(of: run.topics.events) where record.header("ce_source") == "/service/intake" {
            let event = try #require(try codec.event(from: record, parser: parser))
            guard let input = event.input else { continue }
            #expect(became.updateValue(event, forKey: input.description) == nil, "an input became two events")
        }
        var letters: [String: String] = [:]
        for record in try run.records(of: run.topics.deadLetters) {
            let letter = try #require(codec.deadLetter(from: record, parser: parser))
            #expect(letters.updateValue(letter.reason, forKey: letter.origin) == nil, "an input has two dead letters")
            #expect(letter.reason != "undecidable")
        }
        var told = 0
        for specification in try log.topics() where specification.topic.leavesTheRoom {
            for record in try run.records(of: specification.topic)
            where record.header("ce_type") == OutgoingType.submissionRefused.name {
                told += 1
            }
        }

        var refused = 0
        for (position, input) in run.inputs {
            let event = try #require(became[position], "\(input.kind) at \(position) became nothing")
            if case .submissionRefused(let facts) = event.body {
                refused += 1
                #expect(input.expectation == .refused, "\(input.kind) was refused: \(facts.reason)")
                #expect(letters[position] == facts.reason)
            } else {
                #expect(input.expectation != .refused, "\(input.kind) was taken as \(event.body.type)")
                #expect(letters[position] == nil)
                if input.expectation == .acceptedMarked, case .referralSubmitted(let submitted) = event.body {
                    #expect(!submitted.content.marks.isEmpty, "\(input.kind): nothing is marked")
                }
            }
        }
        #expect(refused == letters.count)
        #expect(told == refused, "not every sender was told, or one twice")

        let finds = try run.leaks()
        #expect(finds.isEmpty, "\(finds.sorted().prefix(20))")

        // And it goes on: a message that is in order is routed like any other.
        #expect(try run.routesOneMore())
    }
}

/// The whole hub over the log in memory, after it has read everything.
private final class BadInputsRun {
    let log: MemoryEventLog
    let topics = HubTopics()
    private(set) var inputs: [(position: String, input: BadInput)] = []
    private let hub: Hub
    private let clock: BadInputsClock
    private let configuration: LoadedConfiguration
    private var numbers: Set<Int> = []

    init(seed: UInt64, count: Int) throws {
        configuration = try LoadedConfiguration(ConfigurationSource(folder: nil))
        let clock = BadInputsClock()
        self.clock = clock
        log = MemoryEventLog { clock.now }
        var draws = SeededDraws(seed: seed)
        let vault = Vault(
            log: log, topics: topics, masters: MasterKeyring(current: MasterKey(SecretKey.drawn(from: &draws))),
            draws: SeededDraws(seed: seed &+ 1))
        let equipment = Equipment(
            open: { vault.open($0) }, keyed: KeyedHash(SecretKey.drawn(from: &draws)),
            allowLists: configuration.allowLists)
        hub = Hub(
            log: log, settings: Hub.Settings(topics: topics), vault: vault, equipment: equipment,
            intake: IngressHostOf(Intake.self),
            hosts: [HostOf(Deduplication.self), HostOf(Triage.self), HostOf(Routing.self), HostOf(Deadlines.self)])
        try hub.start(topics: configuration.catalogue.specifications(for: configuration.directory, topics: topics))
        _ = try hub.adopt(configuration.directory, policies: configuration.policies, now: clock.now)

        for input in BadInputs(seed: seed, directory: configuration.directory, count: count) {
            let offset = try #require(try log.append([input.record]).first)
            let target = input.record.target
            inputs.append(("\(target.topic.name)/\(target.partition)@\(offset.value)", input))
            for secret in input.secrets { if let number = Int(secret) { numbers.insert(number) } }
            if inputs.count % 500 == 0 {
                clock.advance(seconds: 5)
                try settle()
            }
        }
        try settle()
    }

    private func settle() throws {
        while !(try hub.step(wait: .zero)).didNothing {}
    }

    func routesOneMore() throws -> Bool {
        let before = try records(of: topics.events).count { $0.header("ce_type") == "frontdoor.case.routed.v1" }
        let plan = TrafficPlan(
            seed: 3, directory: configuration.directory, prefix: "", contacts: 1, start: clock.now, days: 1,
            mistakes: false)
        for submission in plan { _ = try log.append([submission.record]) }
        try settle()
        return try records(of: topics.events).count { $0.header("ce_type") == "frontdoor.case.routed.v1" } > before
    }

    func records(of topic: Topic) throws -> [StoredRecord] {
        guard let specification = try log.topics().first(where: { $0.topic == topic }) else { return [] }
        var found: [StoredRecord] = []
        for partition in 0..<specification.partitions {
            var next = NextOffset.start
            while true {
                let read = try log.read(
                    TopicPartition(topic, partition), from: next, limit: ReadLimit(records: 5000, bytes: 64 << 20))
                found += read.records
                guard read.next > next else { break }
                next = read.next
            }
        }
        return found
    }

    /// Every place outside the topics from outside where a marked text or a number of an input stands open. Sealed bytes
    /// are searched as they lie, so that one that is not sealed is found.
    func leaks() throws -> Set<String> {
        var finds: Set<String> = []
        for specification in try log.topics() where topics.ingress(specification.topic) == nil {
            for record in try records(of: specification.topic) {
                let type = record.header("ce_type") ?? ""
                let permitted = Self.permitted(type)
                search(record.key ?? [], permitted: [], "the key of \(type)", &finds)
                search(record.headers.bytes, permitted: [], "a header of \(type)", &finds)
                search(record.value ?? [], permitted: permitted, "\(specification.topic.kind): \(type)", &finds)
            }
        }
        let services = Service.allCases.map { topics.table($0) }
        for table in services + [topics.keys] {
            for partition in 0..<topics.partitions {
                var next = NextOffset.start
                while true {
                    let changes = try log.changes(
                        of: table, partition: partition, from: next, limit: ReadLimit(records: 5000, bytes: 64 << 20))
                    for row in changes.rows {
                        search(row.key, permitted: [], "a key of \(table)", &finds)
                        search(row.value ?? [], permitted: [], "a row of \(table)", &finds)
                    }
                    next = changes.next
                    if changes.isComplete { break }
                }
            }
        }
        return finds
    }

    /// What the allow-lists let out: to an agency that is asked, the particulars of the child; to a team, what it works
    /// with as well, a birth date as it was written if it is none.
    private static func permitted(_ type: String) -> Set<String> {
        switch type {
        case OutgoingType.returnRequested.name: ["given", "family", "street", "number"]
        case OutgoingType.entryUpdated.name:
            ["given", "family", "street", "number", "date", "la", "narrative", "words"]
        default: []
        }
    }

    private static let marker: StaticString = "QXZJVW"
    private static let lowerMarker: StaticString = "qxzjvw"

    private func search(_ bytes: [UInt8], permitted: Set<String>, _ place: String, _ finds: inout Set<String>) {
        bytes.withUnsafeBytes { buffer in
            for at in buffer.places(of: Self.marker) + buffer.places(of: Self.lowerMarker) {
                // "<marker>-<what>-<number>"
                let rest = String(decoding: buffer[(at + 6)...].prefix(24), as: UTF8.self)
                let what = rest.split(separator: "-", omittingEmptySubsequences: true).first.map(String.init) ?? ""
                if !permitted.contains(what) { finds.insert("\(place): \(what)") }
            }
            for at in buffer.places(of: "999") {
                guard let number = Int(String(decoding: buffer[at...].prefix(10), as: UTF8.self)),
                    numbers.contains(number), !permitted.contains("number")
                else { continue }
                finds.insert("\(place): an NHS number")
            }
        }
    }
}

private final class BadInputsClock: Sendable {
    private let milliseconds = Atomic<Int64>(1_794_820_000_000)
    var now: Instant { Instant(milliseconds: milliseconds.load(ordering: .relaxed)) }
    func advance(seconds: Int64) { milliseconds.add(seconds * 1000, ordering: .relaxed) }
}

extension StoredRecord {
    fileprivate func header(_ name: StaticString) -> String? {
        headers.first(name).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension Topic {
    fileprivate var leavesTheRoom: Bool { [".inbox", ".queue", ".alerts"].contains { name.hasSuffix($0) } }
    /// Without whose it is, so that one fault is one find.
    fileprivate var kind: String { leavesTheRoom ? name.split(separator: ".").last.map(String.init) ?? name : name }
}

extension UnsafeRawBufferPointer {
    /// By the C library, since a loop over a hundred megabytes takes minutes in a debug build.
    fileprivate func places(of text: StaticString) -> [Int] {
        var found: [Int] = []
        guard let base = baseAddress else { return found }
        let length = text.utf8CodeUnitCount
        var from = 0
        while count - from >= length, let hit = memchr(base + from, Int32(text.utf8Start[0]), count - from - length + 1)
        {
            let at = base.distance(to: UnsafeRawPointer(hit))
            if memcmp(hit, text.utf8Start, length) == 0 { found.append(at) }
            from = at + 1
        }
        return found
    }
}
