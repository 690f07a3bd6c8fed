/// The `type` of one of the hub's events: `frontdoor.<noun>.<past-participle>.v<n>`. Noun and participle are of
/// `a–z` and inner hyphens (`stepped-up`), the version counts from 1 and has no leading zero.
public struct EventTypeName: Hashable, Sendable, CustomStringConvertible {
    public let noun: String
    public let participle: String
    public let version: Int

    /// - Returns: nil where a part is not of the form above; versions up to 9999.
    public init?(noun: String, participle: String, version: Int = 1) {
        guard EventTypeName.isWord(noun.utf8), EventTypeName.isWord(participle.utf8), (1...9999).contains(version)
        else { return nil }
        self.noun = noun
        self.participle = participle
        self.version = version
    }

    public init?(_ text: some StringProtocol) {
        guard text.utf8.count <= CloudEventLimits.attributeBytesMax else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "frontdoor", let version = EventTypeName.version(of: parts[3].utf8) else {
            return nil
        }
        self.init(noun: String(parts[1]), participle: String(parts[2]), version: version)
    }

    public var description: String { "frontdoor.\(noun).\(participle).v\(version)" }

    private static func isWord(_ bytes: some BidirectionalCollection<UInt8>) -> Bool {
        guard let first = bytes.first, let last = bytes.last, first != 45, last != 45 else { return false }
        return bytes.allSatisfy { (97...122).contains($0) || $0 == 45 }
    }

    private static func version(of bytes: some Collection<UInt8>) -> Int? {
        guard bytes.first == 118, (2...5).contains(bytes.count), bytes.dropFirst().first != 48 else { return nil }
        var version = 0
        for byte in bytes.dropFirst() {
            guard (48...57).contains(byte) else { return nil }
            version = version * 10 + Int(byte - 48)
        }
        return version
    }
}
