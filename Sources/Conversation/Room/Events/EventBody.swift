public import JSON

/// The types of the room's events. The raw value is the noun and the past participle; the CloudEvents type is
/// `frontdoor.<raw value>.v1`.
public enum EventType: String, Hashable, Sendable, CaseIterable {
    case referralSubmitted = "referral.submitted"
    case referralCorrected = "referral.corrected"
    case referralWithdrawn = "referral.withdrawn"
    case referralRepeated = "referral.repeated"
    case returnSubmitted = "return.submitted"
    case returnDeclined = "return.declined"
    case returnCorrected = "return.corrected"
    case returnWithdrawn = "return.withdrawn"
    case heartbeatSent = "heartbeat.sent"
    case decisionSubmitted = "decision.submitted"
    case alertAnswered = "alert.answered"
    case submissionRefused = "submission.refused"
    case childIdentified = "referral.identified"
    case caseOpened = "case.opened"
    case caseReopened = "case.reopened"
    case identityConfirmed = "identity.confirmed"
    case identityUnlinked = "identity.unlinked"
    case identitySplit = "identity.split"
    case identityMerged = "identity.merged"
    case unbornBorn = "unborn.born"
    case unbornLost = "unborn.lost"
    case caseRated = "case.rated"
    case returnRequested = "return.requested"
    case caseRouted = "case.routed"
    case caseNotified = "case.notified"
    case identityRequested = "identity.requested"
    case caseAccepted = "case.accepted"
    case caseReturned = "case.returned"
    case caseRedirected = "case.redirected"
    case caseSteppedUp = "case.stepped-up"
    case caseSteppedDown = "case.stepped-down"
    case caseClosed = "case.closed"
    case caseDecided = "case.decided"
    case caseMerged = "case.merged"
    case decisionRefused = "decision.refused"
    case referralAcknowledged = "referral.acknowledged"
    case referralTransferred = "referral.transferred"
    case obligationOpened = "obligation.opened"
    case obligationMet = "obligation.met"
    case obligationExtended = "obligation.extended"
    case obligationWithdrawn = "obligation.withdrawn"
    case obligationDeclined = "obligation.declined"
    case obligationReminded = "obligation.reminded"
    case alertRaised = "alert.raised"
    case alertEscalated = "alert.escalated"
    case alertAcknowledged = "alert.acknowledged"
    case alertCleared = "alert.cleared"
    case alertDelivered = "alert.delivered"
    case alertFailed = "alert.failed"
    case clockStruck = "clock.struck"
    case configurationAdopted = "configuration.adopted"
    case policyAdopted = "policy.adopted"

    /// The CloudEvents type, such as `frontdoor.case.rated.v1`.
    public var name: String { "frontdoor.\(rawValue).v1" }

    private static let byName: [String: EventType] = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0.name, $0) })

    /// - Returns: nil for a type that this version does not know; readers inside the room skip those.
    public init?(name: String) {
        guard let type = EventType.byName[name] else { return nil }
        self = type
    }
}

