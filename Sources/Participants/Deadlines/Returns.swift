import DomainModel
import HubConfiguration
import Room

// What agencies were asked for, and what the MASH must settle about it.
extension Deadlines {
    mutating func requested(_ requested: ReturnRequested, _ input: Event, _ setting: Setting) {
        var requested = requested
        requested.caseID = state.resolved(requested.caseID)
        let facts = ObligationFacts(
            obligation: Names.informationReturn(requested.request, agency: requested.agency), kind: .informationReturn,
            agency: requested.agency, caseID: requested.caseID, child: requested.child, referral: requested.referral,
            request: requested.request, rating: requested.rating)
        // A request is made once.
        guard state.open[facts.obligation] == nil, state.ended[facts.obligation] == nil else { return }
        // Asked again about the same child, after a rise: the earlier request is owed no more, or the agency would be
        // chased twice for one answer.
        for id in state.cases[requested.caseID]?.open ?? [] {
            guard let row = state.open[id], row.facts.kind == .informationReturn, row.facts.agency == requested.agency
            else { continue }
            withdraw(id, Reason.askedAgain, input)
        }
        begin(facts, from: started(requested, input), input, setting)
        if state.cases[requested.caseID]?.closed == true {
            withdraw(facts.obligation, Reason.caseClosed, input)
            return
        }
        // Asked before Triage had read that the child was taken from that case: Routing sends nothing.
        if let own = state.children[requested.child]?.caseID, own != requested.caseID {
            withdraw(facts.obligation, Reason.linkWithdrawn, input)
            return
        }
        // A person was asked about what seemed to belong to nothing; now it does.
        if let review = state.requests[requested.request]?.review { withdraw(review, Reason.matched, input) }
        settle(requested.request, input, setting)
    }

    mutating func returned(_ content: ReturnContent, _ input: Event, _ setting: Setting) {
        resubmitted(content.agency, .returns, input)
        settle(content.request, input, setting)
    }

    /// What follows from the returns that stand for a request, after one came, was corrected or was taken back.
    ///
    /// A return held for a request that has not been read yet settles nothing.
    mutating func settle(_ request: String, _ input: Event, _ setting: Setting) {
        guard let row = state.requests[request], row.caseID != nil else { return }
        let id = Names.informationReturn(request, agency: row.agency)
        if let owed = state.open[id] {
            switch row.verdict {
            case .complete: meet(id, input)
            case .declined: refuse(owed, Reason.declined, AlertCode.declined, input, setting)
            case .unidentified: refuse(owed, Reason.unidentified, AlertCode.unidentified, input, setting)
            case .partial, nil: break
            }
            return
        }
        guard let ending = state.ended[id]?.ending, ending != .withdrawn else { return }
        switch row.verdict {
        case .complete:
            // A decline that was thought better of.
            if let review = row.review { withdraw(review, Reason.returned, input) }
        case .declined, .unidentified: break
        case .partial, nil: again(row, Reason.returnWithdrawn, input, setting)
        }
    }

    /// The agency's clock ends, and the MASH accepts or challenges; where the case is Red a person is told at once.
    private mutating func refuse(
        _ owed: LedgerRow, _ reason: String, _ code: String, _ input: Event, _ setting: Setting
    ) {
        decline(owed.facts.obligation, reason, input)
        let rating = owed.facts.caseID.flatMap { state.cases[$0]?.rating } ?? owed.facts.rating
        let facts = ObligationFacts(
            obligation: review(of: owed.facts.request ?? "", setting), kind: .review, team: setting.reviewTeam,
            caseID: owed.facts.caseID, child: owed.facts.child, referral: owed.facts.referral,
            request: owed.facts.request, rating: rating)
        begin(facts, from: input.time, alert: rating == .red ? code : nil, again: Reason.again, input, setting)
    }

    private func review(of request: String, _ setting: Setting) -> ObligationID {
        state.requests[request]?.review ?? Names.review(request, owner: setting.reviewTeam)
    }

    /// The return is owed again, and its clock starts anew.
    private mutating func again(_ row: RequestRow, _ reason: String, _ input: Event, _ setting: Setting) {
        guard let caseID = row.caseID.map({ state.resolved($0) }), state.cases[caseID]?.closed != true else { return }
        if let review = row.review { withdraw(review, reason, input) }
        let facts = ObligationFacts(
            obligation: Names.informationReturn(row.request, agency: row.agency), kind: .informationReturn,
            agency: row.agency,
            caseID: caseID, child: row.child, referral: row.referral, request: row.request,
            rating: state.cases[caseID]?.rating ?? row.rating)
        begin(facts, from: input.time, again: reason, input, setting)
    }

    /// A person's word on a decline. The rest of what people decide comes back from those who own it.
    mutating func judged(_ decision: DecisionSubmitted, _ input: Event, _ setting: Setting) {
        switch decision.verb {
        case .acceptDecline, .challenge:
            guard setting.allows(decision.by.role, decision.verb), decision.by.team == setting.reviewTeam else {
                refuse(decision, "role-may-not", input)
                return
            }
            guard let request = decision.request ?? decision.entry.flatMap({ state.entries[$0] }),
                let row = state.requests[request], let review = row.review,
                state.open[review] != nil
            else {
                refuse(decision, "nothing-to-review", input)
                return
            }
            meet(review, input)
            if decision.verb == .challenge { again(row, Reason.challenged, input, setting) }
        case .strategyDiscussion, .completeAssessment, .holdConference, .suspend, .resume:
            guard setting.allows(decision.by.role, decision.verb) else {
                refuse(decision, "role-may-not", input)
                return
            }
            if let reason = record(decision, input, setting) { refuse(decision, reason, input) }
        default: return
        }
    }

    private mutating func refuse(_ decision: DecisionSubmitted, _ reason: String, _ input: Event) {
        let refused = DecisionRefused(
            decision: input.id, by: decision.by, verb: decision.verb, reason: reason, caseID: decision.cases.first,
            entry: decision.entry)
        var event = input.followed(
            by: .deadlines, .decisionRefused(refused), subject: input.subject,
            policyVersion: state.setting(input.authority)?.policyVersion)
        event.correlation = nil
        postings.append(.room(event))
        state.apply(event)
        tell(refused, event)
    }

    /// A return whose request did not come within the limit: a person takes it.
    mutating func unmatched(_ request: String, _ cause: Event) {
        guard let row = state.requests[request], let setting = state.setting(row.authority) else { return }
        let facts = ObligationFacts(
            obligation: Names.review(request, owner: setting.reviewTeam), kind: .review, team: setting.reviewTeam,
            request: request)
        begin(
            facts, from: cause.time, alert: AlertCode.unmatchedReturn, again: Reason.again, cause, setting)
    }
}
