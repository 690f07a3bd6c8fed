import DomainModel
import Foundation
public import PersonMatching

/// Learns the weights of a model from files of known children and referrals, without looking at any truth.
///
/// - Between records of one child (m): pairs of a known child and a referral that agree on a valid NHS number; for that
///   number itself, pairs that agree on a UPN.
/// - Between unrelated children (u): random pairs of known children that share no household. A register has each child
///   once, so two of its entries are two children.
/// - Between brothers and sisters (s): pairs of known children at one address with one family name or parent.
public struct Training {
    public struct Set {
        public let known: ChildrenFile
        public let referrals: ChildrenFile
        public init(known: ChildrenFile, referrals: ChildrenFile) {
            self.known = known
            self.referrals = referrals
        }
    }

    /// How often each level was seen, and in how many pairs in which both had the field.
    struct Counts {
        var levels: [Comparison.Field: [Comparison.Level: Double]] = [:]
        var totals: [Comparison.Field: Double] = [:]

        mutating func add(_ compared: [(field: Comparison.Field, level: Comparison.Level)]) {
            for (field, level) in compared where level != .absent { add(field, level) }
        }

        mutating func add(_ field: Comparison.Field, _ level: Comparison.Level, _ weight: Double = 1) {
            levels[field, default: [:]][level, default: 0] += weight
            totals[field, default: 0] += weight
        }

        func count(_ field: Comparison.Field, _ level: Comparison.Level) -> Double { levels[field]?[level] ?? 0 }
        func total(_ field: Comparison.Field) -> Double { totals[field] ?? 0 }
    }

    public let seed: UInt64
    /// Of random pairs, a set.
    public let pairsPerSet: Int
    public private(set) var figures: [(what: String, count: Int)] = []
    private var one = Counts()
    private var unrelated = Counts()
    private var siblings = Counts()
    private var model = MatchModel()

    public init(seed: UInt64 = 1, pairsPerSet: Int = 2_000_000) {
        self.seed = seed
        self.pairsPerSet = pairsPerSet
    }

    public mutating func learn(
        _ sets: [Set], policy: MatchModel.Policy = MatchModel.Policy(), progress: (Int) -> Void = { _ in }
    ) -> MatchModel {
        var given = 0.0
        var family = 0.0
        var counts = (one: 0, unrelated: 0, siblings: 0)
        for (place, set) in sets.enumerated() {
            let known = KnownChildren(set.known, model: MatchModel())
            given += Training.coincidence(set.known.children.compactMap { $0.record.names.first?.given })
            family += Training.coincidence(set.known.children.compactMap { $0.record.names.first?.family })
            counts.one += learnOne(known, set.referrals)
            counts.siblings += learnSiblings(known)
            counts.unrelated += learnUnrelated(known, seed: seed &+ UInt64(place))
            progress(place + 1)
        }
        figures = [
            ("pairs of one child", counts.one), ("pairs of brothers and sisters", counts.siblings),
            ("random pairs", counts.unrelated),
        ]
        model = MatchModel(policy: policy)
        model.givenCoincidence = max(1, Int((given / Double(sets.count) * 1e6).rounded()))
        model.familyCoincidence = max(1, Int((family / Double(sets.count) * 1e6).rounded()))
        let births = unrelated.count(.birthDate, .equal) / max(1, unrelated.total(.birthDate))
        model.birthCoincidence = max(1, Int((births * 1e6).rounded()))
        weigh()
        model.version = "households-\(model.fingerprint)"
        return model
    }

    /// Behind each weight of the file.
    public func remark(_ field: Comparison.Field, _ level: Comparison.Level) -> String {
        func share(_ counts: Counts) -> String {
            String(format: "%.6f", counts.count(field, level) / max(1, counts.total(field)))
        }
        return "m \(share(one)) u \(share(unrelated)) s \(share(siblings))"
    }

    // MARK: Pairs

    private mutating func learnOne(_ known: KnownChildren, _ referrals: ChildrenFile) -> Int {
        var byNumber: [UInt64: Int] = [:]
        var byUPN: [String: Int] = [:]
        for (place, child) in known.children.enumerated() {
            if let number = child.record.nhsNumber { byNumber[number.digits] = place }
            if let upn = child.record.upn { byUPN[upn.text] = place }
        }
        var count = 0
        for referral in referrals.children {
            if let number = referral.record.nhsNumber, let place = byNumber[number.digits] {
                count += 1
                let compared = known.index.levels(referral.record, of: KnownChildren.person(place))
                one.add(compared.filter { $0.field != .nhsNumber })
            }
            if let upn = referral.record.upn, let place = byUPN[upn.text] {
                let compared = known.index.levels(referral.record, of: KnownChildren.person(place))
                one.add(compared.filter { $0.field == .nhsNumber })
            }
        }
        return count
    }

