internal import COpenSSL
internal import DomainModel

/// Thirty-two bytes of hash, compared as a value.
public struct Digest32: Hashable, Sendable {
    private var first: UInt128
    private var second: UInt128

    init(first: UInt128, second: UInt128) {
        self.first = first
        self.second = second
    }

    /// - Returns: nil unless there are exactly 32 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        first = 0
        second = 0
        for (place, byte) in bytes.enumerated() {
            if place < 16 { first = first << 8 | UInt128(byte) } else { second = second << 8 | UInt128(byte) }
        }
    }

    /// - Returns: nil unless the text is exactly 64 hexadecimal digits.
    public init?(hex text: some StringProtocol) {
        guard let bytes = Hex.bytes(of: text.utf8) else { return nil }
        self.init(bytes: bytes)
    }

    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            for place in 0..<16 {
                let shift = 8 * (15 - place)
                buffer[place] = UInt8(truncatingIfNeeded: first >> shift)
                buffer[place + 16] = UInt8(truncatingIfNeeded: second >> shift)
            }
            count = 32
        }
    }

    /// The first 128 of the 256 bits: what the hub's ids keep of a hash.
    var leadingBits: UInt128 { first }
}

extension Digest32: CustomStringConvertible {
    /// 64 hexadecimal digits in lower case.
    public var description: String { Hex.text(of: bytes) }
}

/// Hashes of content: to tell a repeat from the same id with other content.
public enum Digest {
    public static func sha256(_ bytes: [UInt8]) -> Digest32 {
        bytes.withUnsafeBytes { sha256($0) }
    }

    public static func sha256(_ bytes: UnsafeRawBufferPointer) -> Digest32 {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 16) { output in
            // Given the fetched algorithm: by name, OpenSSL 3 would look it up anew at every call, at twice the cost.
            let done = EVP_Digest(
                bytes.baseAddress, bytes.count, output.baseAddress?.assumingMemoryBound(to: UInt8.self), nil,
                Algorithms.sha256.pointer, nil)
            precondition(done == 1, "OpenSSL could not hash: out of memory?")
            return Digest32(bigEndian: UnsafeRawBufferPointer(output))
        }
    }
}

extension Digest32 {
    /// From 32 bytes as OpenSSL writes them.
    init(bigEndian buffer: UnsafeRawBufferPointer) {
        self.init(
            first: UInt128(bigEndian: buffer.loadUnaligned(as: UInt128.self)),
            second: UInt128(bigEndian: buffer.loadUnaligned(fromByteOffset: 16, as: UInt128.self)))
    }
}

enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(of bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func bytes(of text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var high: UInt8?
        for character in text {
            let value: UInt8
            switch character {
            case 48...57: value = character - 48
            case 97...102: value = character - 87
            case 65...70: value = character - 55
            default: return nil
            }
            if let upper = high {
                bytes.append(upper << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }
}
