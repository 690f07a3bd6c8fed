import CloudEvents
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
        // A sealed part stands in base 64, beside some hundred bytes of its key's name.
        var json = JSONWriter(reserving: event.parts.reduce(1024) { $0 + 128 + ($1.sealed?.count ?? 0) * 4 / 3 })
        return record(of: event, partition: partition, with: &json)
    }

    /// - Parameter json: a writer to use again, since a buffer for each record costs more than filling it.
    public func record(of event: Event, partition: Int32? = nil, with json: inout JSONWriter) -> NewRecord {
        json.removeAll()
        var headers = HeaderWriter(
            id: event.id, by: event.source, type: event.body.type.rawValue, subject: event.subject, time: event.time,
            authority: event.authority)
        if let causation = event.causation { headers.attribute(CloudEventHeader.causationID, causation) }
        if let correlation = event.correlation { headers.attribute(CloudEventHeader.correlationID, correlation) }
        if let version = event.policyVersion { headers.attribute(CloudEventHeader.policyVersion, version) }
        if let input = event.input { headers.inputPosition(input) }
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
        return NewRecord(target, key: event.id.bytes, headers: headers.finish(), value: json.bytes)
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
        let headers = HeaderWriter(
            id: outgoing.id, by: outgoing.source, type: outgoing.type.rawValue, subject: outgoing.subject,
            time: outgoing.time, authority: outgoing.authority)
        return NewRecord(
            TopicPartition(topics.topic(of: outgoing.recipient), 0), key: Array(outgoing.key.utf8),
            headers: headers.finish(), value: outgoing.data)
    }
}

/// A record of the room that a participant of this version must understand and cannot: it stops, and says so.
public enum RoomError: Error, Hashable, Sendable {
    case missingAttribute
    case badData(EventType, JSONError)
}

/// What the subject of a record can be, as bytes.
protocol RecordSubject {
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result
}

extension Subject: RecordSubject {
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result { withUTF8(body) }
}

extension String: RecordSubject {
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var text = self
        return text.withUTF8(body)
    }
}

extension HeaderWriter {
    /// The attributes that all records of the hub have, in the order in which they have them.
    init(
        id: EventID, by service: Service, type: String, subject: (some RecordSubject)? = String?.none, time: Instant,
        authority: AuthorityCode
    ) {
        self.init()
        self.id(id)
        source("/service/", service.rawValue)
        self.type(hub: type)
        if let subject { subject.withBytes { self.subject(utf8: $0) } }
        self.time(time)
        attribute(CloudEventHeader.localAuthority, authority)
    }

    mutating func inputPosition(_ position: InputPosition) {
        var topic = position.topic ?? "room"
        topic.withUTF8 { topic in
            // The longest 32 and 64 bits have 11 and 20 digits.
            attribute("ce_inputposition", most: topic.count + 33) { buffer in
                var end = buffer.update(fromContentsOf: topic)
                buffer[end] = UInt8(ascii: "/")
                end = InputPosition.write(Int64(position.partition), to: buffer, at: end + 1)
                buffer[end] = UInt8(ascii: "@")
                return InputPosition.write(position.offset, to: buffer, at: end + 1)
            }
        }
    }
}

extension InputPosition {
    /// - Returns: the place behind the digits.
    fileprivate static func write(_ number: Int64, to buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int) -> Int {
        var end = start
        if number < 0 {
            buffer[end] = UInt8(ascii: "-")
            end += 1
        }
        let first = end
        var rest = number.magnitude
        repeat {
            buffer[end] = UInt8(truncatingIfNeeded: 48 + rest % 10)
            rest /= 10
            end += 1
        } while rest > 0
        buffer[first..<end].reverse()
        return end
    }
}

extension Identifier {
    /// The 26 characters as bytes: a record's key.
    public var bytes: [UInt8] {
        // On the stack first: an array that is filled in its place is made by a call that looks up its type.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 26) { buffer in
            write(to: buffer)
            return [UInt8](buffer)
        }
    }
}
