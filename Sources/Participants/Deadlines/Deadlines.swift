public import DomainModel
import HubConfiguration
import JSON
public import Room
import Sealing

/// The ledger of obligations: who owes what by when, the reminder before, the alert and its escalation after, and the
/// all-clear.
///
/// Reads facts only; whether a child is in immediate danger it works out itself on `referral.submitted`, so that a duty
/// desk is woken while all else of the hub stands still. Until configuration and policy of an authority were adopted it
/// posts nothing for it: Intake adopts before it posts anything else.
///
/// What a late or early event finds is in ``StalePairs``.
public struct Deadlines: Participant {
    public static let service = Service.deadlines
    public static let opensParts = false

    var state = LedgerState()
    var reckoner = Reckoner()
    var postings: [Posting] = []
    let equipment: Equipment
    private let parser = JSONParser()

    public init(_ equipment: Equipment) { self.equipment = equipment }

    public var nextDue: Instant? {
        [state.waiting.first, state.held.first, state.quiet.first].compactMap { $0 }.min()
    }

    public mutating func receive(_ input: Event) -> [Posting] {
        postings.removeAll(keepingCapacity: true)
        let watched = input.body.isAdoption ? state.setting(input.authority)?.watched ?? [] : []
        state.apply(input)
        if case .clockStruck(let struck) = input.body {
            strike(struck.now, input)
        } else if let setting = state.setting(input.authority) {
            if let sign = input.sign { heardAgain(sign, input) }
            decide(input, setting)
            if input.body.isAdoption { forgets(watched, input, setting) }
        }
        return postings
    }

    public mutating func replay(_ input: Event, own: [Event]) {
        state.apply(input)
        for event in own { state.apply(event) }
        switch input.body {
        case .configurationAdopted, .policyAdopted: reckoner.forget()
        default: break
        }
    }

    public mutating func takeChanges() -> [RowChange] { state.takeChanges() }

    public mutating func restore(_ row: RowChange) throws(RowError) {
        try state.restore(row, parser: parser)
        reckoner.forget()
    }

    private mutating func decide(_ input: Event, _ setting: Setting) {
        switch input.body {
        case .referralSubmitted(let submitted):
            resubmitted(submitted.content.agency, .referrals, input)
            referred(submitted.content, input, setting)
        case .referralCorrected(let corrected):
            resubmitted(corrected.content.agency, .referrals, input)
            referred(corrected.content, input, setting)
        case .referralTransferred(let transferred): referred(transferred.content, input, setting)
        case .referralAcknowledged(let acknowledged): self.acknowledged(acknowledged, input)
        case .submissionRefused(let refused): self.refused(refused, input, setting)
        case .childIdentified(let identified): self.identified(identified, input)
        case .identityRequested(let requested): identityRequested(requested, input, setting)
        case .identityConfirmed(let decided): identityConfirmed(decided, input, setting)
        case .identityUnlinked(let decided), .identitySplit(let decided): identityUnlinked(decided, input, setting)
        case .unbornLost(let decided): lost(decided, input)
        case .caseMerged(let decision):
            routed(decision.caseID, nil, nil, decision.entries, by: nil, input, setting)
        case .caseRated(let rated): self.rated(rated, input, setting)
        case .caseRouted(let routed):
            self.routed(routed.caseID, routed.child, routed.referral, routed.entries, by: nil, input, setting)
        case .caseNotified(let notified):
            routed(notified.caseID, nil, nil, notified.entries, by: nil, input, setting)
        case .caseReopened(let reopened):
            routed(reopened.caseID, nil, reopened.referral, reopened.entries, by: nil, input, setting)
        case .caseDecided where input.authority == .hub: reviewed(false, input)
        case .caseClosed where input.authority == .hub: reviewed(true, input)
        case .caseAccepted(let decision):
            decided(decision, settles: true, input, setting)
            step(.leadAccepted, of: decision.caseID, by: decision.by.team, input, setting)
        case .caseSteppedUp(let decision):
            decided(decision, settles: true, input, setting)
            step(.steppedUp, of: decision.caseID, by: decision.by.team, input, setting)
        case .caseSteppedDown(let decision), .caseDecided(let decision):
            decided(decision, settles: true, input, setting)
        case .caseReturned(let decision), .caseRedirected(let decision):
            decided(decision, settles: false, input, setting)
        case .caseClosed(let decision):
            decided(decision, settles: true, input, setting)
            closed(decision.caseID, input)
            step(.caseClosed, of: decision.caseID, by: decision.by.team, input, setting)
        case .returnRequested(let requested): self.requested(requested, input, setting)
        case .returnSubmitted(let submitted): returned(submitted.content, input, setting)
        case .returnDeclined(let declined): returned(declined.content, input, setting)
        case .returnCorrected(let corrected): returned(corrected.content, input, setting)
        case .returnWithdrawn(let withdrawn): settle(withdrawn.request, input, setting)
        case .decisionSubmitted(let decision): self.judged(decision, input, setting)
        case .alertAnswered(let answered): self.answered(answered, input, setting)
        case .configurationAdopted, .policyAdopted:
            reckoner.forget()
            adopted(input, setting)
        default: break
        }
    }

    /// Appends a room event and applies it at once.
    mutating func post(
        _ body: EventBody, about facts: ObligationFacts, _ cause: Event, id: EventID? = nil, distinct: UInt128 = 0
    ) -> Event {
        var event = cause.followed(
            by: .deadlines, body, subject: Self.subject(of: facts, in: cause.authority),
            correlation: .some(facts.referral), policyVersion: state.setting(cause.authority)?.policyVersion,
            distinct: facts.obligation.bits, distinct)
        if let id { event.id = id }
        postings.append(.room(event))
        state.apply(event)
        return event
    }

    /// A request where it is about one, else the case, else the referral: what was known when the obligation began.
    static func subject(of facts: ObligationFacts, in authority: AuthorityCode) -> Subject {
        if facts.kind != .resubmit, let request = facts.request { return .request(request) }
        if let caseID = facts.caseID { return .caseID(caseID) }
        if let referral = facts.referral { return .referral(referral) }
        return authority == .hub ? .hub : .authority(authority)
    }
}
