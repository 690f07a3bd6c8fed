public import DomainModel
public import EventLog
import JSON

/// One message on its way to a topic of an agency's, and what the generator knows about it.
public struct Submission: Hashable, Sendable {
    /// What it is meant to be. The first three are contacts; the next three follow one; the rest are mistakes.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case referral
        /// Another agency reports a child who was reported within the last three days.
        case reportedElsewhere = "reported-elsewhere"
        /// A child who was referred earlier in the plan.
        case referredAgain = "referred-again"
        case repeated, corrected, withdrawn
        case truncated
        case wrongAgency = "wrong-agency"
        case unknownType = "unknown-type"
        /// Accepted by the hub, and given to its own review team.
        case unknownAuthority = "unknown-authority"

        /// Counts as one of the plan's contacts; the others follow one.
        public var isContact: Bool {
            switch self {
            case .repeated, .corrected, .withdrawn: false
            default: true
            }
        }

        /// The hub must refuse it.
        public var mustBeRefused: Bool {
            switch self {
            case .truncated, .wrongAgency, .unknownType: true
            default: false
            }
        }
    }

    /// When the agency sends it.
    public let at: Instant
    /// In CloudEvents' binary mode, without a key.
    public let record: NewRecord
    public let kind: Kind
    public let agency: AgencyName
    public let authority: AuthorityCode
    public let source: ReferralSource
    /// The sender says that a child is in immediate danger.
    public let immediateDanger: Bool
    /// A field that may be left out is faulty: the hub accepts the message and marks it.
    public let isFaulty: Bool
    /// How many children it names, also in a message that cannot be read.
    public let children: Int

    /// As one structured CloudEvent on one line, without the line's end: what `publish` reads. A truncated message
    /// makes a truncated line.
    public var jsonLine: [UInt8] {
        var json = JSONWriter(reserving: record.byteCount + 128)
        json.beginObject()
        record.headers.forEach { name, value in
            if name.elementsEqual("content-type".utf8) {
                json.key("datacontenttype")
            } else {
                json.key(String(decoding: name.dropFirst(3), as: UTF8.self))
            }
            json.value(utf8: value)
        }
        json.key("data")
        json.raw(record.value ?? Array("null".utf8))
        json.endObject()
        return json.bytes
    }
}
