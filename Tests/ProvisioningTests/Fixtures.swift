import ConfigurationFiles
import DomainModel
import HubConfiguration
import JSON
import Provisioning
import Room
import Testing

/// A hub of two agencies, a team and a desk, over the shipped catalogue.
enum Sample {
    static let brokers = BrokerSettings()

    static func catalogue() throws -> TopicCatalogue {
        try LoadedConfiguration(ConfigurationSource(folder: nil)).catalogue
    }

    static func directory(agencies: [String] = ["bd-police", "bd-police.north"]) throws -> HubDirectory {
        let text = """
            {"formatVersion": 1,
             "agencies": [\(agencies.map {
                 #"{"id": "\#($0)", "name": "A", "kind": "police", "sources": ["6"], "calendar": "c"}"#
             }.joined(separator: ","))],
             "teams": [{"id": "bd-mash", "name": "M", "kind": "mash", "authority": "E09000002", "calendar": "c"}],
             "desks": [{"id": "bd-duty", "name": "D", "authority": "E09000002"}]}
            """
        return try HubDirectory(json: JSONParser().parse(Array(text.utf8)))
    }

    static func blueprint(prefix: String = "", brokers: BrokerSettings = brokers) throws -> Blueprint {
        try Blueprint(
            catalogue(), directory: directory(), topics: HubTopics(prefix: prefix, partitions: 12), brokers: brokers)
    }

    /// What is on the brokers once the plan has been carried out.
    static func present(_ blueprint: Blueprint, brokers: Int = 3) -> ClusterState {
        ClusterState(
            brokers: brokers,
            topics: blueprint.topics.map {
                ClusterState.PresentTopic(
                    name: $0.name, partitions: $0.partitions, replication: $0.replication,
                    settings: $0.settings + [WantedTopic.Setting("segment.bytes", "1073741824")])
            }, rules: blueprint.rules)
    }
}
