public import DomainModel

/// What the key of a sealed part is called: the event that sealed it first, and the part. Bound into the sealed bytes
/// as associated data, so that a part moved to another event or person does not open.
public struct KeyName: Hashable, Comparable, Sendable {
    public let event: EventID
    public let part: PartName

    public init(event: EventID, part: PartName) {
        self.event = event
        self.part = part
    }

    /// The id's 26 characters, a slash and the part's name: the key of its row in the table of keys. Frozen: what is
    /// sealed is bound to them.
    public var bytes: [UInt8] {
        var name = part.description
        return name.withUTF8 { name in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 27 + name.count) { buffer in
                event.write(to: buffer)
                buffer[26] = UInt8(ascii: "/")
                _ = UnsafeMutableBufferPointer(rebasing: buffer[27...]).initialize(fromContentsOf: name)
                return [UInt8](buffer)
            }
        }
    }

    /// - Returns: nil unless these are exactly the bytes that a name gives.
    public init?(bytes: some Collection<UInt8>) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let slash = text.firstIndex(of: "/"), let event = EventID(text[..<slash]),
            let part = PartName(text[text.index(after: slash)...])
        else { return nil }
        self.init(event: event, part: part)
        // Shuts out a second spelling of one name, such as `child-01`: it would be a second row for one key.
        guard description == text else { return nil }
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.event, left.part) < (right.event, right.part)
    }
}

extension KeyName: CustomStringConvertible {
    public var description: String { "\(event)/\(part)" }
}
