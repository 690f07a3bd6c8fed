public import DomainModel
public import EventLog
public import HubConfiguration
import JSON

/// The agencies, teams and desks around a hub, acting only on what they can read in their own topics: information
/// returns, decisions by people whose roles allow them, answers to alerts. It knows nothing of the room.
///
/// The same seed and the same records give the same acts, whatever the ids in the records are: chance depends on how
/// many records of a type came to a topic, not on what they are called. Nothing is planned beyond the horizon (the plan's
/// end and `tailDays`), so that a run comes to rest.
public struct SyntheticWorld {
    /// After this nobody acts.
    public let horizon: Instant
    public let behaviour: WorldBehaviour

    let seed: UInt64
    let directory: HubDirectory
    let topicPrefix: String
    let parser = JSONParser()
    private(set) var readers: [Reader] = []
    var plans = TimeHeap<Act>()

    var agencies: [AgencyOffice] = []
    var teams: [TeamOffice] = []
    var desks: [DeskOffice] = []

    /// Assignments made by the hub's review team, so that a correction follows its referral.
    var assigned: [String: AuthorityCode] = [:]

    public init(
        seed: UInt64, directory: HubDirectory, prefix: String, plan: TrafficPlan,
        behaviour: WorldBehaviour = WorldBehaviour()
    ) {
        self.seed = seed
        self.directory = directory
        self.behaviour = behaviour
        topicPrefix = prefix
        horizon = plan.end.adding(milliseconds: Int64(behaviour.tailDays) * 86_400_000)
        for (index, agency) in directory.agencies.enumerated() {
            agencies.append(AgencyOffice(agency, hours: Hours(agency.calendar, in: directory)))
            if let minutes = agencies[index].beatMinutes {
                // Not all at the same moment.
                self.plan(.beat(agency: index), at: plan.start.adding(seconds: Int64(index % 60) + minutes * 20))
            }
            readers.append(Reader("\(prefix)agency.\(agency.id).inbox", .agency(index)))
        }
        for (index, team) in directory.teams.enumerated() {
            teams.append(TeamOffice(team, hours: Hours(team.calendar, in: directory)))
            readers.append(Reader("\(prefix)team.\(team.id).queue", .team(index)))
        }
        for (index, desk) in directory.desks.enumerated() {
            desks.append(DeskOffice(desk))
            readers.append(Reader("\(prefix)oncall.\(desk.id).alerts", .desk(index)))
        }
    }

    // MARK: Reading

    /// Reads what is new in all inboxes, queues and alerts.
    /// - Parameter changed: the only topics that can have grown since the last call; nil: any.
    public mutating func observe(_ log: any EventLog, now: Instant, changed: Set<Topic>? = nil) throws(LogError) {
        for index in readers.indices {
            let source = readers[index].source
            if let changed, !changed.contains(source.topic) { continue }
            try read(index, source, log, now)
        }
    }

    private mutating func read(
        _ index: Int, _ source: TopicPartition, _ log: any EventLog, _ now: Instant
    ) throws(LogError) {
        let end: NextOffset
        do { end = try log.end(of: source) } catch {
            // Nobody has had anything there yet.
            if case .unknownTopic = error { return }
            throw error
        }
        while readers[index].next < end {
            let read = try log.read(source, from: readers[index].next, limit: ReadLimit(records: 500, bytes: 4 << 20))
            guard read.next > readers[index].next else { return }
            readers[index].next = read.next
            for record in read.records { take(record, reader: index, now: now) }
        }
    }

    /// One record as its recipient reads it. What cannot be read is left: a recipient that stopped at it would be of no
    /// use to anybody.
    private mutating func take(_ record: StoredRecord, reader index: Int, now: Instant) {
        guard let header = record.headers.first("ce_type") else { return }
        let type = WorldType(header)
        let draws = readers[index].draws(for: type, seed: seed)
        let at = max(record.appendTime, now)
        let key = record.key.map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard let value = record.value, let json = try? parser.parse(value) else {
            if record.value == nil, case .team(let team) = readers[index].owner { teams[team].entries[key] = nil }
            return
        }
        switch readers[index].owner {
        case .agency(let agency): inbox(type, json, agency, at, draws)
        case .team(let team): queue(type, json, key: key, team, at, draws)
        case .desk(let desk): alert(type, json, key: key, desk, at, draws)
        }
    }

    // MARK: Acting

    /// When somebody acts next; nil where nothing is planned.
    public var nextAction: Instant? { plans.nextAt }

