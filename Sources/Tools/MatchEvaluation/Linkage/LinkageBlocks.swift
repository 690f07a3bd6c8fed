import PersonMatching

/// Which pairs of records are compared: those that share a key. Keys that too many share are left to the others, of
/// which a record has a dozen.
struct LinkageBlocks {
    static let blockMax = 200

    /// Pairs of places, each once, sorted.
    static func pairs(_ one: LinkageFile, _ other: LinkageFile?) -> [(Int32, Int32)] {
        var blocks: [[UInt8]: (left: [Int32], right: [Int32])] = [:]
        var order: [[UInt8]] = []
        func put(_ file: LinkageFile, isLeft: Bool) {
            for (place, record) in file.records.enumerated() {
                for key in keys(record) {
                    if blocks[key] == nil {
                        order.append(key)
                        blocks[key] = ([], [])
                    }
                    if isLeft {
                        blocks[key]?.left.append(Int32(place))
                    } else {
                        blocks[key]?.right.append(Int32(place))
                    }
                }
            }
        }
        put(one, isLeft: true)
        if let other { put(other, isLeft: false) }
        var packed: Set<UInt64> = []
        for key in order {
            guard let block = blocks[key] else { continue }
            let right = other == nil ? block.left : block.right
            guard block.left.count <= blockMax, right.count <= blockMax else { continue }
            for left in block.left {
                for right in right where other != nil || right > left {
                    packed.insert(UInt64(UInt32(left)) << 32 | UInt64(UInt32(right)))
                }
            }
        }
        return packed.sorted().map { (Int32($0 >> 32), Int32(truncatingIfNeeded: $0)) }
    }

    private static func sound(_ bytes: [UInt8]) -> [UInt8] {
        let code = bytes.withUnsafeBufferPointer(Spelling.soundex)
        return [UInt8(code >> 24), UInt8(code >> 16 & 255), UInt8(code >> 8 & 255), UInt8(code & 255)]
    }

    private static func keys(_ record: LinkageFile.Record) -> [[UInt8]] {
        var keys: [[UInt8]] = []
        func add(_ kind: UInt8, _ parts: [UInt8]...) {
            guard parts.allSatisfy({ !$0.isEmpty }) else { return }
            keys.append([kind] + parts.joined(separator: [0]))
        }
        let (given, surname) = (record[.given], record[.surname])
        let (postcode, suburb, birth) = (record[.postcode], record[.suburb], record[.birth])
        add(1, record[.identifier])
        add(2, birth)
        let names = [given, surname].filter { !$0.isEmpty }
        if names.count == 2 {
            let sounds = names.map(sound).sorted { $0.lexicographicallyPrecedes($1) }
            add(3, sounds[0], sounds[1])
        }
        for name in names {
            add(4, sound(name), postcode)
            add(5, sound(name), suburb)
            add(6, sound(name), Array(birth.prefix(4)))
            add(7, sound(name), Array(birth.suffix(4)))
            add(8, name, record[.number])
            add(9, Array(name.prefix(3)), Array(birth.prefix(6)))
            add(16, Array(name.prefix(3)), postcode)
            add(17, Array(name.suffix(4)), postcode)
        }
        for street in [record[.street], record[.locality]] {
            add(10, street)
            add(11, street, postcode)
            add(12, Array(street.prefix(5)), record[.number], record[.state])
        }
        add(13, suburb, postcode, record[.number])
        add(14, postcode, Array(birth.suffix(4)))
        add(15, suburb, Array(birth.prefix(4)))
        add(18, suburb, Array(birth.suffix(4)))
        return keys
    }
}
