import ConfigurationFiles
import DomainModel
import EventLog
import HubConfiguration
import JSON
import Room
import Synchronization
import Testing

@testable import Delivery

/// Tools that answer as the test says.
private final class Tools: Transport {
    var answers: [String: CallOutcome] = [:]
    /// Addresses that never answer.
    var hanging: Set<String> = []
    var calls: [Call] = []
    private var underWay: [(number: Int, outcome: CallOutcome)] = []

    func begin(_ call: Call, number: Int) {
        calls.append(call)
        if !hanging.contains(call.url) { underWay.append((number, answers[call.url] ?? .delivered)) }
    }

    func work(milliseconds: Int64) -> [(number: Int, outcome: CallOutcome)] {
        defer { underWay.removeAll() }
        return underWay
    }

    var urls: [String] { calls.map(\.url) }
}

private final class Clock: Sendable {
    private let milliseconds = Atomic<Int64>(Sample.start.milliseconds)
    var now: Instant { Instant(milliseconds: milliseconds.load(ordering: .relaxed)) }
    func advance(_ delta: Int64) { milliseconds.add(delta, ordering: .relaxed) }
}

/// Delivery over a log in memory, with tools of its own.
private final class World {
    let clock = Clock()
    let log: MemoryEventLog
    let topics = HubTopics(partitions: 2)
    let tools = Tools()
    var sinks: [Sink] = []
    private let configuration = known(try? Sample.configuration())
    private var last = 0

    init() throws {
        log = MemoryEventLog { [clock] in clock.now }
        try log.ensure([
            TopicSpecification(Topic(Sample.alertTopic), partitions: 1, cleanup: .compact),
            TopicSpecification(Topic(Sample.inboxTopic), partitions: 1),
            TopicSpecification(topics.records, partitions: 1),
        ])
    }

    func sink(_ name: String, _ kind: DeliveryChannel, _ url: String) {
        var settings = SinkSettings(
            id: known(SinkName(name)), kind: kind, desks: [Sample.desk],
            agencies: kind == .alertmanager ? [] : [Sample.agency])
        settings.from = "hub@hub.example"
        settings.to = ["a@b.example"]
        settings.cover = ["c@d.example"]
        sinks.append(Sink(settings, urls: [url], password: "", token: ""))
    }

    func loop() throws -> DeliveryLoop {
        try DeliveryLoop(
            log: log, topics: topics, instance: "one", settings: DeliverySettings(), sinks: sinks,
            directory: configuration.directory, allowLists: configuration.allowLists, seed: 1, transport: tools,
            clock: { [clock] in clock.now })
    }

    func append(_ topic: String, _ type: String, _ value: [UInt8], subject: String = "x") throws {
        last += 1
        var headers = Headers()
        headers.append("ce_id", Sample.id(last).description.utf8)
        headers.append("ce_type", "frontdoor.\(type).v1".utf8)
        headers.append("ce_subject", subject.utf8)
        headers.append("ce_time", clock.now.description.utf8)
        headers.append("ce_localauthority", "E09000002".utf8)
        _ = try log.append([NewRecord(TopicPartition(Topic(topic), 0), key: nil, headers: headers, value: value)])
    }

    func alert(_ alert: Int, _ state: String) throws {
        try append(Sample.alertTopic, "alert.\(state)", Sample.data(alert, state))
    }

    func rounds(_ loop: DeliveryLoop, _ count: Int = 8) throws { for _ in 0..<count { try loop.step(wait: 0) } }

    /// What lies in `hub.records`: type, state and sink.
    func noted() throws -> [String] {
        try log.read(
            TopicPartition(topics.records, 0), from: .start, limit: ReadLimit(records: 1000, bytes: 1 << 20)
        ).records.map { record in
            let facts = try AlertDelivery(json: try JSONParser().parse(known(record.value)))
            let type = String(decoding: known(record.headers.first("ce_type")), as: UTF8.self)
            return "\(type.split(separator: ".")[2]) \(facts.told) \(facts.sink)"
        }
    }
}

@Suite struct DeliveryLoopTests {
    @Test func whatIsToldIsNotedAndReadOnce() throws {
        let world = try World()
        world.sink("chat", .chat, "http://chat")
        world.sink("mail", .email, "smtps://mail")
        let loop = try world.loop()
        try world.rounds(loop)
        try world.alert(1, "raised")
        try world.append(Sample.inboxTopic, "return.requested", [], subject: "ref")
        try world.append(Sample.inboxTopic, "referral.received", [], subject: "ref")
        try world.rounds(loop)
        #expect(world.tools.urls.sorted() == ["http://chat", "http://chat", "smtps://mail", "smtps://mail"])
        #expect(
            try world.noted().sorted() == [
                "delivered raised chat", "delivered raised mail", "delivered requested chat",
                "delivered requested mail",
            ])
        try world.rounds(loop)
        #expect(world.tools.calls.count == 4)
        for call in world.tools.calls {
            if case .mail(_, let to, _) = call.content { #expect(to == ["a@b.example", "c@d.example"]) }
        }
    }

