public import DomainModel
import DomainJSON
public import JSON

/// An optional field that could not be used: where it stood (schema names and indexes only) and why.
public struct Mark: Hashable, Sendable, JSONCodable {
    public var pointer: String
    public var code: MarkCode

    public init(pointer: String, code: MarkCode) {
        self.pointer = pointer
        self.code = code
    }

    public init(json: JSONValue) throws(JSONError) {
        pointer = try json.required("pointer")
        code = try json.required("code")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("pointer", pointer)
        json.field("code", code)
        json.endObject()
    }
}

/// What may be known of a child without opening a sealed part.
public struct ChildFacts: Hashable, Sendable, JSONCodable {
    public var child: ChildID
    public var part: PartName
    public var ageBand: AgeBand
    public var protectedAddress: Bool
    /// Recipients that must not be told of this child.
    public var withhold: [AgencyName]

    public init(
        child: ChildID, part: PartName, ageBand: AgeBand, protectedAddress: Bool = false,
        withhold: [AgencyName] = []
    ) {
        self.child = child
        self.part = part
        self.ageBand = ageBand
        self.protectedAddress = protectedAddress
        self.withhold = withhold
    }

    public init(json: JSONValue) throws(JSONError) {
        child = try json.required("child")
        part = try json.required("part")
        ageBand = try json.required("ageBand")
        protectedAddress = try json.optional("protectedAddress") ?? false
        withhold = try json.list("withhold")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("child", child)
        json.field("part", part)
        json.field("ageBand", ageBand)
        json.fieldIfTrue("protectedAddress", protectedAddress)
        json.field("withhold", withhold)
        json.endObject()
    }
}

/// What may be known of an adult of the household without opening a sealed part.
public struct AdultFacts: Hashable, Sendable, JSONCodable {
    public var part: PartName
    public var relationship: AdultRelationship
    public var parentalResponsibility: Bool?
    public var withhold: [AgencyName]

    public init(
        part: PartName, relationship: AdultRelationship, parentalResponsibility: Bool? = nil,
        withhold: [AgencyName] = []
    ) {
        self.part = part
        self.relationship = relationship
        self.parentalResponsibility = parentalResponsibility
        self.withhold = withhold
    }

    public init(json: JSONValue) throws(JSONError) {
        part = try json.required("part")
        relationship = try json.required("relationship")
        parentalResponsibility = try json.optional("parentalResponsibility")
        withhold = try json.list("withhold")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("part", part)
        json.field("relationship", relationship)
        json.field("parentalResponsibility", parentalResponsibility)
        json.field("withhold", withhold)
        json.endObject()
    }
}

/// One concern about one person. The words are in the sealed text.
public struct ConcernFacts: Hashable, Sendable, JSONCodable {
    public var about: PartName
    /// Nil where the sender gave none that the census lists.
    public var factor: FactorCode?
    public var historic: Bool
    public var eventDate: CivilDate?
    /// The sender marks it as opinion, not fact.
    public var opinion: Bool
    /// Never leaves the hub.
    public var thirdParty: Bool
    /// Never leaves the hub.
    public var doNotDisclose: Bool

    public init(
        about: PartName, factor: FactorCode? = nil, historic: Bool = false, eventDate: CivilDate? = nil,
        opinion: Bool = false, thirdParty: Bool = false, doNotDisclose: Bool = false
    ) {
        self.about = about
        self.factor = factor
        self.historic = historic
        self.eventDate = eventDate
        self.opinion = opinion
        self.thirdParty = thirdParty
        self.doNotDisclose = doNotDisclose
    }

    public init(json: JSONValue) throws(JSONError) {
        about = try json.required("about")
        factor = try json.optional("factor")
        historic = try json.optional("historic") ?? false
        eventDate = try json.optional("eventDate")
        opinion = try json.optional("opinion") ?? false
        thirdParty = try json.optional("thirdParty") ?? false
        doNotDisclose = try json.optional("doNotDisclose") ?? false
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("about", about)
        json.field("factor", factor)
        json.fieldIfTrue("historic", historic)
        json.field("eventDate", eventDate)
        json.fieldIfTrue("opinion", opinion)
        json.fieldIfTrue("thirdParty", thirdParty)
        json.fieldIfTrue("doNotDisclose", doNotDisclose)
        json.endObject()
    }
}

