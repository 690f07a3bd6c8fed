/// RFC 4648 base 64 with padding, without line breaks.
enum Base64 {
    /// - Returns: nil where the text is not base 64.
    static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        let padding = text.reversed().prefix(2).prefix { $0 == 0x3D }.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var word: UInt32 = 0
        var held: UInt32 = 0
        for byte in text.dropLast(padding) {
            guard let value = value(of: byte) else { return nil }
            word = word << 6 | UInt32(value)
            held += 6
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: word >> held))
            }
        }
        // Bits that no byte takes have to be zero, or two texts would mean the same.
        guard word & (1 << held - 1) == 0 else { return nil }
        return bytes
    }

    private static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case 65...90: byte - 65
        case 97...122: byte - 97 + 26
        case 48...57: byte - 48 + 52
        case 43: 62
        case 47: 63
        default: nil
        }
    }
}
