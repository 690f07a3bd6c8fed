import DomainJSON
public import DomainModel
public import JSON

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

/// What was told, and nothing beside it.
public struct Told<Content: Hashable & Sendable & JSONCodable>: Hashable, Sendable, JSONCodable {
    public var content: Content

    public init(content: Content) {
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

/// `referral.submitted`: a new referral. Parts: every child and adult, and the text.
public typealias ReferralSubmitted = Told<ReferralContent>

/// `referral.corrected`: a later version by the same sender. The referral and its children keep their ids.
public typealias ReferralCorrected = Told<ReferralContent>

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
