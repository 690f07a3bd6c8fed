import CommandLine
import ConfigurationFiles
import Foundation
import HubConfiguration
import Kafka
import Provisioning
import Room

enum TopicsCommand {
    static let yes = Flag("yes", "does what the plan says; without it, nothing is changed")
    static let revoke = Flag(
        "revoke", "with --yes: also takes away rules about the hub's names that the catalogue lacks")
    static let rules = Flag("rules", "lists who may do what, in place of the topics")
    static let strimzi = Flag("strimzi", "prints all of it as resources of Strimzi, for Kafka on Kubernetes")

    static let command = Command(
        "topics", "makes the topics and the access rules on Kafka",
        discussion: """
            What must be there is a function of topics/catalogue.yaml and hub.yaml. A topic is never deleted and a \
            partition count never changed. What the catalogue does not allow is denied by the brokers.
            """,
        options: [Common.json], environment: Common.brokerVariables,
        examples: [
            ("frontdoor topics list", "what the catalogue says for this hub.yaml; needs no brokers"),
            ("frontdoor topics apply", "shows what would be done"),
            ("frontdoor topics apply --yes", "does it"),
            ("frontdoor topics check", "ends with 1 where the brokers differ"),
        ],
        subcommands: [list, apply, check])

    static let list = Command(
        "list", "lists topics or rules as the catalogue has them for this hub.yaml; needs no brokers",
        options: [rules, strimzi], exitCodes: [.ok, .configuration],
        examples: [
            ("frontdoor topics list --json", "for a script"),
            ("frontdoor topics list --rules", "who may read and write what"),
            ("frontdoor topics list --strimzi > strimzi.yaml", "for 'kubectl apply -f'"),
        ]
    ) { invocation, terminal in
        let (blueprint, settings) = try read(invocation)
        if invocation[strimzi] {
            do throws(Strimzi.UnfitPrincipal) {
                let resources = try Strimzi.resources(
                    blueprint, copies: settings.kafka.replication, inSyncMin: settings.kafka.inSyncMin)
                terminal.print(String(resources.dropLast()))
            } catch {
                throw CommandFailure(.configuration, error.description)
            }
        } else if invocation[rules] {
            TopicsReport.list(blueprint.rules, terminal, asJSON: invocation[Common.json])
        } else {
            TopicsReport.list(blueprint.topics, terminal, asJSON: invocation[Common.json])
        }
        return .ok
    }

    static let apply = Command(
        "apply", "shows what differs on the brokers, and with --yes puts it right",
        discussion: """
            The plan comes first: topics to make, settings to change, rules to allow, and what only a person can change. \
            It needs a certificate that may create topics and alter the cluster, where the brokers ask for one.
            """,
        options: [yes, revoke], exitCodes: [.ok, .checkFailed, .unavailable, .configuration],
        examples: [
            ("frontdoor topics apply", "the plan alone"),
            ("frontdoor topics apply --yes", "for a new cluster, a new agency or a changed catalogue"),
            ("frontdoor topics apply --yes --revoke", "once an agency has left"),
        ]
    ) { invocation, terminal in
        let (blueprint, settings) = try read(invocation)
        let kafka = try Common.kafka(settings, environment: invocation.environment)
        return try await Common.onOwnThread {
            do throws(KafkaError) {
                let admin = try KafkaAdmin(kafka)
                let plan = TopicPlan(
                    blueprint, present: try ClusterState(admin, for: blueprint),
                    needsAuthorizer: settings.kafka.usesTLS)
                TopicsReport.show(
                    plan, terminal, asJSON: invocation[Common.json], revokes: invocation[revoke])
                guard invocation[yes] else {
                    admin.close()
                    TopicsReport.close(plan, terminal, done: false, asJSON: invocation[Common.json])
                    return .ok
                }
                try carryOut(plan, admin, terminal, revokes: invocation[revoke])
                try awaitVisible(blueprint, admin, plan: plan, revokes: invocation[revoke])
                admin.close()
                TopicsReport.close(plan, terminal, done: true, asJSON: invocation[Common.json])
                let isLeft = plan.findings.contains { $0.isDrift } || !plan.excess.isEmpty && !invocation[revoke]
                return isLeft ? .checkFailed : .ok
            } catch {
                throw Common.failure(error)
            }
        }
    }

