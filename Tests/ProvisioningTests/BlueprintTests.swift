import DomainModel
import HubConfiguration
import Provisioning
import Room
import Testing

struct BlueprintTests {
    @Test func aTopicFromOutsideIsKeptAFortnightWithTheTimeOfItsAppend() throws {
        let topic = try #require(try Sample.blueprint().topics.first { $0.name == "agency.bd-police.referrals" })
        #expect(topic.partitions == 1)
        #expect(topic.replication == 3)
        #expect(
            topic.settings.map(\.description) == [
                "cleanup.policy=delete", "max.message.bytes=4194304", "min.insync.replicas=2",
                "unclean.leader.election.enable=false", "retention.ms=2419200000", "retention.bytes=-1",
                "message.timestamp.type=LogAppendTime",
            ])
        #expect(topic.writers.map(\.description) == ["agency.bd-police"])
    }

    @Test func theRoomIsKeptForEver() throws {
        let room = try #require(try Sample.blueprint().topics.first { $0.name == "hub.events" })
        #expect(room.partitions == 12)
        #expect(room.settings.contains(WantedTopic.Setting("retention.ms", "-1")))
        #expect(room.settings.contains(WantedTopic.Setting("retention.bytes", "-1")))
    }

    @Test func whatIsReplacedInATableIsGoneWithinADay() throws {
        let blueprint = try Sample.blueprint(prefix: "mash.")
        let tables = blueprint.topics.filter { $0.name.hasPrefix("mash.hub.table.") }
        #expect(tables.count == (try Sample.catalogue().tables.count))
        for table in tables {
            #expect(table.settings.contains(WantedTopic.Setting("cleanup.policy", "compact")), "\(table.name)")
            #expect(table.settings.contains(WantedTopic.Setting("max.compaction.lag.ms", "86400000")), "\(table.name)")
            #expect(!table.settings.contains { $0.name == "retention.ms" }, "\(table.name)")
        }
        #expect(tables.first { $0.name == "mash.hub.table.triage" }?.partitions == 12)
        #expect(tables.first { $0.name == "mash.hub.table.intake" }?.partitions == 1)
    }

    @Test func aTrialWithOneBrokerHasOneCopyOfEverything() throws {
        let trial = try Sample.blueprint(brokers: BrokerSettings(replication: 1))
        #expect(trial.topics.allSatisfy { $0.replication == 1 })
        #expect(trial.topics.allSatisfy { $0.settings.contains(WantedTopic.Setting("min.insync.replicas", "1")) })
    }

    /// Default deny: what stands here is all that an agency may do.
    @Test func anAgencyMayWriteItsOwnTwoTopicsAndReadItsOwnInbox() throws {
        let rules = try Sample.blueprint().rules.filter { $0.principal == "User:CN=agency.bd-police" }
        #expect(
            rules.map(\.description) == [
                "User:CN=agency.bd-police may read group agency.bd-police",
                "User:CN=agency.bd-police may read every group that begins with agency.bd-police:",
                "User:CN=agency.bd-police may read topic agency.bd-police.inbox",
                "User:CN=agency.bd-police may write topic agency.bd-police.referrals",
                "User:CN=agency.bd-police may write topic agency.bd-police.returns",
            ])
    }

    @Test func aServiceReadsAndWritesItsOwnTableInItsOwnGroupWithItsOwnIds() throws {
        let rules = try Sample.blueprint(prefix: "mash.").rules.filter { $0.principal == "User:CN=service.triage" }
        let texts = Set(rules.map { $0.description.dropFirst("User:CN=service.triage may ".count) })
        for wanted in [
            "read topic mash.hub.events", "write topic mash.hub.events", "read topic mash.hub.table.triage",
            "write topic mash.hub.table.triage", "read group mash.triage",
            "write every transactional id that begins with mash.triage-",
            "describe every transactional id that begins with mash.triage-",
            "describe every topic that begins with mash.agency.",
            "describe configs every topic that begins with mash.hub.",
        ] { #expect(texts.contains(wanted[...]), "\(wanted)") }
        #expect(!texts.contains { $0.hasPrefix("read topic mash.hub.table.keys") })
        #expect(!texts.contains { $0.hasPrefix("write topic mash.hub.table.intake") })
        #expect(!texts.contains { $0.hasPrefix("read topic mash.agency.") })
    }

    /// Every room participant posts what is due and what it set aside, and restores what it wrote.
    @Test func everyServiceOfTheRoomWritesTheRoomAndReadsBackItsTable() throws {
        let blueprint = try Sample.blueprint()
        for service in ["intake", "deduplication", "triage", "routing", "deadlines"] {
            let name = "User:CN=service.\(service)"
            #expect(blueprint.rules.contains(AccessRule(name, may: .write, .topic, "hub.events")), "\(service)")
            #expect(blueprint.rules.contains(AccessRule(name, may: .write, .topic, "hub.dead-letters")), "\(service)")
            #expect(
                blueprint.rules.contains(AccessRule(name, may: .read, .topic, "hub.table.\(service)")), "\(service)")
            #expect(
                blueprint.rules.contains(AccessRule(name, may: .write, .topic, "hub.table.\(service)")), "\(service)")
        }
        #expect(blueprint.rules.contains(AccessRule("User:CN=service.intake", may: .write, .topic, "hub.table.keys")))
        for service in ["triage", "deadlines"] {
            let reading = AccessRule("User:CN=service.\(service)", may: .read, .topic, "hub.table.keys")
            #expect(!blueprint.rules.contains(reading), "\(service) opens no parts")
        }
    }

    @Test func nobodyOutsideTouchesTheHubsOwnTopics() throws {
        let blueprint = try Sample.blueprint()
        for rule in blueprint.rules {
            let isOutside = ["agency.", "team.", "desk."].contains { rule.principal.hasPrefix("User:CN=\($0)") }
            if isOutside {
                #expect(!rule.name.hasPrefix("hub."), "\(rule)")
                #expect(rule.resource != .transactionalID && rule.resource != .cluster, "\(rule)")
                #expect(rule.resource == .group || !rule.isPrefix, "\(rule)")
            }
        }
    }

    /// `agency.bd-police` must not reach the groups of `agency.bd-police.north`.
    @Test func noGroupOfOneIsAnothers() throws {
        let blueprint = try Sample.blueprint()
        let groups = blueprint.rules.filter { $0.resource == .group }
        let names = blueprint.principals.filter(\.isOutside).flatMap { ["\($0)", "\($0):reader"] }
        for name in names {
            let owners = groups.filter { $0.isPrefix ? name.hasPrefix($0.name) : name == $0.name }.map(\.principal)
            #expect(owners.count == 1, "\(name): \(owners)")
        }
    }

    @Test func oneCertificateForAllServicesHasTheRightsOfAll() throws {
        let one = try Sample.blueprint(brokers: BrokerSettings(servicesPrincipal: "User:CN=hub"))
        #expect(!one.rules.contains { $0.principal.hasPrefix("User:CN=service.") })
        let each = try Sample.blueprint().rules.filter { $0.principal.hasPrefix("User:CN=service.") }
        for rule in each {
            var same = rule
            same.principal = "User:CN=hub"
            #expect(one.rules.contains(same), "\(rule)")
        }
    }

    @Test func aPrincipalIsCalledAsTheBrokersCallIt() throws {
        let names = PrincipalNames(pattern: "User:CN={principal},OU=hub,O=Council")
        #expect(names.name(of: .command) == "User:CN=command,OU=hub,O=Council")
        #expect(
            names.name(of: try #require(Principal(catalogue: "desk:bd-duty")))
                == "User:CN=desk.bd-duty,OU=hub,O=Council")
    }

    @Test(arguments: ["agency", "agency:", "agency:{agency}", "Service:intake", "service:", "commander", ""])
    func whoIsNobodyIsTold(_ text: String) throws {
        #expect(Principal(catalogue: text) == nil)
        var catalogue = try Sample.catalogue()
        catalogue.topics[0].readers.append(text)
        let problem = #expect(throws: CatalogueProblem.self) {
            _ = try Blueprint(
                catalogue, directory: HubDirectory(formatVersion: 1), topics: HubTopics(), brokers: Sample.brokers)
        }
        #expect(problem?.principal == text)
    }
}
