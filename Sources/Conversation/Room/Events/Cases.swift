public import DomainModel
import DomainJSON
public import JSON

/// One comparison of the waterfall: a level and a weight, never a value.
public struct ComparisonFacts: Hashable, Sendable, JSONCodable {
    public var field: String
    public var level: String
    public var milliBits: Int

    public init(field: String, level: String, milliBits: Int) {
        self.field = field
        self.level = level
        self.milliBits = milliBits
    }

    public init(json: JSONValue) throws(JSONError) {
        field = try json.required("field")
        level = try json.required("level")
        milliBits = try json.required("milliBits")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("field", field)
        json.field("level", level)
        json.field("milliBits", milliBits)
        json.endObject()
    }
}

/// The earlier referral that makes this one a re-referral.
public struct PreviousReferral: Hashable, Sendable, JSONCodable {
    public var caseID: CaseID
    public var receivedAt: Instant

    public init(caseID: CaseID, receivedAt: Instant) {
        self.caseID = caseID
        self.receivedAt = receivedAt
    }

    public init(json: JSONValue) throws(JSONError) {
        caseID = try json.required("case")
        receivedAt = try json.required("receivedAt")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("case", caseID)
        json.field("receivedAt", receivedAt)
        json.endObject()
    }
}

/// `referral.identified`: who one child of a referral is, and which case that is.
public struct ChildIdentified: Hashable, Sendable, JSONCodable {
    public var referral: ReferralID
    public var child: ChildID
    public var part: PartName
    public var outcome: IdentityOutcome
    public var disposition: CaseDisposition
    /// Nil while the child waits for a review.
    public var caseID: CaseID?
    public var person: PersonID?
    /// For a review: whom it might be, best first.
    public var candidates: [PersonID]
    /// The version of the rule or model that decided.
    public var model: String
    /// Milli-bits; the comparisons sum to it.
    public var score: Int
    public var comparisons: [ComparisonFacts]
    public var rereferral: PreviousReferral?
    /// The case was already open: another report of the same child, linked and not discarded.
    public var duplicate: Bool
    /// It was held till what it refers to had come.
    public var early: Bool

    public init(
        referral: ReferralID, child: ChildID, part: PartName, outcome: IdentityOutcome,
        disposition: CaseDisposition, caseID: CaseID? = nil, person: PersonID? = nil, candidates: [PersonID] = [],
        model: String, score: Int, comparisons: [ComparisonFacts] = [], rereferral: PreviousReferral? = nil,
        duplicate: Bool = false, early: Bool = false
    ) {
        self.referral = referral
        self.child = child
        self.part = part
        self.outcome = outcome
        self.disposition = disposition
        self.caseID = caseID
        self.person = person
        self.candidates = candidates
        self.model = model
        self.score = score
        self.comparisons = comparisons
        self.rereferral = rereferral
        self.duplicate = duplicate
        self.early = early
    }

