public import JSON

/// Where a node begins: line and column counted from 1, columns in characters.
public struct YAMLPlace: Hashable, Sendable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// One value of a YAML document, with where it stands.
public struct YAMLNode: Sendable {
    public enum Content: Sendable {
        case null
        case truth(Bool)
        case integer(Int64)
        case number(Double)
        case text(String)
        case list([YAMLNode])
        case map([YAMLEntry])
    }

    public var content: Content
    public var place: YAMLPlace

    public init(_ content: Content, at place: YAMLPlace) {
        self.content = content
        self.place = place
    }

    /// Maps are written in the order of their keys' UTF-8 bytes: the same content gives the same bytes however the
    /// file is laid out, so that moving a line adopts no new policy.
    public func write(to writer: inout JSONWriter) {
        switch content {
        case .null: writer.null()
        case .truth(let truth): writer.value(truth)
        case .integer(let number): writer.value(number)
        case .number(let number): writer.value(number)
        case .text(let text): writer.value(text)
        case .list(let nodes):
            writer.beginArray()
            for node in nodes { node.write(to: &writer) }
            writer.endArray()
        case .map(let entries):
            writer.beginObject()
            for entry in entries.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                writer.key(entry.key)
                entry.value.write(to: &writer)
            }
            writer.endObject()
        }
    }
}

/// One key and its value, in the order of the file.
public struct YAMLEntry: Sendable {
    public var key: String
    public var keyPlace: YAMLPlace
    public var value: YAMLNode

    public init(key: String, keyPlace: YAMLPlace, value: YAMLNode) {
        self.key = key
        self.keyPlace = keyPlace
        self.value = value
    }

    /// Where a reader would look for it: a scalar at its value, a list or map at its key, because that begins on a
    /// later line.
    var place: YAMLPlace {
        switch value.content {
        case .list, .map: keyPlace
        default: value.place
        }
    }
}
