import DomainJSON
import DomainModel
import JSON
import Room
import Sealing

// What triage keeps. Codes and opaque ids alone: it opens no sealed part, and needs none.

/// A concern as far as a rule of the policy can ask about it.
struct HeldConcern: Hashable, Sendable, JSONCodable {
    var about: PartName
    var factor: FactorCode?
    var historic: Bool

    init(_ concern: ConcernFacts) {
        about = concern.about
        factor = concern.factor
        historic = concern.historic
    }

    var facts: ConcernFacts { ConcernFacts(about: about, factor: factor, historic: historic) }

    init(json: JSONValue) throws(JSONError) {
        about = try json.required("about")
        factor = try json.optional("factor")
        historic = try json.optional("historic") ?? false
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("about", about)
        json.field("factor", factor)
        json.fieldIfTrue("historic", historic)
        json.endObject()
    }
}

/// A referral's facts as far as rating and asking need them. They stay, because undoing a link rates them again, on
/// another case.
struct ReferralFacts: Hashable, Sendable, JSONCodable {
    var agency: AgencyName
    var agencyKind: AgencyKind
    var source: ReferralSource
    var danger: Bool
    /// A correction was seen: a version that was submitted before it says nothing any more.
    var isCorrected: Bool
    var children: [ChildFacts]
    var concerns: [HeldConcern]
    var withhold: [AgencyName]

    init(_ content: ReferralContent, isCorrected: Bool) {
        agency = content.agency
        agencyKind = content.agencyKind
        source = content.source
        danger = content.immediateDanger
        self.isCorrected = isCorrected
        children = content.children
        concerns = content.concerns.map { HeldConcern($0) }
        // Whoever must not be told because of an adult, such as where the alleged source of harm works, is asked about
        // none of the children.
        withhold = content.withhold
        for adult in content.adults {
            for agency in adult.withhold where !withhold.contains(agency) { withhold.append(agency) }
        }
    }

    func child(_ id: ChildID) -> ChildFacts? { children.first { $0.child == id } }

    /// The same as a referral's content, for the conditions of the policy; what none of them reads is left empty.
    func content(of referral: ReferralID) -> ReferralContent {
        ReferralContent(
            referral: referral, agency: agency, agencyKind: agencyKind, reference: "", source: source,
            receivedAt: Instant(milliseconds: 0), immediateDanger: danger, children: children,
            concerns: concerns.map(\.facts), withhold: withhold)
    }

    init(json: JSONValue) throws(JSONError) {
        agency = try json.required("agency")
        agencyKind = try json.required("kind")
        source = try json.required("source")
        danger = try json.optional("danger") ?? false
        isCorrected = try json.optional("corrected") ?? false
        children = try json.list("children")
        concerns = try json.list("concerns")
        withhold = try json.list("withhold")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("agency", agency)
        json.field("kind", agencyKind)
        json.field("source", source)
        json.fieldIfTrue("danger", danger)
        json.fieldIfTrue("corrected", isCorrected)
        json.field("children", children)
        json.field("concerns", concerns)
        json.field("withhold", withhold)
        json.endObject()
    }
}

/// Which case a child of a referral was identified with.
struct ChildPlace: Hashable, Sendable, JSONCodable {
    var child: ChildID
    var caseID: CaseID
    var rereferral: Bool

    init(child: ChildID, caseID: CaseID, rereferral: Bool) {
        self.child = child
        self.caseID = caseID
        self.rereferral = rereferral
    }

    init(json: JSONValue) throws(JSONError) {
        child = try json.required("child")
        caseID = try json.required("case")
        rereferral = try json.optional("rereferral") ?? false
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("child", child)
        json.field("case", caseID)
        json.fieldIfTrue("rereferral", rereferral)
        json.endObject()
    }
}

/// What a child takes along from a case that a person has said is not its own, until it is identified with another.
struct LeftCase: Hashable, Sendable, JSONCodable {
    var child: ChildID
    /// What the child was rated there: it does not fall by the child's moving. Nil where the case was closed, or unrated.
    var rating: Rating?
    /// What agencies were asked about this child.
    var requests: [RequestKey]

    init(child: ChildID, rating: Rating?, requests: [RequestKey]) {
        self.child = child
        self.rating = rating
        self.requests = requests
    }

    init(json: JSONValue) throws(JSONError) {
        child = try json.required("child")
        rating = try json.optional("rating")
        requests = try json.list("requests")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("child", child)
        json.field("rating", rating)
        json.field("requests", requests)
        json.endObject()
    }
}

struct ReferralRow: Hashable, Sendable, JSONCodable {
    /// Nil: a child of it was identified before it was submitted, so that rating it waits.
    var facts: ReferralFacts?
    var places: [ChildPlace] = []
    var left: [LeftCase] = []

    init() {}

    func place(of child: ChildID) -> ChildPlace? { places.first { $0.child == child } }
    func left(by child: ChildID) -> LeftCase? { left.first { $0.child == child } }

    init(json: JSONValue) throws(JSONError) {
        facts = try json.optional("facts")
        places = try json.list("places")
        left = try json.list("left")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("facts", facts)
        json.field("places", places)
        json.field("left", left)
        json.endObject()
    }
}

