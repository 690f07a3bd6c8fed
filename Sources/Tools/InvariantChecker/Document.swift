/// A JSON text read into one flat list of nodes, by code of the checker's own: a fault of the hub's reader must not
/// hide behind the same fault here. The list is used again for the next text, so that reading 100,000 records allocates
/// little.
final class Document {
    enum Kind: UInt8 { case object, array, string, number, yes, no, null }

    struct Entry {
        var kind: Kind
        /// Of the text between the quotes, or of the number.
        var start: Int32
        var end: Int32
        /// The first entry behind this one and all that it holds.
        var next: Int32
        var isEscaped: Bool
    }

    private(set) var bytes: [UInt8] = []
    private(set) var entries: [Entry] = []
    private var place = 0

    /// Deeper than anything the hub writes; a bound for the recursion.
    private static let depthMax = 64

    /// - Returns: nil where the text is no JSON.
    func read(_ text: [UInt8]) -> Node? {
        bytes = text
        entries.removeAll(keepingCapacity: true)
        place = 0
        guard value(depth: 0) else { return nil }
        skipSpace()
        return place == bytes.count ? Node(document: self, index: 0) : nil
    }

    private func skipSpace() {
        while place < bytes.count, bytes[place] == 32 || bytes[place] == 10 || bytes[place] == 13 || bytes[place] == 9 {
            place += 1
        }
    }

    private func take(_ byte: UInt8) -> Bool {
        guard place < bytes.count, bytes[place] == byte else { return false }
        place += 1
        return true
    }

    private func value(depth: Int) -> Bool {
        guard depth < Document.depthMax else { return false }
        skipSpace()
        guard place < bytes.count else { return false }
        switch bytes[place] {
        case UInt8(ascii: "{"): return collection(.object, closing: UInt8(ascii: "}"), depth: depth)
        case UInt8(ascii: "["): return collection(.array, closing: UInt8(ascii: "]"), depth: depth)
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "t"): return word("true", .yes)
        case UInt8(ascii: "f"): return word("false", .no)
        case UInt8(ascii: "n"): return word("null", .null)
        default: return number()
        }
    }

    private func collection(_ kind: Kind, closing: UInt8, depth: Int) -> Bool {
        let own = entries.count
        entries.append(Entry(kind: kind, start: Int32(place), end: 0, next: 0, isEscaped: false))
        place += 1
        skipSpace()
        if !take(closing) {
            repeat {
                skipSpace()
                if kind == .object {
                    guard place < bytes.count, bytes[place] == UInt8(ascii: "\""), string() else { return false }
                    skipSpace()
                    guard take(UInt8(ascii: ":")) else { return false }
                }
                guard value(depth: depth + 1) else { return false }
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(closing) else { return false }
        }
        entries[own].end = Int32(place)
        entries[own].next = Int32(entries.count)
        return true
    }

    private func string() -> Bool {
        place += 1
        let start = place
        var isEscaped = false
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""):
                entries.append(
                    Entry(
                        kind: .string, start: Int32(start), end: Int32(place), next: Int32(entries.count + 1),
                        isEscaped: isEscaped))
                place += 1
                return true
            case UInt8(ascii: "\\"):
                isEscaped = true
                place += 2
            default: place += 1
            }
        }
        return false
    }

    private func word(_ text: StaticString, _ kind: Kind) -> Bool {
        let count = text.utf8CodeUnitCount
        guard place + count <= bytes.count,
            bytes[place..<place + count].elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: count))
        else { return false }
        entries.append(
            Entry(
                kind: kind, start: Int32(place), end: Int32(place + count), next: Int32(entries.count + 1),
                isEscaped: false))
        place += count
        return true
    }

    private func number() -> Bool {
        let start = place
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                place += 1
                continue
            default: break
            }
            break
        }
        guard place > start else { return false }
        entries.append(
            Entry(
                kind: .number, start: Int32(start), end: Int32(place), next: Int32(entries.count + 1), isEscaped: false)
        )
        return true
    }
}

/// One value of the document that was read last. Holding one over the next reading is a mistake of the caller.
struct Node {
    let document: Document
    let index: Int32

