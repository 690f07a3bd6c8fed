import DomainModel
import HubConfiguration
import Room

// What a referral makes owed, and what ends it. A withdrawal by its sender ends nothing: only people do.
extension Deadlines {
    /// Submitted, corrected or transferred: whatever of it is not yet owed begins, from the first receipt on.
    mutating func referred(_ content: ReferralContent, _ input: Event, _ setting: Setting) {
        let referral = content.referral
        wake(content, input, setting)
        if state.referrals[referral]?.acknowledge == nil {
            let facts = ObligationFacts(
                obligation: Names.acknowledge(referral, owner: setting.reviewTeam), kind: .acknowledge,
                team: setting.reviewTeam, referral: referral)
            begin(facts, from: content.receivedAt, input, setting)
        }
        for child in content.children where state.children[child.child]?.decide == nil {
            let facts = ObligationFacts(
                obligation: Names.decide(child.child, owner: setting.reviewTeam), kind: .decide,
                team: setting.reviewTeam, caseID: state.children[child.child]?.caseID, child: child.child,
                referral: referral)
            begin(facts, from: content.receivedAt, input, setting)
        }
    }

    /// Immediate danger, or what the policy lists, wakes the desk on the submission alone: once for each referral, and
    /// by a correction that is the first to say so. Before anything else of the referral, so that nothing can hinder it.
    private mutating func wake(_ content: ReferralContent, _ input: Event, _ setting: Setting) {
        guard state.referrals[content.referral]?.answer == nil, let desk = setting.dutyDesk(at: input.time)
        else { return }
        let code: String
        if content.immediateDanger {
            code = AlertCode.danger
        } else if setting.callsAtOnce({ $0.holds(for: content, about: nil) }) {
            code = AlertCode.atOnce
        } else {
            return
        }
        let facts = ObligationFacts(
            obligation: Names.answer(content.referral, desk: desk), kind: .answer, desk: desk,
            referral: content.referral, rating: .red)
        // A correction that turns dangerous weeks later is answered from then on, not from the first receipt.
        let start = state.referrals[content.referral]?.acknowledge == nil ? content.receivedAt : input.time
        begin(facts, from: start, alert: code, input, setting)
    }

    mutating func acknowledged(_ acknowledged: ReferralAcknowledged, _ input: Event) {
        guard let id = state.referrals[acknowledged.referral]?.acknowledge else { return }
        meet(id, input)
    }

    /// The case is attached by `apply`; what a named person has already decided for that case is owed no more.
    mutating func identified(_ identified: ChildIdentified, _ input: Event) {
        guard identified.disposition == .joined, let caseID = identified.caseID, let row = state.cases[caseID],
            row.decided, !row.closed, let decide = state.children[identified.child]?.decide
        else { return }
        withdraw(decide, Reason.joinedDecidedCase, input)
    }

    mutating func identityRequested(_ requested: IdentityRequested, _ input: Event, _ setting: Setting) {
        guard state.children[requested.child]?.caseID == nil else { return }
        let facts = ObligationFacts(
            obligation: Names.review(requested.child, owner: setting.reviewTeam), kind: .review,
            team: setting.reviewTeam, child: requested.child, referral: requested.referral)
        begin(facts, from: input.time, again: Reason.again, input, setting)
    }

    // MARK: Refused submissions

    /// The sender owes it again. Known only by what could be read of it: a message that names no agency's topic binds
    /// nobody.
    mutating func refused(_ refused: SubmissionRefused, _ input: Event, _ setting: Setting) {
        if refused.participant != nil || refused.reason == SetAsideReason.undecidable.rawValue {
            undecidable(refused, input, setting)
        }
        guard let agency = refused.agency else { return }
        // The reference is the one that the refusal was told under: the hub's own, never the sender's id.
        let facts = ObligationFacts(
            obligation: Names.resubmit(refused.deadLetter, agency: agency), kind: .resubmit, agency: agency,
            request: refused.reference)
        let conflict = refused.reason == "same-id-other-content"
        begin(
            facts, from: input.time, alert: conflict ? AlertCode.conflictingRepeat : nil, input, setting)
    }

    /// The hub itself failed: no sender can mend that, so the desk is woken at once, and answers like any other alarm.
    private mutating func undecidable(_ refused: SubmissionRefused, _ input: Event, _ setting: Setting) {
        guard let desk = setting.dutyDesk(at: input.time) ?? Self.hubDesk else { return }
        var facts = ObligationFacts(
            obligation: Names.answer(undecidable: refused.deadLetter, desk: desk), kind: .answer, desk: desk,
            referral: input.correlation)
        switch input.subject {
        case .caseID(let caseID): facts.caseID = caseID
        case .referral(let referral): facts.referral = referral
        case .request, .authority, .hub: break
        }
        begin(facts, from: input.time, alert: AlertCode.undecidable, input, setting)
    }

    /// The next submission of that agency on that channel that is accepted meets all that it owes there: nobody can
    /// tell which of its messages was meant, and it was told of each.
    mutating func resubmitted(_ agency: AgencyName, _ channel: SubmissionChannel, _ input: Event) {
        guard let owed = state.resubmits[LedgerState.channelKey(agency, channel)] else { return }
        for obligation in owed { meet(obligation, input) }
    }
}
