/// The key of one sealed part, drawn for it alone. Destroying its wrapped form is forgetting the person.
public struct PartKey: Sendable {
    let storage: SecretBytes

    init(storage: SecretBytes) { self.storage = storage }

    /// - Returns: nil unless there are exactly 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        storage = bytes.withUnsafeBytes { SecretBytes(copying: $0) }
    }

    public static func drawn(from draws: inout some Draws) -> PartKey {
        var bytes = draws.draw(count: 32)
        defer { wipe(&bytes) }
        guard let key = PartKey(bytes: bytes) else { preconditionFailure("a source of draws gave too few bytes") }
        return key
    }
}

extension PartKey: Equatable {
    /// Takes the same time whatever differs.
    public static func == (left: PartKey, right: PartKey) -> Bool { left.storage.equals(right.storage) }
}

extension PartKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "(part key)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Twelve bytes that must never serve twice under one key: with AES-GCM a second use gives both texts away.
public struct Nonce: Hashable, Sendable {
    static let count = 12
    let first: UInt64
    let last: UInt32

    /// - Returns: nil unless there are exactly twelve bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Nonce.count else { return nil }
        first = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        last = bytes[8...].reduce(0) { $0 << 8 | UInt32($1) }
    }

    public static func drawn(from draws: inout some Draws) -> Nonce {
        guard let nonce = Nonce(bytes: draws.draw(count: count)) else {
            preconditionFailure("a source of draws gave too few bytes")
        }
        return nonce
    }

    /// The buffer holds at least twelve bytes.
    func write(to buffer: UnsafeMutableRawBufferPointer) {
        buffer.storeBytes(of: first.bigEndian, as: UInt64.self)
        buffer.storeBytes(of: last.bigEndian, toByteOffset: 8, as: UInt32.self)
    }
}
