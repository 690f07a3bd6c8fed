import ConfigurationFiles
import DomainModel
import EventLog
import HubConfiguration
import Room
import Testing

struct CatalogueTests {
    let configuration: LoadedConfiguration
    init() throws { configuration = try LoadedConfiguration(ConfigurationSource(folder: nil)) }

    @Test func itsVectorsAreWhereThePartitionerPutsThem() throws {
        #expect(configuration.catalogue.partitionerVectors.count >= 4)
        for vector in configuration.catalogue.partitionerVectors {
            let topics = HubTopics(partitions: Int32(vector.partitions))
            let authority = try #require(AuthorityCode(gss: vector.key))
            #expect(Int(topics.partition(of: authority)) == vector.partition, "\(vector.key)")
        }
    }

    @Test func theShippedHubGetsATopicForEachOwner() throws {
        let topics = HubTopics(prefix: "mash.", partitions: 12)
        let made = configuration.catalogue.specifications(for: configuration.directory, topics: topics)
        let directory = configuration.directory
        #expect(
            made.count == 3 + 3 * directory.agencies.count + 2 * directory.teams.count + 2 * directory.desks.count)
        #expect(made.map(\.topic) == made.map(\.topic).sorted())
        #expect(Set(made.map(\.topic)).count == made.count)
        func specification(_ name: String) throws -> TopicSpecification {
            try #require(made.first { $0.topic.name == name })
        }
        let room = try specification("mash.hub.events")
        #expect(room.partitions == 12)
        #expect(room.retentionMilliseconds == nil)
        #expect(room.recordBytesMax >= Limits.eventBytesMax)
        #expect(try specification("mash.team.bd-mash.queue").cleanup == .compact)
        #expect(try specification("mash.oncall.bd-duty.alerts").cleanup == .compact)
        let ingress = try specification("mash.agency.bd-police.referrals")
        #expect(ingress.partitions == 1)
        #expect(ingress.recordBytesMax >= Limits.ingressBytesMax)
    }

    @Test func everyNameThatTheHubUsesIsInIt() throws {
        let topics = HubTopics()
        let made = Set(
            configuration.catalogue.specifications(for: configuration.directory, topics: topics).map(\.topic))
        let agency = try #require(configuration.directory.agencies.first).id
        let team = try #require(configuration.directory.teams.first).id
        let desk = try #require(configuration.directory.desks.first).id
        for topic in [
            topics.events, topics.deadLetters, topics.referrals(agency), topics.returns(agency), topics.inbox(agency),
            topics.queue(team), topics.decisions(team), topics.alerts(desk), topics.answers(desk), topics.records,
        ] {
            #expect(made.contains(topic), "\(topic)")
        }
    }

    /// What comes from outside is kept at least a fortnight, in one partition, with the broker's append time.
    @Test func everyTopicFromOutsideGivesTheReceiptTime() {
        for topic in configuration.catalogue.topics {
            let isIngress = topic.writers.contains { !$0.hasPrefix("service:") }
            #expect(topic.appendTime == isIngress, "\(topic.name)")
            if isIngress {
                #expect(topic.partitions == 1, "\(topic.name)")
                #expect(topic.retentionDays.map { $0 >= 14 } == true, "\(topic.name)")
            }
        }
    }

    /// An agency reads its own inbox, a team its own queue, a desk its own alerts, and nothing else.
    @Test func nobodyOutsideReadsMoreThanTheirOwn() {
        for topic in configuration.catalogue.topics {
            for reader in topic.readers where reader.contains("{") {
                let owner = reader.drop(while: { $0 != "{" })
                #expect(topic.name.contains(owner), "\(reader) reads \(topic.name)")
            }
        }
    }

    @Test func everyOutgoingTypeHasASchema() {
        let schemas = Set(["agency", "team", "desk"].flatMap { Tree.schemas(of: $0) })
        #expect(schemas == Set(OutgoingType.allCases.map(\.rawValue)))
    }
}
