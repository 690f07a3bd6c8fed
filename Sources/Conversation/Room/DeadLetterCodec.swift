import CloudEvents
import DomainJSON
public import DomainModel
public import EventLog
public import JSON

extension RoomCodec {
    /// The record of a dead letter: what is open names reason and origin, the original goes sealed.
    public func record(of letter: DeadLetter, original: HeldPart?, head: HeldPart? = nil) -> NewRecord {
        let headers = HeaderWriter(
            id: letter.id, by: letter.service, type: "dead-letter.recorded", time: letter.time,
            authority: letter.authority)
        var json = JSONWriter(reserving: 512 + (original?.sealed.count ?? 0) * 4 / 3)
        json.beginObject()
        json.field("reason", letter.reason)
        json.field("pointer", letter.pointer)
        json.field("origin", letter.origin.description)
        json.field("service", letter.service.rawValue)
        json.field("length", letter.originalLength)
        json.field("sha256", letter.originalHash)
        json.field("original", original)
        json.field("head", head)
        json.endObject()
        return NewRecord(
            TopicPartition(topics.deadLetters, topics.partition(of: letter.authority)), key: letter.id.bytes,
            headers: headers.finish(), value: json.bytes)
    }

    public func deadLetter(from record: StoredRecord, parser: JSONParser) -> RecordedDeadLetter? {
        guard let value = record.value, let json = try? parser.parse(value),
            let idText = record.headers.first("ce_id"), let id = EventID(String(decoding: idText, as: UTF8.self)),
            let time = record.headers.first("ce_time"),
            let instant = Instant(rfc3339: String(decoding: time, as: UTF8.self)),
            let code = record.headers.first("ce_localauthority"),
            let authority = AuthorityCode(gss: String(decoding: code, as: UTF8.self)),
            let reason: String = try? json.required("reason"), let origin: String = try? json.required("origin"),
            let service: String = try? json.required("service"), let length: Int = try? json.required("length")
        else { return nil }
        return RecordedDeadLetter(
            id: id, time: instant, authority: authority, reason: reason,
            pointer: (try? json.optional("pointer")) ?? nil, origin: origin, service: service, length: length,
            original: (try? json.optional("original")) ?? nil, head: (try? json.optional("head")) ?? nil)
    }
}

/// A dead letter as read back.
public struct RecordedDeadLetter: Hashable, Sendable {
    public let id: EventID
    public let time: Instant
    public let authority: AuthorityCode
    public let reason: String
    public let pointer: String?
    public let origin: String
    public let service: String
    public let length: Int
    public let original: HeldPart?
    public let head: HeldPart?

    public init(
        id: EventID, time: Instant, authority: AuthorityCode, reason: String, pointer: String?, origin: String,
        service: String, length: Int, original: HeldPart?, head: HeldPart?
    ) {
        self.id = id
        self.time = time
        self.authority = authority
        self.reason = reason
        self.pointer = pointer
        self.origin = origin
        self.service = service
        self.length = length
        self.original = original
        self.head = head
    }
}

/// What came with a message from outside that was refused, sealed beside its bytes: what Intake needs to take it once
/// more as if it came now, but for the moment at which it came.
public struct LetterHead: Hashable, Sendable, JSONCodable {
    public var topic: IngressTopic
    public var receivedAt: Instant
    /// The authority in whose room it was refused: whose people may redrive it.
    public var authority: AuthorityCode
    public var headers: Headers

    public init(topic: IngressTopic, receivedAt: Instant, authority: AuthorityCode, headers: Headers) {
        self.topic = topic
        self.receivedAt = receivedAt
        self.authority = authority
        self.headers = headers
    }

    public init(json: JSONValue) throws(JSONError) {
        let channel: SubmissionChannel = try json.required("channel")
        switch channel {
        case .referrals: topic = .referrals(try json.required("owner"))
        case .returns: topic = .returns(try json.required("owner"))
        case .decisions: topic = .decisions(try json.required("owner"))
        case .answers: topic = .answers(try json.required("owner"))
        case .records: topic = .records
        }
        receivedAt = try json.required("receivedAt")
        authority = try json.required("authority")
        let text: String = try json.required("headers")
        guard let bytes = Base64.decode(text), let headers = Headers(bytes: bytes) else {
            throw JSONError(expected: "headers").inside("headers")
        }
        self.headers = headers
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("channel", topic.channel)
        switch topic {
        case .referrals(let name), .returns(let name): json.field("owner", name)
        case .decisions(let name): json.field("owner", name)
        case .answers(let name): json.field("owner", name)
        case .records: break
        }
        json.field("receivedAt", receivedAt)
        json.field("authority", authority)
        json.key("headers")
        Base64.write(headers.bytes, to: &json)
        json.endObject()
    }
}
