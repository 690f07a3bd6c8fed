internal import COpenSSL
internal import DomainModel

/// The keys of many parts, side by side: an object for each would be three times as large, and a hub holds some for each
/// contact that it ever took in. They stand in blocks that never move, so that no growth leaves a copy behind, and are
/// wiped with the ring.
public struct PartKeyRing: ~Copyable, @unchecked Sendable {
    // Unchecked, because a pointer is not Sendable by itself; these have a single owner, which is moved whole.
    private struct Held {
        // First, so that an entry's address is its key's.
        let key: (UInt64, UInt64, UInt64, UInt64)
        let eventHigh: UInt64
        let eventLow: UInt64
        let part: UInt64
    }

    private static let none: Int32 = -1
    private static let blockBits = 6

    private var blocks: [UnsafeMutablePointer<Held>] = []
    private var made = 0
    /// Open addressing, a power of two long, at most two thirds taken.
    private var index = [Int32](repeating: PartKeyRing.none, count: 64)

    public init() {}

    deinit {
        for block in blocks {
            OPENSSL_cleanse(block, MemoryLayout<Held>.stride << PartKeyRing.blockBits)
            block.deallocate()
        }
    }

    public var count: Int { made }

    public func contains(_ name: KeyName) -> Bool { index[place(of: name)] != PartKeyRing.none }

    /// The key of that name, as an object of its own for as long as it is used.
    public subscript(name: KeyName) -> PartKey? {
        let number = index[place(of: name)]
        guard number != PartKeyRing.none else { return nil }
        let held = at(number)
        let storage = SecretBytes(count: 32) { output in
            output.copyMemory(from: UnsafeRawBufferPointer(start: held, count: 32))
            return true
        }
        return storage.map { PartKey(storage: $0) }
    }

    /// The last one counts: a step that was not committed drew keys that nothing was sealed with.
    public mutating func add(_ key: PartKey, named name: KeyName) {
        let place = place(of: name)
        let known = index[place]
        let number = known == PartKeyRing.none ? Int32(made) : known
        if number == blocks.count << PartKeyRing.blockBits {
            blocks.append(.allocate(capacity: 1 << PartKeyRing.blockBits))
        }
        key.storage.withBytes { bytes in
            at(number).initialize(
                to: Held(
                    key: bytes.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self),
                    eventHigh: UInt64(truncatingIfNeeded: name.event.bits >> 64),
                    eventLow: UInt64(truncatingIfNeeded: name.event.bits), part: PartKeyRing.code(name.part)))
        }
        guard known == PartKeyRing.none else { return }
        made += 1
        index[place] = number
        if made * 3 > index.count * 2 { growIndex() }
    }

    private func at(_ number: Int32) -> UnsafeMutablePointer<Held> {
        blocks[Int(number) >> PartKeyRing.blockBits] + Int(number) & (1 << PartKeyRing.blockBits - 1)
    }

    private static func code(_ part: PartName) -> UInt64 { UInt64(part.kind.rawValue) << 32 | UInt64(part.index) }

    /// Where the name stands in the index, or the gap where it would. An event's id is a hash: spread already.
    private func place(of name: KeyName) -> Int {
        let high = UInt64(truncatingIfNeeded: name.event.bits >> 64)
        let low = UInt64(truncatingIfNeeded: name.event.bits)
        let part = PartKeyRing.code(name.part)
        var place = first(low, part)
        while index[place] != PartKeyRing.none {
            let held = at(index[place])
            if held.pointee.eventLow == low, held.pointee.eventHigh == high, held.pointee.part == part { return place }
            place = (place + 1) & (index.count - 1)
        }
        return place
    }

    private func first(_ low: UInt64, _ part: UInt64) -> Int {
        Int(truncatingIfNeeded: ((low ^ part) &* 0x9E37_79B9_7F4A_7C15) >> 32) & (index.count - 1)
    }

    private mutating func growIndex() {
        index = [Int32](repeating: PartKeyRing.none, count: 2 * index.count)
        for number in 0..<Int32(made) {
            var place = first(at(number).pointee.eventLow, at(number).pointee.part)
            while index[place] != PartKeyRing.none { place = (place + 1) & (index.count - 1) }
            index[place] = number
        }
    }
}
