/// An NHS number whose check digit holds: ten digits, weights 10 to 2, check = 11 − (Σ mod 11), 11 → 0, 10 is never issued
/// (NHS Data Dictionary).
public struct NHSNumber: Hashable, Comparable, Sendable {
    public let digits: UInt64

    /// Spaces and hyphens between the digits are accepted, as people write them in threes and fours.
    public init?(_ text: some StringProtocol) {
        var value: UInt64 = 0
        var sum = 0
        var count = 0
        for byte in text.utf8 where byte != 32 && byte != 45 {
            guard byte >= 48, byte <= 57, count < 10 else { return nil }
            let digit = Int(byte - 48)
            if count < 9 { sum += digit * (10 - count) }
            value = value * 10 + UInt64(digit)
            count += 1
        }
        guard count == 10 else { return nil }
        let check = 11 - sum % 11
        guard check != 10, UInt64(check == 11 ? 0 : check) == value % 10 else { return nil }
        digits = value
    }

    public static func < (left: Self, right: Self) -> Bool { left.digits < right.digits }

    public var text: String {
        let raw = String(digits)
        return String(repeating: "0", count: 10 - raw.count) + raw
    }
}

/// A unique pupil number whose check letter holds: thirteen characters, `[A-Z]\d{11}[\dA-Z]`; the letter is
/// Σ(character i × i, i = 2…13) mod 23 into `ABCDEFGHJKLMNPQRTUVWXYZ` (DfE). A temporary one ends in a letter.
/// For education's use only, so never a key across the hub.
public struct UPN: Hashable, Comparable, Sendable {
    public let text: String

    public init?(_ text: some StringProtocol) {
        let letters = Array("ABCDEFGHJKLMNPQRTUVWXYZ".utf8)
        let bytes = Array(text.utf8)
        guard bytes.count == 13, let first = bytes.first, letters.contains(first) else { return nil }
        var sum = 0
        for (index, byte) in bytes.enumerated().dropFirst() {
            let value: Int
            if byte >= 48, byte <= 57 {
                value = Int(byte - 48)
            } else if index == 12, let place = letters.firstIndex(of: byte) {
                value = place
            } else {
                return nil
            }
            sum += value * (index + 1)
        }
        guard letters[sum % 23] == first else { return nil }
        self.text = String(text)
    }

    public var isTemporary: Bool { text.utf8.last.map { $0 > 57 } ?? false }
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}
