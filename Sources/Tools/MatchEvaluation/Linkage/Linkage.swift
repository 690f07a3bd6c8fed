import Foundation
import PersonMatching

/// Links the records of one file with each other, or of two with one another: Fellegi and Sunter's weights, learned from
/// the files' own pairs without any truth. One setting for every file:
///
/// - u from random pairs; m by expectation and maximisation over the pairs that share a key; a value's own frequency in
///   place of u where two records agree on it.
/// - A pair is one of the same person from even odds on; or from a thousand to one against, where a third record is
///   certainly of the same person as both.
public struct Linkage: Sendable {
    public struct Pair: Sendable {
        public let first: Int
        public let second: Int
        /// log2 of the odds, thousandths of a bit.
        public let milliBits: Int
    }

    static let rounds = 25
    /// Bits from which a third record vouches for a pair, and that the pair itself has to reach then.
    static let vouching = 4.0
    static let vouchedFor = -10.0

    public let seed: UInt64
    let randomPairs: Int
    public private(set) var comparedCount = 0

    private typealias Field = LinkageFile.Field
    private var m: [[Double]] = []
    private var u: [[Double]] = []
    private var prior = 0.0

    public init(seed: UInt64 = 1, randomPairs: Int = 400_000) {
        self.seed = seed
        self.randomPairs = randomPairs
    }

    /// Pairs of one person, by place; of one file the smaller place first.
    public mutating func link(
        _ one: LinkageFile, _ other: LinkageFile? = nil, progress: (Int, Int) -> Void = { _, _ in }
    ) -> [Pair] {
        let right = other ?? one
        let total = other.map { Double(one.count) * Double($0.count) } ?? Double(one.count * (one.count - 1) / 2)
        guard total > 0 else { return [] }
        let pairs = LinkageBlocks.pairs(one, other)
        comparedCount = pairs.count
        var compared: [LinkageComparison] = []
        compared.reserveCapacity(pairs.count)
        for (place, pair) in pairs.enumerated() {
            compared.append(LinkageComparison(one.records[Int(pair.0)], right.records[Int(pair.1)]))
            if place % 4096 == 0 { progress(place, pairs.count) }
        }
        learnUnrelated(one, right, isOneFile: other == nil)
        let shares = Linkage.shares(one, other)
        var rarities: [Double] = []
        rarities.reserveCapacity(pairs.count)
        for (place, pair) in pairs.enumerated() {
            rarities.append(rarity(compared[place], one.records[Int(pair.0)], shares))
        }
        maximise(compared, rarities, total: total)
        var bits: [Double] = []
        bits.reserveCapacity(pairs.count)
        for place in pairs.indices { bits.append(prior + score(compared[place]) + rarities[place]) }
        let chosen = other == nil ? Linkage.withVouchers(pairs, bits) : bits.map { $0 >= 0 }
        return pairs.indices.filter { chosen[$0] }.map {
            Pair(first: Int(pairs[$0].0), second: Int(pairs[$0].1), milliBits: Int((bits[$0] * 1000).rounded()))
        }
    }

    // MARK: Learning

    private mutating func learnUnrelated(_ one: LinkageFile, _ right: LinkageFile, isOneFile: Bool) {
        u = Field.allCases.map { Array(repeating: 0.5, count: LinkageComparison.levels($0) + 1) }
        var draws = SeededDraws(seed)
        for _ in 0..<randomPairs {
            let first = draws.below(one.count)
            let second = draws.below(right.count)
            if isOneFile, first == second { continue }
            let compared = LinkageComparison(one.records[first], right.records[second])
            for field in Field.allCases { u[field.rawValue][Int(compared.levels[field.rawValue])] += 1 }
        }
        for field in Field.allCases.map(\.rawValue) {
            let sum = u[field].dropFirst().reduce(0, +)
            for level in 1..<u[field].count { u[field][level] /= sum }
        }
    }

    private mutating func maximise(_ compared: [LinkageComparison], _ rarities: [Double], total: Double) {
        // To begin with, agreement is nine times in ten.
        m = Field.allCases.map { field in
            let levels = LinkageComparison.levels(field)
            return [0, 0.85] + Array(repeating: 0.15 / Double(levels - 1), count: levels - 1)
        }
        var share = 1000 / total
        for _ in 0..<Linkage.rounds {
            prior = Foundation.log2(share / (1 - share))
            var counts = Field.allCases.map { Array(repeating: 0.01, count: LinkageComparison.levels($0) + 1) }
            var sum = 0.0
            for (place, comparison) in compared.enumerated() {
                let bits = prior + score(comparison) + rarities[place]
                guard bits > -20 else { continue }
                let probability = 1 / (1 + Foundation.exp2(-bits))
                sum += probability
                for field in 0..<LinkageComparison.fields {
                    counts[field][Int(comparison.levels[field])] += probability
                }
            }
            for field in 0..<LinkageComparison.fields {
                let seen = counts[field].dropFirst().reduce(0, +)
                for level in 1..<counts[field].count { m[field][level] = counts[field][level] / seen }
            }
            share = min(0.5, max(1 / total, sum / total))
        }
        prior = Foundation.log2(share / (1 - share))
    }

    private func score(_ comparison: LinkageComparison) -> Double {
        var bits = 0.0
        for field in 0..<LinkageComparison.fields {
            let level = Int(comparison.levels[field])
            if level > 0 { bits += Foundation.log2(m[field][level] / u[field][level]) }
        }
        return bits
    }

    // MARK: Frequencies

    /// Of each value of each field, among all records.
    private static func shares(_ one: LinkageFile, _ other: LinkageFile?) -> [[[UInt8]: Double]] {
        let records = one.records + (other?.records ?? [])
        return Field.allCases.map { field in
            var counts: [[UInt8]: Double] = [:]
            var total = 0.0
            for record in records where record.has(field) {
                counts[record[field], default: 0] += 1
                total += 1
            }
            // One of those that have it is the record itself.
            return counts.mapValues { max(1, $0 - 1) / total }
        }
    }

    /// What the values that agree weigh more than the average agreement on their field.
    private func rarity(
        _ comparison: LinkageComparison, _ record: LinkageFile.Record, _ shares: [[[UInt8]: Double]]
    ) -> Double {
        var bits = 0.0
        for field in Field.allCases where comparison.levels[field.rawValue] == 1 {
            guard let share = shares[field.rawValue][record[field]] else { continue }
            bits += min(4, max(-4, Foundation.log2(u[field.rawValue][1] / share)))
        }
        return bits
    }

    // MARK: Vouching

    private static func withVouchers(_ pairs: [(Int32, Int32)], _ bits: [Double]) -> [Bool] {
        var chosen = bits.map { $0 >= 0 }
        var friends: [Int32: Set<Int32>] = [:]
        for (place, pair) in pairs.enumerated() where bits[place] >= vouching {
            friends[pair.0, default: []].insert(pair.1)
            friends[pair.1, default: []].insert(pair.0)
        }
        for (place, pair) in pairs.enumerated() where !chosen[place] && bits[place] >= vouchedFor {
            guard let one = friends[pair.0], let other = friends[pair.1] else { continue }
            chosen[place] = !one.isDisjoint(with: other)
        }
        return chosen
    }
}
