import ConfigurationFiles
import Foundation
import HubConfiguration
import Provisioning
import Room
import Testing

struct StrimziTests {
    /// What is committed is what the catalogue and the shipped hub.yaml say today.
    @Test func theShippedResourcesAreThoseOfTheCatalogue() throws {
        let configuration = try LoadedConfiguration(ConfigurationSource(folder: nil))
        let settings = configuration.settings
        let blueprint = try Blueprint(
            configuration.catalogue, directory: configuration.directory,
            topics: HubTopics(prefix: settings.topicPrefix, partitions: Int32(settings.roomPartitions)),
            brokers: settings.kafka)
        let made = try Strimzi.resources(
            blueprint, copies: settings.kafka.replication, inSyncMin: settings.kafka.inSyncMin)
        let committed = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../deploy/kafka/strimzi.yaml")
        let isSame = try String(contentsOf: committed, encoding: .utf8) == made
        #expect(isSame, "run: frontdoor topics list --strimzi > deploy/kafka/strimzi.yaml")
    }

    @Test func aUserOfWhatStrimziCannotCallSoIsRefused() throws {
        let brokers = BrokerSettings(principals: "User:CN={principal},O=Council")
        let blueprint = try Sample.blueprint(brokers: brokers)
        #expect(throws: Strimzi.UnfitPrincipal.self) {
            _ = try Strimzi.resources(blueprint, copies: 3, inSyncMin: 2)
        }
    }

    @Test func eachRuleIsGivenToItsUser() throws {
        let blueprint = try Sample.blueprint(prefix: "Mash.")
        let lines = try Strimzi.resources(blueprint, copies: 3, inSyncMin: 2).split(separator: "\n")
        #expect(lines.filter { $0.contains("operations: [") }.count == blueprint.rules.count)
        #expect(lines.filter { $0 == "kind: KafkaUser" }.count == blueprint.principals.count)
        #expect(lines.filter { $0 == "kind: KafkaTopic" }.count == blueprint.topics.count)
        #expect(
            lines.contains(
                #"      - {resource: {type: transactionalId, name: "Mash.intake-", patternType: prefix}, operations: [Write]}"#
            ))
        #expect(lines.contains("  name: mash.hub.events"))
        #expect(lines.contains(#"  topicName: "Mash.hub.events""#))
    }
}