/// Why it was lawful to share: three separate facts (consent, agreement to a service, parents informed), and the basis.
/// Codes only; the reasons in words are sealed.
public struct SharingRecord: Hashable, Sendable, JSONCodable {
    public var consent: String?
    public var agreement: String?
    public var parentsInformed: String?
    public var notInformedReason: String?
    public var article6: String?
    public var article9: String?
    public var article10: String?
    public var regime: String?
    public var gateway: String?

    public init(
        consent: String? = nil, agreement: String? = nil, parentsInformed: String? = nil,
        notInformedReason: String? = nil, article6: String? = nil, article9: String? = nil,
        article10: String? = nil, regime: String? = nil, gateway: String? = nil
    ) {
        self.consent = consent
        self.agreement = agreement
        self.parentsInformed = parentsInformed
        self.notInformedReason = notInformedReason
        self.article6 = article6
        self.article9 = article9
        self.article10 = article10
        self.regime = regime
        self.gateway = gateway
    }

    public init(json: JSONValue) throws(JSONError) {
        consent = try json.optional("consent")
        agreement = try json.optional("agreement")
        parentsInformed = try json.optional("parentsInformed")
        notInformedReason = try json.optional("notInformedReason")
        article6 = try json.optional("article6")
        article9 = try json.optional("article9")
        article10 = try json.optional("article10")
        regime = try json.optional("regime")
        gateway = try json.optional("gateway")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("consent", consent)
        json.field("agreement", agreement)
        json.field("parentsInformed", parentsInformed)
        json.field("notInformedReason", notInformedReason)
        json.field("article6", article6)
        json.field("article9", article9)
        json.field("article10", article10)
        json.field("regime", regime)
        json.field("gateway", gateway)
        json.endObject()
    }
}

/// A referral as Intake accepted it. Common to submitted, corrected and transferred.
public struct ReferralContent: Hashable, Sendable, JSONCodable {
    public var referral: ReferralID
    public var agency: AgencyName
    public var agencyKind: AgencyKind
    /// The sender's own reference for this referral, as its receipt gave it.
    public var reference: String
    public var source: ReferralSource
    /// The append time of the first version: every clock of this referral starts here.
    public var receivedAt: Instant
    public var immediateDanger: Bool
    public var children: [ChildFacts]
    public var adults: [AdultFacts]
    public var concerns: [ConcernFacts]
    /// Recipients that must not be told of this referral.
    public var withhold: [AgencyName]
    public var sharing: SharingRecord?
    public var marks: [Mark]

    public init(
        referral: ReferralID, agency: AgencyName, agencyKind: AgencyKind, reference: String,
        source: ReferralSource, receivedAt: Instant, immediateDanger: Bool = false, children: [ChildFacts] = [],
        adults: [AdultFacts] = [], concerns: [ConcernFacts] = [], withhold: [AgencyName] = [],
        sharing: SharingRecord? = nil, marks: [Mark] = []
    ) {
        self.referral = referral
        self.agency = agency
        self.agencyKind = agencyKind
        self.reference = reference
        self.source = source
        self.receivedAt = receivedAt
        self.immediateDanger = immediateDanger
        self.children = children
        self.adults = adults
        self.concerns = concerns
        self.withhold = withhold
        self.sharing = sharing
        self.marks = marks
    }

