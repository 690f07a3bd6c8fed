public import JSON

/// Base 64 with padding (RFC 4648 §4), as sealed bytes stand in JSON.
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, letter) in alphabet.enumerated() { table[Int(letter)] = UInt8(value) }
        return table
    }()

    public static func encode(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: length(of: bytes)) { buffer, count in count = encode(bytes, to: buffer) }
    }

    public static func write(_ bytes: [UInt8], to json: inout JSONWriter) {
        json.value(plain: length(of: bytes)) { encode(bytes, to: $0) }
    }

    private static func length(of bytes: [UInt8]) -> Int { (bytes.count + 2) / 3 * 4 }

    /// - Returns: how many letters were written; the buffer holds at least `length(of:)`.
    private static func encode(_ bytes: [UInt8], to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        let letters = alphabet.utf8Start
        return bytes.withUnsafeBufferPointer { bytes in
            var out = 0
            var place = 0
            while place < bytes.count {
                let second = place + 1 < bytes.count ? bytes[place + 1] : 0
                let third = place + 2 < bytes.count ? bytes[place + 2] : 0
                let word = Int(bytes[place]) << 16 | Int(second) << 8 | Int(third)
                buffer[out] = letters[word >> 18]
                buffer[out + 1] = letters[word >> 12 & 63]
                buffer[out + 2] = place + 1 < bytes.count ? letters[word >> 6 & 63] : 61
                buffer[out + 3] = place + 2 < bytes.count ? letters[word & 63] : 61
                out += 4
                place += 3
            }
            return out
        }
    }

    /// - Returns: nil where the text is not base 64 with its padding.
    public static func decode(_ text: String) -> [UInt8]? {
        var copy = text
        return copy.withUTF8 { decode($0) }
    }

    public static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var place = 0
        while place < text.count {
            let isLast = place + 4 == text.count
            let padding = isLast ? (text[place + 3] == 61 ? (text[place + 2] == 61 ? 2 : 1) : 0) : 0
            var word = 0
            for index in 0..<4 {
                let value = index >= 4 - padding ? 0 : values[Int(text[place + index])]
                guard value < 64 else { return nil }
                word = word << 6 | Int(value)
            }
            bytes.append(UInt8(truncatingIfNeeded: word >> 16))
            if padding < 2 { bytes.append(UInt8(truncatingIfNeeded: word >> 8)) }
            if padding < 1 { bytes.append(UInt8(truncatingIfNeeded: word)) }
            place += 4
        }
        return bytes
    }
}
