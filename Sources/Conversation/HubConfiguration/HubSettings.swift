public import JSON

/// What a machine decides for itself: where things lie. Not adopted, not in the room.
public struct HubSettings: Hashable, Sendable, JSONCodable {
    /// Before every topic's name, on a shared cluster.
    public var topicPrefix: String
    /// Partitions of the hub's own topics; never changed once there are events.
    public var roomPartitions: Int
    /// Where the embedded log lies.
    public var dataFolder: String
    /// Empty: `keys/master.key` in the data folder.
    public var masterKeyFile: String
    /// Empty: `keys/hash.key` in the data folder.
    public var hashKeyFile: String
    public var kafka: BrokerSettings
    /// Where this process tells operators how it is: `host:port`, or a port of this machine alone. Empty: nowhere.
    public var operationsAddress: String

    public init(
        topicPrefix: String = "", roomPartitions: Int = 12, dataFolder: String = "frontdoor-data",
        masterKeyFile: String = "", hashKeyFile: String = "", kafka: BrokerSettings = BrokerSettings(),
        operationsAddress: String = ""
    ) {
        self.topicPrefix = topicPrefix
        self.roomPartitions = roomPartitions
        self.dataFolder = dataFolder
        self.masterKeyFile = masterKeyFile
        self.hashKeyFile = hashKeyFile
        self.kafka = kafka
        self.operationsAddress = operationsAddress
    }

    public init(json: JSONValue) throws(JSONError) {
        self.init()
        topicPrefix = try json.optional("topicPrefix") ?? topicPrefix
        roomPartitions = try json.optional("roomPartitions") ?? roomPartitions
        dataFolder = try json.optional("dataFolder") ?? dataFolder
        masterKeyFile = try json.optional("masterKeyFile") ?? masterKeyFile
        hashKeyFile = try json.optional("hashKeyFile") ?? hashKeyFile
        kafka = try json.optional("kafka") ?? kafka
        operationsAddress = try json.optional("operationsAddress") ?? operationsAddress
        guard (1...1000).contains(roomPartitions) else {
            throw JSONError(expected: "1 to 1000 partitions").inside("roomPartitions")
        }
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("topicPrefix", topicPrefix)
        json.field("roomPartitions", roomPartitions)
        json.field("dataFolder", dataFolder)
        json.field("masterKeyFile", masterKeyFile)
        json.field("hashKeyFile", hashKeyFile)
        json.field("kafka", kafka)
        json.field("operationsAddress", operationsAddress)
        json.endObject()
    }

    /// What the environment says takes the file's place.
    public func overridden(by environment: [String: String]) -> HubSettings {
        func given(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        var settings = self
        if let prefix = given("FRONTDOOR_TOPIC_PREFIX") { settings.topicPrefix = prefix }
        if let folder = given("FRONTDOOR_DATA_FOLDER") { settings.dataFolder = folder }
        if let file = given("FRONTDOOR_MASTER_KEY_FILE") { settings.masterKeyFile = file }
        if let file = given("FRONTDOOR_HASH_KEY_FILE") { settings.hashKeyFile = file }
        if let address = given("FRONTDOOR_OPERATIONS_ADDRESS") { settings.operationsAddress = address }
        settings.kafka = kafka.overridden(by: environment)
        return settings
    }
}
