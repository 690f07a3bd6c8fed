public import DomainModel

/// A name as it is compared.
public struct FoldedName: Hashable, Sendable {
    public var given: String?
    public var family: String?

    public init(given: String?, family: String?) {
        self.given = given.flatMap(Folding.fold).flatMap { FoldedName.standsForNone($0) ? nil : $0 }
        self.family = family.flatMap(Folding.fold).flatMap { FoldedName.standsForNone($0) ? nil : $0 }
    }

    var isEmpty: Bool { given == nil && family == nil }

    /// What is written where a name is not known, or not yet given. Compared as a name it would make one child of every
    /// baby of a family, and one of twins.
    private static func standsForNone(_ folded: String) -> Bool {
        folded.split(separator: " ").allSatisfy { placeholders.contains(String($0)) }
    }
    private static let placeholders: Set<String> = [
        "baby", "unborn", "infant", "twin", "triplet", "child", "boy", "girl", "male", "female", "of", "unknown", "not",
        "known", "nk", "na", "none", "tbc", "anon", "anonymous", "1", "2", "3", "one", "two", "three",
    ]
}

/// What is compared of one person as one referral gave it. Faulty fields are not in it.
public struct MatchRecord: Hashable, Sendable {
    /// The name, then the aliases.
    public var names: [FoldedName]
    public var birthDate: CivilDate?
    public var birthDateIsEstimated: Bool
    /// Of an unborn child only.
    public var expectedDate: CivilDate?
    /// Nil where it is unknown.
    public var sex: Sex?
    public var nhsNumber: NHSNumber?
    /// Never a temporary one: a school issues those without asking whether there is another.
    public var upn: UPN?
    /// Small letters and digits without a space; the present one first.
    public var postcodes: [String]

    public init(
        names: [FoldedName] = [], birthDate: CivilDate? = nil, birthDateIsEstimated: Bool = false,
        expectedDate: CivilDate? = nil, sex: Sex? = nil, nhsNumber: NHSNumber? = nil, upn: UPN? = nil,
        postcodes: [String] = []
    ) {
        self.names = names.filter { !$0.isEmpty }
        self.birthDate = birthDate
        self.birthDateIsEstimated = birthDateIsEstimated
        self.expectedDate = birthDate == nil ? expectedDate : nil
        self.sex = sex == .unknown ? nil : sex
        self.nhsNumber = nhsNumber
        self.upn = upn.flatMap { $0.isTemporary ? nil : $0 }
        self.postcodes = postcodes.compactMap(MatchRecord.postcode)
    }

    public init(_ person: Particulars) {
        let addresses = (person.address.map { [$0] } ?? []) + person.formerAddresses
        self.init(
            names: ([person.name] + person.aliases).map { FoldedName(given: $0.given, family: $0.family) },
            birthDate: person.birthDate.value, birthDateIsEstimated: person.birthDateIsEstimated,
            expectedDate: person.expectedDate.value, sex: person.sex.value, nhsNumber: person.nhsNumber.value,
            upn: person.upn.value, postcodes: addresses.compactMap(\.postcode))
    }

    var isUnborn: Bool { birthDate == nil && expectedDate != nil }

    private static func postcode(_ text: String) -> String? {
        guard let folded = Folding.fold(text) else { return nil }
        let joined = folded.filter { $0 != " " }
        // Shorter is a district, in which thousands live.
        return joined.utf8.count >= 5 ? joined : nil
    }
}