    /// What everybody does up to now, in the order of its doing.
    public mutating func perform(now: Instant) -> [NewRecord] {
        var records: [NewRecord] = []
        while let at = plans.nextAt, at <= now, let act = plans.pop() {
            let record: NewRecord?
            switch act {
            case .beat(let agency): record = beat(agency, at: at)
            case .answer(let agency, let reference, let how): record = answer(agency, reference, how, at: at)
            case .decide(let team, let entry, let stage): record = decide(team, entry, stage, at: at)
            case .undo(let team, let child): record = undo(team, child, at: at)
            case .reply(let desk, let alert, let arming, let until): record = reply(desk, alert, arming, until, at: at)
            }
            if let record { records.append(record) }
        }
        return records
    }

    mutating func plan(_ act: Act, at instant: Instant) {
        if instant <= horizon { plans.push(act, at: instant) }
    }

    /// A message of the world's own; ids count up by sender.
    func message(
        _ topic: String, root: String, _ name: String, number: Int, type: StaticString, at: Instant, value: [UInt8]
    ) -> NewRecord {
        let id = messageID(number)
        let headers = MessageHeaders.make(id: id, source: root, name, type: type, time: at)
        return NewRecord(
            TopicPartition(Topic("\(topicPrefix)\(topic)"), 0), key: nil, headers: headers, value: value)
    }

    func messageID(_ number: Int) -> String { "w-\(String(seed, radix: 36))-\(number)" }
}

/// What somebody means to do.
enum Act: Sendable {
    case beat(agency: Int)
    case answer(agency: Int, reference: String, ReturnManner)
    case decide(team: Int, entry: String, DecisionStage)
    /// A person finds that a child was taken for another.
    case undo(team: Int, child: String)
    case reply(desk: Int, alert: String, arming: Int, until: Instant?)
}

/// Reads one topic, and counts what came, by type: the numbers that chance depends on.
struct Reader {
    enum Owner { case agency(Int), team(Int), desk(Int) }

    let source: TopicPartition
    let owner: Owner
    var next = NextOffset.start
    private let salt: UInt64
    private var counts = [UInt64](repeating: 0, count: WorldType.allCases.count)

    init(_ topic: String, _ owner: Owner) {
        source = TopicPartition(Topic(topic), 0)
        self.owner = owner
        // FNV-1a: the standard library's hash differs from run to run.
        salt = topic.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0100_0000_01b3 }
    }

    mutating func draws(for type: WorldType, seed: UInt64) -> Draws {
        counts[type.rawValue] += 1
        return Draws(seed ^ salt, counts[type.rawValue] << 8 | UInt64(type.rawValue))
    }
}

/// What the world acts on, by the CloudEvents type. Receipts and acknowledgements are read and left.
enum WorldType: Int, CaseIterable {
    case returnRequested, requestWithdrawn, obligationReminded, entryUpdated, decisionRefused, alertRaised
    case alertEscalated, alertAcknowledged, alertCleared, other

    init(_ header: ArraySlice<UInt8>) {
        switch String(decoding: header, as: UTF8.self) {
        case "frontdoor.return.requested.v1": self = .returnRequested
        case "frontdoor.request.withdrawn.v1": self = .requestWithdrawn
        case "frontdoor.obligation.reminded.v1": self = .obligationReminded
        case "frontdoor.entry.updated.v1": self = .entryUpdated
        case "frontdoor.decision.refused.v1": self = .decisionRefused
        case "frontdoor.alert.raised.v1": self = .alertRaised
        case "frontdoor.alert.escalated.v1": self = .alertEscalated
        case "frontdoor.alert.acknowledged.v1": self = .alertAcknowledged
        case "frontdoor.alert.cleared.v1": self = .alertCleared
        default: self = .other
        }
    }
}

extension JSONValue {
    func text(_ name: StaticString) -> String? { try? member(name)?.string() }
    func number(_ name: StaticString) -> Int? { (try? member(name)?.integer()).flatMap { $0 }.map { Int($0) } }
    func truth(_ name: StaticString) -> Bool { (try? member(name)?.boolean()).flatMap { $0 } ?? false }

    /// The urgency of a rating, whether it stands alone or beside a level.
    var urgency: RAG? {
        guard let rating = member("rating") else { return nil }
        return (rating.text("urgency") ?? (try? rating.string())).flatMap { RAG(rawValue: $0) }
    }
}
