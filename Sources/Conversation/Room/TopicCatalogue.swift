import DomainModel
public import EventLog
public import HubConfiguration
public import JSON

/// A topic, or one for each agency, team or desk where the name holds `{agency}`, `{team}` or `{desk}`.
public struct CatalogueTopic: Hashable, Sendable, JSONCodable {
    public var name: String
    public var about: String
    /// Zero: as many as the room.
    public var partitions: Int
    public var cleanup: Cleanup
    /// Nil: for ever.
    public var retentionDays: Int?
    public var recordBytesMax: Int
    /// The broker's append time is the record's time: the hub's receipt time.
    public var appendTime: Bool
    public var owner: String
    public var writers: [String]
    public var readers: [String]

    public init(
        name: String, about: String, partitions: Int, cleanup: Cleanup, retentionDays: Int? = nil,
        recordBytesMax: Int, appendTime: Bool = false, owner: String, writers: [String] = [], readers: [String] = []
    ) {
        self.name = name
        self.about = about
        self.partitions = partitions
        self.cleanup = cleanup
        self.retentionDays = retentionDays
        self.recordBytesMax = recordBytesMax
        self.appendTime = appendTime
        self.owner = owner
        self.writers = writers
        self.readers = readers
    }

    public init(json: JSONValue) throws(JSONError) {
        name = try json.required("name")
        about = try json.required("about")
        partitions = try json.required("partitions")
        cleanup = try json.required("cleanup")
        retentionDays = try json.optional("retentionDays")
        recordBytesMax = try json.required("recordBytesMax")
        appendTime = try json.optional("appendTime") ?? false
        owner = try json.required("owner")
        writers = try json.list("writers")
        readers = try json.list("readers")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("name", name)
        json.field("about", about)
        json.field("partitions", partitions)
        json.field("cleanup", cleanup)
        json.field("retentionDays", retentionDays)
        json.field("recordBytesMax", recordBytesMax)
        json.fieldIfTrue("appendTime", appendTime)
        json.field("owner", owner)
        json.field("writers", writers)
        json.field("readers", readers)
        json.endObject()
    }
}

/// A compacted table of a participant.
public struct CatalogueTable: Hashable, Sendable, JSONCodable {
    public var name: String
    public var partitions: Int
    public var writers: [String]
    public var readers: [String]

    public init(name: String, partitions: Int, writers: [String] = [], readers: [String] = []) {
        self.name = name
        self.partitions = partitions
        self.writers = writers
        self.readers = readers
    }

    public init(json: JSONValue) throws(JSONError) {
        name = try json.required("name")
        partitions = try json.required("partitions")
        writers = try json.list("writers")
        readers = try json.list("readers")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("name", name)
        json.field("partitions", partitions)
        json.field("writers", writers)
        json.field("readers", readers)
        json.endObject()
    }
}

/// A key and the partition that murmur2 gives it.
public struct PartitionerVector: Hashable, Sendable, JSONCodable {
    public var key: String
    public var partitions: Int
    public var partition: Int

    public init(key: String, partitions: Int, partition: Int) {
        self.key = key
        self.partitions = partitions
        self.partition = partition
    }

    public init(json: JSONValue) throws(JSONError) {
        key = try json.required("key")
        partitions = try json.required("partitions")
        partition = try json.required("partition")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("key", key)
        json.field("partitions", partitions)
        json.field("partition", partition)
        json.endObject()
    }
}

/// `topics/catalogue.yaml`: the one source for topics.
public struct TopicCatalogue: Hashable, Sendable, JSONCodable {
    public var formatVersion: Int
    public var partitionerVectors: [PartitionerVector]
    public var topics: [CatalogueTopic]
    public var tables: [CatalogueTable]
    /// Who may see that a topic exists and how it is set, though not what is in it.
    public var observers: [String]
    /// Compaction is not prompt erasure: how long a record that was replaced may still lie there.
    public var compactionLagHoursMax: Int

