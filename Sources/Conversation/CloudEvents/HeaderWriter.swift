public import DomainModel
public import EventLog

/// The names of the headers that the hub writes.
public enum CloudEventHeader {
    public static let localAuthority: StaticString = "ce_localauthority"
    public static let causationID: StaticString = "ce_causationid"
    public static let correlationID: StaticString = "ce_correlationid"
    public static let policyVersion: StaticString = "ce_policyversion"
}

/// Writes the headers of one event in binary mode, straight into one buffer: ids and instants without a `String` in
/// between, for the hub writes millions. Call in the order of the methods: records are compared byte for byte, and the
/// order of headers is part of that.
public struct HeaderWriter: ~Copyable {
    private var start: UnsafeMutablePointer<UInt8>
    private var count = 0
    private var capacity: Int

    /// - Parameter capacity: bytes; the default holds what the hub writes itself.
    public init(reserving capacity: Int = 512) {
        self.capacity = max(64, capacity)
        start = .allocate(capacity: self.capacity)
        attribute("ce_specversion", "1.0" as StaticString)
    }

    deinit { start.deallocate() }

    public mutating func id<Subject>(_ id: Identifier<Subject>) { attribute("ce_id", id) }
    public mutating func id(_ id: String) { attribute("ce_id", id) }

    /// A source that is known beforehand: `/service/triage`.
    public mutating func source(_ path: StaticString) { attribute("ce_source", path) }

    /// A source that ends in a configured name: `/agency/` and the agency's.
    public mutating func source(_ root: StaticString, _ name: String) { attribute("ce_source", root, name) }

    public mutating func type(_ type: StaticString) { attribute("ce_type", type) }

    /// A type of the hub's: `frontdoor.`, the name, `.v1`.
    public mutating func type(hub name: String) { attribute("ce_type", "frontdoor.", name, ".v1") }

    public mutating func subject<Subject>(_ subject: Identifier<Subject>) { attribute("ce_subject", subject) }
    public mutating func subject(_ subject: CaseID) { attribute("ce_subject", subject) }
    public mutating func subject(_ subject: String) { attribute("ce_subject", subject) }
    public mutating func subject(utf8 subject: UnsafeBufferPointer<UInt8>) { attribute("ce_subject", utf8: subject) }

    public mutating func time(_ time: Instant) { attribute("ce_time", most: 24) { time.write(to: $0) } }

    // MARK: Any attribute, by its header's name (`ce_…`)

    public mutating func attribute<Subject>(_ header: StaticString, _ id: Identifier<Subject>) {
        attribute(header, most: 26) { text in
            id.write(to: text)
            return 26
        }
    }

    public mutating func attribute(_ header: StaticString, _ id: CaseID) {
        attribute(header, most: 36) { id.write(to: $0) }
    }

    public mutating func attribute(_ header: StaticString, _ authority: AuthorityCode) {
        attribute(header, most: 9) { authority.write(to: $0) }
    }

    public mutating func attribute(_ header: StaticString, _ text: StaticString) {
        attribute(header, utf8: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    public mutating func attribute(_ header: StaticString, _ text: String) {
        var text = text
        text.withUTF8 { attribute(header, utf8: $0) }
    }

    /// A text between two that are known: no text is made of the three.
    public mutating func attribute(
        _ header: StaticString, _ prefix: StaticString, _ text: String, _ suffix: StaticString = ""
    ) {
        var text = text
        text.withUTF8 { text in
            let before = prefix.utf8CodeUnitCount
            let after = suffix.utf8CodeUnitCount
            attribute(header, most: before + text.count + after) { buffer in
                guard let start = buffer.baseAddress else { return 0 }
                start.update(from: prefix.utf8Start, count: before)
                if let source = text.baseAddress { (start + before).update(from: source, count: text.count) }
                (start + before + text.count).update(from: suffix.utf8Start, count: after)
                return buffer.count
            }
        }
    }

    public mutating func attribute(_ header: StaticString, utf8 text: UnsafeBufferPointer<UInt8>) {
        attribute(header, most: text.count) { buffer in
            if let start = buffer.baseAddress, let source = text.baseAddress {
                start.update(from: source, count: text.count)
            }
            return text.count
        }
    }

    /// A value of at most so many bytes that writes itself in its place and returns its length.
    public mutating func attribute(
        _ header: StaticString, most: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Int
    ) {
        let nameCount = header.utf8CodeUnitCount
        let place = reserve(Headers.overhead + nameCount + most)
        let value = UnsafeMutableBufferPointer(start: place + Headers.overhead + nameCount, count: most)
        let length = write(value)
        precondition(length <= most, "a value longer than it said")
        count += Headers.write(nameOf: header, valueCount: length, at: place)
    }

    /// The finished headers; the data are JSON.
    public consuming func finish() -> Headers {
        attribute("content-type", "application/json" as StaticString)
        return Headers(packed: [UInt8](UnsafeBufferPointer(start: start, count: count)))
    }

    private mutating func reserve(_ more: Int) -> UnsafeMutablePointer<UInt8> {
        if capacity - count < more {
            capacity = max(2 * capacity, count + more)
            let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
            grown.update(from: start, count: count)
            start.deallocate()
            start = grown
        }
        return start + count
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
