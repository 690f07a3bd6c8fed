import DomainJSON
public import DomainModel
public import EventLog
public import JSON
import Sealing

/// How events, and what leaves the room, become records and back: CloudEvents 1.0, Kafka binding, binary mode. The data
/// of an event is `{"facts": {…}, "sealed": {"child-0": {"event": …, "part": …, "sealed": …}}}`.
public struct RoomCodec: Sendable {
    public let topics: HubTopics

    public init(topics: HubTopics) { self.topics = topics }

    /// - Parameter partition: where to; nil for the partition of the event's authority. A strike names its own.
    public func record(of event: Event, partition: Int32? = nil) -> NewRecord {
        var headers = Headers(reserving: 512)
        headers.append("ce_specversion", literal: "1.0")
        headers.append("ce_id", event.id)
        headers.append("ce_source", "/service/", event.source.rawValue)
        headers.append("ce_type", "frontdoor.", event.body.type.rawValue, ".v1")
        event.subject.withUTF8 { headers.append("ce_subject", $0) }
        headers.append("ce_time", event.time)
        headers.append("ce_localauthority", event.authority)
        if let causation = event.causation { headers.append("ce_causationid", causation) }
        if let correlation = event.correlation { headers.append("ce_correlationid", correlation) }
        if let version = event.policyVersion { headers.append("ce_policyversion", "", version) }
        if let input = event.input { headers.append("ce_inputposition", "", input.description) }
        headers.append("content-type", literal: "application/json")
        // A sealed part stands in base 64, beside some hundred bytes of its key's name.
        var json = JSONWriter(reserving: event.parts.reduce(1024) { $0 + 128 + ($1.sealed?.count ?? 0) * 4 / 3 })
        json.beginObject()
        json.key("facts")
        event.body.writeFacts(to: &json)
        if !event.parts.isEmpty {
            json.key("sealed")
            json.beginObject()
            for part in event.parts {
                json.key(part.name.description)
                HeldPart(key: part.key, sealed: part.sealed ?? []).write(to: &json)
            }
            json.endObject()
        }
        json.endObject()
        let target = TopicPartition(topics.events, partition ?? topics.partition(of: event.authority))
        return NewRecord(target, key: event.id.bytes, headers: headers, value: json.bytes)
    }

    /// - Returns: nil for a type that this version does not know: readers inside the room skip it.
    public func event(from record: StoredRecord, parser: JSONParser) throws(RoomError) -> Event? {
        var id: EventID?
        var source: Service?
        var type: EventType?
        var subject: Subject?
        var time: Instant?
        var authority: AuthorityCode?
        var causation: EventID?
        var correlation: ReferralID?
        var policyVersion: String?
        var input: InputPosition?
        record.headers.forEach { name, value in
            let text = String(decoding: value, as: UTF8.self)
            switch String(decoding: name, as: UTF8.self) {
            case "ce_id": id = EventID(text)
            case "ce_source": source = text.hasPrefix("/service/") ? Service(rawValue: String(text.dropFirst(9))) : nil
            case "ce_type": type = EventType(name: text)
            case "ce_subject": subject = Subject(text)
            case "ce_time": time = Instant(rfc3339: text)
            case "ce_localauthority": authority = AuthorityCode(gss: text)
            case "ce_causationid": causation = EventID(text)
            case "ce_correlationid": correlation = ReferralID(text)
            case "ce_policyversion": policyVersion = text
            case "ce_inputposition": input = InputPosition(text)
            default: break
            }
        }
        guard let type else { return nil }
        guard let id, let source, let subject, let time, let authority, let value = record.value else {
            throw .missingAttribute
        }
        let body: EventBody
        var parts: [Part] = []
        do throws(JSONError) {
            let json = try parser.parse(value)
            guard let facts = json.member("facts") else { throw JSONError(expected: "the facts").inside("facts") }
            body = try EventBody(type, facts: facts)
            if let sealed = json.member("sealed") {
                for (_, value) in try sealed.members() {
                    let held = try HeldPart(json: value)
                    parts.append(Part(key: held.key, sealed: held.sealed))
                }
            }
        } catch {
            throw .badData(type, error)
        }
        return Event(
            id: id, source: source, time: time, authority: authority, subject: subject, causation: causation,
            correlation: correlation, policyVersion: policyVersion, body: body, parts: parts, input: input,
            position: InputPosition(partition: record.source.partition, offset: record.offset.value))
    }

    public func record(of outgoing: Outgoing) -> NewRecord {
        var headers = Headers(reserving: 384)
        headers.append("ce_specversion", literal: "1.0")
        headers.append("ce_id", outgoing.id)
        headers.append("ce_source", "/service/", outgoing.source.rawValue)
        headers.append("ce_type", "frontdoor.", outgoing.type.rawValue, ".v1")
        headers.append("ce_subject", "", outgoing.subject)
        headers.append("ce_time", outgoing.time)
        headers.append("ce_localauthority", outgoing.authority)
        headers.append("content-type", literal: "application/json")
        return NewRecord(
            TopicPartition(topics.topic(of: outgoing.recipient), 0), key: Array(outgoing.key.utf8), headers: headers,
            value: outgoing.data)
    }
}

/// A record of the room that a participant of this version must understand and cannot: it stops, and says so.
public enum RoomError: Error, Hashable, Sendable {
    case missingAttribute
    case badData(EventType, JSONError)
}

extension Headers {
    mutating func append(_ name: StaticString, literal value: StaticString) {
        append(name, UnsafeBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
    }

    /// A text between two that are known: no text is made of the three.
    mutating func append(
        _ name: StaticString, _ prefix: StaticString, _ text: String, _ suffix: StaticString = ""
    ) {
        var text = text
        text.withUTF8 { text in
            let before = prefix.utf8CodeUnitCount
            let count = before + text.count + suffix.utf8CodeUnitCount
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(1, count)) { buffer in
                for place in 0..<before { buffer[place] = prefix.utf8Start[place] }
                for place in 0..<text.count { buffer[before + place] = text[place] }
                for place in 0..<suffix.utf8CodeUnitCount {
                    buffer[before + text.count + place] = suffix.utf8Start[place]
                }
                append(name, UnsafeBufferPointer(rebasing: buffer[..<count]))
            }
        }
    }

    mutating func append(_ name: StaticString, _ authority: AuthorityCode) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 9) { buffer in
            let count = authority.write(to: buffer)
            append(name, UnsafeBufferPointer(rebasing: buffer[..<count]))
        }
    }

    mutating func append<Named>(_ name: StaticString, _ id: Identifier<Named>) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 26) { buffer in
            id.write(to: buffer)
            append(name, UnsafeBufferPointer(buffer))
        }
    }

    mutating func append(_ name: StaticString, _ time: Instant) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { buffer in
            let count = time.write(to: buffer)
            append(name, UnsafeBufferPointer(rebasing: buffer[..<count]))
        }
    }
}

extension Identifier {
    /// The 26 characters as bytes: a record's key.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 26) { buffer, count in
            write(to: buffer)
            count = 26
        }
    }
}
