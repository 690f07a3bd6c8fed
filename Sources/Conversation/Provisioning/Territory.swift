/// Which names on a cluster are the hub's: only there does it judge what should not be there.
public struct Territory: Hashable, Sendable {
    /// Of a shared cluster; may be empty.
    public let prefix: String
    /// First parts of the topics' names, sorted: `agency`, `hub`, `oncall`, `team`.
    public let kinds: [String]
    /// Participants, sorted.
    public let services: [String]

    /// Beginnings of the names of topics.
    var topics: [String] { kinds.map { "\(prefix)\($0)." } }

    /// Sees that a topic exists, where it ends and how it is set, and nothing of what is in it.
    func observing(as principal: String) -> [AccessRule] {
        topics.flatMap { beginning in
            [.describe, .describeConfigs].map {
                AccessRule(principal, may: $0, .topic, beginning, isPrefix: true)
            }
        }
    }

    func holds(topic name: String) -> Bool { topics.contains { name.hasPrefix($0) } }

    /// Whether a rule is about names of the hub alone, so that the hub may judge it.
    func holds(_ rule: AccessRule) -> Bool { beginnings(of: rule.resource).contains { rule.name.hasPrefix($0) } }

    /// Whether a rule about other names, or all, reaches the hub's: that of a wildcard, or of a shorter beginning.
    func isReached(by rule: AccessRule) -> Bool {
        guard !holds(rule) else { return false }
        if rule.name == "*" { return rule.resource != .cluster }
        return rule.isPrefix && beginnings(of: rule.resource).contains { $0.hasPrefix(rule.name) }
    }

    private func beginnings(of resource: AccessRule.Resource) -> [String] {
        switch resource {
        case .topic: topics
        case .group:
            services.map { prefix + $0 } + ["agency.", "team.", "desk."].map { prefix + $0 }
        case .transactionalID: services.map { "\(prefix)\($0)-" }
        case .cluster: []
        }
    }
}
