import CommandLine
import Foundation
import HubConfiguration
import Kafka
import Provisioning

extension Common {
    static let brokerVariables: [(name: String, whatItDoes: String)] = [
        ("FRONTDOOR_KAFKA_BOOTSTRAP", "the brokers, in place of kafka.bootstrap of hub.yaml"),
        ("FRONTDOOR_KAFKA_CA_FILE", "whose brokers are believed; with it, clients come in by TLS"),
        ("FRONTDOOR_KAFKA_CERTIFICATE_FILE", "this process's own certificate"),
        ("FRONTDOOR_KAFKA_KEY_FILE", "its key"),
        ("FRONTDOOR_KAFKA_KEY_PASSWORD", "the key's password, where no keyPasswordFile is named"),
    ]

    /// How this process comes to the brokers. Secrets come from files or the environment, never the command line.
    static func kafka(
        _ settings: HubSettings, environment: [String: String], log: (@Sendable (Int, String) -> Void)? = nil
    ) throws(CommandFailure) -> KafkaSettings {
        let brokers = settings.kafka
        guard brokers.isConfigured else {
            throw CommandFailure(
                .configuration, "hub.yaml names no brokers",
                remedy: "Set kafka.bootstrap in its settings, or FRONTDOOR_KAFKA_BOOTSTRAP.")
        }
        var tls: KafkaSettings.TLS?
        if brokers.usesTLS {
            for file in [brokers.caFile, brokers.certificateFile, brokers.keyFile] where !file.isEmpty {
                guard FileManager.default.isReadableFile(atPath: file) else {
                    throw CommandFailure(
                        .configuration, "the file \(file) cannot be read", remedy: "Does it exist? May you read it?")
                }
            }
            tls = KafkaSettings.TLS(
                authorityFile: brokers.caFile.isEmpty ? nil : brokers.caFile,
                certificateFile: brokers.certificateFile.isEmpty ? nil : brokers.certificateFile,
                keyFile: brokers.keyFile.isEmpty ? nil : brokers.keyFile,
                keyPassword: try password(brokers, environment))
        }
        return KafkaSettings(
            brokers: brokers.bootstrap, tls: tls, extra: brokers.client.map { ($0.name, KafkaSecret($0.value)) },
            log: log)
    }

    private static func password(
        _ brokers: BrokerSettings, _ environment: [String: String]
    ) throws(CommandFailure) -> KafkaSecret? {
        if !brokers.keyPasswordFile.isEmpty {
            guard let data = FileManager.default.contents(atPath: brokers.keyPasswordFile) else {
                throw CommandFailure(
                    .configuration, "the file \(brokers.keyPasswordFile) cannot be read",
                    remedy: "It holds the password of the key alone.")
            }
            return KafkaSecret(String(decoding: data.prefix { $0 != 10 && $0 != 13 }, as: UTF8.self))
        }
        return environment["FRONTDOOR_KAFKA_KEY_PASSWORD"].flatMap { $0.isEmpty ? nil : KafkaSecret($0) }
    }

    static func failure(_ error: KafkaError) -> CommandFailure {
        switch error.code {
        case .topicDenied, .groupDenied, .transactionalIdDenied, .clusterDenied:
            CommandFailure(
                .unavailable, "the brokers do not allow it: \(error)",
                remedy: "Topics and rules are made by one who may alter the cluster: another certificate, perhaps.")
        default:
            CommandFailure(
                .unavailable, "the brokers: \(error)",
                remedy: "Are they up, is the address right, and do they take this certificate?")
        }
    }
}

extension ClusterState {
    /// What is on the brokers of the hub's own: settings are asked for only where a topic is wanted.
    init(_ admin: borrowing KafkaAdmin, for blueprint: Blueprint) throws(KafkaError) {
        let (brokers, topics) = try admin.cluster()
        let wanted = Set(blueprint.topics.map(\.name))
        let known = topics.filter { wanted.contains($0.name) }
        let settings = try admin.settings(ofTopics: known.map(\.name))
        var present = topics.filter { !wanted.contains($0.name) }.map {
            PresentTopic(name: $0.name, partitions: $0.partitions, replication: $0.replication)
        }
        for (topic, settings) in zip(known, settings) {
            present.append(
                PresentTopic(
                    name: topic.name, partitions: topic.partitions, replication: topic.replication,
                    settings: settings.compactMap { setting in
                        setting.value.map { WantedTopic.Setting(setting.name, $0) }
                    }))
        }
        self.init(brokers: brokers.count, topics: present)
        do throws(KafkaError) {
            rules = try admin.accessRules()?.map(AccessRule.init)
            guard let first = brokers.first else { return }
            makesTopicsOfItself = try admin.settings(ofBroker: first).contains {
                $0.name == "auto.create.topics.enable" && $0.value == "true"
            }
        } catch {
            // Only the administrator sees these.
            guard error.code == .clusterDenied else { throw error }
            hidesRules = true
        }
    }
}

extension KafkaNewTopic {
    init(_ wanted: WantedTopic) {
        self.init(
            name: wanted.name, partitions: wanted.partitions, replication: wanted.replication,
            settings: wanted.settings.map { ($0.name, $0.value) })
    }
}

extension AccessRule {
    init(_ rule: KafkaAccessRule) {
        self.init(
            rule.principal, may: Operation(rule.operation), Resource(rule.resource), rule.name,
            isPrefix: rule.isPrefix, host: rule.host, isAllowed: rule.isAllowed)
    }
}

extension KafkaAccessRule {
    init(_ rule: AccessRule) {
        self.init(
            resource: Resource(rule.resource), name: rule.name, isPrefix: rule.isPrefix, principal: rule.principal,
            host: rule.host, operation: Operation(rule.operation), isAllowed: rule.isAllowed)
    }
}

extension AccessRule.Resource {
    fileprivate init(_ resource: KafkaAccessRule.Resource) {
        self =
            switch resource {
            case .topic: .topic
            case .group: .group
            case .cluster: .cluster
            case .transactionalID: .transactionalID
            }
    }
}

extension KafkaAccessRule.Resource {
    fileprivate init(_ resource: AccessRule.Resource) {
        self =
            switch resource {
            case .topic: .topic
            case .group: .group
            case .cluster: .cluster
            case .transactionalID: .transactionalID
            }
    }
}

extension AccessRule.Operation {
    fileprivate init(_ operation: KafkaAccessRule.Operation) {
        self =
            switch operation {
            case .all: .all
            case .read: .read
            case .write: .write
            case .create: .create
            case .delete: .delete
            case .alter: .alter
            case .describe: .describe
            case .clusterAction: .clusterAction
            case .describeConfigs: .describeConfigs
            case .alterConfigs: .alterConfigs
            case .idempotentWrite: .idempotentWrite
            }
    }
}

extension KafkaAccessRule.Operation {
    fileprivate init(_ operation: AccessRule.Operation) {
        self =
            switch operation {
            case .all: .all
            case .read: .read
            case .write: .write
            case .create: .create
            case .delete: .delete
            case .alter: .alter
            case .describe: .describe
            case .clusterAction: .clusterAction
            case .describeConfigs: .describeConfigs
            case .alterConfigs: .alterConfigs
            case .idempotentWrite: .idempotentWrite
            }
    }
}
