/// How long to wait after so many failures in a row: doubling from `first` to `most`, of which half is left to chance,
/// so that what failed together does not come back together.
struct Backoff: Hashable, Sendable {
    /// Milliseconds.
    var first: Int64
    var most: Int64

    /// - Parameter failures: in a row, from 1.
    func delay(after failures: Int, _ jitter: inout Jitter) -> Int64 {
        var whole = first
        for _ in 1..<max(1, min(failures, 40)) where whole < most { whole *= 2 }
        whole = min(whole, most)
        return whole - Int64(jitter.next() % UInt64(whole / 2 + 1))
    }
}

/// Chance that was handed in: the same seed gives the same waits.
struct Jitter: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64 (Steele, Lea and Flood, 2014).
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
