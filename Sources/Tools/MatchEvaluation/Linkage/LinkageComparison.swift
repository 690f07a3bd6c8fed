import PersonMatching

/// How two records of a file compare: a level per field, 0 where one lacks it, 1 where they agree, the highest where they
/// differ.
struct LinkageComparison: Hashable, Sendable {
    typealias Field = LinkageFile.Field
    static let fields = Field.allCases.count

    /// How many levels a field has, the absent one not counted.
    static func levels(_ field: Field) -> Int {
        switch field {
        case .given, .surname: 6
        case .number: 3
        case .street, .locality: 5
        case .suburb: 4
        case .postcode, .birth, .identifier: 4
        case .state: 3
        }
    }

    private(set) var levels: [UInt8]

    init(_ one: LinkageFile.Record, _ other: LinkageFile.Record) {
        levels = Array(repeating: 0, count: LinkageComparison.fields)
        for field in Field.allCases where one.has(field) && other.has(field) {
            levels[field.rawValue] = LinkageComparison.level(field, one[field], other[field])
        }
        // Given and family name, or the two lines of an address, in each other's place.
        exchange(.given, .surname, one, other, swapped: 5, worst: 6)
        exchange(.street, .locality, one, other, swapped: 4, worst: 5)
    }

    private mutating func exchange(
        _ first: Field, _ second: Field, _ one: LinkageFile.Record, _ other: LinkageFile.Record, swapped: UInt8,
        worst: UInt8
    ) {
        let straight = [levels[first.rawValue], levels[second.rawValue]]
        guard straight.contains(worst) || straight.contains(0), !straight.contains(1) else { return }
        let across = [(one[first], other[second]), (one[second], other[first])].filter {
            !$0.0.isEmpty && !$0.1.isEmpty
        }
        guard !across.isEmpty else { return }
        let likeness = across.map { LinkageComparison.likeness($0.0, $0.1) }
        if likeness.contains(where: { $0 >= 950 }), likeness.allSatisfy({ $0 >= 850 }) {
            levels[first.rawValue] = swapped
            levels[second.rawValue] = swapped
        }
    }

    private static func likeness(_ one: [UInt8], _ other: [UInt8]) -> Int {
        one == other
            ? 1000
            : one.withUnsafeBufferPointer { one in
                other.withUnsafeBufferPointer { JaroWinkler.thousandths(one, $0) }
            }
    }

    private static func isOneEdit(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.withUnsafeBufferPointer { one in other.withUnsafeBufferPointer { JaroWinkler.isOneEdit(one, $0) } }
    }

    private static func level(_ field: Field, _ one: [UInt8], _ other: [UInt8]) -> UInt8 {
        if one == other { return 1 }
        switch field {
        case .given, .surname:
            let likeness = likeness(one, other)
            if likeness >= 920 || isOneEdit(one, other) { return 2 }
            if likeness >= 850 { return 3 }
            return likeness >= 720 ? 4 : 6
        case .number, .state: return isOneEdit(one, other) ? 2 : 3
        case .street, .locality:
            let likeness = likeness(one, other)
            return likeness >= 900 ? 2 : (likeness >= 780 ? 3 : 5)
        case .suburb:
            let likeness = likeness(one, other)
            return likeness >= 900 || isOneEdit(one, other) ? 2 : (likeness >= 780 ? 3 : 4)
        case .postcode, .birth, .identifier:
            if isOneEdit(one, other) { return 2 }
            return differing(one, other) <= 2 ? 3 : 4
        }
    }

    private static func differing(_ one: [UInt8], _ other: [UInt8]) -> Int {
        guard one.count == other.count else { return Int.max }
        var count = 0
        for place in one.indices where one[place] != other[place] { count += 1 }
        return count
    }
}
