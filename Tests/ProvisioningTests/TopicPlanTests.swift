import HubConfiguration
import Provisioning
import Room
import Testing

struct TopicPlanTests {
    @Test func onEmptyBrokersEverythingIsMade() throws {
        let blueprint = try Sample.blueprint()
        let plan = TopicPlan(blueprint, present: ClusterState(brokers: 3), needsAuthorizer: true)
        #expect(plan.creations == blueprint.topics)
        #expect(plan.permissions == blueprint.rules)
        #expect(plan.alterations.isEmpty && plan.excess.isEmpty && plan.findings.isEmpty)
        #expect(!plan.isDone && !plan.hasNoDrift)
    }

    @Test func onceDoneThereIsNothingToDo() throws {
        let blueprint = try Sample.blueprint(prefix: "mash.")
        let plan = TopicPlan(blueprint, present: Sample.present(blueprint), needsAuthorizer: true)
        #expect(plan.isDone && plan.hasNoDrift)
    }

    @Test func aNewAgencyGetsItsTopicsAndRightsAndNothingElseChanges() throws {
        let before = try Sample.blueprint()
        let after = try Blueprint(
            Sample.catalogue(), directory: Sample.directory(agencies: ["bd-gps", "bd-police", "bd-police.north"]),
            topics: .init(), brokers: Sample.brokers)
        let plan = TopicPlan(after, present: Sample.present(before), needsAuthorizer: true)
        #expect(
            plan.creations.map(\.name) == ["agency.bd-gps.inbox", "agency.bd-gps.referrals", "agency.bd-gps.returns"])
        #expect(plan.alterations.isEmpty && plan.findings.isEmpty && plan.excess.isEmpty)
        #expect(plan.permissions.allSatisfy { $0.name.contains("agency.bd-gps") })
        #expect(
            plan.permissions.contains(AccessRule("User:CN=service.routing", may: .write, .topic, "agency.bd-gps.inbox"))
        )
    }

    @Test func anAgencyThatLeftKeepsItsHistoryAndItsRightsAreTold() throws {
        let before = try Sample.blueprint()
        let after = try Blueprint(
            Sample.catalogue(), directory: Sample.directory(agencies: ["bd-police"]), topics: .init(),
            brokers: Sample.brokers)
        let plan = TopicPlan(after, present: Sample.present(before), needsAuthorizer: true)
        #expect(plan.isDone)
        #expect(
            plan.findings == ["inbox", "referrals", "returns"].map { .unknownTopic("agency.bd-police.north.\($0)") })
        #expect(plan.findings.allSatisfy { !$0.isDrift })
        #expect(plan.excess.contains { $0.principal == "User:CN=agency.bd-police.north" && $0.operation == .write })
        #expect(!plan.hasNoDrift)
    }

    @Test func aChangedSettingIsPutBackWithWhatItWas() throws {
        let blueprint = try Sample.blueprint()
        var present = Sample.present(blueprint)
        let index = try #require(present.topics.firstIndex { $0.name == "hub.events" })
        let setting = try #require(present.topics[index].settings.firstIndex { $0.name == "retention.ms" })
        present.topics[index].settings[setting].value = "604800000"
        present.topics[index].settings.removeAll { $0.name == "min.insync.replicas" }
        let plan = TopicPlan(blueprint, present: present, needsAuthorizer: true)
        #expect(plan.creations.isEmpty)
        #expect(plan.alterations.map(\.topic) == ["hub.events"])
        #expect(
            plan.alterations[0].changes.map(\.description) == [
                "min.insync.replicas (none) → 2", "retention.ms 604800000 → -1",
            ])
    }

    @Test func partitionsAndCopiesAreToldAndNeverChanged() throws {
        let blueprint = try Sample.blueprint()
        var present = Sample.present(blueprint)
        for index in present.topics.indices where present.topics[index].name == "hub.events" {
            present.topics[index].partitions = 6
            present.topics[index].replication = 1
        }
        let plan = TopicPlan(blueprint, present: present, needsAuthorizer: true)
        #expect(plan.isDone)
        #expect(
            plan.findings == [
                .partitions(topic: "hub.events", present: 6, wanted: 12),
                .replication(topic: "hub.events", present: 1, wanted: 3),
            ])
        #expect(!plan.hasNoDrift)
    }

    @Test func whatIsNotTheHubsIsNotJudged() throws {
        let blueprint = try Sample.blueprint(prefix: "mash.")
        var present = Sample.present(blueprint)
        present.topics.append(ClusterState.PresentTopic(name: "agency.other.inbox", partitions: 3, replication: 1))
        present.topics.append(ClusterState.PresentTopic(name: "__consumer_offsets", partitions: 50, replication: 3))
        present.rules?.append(AccessRule("User:CN=them", may: .read, .topic, "agency.other.inbox"))
        present.rules?.append(AccessRule("User:CN=them", may: .read, .topic, "mashed", isPrefix: true))
        present.rules?.append(AccessRule("User:CN=them", may: .alter, .cluster, "kafka-cluster"))
        #expect(TopicPlan(blueprint, present: present, needsAuthorizer: true).hasNoDrift)
    }

    @Test func aRuleTooManyIsFoundWhereverItReachesFrom() throws {
        let blueprint = try Sample.blueprint(prefix: "mash.")
        let inside = [
            AccessRule("User:CN=agency.bd-police", may: .read, .topic, "mash.agency.bd-police.north.inbox"),
            AccessRule("User:CN=agency.bd-police", may: .read, .topic, "mash.hub.events"),
            AccessRule("User:CN=desk.bd-duty", may: .write, .transactionalID, "mash.intake-1"),
            AccessRule("User:CN=service.triage", may: .read, .topic, "mash.hub.events", isAllowed: false),
        ]
        let reaching = [
            AccessRule("User:*", may: .read, .topic, "*"),
            AccessRule("User:CN=x", may: .all, .topic, "ma", isPrefix: true),
            AccessRule("User:CN=x", may: .read, .group, "", isPrefix: true),
        ]
        var present = Sample.present(blueprint)
        present.rules? += inside + reaching
        let plan = TopicPlan(blueprint, present: present, needsAuthorizer: true)
        #expect(plan.excess == inside.sorted())
        #expect(plan.findings == reaching.sorted().map { .reachesIn($0) })
        #expect(!plan.hasNoDrift)
    }

    @Test func withoutAnAuthorizerATrialGoesAheadAndAServiceIsTold() throws {
        let blueprint = try Sample.blueprint()
        var present = Sample.present(blueprint)
        present.rules = nil
        #expect(TopicPlan(blueprint, present: present, needsAuthorizer: false).hasNoDrift)
        #expect(TopicPlan(blueprint, present: present, needsAuthorizer: true).findings == [.noAuthorizer])
    }

    @Test func whoMayNotSeeTheRulesIsToldSoAndComparesTheRest() throws {
        let blueprint = try Sample.blueprint()
        var present = Sample.present(blueprint)
        present.rules = []
        present.hidesRules = true
        let plan = TopicPlan(blueprint, present: present, needsAuthorizer: true)
        #expect(plan.findings == [.rulesHidden])
        #expect(plan.isDone && plan.hasNoDrift)
    }

    @Test func tooFewBrokersAreToldOnce() throws {
        let plan = TopicPlan(
            try Sample.blueprint(), present: ClusterState(brokers: 1, makesTopicsOfItself: true), needsAuthorizer: true)
        #expect(plan.findings == [.tooFewBrokers(present: 1, wanted: 3), .topicsMakeThemselves])
    }
}
