/// How alike two spellings are, in thousandths: Jaro's measure with Winkler's for a common beginning. In whole numbers, so
/// that every machine gets the same.
package enum JaroWinkler {
    /// Longer names are compared by as many bytes.
    static let bytesMax = 64

    package static func thousandths(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Int {
        let a = min(one.count, bytesMax)
        let b = min(other.count, bytesMax)
        guard a > 0, b > 0 else { return 0 }
        let window = max(max(a, b) / 2 - 1, 0)
        var takenOne: UInt64 = 0
        var takenOther: UInt64 = 0
        var matches = 0
        for place in 0..<a {
            var candidate = max(0, place - window)
            let end = min(b, place + window + 1)
            while candidate < end {
                if takenOther & (1 << UInt64(candidate)) == 0, one[place] == other[candidate] {
                    takenOne |= 1 << UInt64(place)
                    takenOther |= 1 << UInt64(candidate)
                    matches += 1
                    break
                }
                candidate += 1
            }
        }
        guard matches > 0 else { return 0 }
        var outOfPlace = 0
        var rest = takenOther
        var left = takenOne
        while left != 0 {
            if one[left.trailingZeroBitCount] != other[rest.trailingZeroBitCount] { outOfPlace += 1 }
            left &= left - 1
            rest &= rest - 1
        }
        let scale = 1_000_000
        let jaro =
            (matches * scale / a + matches * scale / b + (2 * matches - outOfPlace) * scale / (2 * matches)) / 3
        var common = 0
        while common < min(4, a, b), one[common] == other[common] { common += 1 }
        return (jaro + common * (scale - jaro) / 10) / 1000
    }

    /// Whether one letter put in, left out, changed, or changed places with its neighbour makes one of the other.
    package static func isOneEdit(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
        let (long, short) = one.count >= other.count ? (one, other) : (other, one)
        guard long.count - short.count <= 1 else { return false }
        var start = 0
        while start < short.count, long[start] == short[start] { start += 1 }
        if long.count > short.count { return same(long, start + 1, short, start) }
        guard start < long.count else { return false }
        if same(long, start + 1, short, start + 1) { return true }
        return start + 1 < long.count && long[start] == short[start + 1] && long[start + 1] == short[start]
            && same(long, start + 2, short, start + 2)
    }

    private static func same(
        _ one: UnsafeBufferPointer<UInt8>, _ from: Int, _ other: UnsafeBufferPointer<UInt8>, _ otherFrom: Int
    ) -> Bool {
        guard one.count - from == other.count - otherFrom else { return false }
        var place = 0
        while from + place < one.count {
            if one[from + place] != other[otherFrom + place] { return false }
            place += 1
        }
        return true
    }
}
