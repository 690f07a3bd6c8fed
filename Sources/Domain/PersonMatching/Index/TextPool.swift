/// Each different name, line and postcode once, with what it sounds like and how many people have it as a name. A text
/// that nobody has any more is wiped.
struct TextPool: Sendable {
    struct Item: Sendable {
        var start: UInt32
        var length: UInt16
        /// How often it is held in any place; at 0 the number is free.
        var holders: Int32
        /// How many people have it as a given and as a family name.
        var given: Int32
        var family: Int32
        var spelling: Spelling
    }

    static let none: Int32 = -1
    /// Longer texts are cut: no name is as long.
    static let bytesMax = 255

    private(set) var bytes: [UInt8] = []
    private(set) var items: [Item] = []
    private var table = PostingTable()
    private var freed: [Int32] = []

    /// The number of a text that somebody has.
    func number(of text: UnsafeBufferPointer<UInt8>) -> Int32? {
        let list = table[Mixing.hash(text, seed: 1)]
        switch list {
        case .none: return nil
        case .one(let number): return holds(number, text) ? number : nil
        case .many(let start, let count):
            for place in start..<start + count where holds(table.arena[place], text) { return table.arena[place] }
            return nil
        }
    }

    private func holds(_ number: Int32, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let item = items[Int(number)]
        guard Int(item.length) == text.count else { return false }
        for place in 0..<text.count where bytes[Int(item.start) + place] != text[place] { return false }
        return true
    }

    func text(_ number: Int32) -> String {
        let item = items[Int(number)]
        return String(decoding: bytes[Int(item.start)..<Int(item.start) + Int(item.length)], as: UTF8.self)
    }

    mutating func hold(_ text: UnsafeBufferPointer<UInt8>) -> Int32 {
        if let number = number(of: text) {
            items[Int(number)].holders += 1
            return number
        }
        let item = Item(
            start: UInt32(bytes.count), length: UInt16(text.count), holders: 1, given: 0, family: 0,
            spelling: Spelling(text))
        bytes.append(contentsOf: text)
        let number: Int32
        if let free = freed.popLast() {
            number = free
            items[Int(number)] = item
        } else {
            number = Int32(items.count)
            items.append(item)
        }
        table.insert(number, under: Mixing.hash(text, seed: 1))
        return number
    }

    mutating func letGo(_ number: Int32) {
        guard number >= 0 else { return }
        items[Int(number)].holders -= 1
        guard items[Int(number)].holders == 0 else { return }
        let item = items[Int(number)]
        let range = Int(item.start)..<Int(item.start) + Int(item.length)
        let hash = bytes[range].withUnsafeBufferPointer { Mixing.hash($0, seed: 1) }
        table.remove(number, under: hash)
        for place in range { bytes[place] = 0 }
        freed.append(number)
    }

    mutating func count(given number: Int32, by change: Int32) {
        if number >= 0 { items[Int(number)].given += change }
    }

    mutating func count(family number: Int32, by change: Int32) {
        if number >= 0 { items[Int(number)].family += change }
    }
}
