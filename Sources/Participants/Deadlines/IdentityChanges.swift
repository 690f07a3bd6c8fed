import DomainModel
import HubConfiguration
import Room

// What becomes of what is owed where a named person says that a child is somebody else, or what became of an unborn one.
extension Deadlines {
    mutating func identityConfirmed(_ decided: IdentityDecided, _ input: Event, _ setting: Setting) {
        if decided.leavesACase { return identityUnlinked(decided, input, setting) }
        guard let review = state.children[decided.child]?.review else { return }
        meet(review, input)
    }

    /// What was decided was decided about somebody else's case: the decision is owed again. What agencies were asked
    /// about the child for that case is owed no more; the child's own case asks anew.
    mutating func identityUnlinked(_ decided: IdentityDecided, _ input: Event, _ setting: Setting) {
        if let review = state.children[decided.child]?.review { meet(review, input) }
        if let previous = decided.previousCase, decided.leavesACase {
            for id in state.cases[previous]?.open ?? [] {
                guard let row = state.open[id], row.facts.child == decided.child, row.facts.request != nil else {
                    continue
                }
                withdraw(id, Reason.linkWithdrawn, input)
            }
        }
        guard let decide = state.children[decided.child]?.decide, state.ended[decide] != nil else { return }
        let facts = ObligationFacts(
            obligation: decide, kind: .decide, team: setting.reviewTeam, caseID: decided.caseID, child: decided.child,
            referral: decided.referral, rating: decided.caseID.flatMap { state.cases[$0]?.rating })
        begin(facts, from: input.time, again: Reason.unlinked, input, setting)
    }

    /// Every clock about the child ends, alerts are cleared, and nobody is reminded any more. A referral that names other
    /// children keeps what is owed for them.
    mutating func lost(_ decided: IdentityDecided, _ input: Event) {
        guard let caseID = decided.caseID, let row = state.cases[caseID] else { return }
        for id in row.open { withdraw(id, Reason.ended, input) }
        for child in row.members {
            guard let held = state.children[child] else { continue }
            if let decide = held.decide { withdraw(decide, Reason.ended, input) }
            if let review = held.review { withdraw(review, Reason.ended, input) }
            guard let referral = held.referral.flatMap({ state.referrals[$0] }),
                referral.children.allSatisfy({ isLost($0) })
            else { continue }
            if let acknowledge = referral.acknowledge { withdraw(acknowledge, Reason.ended, input) }
            if let answer = referral.answer { withdraw(answer, Reason.ended, input) }
        }
    }

    private func isLost(_ child: ChildID) -> Bool {
        state.children[child]?.caseID.flatMap { state.cases[$0]?.lost } ?? false
    }
}
