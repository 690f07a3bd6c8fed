import ConfigurationFiles
import Deadlines
import Deduplication
import DomainModel
import EventLog
import HubConfiguration
import Intake
import JSON
import Room
import Routing
import Sealing
import Synchronization
import Testing
import Triage

@testable import HubRuntime

/// Time that stands still until a test moves it.
final class StillClock: Sendable {
    private let milliseconds = Mutex<Int64>(1_795_516_200_000)  // Tuesday 24 November 2026, 10:30 in London
    var now: Instant {
        get { Instant(milliseconds: milliseconds.withLock { $0 }) }
        set { milliseconds.withLock { $0 = newValue.milliseconds } }
    }
}

enum Given {
    static let shipped: LoadedConfiguration = {
        do { return try LoadedConfiguration(ConfigurationSource(folder: nil)) } catch { fatalError("\(error)") }
    }()
    static let topics = HubTopics(partitions: 4)
    static var parser: JSONParser { JSONParser() }
    static let police = name(AgencyName.self, "bd-police")
    static let desk = name(DeskName.self, "bd-duty")

    static func name<Subject>(_: Name<Subject>.Type, _ text: String) -> Name<Subject> {
        guard let name = Name<Subject>(text) else { fatalError("no name: \(text)") }
        return name
    }
    static func key(_ byte: UInt8) -> SecretKey {
        guard let key = SecretKey(bytes: [UInt8](repeating: byte, count: 32)) else { fatalError("32 bytes are a key") }
        return key
    }

    static var intake: IngressHost { IngressHostOf(Intake.self) }
    static var hosts: [RoomHost] {
        [HostOf(Deduplication.self), HostOf(Triage.self), HostOf(Routing.self), HostOf(Deadlines.self)]
    }
    static func specifications(_ directory: HubDirectory = shipped.directory) -> [TopicSpecification] {
        shipped.catalogue.specifications(for: directory, topics: topics)
    }

    private static let givenNames = [
        "Aurelio", "Bettina", "Casimir", "Dorothea", "Evander", "Fenella", "Gideon", "Hermione", "Ignatius", "Jocasta",
    ]
    private static let familyNames = [
        "Abernathy", "Blenkinsop", "Crowhurst", "Dunnottar", "Eggleston", "Fothergill", "Grimthorpe", "Hollingbery",
        "Inverarity", "Jellicoe", "Kilbracken", "Luttrell", "Mossgiel",
    ]

    /// A referral of one child like no other.
    static func referral(
        _ number: Int, danger: Bool = false, agency: AgencyName = police, family: String? = nil
    ) -> NewRecord {
        let given = givenNames[number % givenNames.count]
        let family = family ?? familyNames[number % familyNames.count]
        let month = number % 12 + 1
        let data = """
            {"localAuthority":"E09000002","immediateDanger":\(danger),"children":[{"key":"a","givenName":"\(given)",\
            "familyName":"\(family)","birthDate":"\(2010 + number % 13)-\(month < 10 ? "0" : "")\(month)-1\(number % 10)",\
            "sex":"\(number % 2 == 0 ? "female" : "male")"}],"concerns":[{"about":"a","factor":"16A",\
            "narrative":"told in confidence \(number)"}]}
            """
        var headers = Headers()
        headers.append("ce_specversion", "1.0".utf8)
        headers.append("ce_id", "r-\(number)".utf8)
        headers.append(name: "ce_source", value: "/agency/\(agency)".utf8)
        headers.append("ce_type", "frontdoor.referral.submitted.v1".utf8)
        return NewRecord(
            TopicPartition(topics.referrals(agency), 0), key: nil, headers: headers, value: Array(data.utf8))
    }
}

/// One process: a hub with a vault of its own, as after a start.
final class Process {
    let hub: Hub
    let equipment: Equipment
    let clock: StillClock

