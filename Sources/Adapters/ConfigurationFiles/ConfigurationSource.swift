import ShippedFiles

// The essentials have all the file handling there is; the rest of Foundation would bring 50 MB of tables of languages
// into the one binary.
#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where the configuration is read from: a folder given with `--config`, or what was compiled in.
///
/// A folder holds `hub.yaml` and `policies/*.yaml`. It is taken whole: a policy that is not in it does not apply, even
/// if one of that name is shipped. Only `topics/` may be left out or hold some of its files; the rest of the contract
/// is then the shipped one.
public struct ConfigurationSource: Sendable {
    /// Nil: the shipped files.
    public let folder: String?

    public init(folder: String?) { self.folder = folder }

    /// Agencies, teams, people, desks and calendars.
    public func hub() throws(ConfigurationProblem) -> YAMLDocument { try document("hub.yaml") }

    /// Every policy, by the name of its file.
    public func policies() throws(ConfigurationProblem) -> [YAMLDocument] {
        var documents: [YAMLDocument] = []
        for name in try policyNames() { documents.append(try document(name)) }
        return documents
    }

    /// The names of all files, sorted: what to watch for a change.
    public func names() throws(ConfigurationProblem) -> [String] {
        var names = ["hub.yaml"] + (try policyNames())
        for shipped in ShippedFiles.all where shipped.path.hasPrefix("topics/") { names.append(shipped.path) }
        return names.sorted()
    }

    /// One file by its name in the folder: `hub.yaml`, `policies/risk-assessment.yaml`, `topics/catalogue.yaml`.
    public func document(_ name: String) throws(ConfigurationProblem) -> YAMLDocument {
        let (file, bytes) = try read(name)
        return try YAMLDocument(file: file, bytes: bytes)
    }

    /// The bytes of one file as they are, and what to call it in a message.
    public func read(_ name: String) throws(ConfigurationProblem) -> (file: String, bytes: [UInt8]) {
        if let folder {
            let path = Self.join(folder, name)
            let mayBeShipped = name.hasPrefix("topics/") && ShippedFiles.bytes(at: name) != nil
            if !mayBeShipped || FileManager.default.fileExists(atPath: path) {
                return (path, try Self.bytes(ofFileAt: path))
            }
        }
        let shipped = name.hasPrefix("topics/") ? name : "deploy/\(name)"
        guard let bytes = ShippedFiles.bytes(at: shipped) else {
            throw ConfigurationProblem(
                file: "\(shipped) (shipped)", message: "no such file is compiled in",
                remedy: "Give the folder that holds it with --config")
        }
        return ("\(shipped) (shipped)", bytes)
    }

    /// `policies/NAME.yaml`, sorted.
    public func policyNames() throws(ConfigurationProblem) -> [String] {
        guard let folder else {
            return ShippedFiles.all.filter { $0.path.hasPrefix("deploy/policies/") }
                .map { String($0.path.dropFirst("deploy/".count)) }.sorted()
        }
        let path = Self.join(folder, "policies")
        guard let found = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw ConfigurationProblem(
                file: path, message: "the folder of policies is missing or cannot be read",
                remedy: "A configuration folder holds hub.yaml and policies/*.yaml: copy deploy/ and change it")
        }
        let visible = found.filter { !$0.hasPrefix(".") }.sorted()
        if let odd = visible.first(where: { $0.hasSuffix(".yml") }) {
            throw ConfigurationProblem(
                file: Self.join(path, odd), message: "this file would not be read",
                remedy: "Rename it to end in .yaml, or move it out of the folder")
        }
        let names = visible.filter { $0.hasSuffix(".yaml") }
        guard !names.isEmpty else {
            throw ConfigurationProblem(
                file: path, message: "there is no policy in this folder",
                remedy: "Put at least one policy there: copy one from deploy/policies")
        }
        return names.map { "policies/\($0)" }
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }

    private static func bytes(ofFileAt path: String) throws(ConfigurationProblem) -> [UInt8] {
        guard FileManager.default.fileExists(atPath: path) else {
            throw ConfigurationProblem(
                file: path, message: "the file does not exist",
                remedy: "A configuration folder holds hub.yaml and policies/*.yaml: copy deploy/ and change it")
        }
        // A device or pipe never ends; its size is asked before a byte is read.
        let attributes = try? FileManager.default.attributesOfItem(
            atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
        guard attributes?[.type] as? FileAttributeType == .typeRegular else {
            throw ConfigurationProblem(file: path, message: "this is not a file", remedy: "Put a YAML file there")
        }
        if let size = attributes?[.size] as? UInt64, size > UInt64(YAMLDocument.bytesMax) {
            throw ConfigurationProblem(
                file: path, message: "the file is larger than \(YAMLDocument.bytesMax) bytes",
                remedy: "Split it, or check that it is the file you meant")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationProblem(
                file: path, message: "the file cannot be read",
                remedy: "Check who may read it; the hub runs as another user than you, perhaps")
        }
        return [UInt8](data)
    }
}
