import ConfigurationFiles
import DomainModel
import EventLog
import HubConfiguration
import JSON
import Room

@testable import Delivery

func known<Value>(_ value: Value?) -> Value {
    guard let value else { preconditionFailure("a name of the fixtures is none") }
    return value
}

enum Sample {
    static let start = Instant(milliseconds: 1_795_439_280_000)  // 2026-11-23T13:08:00Z
    static let authority = known(AuthorityCode(gss: "E09000002"))
    static let desk = known(DeskName("bd-duty"))
    static let agency = known(AgencyName("bd-schools"))
    static let alertTopic = "oncall.bd-duty.alerts"
    static let inboxTopic = "agency.bd-schools.inbox"

    static func id(_ number: Int) -> EventID { EventID(bits: UInt128(number)) }

    static func data(
        _ alert: Int, _ state: String, code: String = "overdue", role: String = "duty", rung: Int = 0
    ) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("alert", AlertID(bits: UInt128(alert)))
        json.field("obligation", ObligationID(bits: 9))
        json.field("code", code)
        json.field("state", state)
        json.field("kind", "return")
        json.field("agency", agency)
        json.field("case", CaseID(authority: authority, number: Identifier(bits: 77)))
        json.field("referral", ReferralID(bits: 78))
        json.field("rating", "amber")
        json.field("role", role)
        json.field("since", start)
        json.field("due", start)
        json.field("arming", 1)
        json.field("rung", rung)
        json.endObject()
        return json.bytes
    }

    /// An alert's record number `record`, as the desk's topic holds it.
    static func alert(
        _ alert: Int, _ state: String, record: Int, at: Instant = start, code: String = "overdue",
        role: String = "duty", rung: Int = 0
    ) throws -> Incoming {
        let json = try JSONParser().parse(data(alert, state, code: code, role: role, rung: rung))
        return Incoming(
            topic: alertTopic, record: id(record), authority: authority, at: at,
            about: .alert(try AlertFacts(json, desk: desk)))
    }

    static func notice(_ reference: String, record: Int, at: Instant = start, told: String = "requested") -> Incoming {
        Incoming(
            topic: inboxTopic, record: id(record), authority: authority, at: at,
            about: .notice(NoticeFacts(agency: agency, reference: reference, told: told)))
    }

    static func target(_ name: String, _ channel: DeliveryChannel, roles: [String] = []) -> Target {
        Target(
            name: known(SinkName(name)), channel: channel, desks: [desk],
            agencies: channel == .alertmanager ? [] : [agency], roles: roles)
    }

    private static let shipped = Result { try LoadedConfiguration(ConfigurationSource(folder: nil)) }
    static func configuration() throws -> LoadedConfiguration { try shipped.get() }

    static func messages() throws -> Messages {
        let configuration = try configuration()
        var settings = DeliverySettings()
        settings.link = "https://hub.example/alerts/{reference}"
        settings.signIn = "https://hub.example/in"
        return Messages(settings, configuration.directory, configuration.allowLists)
    }
}

/// An outbox with a clock that the test moves, and what it has noted so far.
struct Desk {
    var outbox: Outbox
    var now = Sample.start
    var noted: [DeliveryRecord] = []
    private var table: [[UInt8]: [UInt8]] = [:]
    private let targets: [Target]
    private let settings: Outbox.Settings

    init(_ targets: [Target], _ settings: Outbox.Settings = Outbox.Settings()) {
        self.targets = targets
        self.settings = settings
        outbox = Outbox(targets, settings, seed: 1)
    }

    mutating func take(_ incoming: Incoming) { outbox.take(incoming, at: now) }

    /// What is begun now, committed.
    mutating func begin() -> [Outbox.Sending] {
        let sendings = outbox.begin(at: now)
        save()
        return sendings
    }

    mutating func finish(_ target: Int, _ outcome: CallOutcome) {
        outbox.finish(target, outcome, at: now)
        save()
    }

    /// Everything that is due is sent and arrives; the targets and the states that they were told, in order.
    mutating func deliverAll() -> [String] {
        var told: [String] = []
        while true {
            let sendings = begin()
            if sendings.isEmpty { return told }
            for sending in sendings {
                told += sending.rows.map { "\(targets[sending.target].name): \($0.told)" }
                finish(sending.target, .delivered)
            }
        }
    }

    mutating func wait(_ milliseconds: Int64) { now = now.adding(milliseconds: milliseconds) }

    mutating func save() {
        for change in outbox.takeChanges() { table[change.key] = change.value }
        noted += outbox.takeNoted()
    }

    var isEmpty: Bool { table.isEmpty }

    /// Another process, from what was committed alone.
    mutating func restart(_ others: [Target]? = nil, topics: Set<String> = [Sample.alertTopic, Sample.inboxTopic])
        throws
    {
        outbox = Outbox(others ?? targets, settings, seed: 2)
        for (key, value) in table.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            try outbox.restore(RowChange(key: key, value: value), topics: topics, at: now, parser: JSONParser())
        }
    }
}
