/// Numbers under 64-bit keys: for each key a sorted list of different numbers.
///
/// Made for a million people with a dozen keys each: a key that one number holds costs a slot of eight bytes, longer
/// lists lie in one arena. Keys are hashes and only 44 bits of them are kept, so a list may rarely hold a stranger's
/// numbers as well: whoever reads compares. The table is cut into shards by the key's first bits, so that growing one
/// never stops a referral for longer than a few microseconds.
struct PostingTable: Sendable {
    /// Where the numbers of a key lie.
    enum List {
        case none
        case one(Int32)
        /// The first place in the arena, and how many.
        case many(start: Int, count: Int)

        var count: Int {
            switch self {
            case .none: 0
            case .one: 1
            case .many(_, let count): count
            }
        }
    }

    private static let shardBits: UInt64 = 12
    private static let manyFlag: UInt32 = 1 << 31

    /// Fingerprint above, value below; 0 is free. A value is a number plus one, or with the flag a block of the arena.
    private var shards: [[UInt64]] = []
    private var used: [Int32] = []
    /// Blocks of 2^k: count, k, then numbers.
    private(set) var arena: [Int32] = []
    /// The first free block of each k; a free block's first number is the next one, -1 none.
    private var free: [Int32] = Array(repeating: -1, count: 31)

    subscript(key: UInt64) -> List {
        guard !shards.isEmpty, let place = find(key) else { return .none }
        let value = UInt32(truncatingIfNeeded: shards[shard(key)][place])
        guard value & PostingTable.manyFlag != 0 else { return .one(Int32(value) - 1) }
        let block = Int(value & ~PostingTable.manyFlag)
        return .many(start: block + 2, count: Int(arena[block]))
    }

    mutating func insert(_ number: Int32, under key: UInt64) {
        if shards.isEmpty {
            shards = Array(repeating: [], count: 1 << Int(PostingTable.shardBits))
            used = Array(repeating: 0, count: shards.count)
        }
        let shard = shard(key)
        guard let place = find(key) else {
            if (Int(used[shard]) + 1) * 4 > shards[shard].count * 3 { grow(shard) }
            put(UInt64(fingerprint(key)) << 32 | UInt64(UInt32(number) + 1), into: shard)
            used[shard] += 1
            return
        }
        let value = UInt32(truncatingIfNeeded: shards[shard][place])
        var block: Int
        if value & PostingTable.manyFlag == 0 {
            let first = Int32(value) - 1
            if first == number { return }
            block = allocate(2)
            arena[block] = 1
            arena[block + 2] = first
        } else {
            block = Int(value & ~PostingTable.manyFlag)
        }
        block = insert(number, intoBlock: block)
        shards[shard][place] =
            UInt64(fingerprint(key)) << 32 | UInt64(UInt32(block) | PostingTable.manyFlag)
    }

    mutating func remove(_ number: Int32, under key: UInt64) {
        guard !shards.isEmpty, let place = find(key) else { return }
        let shard = shard(key)
        let value = UInt32(truncatingIfNeeded: shards[shard][place])
        if value & PostingTable.manyFlag == 0 {
            if Int32(value) - 1 == number { erase(place, of: shard) }
            return
        }
        let block = Int(value & ~PostingTable.manyFlag)
        let count = Int(arena[block])
        let at = lowerBound(number, block: block, count: count)
        guard at < count, arena[block + 2 + at] == number else { return }
        for next in at + 1..<max(count, at + 1) { arena[block + 1 + next] = arena[block + 2 + next] }
        arena[block] = Int32(count - 1)
        if count == 2 {
            // One is left: it goes back into the slot, so that what is removed leaves no trace.
            shards[shard][place] = UInt64(fingerprint(key)) << 32 | UInt64(UInt32(arena[block + 2]) + 1)
            release(block)
        }
    }

    // MARK: Slots

    private func shard(_ key: UInt64) -> Int { Int(key >> (64 - PostingTable.shardBits)) }
    private func fingerprint(_ key: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: key) }

    private func find(_ key: UInt64) -> Int? {
        let slots = shards[shard(key)]
        guard !slots.isEmpty else { return nil }
        let mask = slots.count - 1
        let wanted = fingerprint(key)
        var place = Int(wanted) & mask
        while slots[place] != 0 {
            if UInt32(slots[place] >> 32) == wanted { return place }
            place = (place + 1) & mask
        }
        return nil
    }

    private mutating func put(_ slot: UInt64, into shard: Int) {
        let mask = shards[shard].count - 1
        var place = Int(UInt32(slot >> 32)) & mask
        while shards[shard][place] != 0 { place = (place + 1) & mask }
        shards[shard][place] = slot
    }

    private mutating func grow(_ shard: Int) {
        let old = shards[shard]
        shards[shard] = Array(repeating: 0, count: max(4, old.count * 2))
        for slot in old where slot != 0 { put(slot, into: shard) }
    }

    /// Moves back what had to give way, so that no gap ends a search too early.
    private mutating func erase(_ place: Int, of shard: Int) {
        let mask = shards[shard].count - 1
        var hole = place
        var next = (place + 1) & mask
        while shards[shard][next] != 0 {
            let home = Int(UInt32(shards[shard][next] >> 32)) & mask
            if (next - home) & mask >= (next - hole) & mask {
                shards[shard][hole] = shards[shard][next]
                hole = next
            }
            next = (next + 1) & mask
        }
        shards[shard][hole] = 0
        used[shard] -= 1
    }

    // MARK: Blocks

    private mutating func allocate(_ power: Int) -> Int {
        if free[power] >= 0 {
            let block = Int(free[power])
            free[power] = arena[block + 2]
            arena[block + 1] = Int32(power)
            return block
        }
        let block = arena.count
        arena.append(contentsOf: repeatElement(0, count: 1 << power))
        arena[block + 1] = Int32(power)
        return block
    }

    private mutating func release(_ block: Int) {
        let power = Int(arena[block + 1])
        arena[block] = 0
        arena[block + 2] = free[power]
        free[power] = Int32(block)
    }

    private func lowerBound(_ number: Int32, block: Int, count: Int) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if arena[block + 2 + middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func insert(_ number: Int32, intoBlock block: Int) -> Int {
        let count = Int(arena[block])
        let at = lowerBound(number, block: block, count: count)
        if at < count, arena[block + 2 + at] == number { return block }
        var block = block
        let power = Int(arena[block + 1])
        if count + 2 == 1 << power {
            let larger = allocate(power + 1)
            for place in 0..<count { arena[larger + 2 + place] = arena[block + 2 + place] }
            release(block)
            block = larger
        }
        var place = count
        while place > at {
            arena[block + 2 + place] = arena[block + 1 + place]
            place -= 1
        }
        arena[block + 2 + at] = number
        arena[block] = Int32(count + 1)
        return block
    }
}
