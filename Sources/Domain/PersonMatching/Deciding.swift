public import DomainModel

// Linked only if all hold: the score, the personal evidence and what agrees beside name and birth date clear their bars;
// the second-best person is far behind; nothing vetoes. A household may corroborate and never stands for a person.
extension PersonIndex {
    /// A person weighed.
    struct Judged {
        let person: PersonID
        /// A child who waits for a review, whose id stands for a person's.
        let isAwaited: Bool
        let pair: PairComparison
        let score: Int
        let personal: Int
        let beside: Int
    }

    public func decide(
        _ record: MatchRecord, besides siblings: [PersonID] = [], awaiting: [ChildID] = [],
        leavingOut child: ChildID? = nil
    ) -> MatchDecision {
        let judged = judge(record, leavingOut: child)
        guard let best = judged.first else { return MatchDecision(outcome: .new, model: model.version) }
        let asked = judged.filter { one in
            let isSibling =
                one.isAwaited ? awaiting.contains(ChildID(bits: one.person.bits)) : siblings.contains(one.person)
            return mayBe(one, isSibling: isSibling) || isNamed(one.pair, rather: best.pair)
        }
        let shown = asked.first { !$0.isAwaited } ?? asked.first ?? judged.first { !$0.isAwaited } ?? best
        var decision = MatchDecision(
            outcome: .new, model: model.version, score: shown.score,
            comparisons: shown.pair.waterfall(model, prior: prior(of: shown.pair)))
        // Whoever has the number, the name and the birth date is not in doubt because of one who waits.
        let isPlain = sharesNumber(best.pair) && isEqualInFull(best.pair)
        let second = judged.dropFirst().first { !($0.isAwaited && isPlain) }
        decision.margin = second.map { best.score - $0.score }
        decision.alsoAwaiting = asked.filter(\.isAwaited).prefix(Limits.matchCandidatesMax)
            .map { ChildID(bits: $0.person.bits) }
        if !best.isAwaited, !siblings.contains(best.person), isCertain(best, among: judged, record),
            (decision.margin ?? Int.max) >= model.policy.margin,
            !asked.dropFirst().contains(where: { bridges($0, best) })
        {
            decision.outcome = .linked
            decision.person = best.person
        } else if !asked.isEmpty {
            decision.outcome = .review
            decision.candidates = asked.filter { !$0.isAwaited }.prefix(Limits.matchCandidatesMax).map(\.person)
        }
        return decision
    }

    /// Whether a referral belongs to another beside the best person. A child who waits for a review may wait for just
    /// that, the best person's number being pasted in: it stands in the way by its name, not by the number.
    private func bridges(_ other: Judged, _ best: Judged) -> Bool {
        (sharesNumber(other.pair) && !other.isAwaited) || isNamed(other.pair, rather: best.pair)
    }

    /// log2 of one in so many people; few are taken for more, since a hub that has just begun knows not whom it does not
    /// know. Of those who share a number or a home there are as few in a large authority as in a small one.
    func prior(of pair: PairComparison) -> Int {
        let isOfFew = sharesNumber(pair) || pair.address == .equal || pair.address == .postcode
        return -MilliBits.log2(UInt64(isOfFew ? PersonIndex.peopleMin : max(count, PersonIndex.peopleMin)))
    }

    private static let peopleMin = 4096

    /// Everybody who may be meant, best first.
    func judge(_ record: MatchRecord, leavingOut child: ChildID?) -> [Judged] {
        var query = Query(record, pool)
        for place in query.places.indices { query.places[place].isShared = isShared(query, query.places[place]) }
        let numbers = candidates(query)
        var judged: [Judged] = []
        judged.reserveCapacity(min(numbers.count, 64))
        compare(query) { comparer in
            for number in numbers {
                guard let pair = best(of: number, comparer, leavingOut: child) else { continue }
                let score = prior(of: pair) + pair.score(model)
                // Far from everything: not worth a place in the sorting.
                guard score > model.policy.reviewScore - 12_000 || pair.nhsNumber == .equal || pair.upn == .equal
                else { continue }
                judged.append(
                    Judged(
                        person: people[Int(number)].id, isAwaited: people[Int(number)].isAwaited, pair: pair,
                        score: score, personal: pair.personal(model), beside: pair.beside(model)))
            }
        }
        judged.sort {
            $0.score != $1.score
                ? $0.score > $1.score
                : ($0.personal != $1.personal ? $0.personal > $1.personal : $0.person < $1.person)
        }
        return judged
    }

