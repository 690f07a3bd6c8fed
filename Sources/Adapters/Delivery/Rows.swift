import DomainJSON
import DomainModel
import JSON
import Room

/// A step of an alert's ladder, and what was known when it was first taken: what an alert in Alertmanager is told by may
/// not change while it stands, or it would be another alert.
struct RungRow: Hashable, Sendable, JSONCodable {
    var rung: Int
    var role: String
    var code: String
    var owed: String
    var agency: AgencyName?
    var team: TeamName?

    init(_ facts: AlertFacts) {
        rung = facts.rung
        role = facts.role
        code = facts.code
        owed = facts.owed
        agency = facts.agency
        team = facts.team
    }

    init(json: JSONValue) throws(JSONError) {
        rung = try json.required("rung")
        role = try json.required("role")
        code = try json.required("code")
        owed = try json.required("kind")
        agency = try json.optional("agency")
        team = try json.optional("team")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("rung", rung)
        json.field("role", role)
        json.field("code", code)
        json.field("kind", owed)
        json.field("agency", agency)
        json.field("team", team)
        json.endObject()
    }
}

/// What one target has of a row.
struct TargetRow: Hashable, Sendable, JSONCodable {
    var target: SinkName
    /// The record that was begun last: committed before it is sent, so that after a crash nobody takes for untold what
    /// may have been told.
    var begun: EventID?
    /// The record that the target has taken, and when it first did.
    var told: EventID?
    var toldAt: Instant?
    /// Of the present record.
    var attempts = 0
    /// The record whose failure has been noted.
    var failed: EventID?
    /// Not before this, after the target refused this one alone.
    var notBefore: Instant?
    /// Nothing more is to be sent.
    var isSettled = false

    init(_ target: SinkName) { self.target = target }

    init(json: JSONValue) throws(JSONError) {
        target = try json.required("target")
        begun = try json.optional("begun")
        told = try json.optional("told")
        toldAt = try json.optional("toldAt")
        attempts = try json.optional("attempts") ?? 0
        failed = try json.optional("failed")
        notBefore = try json.optional("notBefore")
        isSettled = try json.optional("settled") ?? false
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("target", target)
        json.field("begun", begun)
        json.field("told", told)
        json.field("toldAt", toldAt)
        json.field("attempts", attempts)
        json.field("failed", failed)
        json.field("notBefore", notBefore)
        json.fieldIfTrue("settled", isSettled)
        json.endObject()
    }
}

/// One alert or one notice, and how far each target is.
struct OutboxRow: Hashable, Sendable, JSONCodable {
    static let formatVersion = 1

    /// Where it came from: whoever reads that topic sends it.
    var topic: String
    var record: EventID
    var authority: AuthorityCode
    var at: Instant
    var alert: AlertFacts?
    var notice: NoticeFacts?
    var rungs: [RungRow]
    var clearedAt: Instant?
    var targets: [TargetRow]

    init(_ incoming: Incoming) {
        topic = incoming.topic
        record = incoming.record
        authority = incoming.authority
        at = incoming.at
        rungs = []
        targets = []
        take(incoming)
    }

    /// The latest state takes the place of the earlier one: what is no longer so need not be told.
    mutating func take(_ incoming: Incoming) {
        record = incoming.record
        authority = incoming.authority
        at = incoming.at
        switch incoming.about {
        case .alert(let facts):
            alert = facts
            // Handed over, it is another desk's, whose own record says so: here it is over.
            clearedAt = facts.state == "cleared" || facts.state == "handed-over" ? incoming.at : nil
            if !rungs.contains(where: { $0.rung == facts.rung }) { rungs.append(RungRow(facts)) }
        case .notice(let facts): notice = facts
        }
        for place in targets.indices {
            targets[place].attempts = 0
            targets[place].notBefore = nil
            targets[place].isSettled = false
        }
    }

    var isOver: Bool { clearedAt != nil || alert == nil }
    var told: String { alert?.state ?? notice?.told ?? "" }

    static func key(_ about: Incoming.About) -> String {
        switch about {
        // One alert may have been two desks' in turn, and their topics have no common order.
        case .alert(let facts): "\(facts.desk)/\(facts.alert)"
        case .notice(let facts): "\(facts.agency)/\(facts.reference)"
        }
    }

    init(json: JSONValue) throws(JSONError) {
        let version: Int = try json.required("formatVersion")
        guard version == OutboxRow.formatVersion else {
            throw JSONError(expected: "a row of this version").inside("formatVersion")
        }
        topic = try json.required("topic")
        record = try json.required("record")
        authority = try json.required("authority")
        at = try json.required("at")
        alert = try json.optional("alert")
        notice = try json.optional("notice")
        rungs = try json.list("rungs")
        clearedAt = try json.optional("clearedAt")
        targets = try json.list("targets")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("formatVersion", OutboxRow.formatVersion)
        json.field("topic", topic)
        json.field("record", record)
        json.field("authority", authority)
        json.field("at", at)
        json.field("alert", alert)
        json.field("notice", notice)
        json.field("rungs", rungs)
        json.field("clearedAt", clearedAt)
        json.field("targets", targets)
        json.endObject()
    }
}
