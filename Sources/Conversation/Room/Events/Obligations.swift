import DomainJSON
public import DomainModel
public import HubConfiguration
public import JSON

/// Whose, what, about what. Repeated in each event of the obligation, so that a reader needs no other.
public struct ObligationFacts: Hashable, Sendable, JSONCodable {
    public var obligation: ObligationID
    public var kind: ObligationKind
    public var agency: AgencyName?
    public var team: TeamName?
    public var desk: DeskName?
    public var caseID: CaseID?
    public var child: ChildID?
    public var referral: ReferralID?
    public var request: String?
    public var rating: RAG?

    public init(
        obligation: ObligationID, kind: ObligationKind, agency: AgencyName? = nil, team: TeamName? = nil,
        desk: DeskName? = nil, caseID: CaseID? = nil, child: ChildID? = nil, referral: ReferralID? = nil,
        request: String? = nil, rating: RAG? = nil
    ) {
        self.obligation = obligation
        self.kind = kind
        self.agency = agency
        self.team = team
        self.desk = desk
        self.caseID = caseID
        self.child = child
        self.referral = referral
        self.request = request
        self.rating = rating
    }

    public init(json: JSONValue) throws(JSONError) {
        obligation = try json.required("obligation")
        kind = try json.required("kind")
        agency = try json.optional("agency")
        team = try json.optional("team")
        desk = try json.optional("desk")
        caseID = try json.optional("case")
        child = try json.optional("child")
        referral = try json.optional("referral")
        request = try json.optional("request")
        rating = try json.optional("rating")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("obligation", obligation)
        json.field("kind", kind)
        json.field("agency", agency)
        json.field("team", team)
        json.field("desk", desk)
        json.field("case", caseID)
        json.field("child", child)
        json.field("referral", referral)
        json.field("request", request)
        json.field("rating", rating)
        json.endObject()
    }
}

/// `obligation.opened`: somebody owes something by a time.
public struct ObligationOpened: Hashable, Sendable, JSONCodable {
    public var facts: ObligationFacts
    public var start: Instant
    public var budget: String
    public var calendar: CalendarName
    /// Nil: the clock cannot be set, which is itself an alert.
    public var due: Instant?
    public var arming: Int
    /// How the due time came about, step by step.
    public var working: [String]

    public init(
        facts: ObligationFacts, start: Instant, budget: String, calendar: CalendarName, due: Instant? = nil,
        arming: Int, working: [String] = []
    ) {
        self.facts = facts
        self.start = start
        self.budget = budget
        self.calendar = calendar
        self.due = due
        self.arming = arming
        self.working = working
    }

    public init(json: JSONValue) throws(JSONError) {
        facts = try json.required("facts")
        start = try json.required("start")
        budget = try json.required("budget")
        calendar = try json.required("calendar")
        due = try json.optional("due")
        arming = try json.required("arming")
        working = try json.list("working")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("facts", facts)
        json.field("start", start)
        json.field("budget", budget)
        json.field("calendar", calendar)
        json.field("due", due)
        json.field("arming", arming)
        json.field("working", working)
        json.endObject()
    }
}

/// `obligation.met`.
public struct ObligationMet: Hashable, Sendable, JSONCodable {
    public var facts: ObligationFacts
    public var at: Instant
    public var onTime: Bool
    /// Zero where on time.
    public var latenessMilliseconds: Int64

    public init(facts: ObligationFacts, at: Instant, onTime: Bool = false, latenessMilliseconds: Int64 = 0) {
        self.facts = facts
        self.at = at
        self.onTime = onTime
        self.latenessMilliseconds = latenessMilliseconds
    }

    public init(json: JSONValue) throws(JSONError) {
        facts = try json.required("facts")
        at = try json.required("at")
        onTime = try json.optional("onTime") ?? false
        latenessMilliseconds = try json.optional("latenessMilliseconds") ?? 0
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("facts", facts)
        json.field("at", at)
        json.fieldIfTrue("onTime", onTime)
        json.field("latenessMilliseconds", latenessMilliseconds)
        json.endObject()
    }
}

