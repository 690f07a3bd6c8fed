import JSON

/// One YAML file, read strictly: what could be read in two ways is refused with its place.
///
/// No anchors, aliases, tags, directives, merge keys or second documents; no key twice in one map. A configuration
/// that decides who is woken at night should say what it says in one way.
public struct YAMLDocument: Sendable {
    /// Bytes of one file. The longest file, a large authority's list of schools, is some 100 KB.
    public static let bytesMax = 1 << 20
    /// Lists and maps inside one another. The deepest shipped file has 8.
    public static let depthMax = 32
    /// Values and keys of one file.
    public static let nodesMax = 200_000

    /// What problems are reported under.
    public let file: String
    public let root: YAMLNode

    /// - Throws: the first problem, with its place.
    public init(file: String, bytes: [UInt8]) throws(ConfigurationProblem) {
        self.file = file
        guard bytes.count <= Self.bytesMax else {
            throw ConfigurationProblem(
                file: file, message: "the file is larger than \(Self.bytesMax) bytes",
                remedy: "Split it, or check that it is the file you meant")
        }
        root = try YAMLReader.root(of: bytes, file: file)
    }

    /// The whole document as JSON: keys in byte order, no whitespace; the same content gives the same bytes.
    public var json: [UInt8] {
        var writer = JSONWriter(reserving: 4096)
        root.write(to: &writer)
        return writer.bytes
    }

    /// Where the value of a JSON pointer (RFC 6901: `/teams/3/kind`) stands; nil where the document has none.
    public func place(of pointer: String) -> (line: Int, column: Int)? {
        let (place, isExact) = lookUp(pointer)
        return isExact ? (place.line, place.column) : nil
    }

    /// A problem at a JSON pointer. Where the pointer leads nowhere (a required field is missing), the place is that of
    /// the nearest value around it.
    public func problem(at pointer: String, _ message: String, remedy: String = "") -> ConfigurationProblem {
        let place = lookUp(pointer).place
        return ConfigurationProblem(
            file: file, line: place.line, column: place.column,
            message: pointer.isEmpty ? message : "\(pointer): \(message)", remedy: remedy)
    }

    private func lookUp(_ pointer: String) -> (place: YAMLPlace, isExact: Bool) {
        var node = root
        var place = root.place
        guard !pointer.isEmpty else { return (place, true) }
        guard pointer.utf8.first == UInt8(ascii: "/") else { return (place, false) }
        for step in pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            switch node.content {
            case .map(let entries):
                let key = Self.unescaped(step)
                guard let entry = entries.first(where: { $0.key == key }) else { return (place, false) }
                node = entry.value
                place = entry.place
            case .list(let nodes):
                guard let index = Int(step), nodes.indices.contains(index) else { return (place, false) }
                node = nodes[index]
                place = node.place
            default:
                return (place, false)
            }
        }
        return (place, true)
    }

    /// `~1` is a slash and `~0` a tilde; in one pass, so that `~01` is `~1`.
    private static func unescaped(_ step: Substring) -> String {
        guard step.contains("~") else { return String(step) }
        var text = ""
        var isEscape = false
        for character in step {
            if isEscape {
                text += character == "1" ? "/" : character == "0" ? "~" : "~\(character)"
                isEscape = false
            } else if character == "~" {
                isEscape = true
            } else {
                text.append(character)
            }
        }
        return isEscape ? text + "~" : text
    }
}
