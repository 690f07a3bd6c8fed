public import DomainModel
public import EventLog

/// The names of the headers that the hub writes.
public enum CloudEventHeader {
    public static let localAuthority: StaticString = "ce_localauthority"
    public static let causationID: StaticString = "ce_causationid"
    public static let correlationID: StaticString = "ce_correlationid"
    public static let policyVersion: StaticString = "ce_policyversion"
}

/// Writes the headers of one event in binary mode, straight into the record's one buffer: ids and instants without a
/// `String` in between, for the hub writes millions. Call in the order of the methods: records are compared byte for
/// byte, and the order of headers is part of that.
public struct HeaderWriter {
    private var headers: Headers

    /// - Parameter capacity: bytes; the default holds what the hub writes itself.
    public init(reserving capacity: Int = 512) {
        headers = Headers(reserving: capacity)
        headers.append("ce_specversion", HeaderWriter.bytes("1.0"))
    }

    public mutating func id<Subject>(_ id: Identifier<Subject>) { attribute("ce_id", id) }

    /// A source that is known beforehand: `/service/triage`.
    public mutating func source(_ path: StaticString) { attribute("ce_source", path) }

    /// A source that ends in a configured name: `/agency/` and the agency's.
    public mutating func source(_ root: StaticString, _ name: String) {
        var name = name
        name.withUTF8 { name in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: root.utf8CodeUnitCount + name.count) { path in
                let end = path.initialize(fromContentsOf: HeaderWriter.bytes(root))
                _ = path[end...].initialize(fromContentsOf: name)
                headers.append("ce_source", UnsafeBufferPointer(path))
            }
        }
    }

    public mutating func type(_ type: StaticString) { attribute("ce_type", type) }

    public mutating func subject<Subject>(_ subject: Identifier<Subject>) { attribute("ce_subject", subject) }
    public mutating func subject(_ subject: CaseID) { attribute("ce_subject", subject) }
    public mutating func subject(_ subject: String) { attribute("ce_subject", subject) }

    public mutating func time(_ time: Instant) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { text in
            let count = time.write(to: text)
            headers.append("ce_time", UnsafeBufferPointer(rebasing: text[..<count]))
        }
    }

    // MARK: Any attribute, by its header's name (`ce_…`)

    public mutating func attribute<Subject>(_ header: StaticString, _ id: Identifier<Subject>) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 26) { text in
            id.write(to: text)
            headers.append(header, UnsafeBufferPointer(text))
        }
    }

    public mutating func attribute(_ header: StaticString, _ id: CaseID) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 9 + 1 + 26) { text in
            var authority = id.authority.description
            var end = authority.withUTF8 { text.initialize(fromContentsOf: $0) }
            text[end] = 45
            end += 1
            id.number.write(to: UnsafeMutableBufferPointer(rebasing: text[end...]))
            headers.append(header, UnsafeBufferPointer(rebasing: text[..<(end + 26)]))
        }
    }

    public mutating func attribute(_ header: StaticString, _ authority: AuthorityCode) {
        attribute(header, authority.description)
    }

    public mutating func attribute(_ header: StaticString, _ text: StaticString) {
        headers.append(header, HeaderWriter.bytes(text))
    }

    public mutating func attribute(_ header: StaticString, _ text: String) {
        var text = text
        text.withUTF8 { headers.append(header, $0) }
    }

    /// The finished headers; the data are JSON.
    public consuming func finish() -> Headers {
        headers.append("content-type", HeaderWriter.bytes("application/json"))
        return headers
    }

    private static func bytes(_ text: StaticString) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }
}

extension CloudEvent {
    /// The headers of this event in binary mode, for what is not on a hot path; its value is ``data``. Attributes
    /// that are unusable or have names outside CloudEvents' alphabet are left out.
    public func headers() -> Headers {
        var headers = Headers(reserving: 512)
        headers.append("ce_specversion", "1.0".utf8)
        headers.append("ce_id", id.utf8)
        headers.append("ce_source", source.utf8)
        headers.append("ce_type", type.utf8)
        if let subject { headers.append("ce_subject", subject.utf8) }
        if let time { headers.append("ce_time", time.description.utf8) }
        for attribute in extensions where Envelope.isName(attribute.name) {
            headers.append(name: "ce_" + attribute.name, value: attribute.value.utf8)
        }
        headers.append("content-type", (dataContentType ?? "application/json").utf8)
        return headers
    }
}