    /// What the controllers have taken the brokers learn a little later: whoever starts the hub next must find it.
    private static func awaitVisible(
        _ blueprint: Blueprint, _ admin: borrowing KafkaAdmin, plan: TopicPlan, revokes: Bool
    ) throws(KafkaError) {
        if plan.isDone && !(revokes && !plan.excess.isEmpty) { return }
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(60)
        while true {
            let left = TopicPlan(
                blueprint, present: try ClusterState(admin, for: blueprint), needsAuthorizer: false)
            if left.isDone && !(revokes && !left.excess.isEmpty) { return }
            guard clock.now < deadline else {
                throw KafkaError(.timedOut, "all was asked for, and after a minute they do not show all of it yet")
            }
            Thread.sleep(forTimeInterval: 0.2)
        }
    }

    static let check = Command(
        "check", "says where the brokers differ from the catalogue; changes nothing",
        exitCodes: [.ok, .checkFailed, .unavailable, .configuration],
        examples: [("frontdoor topics check", "ends with 1 where something differs")]
    ) { invocation, terminal in
        let (blueprint, settings) = try read(invocation)
        let kafka = try Common.kafka(settings, environment: invocation.environment)
        return try await Common.onOwnThread {
            do throws(KafkaError) {
                let admin = try KafkaAdmin(kafka)
                let present = try ClusterState(admin, for: blueprint)
                admin.close()
                let plan = TopicPlan(blueprint, present: present, needsAuthorizer: settings.kafka.usesTLS)
                TopicsReport.show(plan, terminal, asJSON: invocation[Common.json], revokes: false)
                if plan.hasNoDrift, !invocation[Common.json] {
                    terminal.print(
                        "The brokers are as the catalogue says: \(Words.count(blueprint.topics.count, "topic", "topics")), \(Words.count(blueprint.rules.count, "rule", "rules"))."
                    )
                }
                return plan.hasNoDrift ? .ok : .checkFailed
            } catch {
                throw Common.failure(error)
            }
        }
    }

    private static func read(_ invocation: Invocation) throws(CommandFailure) -> (Blueprint, HubSettings) {
        let configuration = try Common.configuration(invocation)
        let settings = configuration.settings.overridden(by: invocation.environment)
        do throws(CatalogueProblem) {
            let blueprint = try Blueprint(
                configuration.catalogue, directory: configuration.directory, topics: Common.topics(settings),
                brokers: settings.kafka)
            return (blueprint, settings)
        } catch {
            throw CommandFailure(.configuration, error.description)
        }
    }

    /// Topics first: until its rules are there, nobody may use one.
    private static func carryOut(
        _ plan: TopicPlan, _ admin: borrowing KafkaAdmin, _ terminal: Terminal, revokes: Bool
    ) throws(KafkaError) {
        var progress = Progress(
            "Making topics", total: plan.creations.count, unit: "topics", terminal: terminal)
        var rest = plan.creations[...]
        while !rest.isEmpty {
            // The controller answers once the brokers know of all of them: not too many at once.
            try admin.create(rest.prefix(50).map(KafkaNewTopic.init))
            rest = rest.dropFirst(50)
            progress.update(plan.creations.count - rest.count)
        }
        progress.finish()
        for alteration in plan.alterations {
            try admin.alter(alteration.topic, alteration.changes.map { ($0.name, $0.after) })
        }
        try admin.createAccessRules(plan.permissions.map(KafkaAccessRule.init))
        if revokes { try admin.deleteAccessRules(plan.excess.map(KafkaAccessRule.init)) }
    }
}
