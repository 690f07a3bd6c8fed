public import DomainModel
public import JSON

/// Who reads what leaves the room.
public enum Audience: String, Hashable, Sendable, CaseIterable {
    case agency, team, desk
}

/// What leaves the room, by type. The CloudEvents type is `frontdoor.<raw value>.v1`.
public enum OutgoingType: String, Hashable, Sendable, CaseIterable {
    // To an agency's inbox.
    case referralReceived = "referral.received"
    case returnReceived = "return.received"
    case submissionRefused = "submission.refused"
    case returnRequested = "return.requested"
    case requestWithdrawn = "request.withdrawn"
    case obligationReminded = "obligation.reminded"
    case referralAcknowledged = "referral.acknowledged"
    case referralConcluded = "referral.concluded"
    case outcomeWithdrawn = "outcome.withdrawn"
    // To a team's queue.
    case entryUpdated = "entry.updated"
    case decisionReceived = "decision.received"
    case decisionRefused = "decision.refused"
    case linkWithdrawn = "link.withdrawn"
    // To a desk's alerts.
    case alertRaised = "alert.raised"
    case alertEscalated = "alert.escalated"
    case alertAcknowledged = "alert.acknowledged"
    case alertCleared = "alert.cleared"
    case answerReceived = "answer.received"

    public var name: String { "frontdoor.\(rawValue).v1" }
}

public enum Recipient: Hashable, Sendable {
    case agency(AgencyName)
    case team(TeamName)
    case desk(DeskName)

    public var audience: Audience {
        switch self {
        case .agency: .agency
        case .team: .team
        case .desk: .desk
        }
    }
}

/// A record on its way out. It carries no correlation, no causation and no trace; its subject is the recipient's own
/// reference (an agency), the entry (a team) or the alert (a desk).
public struct Outgoing: Hashable, Sendable {
    public var recipient: Recipient
    public var id: EventID
    public var source: Service
    public var type: OutgoingType
    public var subject: String
    public var time: Instant
    public var authority: AuthorityCode
    /// The record's key: an entry or an alert, whose last record is the present state; else the id.
    public var key: String
    public var data: [UInt8]

    public init(
        recipient: Recipient, id: EventID, source: Service, type: OutgoingType, subject: String, time: Instant,
        authority: AuthorityCode, key: String, data: [UInt8]
    ) {
        self.recipient = recipient
        self.id = id
        self.source = source
        self.type = type
        self.subject = subject
        self.time = time
        self.authority = authority
        self.key = key
        self.data = data
    }
}

/// The allow-lists of `topics/audiences.yaml`: for each type and audience, the fields that may leave, as paths with
/// dots; the elements of a list share one path.
public struct AllowLists: Sendable {
    private var fields: [OutgoingType: [Audience: AllowedFields]] = [:]
    /// What of an alert may be told to a desk's tools, which others run: less than the desk reads itself.
    private var tools: Set<String> = []

    public init() {}

    /// - Parameter json: `{"types": {"referral.received": {"agency": ["reference", "marks.pointer", …]}, …}}`
    public init(json: JSONValue) throws(JSONError) {
        let types: JSONValue
        guard let member = json.member("types") else { throw JSONError(expected: "the list of types").inside("types") }
        types = member
        for (name, audiences) in try types.members() {
            guard let type = OutgoingType(rawValue: name) else {
                throw JSONError(expected: "an outgoing type of this version").inside("types")
            }
            for (audienceName, list) in try audiences.members() {
                guard let audience = Audience(rawValue: audienceName) else {
                    throw JSONError(expected: "agency, team or desk").inside("types")
                }
                var allowed = AllowedFields()
                for element in try list.elements() { allowed.insert(try element.string()) }
                fields[type, default: [:]][audience] = allowed
            }
        }
        if let list = json.member("tools") {
            for element in try list.elements() { tools.insert(try element.string()) }
        }
    }

    /// Whether a desk's tools may be told this field of an alert.
    public func letsToolsKnow(_ field: String) -> Bool { tools.contains(field) }

    func fields(_ type: OutgoingType, to audience: Audience) -> AllowedFields {
        fields[type]?[audience] ?? AllowedFields()
    }
}

/// Builds what leaves the room field by field: a field whose path is not on the list is not written.
public struct OutgoingWriter: ~Copyable {
    private var json = JSONWriter(reserving: 1024)
    private let allowed: AllowedFields
    /// The object that is being written.
    private var place = AllowedFields.root
    /// How many fields were held back, for the test that code and lists agree.
    public private(set) var heldBack = 0

    public init(_ lists: AllowLists, _ type: OutgoingType, to audience: Audience) {
        allowed = lists.fields(type, to: audience)
        json.beginObject()
    }

    public mutating func field<V: JSONWritable>(_ name: StaticString, _ value: V?) {
        guard let value else { return }
        guard allowed.mayLeave(allowed.place(of: name, in: place)) else {
            heldBack += 1
            return
        }
        json.field(name, value)
    }

    public mutating func field<V: JSONWritable>(_ name: StaticString, _ values: [V]) {
        guard !values.isEmpty else { return }
        guard allowed.mayLeave(allowed.place(of: name, in: place)) else {
            heldBack += 1
            return
        }
        json.field(name, values)
    }

    /// An object of its own; its fields' paths begin with this one's.
    public mutating func object(_ name: StaticString, _ write: (inout OutgoingWriter) -> Void) {
        let outer = place
        place = allowed.place(of: name, in: place)
        json.key(name)
        json.beginObject()
        write(&self)
        json.endObject()
        place = outer
    }

    /// A list of objects; the fields of all share one path. Nothing is written for an empty list.
    public mutating func list<Element>(
        _ name: StaticString, _ elements: [Element], _ write: (inout OutgoingWriter, Element) -> Void
    ) {
        guard !elements.isEmpty else { return }
        let outer = place
        place = allowed.place(of: name, in: place)
        json.key(name)
        json.beginArray()
        for element in elements {
            json.beginObject()
            write(&self, element)
            json.endObject()
        }
        json.endArray()
        place = outer
    }

    public mutating func finish() -> [UInt8] {
        json.endObject()
        return json.bytes
    }
}
