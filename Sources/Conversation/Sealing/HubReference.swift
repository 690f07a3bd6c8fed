public import DomainModel

/// What the hub gives an outsider to name a thing by: `E09000002-7k2m9q4dabcde-x3f7`.
///
/// The authority's code says which room the thing is in; then 65 bits of a keyed hash of the thing *and the recipient*,
/// so that two agencies that compare theirs cannot tell that both are about one case; then 20 bits of a keyed check, so
/// that Intake tells a genuine one from a mistyped or invented one without a table. The check keeps mistakes out and is
/// no proof of a right: who may do what follows from the topic that a message came by.
public struct HubReference: Hashable, Sendable {
    public let authority: AuthorityCode
    /// 65 bits.
    let number: UInt128
    /// 20 bits.
    let check: UInt32

    static let numberCharacters = 13
    static let checkCharacters = 4

    init(authority: AuthorityCode, number: UInt128, check: UInt32) {
        self.authority = authority
        self.number = number
        self.check = check
    }

    /// Reads the form alone, for references that the hub wrote itself. What comes from outside goes through
    /// `KeyedHash.verify(_:from:)`.
    /// - Returns: nil where the text is not exactly as the hub writes it.
    public init?(_ text: some StringProtocol) {
        let fields = text.split(separator: "-", maxSplits: 3, omittingEmptySubsequences: false)
        guard fields.count == 3, let authority = AuthorityCode(gss: fields[0]),
            let number = HubReference.value(of: fields[1], characters: HubReference.numberCharacters),
            let check = HubReference.value(of: fields[2], characters: HubReference.checkCharacters)
        else { return nil }
        self.init(authority: authority, number: number, check: UInt32(check))
    }

    private static func value(of text: some StringProtocol, characters: Int) -> UInt128? {
        guard text.utf8.count == characters else { return nil }
        var value: UInt128 = 0
        for byte in text.utf8 {
            guard let five = Base32.value(of: byte) else { return nil }
            value = value << 5 | UInt128(five)
        }
        return value
    }
}

extension HubReference: CustomStringConvertible {
    public var description: String {
        let numberCount = HubReference.numberCharacters
        let checkCount = HubReference.checkCharacters
        let tail = String(unsafeUninitializedCapacity: numberCount + checkCount + 2) { buffer in
            buffer[0] = 45
            for place in 0..<numberCount {
                buffer[1 + place] = Base32.alphabet[Int(number >> (5 * (numberCount - 1 - place)) & 31)]
            }
            buffer[numberCount + 1] = 45
            for place in 0..<checkCount {
                buffer[numberCount + 2 + place] = Base32.alphabet[Int(check >> (5 * (checkCount - 1 - place)) & 31)]
            }
            return numberCount + checkCount + 2
        }
        return authority.description + tail
    }
}

extension KeyedHash {
    /// The reference by which one recipient knows one thing; the same each time it is asked for.
    public func issueReference<Subject>(
        authority: AuthorityCode, for id: Identifier<Subject>, to recipient: AgencyName
    ) -> HubReference {
        var derivation = derivation("reference")
        derivation.add(authority)
        derivation.add(recipient)
        derivation.add(id)
        let number = derivation.id(of: Subject.self).bits >> (128 - 5 * HubReference.numberCharacters)
        return HubReference(
            authority: authority, number: number, check: check(authority: authority, number: number, of: recipient))
    }

    /// Reads a reference that came from outside.
    /// - Returns: nil unless this hub issued it to this recipient (one invented in a million passes: the number then
    ///   names nothing). A refused text must not be copied onward: it may be anything.
    public func verify(_ text: some StringProtocol, from recipient: AgencyName) -> HubReference? {
        guard let reference = HubReference(text),
            reference.check == check(authority: reference.authority, number: reference.number, of: recipient)
        else { return nil }
        return reference
    }

    private func check(authority: AuthorityCode, number: UInt128, of recipient: AgencyName) -> UInt32 {
        var derivation = derivation("reference check")
        derivation.add(authority)
        derivation.add(recipient)
        derivation.add(Int64(truncatingIfNeeded: number >> 64))
        derivation.add(Int64(truncatingIfNeeded: number))
        return UInt32(derivation.digest().leadingBits >> (128 - 5 * HubReference.checkCharacters))
    }
}
