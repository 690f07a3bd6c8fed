import DomainModel

/// Takes the attributes of one event as they come, in either mode, and judges them at the end. Of attributes with the
/// same name the first counts.
struct Envelope {
    /// An attribute's value before it is judged.
    enum Value {
        case text(String)
        /// Not a text that an attribute could have; repaired or re-serialised only to be kept.
        case faulty(String)
    }

    private var specVersion: Value?
    private var id: Value?
    private var source: Value?
    private var type: Value?
    private var subject: Value?
    private var time: Value?
    private var dataContentType: Value?
    private var extensions: [CloudEvent.Attribute] = []
    private var unusable: [CloudEvent.Attribute] = []
    private var count = 0

    mutating func take(_ name: String, _ value: Value) {
        count += 1
        guard count <= CloudEventLimits.attributesMax else { return }
        switch name {
        case "specversion": specVersion = specVersion ?? value
        case "id": id = id ?? value
        case "source": source = source ?? value
        case "type": type = type ?? value
        case "subject": subject = subject ?? value
        case "time": time = time ?? value
        case "datacontenttype": dataContentType = dataContentType ?? value
        default: takeExtension(name, value)
        }
    }

    private mutating func takeExtension(_ name: String, _ value: Value) {
        // 'data' as an extension's name is forbidden, because in structured mode it would be the data.
        guard Envelope.isName(name), name != "data", case .text(let text) = value, Envelope.fault(of: text) == nil
        else {
            keep(name, value)
            return
        }
        if !extensions.contains(where: { $0.name == name }) { extensions.append(CloudEvent.Attribute(name, text)) }
    }

    private mutating func keep(_ name: String, _ value: Value) {
        switch value {
        case .text(let text), .faulty(let text): unusable.append(CloudEvent.Attribute(name, text))
        }
    }

    /// The event, still without its data.
    mutating func finish() throws(CloudEventError) -> CloudEvent {
        guard count <= CloudEventLimits.attributesMax else { throw .tooManyAttributes }
        switch specVersion {
        case nil: throw .missingAttribute("specversion")
        case .text("1.0"): break
        default: throw .unsupportedSpecVersion
        }
        let id = try Envelope.required("id", id)
        let source = try Envelope.required("source", source)
        let type = try Envelope.required("type", type)
        let subject = optional("subject", subject)
        let dataContentType = optional("datacontenttype", dataContentType)
        var instant: Instant?
        if let time {
            if case .text(let text) = time { instant = Instant(rfc3339: text) }
            if instant == nil { keep("time", time) }
        }
        return CloudEvent(
            id: id, source: source, type: type, subject: subject, time: instant,
            timeIsFaulty: time != nil && instant == nil, dataContentType: dataContentType, extensions: extensions,
            unusable: unusable, data: [])
    }

    private static func required(_ name: StaticString, _ value: Value?) throws(CloudEventError) -> String {
        switch value {
        case nil: throw .missingAttribute(name)
        case .faulty: throw .badAttribute(name, expected: "a text in UTF-8")
        case .text(let text):
            if let fault = fault(of: text) { throw .badAttribute(name, expected: fault) }
            return text
        }
    }

    private mutating func optional(_ name: String, _ value: Value?) -> String? {
        guard let value else { return nil }
        if case .text(let text) = value, Envelope.fault(of: text) == nil { return text }
        keep(name, value)
        return nil
    }

    /// What a text should have been; nil where it may stand. Control characters are not CloudEvents texts.
    private static func fault(of text: String) -> StaticString? {
        if text.isEmpty { return "a text that is not empty" }
        if text.utf8.count > CloudEventLimits.attributeBytesMax { return "a text of at most 256 bytes" }
        var former: UInt8 = 0
        for byte in text.utf8 {
            // C2 80 to C2 9F are the controls of Latin-1.
            if byte < 0x20 || byte == 0x7F || (former == 0xC2 && byte < 0xA0) {
                return "a text without control characters"
            }
            former = byte
        }
        return nil
    }

    static func isName(_ name: String) -> Bool {
        (1...CloudEventLimits.attributeNameBytesMax).contains(name.utf8.count)
            && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) }
    }
}
