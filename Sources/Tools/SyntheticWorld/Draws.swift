/// Seeded chance: SplitMix64 (Steele, Lea and Flood, 2014). The same seed draws the same numbers on every machine and in
/// every version of Swift, which the standard library's generators do not promise.
package struct Draws: RandomNumberGenerator {
    private var state: UInt64

    package init(_ seed: UInt64) { state = seed }

    /// Draws that depend on both numbers and on nothing drawn before: what is made anew from its number needs no memory.
    package init(_ seed: UInt64, _ number: UInt64) {
        state = Draws.scrambled(seed ^ Draws.scrambled(number &+ 0x9e37_79b9_7f4a_7c15))
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return Draws.scrambled(state)
    }

    /// 0 to `bound` − 1; 0 for a bound below 1. By multiplication: the bias is below 2⁻³² for the small bounds here.
    package mutating func below(_ bound: Int) -> Int {
        guard bound > 1 else { return 0 }
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// From 0 up to but not including 1.
    package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    package mutating func happens(_ probability: Double) -> Bool { unit() < probability }

    package mutating func pick<Element>(_ elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[below(elements.count)]
    }

    /// Around 1, never negative, with a long tail upwards: how people take their time. Three uniform numbers summed are
    /// near enough to a bell, and need no library of functions.
    mutating func stretch() -> Double {
        let bell = (unit() + unit() + unit() - 1.5) * 2
        // e^x to the third power of a short series: within a few per cent of the exponential between -3 and 3.
        let third = bell / 3
        let step = 1 + third + third * third / 2 + third * third * third / 6
        return max(0.02, step * step * step)
    }

    private static func scrambled(_ word: UInt64) -> UInt64 {
        var mixed = word
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
