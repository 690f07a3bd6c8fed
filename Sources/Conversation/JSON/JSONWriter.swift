/// Writes one JSON text into one growing buffer: no tree, no intermediate texts. Commas are put by themselves. The
/// output depends on the calls alone: nothing is escaped that need not be (quotation mark, backslash, controls as
/// `\u00xx`), no whitespace. Ids are hashed over such bytes, so a change here changes ids.
public struct JSONWriter {
    public private(set) var bytes: [UInt8]
    /// Whether something complete stands before, so that what comes next needs a comma.
    private var isAfterValue = false

    /// - Parameter capacity: bytes to have ready before the buffer has to grow.
    public init(reserving capacity: Int = 512) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Begins anew and keeps the buffer where nobody else holds it.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        isAfterValue = false
    }

    // MARK: Structure

    public mutating func beginObject() {
        separate()
        bytes.append(Byte.openBrace)
        isAfterValue = false
    }

    public mutating func endObject() {
        bytes.append(Byte.closeBrace)
        isAfterValue = true
    }

    public mutating func beginArray() {
        separate()
        bytes.append(Byte.openBracket)
        isAfterValue = false
    }

    public mutating func endArray() {
        bytes.append(Byte.closeBracket)
        isAfterValue = true
    }

    public mutating func key(_ name: StaticString) {
        key(validUTF8: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    public mutating func key(_ name: String) {
        value(name)
        bytes.append(Byte.colon)
        isAfterValue = false
    }

    mutating func key(validUTF8 name: UnsafeBufferPointer<UInt8>) {
        quote(name, isKey: true)
        isAfterValue = false
    }

    // MARK: Values

    public mutating func value(_ text: String) { value(validText: text.utf8) }
    public mutating func value(_ text: Substring) { value(validText: text.utf8) }

    public mutating func value(_ text: StaticString) {
        value(validUTF8: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// A text given as bytes. What is not UTF-8 becomes U+FFFD, so the output is JSON whatever is given.
    public mutating func value(utf8 text: UnsafeBufferPointer<UInt8>) {
        if text.allSatisfy({ $0 < 0x80 }) {
            value(validUTF8: text)
        } else {
            value(String(decoding: text, as: UTF8.self))
        }
    }

    public mutating func value(utf8 text: ArraySlice<UInt8>) { text.withUnsafeBufferPointer { value(utf8: $0) } }
    public mutating func value(utf8 text: [UInt8]) { text.withUnsafeBufferPointer { value(utf8: $0) } }

    /// A text of at most `capacity` bytes that writes itself and returns its length: an id or an instant, without a
    /// `String` in between. It must be ASCII that needs no escape.
    public mutating func value(plain capacity: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
        separate()
        // Written in its place: room for the most, then cut to what was used.
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(Byte.quote, count: capacity + 2))
        let count = bytes.withUnsafeMutableBufferPointer { buffer in
            let count = write(UnsafeMutableBufferPointer(rebasing: buffer[(start + 1)..<(start + 1 + capacity)]))
            buffer[start + 1 + count] = Byte.quote
            return count
        }
        bytes.removeLast(capacity - count)
    }

    public mutating func value(_ number: Int64) {
        separate()
        if number < 0 { bytes.append(Byte.minus) }
        append(digitsOf: number.magnitude)
    }

    public mutating func value(_ number: Int) { value(Int64(number)) }

    public mutating func value(_ number: UInt64) {
        separate()
        append(digitsOf: number)
    }

    public mutating func value(_ truth: Bool) {
        separate()
        append(truth ? "true" : "false")
    }

    /// The shortest text that reads back as the same number; null for infinities and what is not a number, because
    /// JSON has none.
    public mutating func value(_ number: Double) {
        guard number.isFinite else { return null() }
        separate()
        bytes.append(contentsOf: number.description.utf8)
    }

    public mutating func null() {
        separate()
        append("null")
    }

    /// One value that is JSON already, without blanks around it; not checked.
    public mutating func raw(_ json: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// The same without a generic call, which other modules would pay for.
    public mutating func raw(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
    }

    // MARK: Fields

    @inlinable
    public mutating func field<V: JSONWritable>(_ name: StaticString, _ value: V) {
        key(name)
        value.write(to: &self)
    }

    /// Omitted when nil.
    @inlinable
    public mutating func field<V: JSONWritable>(_ name: StaticString, _ value: V?) {
        guard let value else { return }
        key(name)
        value.write(to: &self)
    }

    /// Omitted when empty.
    @inlinable
    public mutating func field<V: JSONWritable>(_ name: StaticString, _ values: [V]) {
        guard !values.isEmpty else { return }
        key(name)
        values.write(to: &self)
    }

    /// Omitted when false.
    public mutating func fieldIfTrue(_ name: StaticString, _ value: Bool) {
        guard value else { return }
        key(name)
        self.value(true)
    }

    // MARK: Bytes

    /// Called before each value and name: after an opening or a colon there is nothing yet to be divided from.
    private mutating func separate() {
        if isAfterValue { bytes.append(Byte.comma) }
        isAfterValue = true
    }

    private mutating func append(_ word: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    private mutating func append(digitsOf number: UInt64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
            var place = 20
            var rest = number
            repeat {
                place -= 1
                buffer[place] = UInt8(truncatingIfNeeded: 48 + rest % 10)
                rest /= 10
            } while rest > 0
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[place...]))
        }
    }

    private mutating func value(validText text: some Collection<UInt8>) {
        if text.withContiguousStorageIfAvailable({ value(validUTF8: $0) }) == nil {
            Array(text).withUnsafeBufferPointer { value(validUTF8: $0) }
        }
    }

    mutating func value(validUTF8 text: UnsafeBufferPointer<UInt8>) {
        quote(text, isKey: false)
        isAfterValue = true
    }

    /// Without an early exit, so that the loop takes many bytes at once.
    private static func needsEscape(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var found: UInt8 = 0
        for byte in text {
            found |= byte < 0x20 ? 1 : 0
            found |= byte == Byte.quote ? 1 : 0
            found |= byte == Byte.backslash ? 1 : 0
        }
        return found != 0
    }

    /// Nearly every text is short and needs no escape: it goes in with its comma, quotation marks and colon as one piece.
    private mutating func quote(_ text: UnsafeBufferPointer<UInt8>, isKey: Bool) {
        guard text.count <= 252, !JSONWriter.needsEscape(text) else {
            separate()
            escape(text)
            if isKey { bytes.append(Byte.colon) }
            return
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { piece in
            var count = 0
            if isAfterValue {
                piece[0] = Byte.comma
                count = 1
            }
            piece[count] = Byte.quote
            count += 1
            if let start = text.baseAddress, let target = piece.baseAddress {
                (target + count).update(from: start, count: text.count)
                count += text.count
            }
            piece[count] = Byte.quote
            count += 1
            if isKey {
                piece[count] = Byte.colon
                count += 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: piece[..<count]))
        }
    }

    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        bytes.append(Byte.quote)
        var copied = 0
        var place = 0
        while place < text.count {
            let byte = text[place]
            if byte >= 0x20, byte != Byte.quote, byte != Byte.backslash {
                place += 1
                continue
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied..<place]))
            bytes.append(Byte.backslash)
            if byte < 0x20 {
                append("u00")
                bytes.append(Byte.hex(byte >> 4))
                bytes.append(Byte.hex(byte & 15))
            } else {
                bytes.append(byte)
            }
            place += 1
            copied = place
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied...]))
        bytes.append(Byte.quote)
    }
}

private enum Byte {
    static let quote: UInt8 = 0x22
    static let comma: UInt8 = 0x2C
    static let minus: UInt8 = 0x2D
    static let colon: UInt8 = 0x3A
    static let openBracket: UInt8 = 0x5B
    static let backslash: UInt8 = 0x5C
    static let closeBracket: UInt8 = 0x5D
    static let openBrace: UInt8 = 0x7B
    static let closeBrace: UInt8 = 0x7D

    static func hex(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 48 + nibble : 87 + nibble }
}