    init(
        _ log: any CarryingLog, clock: StillClock, batch: Int = 500, seed: UInt64 = 1, master: UInt8 = 9,
        intake: IngressHost? = Given.intake, hosts: [RoomHost] = Given.hosts, instance: String = "one",
        commitsBehind: Bool = false
    ) {
        let vault = Vault(
            log: log, topics: Given.topics, masters: MasterKeyring(current: MasterKey(Given.key(master))),
            draws: SeededDraws(seed: seed))
        equipment = Equipment(
            open: { vault.open($0) }, openBrought: { vault.openBrought($0) }, keyed: KeyedHash(Given.key(7)),
            allowLists: Given.shipped.allowLists)
        self.clock = clock
        hub = Hub(
            log: log,
            settings: Hub.Settings(
                topics: Given.topics, batch: ReadLimit(records: batch, bytes: 8 << 20), instance: instance,
                commitsBehind: commitsBehind),
            vault: vault, equipment: equipment, intake: intake, hosts: hosts)
    }

    func start() throws {
        try hub.start(topics: Given.specifications())
        _ = try hub.adopt(Given.shipped.directory, policies: Given.shipped.policies, now: clock.now)
    }

    /// To rest; a bound instead of a hang where it never rests.
    @discardableResult
    func drain() throws -> StepCounts {
        var total = StepCounts()
        for _ in 0..<20_000 {
            let counts = try hub.step(wait: .zero)
            if counts.didNothing { return total }
            total += counts
        }
        Issue.record("the hub does not come to rest")
        return total
    }
}

/// What a test may see of a log: decisions by id, without offsets and keys, which differ between runs.
struct Picture: Equatable {
    var events: [String: String] = [:]
    var outgoing: [String: String] = [:]
    var deadLetters: [String: String] = [:]
    /// Ids that lie in the room more than once.
    var twice: [String] = []

    init(_ log: any EventLog) throws {
        let codec = RoomCodec(topics: Given.topics)
        for event in try log.events() {
            var plain = event
            plain.parts = []
            plain.input = nil
            let record = codec.record(of: plain)
            let text =
                "\(event.body.type.rawValue) \(event.subject) " + String(decoding: record.value ?? [], as: UTF8.self)
            if events.updateValue(text, forKey: event.id.description) != nil, event.body.type != .clockStruck {
                twice.append(event.id.description)
            }
        }
        for specification in try log.topics() {
            let name = specification.topic.name
            if name == Given.topics.deadLetters.name {
                for record in try log.all(specification) {
                    guard let letter = codec.deadLetter(from: record, parser: Given.parser) else { continue }
                    deadLetters[letter.id.description] = "\(letter.reason) \(letter.service)"
                }
            }
            guard name.hasSuffix(".inbox") || name.hasSuffix(".queue") || name.hasSuffix(".alerts") else { continue }
            for record in try log.all(specification) {
                let id = String(decoding: record.headers.first("ce_id") ?? [], as: UTF8.self)
                let text = "\(name) " + String(decoding: record.value ?? [], as: UTF8.self)
                if outgoing.updateValue(text, forKey: id) != nil { twice.append(id) }
            }
        }
    }

    func count(_ type: EventType) -> Int { events.values.count { $0.hasPrefix(type.rawValue + " ") } }
}

extension EventLog {
    func all(_ specification: TopicSpecification) throws -> [StoredRecord] {
        var records: [StoredRecord] = []
        for partition in 0..<specification.partitions {
            let source = TopicPartition(specification.topic, partition)
            var next = NextOffset.start
            while true {
                let result = try read(source, from: next, limit: ReadLimit(records: 1000, bytes: 8 << 20))
                records += result.records
                guard result.next > next else { break }
                next = result.next
            }
        }
        return records
    }

    func events() throws -> [Event] {
        let codec = RoomCodec(topics: Given.topics)
        guard let room = try topics().first(where: { $0.topic == Given.topics.events }) else { return [] }
        return try all(room).compactMap { try codec.event(from: $0, parser: Given.parser) }
    }

