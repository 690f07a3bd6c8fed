public import HubConfiguration
import JSON
public import Room

/// A whole configuration, read and typed: who takes part, the policies, what may leave the room, and where things lie.
public struct LoadedConfiguration: Sendable {
    public let directory: HubDirectory
    public let settings: HubSettings
    /// How people are told; read when the hub starts.
    public let delivery: DeliverySettings
    /// Sorted by id.
    public let policies: [Policy]
    public let allowLists: AllowLists
    public let catalogue: TopicCatalogue

    /// - Throws: the first problem, with file, line and column.
    public init(_ source: ConfigurationSource) throws(ConfigurationProblem) {
        let hub = try source.hub()
        directory = try Self.decode(hub) { json throws(JSONError) in try HubDirectory(json: json) }
        settings = try Self.decode(hub) { json throws(JSONError) in try json.optional("settings") ?? HubSettings() }
        delivery = try Self.decode(hub) { json throws(JSONError) in
            try json.optional("delivery") ?? DeliverySettings()
        }
        var policies: [Policy] = []
        for document in try source.policies() {
            let policy = try Self.decode(document) { json throws(JSONError) in try Policy(json: json) }
            guard !policies.contains(where: { $0.id == policy.id }) else {
                throw document.problem(
                    at: "/id", "another file has a policy of this id", remedy: "Give each policy an id of its own")
            }
            policies.append(policy)
        }
        self.policies = policies.sorted { $0.id < $1.id }
        allowLists = try Self.decode(try source.document("topics/audiences.yaml")) { json throws(JSONError) in
            try AllowLists(json: json)
        }
        catalogue = try Self.decode(try source.document("topics/catalogue.yaml")) { json throws(JSONError) in
            try TopicCatalogue(json: json)
        }
    }

    private init(_ other: LoadedConfiguration, directory: HubDirectory) {
        self.directory = directory
        settings = other.settings
        delivery = other.delivery
        policies = other.policies
        allowLists = other.allowLists
        catalogue = other.catalogue
    }

    /// The same with another directory: for a trial of what would follow.
    public func with(directory: HubDirectory) -> LoadedConfiguration {
        LoadedConfiguration(self, directory: directory)
    }

    /// Decodes a document; an error is told with the place of its pointer.
    static func decode<Value>(
        _ document: YAMLDocument, _ read: (JSONValue) throws(JSONError) -> Value
    ) throws(ConfigurationProblem) -> Value {
        do throws(JSONError) {
            return try read(try JSONParser().parse(document.json))
        } catch {
            throw document.problem(at: error.pointer.description, "expected \(error.expected)")
        }
    }
}
