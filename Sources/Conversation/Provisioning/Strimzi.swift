/// The blueprint as resources of Strimzi, which runs Kafka on Kubernetes: a cluster, its topics, and a user for each
/// principal with the rules of the catalogue.
public enum Strimzi {
    /// A principal that no user of Strimzi can be: it names each by the common name of the certificate that it makes.
    public struct UnfitPrincipal: Error, Hashable, Sendable, CustomStringConvertible {
        public let name: String
        public var description: String {
            "Strimzi calls its users User:CN=<name>, in lower case and up to 64 letters, and '\(name)' is none: set kafka.principals to User:CN={principal}"
        }
    }

    static let nodes = """
        apiVersion: kafka.strimzi.io/v1
        kind: KafkaNodePool
        metadata:
          name: brokers
          labels: {strimzi.io/cluster: frontdoor}
        spec:
          replicas: %
          roles: [controller, broker]
          storage:
            type: jbod
            volumes:
              - {id: 0, type: persistent-claim, size: 100Gi, kraftMetadata: shared, deleteClaim: false}
        ---
        apiVersion: kafka.strimzi.io/v1
        kind: Kafka
        metadata:
          name: frontdoor
        spec:
          kafka:
            listeners:
              - {name: tls, port: 9093, type: internal, tls: true, authentication: {type: tls}}
            authorization: {type: simple}
            config:
              auto.create.topics.enable: false
              default.replication.factor: %
              min.insync.replicas: %
              offsets.topic.replication.factor: %
              transaction.state.log.replication.factor: %
              transaction.state.log.min.isr: %
              transaction.abort.timed.out.transaction.cleanup.interval.ms: 1000
              unclean.leader.election.enable: false
          entityOperator:
            topicOperator: {}
            userOperator: {}

        """

    /// YAML of all of it, the same for the same blueprint.
    public static func resources(_ blueprint: Blueprint, copies: Int, inSyncMin: Int) throws(UnfitPrincipal) -> String {
        var text =
            "# Made by 'frontdoor topics list --strimzi' from topics/catalogue.yaml and hub.yaml; not to be edited.\n"
        text += filled(nodes, [copies, copies, inSyncMin, copies, copies, inSyncMin])
        for topic in blueprint.topics { text += resource(topic) }
        var index = 0
        while index < blueprint.rules.count {
            let principal = blueprint.rules[index].principal
            let rules = blueprint.rules[index...].prefix { $0.principal == principal }
            text += try user(principal, rules)
            index += rules.count
        }
        return text
    }

    private static func filled(_ pattern: String, _ numbers: [Int]) -> String {
        var text = ""
        for (index, piece) in pattern.split(separator: "%", omittingEmptySubsequences: false).enumerated() {
            text += index == 0 ? "" : "\(numbers[index - 1])"
            text += piece
        }
        return text
    }

    private static func resource(_ topic: WantedTopic) -> String {
        let settings = topic.settings.map { "\($0.name): \(scalar($0.value))" }.joined(separator: ", ")
        return """
            ---
            apiVersion: kafka.strimzi.io/v1
            kind: KafkaTopic
            metadata:
              name: \(topic.name.lowercased())
              labels: {strimzi.io/cluster: frontdoor}
            spec:
              topicName: \(quoted(topic.name))
              partitions: \(topic.partitions)
              replicas: \(topic.replication)
              config: {\(settings)}

            """
    }

    private static func user(_ principal: String, _ rules: ArraySlice<AccessRule>) throws(UnfitPrincipal) -> String {
        let prefix = "User:CN="
        let name = principal.dropFirst(prefix.count)
        guard principal.hasPrefix(prefix), (1...64).contains(name.utf8.count),
            name.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 46 })
        else { throw UnfitPrincipal(name: principal) }
        var text = """
            ---
            apiVersion: kafka.strimzi.io/v1
            kind: KafkaUser
            metadata:
              name: \(name)
              labels: {strimzi.io/cluster: frontdoor}
            spec:
              authentication: {type: tls}
              authorization:
                type: simple
                acls:

            """
        for rule in rules {
            let pattern = rule.isPrefix ? "prefix" : "literal"
            text +=
                "      - {resource: {type: \(kind(rule.resource)), name: \(quoted(rule.name)), patternType: \(pattern)}, operations: [\(verb(rule.operation))]}\n"
        }
        return text
    }

    private static func kind(_ resource: AccessRule.Resource) -> String {
        resource == .transactionalID ? "transactionalId" : resource.rawValue
    }

    /// `describe configs` → `DescribeConfigs`
    private static func verb(_ operation: AccessRule.Operation) -> String {
        operation.rawValue.split(separator: " ").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// Numbers and truths as such: the brokers take both, and a reader of YAML sees which they are.
    private static func scalar(_ text: String) -> String {
        Int64(text) != nil || text == "true" || text == "false" ? text : quoted(text)
    }

    private static func quoted(_ text: String) -> String { "\"\(text)\"" }
}
