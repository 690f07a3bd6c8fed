public import DomainModel
public import Room

/// The thread of a case: all events whose subject is the case, or one of its referrals or requests, unless they name
/// another child. It follows what people say of who the child is: a referral that was taken from the case is no longer
/// of its thread, and one thread goes on for two cases that were merged, by whichever id it is asked for.
///
/// Read the room once for ``follow(_:)`` where merges are to be followed, then for ``take(_:)``, which learns what
/// belongs to the case, then for ``line(for:)``.
public struct ThreadProjection: Sendable {
    public struct Line: Hashable, Sendable {
        public var time: Instant
        /// Who speaks: an agency, a team's member, or a participant.
        public var speaker: String
        public var text: String
        public var id: EventID
    }

    /// The case that goes on, where the one asked for was merged into another.
    public private(set) var caseID: CaseID
    /// The case, and those that were merged into it.
    private var names: Set<CaseID>
    private var referrals: Set<ReferralID> = []
    private var children: Set<ChildID> = []
    /// Children who were taken from the case.
    private var departed: Set<ChildID> = []
    private var referralOf: [ChildID: ReferralID] = [:]
    private var requests: [String: ChildID] = [:]
    /// What the desk's records name: the obligations of the case.
    private var obligations: Set<ObligationID> = []
    private var merges: [(gone: CaseID, kept: CaseID)] = []
    public private(set) var isKnown = false

    public init(caseID: CaseID) {
        self.caseID = caseID
        names = [caseID]
    }

    /// Learns of merges; all of them before anything is taken.
    public mutating func follow(_ event: Event) {
        guard case .identityMerged(let merged) = event.body else { return }
        merges.append((merged.mergedCase, merged.caseID))
        // Each case ends at most once, and later merges name cases that go on: one pass in order leads to the end.
        if merged.mergedCase == caseID { caseID = merged.caseID }
        names = [caseID]
        for merge in merges.reversed() where names.contains(merge.kept) { names.insert(merge.gone) }
    }

    /// Learns which referrals, children, requests and obligations are of the case.
    public mutating func take(_ event: Event) {
        switch event.body {
        case .childIdentified(let identified):
            guard let named = identified.caseID else { return }
            if names.contains(named) {
                isKnown = true
                departed.remove(identified.child)
                referrals.insert(identified.referral)
                children.insert(identified.child)
                referralOf[identified.child] = identified.referral
            } else if children.contains(identified.child) {
                leave(identified.child)
            }
        case .returnRequested(let request): requests[request.request] = request.child
        case .obligationOpened(let opened) where belongs(opened.facts): obligations.insert(opened.facts.obligation)
        case .obligationExtended(let extended) where belongs(extended.facts):
            obligations.insert(extended.facts.obligation)
        case .obligationMet(let met) where belongs(met.facts): obligations.insert(met.facts.obligation)
        default: break
        }
    }

    private mutating func leave(_ child: ChildID) {
        children.remove(child)
        departed.insert(child)
        guard let referral = referralOf[child] else { return }
        if !children.contains(where: { referralOf[$0] == referral }) { referrals.remove(referral) }
    }

    private func belongs(_ facts: ObligationFacts) -> Bool {
        if let child = facts.child {
            if departed.contains(child) { return false }
            if children.contains(child) { return true }
        }
        if let named = facts.caseID { return names.contains(named) }
        if facts.child != nil { return false }
        return facts.referral.map { referrals.contains($0) } ?? false
    }

    private func names(_ event: Event) -> Bool {
        switch event.subject {
        case .caseID(let named): return names.contains(named)
        case .referral(let referral): return referrals.contains(referral)
        case .request(let request): return requests[request].map { children.contains($0) } ?? false
        case .authority, .hub: return false
        }
    }

    private func names(_ decided: IdentityDecided) -> Bool {
        children.contains(decided.child) || decided.previousCase.map { names.contains($0) } == true
            || decided.caseID.map { names.contains($0) } == true
    }

    /// The event as a line of the thread; nil where it is none of this thread's. Facts only: no name, no narrative.
    public func line(for event: Event) -> Line? {
        switch event.body {
        case .childIdentified(let facts) where !children.contains(facts.child): return nil
        case .identityRequested(let facts) where !children.contains(facts.child): return nil
        case .caseRated(let facts) where departed.contains(facts.child): return nil
        case .identityConfirmed(let facts), .identityUnlinked(let facts), .identitySplit(let facts),
            .unbornBorn(let facts), .unbornLost(let facts):
            if !names(facts) { return nil }
        case .alertAcknowledged(let facts): if !obligations.contains(facts.obligation) { return nil }
        case .alertCleared(let facts): if !obligations.contains(facts.obligation) { return nil }
        case .decisionSubmitted(let facts):
            if !facts.cases.contains(where: { names.contains($0) }), !names(event) { return nil }
        default:
            if let facts = event.body.obligation {
                if !belongs(facts) { return nil }
            } else if !names(event) {
                return nil
            }
        }
        return Line(time: event.time, speaker: event.speaker, text: event.body.words(about: caseID), id: event.id)
    }
}

extension Event {
    /// Who said it: people and agencies speak for themselves, the rest for the participant that posted.
    fileprivate var speaker: String {
        switch body {
        case .referralSubmitted(let facts): facts.content.agency.text
        case .referralCorrected(let facts): facts.content.agency.text
        case .referralTransferred(let facts): facts.by.staff.text
        case .referralWithdrawn(let facts): facts.agency.text
        case .referralRepeated(let facts): facts.agency.text
        case .returnSubmitted(let facts): facts.content.agency.text
        case .returnDeclined(let facts): facts.content.agency.text
        case .returnCorrected(let facts): facts.content.agency.text
        case .returnWithdrawn(let facts): facts.agency.text
        case .heartbeatSent(let facts): facts.agency.text
        case .decisionSubmitted(let facts): facts.by.staff.text
        case .alertAnswered(let facts): facts.staff.text
        default: source.rawValue
        }
    }
}

extension EventBody {
    fileprivate var obligation: ObligationFacts? {
        switch self {
        case .obligationOpened(let facts): facts.facts
        case .obligationMet(let facts): facts.facts
        case .obligationExtended(let facts): facts.facts
        case .obligationWithdrawn(let facts), .obligationDeclined(let facts): facts.facts
        case .obligationReminded(let facts): facts.facts
        case .alertRaised(let facts), .alertEscalated(let facts): facts.facts
        default: nil
        }
    }
}
