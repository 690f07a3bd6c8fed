public import EventLog
public import JSON

// The Kafka protocol binding of CloudEvents 1.0.2, read. A record is structured where its content type says so or –
// more liberal than the binding, because many clients cannot set headers – where it has no `ce_specversion` header and
// its value is an object with a `specversion`. Header names are as the binding writes them, in lower case; only
// `content-type` is found in any case. Of headers with the same name the first counts; others than `ce_…` are left.
extension CloudEvent {
    public static func read(_ record: StoredRecord, parser: JSONParser) throws(CloudEventError) -> CloudEvent {
        try read(headers: record.headers, value: record.value, parser: parser)
    }

    /// - Parameter parser: is used for structured events only; its earlier values are then invalid.
    public static func read(headers: Headers, value: [UInt8]?, parser: JSONParser) throws(CloudEventError) -> CloudEvent
    {
        guard let value, !value.isEmpty else { throw .noValue }
        var envelope = Envelope()
        var mode: MediaType?
        var hasSpecVersion = false
        headers.forEach { name, header in
            if name.isLowerCased("content-type") {
                guard mode == nil else { return }
                mode = MediaType(header)
                envelope.take("datacontenttype", Envelope.Value(utf8: header))
            } else if name.starts(with: prefix) {
                let name = String(decoding: name.dropFirst(prefix.count), as: UTF8.self)
                if name == "specversion" { hasSpecVersion = true }
                envelope.take(name, Envelope.Value(utf8: header))
            }
        }
        switch mode {
        case .batch: throw .batched
        case .structuredOther: throw .unsupportedFormat
        case .structuredJSON: return try read(structured: value[...], parser: parser)
        case .data, nil: break
        }
        guard hasSpecVersion else { return try read(structured: value[...], parser: parser) }
        var event = try envelope.finish()
        event.data = value
        return event
    }

    /// A structured event alone: one line of a JSONL file.
    public static func read(structured bytes: ArraySlice<UInt8>, parser: JSONParser) throws(CloudEventError)
        -> CloudEvent
    {
        let root: JSONValue
        let members: JSONMembers
        do {
            root = try parser.parse(bytes)
            members = try root.members()
        } catch { throw .notJSON(error) }

        var envelope = Envelope()
        for (name, value) in members where name != "data" && name != "data_base64" {
            // JSON's null is an attribute that is not there.
            if let value = Envelope.Value(value) { envelope.take(name, value) }
        }
        var event = try envelope.finish()

        if let encoded = root.member("data_base64") {
            guard root.member("data") == nil else {
                throw .badAttribute("data_base64", expected: "either data or data_base64")
            }
            event.data = try json(encoded: encoded, parser: parser)
        } else {
            guard let data = root.member("data") else { throw .noData }
            var writer = JSONWriter(reserving: bytes.count)
            data.write(to: &writer)
            event.data = writer.bytes
        }
        return event
    }

    private static func json(encoded: JSONValue, parser: JSONParser) throws(CloudEventError) -> [UInt8] {
        let decoded: [UInt8]?
        do {
            decoded = try encoded.withUTF8 { Base64.decode($0) }
        } catch { decoded = nil }
        guard let decoded else { throw .badAttribute("data_base64", expected: "a text in base 64") }
        do { return try parser.parse(decoded).serialised() } catch { throw .dataBase64NotJSON(error) }
    }

    private static let prefix: [UInt8] = Array("ce_".utf8)
}

extension Envelope.Value {
    fileprivate init(utf8 bytes: ArraySlice<UInt8>) {
        if let text = String(validating: bytes, as: UTF8.self) {
            self = .text(text)
        } else {
            self = .faulty(String(decoding: bytes, as: UTF8.self))
        }
    }

    /// The JSON format maps texts, whole numbers and truth values; nothing else is an attribute. nil for null.
    fileprivate init?(_ json: JSONValue) {
        switch json.kind {
        case .null: return nil
        case .string:
            if let text = try? json.string() { self = .text(text) } else { return nil }
        case .bool: self = .text(String(decoding: json.serialised(), as: UTF8.self))
        case .number:
            if let number = try? json.integer() {
                self = .text(String(number))
            } else {
                self = .faulty(String(decoding: json.serialised(), as: UTF8.self))
            }
        case .array, .object: self = .faulty(String(decoding: json.serialised(), as: UTF8.self))
        }
    }
}
