public import DomainModel

// The rule `certain-identity-1`. Two errors, priced apart: a false link opens one child's record in another's file, a
// missed link hides risk. So it links only what is certain, and puts before a person whatever may be the same child:
//
// | what agrees | outcome |
// |---|---|
// | NHS number; given name equal, one letter off, swapped with the family name, or with further names; birth date equal or day and month swapped; sex not another; of exactly one person | linked |
// | NHS number, but any of those contradicts or is missing, or two people carry it | review |
// | UPN, and NHS number not another | review |
// | NHS number another, name and birth date equal | review |
// | NHS number another, anything else | new |
// | name and birth date | review: namesakes exist |
// | birth date; given or family name equal and the other one letter off, initial, contained or missing | review |
// | birth date, given name, postcode | review: the family name may have changed |
// | name, postcode; birth date missing or nearly the same | review |
// | both unborn: postcode, or family name and expected date | review |
// | birth date, family name, postcode; another given name | new: a brother or sister, a twin |
extension PersonIndex {
    private enum Verdict: Int, Comparable {
        case apart, possible, sharesNumber, certain
        static func < (left: Verdict, right: Verdict) -> Bool { left.rawValue < right.rawValue }
    }

    private struct Judged {
        let person: PersonID
        let verdict: Verdict
        let best: RecordComparison
        let sharesUPN: Bool
    }

    public func decide(
        _ record: MatchRecord, besides siblings: [PersonID] = [], leavingOut child: ChildID? = nil
    ) -> MatchDecision {
        var judged: [Judged] = []
        for person in sharing(with: record) {
            if let one = judge(record, person, isSibling: siblings.contains(person), leavingOut: child) {
                judged.append(one)
            }
        }
        judged.sort {
            $0.verdict != $1.verdict
                ? $0.verdict > $1.verdict
                : ($0.best.score != $1.best.score ? $0.best.score > $1.best.score : $0.person < $1.person)
        }
        guard let best = judged.first else { return MatchDecision(outcome: .new, model: PersonIndex.model) }
        let candidates = judged.filter { $0.verdict > .apart }
        var decision = MatchDecision(
            outcome: .new, model: PersonIndex.model, score: best.best.score, comparisons: best.best.waterfall)
        if candidates.isEmpty { return decision }
        // A number that a second person carries too proves nothing; an identifier of someone else's says the same.
        let isAlone = !candidates.dropFirst().contains { $0.verdict >= .sharesNumber || $0.sharesUPN }
        if best.verdict == .certain, isAlone {
            decision.outcome = .linked
            decision.person = best.person
        } else {
            decision.outcome = .review
            decision.candidates = candidates.map(\.person)
        }
        return decision
    }

    /// Compares with each record of a person; the best counts. A number that agrees with one of them outweighs another
    /// that does not; a number that agrees with none and differs from one is a veto.
    private func judge(
        _ record: MatchRecord, _ person: PersonID, isSibling: Bool, leavingOut child: ChildID?
    ) -> Judged? {
        var comparisons: [RecordComparison] = []
        for entry in entries(of: person) where entry.child != child {
            comparisons.append(RecordComparison(record, entry.record))
        }
        let sharesNumber = comparisons.contains { $0.nhsNumber == .equal }
        let isVetoed = !sharesNumber && comparisons.contains { $0.nhsNumber == .differs }
        var best: (verdict: Verdict, comparison: RecordComparison)?
        for comparison in comparisons {
            let verdict = PersonIndex.verdict(comparison, isVetoed: isVetoed, isSibling: isSibling)
            if let known = best,
                (verdict, comparison.score) <= (known.verdict, known.comparison.score)
            {
                continue
            }
            best = (verdict, comparison)
        }
        guard let best else { return nil }
        return Judged(
            person: person, verdict: best.verdict, best: best.comparison,
            sharesUPN: comparisons.contains { $0.upn == .equal })
    }

    private static func verdict(_ compared: RecordComparison, isVetoed: Bool, isSibling: Bool) -> Verdict {
        if compared.nhsNumber == .equal {
            return isCertain(compared) && !isSibling ? .certain : .sharesNumber
        }
        let isNamesake = compared.isSameName && compared.birthDate == .equal
        if isNamesake || (compared.upn == .equal && !isVetoed) { return .possible }
        if isVetoed || isSibling { return .apart }
        return isAlike(compared) ? .possible : .apart
    }

    private static func isCertain(_ compared: RecordComparison) -> Bool {
        let name: Bool
        switch compared.given {
        case .equal, .oneEdit, .swapped, .contained: name = true
        default: name = false
        }
        let birth = compared.birthDate == .equal || compared.birthDate == .dayMonthSwapped
        return name && birth && compared.sex != .differs && compared.upn != .differs
    }

    private static func isAlike(_ compared: RecordComparison) -> Bool {
        let livesThere = compared.postcode == .equal || compared.postcode == .former
        switch compared.birthDate {
        case .equal, .dayMonthSwapped:
            if compared.isSameName { return true }
            if compared.given == .equal { return livesThere || isClose(compared.family) }
            return compared.family == .equal && isClose(compared.given)
        case .absent:
            if compared.expectedDate != .absent {
                return compared.expectedDate != .differs && (livesThere || compared.family == .equal)
                    && compared.given != .differs
            }
            return compared.isSameName && livesThere
        case .near, .oneEdit, .sameYear: return compared.isSameName && livesThere
        default: return false
        }
    }

    private static func isClose(_ level: Comparison.Level) -> Bool {
        switch level {
        case .oneEdit, .initial, .contained, .absent: true
        default: false
        }
    }
}