    private mutating func learnSiblings(_ known: KnownChildren) -> Int {
        var byPostcode: [String: [Int]] = [:]
        for (place, child) in known.children.enumerated() {
            if let postcode = child.record.addresses.first?.postcode { byPostcode[postcode, default: []].append(place) }
        }
        var count = 0
        for (place, child) in known.children.enumerated() {
            guard let postcode = child.record.addresses.first?.postcode else { continue }
            for other in byPostcode[postcode] ?? [] where other > place {
                let compared = known.index.levels(child.record, of: KnownChildren.person(other))
                let sharesAddress = compared.contains { $0.field == .address && $0.level == .equal }
                let sharesFamily =
                    compared.contains {
                        $0.field == .familyName
                            && ($0.level == .equal || $0.level == .contained || $0.level == .oneEdit)
                    } || compared.contains { $0.field == .parent && $0.level == .equal }
                let sharesNumber = compared.contains { $0.field == .nhsNumber && $0.level == .equal }
                guard sharesAddress, sharesFamily, !sharesNumber else { continue }
                siblings.add(compared)
                count += 1
            }
        }
        return count
    }

    private mutating func learnUnrelated(_ known: KnownChildren, seed: UInt64) -> Int {
        var draws = SeededDraws(seed)
        var count = 0
        let children = known.children
        guard children.count > 1 else { return 0 }
        for _ in 0..<pairsPerSet {
            let first = draws.below(children.count)
            let second = draws.below(children.count)
            guard first != second else { continue }
            let compared = known.index.levels(children[first].record, of: KnownChildren.person(second))
            // An address in common is no household where nothing else is, but a random pair that has one is too rare
            // to be worth the risk of a brother.
            let isHousehold = compared.contains {
                ($0.field == .parent && ($0.level == .equal || $0.level == .alike))
                    || ($0.field == .address && $0.level == .equal)
            }
            if isHousehold { continue }
            unrelated.add(compared)
            count += 1
        }
        return count
    }

    private static func coincidence(_ names: [String]) -> Double {
        var counts: [String: Double] = [:]
        for name in names { counts[name, default: 0] += 1 }
        let total = Double(max(1, names.count))
        return counts.values.map { $0 / total * ($0 / total) }.sorted().reduce(0, +)
    }

    // MARK: Weights

    /// The least that a share is taken for, where nothing or little was seen: known from elsewhere, or from what it would
    /// cost to be wrong.
    private static func leastUnrelated(_ field: Comparison.Field, _ level: Comparison.Level) -> Double {
        switch (field, level) {
        case (.nhsNumber, .equal), (.upn, .equal): 1e-6
        case (.parent, .equal): 5e-5
        case (.parent, .alike): 1e-3
        case (.address, .equal): 2e-4
        case (.address, .postcode), (.address, .line): 1e-3
        default: 1e-5
        }
    }

    private static func leastSibling(_ field: Comparison.Field, _ level: Comparison.Level) -> Double {
        switch (field, level) {
        // A brother's number is pasted in.
        case (.nhsNumber, .equal): 4e-3
        case (.upn, .equal): 1e-3
        case (.givenName, .equal): 2e-3
        case (.givenName, .swapped): 2e-4
        case (.birthDate, .equal): 3e-2
        default: 2e-3
        }
    }

    private mutating func weigh() {
        for (field, levels) in MatchModel.levels {
            let kinds = Double(levels.count)
            for level in levels {
                let m = (one.count(field, level) + 0.5) / (one.total(field) + 0.5 * kinds)
                let u = max(
                    (unrelated.count(field, level) + 0.5) / (unrelated.total(field) + 0.5 * kinds),
                    Training.leastUnrelated(field, level))
                // Siblings are fewer: where few were seen, twenty unrelated pairs stand beside them.
                let s = max(
                    (siblings.count(field, level) + 20 * u) / (siblings.total(field) + 20),
                    Training.leastSibling(field, level))
                model[field, level] = MatchModel.Weight(
                    unrelated: Training.milliBits(m / u),
                    sibling: Training.tellsSiblingsApart(field) ? Training.milliBits(m / s) : 0)
            }
        }
        // What was not seen between one child's records nor others': by judgement, and little.
        for (field, level, weight) in [
            (Comparison.Field.furtherName, Comparison.Level.initial, 2500), (.furtherName, .alike, 3000),
            (.birthDate, .yearOff, 3000), (.address, .line, 5000),
        ] where one.count(field, level) < 5 {
            model[field, level].unrelated = Int32(weight)
            if Training.tellsSiblingsApart(field) { model[field, level].sibling = Int32(weight / 2) }
        }
        // A shared address says nothing.
        model[.address, .shared] = MatchModel.Weight(unrelated: 0, sibling: 0)
        // Unborn children are in no file: weighed by what dates of birth weigh, and less.
        model[.expectedDate, .equal] = MatchModel.Weight(unrelated: 7000, sibling: 3000)
        model[.expectedDate, .near] = MatchModel.Weight(unrelated: 4000, sibling: 2000)
        model[.expectedDate, .differs] = MatchModel.Weight(unrelated: -4000, sibling: -8000)
    }

    private static func tellsSiblingsApart(_ field: Comparison.Field) -> Bool {
        switch field {
        case .nhsNumber, .upn, .givenName, .furtherName, .birthDate, .sex: true
        default: false
        }
    }

    private static func milliBits(_ ratio: Double) -> Int32 {
        Int32(min(22_000, max(-12_000, (Foundation.log2(ratio) * 1000).rounded())))
    }
}

/// The same numbers everywhere for the same seed.
public struct SeededDraws: RandomNumberGenerator, Sendable {
    private var state: UInt64
    public init(_ seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    public mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    public mutating func chance(_ share: Double) -> Bool { Double(next() >> 11) * 0x1p-53 < share }
}
