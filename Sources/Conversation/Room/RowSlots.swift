/// The rows of a ``StateTable``: slots in small blocks that never move, and an index of their numbers by key.
///
/// A row is read where it stands: of an array, even a look at a row takes a copy of it, which counts up every text in
/// it. And no growth ever holds two copies of the whole.
final class RowSlots<Key: RowKey, Row: Sendable> {
    struct Slot {
        // First, so that a slot's address is its row's.
        var row: Row?
        let key: Key
        var isChanged = false

        init(key: Key) { self.key = key }
    }

    private struct Inside {
        var blocks: [UnsafeMutablePointer<Slot>] = []
        /// Slots that were ever made; those given back are among them.
        var made = 0
        var free: [Int32] = []
        /// Open addressing, a power of two long, at most two thirds taken.
        var index: UnsafeMutablePointer<Int32>
        var mask: Int
        var count = 0
    }

    // Behind a pointer, since each access to a class's own variable is watched for overlaps; the table, a value, is
    // already.
    private let inside: UnsafeMutablePointer<Inside>
    /// What a look at an absent row is shown.
    let noRow: UnsafeMutablePointer<Row?>

    static var none: Int32 { -1 }
    private static var blockBits: Int { 4 }

    init() {
        noRow = .allocate(capacity: 1)
        noRow.initialize(to: nil)
        inside = .allocate(capacity: 1)
        inside.initialize(to: Inside(index: RowSlots.emptyIndex(8), mask: 7))
    }

    deinit {
        for number in 0..<inside.pointee.made { at(Int32(number)).deinitialize(count: 1) }
        for block in inside.pointee.blocks { block.deallocate() }
        inside.pointee.index.deallocate()
        inside.deinitialize(count: 1)
        inside.deallocate()
        noRow.deinitialize(count: 1)
        noRow.deallocate()
    }

    func copy() -> RowSlots {
        let copy = RowSlots()
        for number in 0..<inside.pointee.made { copy.append(at(Int32(number)).pointee) }
        copy.inside.pointee.free = inside.pointee.free
        copy.inside.pointee.count = inside.pointee.count
        copy.inside.pointee.index.deallocate()
        copy.inside.pointee.mask = inside.pointee.mask
        copy.inside.pointee.index = .allocate(capacity: inside.pointee.mask + 1)
        copy.inside.pointee.index.initialize(from: inside.pointee.index, count: inside.pointee.mask + 1)
        return copy
    }

    /// How many keys have a slot.
    var count: Int { inside.pointee.count }

    func at(_ number: Int32) -> UnsafeMutablePointer<Slot> {
        inside.pointee.blocks[Int(number) >> RowSlots.blockBits] + Int(number) & (1 << RowSlots.blockBits - 1)
    }

    func row(_ number: Int32) -> UnsafeMutablePointer<Row?> {
        UnsafeMutableRawPointer(at(number)).assumingMemoryBound(to: Row?.self)
    }

    /// - Returns: ``none`` where the key has no slot.
    func number(of key: Key) -> Int32 { inside.pointee.index[place(of: key)] }

    /// The key's slot, made where there is none.
    func makeNumber(of key: Key) -> Int32 {
        let found = place(of: key)
        let known = inside.pointee.index[found]
        if known != RowSlots.none { return known }
        let number: Int32
        if let free = inside.pointee.free.popLast() {
            number = free
            at(number).pointee = Slot(key: key)
        } else {
            number = Int32(inside.pointee.made)
            append(Slot(key: key))
        }
        inside.pointee.index[found] = number
        inside.pointee.count += 1
        if inside.pointee.count * 3 > (inside.pointee.mask + 1) * 2 { growIndex() }
        return number
    }

    /// Gives the key's slot back.
    func remove(_ key: Key) {
        var gap = place(of: key)
        let number = inside.pointee.index[gap]
        guard number != RowSlots.none else { return }
        at(number).pointee = Slot(key: key)
        inside.pointee.free.append(number)
        inside.pointee.count -= 1
        // Whoever stands behind the gap, and would not be found past it, moves into it.
        let mask = inside.pointee.mask
        var next = (gap + 1) & mask
        while inside.pointee.index[next] != RowSlots.none {
            let wanted = first(at(inside.pointee.index[next]).pointee.key)
            if (next &- wanted) & mask >= (next &- gap) & mask {
                inside.pointee.index[gap] = inside.pointee.index[next]
                gap = next
            }
            next = (next + 1) & mask
        }
        inside.pointee.index[gap] = RowSlots.none
    }

    private func append(_ slot: Slot) {
        if inside.pointee.made == inside.pointee.blocks.count << RowSlots.blockBits {
            inside.pointee.blocks.append(.allocate(capacity: 1 << RowSlots.blockBits))
        }
        at(Int32(inside.pointee.made)).initialize(to: slot)
        inside.pointee.made += 1
    }

    private func first(_ key: Key) -> Int {
        // The multiplication spreads what differs in low bits alone to the bits that count.
        Int(truncatingIfNeeded: (key.rowHash &* 0x9E37_79B9_7F4A_7C15) >> 32) & inside.pointee.mask
    }

    /// Where the key stands in the index, or the gap where it would.
    private func place(of key: Key) -> Int {
        var place = first(key)
        while inside.pointee.index[place] != RowSlots.none, at(inside.pointee.index[place]).pointee.key != key {
            place = (place + 1) & inside.pointee.mask
        }
        return place
    }

    private func growIndex() {
        let length = inside.pointee.mask + 1
        let old = inside.pointee.index
        inside.pointee.index = RowSlots.emptyIndex(2 * length)
        inside.pointee.mask = 2 * length - 1
        for entry in 0..<length where old[entry] != RowSlots.none {
            var place = first(at(old[entry]).pointee.key)
            while inside.pointee.index[place] != RowSlots.none { place = (place + 1) & inside.pointee.mask }
            inside.pointee.index[place] = old[entry]
        }
        old.deallocate()
    }

    private static func emptyIndex(_ length: Int) -> UnsafeMutablePointer<Int32> {
        let index = UnsafeMutablePointer<Int32>.allocate(capacity: length)
        index.initialize(repeating: none, count: length)
        return index
    }
}
