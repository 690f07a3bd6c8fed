public import DomainModel
public import Room

/// The thread of a case: all events whose subject is the case, or one of its referrals or requests, unless they name
/// another child. Read the room twice: first for ``take(_:)``, which learns what belongs to the case, then for
/// ``line(for:)``.
public struct ThreadProjection: Sendable {
    public struct Line: Hashable, Sendable {
        public var time: Instant
        /// Who speaks: an agency, a team's member, or a participant.
        public var speaker: String
        public var text: String
        public var id: EventID
    }

    public let caseID: CaseID
    private var referrals: Set<ReferralID> = []
    private var requests: Set<String> = []
    private var children: Set<ChildID> = []
    /// What the desk's records name: the obligations of the case.
    private var obligations: Set<ObligationID> = []
    public private(set) var isKnown = false

    public init(caseID: CaseID) { self.caseID = caseID }

    /// Learns which referrals, children, requests and obligations are of the case.
    public mutating func take(_ event: Event) {
        switch event.body {
        case .childIdentified(let identified) where identified.caseID == caseID:
            isKnown = true
            referrals.insert(identified.referral)
            children.insert(identified.child)
        case .returnRequested(let request) where request.caseID == caseID: requests.insert(request.request)
        case .obligationOpened(let opened) where belongs(opened.facts): obligations.insert(opened.facts.obligation)
        case .obligationExtended(let extended) where belongs(extended.facts):
            obligations.insert(extended.facts.obligation)
        case .obligationMet(let met) where belongs(met.facts): obligations.insert(met.facts.obligation)
        default: break
        }
    }

    private func belongs(_ facts: ObligationFacts) -> Bool {
        if let named = facts.caseID { return named == caseID }
        if let child = facts.child { return children.contains(child) }
        return facts.referral.map { referrals.contains($0) } ?? false
    }

    private func names(_ event: Event) -> Bool {
        switch event.subject {
        case .caseID(let named): return named == caseID
        case .referral(let referral): return referrals.contains(referral)
        case .request(let request): return requests.contains(request)
        case .authority, .hub: return false
        }
    }

    /// The event as a line of the thread; nil where it is none of this thread's. Facts only: no name, no narrative.
    public func line(for event: Event) -> Line? {
        switch event.body {
        case .childIdentified(let facts) where !children.contains(facts.child): return nil
        case .identityRequested(let facts) where !children.contains(facts.child): return nil
        case .alertAcknowledged(let facts): if !obligations.contains(facts.obligation) { return nil }
        case .alertCleared(let facts): if !obligations.contains(facts.obligation) { return nil }
        case .decisionSubmitted(let facts): if !facts.cases.contains(caseID), !names(event) { return nil }
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
