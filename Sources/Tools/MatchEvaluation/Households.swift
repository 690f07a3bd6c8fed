public import DomainModel
public import PersonMatching

/// The children of one file of known children or referrals. Truth columns are not among what is read here: what decides
/// cannot see them.
public struct ChildrenFile: Sendable {
    public struct Child: Sendable {
        public let id: String
        public let record: MatchRecord

        public init(id: String, record: MatchRecord) {
            self.id = id
            self.record = record
        }
    }

    public private(set) var children: [Child] = []

    public init(_ children: [Child]) { self.children = children }

    public init(_ table: CommaSeparated) throws(CommaSeparated.Fault) {
        guard let id = table.column("rid") else { throw CommaSeparated.Fault(line: 1, what: "no column 'rid'") }
        try table.requireColumnsOnce()
        let given = table.column("given")
        let middle = table.column("middle")
        let surname = table.column("surname")
        let birth = table.column("dob")
        let sex = table.column("sex")
        let address = table.column("address")
        let postcode = table.column("postcode")
        let number = table.column("nhs")
        let upn = table.column("upn")
        let parents = [table.column("parent1"), table.column("parent2")]
        // A decision is written under its rid: without one, or with another's, nobody could tell whose it is.
        var seen: Set<String> = []
        for (place, row) in table.rows.enumerated() {
            func value(_ column: Int?) -> String? { table.value(row, column) }
            guard let rid = value(id) else {
                throw CommaSeparated.Fault(line: place + 2, what: "row \(place + 1) has no 'rid'")
            }
            guard seen.insert(rid).inserted else {
                throw CommaSeparated.Fault(line: place + 2, what: "row \(place + 1) has the 'rid' of another row")
            }
            children.append(
                Child(
                    id: rid,
                    record: MatchRecord(
                        names: [FoldedName(given: value(given), middle: value(middle), family: value(surname))],
                        birthDate: value(birth).flatMap { ChildrenFile.date($0) },
                        sex: value(sex).flatMap(ChildrenFile.sex), nhsNumber: value(number).flatMap { NHSNumber($0) },
                        upn: value(upn).flatMap { UPN($0) },
                        addresses: [FoldedAddress(line: value(address), postcode: value(postcode))],
                        parents: parents.compactMap { value($0).map(ChildrenFile.parent) })))
        }
    }

    /// `2015-03-04`, `20150304` or `04/03/2015`.
    static func date(_ text: String) -> CivilDate? {
        if let date = CivilDate(iso8601: text) { return date }
        let parts = text.split(separator: "/")
        if parts.count == 3, let day = Int(parts[0]), let month = Int(parts[1]), let year = Int(parts[2]) {
            return CivilDate(year: year, month: month, day: day)
        }
        guard text.utf8.count == 8, let value = Int(text) else { return nil }
        return CivilDate(year: value / 10_000, month: value / 100 % 100, day: value % 100)
    }

    private static func sex(_ text: String) -> Sex? {
        switch text.first {
        case "M", "m": .male
        case "F", "f": .female
        default: nil
        }
    }

    /// The first word is the given name, the rest the family's.
    private static func parent(_ text: String) -> FoldedName {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        return words.count == 2
            ? FoldedName(given: words[0], family: words[1]) : FoldedName(given: nil, family: text)
    }
}

/// Known children in an index, by their place in the file.
public struct KnownChildren: Sendable {
    public let children: [ChildrenFile.Child]
    public internal(set) var index: PersonIndex

    public init(_ file: ChildrenFile, model: MatchModel) {
        children = file.children
        index = PersonIndex(model: model)
        for (place, child) in children.enumerated() {
            index.add(
                child.record, of: ChildID(bits: UInt128(place + 1)), to: KnownChildren.person(place))
        }
    }

    /// A postcode where no household lives.
    public mutating func list(shared address: FoldedAddress) {
        if let postcode = address.postcode { index.list(sharedPostcode: postcode) }
    }

    public static func person(_ place: Int) -> PersonID { PersonID(bits: UInt128(place + 1)) }
    public func id(of person: PersonID) -> String {
        person.bits > KnownChildren.firstDistractor
            ? "D\(person.bits - KnownChildren.firstDistractor)" : children[Int(person.bits) - 1].id
    }
}

/// What one referral came to.
public struct ReferralDecision: Sendable {
    public let id: String
    public let decision: MatchDecision
    public let person: String?
    public let candidates: [String]
}

extension KnownChildren {
    /// One whom a referral was compared with.
    public struct Weighed: Sendable {
        public let id: String
        public let score: Int
        public let personal: Int
        public let beside: Int
        public let comparisons: [Comparison]
    }

    /// The best few, best first.
    public func explain(_ referral: ChildrenFile.Child, most: Int = 3) -> [Weighed] {
        index.explain(referral.record).prefix(most).map {
            Weighed(
                id: id(of: $0.person), score: $0.score, personal: $0.personal, beside: $0.beside,
                comparisons: $0.comparisons)
        }
    }

    public func decide(_ referral: ChildrenFile.Child) -> ReferralDecision {
        let decision = index.decide(referral.record)
        return ReferralDecision(
            id: referral.id, decision: decision, person: decision.person.map { id(of: $0) },
            candidates: decision.candidates.map { id(of: $0) })
    }
}

extension ReferralDecision {
    public static let header = "rid,outcome,person,candidates,score,margin\n"

    /// Score and margin in bits with three digits. The margin is empty where there was no second.
    public var line: String {
        let list = candidates.joined(separator: " ")
        let margin = decision.margin.map(ReferralDecision.bits) ?? ""
        return "\(CommaSeparated.quoted(id)),\(decision.outcome.rawValue),\(CommaSeparated.quoted(person ?? "")),"
            + "\(CommaSeparated.quoted(list)),"
            + "\(ReferralDecision.bits(decision.score)),\(margin)\n"
    }

    public static func bits(_ milliBits: Int) -> String {
        let digits = String(abs(milliBits) % 1000)
        return (milliBits < 0 ? "-" : "") + "\(abs(milliBits) / 1000)."
            + String(repeating: "0", count: 3 - digits.count) + digits
    }
}
