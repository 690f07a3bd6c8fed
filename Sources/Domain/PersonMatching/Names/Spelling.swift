/// What a name sounds like, whichever way it is spelt. Computed once for each different name that is kept.
package struct Spelling: Hashable, Sendable {
    /// Soundex; for a name of another script its first letter.
    let sound: UInt32
    /// The name without what transliterations differ in; equal for Declan and Deklan, Baruch and Barukh.
    let transliteration: UInt32
    /// The rows of the table of short forms that hold it; 0 none.
    let firstGroup, secondGroup: UInt16
    /// Which letters it has, and in the last bit whether it has several words: names that are alike share most of them.
    let letters: UInt32

    /// Whether so few letters differ that a closer look may find them alike.
    func mayBeAlike(_ other: Spelling) -> Bool { (letters ^ other.letters).nonzeroBitCount <= 5 }
    var hasWords: Bool { letters >> 31 == 1 }

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        sound = Spelling.soundex(bytes)
        transliteration = Spelling.transliterated(bytes)
        (firstGroup, secondGroup) = ShortForms.groups(of: bytes)
        var letters: UInt32 = 0
        for byte in bytes {
            switch byte {
            case 97...122: letters |= 1 << UInt32(byte - 97)
            case 32: letters |= 1 << 31
            default: letters |= 1 << (26 + UInt32(byte & 3))
            }
        }
        self.letters = letters
    }

    func sharesShortForm(with other: Spelling) -> Bool {
        (firstGroup != 0 && (firstGroup == other.firstGroup || firstGroup == other.secondGroup))
            || (secondGroup != 0 && (secondGroup == other.firstGroup || secondGroup == other.secondGroup))
    }

    private static let digits: [UInt8] = Array("01230120022455012623010202".utf8).map { $0 - 48 }

    /// A letter and three digits; h and w do not part equal sounds, vowels do.
    package static func soundex(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        guard let first = bytes.first else { return 0 }
        guard first >= 97, first <= 122 else { return UInt32(first) << 8 | (bytes.count > 1 ? UInt32(bytes[1]) : 0) }
        var code = UInt32(first)
        var length = 0
        var last = digits[Int(first - 97)]
        for byte in bytes.dropFirst() {
            guard byte >= 97, byte <= 122 else {
                // A second word: its beginning is no continuation of the first's end.
                last = 0
                continue
            }
            if byte == UInt8(ascii: "h") || byte == UInt8(ascii: "w") { continue }
            let digit = digits[Int(byte - 97)]
            if digit != 0, digit != last {
                code = code << 4 | UInt32(digit)
                length += 1
                if length == 3 { return code }
            }
            last = digit
        }
        return code << UInt32(4 * (3 - length))
    }

    /// A hash of the name with each sound written one way.
    static func transliterated(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        func put(_ letter: StaticString) {
            let letter = letter.utf8Start.pointee
            if out.last != letter { out.append(letter) }
        }
        func next(_ place: Int) -> UInt8 { place + 1 < bytes.count ? bytes[place + 1] : 0 }
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            switch byte {
            case UInt8(ascii: "a"): put("a")
            case UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "y"), UInt8(ascii: "j"):
                put("i")
            case UInt8(ascii: "o"), UInt8(ascii: "u"): put("u")
            case UInt8(ascii: "c"):
                if next(place) == UInt8(ascii: "h") {
                    put("k")
                    place += 1
                } else {
                    put("k")
                }
            case UInt8(ascii: "k"), UInt8(ascii: "q"):
                put("k")
                if next(place) == UInt8(ascii: "h") { place += 1 }
            case UInt8(ascii: "g"):
                put("g")
                if next(place) == UInt8(ascii: "h") { place += 1 }
            case UInt8(ascii: "p"):
                if next(place) == UInt8(ascii: "h") {
                    put("f")
                    place += 1
                } else {
                    put("p")
                }
            case UInt8(ascii: "v"), UInt8(ascii: "w"): put("v")
            case UInt8(ascii: "z"), UInt8(ascii: "s"):
                put("s")
                if next(place) == UInt8(ascii: "h") {
                    out.append(UInt8(ascii: "h"))
                    place += 1
                }
            case UInt8(ascii: "x"):
                put("k")
                put("s")
            case UInt8(ascii: "h"):
                // Heard at the beginning only.
                if place == 0 { put("h") }
            case UInt8(ascii: " "): break
            default:
                if out.last != byte { out.append(byte) }
            }
            place += 1
        }
        // A last e, ie, y, ah.
        while out.count > 3, let last = out.last, last == UInt8(ascii: "i") { out.removeLast() }
        return UInt32(truncatingIfNeeded: out.withUnsafeBufferPointer { Mixing.hash($0, seed: 7) } >> 16)
    }
}

/// A fixed hash: the same in every process, unlike the standard library's.
enum Mixing {
    static func hash(_ bytes: UnsafeBufferPointer<UInt8>, seed: UInt64) -> UInt64 {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(bytes.count)
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return mix(state)
    }

    static func combine(_ state: UInt64, _ value: UInt64) -> UInt64 { mix(state ^ mix(value &+ 0x632b_e59b_d9b4_e019)) }

    static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9e37_79b9_7f4a_7c15
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
