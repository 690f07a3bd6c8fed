public import DomainModel

/// What the key of a sealed part is called: the event that sealed it first, and the part. Bound into the sealed bytes,
/// so that one part cannot be passed off as another.
public struct KeyName: Hashable, Sendable {
    public let event: EventID
    public let part: PartName

    public init(event: EventID, part: PartName) {
        self.event = event
        self.part = part
    }

    /// The id's 26 characters, a slash and the part's name: the key of its row in the table of keys.
    public var bytes: [UInt8] { Array("\(event)/\(part)".utf8) }

    public init?(bytes: some Collection<UInt8>) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let slash = text.firstIndex(of: "/"), let event = EventID(text[..<slash]),
            let part = PartName(text[text.index(after: slash)...])
        else { return nil }
        self.init(event: event, part: part)
    }
}
