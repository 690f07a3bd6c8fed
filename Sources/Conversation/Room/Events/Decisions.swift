import DomainJSON
public import DomainModel
public import JSON

/// `decision.submitted`: what a named person of a team decided, before its owner has judged it. Part: the note, and
/// the particulars of a birth (`text`).
public struct DecisionSubmitted: Hashable, Sendable, JSONCodable {
    public var by: NamedPerson
    public var verb: DecisionVerb
    public var reason: DecisionReason
    public var entry: EntryID?
    public var cases: [CaseID]
    /// The newest event of the case that the person had seen.
    public var asof: EventID?
    /// Where a redirect or return goes.
    public var to: TeamName?
    /// Where an assignment goes.
    public var authority: AuthorityCode?
    public var outcome: Outcome?
    public var rating: Rating?
    public var child: ChildID?
    /// Further children that an identity decision is about.
    public var children: [ChildID]
    /// Whom an identity decision names; nil there: somebody new.
    public var person: PersonID?
    public var request: String?
    /// When what is recorded took place, where that was before it was sent.
    public var at: Instant?
    /// Which clock is suspended or runs on.
    public var clock: ObligationKind?
    /// What is to be taken once more.
    public var redrive: Redrive?

    public init(
        by: NamedPerson, verb: DecisionVerb, reason: DecisionReason, entry: EntryID? = nil, cases: [CaseID] = [],
        asof: EventID? = nil, to: TeamName? = nil, authority: AuthorityCode? = nil, outcome: Outcome? = nil,
        rating: Rating? = nil, child: ChildID? = nil, children: [ChildID] = [], person: PersonID? = nil,
        request: String? = nil, at: Instant? = nil, clock: ObligationKind? = nil, redrive: Redrive? = nil
    ) {
        self.by = by
        self.verb = verb
        self.reason = reason
        self.entry = entry
        self.cases = cases
        self.asof = asof
        self.to = to
        self.authority = authority
        self.outcome = outcome
        self.rating = rating
        self.child = child
        self.children = children
        self.person = person
        self.request = request
        self.at = at
        self.clock = clock
        self.redrive = redrive
    }

    public init(json: JSONValue) throws(JSONError) {
        by = try json.required("by")
        verb = try json.required("verb")
        reason = try json.required("reason")
        entry = try json.optional("entry")
        cases = try json.list("cases")
        asof = try json.optional("asof")
        to = try json.optional("to")
        authority = try json.optional("authority")
        outcome = try json.optional("outcome")
        rating = try json.optional("rating")
        child = try json.optional("child")
        children = try json.list("children")
        person = try json.optional("person")
        request = try json.optional("request")
        at = try json.optional("at")
        clock = try json.optional("clock")
        redrive = try json.optional("redrive")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("by", by)
        json.field("verb", verb)
        json.field("reason", reason)
        json.field("entry", entry)
        json.field("cases", cases)
        json.field("asof", asof)
        json.field("to", to)
        json.field("authority", authority)
        json.field("outcome", outcome)
        json.field("rating", rating)
        json.field("child", child)
        json.field("children", children)
        json.field("person", person)
        json.field("request", request)
        json.field("at", at)
        json.field("clock", clock)
        json.field("redrive", redrive)
        json.endObject()
    }
}

/// Of a `decision.submitted` that redrives: which dead letter, and what it was of.
public struct Redrive: Hashable, Sendable, JSONCodable {
    public var letter: EventID
    /// Where that lay which could not be taken: in the room, or on a topic from outside.
    public var origin: InputPosition
    /// Who could not take it.
    public var service: Service

    public init(letter: EventID, origin: InputPosition, service: Service) {
        self.letter = letter
        self.origin = origin
        self.service = service
    }

    public init(json: JSONValue) throws(JSONError) {
        letter = try json.required("letter")
        let text: String = try json.required("origin")
        guard let position = InputPosition(text) else {
            throw JSONError(expected: "a position in a topic").inside("origin")
        }
        origin = position
        let name: String = try json.required("service")
        guard let known = Service(rawValue: name) else { throw JSONError(expected: "a service").inside("service") }
        service = known
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("letter", letter)
        json.field("origin", origin.description)
        json.field("service", service.rawValue)
        json.endObject()
    }
}

