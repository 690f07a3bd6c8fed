import DomainJSON
public import DomainModel
public import JSON

/// The state of one queue entry after an event.
public struct EntryChange: Hashable, Sendable, JSONCodable {
    public var entry: EntryID
    public var team: TeamName
    public var kind: EntryKind
    public var state: EntryState
    /// Why a decide or read entry stands: `red`, `risen`, `review`, `declined`, `new-referral`, …
    public var about: String?

    public init(entry: EntryID, team: TeamName, kind: EntryKind, state: EntryState, about: String? = nil) {
        self.entry = entry
        self.team = team
        self.kind = kind
        self.state = state
        self.about = about
    }

    public init(json: JSONValue) throws(JSONError) {
        entry = try json.required("entry")
        team = try json.required("team")
        kind = try json.required("kind")
        state = try json.required("state")
        about = try json.optional("about")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("entry", entry)
        json.field("team", team)
        json.field("kind", kind)
        json.field("state", state)
        json.field("about", about)
        json.endObject()
    }
}

/// `case.opened`: one child's episode begins.
public struct CaseOpened: Hashable, Sendable, JSONCodable {
    public var caseID: CaseID
    public var person: PersonID
    public var child: ChildID
    public var referral: ReferralID
    public var receivedAt: Instant

    public init(caseID: CaseID, person: PersonID, child: ChildID, referral: ReferralID, receivedAt: Instant) {
        self.caseID = caseID
        self.person = person
        self.child = child
        self.referral = referral
        self.receivedAt = receivedAt
    }

    public init(json: JSONValue) throws(JSONError) {
        caseID = try json.required("case")
        person = try json.required("person")
        child = try json.required("child")
        referral = try json.required("referral")
        receivedAt = try json.required("receivedAt")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("case", caseID)
        json.field("person", person)
        json.field("child", child)
        json.field("referral", referral)
        json.field("receivedAt", receivedAt)
        json.endObject()
    }
}

/// `case.reopened`: a closed case runs again.
public struct CaseReopened: Hashable, Sendable, JSONCodable {
    public var caseID: CaseID
    public var referral: ReferralID?
    /// `referred-again` or, where the close overtook the referral, `referred-meanwhile`.
    public var reason: String
    public var entries: [EntryChange]

    public init(caseID: CaseID, referral: ReferralID? = nil, reason: String, entries: [EntryChange] = []) {
        self.caseID = caseID
        self.referral = referral
        self.reason = reason
        self.entries = entries
    }

    public init(json: JSONValue) throws(JSONError) {
        caseID = try json.required("case")
        referral = try json.optional("referral")
        reason = try json.required("reason")
        entries = try json.list("entries")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("case", caseID)
        json.field("referral", referral)
        json.field("reason", reason)
        json.field("entries", entries)
        json.endObject()
    }
}

/// `case.rated`: urgency and level of need of one child, with the reasons. Automation only raises.
public struct CaseRated: Hashable, Sendable, JSONCodable {
    public var caseID: CaseID
    public var child: ChildID
    public var referral: ReferralID
    public var rating: Rating
    public var previous: Rating?
    /// After a link was undone: what the policy would give without it. Lower than the rating, which stays until a named
    /// person decides.
    public var proposed: Rating?
    /// Ids of the policy's rules, sorted.
    public var reasons: [String]
    /// Nil: the policy.
    public var by: NamedPerson?
    /// A child of the referral is in immediate danger.
    public var danger: Bool
    public var rereferral: Bool

    public init(
        caseID: CaseID, child: ChildID, referral: ReferralID, rating: Rating, previous: Rating? = nil,
        proposed: Rating? = nil, reasons: [String] = [], by: NamedPerson? = nil, danger: Bool = false,
        rereferral: Bool = false
    ) {
        self.caseID = caseID
        self.child = child
        self.referral = referral
        self.rating = rating
        self.previous = previous
        self.proposed = proposed
        self.reasons = reasons
        self.by = by
        self.danger = danger
        self.rereferral = rereferral
    }

    public init(json: JSONValue) throws(JSONError) {
        caseID = try json.required("case")
        child = try json.required("child")
        referral = try json.required("referral")
        rating = try json.required("rating")
        previous = try json.optional("previous")
        proposed = try json.optional("proposed")
        reasons = try json.list("reasons")
        by = try json.optional("by")
        danger = try json.optional("danger") ?? false
        rereferral = try json.optional("rereferral") ?? false
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("case", caseID)
        json.field("child", child)
        json.field("referral", referral)
        json.field("rating", rating)
        json.field("previous", previous)
        json.field("proposed", proposed)
        json.field("reasons", reasons)
        json.field("by", by)
        json.fieldIfTrue("danger", danger)
        json.fieldIfTrue("rereferral", rereferral)
        json.endObject()
    }
}

/// `case.routed`: who leads and who supports. A proposal, until a named person decides.
public struct CaseRouted: Hashable, Sendable, JSONCodable {
    public var caseID: CaseID
    public var child: ChildID
    public var referral: ReferralID
    public var lead: TeamName
    public var leadKind: TeamKind
    public var rating: Rating
    public var entries: [EntryChange]

    public init(
        caseID: CaseID, child: ChildID, referral: ReferralID, lead: TeamName, leadKind: TeamKind, rating: Rating,
        entries: [EntryChange] = []
    ) {
        self.caseID = caseID
        self.child = child
        self.referral = referral
        self.lead = lead
        self.leadKind = leadKind
        self.rating = rating
        self.entries = entries
    }

    public init(json: JSONValue) throws(JSONError) {
        caseID = try json.required("case")
        child = try json.required("child")
        referral = try json.required("referral")
        lead = try json.required("lead")
        leadKind = try json.required("leadKind")
        rating = try json.required("rating")
        entries = try json.list("entries")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("case", caseID)
        json.field("child", child)
        json.field("referral", referral)
        json.field("lead", lead)
        json.field("leadKind", leadKind)
        json.field("rating", rating)
        json.field("entries", entries)
        json.endObject()
    }
}

/// `case.notified`: new information for the lead, or something for the MASH to decide.
public struct CaseNotified: Hashable, Sendable, JSONCodable {
    public var caseID: CaseID
    public var about: String
    public var request: String?
    public var entries: [EntryChange]

    public init(caseID: CaseID, about: String, request: String? = nil, entries: [EntryChange] = []) {
        self.caseID = caseID
        self.about = about
        self.request = request
        self.entries = entries
    }

    public init(json: JSONValue) throws(JSONError) {
        caseID = try json.required("case")
        about = try json.required("about")
        request = try json.optional("request")
        entries = try json.list("entries")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("case", caseID)
        json.field("about", about)
        json.field("request", request)
        json.field("entries", entries)
        json.endObject()
    }
}