/// What happened, typed. One case a type; the facts hold codes, opaque ids and instants, never personal data.
///
/// Indirect, because an event is handed to each participant: a copy of it is then one reference, whatever its facts.
public indirect enum EventBody: Hashable, Sendable {
    case referralSubmitted(ReferralSubmitted)
    case referralCorrected(ReferralCorrected)
    case referralWithdrawn(ReferralWithdrawn)
    case referralRepeated(ReferralRepeated)
    case returnSubmitted(ReturnSubmitted)
    case returnDeclined(ReturnDeclined)
    case returnCorrected(ReturnCorrected)
    case returnWithdrawn(ReturnWithdrawn)
    case heartbeatSent(HeartbeatSent)
    case decisionSubmitted(DecisionSubmitted)
    case alertAnswered(AlertAnswered)
    case submissionRefused(SubmissionRefused)
    case childIdentified(ChildIdentified)
    case caseOpened(CaseOpened)
    case caseReopened(CaseReopened)
    case identityConfirmed(IdentityDecided)
    case identityUnlinked(IdentityDecided)
    case identitySplit(IdentityDecided)
    case identityMerged(IdentitiesMerged)
    case unbornBorn(IdentityDecided)
    case unbornLost(IdentityDecided)
    case caseRated(CaseRated)
    case returnRequested(ReturnRequested)
    case caseRouted(CaseRouted)
    case caseNotified(CaseNotified)
    case identityRequested(IdentityRequested)
    case caseAccepted(CaseDecision)
    case caseReturned(CaseDecision)
    case caseRedirected(CaseDecision)
    case caseSteppedUp(CaseDecision)
    case caseSteppedDown(CaseDecision)
    case caseClosed(CaseDecision)
    case caseDecided(CaseDecision)
    case caseMerged(CaseDecision)
    case decisionRefused(DecisionRefused)
    case referralAcknowledged(ReferralAcknowledged)
    case referralTransferred(ReferralTransferred)
    case obligationOpened(ObligationOpened)
    case obligationMet(ObligationMet)
    case obligationExtended(ObligationExtended)
    case obligationWithdrawn(ObligationEnded)
    case obligationDeclined(ObligationEnded)
    case obligationReminded(ObligationReminded)
    case alertRaised(AlertRaised)
    case alertEscalated(AlertRaised)
    case alertAcknowledged(AlertAcknowledged)
    case alertCleared(AlertCleared)
    case alertDelivered(AlertDelivery)
    case alertFailed(AlertDelivery)
    case clockStruck(ClockStruck)
    case configurationAdopted(ConfigurationAdopted)
    case policyAdopted(PolicyAdopted)

    public var type: EventType {
        switch self {
        case .referralSubmitted: .referralSubmitted
        case .referralCorrected: .referralCorrected
        case .referralWithdrawn: .referralWithdrawn
        case .referralRepeated: .referralRepeated
        case .returnSubmitted: .returnSubmitted
        case .returnDeclined: .returnDeclined
        case .returnCorrected: .returnCorrected
        case .returnWithdrawn: .returnWithdrawn
        case .heartbeatSent: .heartbeatSent
        case .decisionSubmitted: .decisionSubmitted
        case .alertAnswered: .alertAnswered
        case .submissionRefused: .submissionRefused
        case .childIdentified: .childIdentified
        case .caseOpened: .caseOpened
        case .caseReopened: .caseReopened
        case .identityConfirmed: .identityConfirmed
        case .identityUnlinked: .identityUnlinked
        case .identitySplit: .identitySplit
        case .identityMerged: .identityMerged
        case .unbornBorn: .unbornBorn
        case .unbornLost: .unbornLost
        case .caseRated: .caseRated
        case .returnRequested: .returnRequested
        case .caseRouted: .caseRouted
        case .caseNotified: .caseNotified
        case .identityRequested: .identityRequested
        case .caseAccepted: .caseAccepted
        case .caseReturned: .caseReturned
        case .caseRedirected: .caseRedirected
        case .caseSteppedUp: .caseSteppedUp
        case .caseSteppedDown: .caseSteppedDown
        case .caseClosed: .caseClosed
        case .caseDecided: .caseDecided
        case .caseMerged: .caseMerged
        case .decisionRefused: .decisionRefused
        case .referralAcknowledged: .referralAcknowledged
        case .referralTransferred: .referralTransferred
        case .obligationOpened: .obligationOpened
        case .obligationMet: .obligationMet
        case .obligationExtended: .obligationExtended
        case .obligationWithdrawn: .obligationWithdrawn
        case .obligationDeclined: .obligationDeclined
        case .obligationReminded: .obligationReminded
        case .alertRaised: .alertRaised
        case .alertEscalated: .alertEscalated
        case .alertAcknowledged: .alertAcknowledged
        case .alertCleared: .alertCleared
        case .alertDelivered: .alertDelivered
        case .alertFailed: .alertFailed
        case .clockStruck: .clockStruck
        case .configurationAdopted: .configurationAdopted
        case .policyAdopted: .policyAdopted
        }
    }

    public init(_ type: EventType, facts json: JSONValue) throws(JSONError) {
        switch type {
        case .referralSubmitted: self = .referralSubmitted(try ReferralSubmitted(json: json))
        case .referralCorrected: self = .referralCorrected(try ReferralCorrected(json: json))
        case .referralWithdrawn: self = .referralWithdrawn(try ReferralWithdrawn(json: json))
        case .referralRepeated: self = .referralRepeated(try ReferralRepeated(json: json))
        case .returnSubmitted: self = .returnSubmitted(try ReturnSubmitted(json: json))
        case .returnDeclined: self = .returnDeclined(try ReturnDeclined(json: json))
        case .returnCorrected: self = .returnCorrected(try ReturnCorrected(json: json))
        case .returnWithdrawn: self = .returnWithdrawn(try ReturnWithdrawn(json: json))
        case .heartbeatSent: self = .heartbeatSent(try HeartbeatSent(json: json))
        case .decisionSubmitted: self = .decisionSubmitted(try DecisionSubmitted(json: json))
        case .alertAnswered: self = .alertAnswered(try AlertAnswered(json: json))
        case .submissionRefused: self = .submissionRefused(try SubmissionRefused(json: json))
        case .childIdentified: self = .childIdentified(try ChildIdentified(json: json))
        case .caseOpened: self = .caseOpened(try CaseOpened(json: json))
        case .caseReopened: self = .caseReopened(try CaseReopened(json: json))
        case .identityConfirmed: self = .identityConfirmed(try IdentityDecided(json: json))
        case .identityUnlinked: self = .identityUnlinked(try IdentityDecided(json: json))
        case .identitySplit: self = .identitySplit(try IdentityDecided(json: json))
        case .identityMerged: self = .identityMerged(try IdentitiesMerged(json: json))
        case .unbornBorn: self = .unbornBorn(try IdentityDecided(json: json))
        case .unbornLost: self = .unbornLost(try IdentityDecided(json: json))
        case .caseRated: self = .caseRated(try CaseRated(json: json))
        case .returnRequested: self = .returnRequested(try ReturnRequested(json: json))
        case .caseRouted: self = .caseRouted(try CaseRouted(json: json))
        case .caseNotified: self = .caseNotified(try CaseNotified(json: json))
        case .identityRequested: self = .identityRequested(try IdentityRequested(json: json))
        case .caseAccepted: self = .caseAccepted(try CaseDecision(json: json))
        case .caseReturned: self = .caseReturned(try CaseDecision(json: json))
        case .caseRedirected: self = .caseRedirected(try CaseDecision(json: json))
        case .caseSteppedUp: self = .caseSteppedUp(try CaseDecision(json: json))
        case .caseSteppedDown: self = .caseSteppedDown(try CaseDecision(json: json))
        case .caseClosed: self = .caseClosed(try CaseDecision(json: json))
        case .caseDecided: self = .caseDecided(try CaseDecision(json: json))
        case .caseMerged: self = .caseMerged(try CaseDecision(json: json))
        case .decisionRefused: self = .decisionRefused(try DecisionRefused(json: json))
        case .referralAcknowledged: self = .referralAcknowledged(try ReferralAcknowledged(json: json))
        case .referralTransferred: self = .referralTransferred(try ReferralTransferred(json: json))
        case .obligationOpened: self = .obligationOpened(try ObligationOpened(json: json))
        case .obligationMet: self = .obligationMet(try ObligationMet(json: json))
        case .obligationExtended: self = .obligationExtended(try ObligationExtended(json: json))
        case .obligationWithdrawn: self = .obligationWithdrawn(try ObligationEnded(json: json))
        case .obligationDeclined: self = .obligationDeclined(try ObligationEnded(json: json))
        case .obligationReminded: self = .obligationReminded(try ObligationReminded(json: json))
        case .alertRaised: self = .alertRaised(try AlertRaised(json: json))
        case .alertEscalated: self = .alertEscalated(try AlertRaised(json: json))
        case .alertAcknowledged: self = .alertAcknowledged(try AlertAcknowledged(json: json))
        case .alertCleared: self = .alertCleared(try AlertCleared(json: json))
        case .alertDelivered: self = .alertDelivered(try AlertDelivery(json: json))
        case .alertFailed: self = .alertFailed(try AlertDelivery(json: json))
        case .clockStruck: self = .clockStruck(try ClockStruck(json: json))
        case .configurationAdopted: self = .configurationAdopted(try ConfigurationAdopted(json: json))
        case .policyAdopted: self = .policyAdopted(try PolicyAdopted(json: json))
        }
    }

    public func writeFacts(to json: inout JSONWriter) {
        switch self {
        case .referralSubmitted(let facts): facts.write(to: &json)
        case .referralCorrected(let facts): facts.write(to: &json)
        case .referralWithdrawn(let facts): facts.write(to: &json)
        case .referralRepeated(let facts): facts.write(to: &json)
        case .returnSubmitted(let facts): facts.write(to: &json)
        case .returnDeclined(let facts): facts.write(to: &json)
        case .returnCorrected(let facts): facts.write(to: &json)
        case .returnWithdrawn(let facts): facts.write(to: &json)
        case .heartbeatSent(let facts): facts.write(to: &json)
        case .decisionSubmitted(let facts): facts.write(to: &json)
        case .alertAnswered(let facts): facts.write(to: &json)
        case .submissionRefused(let facts): facts.write(to: &json)
        case .childIdentified(let facts): facts.write(to: &json)
        case .caseOpened(let facts): facts.write(to: &json)
        case .caseReopened(let facts): facts.write(to: &json)
        case .identityConfirmed(let facts): facts.write(to: &json)
        case .identityUnlinked(let facts): facts.write(to: &json)
        case .identitySplit(let facts): facts.write(to: &json)
        case .identityMerged(let facts): facts.write(to: &json)
        case .unbornBorn(let facts): facts.write(to: &json)
        case .unbornLost(let facts): facts.write(to: &json)
        case .caseRated(let facts): facts.write(to: &json)
        case .returnRequested(let facts): facts.write(to: &json)
        case .caseRouted(let facts): facts.write(to: &json)
        case .caseNotified(let facts): facts.write(to: &json)
        case .identityRequested(let facts): facts.write(to: &json)
        case .caseAccepted(let facts): facts.write(to: &json)
        case .caseReturned(let facts): facts.write(to: &json)
        case .caseRedirected(let facts): facts.write(to: &json)
        case .caseSteppedUp(let facts): facts.write(to: &json)
        case .caseSteppedDown(let facts): facts.write(to: &json)
        case .caseClosed(let facts): facts.write(to: &json)
        case .caseDecided(let facts): facts.write(to: &json)
        case .caseMerged(let facts): facts.write(to: &json)
        case .decisionRefused(let facts): facts.write(to: &json)
        case .referralAcknowledged(let facts): facts.write(to: &json)
        case .referralTransferred(let facts): facts.write(to: &json)
        case .obligationOpened(let facts): facts.write(to: &json)
        case .obligationMet(let facts): facts.write(to: &json)
        case .obligationExtended(let facts): facts.write(to: &json)
        case .obligationWithdrawn(let facts): facts.write(to: &json)
        case .obligationDeclined(let facts): facts.write(to: &json)
        case .obligationReminded(let facts): facts.write(to: &json)
        case .alertRaised(let facts): facts.write(to: &json)
        case .alertEscalated(let facts): facts.write(to: &json)
        case .alertAcknowledged(let facts): facts.write(to: &json)
        case .alertCleared(let facts): facts.write(to: &json)
        case .alertDelivered(let facts): facts.write(to: &json)
        case .alertFailed(let facts): facts.write(to: &json)
        case .clockStruck(let facts): facts.write(to: &json)
        case .configurationAdopted(let facts): facts.write(to: &json)
        case .policyAdopted(let facts): facts.write(to: &json)
        }
    }
}
