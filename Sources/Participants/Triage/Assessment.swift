import DomainModel
import HubConfiguration
import Room

/// What the rules that apply give together: the highest in urgency and in level of need apart.
struct Assessment: Hashable, Sendable {
    var rating: Rating
    /// Ids of the rules, sorted.
    var reasons: [String]
    /// What the child was rated on another case, where that is less.
    var previous: Rating?

    /// Nil where no rule applies.
    init?(_ rules: [RatingRule]) {
        guard let first = rules.first else { return nil }
        rating = Rating(first.rating, level: first.level)
        for rule in rules.dropFirst() { rating = rating.raised(to: Rating(rule.rating, level: rule.level)) }
        reasons = rules.map(\.id).sorted()
    }

    /// Together with what the case was rated before: never lower. Reasons that the new ones do not outdo stand beside
    /// them, or a Red would be explained by the Green that came last.
    func together(with row: CaseRow) -> Assessment {
        guard let previous = row.rating else { return self }
        var result = self
        result.rating = previous.raised(to: rating)
        guard result.rating != rating else { return result }
        for reason in row.reasons where !result.reasons.contains(reason) { result.reasons.append(reason) }
        if result.reasons.count > 1 { result.reasons.removeAll { $0 == Policy.fallbackReason } }
        result.reasons.sort()
        return result
    }

    init(_ fallback: Fallback) {
        rating = Rating(fallback.rating, level: fallback.level)
        reasons = [Policy.fallbackReason]
    }
}

/// One message as it bears on one child: what the rules of the policy are asked about.
struct Account {
    var content: ReferralContent
    var child: ChildFacts
    var rereferral: Bool
    /// What was known of the child before this message.
    var known: [ConcernFacts] = []
    /// A return tells of concerns only: a rule on how the child was referred counted when it was referred.
    var tellsConcernsOnly = false

    /// The rules of the policy that apply, in its order.
    ///
    /// A message is judged by what itself says. Only a number of concerns is counted together with what was known, and
    /// only where the message adds one: three agencies with one concern each give the picture that no one of them has,
    /// but telling the same again is nothing new.
    func rules(of policy: Policy) -> [RatingRule] {
        var rules: [RatingRule] = []
        var together: ReferralContent?
        let adds = !known.isEmpty && addsConcern
        for rule in policy.rules {
            if tellsConcernsOnly, !rule.when.asksOfConcerns { continue }
            if rule.when.holds(for: content, about: child, rereferral: rereferral) {
                rules.append(rule)
            } else if adds, rule.when.concernsAtLeast != nil {
                if together == nil {
                    together = content
                    together?.concerns += known
                }
                if together.map({ rule.when.holds(for: $0, about: child, rereferral: rereferral) }) == true {
                    rules.append(rule)
                }
            }
        }
        return rules
    }

    private var addsConcern: Bool {
        content.concerns.contains { concern in
            guard let factor = concern.factor, !factor.saysNone, concern.concerns(child.part) else { return false }
            return !known.contains { $0.factor == factor }
        }
    }
}

extension Condition {
    var asksOfConcerns: Bool { !factors.isEmpty || historic != nil || concernsAtLeast != nil }
}
