/// An opaque id of 128 bits, typed by what it names. Written as 26 characters of lower-case Crockford base 32.
///
/// The hub makes every id itself by hashing (`Sealing.Derivation`); nothing that an outsider chose is copied into one.
public struct Identifier<Subject>: Hashable, Comparable, Sendable {
    public let bits: UInt128

    public init(bits: UInt128) { self.bits = bits }

    public static func < (left: Self, right: Self) -> Bool { left.bits < right.bits }

    /// - Returns: nil unless the text is exactly 26 characters of the alphabet and fits 128 bits.
    public init?(_ text: some StringProtocol) {
        var bits: UInt128 = 0
        var count = 0
        for byte in text.utf8 {
            guard count < 26, let value = Base32.value(of: byte) else { return nil }
            // 26 × 5 = 130 bits: the first character carries only three.
            if count == 0, value > 7 { return nil }
            bits = bits << 5 | UInt128(value)
            count += 1
        }
        guard count == 26 else { return nil }
        self.bits = bits
    }

    /// The same bits seen as an id of something else; for ids that are one by definition (an event and its alert).
    public func retyped<Other>(as _: Other.Type = Other.self) -> Identifier<Other> { Identifier<Other>(bits: bits) }
}

extension Identifier: CustomStringConvertible {
    public var description: String {
        String(unsafeUninitializedCapacity: 26) { buffer in
            write(to: buffer)
            return 26
        }
    }

    /// Writes the 26 characters; the buffer holds at least as many.
    public func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        // A literal in place, since a global array is asked for at each character whether it is there yet; and words of
        // 64 bits, twelve characters each: ids are written several times an event.
        let alphabet: StaticString = "0123456789abcdefghjkmnpqrstvwxyz"
        let letters = alphabet.utf8Start
        precondition(buffer.count >= 26)
        var low = UInt64(truncatingIfNeeded: bits)
        var middle = UInt64(truncatingIfNeeded: bits >> 60)
        let high = Int(truncatingIfNeeded: bits >> 120)
        for place in 0..<12 {
            buffer[25 - place] = letters[Int(low & 31)]
            buffer[13 - place] = letters[Int(middle & 31)]
            low >>= 5
            middle >>= 5
        }
        buffer[1] = letters[high & 31]
        buffer[0] = letters[high >> 5 & 7]
    }
}

/// Crockford's base 32 in lower case: no i, l, o, u, so that an id read over the telephone is not misheard.
package enum Base32 {
    package static let alphabet: [UInt8] = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    package static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 97...104: byte - 97 + 10
        case 106, 107: byte - 106 + 18
        case 109, 110: byte - 109 + 20
        case 112...116: byte - 112 + 22
        case 118...122: byte - 118 + 27
        default: nil
        }
    }
}

// What ids name. Never built: they only type the ids.
public enum EventSubject: Sendable {}
public enum ReferralSubject: Sendable {}
public enum ChildSubject: Sendable {}
public enum PersonSubject: Sendable {}
public enum CaseSubject: Sendable {}
public enum RequestSubject: Sendable {}
public enum EntrySubject: Sendable {}
public enum ObligationSubject: Sendable {}
public enum AlertSubject: Sendable {}

public typealias EventID = Identifier<EventSubject>
public typealias ReferralID = Identifier<ReferralSubject>
/// One child as one referral names it; kept over corrections of that referral.
public typealias ChildID = Identifier<ChildSubject>
/// A person whom the hub knows: what deduplication links children to.
public typealias PersonID = Identifier<PersonSubject>
public typealias RequestID = Identifier<RequestSubject>
public typealias EntryID = Identifier<EntrySubject>
public typealias ObligationID = Identifier<ObligationSubject>
public typealias AlertID = Identifier<AlertSubject>

/// One child's episode. Begins with the authority's code, so that the room of a case is known from its id.
public struct CaseID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let authority: AuthorityCode
    public let number: Identifier<CaseSubject>

    public init(authority: AuthorityCode, number: Identifier<CaseSubject>) {
        self.authority = authority
        self.number = number
    }

    public init?(_ text: some StringProtocol) {
        guard let dash = text.firstIndex(of: "-"), let authority = AuthorityCode(gss: text[..<dash]),
            let number = Identifier<CaseSubject>(text[text.index(after: dash)...])
        else { return nil }
        self.init(authority: authority, number: number)
    }

    public var description: String { String(unsafeUninitializedCapacity: 36) { write(to: $0) } }

    /// Writes the id, at most 36 characters, and returns how many; the buffer holds at least 36.
    public func write(to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let dash = authority.write(to: buffer)
        buffer[dash] = 45
        number.write(to: UnsafeMutableBufferPointer(rebasing: buffer[(dash + 1)...]))
        return dash + 27
    }

    public static func < (left: CaseID, right: CaseID) -> Bool {
        (left.authority, left.number) < (right.authority, right.number)
    }
}