    /// Everybody who was weighed, best first: who may be meant and why.
    public struct Explanation: Sendable {
        public let person: PersonID
        public let score: Int
        public let personal: Int
        public let beside: Int
        public let comparisons: [Comparison]
    }

    public func explain(_ record: MatchRecord) -> [Explanation] {
        judge(record, leavingOut: nil).filter { !$0.isAwaited }.map {
            Explanation(
                person: $0.person, score: $0.score, personal: $0.personal, beside: $0.beside,
                comparisons: $0.pair.waterfall(model, prior: prior(of: $0.pair)))
        }
    }

    /// How a record compares with a person, every field; for learning weights, and for explaining.
    public func levels(
        _ record: MatchRecord, of person: PersonID
    ) -> [(field: Comparison.Field, level: Comparison.Level)] {
        guard let number = slot(of: person) else { return [] }
        let query = Query(record, pool)
        var levels: [(field: Comparison.Field, level: Comparison.Level)] = []
        compare(query) { comparer in
            levels = best(of: number, comparer, leavingOut: nil)?.levels.map { ($0.field, $0.level) } ?? []
        }
        return levels
    }

    private func compare(_ query: Query, _ body: (Comparer) -> Void) {
        query.bytes.withUnsafeBufferPointer { queryBytes in
            query.texts.withUnsafeBufferPointer { queryTexts in
                pool.bytes.withUnsafeBufferPointer { poolBytes in
                    pool.items.withUnsafeBufferPointer { items in
                        body(
                            Comparer(
                                query: query, queryBytes: queryBytes, queryTexts: queryTexts, poolBytes: poolBytes,
                                pool: items, model: model, people: count,
                                bornThatDay: bornThatDay(query), listed: listed))
                    }
                }
            }
        }
    }

    /// Compares with each record of a person; name, dates and sex are those of the best one, never a blend. Numbers,
    /// addresses and parents are the best that any record has: people move, and a number that one record lacks another
    /// has. A number that agrees with one outweighs another that does not.
    private func best(of number: Int32, _ comparer: Comparer, leavingOut child: ChildID?) -> PairComparison? {
        var best: PairComparison?
        var bestScore = Int.min
        var merged = PairComparison()
        var next = people[Int(number)].first
        while next >= 0 {
            let entry = entries[Int(next)]
            next = entry.next
            if entry.child == child { continue }
            let pair = comparer.compare(entry, entry.more < 0 ? nil : aside[Int(entry.more)])
            let score = pair.identity(model)
            if score > bestScore {
                bestScore = score
                best = pair
            }
            merged.nhsNumber = better(.nhsNumber, merged.nhsNumber, pair.nhsNumber)
            merged.upn = better(.upn, merged.upn, pair.upn)
            merged.address = better(.address, merged.address, pair.address)
            merged.parent = better(.parent, merged.parent, pair.parent)
        }
        best?.nhsNumber = merged.nhsNumber
        best?.upn = merged.upn
        best?.address = merged.address
        best?.parent = merged.parent
        return best
    }

    /// What agrees outweighs what does not, and what does not outweighs what is not there.
    private func better(
        _ field: Comparison.Field, _ one: Comparison.Level, _ other: Comparison.Level
    ) -> Comparison.Level {
        if one == .absent { return other }
        if other == .absent { return one }
        return model[field, one].unrelated >= model[field, other].unrelated ? one : other
    }

    private func isCertain(_ one: Judged, among judged: [Judged], _ record: MatchRecord) -> Bool {
        let pair = one.pair
        guard one.score >= model.policy.linkScore, one.personal >= model.policy.linkPersonal,
            pair.nhsNumber != .differs, pair.upn != .differs, namesAgree(pair), familiesAgree(pair), datesAgree(pair),
            sexesAgree(pair)
        else { return false }
        return one.beside >= model.policy.linkBeside || isCertainByNameAlone(one, among: judged, record)
    }

    /// A given name that fits. A number can be a brother's, pasted in, so it never does without; but with it less of a
    /// name will do.
    private func namesAgree(_ pair: PairComparison) -> Bool {
        switch pair.given {
        case .equal, .oneEdit, .alike, .shortForm, .transliterated, .swapped: true
        case .further, .bothNames: sharesNumber(pair)
        case .initial: sharesNumber(pair) && pair.birthDate == .equal && pair.family != .differs
        default: false
        }
    }