    private var entry: Document.Entry { document.entries[Int(index)] }
    var kind: Document.Kind { entry.kind }
    var isTrue: Bool { kind == .yes }

    /// The raw bytes of a string or number.
    var range: Range<Int> { Int(entry.start)..<Int(entry.end) }
    var isEscaped: Bool { entry.isEscaped }

    /// The text of a string; nil for anything else.
    var text: String? {
        guard kind == .string else { return nil }
        let raw = document.bytes[range]
        return String(decoding: isEscaped ? Escapes.removed(from: raw)[...] : raw, as: UTF8.self)
    }

    var integer: Int? {
        guard kind == .number else { return nil }
        return Int(String(decoding: document.bytes[range], as: UTF8.self))
    }

    subscript(_ name: StaticString) -> Node? {
        guard kind == .object else { return nil }
        let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        var place = index + 1
        let end = entry.next
        while place < end {
            let key = document.entries[Int(place)]
            if Int(key.end - key.start) == wanted.count,
                document.bytes[Int(key.start)..<Int(key.end)].elementsEqual(wanted)
            {
                return Node(document: document, index: place + 1)
            }
            place = document.entries[Int(place + 1)].next
        }
        return nil
    }

    func text(_ name: StaticString) -> String? { self[name]?.text }
    func integer(_ name: StaticString) -> Int? { self[name]?.integer }
    func isTrue(_ name: StaticString) -> Bool { self[name]?.isTrue ?? false }

    /// The elements of the list of that name; none where there is no such list.
    func list(_ name: StaticString) -> [Node] { self[name]?.elements ?? [] }

    var elements: [Node] {
        guard kind == .array else { return [] }
        var found: [Node] = []
        var place = index + 1
        while place < entry.next {
            found.append(Node(document: document, index: place))
            place = document.entries[Int(place)].next
        }
        return found
    }

    /// Name and value of each member, in the order of the text.
    func forEachMember(_ body: (_ name: Node, _ value: Node) -> Void) {
        guard kind == .object else { return }
        var place = index + 1
        while place < entry.next {
            body(Node(document: document, index: place), Node(document: document, index: place + 1))
            place = document.entries[Int(place + 1)].next
        }
    }
}

enum Escapes {
    /// JSON's escapes read; a broken one stays as it stands.
    static func removed(from raw: ArraySlice<UInt8>) -> [UInt8] {
        var plain: [UInt8] = []
        plain.reserveCapacity(raw.count)
        var place = raw.startIndex
        while place < raw.endIndex {
            guard raw[place] == UInt8(ascii: "\\"), place + 1 < raw.endIndex else {
                plain.append(raw[place])
                place += 1
                continue
            }
            switch raw[place + 1] {
            case UInt8(ascii: "n"): plain.append(10)
            case UInt8(ascii: "t"): plain.append(9)
            case UInt8(ascii: "r"): plain.append(13)
            case UInt8(ascii: "b"): plain.append(8)
            case UInt8(ascii: "f"): plain.append(12)
            case UInt8(ascii: "u"):
                guard let scalar = scalar(in: raw, at: &place) else {
                    plain.append(raw[place])
                    place += 1
                    continue
                }
                plain.append(contentsOf: String(scalar).utf8)
                continue
            default: plain.append(raw[place + 1])
            }
            place += 2
        }
        return plain
    }

    private static func unit(in raw: ArraySlice<UInt8>, at place: Int) -> UInt32? {
        guard place + 6 <= raw.endIndex, raw[place] == UInt8(ascii: "\\"), raw[place + 1] == UInt8(ascii: "u") else {
            return nil
        }
        return UInt32(String(decoding: raw[place + 2..<place + 6], as: UTF8.self), radix: 16)
    }

    private static func scalar(in raw: ArraySlice<UInt8>, at place: inout Int) -> Unicode.Scalar? {
        guard let first = unit(in: raw, at: place) else { return nil }
        if (0xd800..<0xdc00).contains(first), let second = unit(in: raw, at: place + 6),
            (0xdc00..<0xe000).contains(second)
        {
            place += 12
            return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
        }
        place += 6
        return Unicode.Scalar(first) ?? "\u{fffd}"
    }
}
