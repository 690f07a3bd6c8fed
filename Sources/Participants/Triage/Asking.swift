import DomainModel
import HubConfiguration

/// What one agency is asked.
struct Ask: Hashable, Sendable {
    var agency: AgencyName
    var topics: [String]
    var purpose: String
    var necessity: String
    /// Whose place it takes; nil: its own.
    var coverFor: AgencyName?
}

extension [Ask] {
    /// Whoever is outside its terms gives way to the first of its chain of cover that is in session; who is asked in
    /// its own right already is asked once, for all their topics.
    func covered(in configuration: HubDirectory, at now: Instant, except excluded: [AgencyName]) -> [Ask] {
        var asked: [Ask] = []
        for var ask in self {
            // Cover that must not be told, or has told or been asked already, is passed over: then the agency itself is
            // asked, and its clock says when it is back.
            if let cover = configuration.cover(for: ask.agency, at: now), !excluded.contains(cover) {
                ask.coverFor = ask.agency
                ask.agency = cover
            }
            guard let place = asked.firstIndex(where: { $0.agency == ask.agency }) else {
                asked.append(ask)
                continue
            }
            for topic in ask.topics where !asked[place].topics.contains(topic) { asked[place].topics.append(topic) }
        }
        return asked
    }
}

extension Policy {
    /// Whom to ask about a child at that urgency, in the order of the configuration. An agency that several rules name
    /// is asked once, for all their topics; purpose and necessity are the first's.
    func asks(
        at urgency: RAG, in configuration: HubDirectory, of authority: AuthorityCode, except excluded: [AgencyName]
    ) -> [Ask] {
        let due = asks.filter { $0.ratings.contains(urgency) }
        guard !due.isEmpty else { return [] }
        var found: [Ask] = []
        for agency in configuration.agencies {
            guard agency.authorities.isEmpty || agency.authorities.contains(authority),
                !excluded.contains(agency.id)
            else { continue }
            var ask: Ask?
            for rule in due where rule.kinds.contains(agency.kind) {
                if ask == nil {
                    ask = Ask(agency: agency.id, topics: [], purpose: rule.purpose, necessity: rule.necessity)
                }
                for topic in rule.topics where ask?.topics.contains(topic) == false { ask?.topics.append(topic) }
            }
            if let ask { found.append(ask) }
        }
        return found
    }
}
