/// A local authority in England by its GSS code (ONS): E06, E08, E09 or E10 and six digits.
///
/// The pseudo-authority `hub` holds what names an authority that the hub does not know: a review team assigns it.
public struct AuthorityCode: Hashable, Comparable, Sendable {
    /// The eight digits behind the E; zero for the pseudo-authority.
    public let digits: UInt32

    private init(digits: UInt32) { self.digits = digits }

    public static let hub = AuthorityCode(digits: 0)

    /// - Returns: nil unless the text is `hub` or a well-formed GSS code of a local authority that has children's services.
    public init?(gss text: some StringProtocol) {
        if text == "hub" {
            self = .hub
            return
        }
        guard text.utf8.count == 9, text.utf8.first == 69 else { return nil }
        var value: UInt32 = 0
        for byte in text.utf8.dropFirst() {
            guard byte >= 48, byte <= 57 else { return nil }
            value = value * 10 + UInt32(byte - 48)
        }
        guard [6, 8, 9, 10].contains(value / 1_000_000) else { return nil }
        digits = value
    }

    public static func < (left: AuthorityCode, right: AuthorityCode) -> Bool { left.digits < right.digits }
}

extension AuthorityCode: CustomStringConvertible {
    public var description: String {
        guard digits != 0 else { return "hub" }
        return String(unsafeUninitializedCapacity: 9) { write(to: $0) }
    }

    /// Writes the code, at most nine characters, and returns how many; the buffer holds at least nine.
    public func write(to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        precondition(buffer.count >= 9)
        guard digits != 0 else {
            buffer[0] = 104
            buffer[1] = 117
            buffer[2] = 98
            return 3
        }
        buffer[0] = 69
        var rest = digits
        for place in stride(from: 8, through: 1, by: -1) {
            buffer[place] = UInt8(truncatingIfNeeded: 48 + rest % 10)
            rest /= 10
        }
        return 9
    }
}