    func rows(of table: TableName) throws -> [(partition: Int32, key: [UInt8], value: [UInt8])] {
        var rows: [(partition: Int32, key: [UInt8], value: [UInt8])] = []
        for partition in 0..<Given.topics.partitions {
            var next = NextOffset.start
            var isComplete = false
            while !isComplete {
                let changes = try changes(
                    of: table, partition: partition, from: next, limit: ReadLimit(records: 1000, bytes: 8 << 20))
                for row in changes.rows { if let value = row.value { rows.append((partition, row.key, value)) } }
                next = changes.next
                isComplete = changes.isComplete
            }
        }
        return rows
    }

    func verified(
        by process: Process, batch: Int = 1000, intake: IngressHost? = Given.intake, hosts: [RoomHost] = Given.hosts
    ) throws -> Verifier.Report {
        try Verifier(
            log: self, topics: Given.topics, equipment: process.equipment,
            batch: ReadLimit(records: batch, bytes: 8 << 20)
        ).run(intake: intake, hosts: hosts)
    }
}

func memory(_ clock: StillClock) -> MemoryEventLog { MemoryEventLog(clock: { clock.now }) }

/// A log whose commits fail when a test says so, before anything of them is stored: what a killed process leaves.
final class FailingLog: CarryingLog, ForwardingLog {
    let inner: any CarryingLog
    var target: any EventLog { inner }
    private let state = Mutex<(commits: Int, failAt: Int?, isDead: Bool)>((0, nil, false))

    init(_ inner: any CarryingLog) { self.inner = inner }

    /// The commits that have been asked for.
    var commits: Int { state.withLock { $0.commits } }
    func fail(at commit: Int?) { state.withLock { $0 = (0, commit, false) } }
    /// Every commit from now on fails: the process is as good as dead.
    func die() { state.withLock { $0.isDead = true } }
    func live() { state.withLock { $0 = (0, nil, false) } }

    func commit(_ steps: [(member: any LogMember, step: Step)], expecting: [(TopicPartition, NextOffset)])
        throws(LogError)
    {
        let fails = state.withLock { state in
            state.commits += 1
            return state.isDead || state.failAt.map { state.commits >= $0 } ?? false
        }
        if fails { throw .aborted("a test has killed this process") }
        try inner.commit(
            steps.map { (member: ($0.member as? FailingMember)?.inner ?? $0.member, step: $0.step) },
            expecting: expecting)
    }

    func join(_ participant: ParticipantName, instance: String, inputs: [TopicPattern]) throws(LogError)
        -> any LogMember
    {
        FailingMember(try inner.join(participant, instance: instance, inputs: inputs), of: self)
    }

    fileprivate func check() throws(LogError) {
        let fails = state.withLock { state in
            state.commits += 1
            return state.isDead || state.failAt.map { state.commits >= $0 } ?? false
        }
        if fails { throw .fatal("a test has killed this process") }
    }
}

/// Its member's own commits fail as the log's do.
final class FailingMember: ForwardingMember {
    let inner: any LogMember
    private let log: FailingLog

    init(_ inner: any LogMember, of log: FailingLog) {
        self.inner = inner
        self.log = log
    }

    func commit(_ step: Step) throws(LogError) {
        try log.check()
        try inner.commit(step)
    }
}

/// A participant of the room that does what a test says.
final class FakeHost: RoomHost {
    private let decide: (Event) -> [Posting]
    private(set) var seen: [Event] = []

    init(_ service: Service, opensParts: Bool = false, _ decide: @escaping (Event) -> [Posting] = { _ in [] }) {
        self.decide = decide
        super.init(service: service, opensParts: opensParts)
    }
    override func receive(_ event: Event, partition: Int32) -> [Posting] {
        seen.append(event)
        return decide(event)
    }
    override func fresh() -> RoomHost { FakeHost(service, opensParts: opensParts, decide) }
}

/// Intake, but for what a test says.
final class FakeIntake: ForwardingIngressHost {
    private let instead: (IngressRecord) -> [Posting]?

    init(_ instead: @escaping (IngressRecord) -> [Posting]?) {
        self.instead = instead
        super.init(Given.intake)
    }
    override func receive(_ record: IngressRecord) -> [Posting] { instead(record) ?? super.receive(record) }
    override func fresh() -> IngressHost { FakeIntake(instead) }
}
