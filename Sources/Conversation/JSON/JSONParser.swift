import CSimdJSON

/// The most that one document may be; each limit with its unit and its reason.
public enum JSONLimits {
    /// Bytes. Over the largest record that a topic takes (a dead letter, 5 MiB), so that the log's limit decides.
    public static let documentBytesMax = 8 << 20
    /// Levels of arrays and objects. The deepest schema has seven; more is an attack or a mistake, and each level
    /// costs stack when a value is written again.
    public static let depthMax = 64
}

/// Reads JSON (RFC 8259), one document at a time: the values of an earlier document are invalid from the next `parse`
/// on, and using one traps. Keep a parser and use it again; its buffers stay. Belongs to one thread.
///
/// Liberal where nothing is lost: a byte order mark is skipped, half a surrogate pair reads as U+FFFD, of members with
/// the same name the first counts. A number beyond 64 bits or a double's range is an error.
public final class JSONParser {
    private let handle: OpaquePointer
    // Every read of a value asks for it, and a number cannot be half written where one thread uses the parser: to watch
    // for overlapping accesses would cost more than reading.
    @exclusivity(unchecked) private(set) var generation: UInt32 = 0

    public init() {
        guard let handle = csj_parser_new(JSONLimits.documentBytesMax, JSONLimits.depthMax) else {
            fatalError("no memory for a JSON parser")
        }
        self.handle = handle
    }

    deinit { csj_parser_free(handle) }

    /// The bytes are copied and may go away.
    public func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) -> JSONValue {
        generation &+= 1
        guard let start = bytes.baseAddress else { throw JSONParser.error(CSJ_EMPTY) }
        var root = csj_value()
        let code = csj_parse(handle, start, bytes.count, &root)
        guard code == CSJ_OK else { throw JSONParser.error(code) }
        return JSONValue(root, of: self)
    }

    public func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in try parse(buffer) }
    }

    public func parse(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in try parse(buffer) }
    }

    private static func error(_ code: csj_error) -> JSONError {
        switch code {
        case CSJ_EMPTY: JSONError(expected: "a JSON document, not an empty text")
        case CSJ_TRAILING: JSONError(expected: "one JSON document and nothing behind it")
        case CSJ_NOT_UTF8: JSONError(expected: "JSON in UTF-8")
        case CSJ_TOO_DEEP: JSONError(expected: "JSON of at most 64 levels")
        case CSJ_TOO_LARGE: JSONError(expected: "JSON of at most 8 MiB")
        case CSJ_NUMBER_RANGE: JSONError(expected: "JSON numbers that fit 64 bits")
        case CSJ_MEMORY: JSONError(expected: "memory enough for the document")
        default: JSONError(expected: "well-formed JSON")
        }
    }
}
