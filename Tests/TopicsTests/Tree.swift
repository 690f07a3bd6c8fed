import Foundation
import JSON
import Testing

/// The checkout that this test was built from.
enum Tree {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: root.appendingPathComponent(path)))
    }

    /// The names in a folder, sorted; none where there is no such folder.
    static func names(in folder: String) -> [String] {
        let found = try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
        return (found ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// The types of a channel that have a schema.
    static func schemas(of channel: String) -> [String] {
        names(in: "topics/schemas/\(channel)").filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
    }
}

/// One file of `topics/examples`.
struct Example: CustomTestStringConvertible, Sendable {
    let channel: String
    let type: String
    let file: String

    var path: String { "\(channel)/\(type)/\(file)" }
    var testDescription: String { path }
    var isGood: Bool { file.hasPrefix("good-") }

    func bytes() throws -> [UInt8] { try Tree.bytes("topics/examples/\(path)") }

    static func all(of channel: String) -> [Example] {
        Tree.names(in: "topics/examples/\(channel)").flatMap { type in
            Tree.names(in: "topics/examples/\(channel)/\(type)").map {
                Example(channel: channel, type: type, file: $0)
            }
        }
    }

    static func good(_ channel: String) -> [Example] { all(of: channel).filter(\.isGood) }
    static func bad(_ channel: String) -> [Example] { all(of: channel).filter { !$0.isGood } }

    /// Where each bad example fails, by its path: `topics/examples/faults.json`.
    static func faults() throws -> [String: String] {
        var faults: [String: String] = [:]
        let json = try JSONParser().parse(try Tree.bytes("topics/examples/faults.json"))
        for (path, pointer) in try json.members() { faults[path] = try pointer.string() }
        return faults
    }
}

/// The value as a text in which the order of members plays no part.
func canonical(_ value: JSONValue) throws -> String {
    switch value.kind {
    case .object:
        var members: [String] = []
        for (name, member) in try value.members() { members.append("\"\(name)\":\(try canonical(member))") }
        return "{\(members.sorted().joined(separator: ","))}"
    case .array:
        var elements: [String] = []
        for element in try value.elements() { elements.append(try canonical(element)) }
        return "[\(elements.joined(separator: ","))]"
    default: return String(decoding: value.serialised(), as: UTF8.self)
    }
}
