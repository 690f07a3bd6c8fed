public import HubConfiguration
public import Room

/// A topic as it must be on the brokers, with who may write and read it.
public struct WantedTopic: Hashable, Sendable {
    public struct Setting: Hashable, Sendable, CustomStringConvertible {
        public var name: String
        public var value: String
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
        public var description: String { "\(name)=\(value)" }
    }

    public var name: String
    public var about: String
    public var partitions: Int32
    public var replication: Int
    /// In an order of their own, always the same.
    public var settings: [Setting]
    public var writers: [Principal]
    public var readers: [Principal]
}

/// Something in the catalogue that nobody could be given.
public struct CatalogueProblem: Error, Hashable, Sendable, CustomStringConvertible {
    public let topic: String
    public let principal: String
    public var description: String {
        "topics/catalogue.yaml: '\(principal)' of \(topic) is nobody: write agency:, team:, desk: or service: before a name, or command"
    }
}

/// All that the catalogue asks of the brokers for the agencies, teams and desks of one `hub.yaml`: a function of the
/// files alone.
public struct Blueprint: Hashable, Sendable {
    /// Sorted by name.
    public let topics: [WantedTopic]
    /// Sorted.
    public let rules: [AccessRule]
    /// Who comes at all, sorted.
    public let principals: [Principal]
    /// The names that belong to the hub on the cluster.
    public let territory: Territory

    public init(
        _ catalogue: TopicCatalogue, directory: HubDirectory, topics hub: HubTopics, brokers: BrokerSettings
    ) throws(CatalogueProblem) {
        let shape = Shape(
            replication: brokers.replication, inSyncMin: brokers.inSyncMin, roomPartitions: hub.partitions,
            compactionLagHoursMax: catalogue.compactionLagHoursMax)
        var topics: [WantedTopic] = []
        for topic in catalogue.topics {
            for instance in topic.instances(in: directory) {
                topics.append(try shape.topic(topic, instance, prefix: hub.prefix))
            }
        }
        for table in catalogue.tables { topics.append(try shape.table(table, prefix: hub.prefix)) }
        topics.sort { $0.name < $1.name }
        self.topics = topics

        var principals: Set<Principal> = []
        for topic in topics { principals.formUnion(topic.writers + topic.readers) }
        self.principals = principals.sorted()
        let services = self.principals.compactMap { principal -> String? in
            if case .service(let name) = principal { name } else { nil }
        }
        territory = Territory(
            prefix: hub.prefix, kinds: Set(catalogue.topics.map { String($0.name.prefix { $0 != "." }) }).sorted(),
            services: services)

        let names = PrincipalNames(brokers)
        var rules: Set<AccessRule> = []
        for topic in topics {
            for writer in topic.writers {
                rules.insert(AccessRule(names.name(of: writer), may: .write, .topic, topic.name))
            }
            for reader in topic.readers {
                rules.insert(AccessRule(names.name(of: reader), may: .read, .topic, topic.name))
            }
        }
        for principal in self.principals {
            rules.formUnion(Self.ownNames(principal, called: names.name(of: principal), prefix: hub.prefix))
        }
        for observer in catalogue.observers {
            for principal in try Self.observers(observer, services: services) {
                rules.formUnion(territory.observing(as: names.name(of: principal)))
            }
        }
        self.rules = rules.sorted()
    }

    /// Groups to read in and ids to write with: nobody may join another's group or fence another's producer.
    private static func ownNames(_ principal: Principal, called name: String, prefix: String) -> [AccessRule] {
        switch principal {
        case .service(let service):
            // As the log on Kafka names them: the group is the participant's, the id has the instance behind it.
            [
                AccessRule(name, may: .read, .group, prefix + service),
                AccessRule(name, may: .write, .transactionalID, "\(prefix)\(service)-", isPrefix: true),
                AccessRule(name, may: .describe, .transactionalID, "\(prefix)\(service)-", isPrefix: true),
            ]
        case .agency, .team, .desk:
            // No id may hold a colon, so what begins with 'agency.a:' is never the group of an agency 'a.b'.
            [
                AccessRule(name, may: .read, .group, "\(prefix)\(principal)"),
                AccessRule(name, may: .read, .group, "\(prefix)\(principal):", isPrefix: true),
            ]
        case .command: []
        }
    }

    private static func observers(_ text: String, services: [String]) throws(CatalogueProblem) -> [Principal] {
        if text == "service:{service}" { return services.map { .service($0) } }
        guard let principal = Principal(catalogue: text) else {
            throw CatalogueProblem(topic: "observers", principal: text)
        }
        return [principal]
    }
}

/// What of the catalogue becomes which setting of Kafka.
private struct Shape {
    let replication: Int
    let inSyncMin: Int
    let roomPartitions: Int32
    let compactionLagHoursMax: Int

    func topic(
        _ topic: CatalogueTopic, _ instance: CatalogueTopic.Instance, prefix: String
    ) throws(CatalogueProblem) -> WantedTopic {
        var settings = common(cleanup: topic.cleanup, recordBytesMax: topic.recordBytesMax)
        if topic.cleanup == .delete {
            let kept = topic.retentionDays.map { Int64($0) * 86_400_000 } ?? -1
            settings.append(WantedTopic.Setting("retention.ms", String(kept)))
            // A broker's own limit in bytes would drop what the hub has not yet read.
            settings.append(WantedTopic.Setting("retention.bytes", "-1"))
        }
        if topic.appendTime { settings.append(WantedTopic.Setting("message.timestamp.type", "LogAppendTime")) }
        return WantedTopic(
            name: prefix + instance.name, about: topic.about, partitions: count(topic.partitions),
            replication: replication, settings: settings,
            writers: try principals(topic.writers, of: instance), readers: try principals(topic.readers, of: instance))
    }

    func table(_ table: CatalogueTable, prefix: String) throws(CatalogueProblem) -> WantedTopic {
        let instance = CatalogueTopic.Instance(name: CatalogueTable.topicPrefix + table.name, owner: nil)
        return WantedTopic(
            name: prefix + instance.name, about: "Table.", partitions: count(table.partitions),
            replication: replication,
            settings: common(cleanup: .compact, recordBytesMax: CatalogueTable.recordBytesMax),
            writers: try principals(table.writers, of: instance), readers: try principals(table.readers, of: instance))
    }

    private func count(_ partitions: Int) -> Int32 { partitions == 0 ? roomPartitions : Int32(partitions) }

    private func common(cleanup: Cleanup, recordBytesMax: Int) -> [WantedTopic.Setting] {
        var settings = [
            WantedTopic.Setting("cleanup.policy", cleanup.rawValue),
            WantedTopic.Setting("max.message.bytes", String(recordBytesMax)),
            WantedTopic.Setting("min.insync.replicas", String(inSyncMin)),
            // A leader that lacks what was acknowledged would lose a referral.
            WantedTopic.Setting("unclean.leader.election.enable", "false"),
        ]
        if cleanup == .compact {
            settings.append(
                WantedTopic.Setting("max.compaction.lag.ms", String(Int64(compactionLagHoursMax) * 3_600_000)))
        }
        return settings
    }

    private func principals(
        _ texts: [String], of instance: CatalogueTopic.Instance
    ) throws(CatalogueProblem) -> [Principal] {
        var found: [Principal] = []
        for text in texts {
            guard let principal = Principal(catalogue: instance.filled(text)) else {
                throw CatalogueProblem(topic: instance.name, principal: text)
            }
            found.append(principal)
        }
        return found
    }
}
