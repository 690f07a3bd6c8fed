import DomainJSON
public import DomainModel
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

/// `identity.confirmed`, `identity.unlinked`, `identity.split`: a named person said who a child is, or undid a link; a
/// split gives one event for each child that it takes out.
///
/// `unborn.born`, `unborn.lost`: a named person said what became of an unborn child. The person and the case are those
/// that the child has; nothing moves.
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

/// One child as one referral names it.
public struct ChildOfReferral: Hashable, Sendable, JSONCodable {
    public var referral: ReferralID
    public var child: ChildID

    public init(referral: ReferralID, child: ChildID) {
        self.referral = referral
        self.child = child
    }

    public init(json: JSONValue) throws(JSONError) {
        referral = try json.required("referral")
        child = try json.required("child")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("referral", referral)
        json.field("child", child)
        json.endObject()
    }
}

/// `identity.merged`: a named person said that two persons are one. The second's id, and that of its case, lead to the
/// first's from here on; neither is ever given again.
public struct IdentitiesMerged: Hashable, Sendable, JSONCodable {
    public var by: NamedPerson
    public var decision: EventID
    public var person: PersonID
    public var merged: PersonID
    public var caseID: CaseID
    public var mergedCase: CaseID
    /// The children of referrals that move, sorted.
    public var children: [ChildOfReferral]
    public var reason: DecisionReason

    public init(
        by: NamedPerson, decision: EventID, person: PersonID, merged: PersonID, caseID: CaseID, mergedCase: CaseID,
        children: [ChildOfReferral] = [], reason: DecisionReason
    ) {
        self.by = by
        self.decision = decision
        self.person = person
        self.merged = merged
        self.caseID = caseID
        self.mergedCase = mergedCase
        self.children = children
        self.reason = reason
    }

    public init(json: JSONValue) throws(JSONError) {
        by = try json.required("by")
        decision = try json.required("decision")
        person = try json.required("person")
        merged = try json.required("merged")
        caseID = try json.required("case")
        mergedCase = try json.required("mergedCase")
        children = try json.list("children")
        reason = try json.required("reason")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("by", by)
        json.field("decision", decision)
        json.field("person", person)
        json.field("merged", merged)
        json.field("case", caseID)
        json.field("mergedCase", mergedCase)
        json.field("children", children)
        json.field("reason", reason)
        json.endObject()
    }
}

extension IdentityDecided {
    /// A person's answer that takes the child from a case, and so undoes a link.
    public var leavesACase: Bool { previousCase != nil && previousCase != caseID }
}
