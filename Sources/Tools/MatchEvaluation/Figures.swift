import DomainModel
import Foundation
import PersonMatching

/// A share with its counts, and the interval in which it lies 19 times in 20 (Wilson's).
public struct Share: Sendable, Hashable {
    public let count: Int
    public let total: Int

    public init(_ count: Int, of total: Int) {
        self.count = count
        self.total = total
    }

    public var value: Double { total == 0 ? 0 : Double(count) / Double(total) }

    public var interval: (low: Double, high: Double) {
        guard total > 0 else { return (0, 1) }
        let z = 1.959964
        let n = Double(total)
        let p = value
        let divisor = 1 + z * z / n
        let centre = (p + z * z / (2 * n)) / divisor
        let half = z / divisor * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        return (max(0, centre - half), min(1, centre + half))
    }

    /// `0.8684 (4334 of 4991; 0.8587 to 0.8775)`
    public var text: String {
        guard total > 0 else { return "none" }
        return String(format: "%.4f (%d of %d; %.4f to %.4f)", value, count, total, interval.low, interval.high)
    }
}

/// What came of the referrals of a file, or of a kind of them.
public struct HouseholdFigures: Sendable, Hashable {
    public var referrals = 0
    /// How many of them are of a known child; nil figures below without a truth.
    public var known = 0
    public var linked = 0
    public var linkedRightly = 0
    public var reviews = 0
    /// Of a known child who is among those put before a person.
    public var reviewsWithTheChild = 0

    public init() {}

    public var falseAutos: Share { Share(linked - linkedRightly, of: linked) }
    public var precision: Share { Share(linkedRightly, of: linked) }
    public var autoRecall: Share { Share(linkedRightly, of: known) }
    public var recallWithReview: Share { Share(linkedRightly + reviewsWithTheChild, of: known) }
    public var reviewRate: Share { Share(reviews, of: referrals) }

    /// - Parameter truth: the known child's id; nil where it is new.
    public mutating func add(_ decision: ReferralDecision, truth: String?) {
        referrals += 1
        if truth != nil { known += 1 }
        switch decision.decision.outcome {
        case .linked:
            linked += 1
            if decision.person == truth { linkedRightly += 1 }
        case .review:
            reviews += 1
            if let truth, decision.candidates.contains(truth) { reviewsWithTheChild += 1 }
        case .new: break
        }
    }

    public mutating func add(_ other: HouseholdFigures) {
        referrals += other.referrals
        known += other.known
        linked += other.linked
        linkedRightly += other.linkedRightly
        reviews += other.reviews
        reviewsWithTheChild += other.reviewsWithTheChild
    }
}

/// The truth of a file, read from its own columns after everything was decided.
public struct HouseholdTruth: Sendable {
    /// The known `rid` of a referral's child, where it is known.
    private var person: [String: String] = [:]
    private var kinds: [String: [String]] = [:]

    /// - Returns: nil where the columns are not there.
    public init?(known: CommaSeparated, referrals: CommaSeparated) {
        guard let knownRid = known.column("rid"), let knownEntity = known.column("eid"),
            let rid = referrals.column("rid"), let entity = referrals.column("eid")
        else { return nil }
        var byEntity: [String: String] = [:]
        var homes: [String: Set<String>] = [:]
        func home(_ table: CommaSeparated, _ row: [String]) -> String? {
            guard let line = table.value(row, table.column("address")),
                let postcode = table.value(row, table.column("postcode"))
            else { return nil }
            return "\(line.lowercased())|\(postcode.lowercased().filter { $0 != " " })"
        }
        func family(_ table: CommaSeparated, _ row: [String]) -> String {
            (table.value(row, table.column("surname")) ?? "").lowercased()
        }
        for row in known.rows {
            guard let id = known.value(row, knownRid), let of = known.value(row, knownEntity) else { continue }
            byEntity[of] = id
            if let home = home(known, row) { homes[home, default: []].insert(family(known, row)) }
        }
        for row in referrals.rows {
            guard let id = referrals.value(row, rid), let of = referrals.value(row, entity) else { continue }
            person[id] = byEntity[of]
            var kinds: [String] = []
            if let kind = referrals.value(row, referrals.column("kind")) { kinds.append(kind) }
            let isOfKnownFamily = referrals.value(row, referrals.column("known_family"))?.lowercased() == "true"
            if byEntity[of] == nil { kinds.append(isOfKnownFamily ? "new sibling" : "new family") }
            // Somebody of another name is known at the address.
            if let home = home(referrals, row), let families = homes[home],
                families.contains(where: { $0 != family(referrals, row) })
            {
                kinds.append("shared address")
            }
            self.kinds[id] = kinds
        }
    }

    /// The children with whose records nothing was done, by the column that tells it; all where there is none.
    public static func asTheyAre(_ table: CommaSeparated, _ file: ChildrenFile) -> [ChildrenFile.Child] {
        guard let told = table.column("ops") else { return file.children }
        let untouched = zip(table.rows, file.children).filter { table.value($0.0, told) == nil }.map(\.1)
        return untouched.isEmpty ? file.children : untouched
    }

    public func figures(_ decisions: [ReferralDecision]) -> HouseholdFigures {
        var figures = HouseholdFigures()
        for decision in decisions { figures.add(decision, truth: person[decision.id]) }
        return figures
    }

    /// By kind of child, sorted by name; a child may be of several.
    public func figuresByKind(_ decisions: [ReferralDecision]) -> [(kind: String, figures: HouseholdFigures)] {
        var byKind: [String: HouseholdFigures] = [:]
        for decision in decisions {
            for kind in kinds[decision.id] ?? [] {
                byKind[kind, default: HouseholdFigures()].add(decision, truth: person[decision.id])
            }
        }
        return byKind.keys.sorted().map { ($0, byKind[$0] ?? HouseholdFigures()) }
    }
}

/// Pairs found against pairs that there are, where the ids tell (`rec-12-org`, `rec-12-dup-0`).
public struct LinkageFigures: Sendable, Hashable {
    public let found: Int
    public let right: Int
    public let all: Int

    /// - Returns: nil where an id does not say whose it is.
    public init?(_ pairs: [Linkage.Pair], _ one: LinkageFile, _ other: LinkageFile?) {
        func entity(_ id: String) -> Substring? {
            let parts = id.split(separator: "-")
            return parts.count >= 3 && parts[0] == "rec" && Int(parts[1]) != nil ? parts[1] : nil
        }
        let left = one.ids.map(entity)
        let right = other.map { $0.ids.map(entity) } ?? left
        guard left.allSatisfy({ $0 != nil }), right.allSatisfy({ $0 != nil }) else { return nil }
        var sizes: [Substring: Int] = [:]
        for entity in left { sizes[entity ?? "", default: 0] += 1 }
        var all = 0
        if other == nil {
            all = sizes.values.map { $0 * ($0 - 1) / 2 }.reduce(0, +)
        } else {
            for entity in right { all += sizes[entity ?? ""] ?? 0 }
        }
        self.all = all
        found = pairs.count
        self.right = pairs.filter { left[$0.first] == right[$0.second] }.count
    }

    public var precision: Share { Share(right, of: found) }
    public var recall: Share { Share(right, of: all) }
    public var f1: Double { found + all == 0 ? 0 : 2 * Double(right) / Double(found + all) }
}
