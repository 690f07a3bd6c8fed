import DomainModel
import PersonMatching
import Room

extension Deduplication {
    /// What the known children of a referral were, before a correction of it is folded in.
    func recordsBefore(_ input: Event) -> [(child: ChildID, record: MatchRecord)] {
        guard case .referralCorrected(let corrected) = input.body, state.decides(for: input.authority),
            let referral = state.referrals[corrected.content.referral]
        else { return [] }
        return referral.children.map { ($0, state.record(of: $0)) }
    }

    /// Decides again about the children whose particulars a correction changed. It never moves a child by itself: where
    /// the outcome would be another, a named person is asked, and the case stays as it is till then.
    mutating func reconsider(_ before: [(child: ChildID, record: MatchRecord)], cause: Event) {
        for (child, former) in before {
            guard let row = state.children[child], !row.isConfirmed else { continue }
            let record = state.record(of: child)
            guard record != former else { continue }
            let decision = match(child, leavingOut: child)
            let candidates = candidates(of: decision, for: row)
            if row.status == .awaiting {
                // Asked is asked: a review ends by a person's answer, with those before them whom it might now be.
                if candidates != row.candidates { ask(child, decision, candidates: candidates, cause: cause) }
            } else if row.status == .identified, !agrees(decision, with: row) {
                ask(child, decision, candidates: candidates, cause: cause)
            }
        }
    }

    private func agrees(_ decision: MatchDecision, with row: ChildRow) -> Bool {
        switch decision.outcome {
        case .linked: decision.person == row.person
        // Nobody else is like it. Right for a child that is alone, wrong for one that was linked to others' records.
        case .new: isAlone(row)
        case .review: false
        }
    }

    private func isAlone(_ row: ChildRow) -> Bool {
        guard let person = row.person else { return true }
        return (state.people[person]?.children.count ?? 0) <= 1
    }

    /// Whom to put before a person: those found, and the one to whom the child is linked now.
    func candidates(of decision: MatchDecision, for row: ChildRow) -> [PersonID] {
        var candidates = decision.person.map { [$0] } ?? decision.candidates
        if let person = row.person, !candidates.contains(person), !isAlone(row) { candidates.append(person) }
        return candidates
    }
}
