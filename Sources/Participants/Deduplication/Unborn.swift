import DomainModel
import PersonMatching
import Room

// An unborn child has no name and no number: whose it is and when it is expected tell who it is. So it is a person of
// its own, found again by a parent and the expected date. Twins cannot be told apart before birth, so where there are
// several a named person says which; and a birth is said by a named person, never worked out.

/// What tells that two referrals name the same parent: the NHS number, or the name with the birth date.
struct ParentKey: Hashable, Sendable {
    private let number: UInt64
    private let given: String
    private let family: String

    private init(number: UInt64, given: String = "", family: String = "") {
        self.number = number
        self.given = given
        self.family = family
    }

    static func all(of record: MatchRecord) -> [ParentKey] {
        var keys: [ParentKey] = []
        if let number = record.nhsNumber { keys.append(ParentKey(number: number.digits)) }
        guard let birth = record.birthDate, !record.birthDateIsEstimated else { return keys }
        for name in record.names {
            guard let given = name.given, let family = name.family else { continue }
            let key = ParentKey(number: UInt64(birth.daysSinceEpoch + 1_000_000), given: given, family: family)
            if !keys.contains(key) { keys.append(key) }
        }
        return keys
    }
}

/// The unborn children of one authority, by parent. In memory alone, like the index of people.
struct Pregnancies: Sendable {
    struct Expected: Hashable, Sendable {
        let child: ChildID
        /// Nil while it waits for a review.
        let person: PersonID?
        let date: CivilDate
    }

    private var byParent: [ParentKey: [Expected]] = [:]
    private var parents: [ChildID: [ParentKey]] = [:]

    var isEmpty: Bool { parents.isEmpty }

    mutating func add(_ child: ChildID, of person: PersonID?, expected date: CivilDate, parents: [ParentKey]) {
        remove(child)
        self.parents[child] = parents
        for parent in parents {
            byParent[parent, default: []].append(Expected(child: child, person: person, date: date))
        }
    }

    mutating func remove(_ child: ChildID) {
        for parent in parents.removeValue(forKey: child) ?? [] {
            byParent[parent]?.removeAll { $0.child == child }
            if byParent[parent]?.isEmpty == true { byParent[parent] = nil }
        }
    }

    /// Each expected child of those parents once, in the order of their ids.
    func of(_ parents: [ParentKey]) -> [Expected] {
        var found: [Expected] = []
        for parent in parents {
            for expected in byParent[parent] ?? [] where !found.contains(expected) { found.append(expected) }
        }
        return found.sorted { $0.child < $1.child }
    }
}

extension Deduplication {
    /// The version of the rule.
    static let unbornModel = "parent-and-expected-date-1"

    /// By whose unborn child it is where that is known, else by its own particulars.
    func matchAlone(_ child: ChildID, leavingOut own: ChildID?) -> MatchDecision {
        guard let row = state.children[child] else { return MatchDecision(outcome: .new, model: PersonIndex.model) }
        let record = state.record(of: row)
        let siblings = siblings(of: child)
        if let unborn = matchUnborn(child, row, record, besides: siblings, leavingOut: own) { return unborn }
        let decision = state.index(of: row.authority)
            .decide(record, besides: siblings.persons, awaiting: siblings.awaiting, leavingOut: own)
        switch decision.outcome {
        case .linked:
            // A child of whom a person said that it was lost is put before a person, never linked to.
            guard let person = decision.person, state.people[person]?.isLost == true else { return decision }
            var asked = decision
            asked.outcome = .review
            asked.person = nil
            asked.candidates = [person]
            return asked
        case .review: return decision
        case .new: return newborn(row, record, besides: siblings, leavingOut: own) ?? decision
        }
    }

    private func matchUnborn(
        _ child: ChildID, _ row: ChildRow, _ record: MatchRecord, besides siblings: Siblings, leavingOut own: ChildID?
    ) -> MatchDecision? {
        guard record.birthDate == nil, let expected = record.expectedDate else { return nil }
        let parents = state.parents(of: row)
        let known = state.pregnancies(in: row.authority).of(parents)
            .filter { $0.child != own && !siblings.contains($0) }
        var near: [PersonID] = []
        var possible: [PersonID] = []
        var awaiting: [ChildID] = []
        for one in known {
            let days = abs(one.date.daysSinceEpoch - expected.daysSinceEpoch)
            guard let person = one.person else {
                if days < Limits.pregnancyDaysMin { awaiting.append(one.child) }
                continue
            }
            if days <= Limits.expectedDateDaysMax, !near.contains(person) { near.append(person) }
            if days < Limits.pregnancyDaysMin, !possible.contains(person) { possible.append(person) }
        }
        guard !possible.isEmpty || !awaiting.isEmpty else { return nil }
        var decision = MatchDecision(outcome: .review, alsoAwaiting: awaiting, model: Deduplication.unbornModel)
        if near.count == 1, possible.count == 1, awaiting.isEmpty, state.people[near[0]]?.isLost == false,
            !hasTwin(child, in: row.referral)
        {
            decision.outcome = .linked
            decision.person = near[0]
        } else {
            decision.candidates = near + possible.filter { !near.contains($0) }
        }
        return decision
    }

    /// Whether the referral names a second unborn child: which of them is the known one nobody can tell.
    private func hasTwin(_ child: ChildID, in referral: ReferralID) -> Bool {
        (state.referrals[referral]?.children ?? []).contains { other in
            guard other != child, let row = state.children[other] else { return false }
            let record = state.record(of: row)
            return record.birthDate == nil && record.expectedDate != nil
        }
    }

    /// A child under a year, of a parent who expected one about then: a named person says whether it is that one.
    private func newborn(
        _ row: ChildRow, _ record: MatchRecord, besides siblings: Siblings, leavingOut own: ChildID?
    ) -> MatchDecision? {
        let pregnancies = state.pregnancies(in: row.authority)
        guard !pregnancies.isEmpty, !row.parents.isEmpty, let born = record.birthDate else { return nil }
        var candidates: [PersonID] = []
        var awaiting: [ChildID] = []
        for one in pregnancies.of(state.parents(of: row)) {
            let days = abs(one.date.daysSinceEpoch - born.daysSinceEpoch)
            guard one.child != own, days < Limits.pregnancyDaysMin, !siblings.contains(one) else { continue }
            if let person = one.person {
                if !candidates.contains(person) { candidates.append(person) }
            } else {
                awaiting.append(one.child)
            }
        }
        guard !candidates.isEmpty || !awaiting.isEmpty else { return nil }
        return MatchDecision(
            outcome: .review, candidates: candidates, alsoAwaiting: awaiting, model: Deduplication.unbornModel)
    }
}
