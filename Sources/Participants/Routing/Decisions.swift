import DomainModel
import HubConfiguration
import Room

// What a named person decided, judged at Routing's own position. A decision may name several cases; each is judged by
// itself, so that one that cannot stand does not hold up its siblings.

/// Why a decision cannot stand; the code that its team is told.
enum Refusal: String {
    case unknownEntry = "unknown-entry"
    case unknownCase = "unknown-case"
    case namesNothing = "names-nothing"
    case entryWithdrawn = "entry-withdrawn"
    case notThisTeam = "not-this-team"
    case notForThisEntry = "not-for-this-entry"
    case roleMayNot = "role-may-not"
    case notYetRouted = "not-yet-routed"
    case caseClosed = "case-closed"
    /// It goes on in another; its thread says in which.
    case caseMerged = "case-merged"
    case asofMissing = "asof-missing"
    case riskRisen = "risk-risen"
    case alreadyAccepted = "already-accepted"
    case alreadySteppedUp = "already-stepped-up"
    case alreadyThere = "already-there"
    case noSuchTeam = "no-such-team"
    case noSuchAuthority = "no-such-authority"
    case nothingToStepDown = "nothing-to-step-down"
}

/// A decision about one case, with what it acts on.
struct Judged {
    let id: CaseID
    let row: CaseRow
    let lead: EntryChange
    /// The entry that the person acts by: the one named, or their team's on the case.
    let entry: EntryChange
    let decision: DecisionSubmitted
    let cause: Event
}

extension DecisionVerb {
    /// Lowers or ends: only for who has seen what is newest.
    var needsAsof: Bool { self == .close || self == .stepDown }

    var isRoutings: Bool {
        switch self {
        case .accept, .giveBack, .redirect, .close, .decide, .stepUp, .stepDown, .note, .assign: true
        case .rate, .confirmIdentity, .unlink, .split, .merge, .born, .lost, .acceptDecline, .challenge,
            .strategyDiscussion, .completeAssessment, .holdConference, .suspend, .resume, .redrive:
            false
        }
    }
}

extension Routing {
    mutating func judge(_ decision: DecisionSubmitted, cause: Event, in room: RoomView) {
        guard decision.verb.isRoutings else { return settled(decision, cause: cause, in: room) }
        let named = decision.entry.flatMap { state.entries[$0] }
        guard room.may(decision.by, decision.verb) else {
            return refuse(decision, .roleMayNot, of: named?.caseID, cause: cause, in: room)
        }
        guard room.team(named: decision.by.team) != nil else {
            return refuse(decision, .notThisTeam, of: named?.caseID, cause: cause, in: room)
        }
        var cases: [CaseID] = []
        if decision.entry != nil {
            guard let named else { return refuse(decision, .unknownEntry, of: nil, cause: cause, in: room) }
            guard let id = named.caseID else {
                // It asks who a child is: that is Deduplication's, by another verb.
                return refuse(
                    decision, named.change.state.isOpen ? .notForThisEntry : .entryWithdrawn, of: nil, cause: cause,
                    in: room)
            }
            cases.append(id)
        }
        for id in decision.cases.prefix(Limits.casesPerDecisionMax) where !cases.contains(id) { cases.append(id) }
        guard !cases.isEmpty, decision.verb != .assign else {
            return refuse(decision, .namesNothing, of: nil, cause: cause, in: room)
        }
        for id in cases {
            let entry = named?.caseID == id ? named?.change : nil
            judge(decision, of: id, entry: entry, cause: cause, in: room)
        }
    }

