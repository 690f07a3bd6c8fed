public import DomainModel
public import Sealing

/// A participant of the room by name: what posted an event, and what commits a position.
public enum Service: String, Hashable, Sendable, CaseIterable {
    case intake, deduplication, triage, routing, deadlines
    /// Tells the tools of desks and agencies. It posts nothing in the room itself: Intake does, from its records.
    case delivery
    /// The runtime's clock, which appends `clock.struck` and nothing else.
    case clock

    public var source: String { "/service/\(rawValue)" }
}

/// What an event of the room is about, as far as its poster knew at its input's position.
public enum Subject: Hashable, Sendable, CustomStringConvertible {
    case referral(ReferralID)
    case request(String)
    case caseID(CaseID)
    case authority(AuthorityCode)
    /// Nothing in particular: a strike of the clock, a refusal of what could not be read.
    case hub

    public var description: String {
        switch self {
        case .referral(let id): "referral/\(id)"
        case .request(let reference): "request/\(reference)"
        case .caseID(let id): "case/\(id)"
        case .authority(let code): "authority/\(code)"
        case .hub: "hub"
        }
    }

    /// The bytes of ``description``, where they can be had without a text in between, as they are several times an event.
    func withUTF8<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        switch self {
        case .referral(let id):
            return Subject.joined("referral/", capacity: 26, body) { buffer in
                id.write(to: buffer)
                return 26
            }
        case .caseID(let id): return Subject.joined("case/", capacity: 36, body) { id.write(to: $0) }
        case .authority(let code): return Subject.joined("authority/", capacity: 9, body) { code.write(to: $0) }
        case .request, .hub:
            var text = description
            return text.withUTF8(body)
        }
    }

    private static func joined<Result>(
        _ prefix: StaticString, capacity: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result,
        _ write: (UnsafeMutableBufferPointer<UInt8>) -> Int
    ) -> Result {
        let start = prefix.utf8CodeUnitCount
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: start + capacity) { buffer in
            for place in 0..<start { buffer[place] = prefix.utf8Start[place] }
            let count = write(UnsafeMutableBufferPointer(rebasing: buffer[start...]))
            return body(UnsafeBufferPointer(rebasing: buffer[..<(start + count)]))
        }
    }

    public init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/") else {
            guard text == "hub" else { return nil }
            self = .hub
            return
        }
        let rest = text[text.index(after: slash)...]
        switch text[..<slash] {
        case "referral":
            guard let id = ReferralID(rest) else { return nil }
            self = .referral(id)
        case "request": self = .request(String(rest))
        case "case":
            guard let id = CaseID(rest) else { return nil }
            self = .caseID(id)
        case "authority":
            guard let code = AuthorityCode(gss: rest) else { return nil }
            self = .authority(code)
        default: return nil
        }
    }
}

/// A sealed part of an event: one person, or the free text. Its key is named by the event that sealed it first; later
/// events carry it unchanged.
public struct Part: Hashable, Sendable {
    public let key: KeyName
    /// Nil only between a decision and the runtime's sealing of it.
    public var sealed: [UInt8]?
    /// The plain bytes, where the reader may open parts and has done so.
    public var opened: [UInt8]?

    public init(key: KeyName, sealed: [UInt8]?, opened: [UInt8]? = nil) {
        self.key = key
        self.sealed = sealed
        self.opened = opened
    }

    public var name: PartName { key.part }
}

/// Where an input of a participant lies; a posting carries it, so that a rebuild can tell which input it answers.
public struct InputPosition: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Nil in the room itself; an ingress topic's name for what Intake read.
    public let topic: String?
    public let partition: Int32
    public let offset: Int64

    public init(topic: String? = nil, partition: Int32, offset: Int64) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.topic ?? "", left.partition, left.offset) < (right.topic ?? "", right.partition, right.offset)
    }

    /// `room/3@1042` or `agency.met-police.referrals/0@17`.
    public var description: String { "\(topic ?? "room")/\(partition)@\(offset)" }

    public init?(_ text: some StringProtocol) {
        guard let at = text.lastIndex(of: "@"), let slash = text[..<at].lastIndex(of: "/"),
            let partition = Int32(text[text.index(after: slash)..<at]),
            let offset = Int64(text[text.index(after: at)...])
        else { return nil }
        let topic = String(text[..<slash])
        self.init(topic: topic == "room" ? nil : topic, partition: partition, offset: offset)
    }
}

/// One event of the room.
public struct Event: Hashable, Sendable {
    public var id: EventID
    public var source: Service
    /// The hub's `now` of the event: the append time of what came from outside, a strike's own, else its cause's.
    public var time: Instant
    public var authority: AuthorityCode
    public var subject: Subject
    public var causation: EventID?
    public var correlation: ReferralID?
    public var policyVersion: String?
    public var body: EventBody
    public var parts: [Part]
    /// The input that this answers; nil for a strike of the clock.
    public var input: InputPosition?
    /// Where the event itself lies in the room; nil before it is appended.
    public var position: InputPosition?

    public init(
        id: EventID, source: Service, time: Instant, authority: AuthorityCode, subject: Subject,
        causation: EventID? = nil, correlation: ReferralID? = nil, policyVersion: String? = nil, body: EventBody,
        parts: [Part] = [], input: InputPosition? = nil, position: InputPosition? = nil
    ) {
        self.id = id
        self.source = source
        self.time = time
        self.authority = authority
        self.subject = subject
        self.causation = causation
        self.correlation = correlation
        self.policyVersion = policyVersion
        self.body = body
        self.parts = parts
        self.input = input
        self.position = position
    }

    /// Whether a participant applied this event when it posted it, and skips it when it reads it back. A referral that
    /// was moved to the right authority is an input of that authority's own state. A rating is read back by Triage, which
    /// learns by it what lies behind it in the room.
    public func isApplied(by service: Service) -> Bool {
        switch body {
        case .referralTransferred: false
        case .caseRated: false
        default: source == service
        }
    }

    public func part(_ name: PartName) -> Part? { parts.first { $0.name == name } }
}

extension Event {
    /// An event that follows from this one. Its id comes from the cause, the service, the type, the subject and what is
    /// decided (`distinct`), so that the same decision gives the same id on any log, in any batch, in any process.
    public func followed(
        by service: Service, _ body: EventBody, subject: Subject, correlation: ReferralID?? = nil,
        policyVersion: String? = nil, parts: [Part] = [], distinct: UInt128...
    ) -> Event {
        var derivation = Derivation("event")
        derivation.add(id)
        derivation.add(service.rawValue)
        derivation.add(body.type.rawValue)
        subject.withUTF8 { derivation.add(text: $0) }
        for part in distinct { derivation.add(Identifier<EventSubject>(bits: part)) }
        return Event(
            id: derivation.id(), source: service, time: time, authority: authority, subject: subject, causation: id,
            correlation: correlation ?? self.correlation, policyVersion: policyVersion, body: body, parts: parts,
            input: position)
    }
}
