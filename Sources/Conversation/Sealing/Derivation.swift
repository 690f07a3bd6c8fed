public import DomainModel

/// Makes the id of a derived thing from what it is derived from, so that every run, process and rebuild makes the same.
///
///     var derivation = Derivation("case")
///     derivation.add(eventID)
///     derivation.add(authority)
///     let id: Identifier<CaseSubject> = derivation.id()
///
/// The id is the first 128 bits of SHA-256 over the domain and the parts in their order. Each part is written with a
/// tag of its type and its length, so that no two different lists of parts give the same bytes. What is hashed is
/// frozen: an id lives as long as the log does, so a change of the encoding would be a new domain and never an edit.
///
/// Nobody needs a secret to repeat it, so what an outsider chose (an NHS number makes a handy id) must go through
/// `KeyedHash.derivation(_:)` instead.
public struct Derivation {
    private var parts: PartBuffer
    private let key: KeyedHash?

    /// - Parameter domain: what kind of thing is derived; two domains never share an id.
    public init(_ domain: StaticString) { self.init(domain, key: nil) }

    init(_ domain: StaticString, key: KeyedHash?) {
        self.key = key
        parts = PartBuffer()
        domain.withUTF8Buffer { parts.append(.domain, UnsafeRawBufferPointer($0)) }
    }

    public mutating func add<Subject>(_ id: Identifier<Subject>) { parts.append(.identifier, id.bits) }
    public mutating func add(_ number: Int64) { parts.append(.integer, number) }
    public mutating func add(_ number: Int) { parts.append(.integer, Int64(number)) }
    public mutating func add(_ flag: Bool) { parts.append(.flag, UInt8(flag ? 1 : 0)) }
    public mutating func add(_ authority: AuthorityCode) { parts.append(.authority, authority.digits) }
    public mutating func add(_ instant: Instant) { parts.append(.instant, instant.milliseconds) }
    public mutating func add(_ date: CivilDate) { parts.append(.date, Int64(date.daysSinceEpoch)) }
    public mutating func add<Subject>(_ name: Name<Subject>) { add(text: name.text, .name) }
    public mutating func add(_ text: String) { add(text: text, .text) }
    /// A text given as its bytes; the same part as the text itself.
    public mutating func add(text bytes: UnsafeBufferPointer<UInt8>) {
        parts.append(.text, UnsafeRawBufferPointer(bytes))
    }

    public mutating func add(_ digest: Digest32) { add(digest.bytes) }
    public mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { parts.append(.bytes, $0) } }
    public mutating func add(_ bytes: UnsafeRawBufferPointer) { parts.append(.bytes, bytes) }

    public mutating func add(_ id: CaseID) {
        add(id.authority)
        add(id.number)
    }

    /// Says that an optional part is absent; differs from every part that is there, the empty text included.
    public mutating func addNone() { parts.append(.none, UnsafeRawBufferPointer(start: nil, count: 0)) }

    /// The id of what has been added so far.
    public func id<Subject>(of _: Subject.Type = Subject.self) -> Identifier<Subject> {
        Identifier(bits: digest().leadingBits)
    }

    /// All 256 bits, for what is not an id.
    public func digest() -> Digest32 {
        parts.withBytes { bytes in
            if let key { key.hash(bytes) } else { Digest.sha256(bytes) }
        }
    }

    private mutating func add(text: String, _ tag: PartBuffer.Tag) {
        var text = text
        text.withUTF8 { parts.append(tag, UnsafeRawBufferPointer($0)) }
    }
}

/// The bytes to be hashed: inside the value while they are few, as nearly always, so that an id costs no allocation.
struct PartBuffer {
    /// Frozen: they are part of every id ever made.
    enum Tag: UInt8 {
        case none = 0
        case domain = 1
        case identifier = 2
        case text = 3
        case integer = 4
        case authority = 5
        case bytes = 6
        case name = 7
        case instant = 8
        case date = 9
        case flag = 10
    }

    private static let inlineBytesMax = 184

    private var inline = InlineArray<184, UInt8>(repeating: 0)
    private var count = 0
    /// Everything, once it no longer fits inside; empty before.
    private var spilled: [UInt8] = []

    /// Tag, length in bytes as 32 bits, content; numbers most significant byte first.
    mutating func append(_ tag: Tag, _ content: UnsafeRawBufferPointer) {
        precondition(content.count <= UInt32.max, "a part longer than 4 GiB")
        let size = 5 + content.count
        if spilled.isEmpty, count + size <= Self.inlineBytesMax {
            let start = count
            withUnsafeMutableBytes(of: &inline) { buffer in
                buffer[start] = tag.rawValue
                buffer.storeBytes(of: UInt32(content.count).bigEndian, toByteOffset: start + 1, as: UInt32.self)
                UnsafeMutableRawBufferPointer(rebasing: buffer[(start + 5)...]).copyMemory(from: content)
            }
            count += size
            return
        }
        if spilled.isEmpty {
            spilled.reserveCapacity(2 * (count + size))
            let used = count
            withUnsafeBytes(of: inline) { spilled.append(contentsOf: $0[..<used]) }
        }
        spilled.append(tag.rawValue)
        withUnsafeBytes(of: UInt32(content.count).bigEndian) { spilled.append(contentsOf: $0) }
        spilled.append(contentsOf: content)
    }

    mutating func append(_ tag: Tag, _ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { append(tag, $0) }
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if spilled.isEmpty {
            return withUnsafeBytes(of: inline) { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
        return spilled.withUnsafeBytes(body)
    }
}
