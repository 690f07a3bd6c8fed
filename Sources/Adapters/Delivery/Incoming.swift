import DomainJSON
import DomainModel
import EventLog
import HubConfiguration
import JSON
import Room

/// What a record of a desk's alerts says, as far as Delivery has a use for it.
struct AlertFacts: Hashable, Sendable, JSONCodable {
    var alert: AlertID
    var desk: DeskName
    var code: String
    /// `raised`, `escalated`, `acknowledged`, `cleared`, `handed-over`.
    var state: String
    /// What is owed, as the ledger names it.
    var owed: String
    var agency: AgencyName?
    var team: TeamName?
    var caseID: CaseID?
    var referral: ReferralID?
    var role: String
    var since: Instant
    var due: Instant?
    var rung: Int

    /// Members that this version does not know are passed over.
    init(_ json: JSONValue, desk: DeskName) throws(JSONError) {
        self.desk = desk
        alert = try json.required("alert")
        code = try json.required("code")
        state = try json.required("state")
        owed = try json.required("kind")
        agency = try json.optional("agency")
        team = try json.optional("team")
        caseID = try json.optional("case")
        referral = try json.optional("referral")
        role = try json.required("role")
        since = try json.required("since")
        due = try json.optional("due")
        rung = try json.required("rung")
    }

    init(json: JSONValue) throws(JSONError) { try self.init(json, desk: try json.required("desk")) }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("alert", alert)
        json.field("desk", desk)
        json.field("code", code)
        json.field("state", state)
        json.field("kind", owed)
        json.field("agency", agency)
        json.field("team", team)
        json.field("case", caseID)
        json.field("referral", referral)
        json.field("role", role)
        json.field("since", since)
        json.field("due", due)
        json.field("rung", rung)
        json.endObject()
    }
}

/// That something new lies in an agency's inbox: from the record's headers alone, its content is not looked at.
struct NoticeFacts: Hashable, Sendable, JSONCodable {
    var agency: AgencyName
    /// The agency's own reference.
    var reference: String
    /// `requested`, `reminded`, `withdrawn`.
    var told: String

    init(agency: AgencyName, reference: String, told: String) {
        self.agency = agency
        self.reference = reference
        self.told = told
    }

    init(json: JSONValue) throws(JSONError) {
        agency = try json.required("agency")
        reference = try json.required("reference")
        told = try json.required("told")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("agency", agency)
        json.field("reference", reference)
        json.field("told", told)
        json.endObject()
    }
}

/// A record that somebody is to be told of.
struct Incoming: Hashable, Sendable {
    enum About: Hashable, Sendable {
        case alert(AlertFacts)
        case notice(NoticeFacts)
    }

    var topic: String
    var record: EventID
    var authority: AuthorityCode
    /// The record's own time.
    var at: Instant
    var about: About

    init(topic: String, record: EventID, authority: AuthorityCode, at: Instant, about: About) {
        self.topic = topic
        self.record = record
        self.authority = authority
        self.at = at
        self.about = about
    }

    /// - Returns: nil for receipts, and whatever else nobody need be told of.
    init?(_ stored: StoredRecord, topics: HubTopics, parser: JSONParser) {
        func header(_ name: StaticString) -> String? {
            stored.headers.first(name).map { String(decoding: $0, as: UTF8.self) }
        }
        guard let type = header("ce_type"), let record = header("ce_id").flatMap({ EventID($0) }),
            let authority = header("ce_localauthority").flatMap({ AuthorityCode(gss: $0) }),
            let at = header("ce_time").flatMap({ Instant(rfc3339: $0) })
        else { return nil }
        let about: About
        if let desk = topics.desk(ofAlerts: stored.source.topic) {
            guard type.hasPrefix("frontdoor.alert."), let value = stored.value, let json = try? parser.parse(value),
                let facts = try? AlertFacts(json, desk: desk)
            else { return nil }
            about = .alert(facts)
        } else if let agency = topics.agency(ofInbox: stored.source.topic) {
            guard let told = Self.told[type], let reference = header("ce_subject") else { return nil }
            about = .notice(NoticeFacts(agency: agency, reference: reference, told: told))
        } else {
            return nil
        }
        self.init(topic: stored.source.topic.name, record: record, authority: authority, at: at, about: about)
    }

    private static let told = [
        OutgoingType.returnRequested.name: "requested", OutgoingType.obligationReminded.name: "reminded",
        OutgoingType.requestWithdrawn.name: "withdrawn",
    ]
}
