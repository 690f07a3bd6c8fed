/// Finds personal values in texts: the caller's markers, NHS numbers and e-mail addresses. A text is cut into words
/// (ASCII letters and digits, and all bytes beyond ASCII); a marker is looked for at each word that equals its first.
struct Markers {
    private struct Pattern {
        let bytes: [UInt8]
        let firstWord: Int
        let isDate: Bool
    }
    /// By the hash of the first word.
    private var patterns: [UInt64: [Pattern]] = [:]
    /// One bit for each of 2^16 hashes: most words of the log end here.
    private var sieve = [Bool](repeating: false, count: 1 << 16)

    init(_ markers: [String]) {
        var seen: Set<String> = []
        for marker in markers {
            var written = [marker]
            // A number or a postcode is the same without its blanks.
            if marker.utf8.contains(where: Markers.isDigit), marker.utf8.contains(32) {
                written.append(marker.filter { $0 != " " })
            }
            for text in written where seen.insert(text).inserted { add(Array(text.utf8)) }
        }
    }

    private mutating func add(_ text: [UInt8]) {
        // A marker begins at its first word: what stands before it tells nobody anything.
        guard let start = text.firstIndex(where: Markers.isWord),
            let last = text.lastIndex(where: Markers.isWord)
        else { return }
        let bytes = Array(text[start...last])
        let firstWord = bytes.firstIndex { !Markers.isWord($0) } ?? bytes.count
        let hash = Markers.hash(bytes[..<firstWord])
        sieve[Int(hash & 0xffff)] = true
        patterns[hash, default: []].append(
            Pattern(bytes: bytes, firstWord: firstWord, isDate: Markers.isDate(bytes)))
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 32) >= 97 && (byte | 32) <= 122 }
    static func isWord(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) || byte >= 0x80 }

    private static func isDate(_ bytes: [UInt8]) -> Bool {
        bytes.count == 10 && bytes[4] == 45 && bytes[7] == 45
    }

    private static func hash(_ word: ArraySlice<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in word { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash ^ hash >> 29
    }

    enum Finding: String { case marker = "a marker", nhsNumber = "an NHS number", email = "an e-mail address" }

    /// - Parameter dates: whether a date may be a marker here; where the hub writes dates of its own it may not.
    func first(in text: ArraySlice<UInt8>, dates: Bool = true) -> Finding? {
        text.withUnsafeBufferPointer { first(in: $0, dates: dates) }
    }

    private func first(in text: UnsafeBufferPointer<UInt8>, dates: Bool) -> Finding? {
        var place = 0
        while place < text.count {
            guard Markers.isWord(text[place]) else {
                if text[place] == UInt8(ascii: "@"), Markers.isEmail(text, at: place) { return .email }
                place += 1
                continue
            }
            let start = place
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            var isNumber = true
            while place < text.count, Markers.isWord(text[place]) {
                hash = (hash ^ UInt64(text[place])) &* 0x100_0000_01b3
                isNumber = isNumber && Markers.isDigit(text[place])
                place += 1
            }
            hash ^= hash >> 29
            if isNumber, Markers.isNHSNumber(text, from: start, to: place) { return .nhsNumber }
            guard sieve[Int(hash & 0xffff)], let candidates = patterns[hash] else { continue }
            for pattern in candidates where dates || !pattern.isDate {
                if Markers.stands(pattern.bytes, in: text, at: start) { return .marker }
            }
        }
        return nil
    }

    private static func stands(_ bytes: [UInt8], in text: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        let end = start + bytes.count
        guard end <= text.count, end == text.count || !isWord(text[end]) else { return false }
        for place in 0..<bytes.count where text[start + place] != bytes[place] { return false }
        return true
    }

    /// Ten digits together, or three, three and four with single blanks, whose last is the check digit (modulus 11).
    private static func isNHSNumber(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Bool {
        if end - start == 10 { return holdsCheckDigit((start..<end).map { Int(text[$0] - 48) }) }
        guard end - start == 3, start + 12 <= text.count, start + 12 == text.count || !isWord(text[start + 12]) else {
            return false
        }
        var digits: [Int] = []
        for place in 0..<12 {
            let byte = text[start + place]
            if place == 3 || place == 7 {
                guard byte == 32 || byte == 45 else { return false }
            } else {
                guard isDigit(byte) else { return false }
                digits.append(Int(byte - 48))
            }
        }
        return holdsCheckDigit(digits)
    }

    private static func holdsCheckDigit(_ digits: [Int]) -> Bool {
        var sum = 0
        for place in 0..<9 { sum += digits[place] * (10 - place) }
        let check = (11 - sum % 11) % 11
        return check == digits[9]
    }

    /// Letters or digits before the sign, and behind it a name with a dot and a last part of letters: a position of the
    /// log (`…/0@17`) is none.
    private static func isEmail(_ text: UnsafeBufferPointer<UInt8>, at sign: Int) -> Bool {
        guard sign > 0, isWord(text[sign - 1]) else { return false }
        var place = sign + 1
        var dots = 0
        while place < text.count, isWord(text[place]) || text[place] == 45 || text[place] == 46 {
            if text[place] == 46, place + 1 < text.count, isLetter(text[place + 1]) { dots += 1 }
            place += 1
        }
        return dots > 0
    }
}