/// `case.accepted`, `case.returned`, `case.redirected`, `case.stepped-up`, `case.stepped-down`, `case.closed`,
/// `case.decided`, `case.merged`: what a named person decided.
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
    /// Of `case.merged`: the case that goes on for both.
    public var into: CaseID?
    /// Of `case.closed`: the children whose referrer was told the outcome, so that it can be taken back.
    public var told: [ChildID]
    public var entries: [EntryChange]

    public init(
        caseID: CaseID, by: NamedPerson, decision: EventID, reason: DecisionReason, lead: TeamName? = nil,
        leadKind: TeamKind? = nil, leadAccepted: Bool = false, outcome: Outcome? = nil, into: CaseID? = nil,
        told: [ChildID] = [], entries: [EntryChange] = []
    ) {
        self.caseID = caseID
        self.by = by
        self.decision = decision
        self.reason = reason
        self.lead = lead
        self.leadKind = leadKind
        self.leadAccepted = leadAccepted
        self.outcome = outcome
        self.into = into
        self.told = told
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
        into = try json.optional("into")
        told = try json.list("told")
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
        json.field("into", into)
        json.field("told", told)
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

/// `alert.answered`: what a named person of a desk answered. Part: the note (`text`).
public struct AlertAnswered: Hashable, Sendable, JSONCodable {
    public var alert: AlertID
    public var desk: DeskName
    public var staff: StaffName
    /// When they promised that it will be put right; the obligation arms again for then.
    public var until: Instant?

    public init(alert: AlertID, desk: DeskName, staff: StaffName, until: Instant? = nil) {
        self.alert = alert
        self.desk = desk
        self.staff = staff
        self.until = until
    }

    public init(json: JSONValue) throws(JSONError) {
        alert = try json.required("alert")
        desk = try json.required("desk")
        staff = try json.required("staff")
        until = try json.optional("until")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("alert", alert)
        json.field("desk", desk)
        json.field("staff", staff)
        json.field("until", until)
        json.endObject()
    }
}

/// `submission.refused`: something from outside could not be read, was not from whom it claims, or was over a limit.
///
/// Also, with ``participant``, an event of the room that the runtime has set aside for one participant: the event
/// stands, the others go on, and a person must be told. Nobody is then asked to send anything again.
public struct SubmissionRefused: Hashable, Sendable, JSONCodable {
    public var channel: SubmissionChannel
    public var agency: AgencyName?
    public var team: TeamName?
    public var desk: DeskName?
    /// Kebab-case.
    public var reason: String
    /// Schema names and indexes only.
    public var pointer: String?
    /// The id of the dead letter that holds the original, sealed.
    public var deadLetter: EventID
    /// What the sender was told, where it can be told.
    public var reference: String?
    /// The participant of the room that could not take the event; nil for what came from outside.
    public var participant: String?

    public init(
        channel: SubmissionChannel, agency: AgencyName? = nil, team: TeamName? = nil, desk: DeskName? = nil,
        reason: String, pointer: String? = nil, deadLetter: EventID, reference: String? = nil,
        participant: String? = nil
    ) {
        self.channel = channel
        self.agency = agency
        self.team = team
        self.desk = desk
        self.reason = reason
        self.pointer = pointer
        self.deadLetter = deadLetter
        self.reference = reference
        self.participant = participant
    }

    public init(json: JSONValue) throws(JSONError) {
        channel = try json.required("channel")
        agency = try json.optional("agency")
        team = try json.optional("team")
        desk = try json.optional("desk")
        reason = try json.required("reason")
        pointer = try json.optional("pointer")
        deadLetter = try json.required("deadLetter")
        reference = try json.optional("reference")
        participant = try json.optional("participant")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("channel", channel)
        json.field("agency", agency)
        json.field("team", team)
        json.field("desk", desk)
        json.field("reason", reason)
        json.field("pointer", pointer)
        json.field("deadLetter", deadLetter)
        json.field("reference", reference)
        json.field("participant", participant)
        json.endObject()
    }
}
