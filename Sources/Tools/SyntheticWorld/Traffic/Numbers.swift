import DomainModel
import JSON

/// Ten digits of the NHS's range for tests (999), with a check digit that holds.
enum TestNHSNumber {
    /// So many numbers the range has, the unissuable ones included.
    static let count = 1_000_000

    /// The number at a place of the range, scattered by the seed.
    /// - Returns: nil beyond the range, and for the one place in eleven whose check digit would be 10.
    static func at(_ index: Int, seed: UInt64) -> Int? {
        guard index >= 0, index < count else { return nil }
        // The factor has neither 2 nor 5 in it, so that no two places meet.
        let middle = (index * 387_421 + Int(seed % 999_983)) % count
        let digits = 999_000_000 + middle
        var rest = digits
        var sum = 0
        for weight in 2...10 {
            sum += rest % 10 * weight
            rest /= 10
        }
        let check = 11 - sum % 11
        guard check != 10 else { return nil }
        return digits * 10 + (check == 11 ? 0 : check)
    }
}

/// A unique pupil number: a check letter and twelve digits.
enum TestUPN {
    private static let letters = Array("ABCDEFGHJKLMNPQRTUVWXYZ".utf8)

    /// - Parameter number: twelve digits at most; its digits follow the check letter.
    static func write(_ number: Int, to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var rest = number
        var sum = 0
        for place in stride(from: 12, through: 1, by: -1) {
            let digit = rest % 10
            buffer[place] = UInt8(48 + digit)
            sum += digit * (place + 1)
            rest /= 10
        }
        buffer[0] = letters[sum % 23]
        return 13
    }
}

extension JSONWriter {
    /// A number as a text of so many digits, with zeros before it.
    mutating func digits(_ number: Int, _ count: Int) {
        value(plain: count) { buffer in
            var rest = number
            for place in stride(from: count - 1, through: 0, by: -1) {
                buffer[place] = UInt8(48 + rest % 10)
                rest /= 10
            }
            return count
        }
    }

    mutating func date(_ date: CivilDate) { self.date(date.year, date.month, date.day) }

    /// Year, month and day as they are given: whether there is such a day is what some messages get wrong.
    mutating func date(_ year: Int, _ month: Int, _ day: Int) {
        value(plain: 10) { buffer in
            func put(_ value: Int, _ digits: Int, at start: Int) {
                var rest = value
                for place in stride(from: start + digits - 1, through: start, by: -1) {
                    buffer[place] = UInt8(48 + rest % 10)
                    rest /= 10
                }
            }
            put(year, 4, at: 0)
            buffer[4] = 45
            put(month, 2, at: 5)
            buffer[7] = 45
            put(day, 2, at: 8)
            return 10
        }
    }
}
