import DomainJSON
import DomainModel
import JSON
import Room
import WorkingTime

// Quiet is never read as 'nothing known': an agency that was heard of and is no more is before the desk.
//
// Messages and heartbeats are watched apart. A heartbeat comes from a machine: it goes on while nobody sends anything, and
// would hide that. And a message shows that somebody sends, not that the machine is well: taken for a heartbeat, each
// would clear the alert about a machine that stands still, which the next hour would raise again.

/// A sign of life of an agency.
struct Sign: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case message, heartbeat

        var obligation: ObligationKind { self == .message ? .signal : .heartbeat }
        var alert: String { self == .message ? AlertCode.silent : AlertCode.noHeartbeat }
    }
    var agency: AgencyName
    var kind: Kind

    func key(in authority: AuthorityCode) -> String {
        kind == .message ? "\(authority)/\(agency.text)" : "\(authority)/\(agency.text)/heartbeat"
    }

    func obligation(in authority: AuthorityCode) -> ObligationID {
        kind == .message ? Names.signal(agency, in: authority) : Names.heartbeat(agency, in: authority)
    }
}

struct HeardRow: Hashable, Sendable, JSONCodable {
    var agency: AgencyName
    var authority: AuthorityCode
    /// The last sign of its kind; where none ever came, since when one is expected.
    var last: Instant
    var isHeartbeat: Bool

    var sign: Sign { Sign(agency: agency, kind: isHeartbeat ? .heartbeat : .message) }

    init(_ sign: Sign, authority: AuthorityCode, last: Instant) {
        agency = sign.agency
        self.authority = authority
        self.last = last
        isHeartbeat = sign.kind == .heartbeat
    }
    init(json: JSONValue) throws(JSONError) {
        agency = try json.required("agency")
        authority = try json.required("authority")
        last = try json.required("last")
        isHeartbeat = try json.optional("heartbeat") ?? false
    }
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("agency", agency)
        json.field("authority", authority)
        json.field("last", last)
        json.fieldIfTrue("heartbeat", isHeartbeat)
        json.endObject()
    }
}

extension Event {
    /// Whose sign of life it is. A refused message is one too: somebody is there and sends.
    var sign: Sign? {
        let agency: AgencyName? =
            switch body {
            case .referralSubmitted(let submitted): submitted.content.agency
            case .referralCorrected(let corrected): corrected.content.agency
            case .referralWithdrawn(let withdrawn): withdrawn.agency
            case .referralRepeated(let repeated): repeated.agency
            case .returnSubmitted(let submitted): submitted.content.agency
            case .returnDeclined(let declined): declined.content.agency
            case .returnCorrected(let corrected): corrected.content.agency
            case .returnWithdrawn(let withdrawn): withdrawn.agency
            case .submissionRefused(let refused): refused.participant == nil ? refused.agency : nil
            case .heartbeatSent(let sent): sent.agency
            default: nil
            }
        return agency.map { Sign(agency: $0, kind: body.type == .heartbeatSent ? .heartbeat : .message) }
    }
}

extension ObligationFacts {
    /// What it waits for, where that is a sign of life.
    var sign: Sign? {
        switch kind {
        case .signal: agency.map { Sign(agency: $0, kind: .message) }
        case .heartbeat: agency.map { Sign(agency: $0, kind: .heartbeat) }
        default: nil
        }
    }
}

extension Setting {
    /// When an agency whose last sign came then counts as silent. Nil: it is not watched, or its clock cannot be set,
    /// which `check` tells.
    func silence(_ sign: Sign, since last: Instant) -> Instant? {
        guard let watch = watch(sign), let calendar = calendar(watch.calendar) else { return nil }
        return try? WorkingTime.dueInstant(from: last, budget: watch.budget, calendar: calendar)
    }
}

extension Deadlines {
    /// It has been quiet for too long. A sign of life is owed since the last one, and the desk is told.
    mutating func fallsSilent(_ row: HeardRow, _ cause: Event) {
        guard let setting = state.setting(row.authority) else { return }
        let facts = ObligationFacts(
            obligation: row.sign.obligation(in: row.authority), kind: row.sign.kind.obligation, agency: row.agency)
        begin(facts, from: row.last, alert: row.sign.kind.alert, again: Reason.silent, cause, setting)
    }

    /// Whom the configuration or the policy no longer watches owes no sign of life, and nobody is to chase them.
    mutating func forgets(_ watched: [Sign], _ input: Event, _ setting: Setting) {
        for sign in watched where setting.watch(sign) == nil {
            withdraw(sign.obligation(in: input.authority), Reason.notWatched, input)
        }
    }

    mutating func heardAgain(_ sign: Sign, _ input: Event) {
        meet(sign.obligation(in: input.authority), input)
    }
}

extension EventBody {
    var isAdoption: Bool {
        switch self {
        case .configurationAdopted, .policyAdopted: true
        default: false
        }
    }
}
