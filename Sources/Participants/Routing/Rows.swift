import DomainJSON
import DomainModel
import JSON
import Room
import Sealing

// What Routing keeps, a row each. Persons' data only sealed, as it came.

struct CaseChild: Hashable, Sendable, JSONCodable {
    var referral: ReferralID
    var child: ChildID

    init(referral: ReferralID, child: ChildID) {
        self.referral = referral
        self.child = child
    }

    init(json: JSONValue) throws(JSONError) {
        referral = try json.required("referral")
        child = try json.required("child")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("referral", referral)
        json.field("child", child)
        json.endObject()
    }
}

/// One child's episode.
struct CaseRow: Hashable, Sendable, JSONCodable {
    var phase = CasePhase.awaiting
    /// The child as each referral names it, in the order of their coming.
    var children: [CaseChild] = []
    var rating: Rating?
    var reasons: [String] = []
    var danger = false
    /// The open entries, in the order of their making.
    var entries: [EntryChange] = []
    /// Requests not withdrawn, in order.
    var requests: [String] = []
    /// After a link was undone: what the policy would give without it, while a person has not decided.
    var proposed: Rating?
    /// A named person said that this case is another's: it goes on there.
    var mergedInto: CaseID?
    /// A named person said that the pregnancy with this child has ended: nobody is asked or told anything more.
    var isLost = false
    /// Events of the case from the newest that raised risk on; the last is the newest of all. Event ids have no order
    /// of their own, so "seen since the risk rose" is being in this list.
    var seen: [EventID] = []

    /// How many events are remembered since the risk last rose. An `asof` older than these is treated as from before
    /// it: the person looks again, which is the safe side.
    static let seenMax = 24

    init() {}

    var newest: EventID? { seen.last }
    var lead: EntryChange? { entries.first { $0.kind == .lead } }
    var protect: EntryChange? { entries.first { $0.kind == .protect } }

    mutating func touch(_ event: EventID, risk: Bool) {
        if risk { seen.removeAll(keepingCapacity: true) }
        guard seen.last != event else { return }
        seen.append(event)
        if seen.count > CaseRow.seenMax { seen.removeFirst() }
    }

    init(json: JSONValue) throws(JSONError) {
        phase = try json.required("phase")
        children = try json.list("children")
        rating = try json.optional("rating")
        reasons = try json.list("reasons")
        danger = try json.optional("danger") ?? false
        entries = try json.list("entries")
        requests = try json.list("requests")
        proposed = try json.optional("proposed")
        mergedInto = try json.optional("mergedInto")
        isLost = try json.optional("lost") ?? false
        seen = try json.list("seen")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("phase", phase)
        json.field("children", children)
        json.field("rating", rating)
        json.field("reasons", reasons)
        json.fieldIfTrue("danger", danger)
        json.field("entries", entries)
        json.field("requests", requests)
        json.field("proposed", proposed)
        json.field("mergedInto", mergedInto)
        json.fieldIfTrue("lost", isLost)
        json.field("seen", seen)
        json.endObject()
    }
}

/// What became of one child of a referral.
struct ChildState: Hashable, Sendable, JSONCodable {
    var child: ChildID
    var caseID: CaseID?
    /// The open entry that asks who this is, or where the referral belongs.
    var review: EntryID?
    /// A correction no longer names the child.
    var missing = false
    /// Teams whose queue has shown the child on its present case: they are told where that was wrong.
    var shownTo: [TeamName] = []
    /// Requests that agencies were sent about the child on its present case.
    var requests: [String] = []
    /// The referrer was told an outcome of the present case.
    var wasTold = false

    init(child: ChildID) { self.child = child }

    init(json: JSONValue) throws(JSONError) {
        child = try json.required("child")
        caseID = try json.optional("case")
        review = try json.optional("review")
        missing = try json.optional("missing") ?? false
        shownTo = try json.list("shownTo")
        requests = try json.list("requests")
        wasTold = try json.optional("told") ?? false
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("child", child)
        json.field("case", caseID)
        json.field("review", review)
        json.fieldIfTrue("missing", missing)
        json.field("shownTo", shownTo)
        json.field("requests", requests)
        json.fieldIfTrue("told", wasTold)
        json.endObject()
    }
}

/// A referral as its newest version has it; without marks and sharing record, which nobody routes by, save where it is
/// to be passed on whole.
struct ReferralRow: Hashable, Sendable, JSONCodable {
    var authority: AuthorityCode
    var content: ReferralContent
    var states: [ChildState]
    var acknowledged = false
    var withdrawn = false

    init(authority: AuthorityCode, content: ReferralContent) {
        self.authority = authority
        self.content = ReferralRow.lean(content, in: authority)
        states = content.children.map { ChildState(child: $0.child) }
    }

    static func lean(_ content: ReferralContent, in authority: AuthorityCode) -> ReferralContent {
        guard authority != .hub else { return content }
        var lean = content
        lean.sharing = nil
        lean.marks = []
        return lean
    }

    func state(of child: ChildID) -> ChildState? { states.first { $0.child == child } }
    func facts(of child: ChildID) -> ChildFacts? { content.children.first { $0.child == child } }

    /// Whether the agency must not be told of this child by this referral.
    func withholds(_ child: ChildID, from agency: AgencyName) -> Bool {
        content.withhold.contains(agency) || facts(of: child)?.withhold.contains(agency) == true
            || content.adults.contains { $0.withhold.contains(agency) }
    }

    init(json: JSONValue) throws(JSONError) {
        authority = try json.required("authority")
        content = try json.required("content")
        states = try json.list("states")
        acknowledged = try json.optional("acknowledged") ?? false
        withdrawn = try json.optional("withdrawn") ?? false
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("authority", authority)
        json.field("content", content)
        json.field("states", states)
        json.fieldIfTrue("acknowledged", acknowledged)
        json.fieldIfTrue("withdrawn", withdrawn)
        json.endObject()
    }
}

/// The sealed parts of a referral's newest version, in a table of their own: they are large and change rarely.
struct PartsRow: Hashable, Sendable, JSONCodable {
    var parts: [HeldPart]

    init(parts: [HeldPart]) { self.parts = parts }

    func part(_ name: PartName) -> Part? { parts.first { $0.key.part == name }?.part }

    init(json: JSONValue) throws(JSONError) { parts = try json.list("parts") }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("parts", parts)
        json.endObject()
    }
}

/// An entry once made, for ever: a decision that names an ended one is refused with the present state, not as unknown.
struct EntryRow: Hashable, Sendable, JSONCodable {
    var change: EntryChange
    var caseID: CaseID?
    /// For an entry that stands before there is a case.
    var referral: ReferralID?
    var child: ChildID?

    init(change: EntryChange, caseID: CaseID? = nil, referral: ReferralID? = nil, child: ChildID? = nil) {
        self.change = change
        self.caseID = caseID
        self.referral = referral
        self.child = child
    }

    init(json: JSONValue) throws(JSONError) {
        change = try json.required("change")
        caseID = try json.optional("case")
        referral = try json.optional("referral")
        child = try json.optional("child")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("change", change)
        json.field("case", caseID)
        json.field("referral", referral)
        json.field("child", child)
        json.endObject()
    }
}
