import DomainModel
import JSON

/// Why something from outside was refused. Only what cannot be read, is not from whom it claims, or is over a limit;
/// all else is accepted and marked.
enum RefusalReason: String, CaseIterable, Sendable {
    case noContent = "no-content"
    case tooLarge = "too-large"
    case notACloudEvent = "not-a-cloudevent"
    case notJSON = "not-json"
    case unknownSender = "unknown-sender"
    case notFromWhoItClaims = "not-from-who-it-claims"
    case unknownType = "unknown-type"
    case fieldUnreadable = "field-unreadable"
    case tooMany = "too-many"
    case keyTwice = "key-twice"
    case sameIdOtherContent = "same-id-other-content"
    case referenceNotYours = "reference-not-yours"
    case personNotOfThisTeam = "person-not-of-this-team"
    case personNotOfThisDesk = "person-not-of-this-desk"
    case roleMayNot = "role-may-not"
    case otherAuthority = "of-another-authority"
    case undecidable
    case noSuchLetter = "no-such-letter"
    case alreadyRedriven = "already-redriven"
    case stillRefused = "still-refused"

    /// What the sender should do, in one sentence.
    var advice: StaticString {
        switch self {
        case .noContent: "The message had no content; send it again with its JSON."
        case .tooLarge: "The message is larger than the hub takes; shorten its texts and send it again with a new id."
        case .notACloudEvent: "Send it as a CloudEvent 1.0 with specversion, id, source and type."
        case .notJSON: "The content could not be read as JSON in UTF-8; correct it and send it again."
        case .unknownSender: "The hub's configuration does not list this sender; ask the hub's team to add it."
        case .notFromWhoItClaims: "The source must be the owner of the topic; correct it and send it again."
        case .unknownType: "This type is not read on this topic; send it on the right one, or correct the type."
        case .fieldUnreadable: "A field that is needed is missing or cannot be read; correct it and send it again."
        case .tooMany: "The list has more elements than the hub takes; split it and send the parts with new ids."
        case .keyTwice: "Two children have the same key; give each its own and send it again."
        case .sameIdOtherContent: "This id was used before for other content; send a correction, or use a new id."
        case .referenceNotYours: "The hub gave you no such reference; copy it from the request and send it again."
        case .personNotOfThisTeam: "The person named is not listed for this team; a person who is listed must decide."
        case .personNotOfThisDesk: "The person named is not listed for this desk; a person who is listed must answer."
        case .roleMayNot: "The person's roles do not allow this decision; someone whose role allows it must take it."
        case .otherAuthority: "What is named belongs to another authority; a team of that authority must decide."
        case .noSuchLetter:
            "No dead letter of this hub is named; redrive one that 'frontdoor dead-letters list' prints."
        case .alreadyRedriven: "This dead letter has been taken once more already; look at what came of it."
        case .stillRefused: "The message is refused as before; put the cause right first, then redrive it again."
        case .undecidable: "The hub failed on this message and has called a person; if it is urgent, telephone too."
        }
    }
}

/// A refusal on its way to the dead letters. It names a place in the schema and never what was found there.
struct Refusal: Error {
    var reason: RefusalReason
    var pointer: String?
    /// The authority, where it could be told.
    var authority: AuthorityCode?

    init(_ reason: RefusalReason, at pointer: JSONPointer? = nil, authority: AuthorityCode? = nil) {
        self.reason = reason
        self.pointer = pointer?.description
        self.authority = authority
    }

    init(_ reason: RefusalReason, at pointer: String?, authority: AuthorityCode) {
        self.reason = reason
        self.pointer = pointer
        self.authority = authority
    }

    init(_ error: JSONError) {
        self.init(.fieldUnreadable, at: error.pointer)
    }
}
