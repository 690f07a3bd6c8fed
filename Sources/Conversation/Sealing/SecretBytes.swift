internal import COpenSSL

/// Bytes of a key: read-only, wiped when the last holder lets go, and shown by no description, dump or mirror.
final class SecretBytes: @unchecked Sendable {
    // Unchecked, because a pointer is not Sendable by itself; these bytes never change between init and deinit.
    private let storage: UnsafeMutableRawBufferPointer

    init(copying bytes: UnsafeRawBufferPointer) {
        storage = .allocate(byteCount: bytes.count, alignment: 16)
        storage.copyMemory(from: bytes)
    }

    /// - Parameter fill: writes the bytes straight into their place, so that no copy is left; false where there are none.
    init?(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Bool) {
        storage = .allocate(byteCount: count, alignment: 16)
        storage.initializeMemory(as: UInt8.self, repeating: 0)
        // The deinit wipes and frees, since every stored property is set.
        guard fill(storage) else { return nil }
    }

    deinit {
        // Not a plain overwrite, which the compiler may leave out of memory that is freed next.
        OPENSSL_cleanse(storage.baseAddress, storage.count)
        storage.deallocate()
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withExtendedLifetime(self) { body(UnsafeRawBufferPointer(storage)) }
    }

    /// Takes the same time whatever differs.
    func equals(_ other: SecretBytes) -> Bool {
        storage.count == other.storage.count
            && CRYPTO_memcmp(storage.baseAddress, other.storage.baseAddress, storage.count) == 0
    }
}

extension SecretBytes: CustomReflectable, CustomStringConvertible {
    var description: String { "(secret)" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

/// Wipes an array that held a key for a moment.
func wipe(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
    bytes.removeAll()
}

/// A secret of 256 bits from the hub's configuration: the hash key, which is never rotated, or a master key.
public struct SecretKey: Sendable {
    let storage: SecretBytes

    /// - Returns: nil unless there are exactly 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        storage = bytes.withUnsafeBytes { SecretBytes(copying: $0) }
    }

    /// Reads 64 hexadecimal digits, or the 44 characters of standard base 64 (43 without padding); white space around
    /// them is ignored, because files end with a newline.
    /// - Returns: nil for anything else. Say then what was expected, never what was found.
    public init?(text: some StringProtocol) {
        var characters = Array(text.utf8)
        defer { wipe(&characters) }
        let isSpace = { (byte: UInt8) in byte == 32 || (9...13).contains(byte) }
        let trimmed = characters.trimmingPrefix(while: isSpace)
        let end = trimmed.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? trimmed.startIndex
        let core = trimmed[..<end]
        guard var bytes = core.count == 64 ? Hex.bytes(of: core) : Base64.keyBytes(of: core) else { return nil }
        defer { wipe(&bytes) }
        self.init(bytes: bytes)
    }

    public static func drawn(from draws: inout some Draws) -> SecretKey {
        var bytes = draws.draw(count: 32)
        defer { wipe(&bytes) }
        guard let key = SecretKey(bytes: bytes) else { preconditionFailure("a source of draws gave too few bytes") }
        return key
    }
}

extension SecretKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "(secret key)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

enum Base64 {
    /// - Returns: nil unless the text is base 64 of exactly 32 bytes.
    static func keyBytes(of text: ArraySlice<UInt8>) -> [UInt8]? {
        var text = text
        if text.count == 44 { guard text.removeLast() == 61 else { return nil } }
        guard text.count == 43 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        var held: UInt32 = 0
        var bits = 0
        for character in text {
            let value: UInt8
            switch character {
            case 65...90: value = character - 65
            case 97...122: value = character - 71
            case 48...57: value = character + 4
            case 43: value = 62
            case 47: value = 63
            default: return nil
            }
            held = held << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: held >> bits))
            }
        }
        // 43 characters hold 258 bits: the two over must be zero, or two texts would be one key.
        return held & 3 == 0 ? bytes : nil
    }
}