    /// Nothing but name and birth date, all equal and rare enough among so many people; and nothing that speaks for a
    /// namesake: another further name or parent, the home of another family that is known, or somebody else of that given
    /// name and birth date, whose family name may have been another once. Among very many there is bound to be somebody
    /// of a common given name; that one says nothing.
    private func isCertainByNameAlone(_ one: Judged, among judged: [Judged], _ record: MatchRecord) -> Bool {
        let pair = one.pair
        guard one.score >= model.policy.linkNameAlone, pair.given == .equal, pair.family == .equal,
            pair.birthDate == .equal, pair.sex != .differs, pair.parent == .absent, pair.further != .differs
        else { return false }
        let query = Query(record, pool)
        let isBound = isBoundToBeShared(query)
        let hasOther = judged.contains {
            $0.person != one.person && $0.pair.birthDate == .equal
                && ($0.pair.given == .equal || $0.pair.given == .oneEdit || $0.pair.given == .transliterated)
                && !(isBound && isUnrelated($0.pair))
        }
        if hasOther { return false }
        return Comparer.parentsBearFamilyName(query) && !query.places.contains { isHomeOfOthers(query, $0) }
    }

    /// Whether a quarter of a person more is to be expected who has the given name and the birth date by chance alone.
    private func isBoundToBeShared(_ query: Query) -> Bool {
        var bearers = 0
        for name in query.names where name.given >= 0 && query.texts[name.given].number >= 0 {
            bearers = max(bearers, Int(pool.items[Int(query.texts[name.given].number)].given))
        }
        return bearers * Int(bornThatDay(query)) * 4 >= count
    }

    /// How many people have the birth date.
    private func bornThatDay(_ query: Query) -> Int32 {
        query.birth.isNone ? 0 : Int32(postings[Keys.birth(query.birth)].count)
    }

    private func isUnrelated(_ pair: PairComparison) -> Bool {
        pair.family == .differs && pair.parent != .equal && pair.address != .equal && !sharesNumber(pair)
    }

    /// Children take another family name; that it is the same child then has to come from a number or the household.
    private func familiesAgree(_ pair: PairComparison) -> Bool {
        pair.family != .differs || sharesNumber(pair) || pair.address == .equal || pair.parent == .equal
    }

    private func datesAgree(_ pair: PairComparison) -> Bool {
        switch pair.birthDate {
        case .equal, .dayMonthSwapped, .oneEdit, .near, .yearOff: true
        // No family has two children of one given name.
        case .absent:
            sharesNumber(pair) || (pair.given == .equal && (pair.address == .equal || pair.parent == .equal))
        default: false
        }
    }

    private func sexesAgree(_ pair: PairComparison) -> Bool {
        pair.sex != .differs || (sharesNumber(pair) && pair.given == .equal && pair.birthDate == .equal)
    }

    private func sharesNumber(_ pair: PairComparison) -> Bool { pair.nhsNumber == .equal || pair.upn == .equal }

    /// The number is one person's, and name and birth date are those of this one: whichever was pasted in, a margin
    /// cannot say.
    private func isNamed(_ other: PairComparison, rather best: PairComparison) -> Bool {
        sharesNumber(best) && isNamedInFull(other) && other.identity(model) > best.identity(model)
            && !isEqualInFull(best)
    }

    private func isEqualInFull(_ pair: PairComparison) -> Bool {
        pair.given == .equal && pair.family == .equal && pair.birthDate == .equal
    }

    private func isNamedInFull(_ pair: PairComparison) -> Bool {
        bears(pair.given) && bears(pair.family) && pair.birthDate == .equal
    }

    private func bears(_ name: Comparison.Level) -> Bool {
        switch name {
        case .equal, .swapped, .oneEdit, .transliterated: true
        default: false
        }
    }

    private func mayBe(_ one: Judged, isSibling: Bool) -> Bool {
        let pair = one.pair
        let isNamesake = (pair.given == .equal || pair.given == .swapped) && pair.birthDate == .equal
        if isSibling { return sharesNumber(pair) || isNamesake }
        if sharesNumber(pair) { return true }
        // Before birth there is no name to tell by, and the birth itself is for a person to say.
        if pair.expectedDate == .equal || pair.expectedDate == .near, livesThere(pair) { return true }
        return one.score >= model.policy.reviewScore && one.personal >= model.policy.reviewPersonal
    }

    private func livesThere(_ pair: PairComparison) -> Bool {
        pair.address == .equal || pair.address == .postcode || pair.parent == .equal
    }
}
