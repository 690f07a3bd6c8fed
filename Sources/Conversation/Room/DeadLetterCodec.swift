import DomainJSON
public import DomainModel
public import EventLog
public import JSON

extension RoomCodec {
    /// The record of a dead letter: what is open names reason and origin, the original goes sealed.
    public func record(of letter: DeadLetter, original: HeldPart?) -> NewRecord {
        var headers = Headers(reserving: 300)
        headers.append("ce_specversion", "1.0".utf8)
        headers.append("ce_id", letter.id)
        headers.append("ce_source", letter.service.source.utf8)
        headers.append("ce_type", "frontdoor.dead-letter.recorded.v1".utf8)
        headers.append("ce_time", letter.time)
        headers.append("ce_localauthority", letter.authority.description.utf8)
        headers.append("content-type", "application/json".utf8)
        var json = JSONWriter(reserving: 512 + (original?.sealed.count ?? 0) * 4 / 3)
        json.beginObject()
        json.field("reason", letter.reason)
        json.field("pointer", letter.pointer)
        json.field("origin", letter.origin.description)
        json.field("service", letter.service.rawValue)
        json.field("length", letter.originalLength)
        json.field("sha256", letter.originalHash)
        json.field("original", original)
        json.endObject()
        return NewRecord(
            TopicPartition(topics.deadLetters, topics.partition(of: letter.authority)), key: letter.id.bytes,
            headers: headers, value: json.bytes)
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
            original: (try? json.optional("original")) ?? nil)
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
}
