import DomainModel
import EventLog
import HubConfiguration
import JSON
import Room
import SyntheticWorld

/// All that comes from outside, each topic in its own order: agencies with their contacts and returns, people's
/// decisions, answers of desks; repeated, held back, and sent again where nobody answered.
///
/// In a calm seed one agency refers children that have nothing to do with one another and nobody acts, so that the
/// outcome can be compared with that of a run without a fault.
struct Sender {
    let isCalm: Bool
    private var plan: TrafficPlan
    private var world: SyntheticWorld
    private var calm: [NewRecord] = []
    private var outbox: [Outbox] = []
    private let intake = ParticipantName(Service.intake.rawValue)

    private struct Outbox {
        let topic: Topic
        var records: [(at: Instant, record: NewRecord)] = []
    }

    init(seed: UInt64, hub: SimulatedHub, contacts: Int, isCalm: Bool) {
        self.isCalm = isCalm
        plan = TrafficPlan(
            seed: seed, directory: hub.directory, prefix: hub.topics.prefix, contacts: contacts,
            start: Simulation.start, days: 1)
        var behaviour = WorldBehaviour()
        behaviour.tailDays = 2
        // Few contacts: enough must go wrong with them for every path to be taken now and then.
        behaviour.returnsForgotten = 0.25
        behaviour.casesClosed = 0.5
        behaviour.decisionsOnOldNews = 0.25
        world = SyntheticWorld(
            seed: seed, directory: hub.directory, prefix: hub.topics.prefix, plan: plan, behaviour: behaviour)
        guard isCalm, let agency = hub.directory.agencies.first, let authority = hub.directory.authorities.first
        else { return }
        calm = (0..<contacts).map { Sender.referral($0, from: agency.id, about: authority.gss, hub.topics) }
    }

    var horizon: Instant { world.horizon }

    /// When something is sent next.
    var nextAt: Instant? {
        if isCalm, !calm.isEmpty { return Simulation.start.adding(milliseconds: 1000) }
        var moments = outbox.compactMap { $0.records.first?.at }
        if !isCalm { moments += [plan.nextAt, world.nextAction].compactMap { $0 } }
        return moments.min()
    }

    mutating func send(by now: Instant, _ cluster: SimulatedCluster) throws(LogError) {
        if isCalm {
            for record in calm { put(record, now, cluster) }
            calm = []
        } else {
            while let at = plan.nextAt, at <= now, let submission = plan.next() { put(submission.record, now, cluster) }
            for record in world.perform(now: now) { put(record, now, cluster) }
        }
        for place in outbox.indices {
            while let (at, record) = outbox[place].records.first, at <= now {
                guard !cluster.isOut(record.target) else {
                    outbox[place].records[0].at = now.adding(milliseconds: 1000)
                    break
                }
                outbox[place].records.removeFirst()
                _ = try cluster.whole.append([record])
                cluster.tell("\(record.target.topic) gets a message")
                if cluster.happens(.repeats, times: 4) {
                    _ = try cluster.whole.append([record])
                    cluster.tell("\(record.target.topic) gets it again: its sender had no answer")
                }
            }
        }
    }

    mutating func put(_ record: NewRecord, _ now: Instant, _ cluster: SimulatedCluster) {
        var at = now
        if cluster.happens(.reordering, times: 4) {
            at = now.adding(milliseconds: 1 + Int64(cluster.draws.below(Int(SimulatedTimes.holdBackMax))))
            cluster.tell("a message to \(record.target.topic) is held back")
        }
        if let place = outbox.firstIndex(where: { $0.topic == record.target.topic }) {
            if let last = outbox[place].records.last { at = max(at, last.at) }
            outbox[place].records.append((at, record))
        } else {
            outbox.append(Outbox(topic: record.target.topic, records: [(at, record)]))
        }
    }

    mutating func observe(_ cluster: SimulatedCluster, now: Instant) throws(LogError) {
        if !isCalm { try world.observe(cluster.whole, now: now) }
    }

    /// Deletes, on one topic from outside, what Intake has committed.
    func expire(_ cluster: SimulatedCluster) throws(LogError) {
        guard let chosen = cluster.draws.pick(outbox) else { return }
        let source = TopicPartition(chosen.topic, 0)
        guard let next = try cluster.whole.committed(intake, on: source) else { return }
        cluster.trim(source, before: next)
        cluster.tell("\(chosen.topic) is deleted below \(next)")
    }

    private static let names = [
        "Aurelio", "Bettina", "Casimir", "Dorothea", "Evander", "Fenella", "Gideon", "Hermione",
    ]
    private static let families = [
        "Abernathy", "Blenkinsop", "Crowhurst", "Dunnottar", "Eggleston", "Fothergill", "Grimthorpe", "Hollingbery",
        "Inverarity", "Jellicoe", "Kilbracken", "Luttrell", "Mossgiel",
    ]

    /// A referral of one child like no other.
    private static func referral(
        _ number: Int, from agency: AgencyName, about authority: AuthorityCode, _ topics: HubTopics
    ) -> NewRecord {
        var json = JSONWriter(reserving: 400)
        json.beginObject()
        json.field("localAuthority", authority.description)
        json.field("immediateDanger", number % 5 == 0)
        json.key("children")
        json.beginArray()
        json.beginObject()
        json.field("key", "a")
        json.field("givenName", names[number % names.count])
        json.field("familyName", families[number % families.count])
        json.field("birthDate", "\(2010 + number % 13)-0\(1 + number % 9)-1\(number % 10)")
        json.field("sex", number % 2 == 0 ? "female" : "male")
        json.endObject()
        json.endArray()
        json.key("concerns")
        json.beginArray()
        json.beginObject()
        json.field("about", "a")
        json.field("factor", "16A")
        json.endObject()
        json.endArray()
        json.endObject()
        var headers = Headers()
        headers.append("ce_specversion", "1.0".utf8)
        headers.append("ce_id", "calm-\(number)".utf8)
        headers.append(name: "ce_source", value: "/agency/\(agency)".utf8)
        headers.append("ce_type", "frontdoor.referral.submitted.v1".utf8)
        return NewRecord(TopicPartition(topics.referrals(agency), 0), key: nil, headers: headers, value: json.bytes)
    }
}
