/// Writes one JSON text into one growing buffer: no tree, no intermediate texts. Commas are put by themselves. The
/// output depends on the calls alone: nothing is escaped that need not be (quotation mark, backslash, controls as
/// `\u00xx`), no whitespace. Ids are hashed over such bytes, so a change here changes ids.
///
/// The buffer is the writer's own memory and not an array: of what the hub writes, most texts are shorter than the
/// bookkeeping of an append. Hence not copyable.
public struct JSONWriter: ~Copyable, @unchecked Sendable {
    // Unchecked, because a pointer is not Sendable by itself; this one has a single owner, which is moved whole.
    private var start: UnsafeMutablePointer<UInt8>
    private var count = 0
    private var capacity: Int
    /// Whether something complete stands before, so that what comes next needs a comma.
    private var isAfterValue = false

    /// - Parameter capacity: bytes to have ready before the buffer has to grow.
    public init(reserving capacity: Int = 512) {
        self.capacity = max(16, capacity)
        start = .allocate(capacity: self.capacity)
    }

    deinit { start.deallocate() }

    /// A copy of what is written so far, of just its length.
    public var bytes: [UInt8] { [UInt8](UnsafeBufferPointer(start: start, count: count)) }

    /// Begins anew and keeps the buffer.
    public mutating func removeAll() {
        count = 0
        isAfterValue = false
    }

    // MARK: Structure

    public mutating func beginObject() {
        separate()
        append(Byte.openBrace)
        isAfterValue = false
    }

    public mutating func endObject() {
        append(Byte.closeBrace)
        isAfterValue = true
    }

    public mutating func beginArray() {
        separate()
        append(Byte.openBracket)
        isAfterValue = false
    }

    public mutating func endArray() {
        append(Byte.closeBracket)
        isAfterValue = true
    }

    /// The name is one of the hub's own, of which none needs an escape.
    public mutating func key(_ name: StaticString) {
        let length = name.utf8CodeUnitCount
        var end = reserve(length + 4)
        if isAfterValue {
            end.pointee = Byte.comma
            end += 1
        }
        end.pointee = Byte.quote
        end += 1
        JSONWriter.copy(name.utf8Start, to: end, count: length)
        end += length
        end.pointee = Byte.quote
        end[1] = Byte.colon
        count = end + 2 - start
        isAfterValue = false
    }

    public mutating func key(_ name: String) {
        value(name)
        append(Byte.colon)
        isAfterValue = false
    }

    mutating func key(validUTF8 name: UnsafeBufferPointer<UInt8>) {
        quote(name)
        append(Byte.colon)
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
        // Written in its place: there is room for the most.
        let text = reserve(capacity + 2)
        text.pointee = Byte.quote
        let length = write(UnsafeMutableBufferPointer(start: text + 1, count: capacity))
        precondition(length <= capacity, "a text longer than it said")
        text[length + 1] = Byte.quote
        count += length + 2
    }

    public mutating func value(_ number: Int64) {
        separate()
        if number < 0 { append(Byte.minus) }
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
        var digits = number.description
        digits.withUTF8 { append($0) }
    }

    public mutating func null() {
        separate()
        append("null")
    }

    /// One value that is JSON already, without blanks around it; not checked.
    public mutating func raw(_ json: [UInt8]) {
        separate()
        json.withUnsafeBufferPointer { append($0) }
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

    /// Makes room behind what is written.
    /// - Returns: where it is.
    private mutating func reserve(_ more: Int) -> UnsafeMutablePointer<UInt8> {
        if capacity - count < more { grow(by: more) }
        return start + count
    }

    private mutating func grow(by more: Int) {
        capacity = max(2 * capacity, count + more)
        let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        grown.update(from: start, count: count)
        start.deallocate()
        start = grown
    }

    private mutating func append(_ byte: UInt8) {
        reserve(1).pointee = byte
        count += 1
    }

    private mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
        guard let source = text.baseAddress else { return }
        reserve(text.count).update(from: source, count: text.count)
        count += text.count
    }

    private mutating func append(_ word: StaticString) {
        append(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    /// Called before each value and name: after an opening or a colon there is nothing yet to be divided from.
    private mutating func separate() {
        if isAfterValue { append(Byte.comma) }
        isAfterValue = true
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
            append(UnsafeBufferPointer(rebasing: buffer[place...]))
        }
    }

    private mutating func value(validText text: some Collection<UInt8>) {
        if text.withContiguousStorageIfAvailable({ value(validUTF8: $0) }) == nil {
            Array(text).withUnsafeBufferPointer { value(validUTF8: $0) }
        }
    }

    mutating func value(validUTF8 text: UnsafeBufferPointer<UInt8>) {
        quote(text)
        isAfterValue = true
    }

    /// Nearly every text needs no escape: it is copied and looked through at once, and only where that finds something
    /// is it written again byte by byte.
    private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
        guard let source = text.baseAddress else { return appendEmpty() }
        var end = reserve(text.count + 3)
        if isAfterValue {
            end.pointee = Byte.comma
            end += 1
        }
        end.pointee = Byte.quote
        end += 1
        guard !JSONWriter.copy(source, to: end, count: text.count) else {
            if isAfterValue { append(Byte.comma) }
            return escape(text)
        }
        end += text.count
        end.pointee = Byte.quote
        count = end + 1 - start
    }

    private mutating func appendEmpty() {
        if isAfterValue { append(Byte.comma) }
        append("\"\"")
    }

    /// Copies eight bytes at a time, which for short texts beats a call.
    /// - Returns: whether a byte among them needs an escape.
    @discardableResult @inline(__always)
    private static func copy(
        _ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, count: Int
    ) -> Bool {
        var found: UInt64 = 0
        var place = 0
        while place + 8 <= count {
            let word = UnsafeRawPointer(source + place).loadUnaligned(as: UInt64.self)
            UnsafeMutableRawPointer(target + place).storeBytes(of: word, as: UInt64.self)
            found |= escapes(in: word)
            place += 8
        }
        while place < count {
            let byte = source[place]
            target[place] = byte
            found |= byte < 0x20 || byte == Byte.quote || byte == Byte.backslash ? 1 : 0
            place += 1
        }
        return found != 0
    }

    /// Not zero where one of the eight bytes is a control, a quotation mark or a backslash: a byte's highest bit is
    /// left standing by the subtraction where the byte was smaller than what was taken from it.
    @inline(__always)
    private static func escapes(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* UInt64(Byte.quote))
        let backslashes = word ^ (ones &* UInt64(Byte.backslash))
        let control = (word &- ones &* 0x20) & ~word
        let quote = (quotes &- ones) & ~quotes
        let backslash = (backslashes &- ones) & ~backslashes
        return (control | quote | backslash) & (ones &* 0x80)
    }

    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        append(Byte.quote)
        var copied = 0
        var place = 0
        while place < text.count {
            let byte = text[place]
            if byte >= 0x20, byte != Byte.quote, byte != Byte.backslash {
                place += 1
                continue
            }
            append(UnsafeBufferPointer(rebasing: text[copied..<place]))
            append(Byte.backslash)
            if byte < 0x20 {
                append("u00")
                append(Byte.hex(byte >> 4))
                append(Byte.hex(byte & 15))
            } else {
                append(byte)
            }
            place += 1
            copied = place
        }
        append(UnsafeBufferPointer(rebasing: text[copied...]))
        append(Byte.quote)
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
