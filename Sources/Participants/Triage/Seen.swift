import DomainModel
import Room

// Which events of a case lie behind the newest rise of its risk, in the room's order. Routing shows a person the newest
// event that it knows, and the person names it with their decision: a rating may be lowered by who has seen the rise.

extension TriageState {
    /// An own rating comes again when it is read back: then all that is read from here on lies behind it.
    /// - Returns: false where the event is being posted now.
    mutating func readBack(_ caseID: CaseID, _ event: EventID) -> Bool {
        guard var row = cases[caseID], let place = row.unread.firstIndex(of: event) else { return false }
        row.unread.remove(at: place)
        if row.unreadRise == event { row.unreadRise = nil }
        cases[caseID] = row
        return true
    }

    /// Asked before the event is folded in.
    func raisesRisk(_ event: Event) -> Bool {
        switch event.body {
        case .childIdentified(let identified):
            identified.placedOn.map { !isMember(identified.child, of: identified.referral, on: $0) } ?? false
        case .caseReopened, .returnDeclined: true
        case .caseRated(let rated):
            cases[rated.caseID]?.rating.map { $0.raised(to: rated.rating) != $0 } ?? true
        case .identityUnlinked(let decided), .identitySplit(let decided), .identityConfirmed(let decided):
            decided.leavesACase
        case .identityMerged: true
        default: false
        }
    }

    mutating func touch(by event: Event, risk: Bool) {
        switch event.body {
        case .childIdentified(let identified): touch(identified.placedOn, event, risk)
        case .caseReopened(let reopened): touch(reopened.caseID, event, risk)
        case .caseRated(let rated):
            touch(rated.caseID, event, risk)
            if event.source == .triage, cases[rated.caseID] != nil { cases[rated.caseID]?.unread.append(event.id) }
        case .identityUnlinked(let decided), .identitySplit(let decided), .identityConfirmed(let decided):
            if decided.leavesACase { touch(decided.previousCase, event, risk) }
        case .identityMerged(let merged): touch(merged.caseID, event, risk)
        case .returnRequested(let requested): touch(requested.caseID, event, risk)
        case .returnSubmitted(let returned): touch(request: returned.content.request, event, risk)
        case .returnCorrected(let returned): touch(request: returned.content.request, event, risk)
        case .returnDeclined(let returned): touch(request: returned.content.request, event, risk)
        case .returnWithdrawn(let returned): touch(request: returned.request, event, risk)
        case .referralCorrected(let corrected): touch(referral: corrected.content.referral, event, risk)
        case .referralWithdrawn(let withdrawn): touch(referral: withdrawn.referral, event, risk)
        case .caseRouted(let routed): touch(routed.caseID, event, risk)
        case .caseNotified(let notified): touch(notified.caseID, event, risk)
        case .caseAccepted(let decided), .caseReturned(let decided), .caseRedirected(let decided),
            .caseSteppedUp(let decided), .caseSteppedDown(let decided), .caseDecided(let decided),
            .caseClosed(let decided):
            touch(decided.caseID, event, risk)
        default: return
        }
    }

    private mutating func touch(_ caseID: CaseID?, _ event: Event, _ risk: Bool) {
        guard let caseID, cases[caseID] != nil else { return }
        if event.source == .triage {
            cases[caseID]?.say(event.id, risk: risk)
        } else {
            cases[caseID]?.touch(event.id, risk: risk)
        }
    }

    private mutating func touch(request: String, _ event: Event, _ risk: Bool) {
        touch(RequestKey(request).flatMap { requests[$0]?.caseID }, event, risk)
    }

    private mutating func touch(referral: ReferralID, _ event: Event, _ risk: Bool) {
        for place in referrals[referral]?.places ?? [] { touch(place.caseID, event, risk) }
    }
}
