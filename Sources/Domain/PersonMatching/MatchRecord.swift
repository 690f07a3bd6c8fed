public import DomainModel

/// A name as it is compared.
public struct FoldedName: Hashable, Sendable {
    public var given: String?
    /// A further given name: the second word of what was given as the given name, unless it was told apart.
    public var middle: String?
    public var family: String?

    public init(given: String?, middle: String? = nil, family: String?) {
        let words = FoldedName.folded(given)?.split(separator: " ", maxSplits: 1).map(String.init) ?? []
        self.given = words.first
        self.middle = FoldedName.folded(middle) ?? (words.count > 1 ? words[1] : nil)
        if let first = self.middle?.split(separator: " ").first { self.middle = String(first) }
        self.family = FoldedName.folded(family)
    }

    var isEmpty: Bool { given == nil && family == nil }

    private static func folded(_ text: String?) -> String? {
        text.flatMap(Folding.fold).flatMap { standsForNone($0) ? nil : $0 }
    }

    /// What is written where a name is not known, or not yet given. Compared as a name it would make one child of every
    /// baby of a family, and one of twins.
    private static func standsForNone(_ folded: String) -> Bool {
        folded.split(separator: " ").allSatisfy { nobodys.contains(String($0)) }
    }
    private static let nobodys: Set<String> = [
        "baby", "unborn", "infant", "twin", "triplet", "child", "boy", "girl", "male", "female", "of", "unknown", "not",
        "known", "nk", "na", "none", "tbc", "anon", "anonymous", "1", "2", "3", "one", "two", "three",
    ]
}

/// An address as it is compared.
public struct FoldedAddress: Hashable, Sendable {
    /// The lines as one text.
    public var line: String?
    /// Small letters and digits without a space.
    public var postcode: String?
    /// It is listed as one where no household lives.
    public var isShared: Bool

    public init(line: String?, postcode: String?, isShared: Bool = false) {
        self.isShared = isShared
        self.line = line.flatMap(Folding.fold)
        self.postcode = postcode.flatMap(FoldedAddress.folded)
    }

    var isEmpty: Bool { line == nil && postcode == nil }

    private static func folded(_ text: String) -> String? {
        guard let folded = Folding.fold(text) else { return nil }
        let joined = folded.filter { $0 != " " }
        // Shorter is a district, in which thousands live.
        return joined.utf8.count >= 5 ? joined : nil
    }
}

/// What is compared of one person as one referral gave it. Faulty fields are not in it.
public struct MatchRecord: Hashable, Sendable {
    /// The name, then the aliases.
    public var names: [FoldedName]
    public var birthDate: CivilDate?
    /// Told so, or on 1 January: the day that is written where only the year is known.
    public var birthDateIsEstimated: Bool
    /// Of an unborn child only.
    public var expectedDate: CivilDate?
    /// Nil where it is unknown.
    public var sex: Sex?
    public var nhsNumber: NHSNumber?
    /// Never a temporary one: a school issues those without asking whether there is another.
    public var upn: UPN?
    /// The present one first.
    public var addresses: [FoldedAddress]
    /// Parents and carers, as far as the referral names them.
    public var parents: [FoldedName]

    public init(
        names: [FoldedName] = [], birthDate: CivilDate? = nil, birthDateIsEstimated: Bool = false,
        expectedDate: CivilDate? = nil, sex: Sex? = nil, nhsNumber: NHSNumber? = nil, upn: UPN? = nil,
        addresses: [FoldedAddress] = [], parents: [FoldedName] = []
    ) {
        self.names = names.filter { !$0.isEmpty }
        self.birthDate = birthDate
        self.birthDateIsEstimated =
            birthDate.map { birthDateIsEstimated || ($0.month == 1 && $0.day == 1) } ?? false
        self.expectedDate = birthDate == nil ? expectedDate : nil
        self.sex = sex == .unknown ? nil : sex
        self.nhsNumber = nhsNumber
        self.upn = upn.flatMap { $0.isTemporary ? nil : $0 }
        self.addresses = addresses.filter { !$0.isEmpty }
        self.parents = parents.filter { !$0.isEmpty }
    }

    /// - Parameter isShared: whether an address is listed as one where no household lives.
    public init(
        _ person: Particulars, parents: [PersonName] = [], isShared: (Address) -> Bool = { _ in false }
    ) {
        let addresses = (person.address.map { [$0] } ?? []) + person.formerAddresses
        self.init(
            names: ([person.name] + person.aliases).map { FoldedName(given: $0.given, family: $0.family) },
            birthDate: person.birthDate.value, birthDateIsEstimated: person.birthDateIsEstimated,
            expectedDate: person.expectedDate.value, sex: person.sex.value, nhsNumber: person.nhsNumber.value,
            upn: person.upn.value,
            addresses: addresses.map {
                FoldedAddress(
                    line: $0.lines.joined(separator: " "), postcode: $0.postcode, isShared: isShared($0))
            },
            parents: parents.map { FoldedName(given: $0.given, family: $0.family) })
    }

    var isUnborn: Bool { birthDate == nil && expectedDate != nil }
}
