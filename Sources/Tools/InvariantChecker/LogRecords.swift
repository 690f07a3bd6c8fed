import DomainModel
import EventLog

/// A record as the checker reads it: the attributes that it judges by, and the parsed value.
struct LogRecord {
    let topic: String
    let partition: Int32
    let offset: Int64
    let appendTime: Instant
    var id = ""
    /// Without `frontdoor.` and `.v1`.
    var type = ""
    var source = ""
    var subject = ""
    var time = ""
    var authority = ""
    var causation: String?
    var correlation: String?
    /// Of the input that a posting of the room answers, as text.
    var input: String?
    /// The names of the headers that are none of those that a record on its way out may have.
    var oddHeaders: [String] = []
    /// Nil for a tombstone, and where the value is no JSON.
    let value: Node?
    let isTombstone: Bool

    init(_ record: StoredRecord, value: Node?) {
        topic = record.source.topic.name
        partition = record.source.partition
        offset = record.offset.value
        appendTime = record.appendTime
        self.value = value
        isTombstone = record.value == nil
        record.headers.forEach { name, value in
            let text = { String(decoding: value, as: UTF8.self) }
            switch String(decoding: name, as: UTF8.self) {
            case "ce_id": id = text()
            case "ce_type": type = LogRecord.shortened(text())
            case "ce_source": source = text()
            case "ce_subject": subject = text()
            case "ce_time": time = text()
            case "ce_localauthority": authority = text()
            case "ce_specversion", "content-type": break
            case "ce_causationid":
                causation = text()
                oddHeaders.append("ce_causationid")
            case "ce_correlationid":
                correlation = text()
                oddHeaders.append("ce_correlationid")
            case "ce_inputposition":
                input = text()
                oddHeaders.append("ce_inputposition")
            case let other: oddHeaders.append(other)
            }
        }
    }

    private static func shortened(_ type: String) -> String {
        guard type.hasPrefix("frontdoor."), type.hasSuffix(".v1") else { return type }
        return String(type.dropFirst(10).dropLast(3))
    }

    var position: String { "\(topic)/\(partition)@\(offset)" }
    /// How an example names the record: never by its value.
    var name: String { "\(type) at \(position)" }
    /// In the room: codes, opaque ids and instants.
    var facts: Node? { value?["facts"] }
    var instant: Instant? { Instant(rfc3339: time) }
}

/// Whose topic it is and what it is for, from its name alone.
enum TopicRole: Hashable {
    case room, deadLetters, records
    case ingress(Ingress, owner: String)
    case outgoing(Audience, owner: String)
    case other

    enum Ingress: String { case referrals, returns, decisions, answers }
    enum Audience: String { case agency, team, desk }

    init(_ name: String, prefix: String) {
        self = .other
        guard name.hasPrefix(prefix) else { return }
        let bare = name.dropFirst(prefix.count)
        if bare == "hub.events" {
            self = .room
        } else if bare == "hub.dead-letters" {
            self = .deadLetters
        } else if bare == "hub.records" {
            self = .records
        } else if let first = bare.firstIndex(of: "."), let last = bare.lastIndex(of: "."), first < last {
            let owner = String(bare[bare.index(after: first)..<last])
            switch (bare[..<first], bare[bare.index(after: last)...]) {
            case ("agency", "referrals"): self = .ingress(.referrals, owner: owner)
            case ("agency", "returns"): self = .ingress(.returns, owner: owner)
            case ("team", "decisions"): self = .ingress(.decisions, owner: owner)
            case ("oncall", "answers"): self = .ingress(.answers, owner: owner)
            case ("agency", "inbox"): self = .outgoing(.agency, owner: owner)
            case ("team", "queue"): self = .outgoing(.team, owner: owner)
            case ("oncall", "alerts"): self = .outgoing(.desk, owner: owner)
            default: break
            }
        }
    }
}

/// A member of staff in a team and a role, as events name who decided.
struct Signatory: Hashable {
    let staff: String
    let team: String
    let role: String

    init(staff: String, team: String, role: String) {
        self.staff = staff
        self.team = team
        self.role = role
    }

    /// - Returns: nil where nobody, or nobody whole, is named.
    init?(_ node: Node?) {
        guard let staff = node?.text("staff"), let team = node?.text("team"), let role = node?.text("role") else {
            return nil
        }
        self.init(staff: staff, team: team, role: role)
    }
}