    @Test func aKilledDeliverySendsAgainWhatItDidNotNoteAndNothingElse() throws {
        let world = try World()
        world.sink("chat", .chat, "http://chat")
        world.sink("hangs", .chat, "http://hangs")
        world.tools.hanging = ["http://hangs"]
        var loop = try world.loop()
        try world.rounds(loop)
        try world.alert(1, "raised")
        try world.rounds(loop)
        #expect(world.tools.urls == ["http://chat", "http://hangs"])
        // Another instance of the same name takes over, as after a kill.
        world.tools.hanging = []
        loop = try world.loop()
        try world.rounds(loop)
        #expect(world.tools.urls == ["http://chat", "http://hangs", "http://hangs"])
        #expect(try world.noted() == ["delivered raised chat", "delivered raised hangs"])
    }

    @Test func onAnOldLogOnlyWhatStandsIsTold() throws {
        let world = try World()
        for alert in 1...20 {
            try world.alert(alert, "raised")
            if alert != 7 { try world.alert(alert, "cleared") }
        }
        world.sink("chat", .chat, "http://chat")
        let loop = try world.loop()
        try world.rounds(loop)
        #expect(world.tools.calls.count == 1)
    }

    @Test func withoutASinkItKeepsUpAndNotesNothing() throws {
        let world = try World()
        let loop = try world.loop()
        try world.rounds(loop)
        try world.alert(1, "raised")
        try world.append(Sample.inboxTopic, "return.requested", [])
        world.clock.advance(5000)
        try world.rounds(loop)
        let source = TopicPartition(Topic(Sample.inboxTopic), 0)
        let participant = ParticipantName(Service.delivery.rawValue)
        #expect(try world.log.committed(participant, on: source) == NextOffset(1))
        #expect(try world.noted() == [])
        // The one that stands is there for a sink that is configured later.
        world.sink("chat", .chat, "http://chat")
        try world.rounds(try world.loop())
        #expect(world.tools.calls.count == 1)
    }

    @Test func aTopicThatAppearsWhileACallIsUnderWayDoublesNothing() throws {
        let world = try World()
        world.sink("hangs", .chat, "http://hangs")
        world.tools.hanging = ["http://hangs"]
        let loop = try world.loop()
        try world.rounds(loop)
        try world.alert(1, "raised")
        try world.rounds(loop)
        try world.log.ensure([TopicSpecification(Topic("agency.bd-new.inbox"), partitions: 1)])
        try world.rounds(loop)
        #expect(world.tools.calls.count == 1)
    }

    /// Two processes on brokers share the topics; one that has lost a topic commits nothing of it any more.
    @Test func whoHasBeenReplacedCommitsNothing() throws {
        let world = try World()
        world.sink("chat", .chat, "http://chat")
        let old = try world.loop()
        try world.rounds(old)
        _ = try world.loop()
        try world.alert(1, "raised")
        #expect(throws: LogError.self) { try world.rounds(old) }
        #expect(world.tools.calls.isEmpty)
    }

    @Test func aFailureIsOnTheThreadAndThenTheDelivery() throws {
        let world = try World()
        world.sink("chat", .chat, "http://chat")
        world.tools.answers["http://chat"] = .failed(Failure(reason: .overloaded))
        let loop = try world.loop()
        try world.rounds(loop)
        try world.alert(1, "raised")
        try world.rounds(loop)
        world.tools.answers = [:]
        world.clock.advance(10_000)
        try world.rounds(loop)
        #expect(try world.noted() == ["failed raised chat", "delivered raised chat"])
    }

    @Test func theSignOfLifeGoesToEveryPeerAndAHangingOneHoldsUpNone() throws {
        let world = try World()
        world.sink("one", .alertmanager, "http://one")
        world.sink("two", .alertmanager, "http://two/")
        world.tools.hanging = ["http://two/api/v2/alerts"]
        var written = 0
        let signs = SignsOfLife([.intake], at: world.clock.now)
        let loop = AliveLoop(
            DeliverySettings(), world.sinks, signs, transport: world.tools,
            clock: { [clock = world.clock] in clock.now }
        ) { _ in written += 1 }
        var rounds = 0
        loop.run(
            until: {
                rounds += 1
                world.clock.advance(30_000)
                return rounds > 5
            }, pause: { _ in })
        #expect(world.tools.urls.filter { $0 == "http://one/api/v2/alerts" }.count >= 4)
        #expect(world.tools.urls.filter { $0 == "http://two/api/v2/alerts" }.count == 1)
        #expect(written >= 4)
    }
}