    public init(
        formatVersion: Int, partitionerVectors: [PartitionerVector] = [], topics: [CatalogueTopic] = [],
        tables: [CatalogueTable] = [], observers: [String] = [], compactionLagHoursMax: Int = 24
    ) {
        self.formatVersion = formatVersion
        self.partitionerVectors = partitionerVectors
        self.topics = topics
        self.tables = tables
        self.observers = observers
        self.compactionLagHoursMax = compactionLagHoursMax
    }

    public init(json: JSONValue) throws(JSONError) {
        formatVersion = try json.required("formatVersion")
        partitionerVectors = try json.list("partitionerVectors")
        topics = try json.list("topics")
        tables = try json.list("tables")
        observers = try json.list("observers")
        compactionLagHoursMax = try json.optional("compactionLagHoursMax") ?? 24
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("formatVersion", formatVersion)
        json.field("partitionerVectors", partitionerVectors)
        json.field("topics", topics)
        json.field("tables", tables)
        json.field("observers", observers)
        json.field("compactionLagHoursMax", compactionLagHoursMax)
        json.endObject()
    }
}

public enum Cleanup: String, Hashable, Sendable, CaseIterable, JSONCodable {
    case delete, compact
}

extension TopicCatalogue {
    /// The topics that a configuration needs, sorted by name, with the prefix and the room's partition count in force.
    public func specifications(for directory: HubDirectory, topics: HubTopics) -> [TopicSpecification] {
        var found: [TopicSpecification] = []
        for topic in self.topics {
            for instance in topic.instances(in: directory) {
                found.append(
                    TopicSpecification(
                        Topic(topics.prefix + instance.name),
                        partitions: topic.partitions == 0 ? topics.partitions : Int32(topic.partitions),
                        cleanup: topic.cleanup == .compact ? .compact : .delete,
                        retentionMilliseconds: topic.retentionDays.map { Int64($0) * 86_400_000 },
                        recordBytesMax: topic.recordBytesMax, appendTime: topic.appendTime))
            }
        }
        return found.sorted { $0.topic < $1.topic }
    }

    /// The tables as topics, for a log on which they are such: sorted by name.
    public func tableSpecifications(topics: HubTopics) -> [TopicSpecification] {
        tables.map { table in
            TopicSpecification(
                Topic(topics.prefix + CatalogueTable.topicPrefix + table.name),
                partitions: table.partitions == 0 ? topics.partitions : Int32(table.partitions), cleanup: .compact,
                recordBytesMax: CatalogueTable.recordBytesMax)
        }.sorted { $0.topic < $1.topic }
    }
}

extension CatalogueTopic {
    /// A topic of the catalogue for one agency, team or desk.
    public struct Instance: Hashable, Sendable {
        /// Without the prefix of a shared cluster.
        public var name: String
        /// What stands in the braces; nil where there are none.
        public var owner: String?

        public init(name: String, owner: String?) {
            self.name = name
            self.owner = owner
        }

        /// `agency:{agency}` → `agency:bd-police`
        public func filled(_ text: String) -> String {
            guard let owner, let open = text.firstIndex(of: "{"), let close = text.lastIndex(of: "}") else {
                return text
            }
            return "\(text[..<open])\(owner)\(text[text.index(after: close)...])"
        }
    }

    public func instances(in directory: HubDirectory) -> [Instance] {
        for (placeholder, owners) in [
            ("{agency}", directory.agencies.map(\.id.text)), ("{team}", directory.teams.map(\.id.text)),
            ("{desk}", directory.desks.map(\.id.text)),
        ] {
            let pieces = name.split(separator: placeholder, omittingEmptySubsequences: false)
            if pieces.count == 2 {
                return owners.map { Instance(name: "\(pieces[0])\($0)\(pieces[1])", owner: $0) }
            }
        }
        return [Instance(name: name, owner: nil)]
    }
}

extension CatalogueTable {
    /// Before a table's name, where tables are topics.
    public static let topicPrefix = "hub.table."
    /// A row holds one case, or one person with what is known of them.
    public static let recordBytesMax = 1 << 20
}
