import DomainJSON
public import DomainModel
public import JSON

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
    /// Whose place the agency takes, because that one is outside its terms.
    public var coverFor: AgencyName?

    public init(
        request: String, agency: AgencyName, caseID: CaseID, child: ChildID, referral: ReferralID, rating: RAG,
        topics: [String] = [], purpose: String, necessity: String, coverFor: AgencyName? = nil
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
        self.coverFor = coverFor
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
        coverFor = try json.optional("coverFor")
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
        json.field("coverFor", coverFor)
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
public typealias ReturnSubmitted = Told<ReturnContent>

/// `return.declined`: the agency will not answer, and says why by a code.
public typealias ReturnDeclined = Told<ReturnContent>

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

/// `heartbeat.sent`: the agency's system is there, and the way that its returns take is open. Says nothing else.
public struct HeartbeatSent: Hashable, Sendable, JSONCodable {
    public var agency: AgencyName

    public init(agency: AgencyName) {
        self.agency = agency
    }

    public init(json: JSONValue) throws(JSONError) {
        agency = try json.required("agency")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("agency", agency)
        json.endObject()
    }
}
