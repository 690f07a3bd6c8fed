import DomainModel
import PersonMatching
import Room

// A child who waits for a review is nobody yet, and still is somebody: were it left aside, a second report of it would
// found a person of its own, or with a known child's number pasted in be linked to that one while a named person is
// deciding just that. So nothing is linked past it; and its answer is an answer to all who wait beside it.
extension Deduplication {
    /// Who a child is.
    func match(_ child: ChildID, leavingOut own: ChildID?) -> MatchDecision {
        var decision = matchAlone(child, leavingOut: own)
        guard decision.outcome == .review else { return decision }
        // Whoever might be a child who waits might be anybody whom that one might be.
        for other in decision.alsoAwaiting {
            guard let row = state.children[other] else { continue }
            for candidate in row.candidates + [row.person].compactMap({ $0 }) {
                let person = state.resolved(candidate)
                if decision.candidates.count < Limits.matchCandidatesMax, !decision.candidates.contains(person) {
                    decision.candidates.append(person)
                }
            }
        }
        return decision
    }

    /// A named person has said who children are, or are not: those who wait and may be the same are shown with whom they
    /// may be now, since a candidate may have been made, taken apart, or have come to an end in another. They go on
    /// waiting, whatever a rule would make of them: a review ends by a person's answer.
    mutating func askAgain(whoMayBe children: [ChildID], cause: Event) {
        // Each once in a step, however many of them it may be: showing one changes whom those beside it may be.
        var others: [ChildID] = []
        for child in children {
            for other in matchAlone(child, leavingOut: child).alsoAwaiting where !others.contains(other) {
                others.append(other)
            }
        }
        for other in others {
            guard let row = state.children[other], row.status == .awaiting else { continue }
            let decision = match(other, leavingOut: other)
            let candidates = candidates(of: decision, for: row)
            if candidates != row.candidates { ask(other, decision, candidates: candidates, cause: cause) }
        }
    }
}
