/// What is on the brokers, as far as the hub is concerned.
public struct ClusterState: Hashable, Sendable {
    public struct PresentTopic: Hashable, Sendable {
        public var name: String
        public var partitions: Int32
        public var replication: Int
        /// In force, whether set on the topic or by the broker.
        public var settings: [WantedTopic.Setting]

        public init(name: String, partitions: Int32, replication: Int, settings: [WantedTopic.Setting] = []) {
            self.name = name
            self.partitions = partitions
            self.replication = replication
            self.settings = settings
        }
    }

    public var brokers: Int
    public var topics: [PresentTopic]
    /// Nil: the brokers have no authorizer, so everybody may do everything.
    public var rules: [AccessRule]?
    /// Who looked may not see them.
    public var hidesRules = false
    /// Topics come into being when somebody names one.
    public var makesTopicsOfItself: Bool

    public init(
        brokers: Int, topics: [PresentTopic] = [], rules: [AccessRule]? = [], makesTopicsOfItself: Bool = false
    ) {
        self.brokers = brokers
        self.topics = topics
        self.rules = rules
        self.makesTopicsOfItself = makesTopicsOfItself
    }
}

/// A setting that is to be changed.
public struct SettingChange: Hashable, Sendable, CustomStringConvertible {
    public var name: String
    /// Nil: none is in force.
    public var before: String?
    public var after: String
    public var description: String { "\(name) \(before ?? "(none)") → \(after)" }
}

public struct TopicAlteration: Hashable, Sendable {
    public var topic: String
    public var changes: [SettingChange]
}

/// What differs and is not the plan's to change: a person has to look.
public enum Finding: Hashable, Sendable, CustomStringConvertible {
    case partitions(topic: String, present: Int32, wanted: Int32)
    case replication(topic: String, present: Int, wanted: Int)
    /// A topic under the hub's names that the configuration has no more. Its history stays.
    case unknownTopic(String)
    /// A rule about other names that reaches the hub's.
    case reachesIn(AccessRule)
    case noAuthorizer
    case rulesHidden
    case tooFewBrokers(present: Int, wanted: Int)
    case topicsMakeThemselves

    /// Whether it is wrong, and not only worth knowing.
    public var isDrift: Bool {
        switch self {
        case .unknownTopic, .rulesHidden: false
        default: true
        }
    }

    public var description: String {
        switch self {
        case .partitions(let topic, let present, let wanted):
            "\(topic) has \(present) partitions and the configuration wants \(wanted): a partition count is never changed, so set roomPartitions back"
        case .replication(let topic, let present, let wanted):
            "\(topic) has \(present) copies and the configuration wants \(wanted): move it with kafka-reassign-partitions.sh, or set kafka.replication"
        case .unknownTopic(let topic):
            "\(topic) is in no configuration any more; it is left as it is, and is never deleted by the hub"
        case .reachesIn(let rule):
            "\(rule): a rule from elsewhere that reaches the hub's names; take it away with kafka-acls.sh, or make it narrower"
        case .noAuthorizer:
            "the brokers have no authorizer, so everybody may read everything: set authorizer.class.name, and allow.everyone.if.no.acl.found=false"
        case .rulesHidden:
            "the access rules may not be seen with this certificate: compare them as the administrator"
        case .tooFewBrokers(let present, let wanted):
            "\(wanted) copies are wanted and the brokers are \(present): set kafka.replication to 1 for a trial with one broker"
        case .topicsMakeThemselves:
            "the brokers make a topic when somebody names one, with settings of their own: set auto.create.topics.enable=false"
        }
    }
}

/// What is to be done so that the brokers are as the catalogue says. It never deletes a topic and never changes a
/// partition count.
public struct TopicPlan: Hashable, Sendable {
    public private(set) var creations: [WantedTopic] = []
    public private(set) var alterations: [TopicAlteration] = []
    public private(set) var permissions: [AccessRule] = []
    /// Rules about the hub's names that the catalogue does not give: taken away only where that is asked for.
    public private(set) var excess: [AccessRule] = []
    public private(set) var findings: [Finding] = []

    /// - Parameter needsAuthorizer: in service, where clients come in with certificates. A trial may do without.
    public init(_ blueprint: Blueprint, present: ClusterState, needsAuthorizer: Bool) {
        for wanted in blueprint.topics {
            if let topic = present.topics.first(where: { $0.name == wanted.name }) {
                compare(wanted, with: topic)
            } else {
                creations.append(wanted)
                if wanted.replication > present.brokers,
                    !findings.contains(.tooFewBrokers(present: present.brokers, wanted: wanted.replication))
                {
                    findings.append(.tooFewBrokers(present: present.brokers, wanted: wanted.replication))
                }
            }
        }
        let known = Set(blueprint.topics.map(\.name))
        for name in present.topics.map(\.name).sorted()
        where blueprint.territory.holds(topic: name) && !known.contains(name) {
            findings.append(.unknownTopic(name))
        }
        if present.makesTopicsOfItself { findings.append(.topicsMakeThemselves) }
        if present.hidesRules {
            findings.append(.rulesHidden)
            return
        }
        guard let rules = present.rules else {
            if needsAuthorizer { findings.append(.noAuthorizer) }
            return
        }
        let held = Set(rules)
        permissions = blueprint.rules.filter { !held.contains($0) }
        let given = Set(blueprint.rules)
        for rule in rules.sorted() where !given.contains(rule) {
            if blueprint.territory.holds(rule) {
                excess.append(rule)
            } else if blueprint.territory.isReached(by: rule) {
                findings.append(.reachesIn(rule))
            }
        }
    }

    private mutating func compare(_ wanted: WantedTopic, with topic: ClusterState.PresentTopic) {
        if topic.partitions != wanted.partitions {
            findings.append(
                .partitions(topic: wanted.name, present: topic.partitions, wanted: wanted.partitions))
        }
        if topic.replication != wanted.replication {
            findings.append(
                .replication(topic: wanted.name, present: topic.replication, wanted: wanted.replication))
        }
        var changes: [SettingChange] = []
        for setting in wanted.settings {
            let before = topic.settings.first { $0.name == setting.name }?.value
            guard before != setting.value else { continue }
            changes.append(SettingChange(name: setting.name, before: before, after: setting.value))
        }
        if !changes.isEmpty { alterations.append(TopicAlteration(topic: wanted.name, changes: changes)) }
    }

    /// Nothing that `apply` would do.
    public var isDone: Bool { creations.isEmpty && alterations.isEmpty && permissions.isEmpty }

    /// All is as the catalogue says.
    public var hasNoDrift: Bool { isDone && excess.isEmpty && !findings.contains { $0.isDrift } }
}