    public init(json: JSONValue) throws(JSONError) {
        referral = try json.required("referral")
        agency = try json.required("agency")
        agencyKind = try json.required("agencyKind")
        reference = try json.required("reference")
        source = try json.required("source")
        receivedAt = try json.required("receivedAt")
        immediateDanger = try json.optional("immediateDanger") ?? false
        children = try json.list("children")
        adults = try json.list("adults")
        concerns = try json.list("concerns")
        withhold = try json.list("withhold")
        sharing = try json.optional("sharing")
        marks = try json.list("marks")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("referral", referral)
        json.field("agency", agency)
        json.field("agencyKind", agencyKind)
        json.field("reference", reference)
        json.field("source", source)
        json.field("receivedAt", receivedAt)
        json.fieldIfTrue("immediateDanger", immediateDanger)
        json.field("children", children)
        json.field("adults", adults)
        json.field("concerns", concerns)
        json.field("withhold", withhold)
        json.field("sharing", sharing)
        json.field("marks", marks)
        json.endObject()
    }
}

/// `referral.submitted`: a new referral. Parts: every child and adult, and the text.
public struct ReferralSubmitted: Hashable, Sendable, JSONCodable {
    public var content: ReferralContent

    public init(content: ReferralContent) {
        self.content = content
    }

    public init(json: JSONValue) throws(JSONError) {
        content = try json.required("content")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("content", content)
        json.endObject()
    }
}

/// `referral.corrected`: a later version by the same sender. The referral and its children keep their ids.
public struct ReferralCorrected: Hashable, Sendable, JSONCodable {
    public var content: ReferralContent

    public init(content: ReferralContent) {
        self.content = content
    }

    public init(json: JSONValue) throws(JSONError) {
        content = try json.required("content")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("content", content)
        json.endObject()
    }
}

/// `referral.withdrawn`: its sender takes it back. Closes nothing by itself.
public struct ReferralWithdrawn: Hashable, Sendable, JSONCodable {
    public var referral: ReferralID
    public var agency: AgencyName
    public var reason: WithdrawalReason

    public init(referral: ReferralID, agency: AgencyName, reason: WithdrawalReason) {
        self.referral = referral
        self.agency = agency
        self.reason = reason
    }

    public init(json: JSONValue) throws(JSONError) {
        referral = try json.required("referral")
        agency = try json.required("agency")
        reason = try json.required("reason")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("referral", referral)
        json.field("agency", agency)
        json.field("reason", reason)
        json.endObject()
    }
}

/// `referral.repeated`: the same agency, id and content again; it got its receipt again.
public struct ReferralRepeated: Hashable, Sendable, JSONCodable {
    public var referral: ReferralID
    public var agency: AgencyName

    public init(referral: ReferralID, agency: AgencyName) {
        self.referral = referral
        self.agency = agency
    }

    public init(json: JSONValue) throws(JSONError) {
        referral = try json.required("referral")
        agency = try json.required("agency")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("referral", referral)
        json.field("agency", agency)
        json.endObject()
    }
}

/// `<noun>.refused`: something from outside could not be read, was not from whom it claims, or was over a limit.
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

    public init(
        channel: SubmissionChannel, agency: AgencyName? = nil, team: TeamName? = nil, desk: DeskName? = nil,
        reason: String, pointer: String? = nil, deadLetter: EventID, reference: String? = nil
    ) {
        self.channel = channel
        self.agency = agency
        self.team = team
        self.desk = desk
        self.reason = reason
        self.pointer = pointer
        self.deadLetter = deadLetter
        self.reference = reference
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
        json.endObject()
    }
}

/// An information return as Intake accepted it. Parts: the text.
public struct ReturnContent: Hashable, Sendable, JSONCodable {
    /// The hub's reference, checked to be one that this agency was given.
    public var request: String
    public var agency: AgencyName
    /// The hub's id of this return.
    public var submission: EventID
    public var kind: ReturnKind
    /// A partial return that the sender says is all there will be.
    public var complete: Bool
    /// False: the agency could not tell who is meant, which is not a nil.
    public var identified: Bool
    /// How many systems and persons a nil names as searched.
    public var searched: Int
    public var findings: [ConcernFacts]
    public var declineReason: DeclineReason?
    public var sharing: SharingRecord?
    public var marks: [Mark]