/// `obligation.extended`: the due time was worked out anew, with the reason.
public struct ObligationExtended: Hashable, Sendable, JSONCodable {
    public var facts: ObligationFacts
    public var due: Instant?
    public var arming: Int
    public var reason: String
    public var working: [String]
    /// The clock stands still since then; it is not overdue while it does.
    public var suspendedSince: Instant?
    /// Who is to be asked in the agency's place.
    public var cover: AgencyName?
    /// What it is counted from, where that is not the moment of this event.
    public var start: Instant?

    public init(
        facts: ObligationFacts, due: Instant? = nil, arming: Int, reason: String, working: [String] = [],
        suspendedSince: Instant? = nil, cover: AgencyName? = nil, start: Instant? = nil
    ) {
        self.facts = facts
        self.due = due
        self.arming = arming
        self.reason = reason
        self.working = working
        self.suspendedSince = suspendedSince
        self.cover = cover
        self.start = start
    }

    public init(json: JSONValue) throws(JSONError) {
        facts = try json.required("facts")
        due = try json.optional("due")
        arming = try json.required("arming")
        reason = try json.required("reason")
        working = try json.list("working")
        suspendedSince = try json.optional("suspendedSince")
        cover = try json.optional("cover")
        start = try json.optional("start")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("facts", facts)
        json.field("due", due)
        json.field("arming", arming)
        json.field("reason", reason)
        json.field("working", working)
        json.field("suspendedSince", suspendedSince)
        json.field("cover", cover)
        json.field("start", start)
        json.endObject()
    }
}

/// `obligation.withdrawn`, `obligation.declined`: nothing more is owed, or it will not be given.
public struct ObligationEnded: Hashable, Sendable, JSONCodable {
    public var facts: ObligationFacts
    public var reason: String

    public init(facts: ObligationFacts, reason: String) {
        self.facts = facts
        self.reason = reason
    }

    public init(json: JSONValue) throws(JSONError) {
        facts = try json.required("facts")
        reason = try json.required("reason")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("facts", facts)
        json.field("reason", reason)
        json.endObject()
    }
}

/// `obligation.reminded`: whoever owes it was reminded before the end.
public struct ObligationReminded: Hashable, Sendable, JSONCodable {
    public var facts: ObligationFacts
    public var due: Instant
    public var arming: Int

    public init(facts: ObligationFacts, due: Instant, arming: Int) {
        self.facts = facts
        self.due = due
        self.arming = arming
    }

    public init(json: JSONValue) throws(JSONError) {
        facts = try json.required("facts")
        due = try json.required("due")
        arming = try json.required("arming")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("facts", facts)
        json.field("due", due)
        json.field("arming", arming)
        json.endObject()
    }
}

/// `alert.raised`, `alert.escalated`: somebody on call is woken. Raised once per obligation, arming and rung.
public struct AlertRaised: Hashable, Sendable, JSONCodable {
    public var alert: AlertID
    public var desk: DeskName
    public var role: Role
    /// Who is on call in that role by the rota; nil where it names nobody.
    public var onCall: StaffName?
    public var facts: ObligationFacts
    /// `overdue`, `danger`, `red`, `clock-not-set`, `declined`, `conflicting-repeat`, …
    public var code: String
    public var since: Instant
    public var due: Instant?
    public var arming: Int
    public var rung: Int

    public init(
        alert: AlertID, desk: DeskName, role: Role, onCall: StaffName? = nil, facts: ObligationFacts, code: String,
        since: Instant, due: Instant? = nil, arming: Int, rung: Int
    ) {
        self.alert = alert
        self.desk = desk
        self.role = role
        self.onCall = onCall
        self.facts = facts
        self.code = code
        self.since = since
        self.due = due
        self.arming = arming
        self.rung = rung
    }

