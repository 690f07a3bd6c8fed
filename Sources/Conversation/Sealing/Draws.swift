internal import COpenSSL

/// Where keys and nonces come from. The runtime draws them; a decision never does.
public protocol Draws {
    /// - Returns: exactly `count` bytes.
    mutating func draw(count: Int) -> [UInt8]
}

/// The operating system's randomness by way of OpenSSL's generator: the only source for a hub in service.
public struct SystemDraws: Draws, Sendable {
    public init() {}

    public mutating func draw(count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, drawn in
            // Going on without randomness would seal with keys that can be guessed.
            precondition(RAND_bytes(buffer.baseAddress, Int32(count)) == 1, "OpenSSL has no randomness")
            drawn = count
        }
    }
}

/// The same bytes for the same seed: for tests, the demo and the simulator, so that two runs can be compared.
/// Never in service: whoever knows the seed knows every key.
public struct SeededDraws: Draws, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func draw(count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, drawn in
            var word: UInt64 = 0
            for place in 0..<count {
                if place % 8 == 0 { word = next() }
                buffer[place] = UInt8(truncatingIfNeeded: word)
                word >>= 8
            }
            drawn = count
        }
    }

    /// SplitMix64 (Steele, Lea and Flood, 2014).
    private mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