    public init(
        request: String, agency: AgencyName, submission: EventID, kind: ReturnKind, complete: Bool = false,
        identified: Bool = true, searched: Int = 0, findings: [ConcernFacts] = [],
        declineReason: DeclineReason? = nil, sharing: SharingRecord? = nil, marks: [Mark] = []
    ) {
        self.request = request
        self.agency = agency
        self.submission = submission
        self.kind = kind
        self.complete = complete
        self.identified = identified
        self.searched = searched
        self.findings = findings
        self.declineReason = declineReason
        self.sharing = sharing
        self.marks = marks
    }

    public init(json: JSONValue) throws(JSONError) {
        request = try json.required("request")
        agency = try json.required("agency")
        submission = try json.required("submission")
        kind = try json.required("kind")
        complete = try json.optional("complete") ?? false
        identified = try json.optional("identified") ?? false
        searched = try json.optional("searched") ?? 0
        findings = try json.list("findings")
        declineReason = try json.optional("declineReason")
        sharing = try json.optional("sharing")
        marks = try json.list("marks")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("request", request)
        json.field("agency", agency)
        json.field("submission", submission)
        json.field("kind", kind)
        json.fieldIfTrue("complete", complete)
        json.fieldIfTrue("identified", identified)
        json.field("searched", searched)
        json.field("findings", findings)
        json.field("declineReason", declineReason)
        json.field("sharing", sharing)
        json.field("marks", marks)
        json.endObject()
    }
}

/// `return.submitted`: full, partial or nil.
public struct ReturnSubmitted: Hashable, Sendable, JSONCodable {
    public var content: ReturnContent

    public init(content: ReturnContent) {
        self.content = content
    }

    public init(json: JSONValue) throws(JSONError) {
        content = try json.required("content")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("content", content)
        json.endObject()
    }
}

/// `return.declined`: the agency will not answer, and says why by a code.
public struct ReturnDeclined: Hashable, Sendable, JSONCodable {
    public var content: ReturnContent

    public init(content: ReturnContent) {
        self.content = content
    }

    public init(json: JSONValue) throws(JSONError) {
        content = try json.required("content")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("content", content)
        json.endObject()
    }
}

/// `return.corrected`: a later version of an earlier return by the same agency.
public struct ReturnCorrected: Hashable, Sendable, JSONCodable {
    public var content: ReturnContent
    public var earlier: EventID

    public init(content: ReturnContent, earlier: EventID) {
        self.content = content
        self.earlier = earlier
    }

    public init(json: JSONValue) throws(JSONError) {
        content = try json.required("content")
        earlier = try json.required("earlier")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("content", content)
        json.field("earlier", earlier)
        json.endObject()
    }
}

/// `return.withdrawn`: the agency takes an earlier return back; its obligation runs again.
public struct ReturnWithdrawn: Hashable, Sendable, JSONCodable {
    public var request: String
    public var agency: AgencyName
    public var earlier: EventID
    public var reason: WithdrawalReason

    public init(request: String, agency: AgencyName, earlier: EventID, reason: WithdrawalReason) {
        self.request = request
        self.agency = agency
        self.earlier = earlier
        self.reason = reason
    }

    public init(json: JSONValue) throws(JSONError) {
        request = try json.required("request")
        agency = try json.required("agency")
        earlier = try json.required("earlier")
        reason = try json.required("reason")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("request", request)
        json.field("agency", agency)
        json.field("earlier", earlier)
        json.field("reason", reason)
        json.endObject()
    }
}

/// `decision.submitted`: what a named person of a team decided, before its owner has judged it. Part: the note
/// (`text`).
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
    /// Whom an identity decision names; nil there: somebody new.
    public var person: PersonID?
    public var request: String?

    public init(
        by: NamedPerson, verb: DecisionVerb, reason: DecisionReason, entry: EntryID? = nil, cases: [CaseID] = [],
        asof: EventID? = nil, to: TeamName? = nil, authority: AuthorityCode? = nil, outcome: Outcome? = nil,
        rating: Rating? = nil, child: ChildID? = nil, person: PersonID? = nil, request: String? = nil
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
        self.person = person
        self.request = request
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
        person = try json.optional("person")
        request = try json.optional("request")
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
        json.field("person", person)
        json.field("request", request)
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