    public init(json: JSONValue) throws(JSONError) {
        alert = try json.required("alert")
        desk = try json.required("desk")
        role = try json.required("role")
        onCall = try json.optional("onCall")
        facts = try json.required("facts")
        code = try json.required("code")
        since = try json.required("since")
        due = try json.optional("due")
        arming = try json.required("arming")
        rung = try json.required("rung")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("alert", alert)
        json.field("desk", desk)
        json.field("role", role)
        json.field("onCall", onCall)
        json.field("facts", facts)
        json.field("code", code)
        json.field("since", since)
        json.field("due", due)
        json.field("arming", arming)
        json.field("rung", rung)
        json.endObject()
    }
}

/// `alert.acknowledged`: a named person of the desk answered.
public struct AlertAcknowledged: Hashable, Sendable, JSONCodable {
    public var alert: AlertID
    public var desk: DeskName
    public var staff: StaffName
    public var obligation: ObligationID
    public var until: Instant?
    /// What was promised, where the policy allows less.
    public var asked: Instant?
    /// Which promise for this due time it is, from 1 on.
    public var promise: Int?
    /// The policy allows no further promise: the ladder goes on.
    public var isSpent: Bool

    public init(
        alert: AlertID, desk: DeskName, staff: StaffName, obligation: ObligationID, until: Instant? = nil,
        asked: Instant? = nil, promise: Int? = nil, isSpent: Bool = false
    ) {
        self.alert = alert
        self.desk = desk
        self.staff = staff
        self.obligation = obligation
        self.until = until
        self.asked = asked
        self.promise = promise
        self.isSpent = isSpent
    }

    public init(json: JSONValue) throws(JSONError) {
        alert = try json.required("alert")
        desk = try json.required("desk")
        staff = try json.required("staff")
        obligation = try json.required("obligation")
        until = try json.optional("until")
        asked = try json.optional("asked")
        promise = try json.optional("promise")
        isSpent = try json.optional("spent") ?? false
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("alert", alert)
        json.field("desk", desk)
        json.field("staff", staff)
        json.field("obligation", obligation)
        json.field("until", until)
        json.field("asked", asked)
        json.field("promise", promise)
        json.fieldIfTrue("spent", isSpent)
        json.endObject()
    }
}

/// `alert.cleared`: the reason to wake somebody is gone.
public struct AlertCleared: Hashable, Sendable, JSONCodable {
    public var alert: AlertID
    public var desk: DeskName
    public var obligation: ObligationID
    public var reason: String

    public init(alert: AlertID, desk: DeskName, obligation: ObligationID, reason: String) {
        self.alert = alert
        self.desk = desk
        self.obligation = obligation
        self.reason = reason
    }

    public init(json: JSONValue) throws(JSONError) {
        alert = try json.required("alert")
        desk = try json.required("desk")
        obligation = try json.required("obligation")
        reason = try json.required("reason")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("alert", alert)
        json.field("desk", desk)
        json.field("obligation", obligation)
        json.field("reason", reason)
        json.endObject()
    }
}

/// `clock.struck`: the wall clock passed the next due instant of a partition.
public struct ClockStruck: Hashable, Sendable, JSONCodable {
    public var now: Instant

    public init(now: Instant) {
        self.now = now
    }

    public init(json: JSONValue) throws(JSONError) {
        now = try json.required("now")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("now", now)
        json.endObject()
    }
}

/// `configuration.adopted`: who takes part, from this position on, for one authority.
public struct ConfigurationAdopted: Hashable, Sendable, JSONCodable {
    public var hash: String
    public var content: HubDirectory

    public init(hash: String, content: HubDirectory) {
        self.hash = hash
        self.content = content
    }

    public init(json: JSONValue) throws(JSONError) {
        hash = try json.required("hash")
        content = try json.required("content")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("hash", hash)
        json.field("content", content)
        json.endObject()
    }
}

/// `policy.adopted`: the policy of one authority from this position on.
public struct PolicyAdopted: Hashable, Sendable, JSONCodable {
    public var hash: String
    public var content: Policy

    public init(hash: String, content: Policy) {
        self.hash = hash
        self.content = content
    }

    public init(json: JSONValue) throws(JSONError) {
        hash = try json.required("hash")
        content = try json.required("content")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("hash", hash)
        json.field("content", content)
        json.endObject()
    }
}
