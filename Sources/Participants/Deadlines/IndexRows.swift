import DomainJSON
import DomainModel
import JSON
import Room

struct FirstRating: Hashable, Sendable, JSONCodable {
    var caseID: CaseID
    var event: EventID

    init(caseID: CaseID, event: EventID) {
        self.caseID = caseID
        self.event = event
    }
    init(json: JSONValue) throws(JSONError) {
        caseID = try json.required("case")
        event = try json.required("event")
    }
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("case", caseID)
        json.field("event", event)
        json.endObject()
    }
}

struct ReferralRow: Hashable, Sendable, JSONCodable {
    var acknowledge: ObligationID?
    /// The alert at once on the submission itself.
    var answer: ObligationID?
    /// Its children that were named so far, in the order of their first mention.
    var children: [ChildID] = []
    /// The first rating that it led to in each case: a Red among them joins the alert at once.
    var ratings: [FirstRating] = []

    init() {}
    init(json: JSONValue) throws(JSONError) {
        acknowledge = try json.optional("acknowledge")
        answer = try json.optional("answer")
        children = try json.list("children")
        ratings = try json.list("ratings")
    }
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("acknowledge", acknowledge)
        json.field("answer", answer)
        json.field("children", children)
        json.field("ratings", ratings)
        json.endObject()
    }
}

struct ChildRow: Hashable, Sendable, JSONCodable {
    var referral: ReferralID?
    var caseID: CaseID?
    var decide: ObligationID?
    var review: ObligationID?

    init() {}
    init(json: JSONValue) throws(JSONError) {
        referral = try json.optional("referral")
        caseID = try json.optional("case")
        decide = try json.optional("decide")
        review = try json.optional("review")
    }
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("referral", referral)
        json.field("case", caseID)
        json.field("decide", decide)
        json.field("review", review)
        json.endObject()
    }
}

struct CaseRow: Hashable, Sendable, JSONCodable {
    /// In the order in which they were opened.
    var open: [ObligationID] = []
    var rating: RAG?
    /// A named person has decided the response since it was opened.
    var decided = false
    var closed = false
    /// The children that are this case's, in the order of their coming.
    var members: [ChildID] = []
    /// A named person said that it goes on in another case.
    var mergedInto: CaseID?
    /// A named person said that the pregnancy with this child has ended.
    var lost = false
    /// When its first referral was received, or that which reopened it was.
    var receivedAt: Instant?

    init() {}
    init(json: JSONValue) throws(JSONError) {
        open = try json.list("open")
        rating = try json.optional("rating")
        decided = try json.optional("decided") ?? false
        closed = try json.optional("closed") ?? false
        members = try json.list("members")
        mergedInto = try json.optional("mergedInto")
        lost = try json.optional("lost") ?? false
        receivedAt = try json.optional("receivedAt")
    }
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("open", open)
        json.field("rating", rating)
        json.fieldIfTrue("decided", decided)
        json.fieldIfTrue("closed", closed)
        json.field("members", members)
        json.field("mergedInto", mergedInto)
        json.fieldIfTrue("lost", lost)
        json.field("receivedAt", receivedAt)
        json.endObject()
    }
}

/// One return as it stands: corrected, it is replaced; withdrawn, it is gone.
struct StandingReturn: Hashable, Sendable, JSONCodable {
    var submission: EventID
    var verdict: Verdict

    init(submission: EventID, verdict: Verdict) {
        self.submission = submission
        self.verdict = verdict
    }
    init(json: JSONValue) throws(JSONError) {
        submission = try json.required("submission")
        verdict = try json.required("verdict")
    }
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("submission", submission)
        json.field("verdict", verdict)
        json.endObject()
    }
}

/// A request, or what came early for one. Found by the obligation that it makes.
struct RequestRow: Hashable, Sendable, JSONCodable {
    var request: String
    var agency: AgencyName
    var authority: AuthorityCode
    /// Nil while the request itself has not been read: its returns are held.
    var caseID: CaseID?
    var child: ChildID?
    var referral: ReferralID?
    /// The case's when it was asked.
    var rating: RAG?
    var standing: [StandingReturn] = []
    /// When the first return was held; nil once the request came or a person took it.
    var heldSince: Instant?
    var review: ObligationID?

    init(request: String, agency: AgencyName, authority: AuthorityCode) {
        self.request = request
        self.agency = agency
        self.authority = authority
    }

    /// The weightiest of what stands: an answer, else a refusal to give one.
    var verdict: Verdict? {
        for verdict in [Verdict.complete, .declined, .unidentified, .partial]
        where standing.contains(where: { $0.verdict == verdict }) {
            return verdict
        }
        return nil
    }

    init(json: JSONValue) throws(JSONError) {
        request = try json.required("request")
        agency = try json.required("agency")
        authority = try json.required("authority")
        caseID = try json.optional("case")
        child = try json.optional("child")
        referral = try json.optional("referral")
        rating = try json.optional("rating")
        standing = try json.list("standing")
        heldSince = try json.optional("heldSince")
        review = try json.optional("review")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("request", request)
        json.field("agency", agency)
        json.field("authority", authority)
        json.field("case", caseID)
        json.field("child", child)
        json.field("referral", referral)
        json.field("rating", rating)
        json.field("standing", standing)
        json.field("heldSince", heldSince)
        json.field("review", review)
        json.endObject()
    }
}

extension StateTable {
    subscript(key: Key, default row: @autoclosure () -> Row) -> Row {
        get { self[key] ?? row() }
        set { self[key] = newValue }
        _modify {
            if self[key] == nil { self[key] = row() }
            var value = self[key] ?? row()
            defer { self[key] = value }
            yield &value
        }
    }
}
