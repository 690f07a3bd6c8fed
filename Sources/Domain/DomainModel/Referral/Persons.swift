/// A name as written, in the sender's script.
public struct PersonName: Hashable, Sendable {
    public var given: String?
    public var family: String?
    public init(given: String?, family: String?) {
        self.given = given
        self.family = family
    }
}

/// Where someone lives. A protected address never leaves the hub, and in a queue it reads `protected: ask`.
public struct Address: Hashable, Sendable {
    public var isProtected: Bool
    public var lines: [String]
    public var postcode: String?
    /// Unique Property Reference Number, at most twelve digits, as text.
    public var uprn: String?

    public init(isProtected: Bool, lines: [String], postcode: String?, uprn: String?) {
        self.isProtected = isProtected
        self.lines = lines
        self.postcode = postcode
        self.uprn = uprn
    }
}

/// What a sender told of one person. Always sealed outside memory.
public struct Particulars: Hashable, Sendable {
    public var name: PersonName
    public var aliases: [PersonName]
    public var birthDate: Stated<CivilDate>
    public var birthDateIsEstimated: Bool
    /// For an unborn child, who has no birth date.
    public var expectedDate: Stated<CivilDate>
    public var sex: Stated<Sex>
    public var nhsNumber: Stated<NHSNumber>
    public var upn: Stated<UPN>
    /// At most ten alphanumerics, unique within the authority.
    public var laChildID: String?
    public var address: Address?
    public var formerAddresses: [Address]

    public init(
        name: PersonName, aliases: [PersonName] = [], birthDate: Stated<CivilDate> = .absent,
        birthDateIsEstimated: Bool = false, expectedDate: Stated<CivilDate> = .absent, sex: Stated<Sex> = .absent,
        nhsNumber: Stated<NHSNumber> = .absent, upn: Stated<UPN> = .absent, laChildID: String? = nil,
        address: Address? = nil, formerAddresses: [Address] = []
    ) {
        self.name = name
        self.aliases = aliases
        self.birthDate = birthDate
        self.birthDateIsEstimated = birthDateIsEstimated
        self.expectedDate = expectedDate
        self.sex = sex
        self.nhsNumber = nhsNumber
        self.upn = upn
        self.laChildID = laChildID
        self.address = address
        self.formerAddresses = formerAddresses
    }
}

/// Whom a part of an event is about: the n-th child or adult of the message as it was sent, or its free text. The hub's
/// own word for a person inside an event; the sender's key is an outsider's text and stays sealed.
public struct PartName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public enum Kind: UInt8, Hashable, Sendable { case child, adult, text, original, head }
    public let kind: Kind
    public let index: Int

    private init(_ kind: Kind, _ index: Int) {
        self.kind = kind
        self.index = index
    }
    public static func child(_ index: Int) -> PartName { PartName(.child, index) }
    public static func adult(_ index: Int) -> PartName { PartName(.adult, index) }
    public static let text = PartName(.text, 0)
    /// The bytes of a dead letter as they came.
    public static let original = PartName(.original, 0)
    /// What came with a dead letter's bytes: whose topic it lay on, when it came, and its headers.
    public static let head = PartName(.head, 0)

    public static func < (left: Self, right: Self) -> Bool {
        (left.kind.rawValue, left.index) < (right.kind.rawValue, right.index)
    }

    public var description: String {
        switch kind {
        case .child: "child-\(index)"
        case .adult: "adult-\(index)"
        case .text: "text"
        case .original: "original"
        case .head: "head"
        }
    }

    public init?(_ text: some StringProtocol) {
        if text == "text" {
            self = .text
        } else if text == "original" {
            self = .original
        } else if text == "head" {
            self = .head
        } else if text.hasPrefix("child-"), let index = Int(text.dropFirst(6)), (0..<1000).contains(index) {
            self = .child(index)
        } else if text.hasPrefix("adult-"), let index = Int(text.dropFirst(6)), (0..<1000).contains(index) {
            self = .adult(index)
        } else {
            return nil
        }
        // One spelling only: a part's name is bound into its sealed bytes, and `child-01` is not `child-1`.
        guard description == text else { return nil }
    }
}