/// A child of a referral that is on a case.
struct CaseMember: Hashable, Sendable, JSONCodable {
    var referral: ReferralID
    var child: ChildID
    /// Of an episode that ended: whom it withholds from still counts, what it told does not.
    var isFormer = false

    init(referral: ReferralID, child: ChildID) {
        self.referral = referral
        self.child = child
    }

    init(json: JSONValue) throws(JSONError) {
        referral = try json.required("referral")
        child = try json.required("child")
        isFormer = try json.optional("former") ?? false
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("referral", referral)
        json.field("child", child)
        json.fieldIfTrue("former", isFormer)
        json.endObject()
    }
}

struct CaseRow: Hashable, Sendable, JSONCodable {
    /// The child and the referral that came last; a rating names them.
    var child: ChildID
    var referral: ReferralID
    /// Nil: not yet rated, or reopened by a new referral that was not rated yet.
    var rating: Rating?
    /// The rules that gave it, sorted; none where a person did.
    var reasons: [String] = []
    /// A named person has rated the child in this episode: what they knew then does not raise it again.
    var isJudged = false
    var isClosed = false
    var rereferral = false
    var members: [CaseMember] = []
    var requests: [RequestKey] = []
    /// The newest event of the case that triage knows.
    var newest: EventID
    /// A named person said that the pregnancy with this child has ended: nothing is rated or asked any more.
    var isLost = false
    /// Events of the case from the newest that raised risk on, in the room's order: whoever has seen one of them has
    /// seen the rise.
    var seen: [EventID] = []
    /// Triage's own ratings that it has posted and not read back. What is read before the newest rise among them may lie
    /// before it in the room, so that having seen it is not having seen the rise.
    var unread: [EventID] = []
    var unreadRise: EventID?

    /// How many events are remembered since the risk last rose: as many as Routing remembers.
    static let seenMax = 24

    /// An event of another's, in the room's order.
    mutating func touch(_ event: EventID, risk: Bool) {
        if risk {
            seen.removeAll(keepingCapacity: true)
        } else if unreadRise != nil {
            return
        }
        append(event)
    }

    /// An own event, as it is posted: it lies behind all that was read so far, and behind the own ones before it.
    mutating func say(_ event: EventID, risk: Bool) {
        if risk {
            seen.removeAll(keepingCapacity: true)
            unreadRise = event
        }
        append(event)
    }

    private mutating func append(_ event: EventID) {
        guard seen.last != event else { return }
        seen.append(event)
        if seen.count > CaseRow.seenMax { seen.removeFirst() }
    }

    init(child: ChildID, referral: ReferralID, newest: EventID) {
        self.child = child
        self.referral = referral
        self.newest = newest
    }

    init(json: JSONValue) throws(JSONError) {
        child = try json.required("child")
        referral = try json.required("referral")
        rating = try json.optional("rating")
        reasons = try json.list("reasons")
        isJudged = try json.optional("judged") ?? false
        isClosed = try json.optional("closed") ?? false
        rereferral = try json.optional("rereferral") ?? false
        members = try json.list("members")
        requests = try json.list("requests")
        newest = try json.required("newest")
        isLost = try json.optional("lost") ?? false
        seen = try json.list("seen")
        unread = try json.list("unread")
        unreadRise = try json.optional("unreadRise")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("child", child)
        json.field("referral", referral)
        json.field("rating", rating)
        json.field("reasons", reasons)
        json.fieldIfTrue("judged", isJudged)
        json.fieldIfTrue("closed", isClosed)
        json.fieldIfTrue("rereferral", rereferral)
        json.field("members", members)
        json.field("requests", requests)
        json.field("newest", newest)
        json.fieldIfTrue("lost", isLost)
        json.field("seen", seen)
        json.field("unread", unread)
        json.field("unreadRise", unreadRise)
        json.endObject()
    }
}

struct RequestRow: Hashable, Sendable, JSONCodable {
    var caseID: CaseID
    /// Whose particulars the agency was given.
    var child: ChildID?
    var agency: AgencyName
    /// How urgent the case was when it was asked.
    var rating: RAG
    var standing = RequestStanding.open
    var findings: [HeldConcern] = []

    init(caseID: CaseID, child: ChildID, agency: AgencyName, rating: RAG) {
        self.caseID = caseID
        self.child = child
        self.agency = agency
        self.rating = rating
    }

    init(json: JSONValue) throws(JSONError) {
        caseID = try json.required("case")
        child = try json.optional("child")
        agency = try json.required("agency")
        rating = try json.required("rating")
        standing = try json.required("standing")
        findings = try json.list("findings")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("case", caseID)
        json.field("child", child)
        json.field("agency", agency)
        json.field("rating", rating)
        json.field("standing", standing)
        json.field("findings", findings)
        json.endObject()
    }
}

/// A request by the reference that its recipient was given, in a form that needs no memory of its own.
struct RequestKey: RowKey, JSONCodable {
    let reference: HubReference

    init?(_ text: String) {
        guard let reference = HubReference(text) else { return nil }
        self.reference = reference
    }

    var rowText: String { reference.description }
    init?(rowText: String) { self.init(rowText) }

    init(json: JSONValue) throws(JSONError) {
        guard let read = RequestKey(try json.string()) else { throw JSONError(expected: "a reference of the hub") }
        self = read
    }

    func write(to json: inout JSONWriter) { json.value(rowText) }
}