    private mutating func judge(
        _ decision: DecisionSubmitted, of id: CaseID, entry named: EntryChange?, cause: Event, in room: RoomView
    ) {
        guard let row = state.cases[id] else {
            return refuse(decision, .unknownCase, of: id, cause: cause, in: room)
        }
        if let named, named.team != decision.by.team {
            return refuse(decision, .notThisTeam, of: id, cause: cause, in: room)
        }
        if row.phase == .closed {
            let reason: Refusal = row.mergedInto == nil ? .caseClosed : .caseMerged
            return refuse(decision, named == nil ? reason : .entryWithdrawn, of: id, cause: cause, in: room)
        }
        if let named, !named.state.isOpen {
            return refuse(decision, .entryWithdrawn, of: id, cause: cause, in: room)
        }
        guard let lead = row.lead, row.phase == .open else {
            return refuse(decision, .notYetRouted, of: id, cause: cause, in: room)
        }
        guard let entry = named ?? entry(of: decision, in: row) else {
            return refuse(decision, .notThisTeam, of: id, cause: cause, in: room)
        }
        if decision.verb.needsAsof {
            guard let asof = decision.asof else {
                return refuse(decision, .asofMissing, of: id, cause: cause, in: room)
            }
            guard row.seen.contains(asof) else {
                refuse(decision, .riskRisen, of: id, cause: cause, in: room)
                return show(entry, cause: cause, input: cause)
            }
        }
        let judged = Judged(id: id, row: row, lead: lead, entry: entry, decision: decision, cause: cause)
        if let refusal = carryOut(judged, in: room) {
            refuse(decision, refusal, of: id, cause: cause, in: room)
        }
    }

    /// The entry by which a team acts on a case that it names without one: what the verb is about first, then its lead,
    /// then whatever it has open there.
    private func entry(of decision: DecisionSubmitted, in row: CaseRow) -> EntryChange? {
        let own = row.entries.filter { $0.team == decision.by.team }
        let wanted: EntryKind? =
            switch decision.verb {
            case .decide: .decide
            case .note: .read
            case .stepDown: .protect
            default: nil
            }
        return own.first { $0.kind == wanted } ?? own.first { $0.kind == .lead }
            ?? own.first { $0.kind == .protect } ?? own.first
    }

    /// Carries the decision out, or says why it cannot stand.
    private mutating func carryOut(_ judged: Judged, in room: RoomView) -> Refusal? {
        switch judged.decision.verb {
        case .accept: accept(judged, in: room)
        case .giveBack: giveBack(judged, in: room)
        case .redirect: redirect(judged, in: room)
        case .close: close(judged, in: room)
        case .stepUp: stepUp(judged, in: room)
        case .stepDown: stepDown(judged, in: room)
        case .decide: settle(judged, in: room)
        case .note: note(judged, in: room)
        default: .notForThisEntry
        }
    }

    /// Deadlines judges whether a decline stands; the entry that put it before the MASH is answered either way.
    private mutating func settled(_ decision: DecisionSubmitted, cause: Event, in room: RoomView) {
        guard decision.verb == .acceptDecline || decision.verb == .challenge, room.may(decision.by, decision.verb),
            let entry = decision.entry.flatMap({ state.entries[$0] }), let id = entry.caseID,
            entry.change.team == decision.by.team, entry.change.kind == .decide, entry.change.state.isOpen,
            let about = entry.change.about, about == "declined" || about == "unidentified"
        else { return }
        post(
            .caseNotified(
                CaseNotified(
                    caseID: id, about: about, request: decision.request, entries: [entry.change.becoming(.done)])),
            of: id, cause: cause, in: room)
    }

    // MARK: Refusing

    mutating func refuse(
        _ decision: DecisionSubmitted, _ refusal: Refusal, of id: CaseID?, cause: Event, in room: RoomView
    ) {
        let row = id.flatMap { state.cases[$0] }
        // The present state of what was named, and of the person's own team; other teams' queues are theirs.
        var entries: [EntryChange] = []
        if let named = decision.entry.flatMap({ state.entries[$0]?.change }), named.team == decision.by.team {
            entries.append(named)
        }
        for entry in row?.entries ?? [] where entry.team == decision.by.team && entry.entry != decision.entry {
            entries.append(entry)
        }
        let refused = DecisionRefused(
            decision: cause.id, by: decision.by, verb: decision.verb, reason: refusal.rawValue, caseID: id,
            entry: decision.entry, newest: row?.newest, entries: entries)
        let event = post(
            .decisionRefused(refused), subject: id.map { .caseID($0) } ?? .authority(room.authority),
            referral: row?.children.last?.referral, cause: cause, in: room)
        tell(refused, cause: event)
    }
}
