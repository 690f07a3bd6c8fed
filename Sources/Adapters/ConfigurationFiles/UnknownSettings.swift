import HubConfiguration
import JSON
import Room

/// Settings that no version of the hub reads: a slip in a name would otherwise be silence. What was read is written
/// back, and every name of the file that does not come out again was not read.
public enum UnknownSettings {
    public static func problems(_ source: ConfigurationSource) throws(ConfigurationProblem) -> [String] {
        var problems: [String] = []
        let hub = try source.hub()
        let directory = try LoadedConfiguration.decode(hub) { json throws(JSONError) in try HubDirectory(json: json) }
        problems += unknown(in: hub, beside: written(directory), ignoring: ["settings", "delivery"])
        let settings = try LoadedConfiguration.decode(hub) { json throws(JSONError) in try SettingsPart(json: json) }
        problems += unknown(in: hub, beside: written(settings), only: "settings")
        let delivery = try LoadedConfiguration.decode(hub) { json throws(JSONError) in try DeliveryPart(json: json) }
        problems += unknown(in: hub, beside: written(delivery), only: "delivery")
        for name in try source.policyNames() {
            let document = try source.document(name)
            let policy = try LoadedConfiguration.decode(document) { json throws(JSONError) in try Policy(json: json) }
            problems += unknown(in: document, beside: written(policy), ignoring: [])
        }
        return problems
    }

    private static func written(_ value: some JSONWritable) -> [UInt8] {
        var writer = JSONWriter(reserving: 64 << 10)
        value.write(to: &writer)
        return writer.bytes
    }

    /// The file as a whole, with its settings alone.
    private struct SettingsPart: JSONCodable {
        var settings: HubSettings

        init(json: JSONValue) throws(JSONError) { settings = try json.optional("settings") ?? HubSettings() }

        func write(to json: inout JSONWriter) {
            json.beginObject()
            json.field("settings", settings)
            json.endObject()
        }
    }

    private struct DeliveryPart: JSONCodable {
        var delivery: DeliverySettings

        init(json: JSONValue) throws(JSONError) { delivery = try json.optional("delivery") ?? DeliverySettings() }

        func write(to json: inout JSONWriter) {
            json.beginObject()
            json.field("delivery", delivery)
            json.endObject()
        }
    }

    private static func unknown(
        in document: YAMLDocument, beside read: [UInt8], ignoring: [String] = [], only: String? = nil
    ) -> [String] {
        guard let json = try? JSONParser().parse(read) else { return [] }
        var problems: [String] = []
        if case .map(let entries) = document.root.content {
            for entry in entries where !ignoring.contains(entry.key) && (only == nil || only == entry.key) {
                compare(entry, in: json, document, "/\(entry.key)", &problems)
            }
        }
        return problems
    }

    private static func compare(
        _ entry: YAMLEntry, in json: JSONValue, _ document: YAMLDocument, _ pointer: String, _ problems: inout [String]
    ) {
        guard let value = json.member(named: entry.key) else {
            // False, null and empty lists are not written: they are what a missing setting means.
            if !entry.value.isWrittenAsNothing {
                problems.append(
                    document.problem(at: pointer, "no setting of this name is read here", remedy: "Check its spelling")
                        .description)
            }
            return
        }
        compare(entry.value, with: value, document, pointer, &problems)
    }

    private static func compare(
        _ node: YAMLNode, with json: JSONValue, _ document: YAMLDocument, _ pointer: String,
        _ problems: inout [String]
    ) {
        switch node.content {
        case .map(let entries):
            for entry in entries { compare(entry, in: json, document, "\(pointer)/\(entry.key)", &problems) }
        case .list(let nodes):
            guard let elements = try? json.elements() else { return }
            for (index, (node, element)) in zip(nodes, elements).enumerated() {
                compare(node, with: element, document, "\(pointer)/\(index)", &problems)
            }
        default: break
        }
    }
}

extension YAMLNode {
    fileprivate var isWrittenAsNothing: Bool {
        switch content {
        case .null, .truth(false): true
        case .list(let nodes): nodes.isEmpty
        case .map(let entries): entries.allSatisfy { $0.value.isWrittenAsNothing }
        default: false
        }
    }
}
