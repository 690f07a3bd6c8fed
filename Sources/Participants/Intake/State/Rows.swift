import DomainJSON
import DomainModel
import JSON

/// What Intake keeps of an accepted submission, under the keyed hash of its owner and its CloudEvents id: enough to
/// know a repeat, to find the room of a correction, and to give the same receipt again. 48 bytes in memory: a year of
/// an authority (80 contacts a day, each with its returns, decisions and answers: some 200,000 rows) takes about 25 MB.
struct SubmissionRow: Hashable, Sendable, JSONCodable {
    /// Keyed: what a message said must not be found by trying, after its parts were forgotten.
    var content: Identifier<ContentSubject>
    /// The referral, for what came on a referrals topic; else the submission's own id.
    var about: EventID
    var receivedAt: Instant
    var authority: AuthorityCode
    var children: UInt8
    /// How often it came again. Each repeat's event takes its id from this, not from a position.
    var repeats: UInt16

    init(
        content: Identifier<ContentSubject>, about: EventID, receivedAt: Instant, authority: AuthorityCode,
        children: Int = 0
    ) {
        self.content = content
        self.about = about
        self.receivedAt = receivedAt
        self.authority = authority
        self.children = UInt8(clamping: children)
        repeats = 0
    }

    init(json: JSONValue) throws(JSONError) {
        content = try json.required("content")
        about = try json.required("about")
        receivedAt = try json.required("receivedAt")
        authority = try json.required("authority")
        let children: Int = try json.optional("children") ?? 0
        let repeats: Int = try json.optional("repeats") ?? 0
        self.children = UInt8(clamping: children)
        self.repeats = UInt16(clamping: repeats)
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("content", content)
        json.field("about", about)
        json.field("receivedAt", receivedAt)
        json.field("authority", authority)
        json.field("children", Int(children))
        json.field("repeats", Int(repeats))
        json.endObject()
    }
}

enum ContentSubject: Sendable {}

/// How many heartbeats an agency has sent: the events of the next take their ids from this, not from a position.
struct HeartbeatRow: Hashable, Sendable, JSONCodable {
    var count: Int64

    init(count: Int64) { self.count = count }

    init(json: JSONValue) throws(JSONError) {
        count = Int64(try json.required("count") as Int)
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("count", Int(count))
        json.endObject()
    }
}

/// What a person had taken once more: nothing is redriven twice.
struct RedrivenRow: Hashable, Sendable, JSONCodable {
    /// The decision that did it.
    var decision: EventID

    init(decision: EventID) { self.decision = decision }

    init(json: JSONValue) throws(JSONError) { decision = try json.required("decision") }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("decision", decision)
        json.endObject()
    }
}

/// What was adopted last for one authority.
struct AdoptionRow: Hashable, Sendable, JSONCodable {
    var configuration: EventID?
    /// SHA-256 of the content as it is written, in hexadecimal.
    var configurationHash: String?
    var policy: EventID?
    var policyHash: String?

    init() {}

    init(json: JSONValue) throws(JSONError) {
        configuration = try json.optional("configuration")
        configurationHash = try json.optional("configurationHash")
        policy = try json.optional("policy")
        policyHash = try json.optional("policyHash")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("configuration", configuration)
        json.field("configurationHash", configurationHash)
        json.field("policy", policy)
        json.field("policyHash", policyHash)
        json.endObject()
    }
}