    public init(json: JSONValue) throws(JSONError) {
        referral = try json.required("referral")
        child = try json.required("child")
        part = try json.required("part")
        outcome = try json.required("outcome")
        disposition = try json.required("disposition")
        caseID = try json.optional("case")
        person = try json.optional("person")
        candidates = try json.list("candidates")
        model = try json.required("model")
        score = try json.required("score")
        comparisons = try json.list("comparisons")
        rereferral = try json.optional("rereferral")
        duplicate = try json.optional("duplicate") ?? false
        early = try json.optional("early") ?? false
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("referral", referral)
        json.field("child", child)
        json.field("part", part)
        json.field("outcome", outcome)
        json.field("disposition", disposition)
        json.field("case", caseID)
        json.field("person", person)
        json.field("candidates", candidates)
        json.field("model", model)
        json.field("score", score)
        json.field("comparisons", comparisons)
        json.field("rereferral", rereferral)
        json.fieldIfTrue("duplicate", duplicate)
        json.fieldIfTrue("early", early)
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

/// `identity.confirmed`, `identity.unlinked`: a named person said who a child is, or undid a link.
public struct IdentityDecided: Hashable, Sendable, JSONCodable {
    public var by: NamedPerson
    public var decision: EventID
    public var referral: ReferralID
    public var child: ChildID
    public var person: PersonID?
    public var previous: PersonID?
    public var caseID: CaseID?
    public var previousCase: CaseID?
    public var reason: DecisionReason

    public init(
        by: NamedPerson, decision: EventID, referral: ReferralID, child: ChildID, person: PersonID? = nil,
        previous: PersonID? = nil, caseID: CaseID? = nil, previousCase: CaseID? = nil, reason: DecisionReason
    ) {
        self.by = by
        self.decision = decision
        self.referral = referral
        self.child = child
        self.person = person
        self.previous = previous
        self.caseID = caseID
        self.previousCase = previousCase
        self.reason = reason
    }

    public init(json: JSONValue) throws(JSONError) {
        by = try json.required("by")
        decision = try json.required("decision")
        referral = try json.required("referral")
        child = try json.required("child")
        person = try json.optional("person")
        previous = try json.optional("previous")
        caseID = try json.optional("case")
        previousCase = try json.optional("previousCase")
        reason = try json.required("reason")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("by", by)
        json.field("decision", decision)
        json.field("referral", referral)
        json.field("child", child)
        json.field("person", person)
        json.field("previous", previous)
        json.field("case", caseID)
        json.field("previousCase", previousCase)
        json.field("reason", reason)
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
    /// Ids of the policy's rules, sorted.
    public var reasons: [String]
    /// Nil: the policy.
    public var by: NamedPerson?
    /// A child of the referral is in immediate danger.
    public var danger: Bool
    public var rereferral: Bool

    public init(
        caseID: CaseID, child: ChildID, referral: ReferralID, rating: Rating, previous: Rating? = nil,
        reasons: [String] = [], by: NamedPerson? = nil, danger: Bool = false, rereferral: Bool = false
    ) {
        self.caseID = caseID
        self.child = child
        self.referral = referral
        self.rating = rating
        self.previous = previous
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
        json.field("reasons", reasons)
        json.field("by", by)
        json.fieldIfTrue("danger", danger)
        json.fieldIfTrue("rereferral", rereferral)
        json.endObject()
    }
}

/// `return.requested`: an agency is asked about one child.
public struct ReturnRequested: Hashable, Sendable, JSONCodable {
    /// The recipient's own reference; no other agency is given one that resembles it.
    public var request: String
    public var agency: AgencyName
    public var caseID: CaseID
    public var child: ChildID
    public var referral: ReferralID
    public var rating: RAG
    public var topics: [String]
    public var purpose: String
    public var necessity: String

    public init(
        request: String, agency: AgencyName, caseID: CaseID, child: ChildID, referral: ReferralID, rating: RAG,
        topics: [String] = [], purpose: String, necessity: String
    ) {
        self.request = request
        self.agency = agency
        self.caseID = caseID
        self.child = child
        self.referral = referral
        self.rating = rating
        self.topics = topics
        self.purpose = purpose
        self.necessity = necessity
    }

    public init(json: JSONValue) throws(JSONError) {
        request = try json.required("request")
        agency = try json.required("agency")
        caseID = try json.required("case")
        child = try json.required("child")
        referral = try json.required("referral")
        rating = try json.required("rating")
        topics = try json.list("topics")
        purpose = try json.required("purpose")
        necessity = try json.required("necessity")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("request", request)
        json.field("agency", agency)
        json.field("case", caseID)
        json.field("child", child)
        json.field("referral", referral)
        json.field("rating", rating)
        json.field("topics", topics)
        json.field("purpose", purpose)
        json.field("necessity", necessity)
        json.endObject()
    }
}

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

/// `identity.requested`: the MASH is asked who a child is.
public struct IdentityRequested: Hashable, Sendable, JSONCodable {
    public var referral: ReferralID
    public var child: ChildID
    public var candidates: [PersonID]
    public var entries: [EntryChange]

    public init(referral: ReferralID, child: ChildID, candidates: [PersonID] = [], entries: [EntryChange] = []) {
        self.referral = referral
        self.child = child
        self.candidates = candidates
        self.entries = entries
    }

    public init(json: JSONValue) throws(JSONError) {
        referral = try json.required("referral")
        child = try json.required("child")
        candidates = try json.list("candidates")
        entries = try json.list("entries")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("referral", referral)
        json.field("child", child)
        json.field("candidates", candidates)
        json.field("entries", entries)
        json.endObject()
    }
}

/// `case.accepted`, `case.returned`, `case.redirected`, `case.stepped-up`, `case.stepped-down`, `case.closed`,
/// `case.decided`: what a named person decided.
public struct CaseDecision: Hashable, Sendable, JSONCodable {
    public var caseID: CaseID
    public var by: NamedPerson
    public var decision: EventID
    public var reason: DecisionReason
    /// Who leads from now on; nil after a close.
    public var lead: TeamName?
    public var leadKind: TeamKind?
    /// The lead is accepted, not only proposed.
    public var leadAccepted: Bool
    public var outcome: Outcome?
    public var entries: [EntryChange]

    public init(
        caseID: CaseID, by: NamedPerson, decision: EventID, reason: DecisionReason, lead: TeamName? = nil,
        leadKind: TeamKind? = nil, leadAccepted: Bool = false, outcome: Outcome? = nil, entries: [EntryChange] = []
    ) {
        self.caseID = caseID
        self.by = by
        self.decision = decision
        self.reason = reason
        self.lead = lead
        self.leadKind = leadKind
        self.leadAccepted = leadAccepted
        self.outcome = outcome
        self.entries = entries
    }

    public init(json: JSONValue) throws(JSONError) {
        caseID = try json.required("case")
        by = try json.required("by")
        decision = try json.required("decision")
        reason = try json.required("reason")
        lead = try json.optional("lead")
        leadKind = try json.optional("leadKind")
        leadAccepted = try json.optional("leadAccepted") ?? false
        outcome = try json.optional("outcome")
        entries = try json.list("entries")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("case", caseID)
        json.field("by", by)
        json.field("decision", decision)
        json.field("reason", reason)
        json.field("lead", lead)
        json.field("leadKind", leadKind)
        json.fieldIfTrue("leadAccepted", leadAccepted)
        json.field("outcome", outcome)
        json.field("entries", entries)
        json.endObject()
    }
}

/// `decision.refused`: a decision that cannot stand, with the present state.
public struct DecisionRefused: Hashable, Sendable, JSONCodable {
    public var decision: EventID
    public var by: NamedPerson
    public var verb: DecisionVerb
    /// Kebab-case: `entry-withdrawn`, `risk-risen`, `role-may-not`, `not-this-team`, …
    public var reason: String
    public var caseID: CaseID?
    public var entry: EntryID?
    /// The newest event of the case, for the next try.
    public var newest: EventID?
    public var entries: [EntryChange]

    public init(
        decision: EventID, by: NamedPerson, verb: DecisionVerb, reason: String, caseID: CaseID? = nil,
        entry: EntryID? = nil, newest: EventID? = nil, entries: [EntryChange] = []
    ) {
        self.decision = decision
        self.by = by
        self.verb = verb
        self.reason = reason
        self.caseID = caseID
        self.entry = entry
        self.newest = newest
        self.entries = entries
    }

    public init(json: JSONValue) throws(JSONError) {
        decision = try json.required("decision")
        by = try json.required("by")
        verb = try json.required("verb")
        reason = try json.required("reason")
        caseID = try json.optional("case")
        entry = try json.optional("entry")
        newest = try json.optional("newest")
        entries = try json.list("entries")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("decision", decision)
        json.field("by", by)
        json.field("verb", verb)
        json.field("reason", reason)
        json.field("case", caseID)
        json.field("entry", entry)
        json.field("newest", newest)
        json.field("entries", entries)
        json.endObject()
    }
}

/// `referral.acknowledged`: the referrer was told that the referral is being considered.
public struct ReferralAcknowledged: Hashable, Sendable, JSONCodable {
    public var referral: ReferralID
    public var agency: AgencyName
    public var reference: String

    public init(referral: ReferralID, agency: AgencyName, reference: String) {
        self.referral = referral
        self.agency = agency
        self.reference = reference
    }

    public init(json: JSONValue) throws(JSONError) {
        referral = try json.required("referral")
        agency = try json.required("agency")
        reference = try json.required("reference")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("referral", referral)
        json.field("agency", agency)
        json.field("reference", reference)
        json.endObject()
    }
}

/// `referral.transferred`: a referral moved into the right authority's room, where it is read as submitted. Parts as of
/// the original.
public struct ReferralTransferred: Hashable, Sendable, JSONCodable {
    public var from: AuthorityCode
    public var by: NamedPerson
    public var content: ReferralContent

    public init(from: AuthorityCode, by: NamedPerson, content: ReferralContent) {
        self.from = from
        self.by = by
        self.content = content
    }

    public init(json: JSONValue) throws(JSONError) {
        from = try json.required("from")
        by = try json.required("by")
        content = try json.required("content")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("from", from)
        json.field("by", by)
        json.field("content", content)
        json.endObject()
    }
}
