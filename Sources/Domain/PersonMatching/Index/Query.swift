import DomainModel

/// A record that is looked for: its texts in one run of bytes, with the numbers of those that the pool knows.
struct Query: Sendable {
    struct Text: Sendable {
        var start: Int
        var length: Int
        /// -1 where nobody has it.
        var number: Int32
        var spelling: Spelling
    }

    struct Name: Sendable {
        /// Places in `texts`, -1 none.
        var given = -1
        var middle = -1
        var family = -1
    }

    struct Place: Sendable {
        var line = -1
        var postcode = -1
        var isShared = false
    }

    private(set) var bytes: [UInt8] = []
    private(set) var texts: [Text] = []
    private(set) var names: [Name] = []
    var places: [Place] = []
    private(set) var parents: [Name] = []
    let birth: PackedDate
    let expected: PackedDate
    let isEstimated: Bool
    let sex: UInt8
    let nhsNumber: UInt64
    let upn: UInt64

    init(_ record: MatchRecord, _ pool: TextPool) {
        birth = PackedDate(record.birthDate)
        expected = PackedDate(record.expectedDate)
        isEstimated = record.birthDateIsEstimated
        sex = record.sex?.packed ?? 0
        nhsNumber = record.nhsNumber?.digits ?? 0
        upn = record.upn?.packed ?? 0
        bytes.reserveCapacity(128)
        for name in record.names { names.append(put(name, pool)) }
        for address in record.addresses {
            places.append(
                Place(
                    line: put(address.line, pool), postcode: put(address.postcode, pool), isShared: address.isShared))
        }
        for parent in record.parents { parents.append(put(parent, pool)) }
    }

    init(_ entry: Entry, _ more: Entry.More?, _ pool: TextPool) {
        birth = entry.birth
        expected = entry.expected
        isEstimated = entry.isEstimated
        sex = entry.sex
        nhsNumber = entry.nhsNumber
        upn = entry.upn
        for name in [entry.name] + (more?.names ?? []) {
            names.append(
                Name(given: put(name.given, pool), middle: put(name.middle, pool), family: put(name.family, pool)))
        }
        for place in [entry.place] + (more?.places ?? []) {
            places.append(Place(line: put(place.line, pool), postcode: put(place.postcode, pool)))
        }
        let parents = [
            Entry.Name(given: entry.parentGiven.0, family: entry.parentFamily.0),
            Entry.Name(given: entry.parentGiven.1, family: entry.parentFamily.1),
        ]
        for parent in parents + (more?.parents ?? []) {
            self.parents.append(Name(given: put(parent.given, pool), family: put(parent.family, pool)))
        }
    }

    private mutating func put(_ number: Int32, _ pool: TextPool) -> Int {
        guard number >= 0 else { return -1 }
        let item = pool.items[Int(number)]
        let start = bytes.count
        bytes.append(contentsOf: pool.bytes[Int(item.start)..<Int(item.start) + Int(item.length)])
        texts.append(Text(start: start, length: Int(item.length), number: number, spelling: item.spelling))
        return texts.count - 1
    }

    private mutating func put(_ name: FoldedName, _ pool: TextPool) -> Name {
        Name(given: put(name.given, pool), middle: put(name.middle, pool), family: put(name.family, pool))
    }

    private mutating func put(_ text: String?, _ pool: TextPool) -> Int {
        guard var text, !text.isEmpty else { return -1 }
        let start = bytes.count
        let made = text.withUTF8 { whole -> Text in
            let cut = UnsafeBufferPointer(rebasing: whole.prefix(TextPool.bytesMax))
            bytes.append(contentsOf: cut)
            let number = pool.number(of: cut)
            return Text(
                start: start, length: cut.count, number: number ?? -1,
                spelling: number.map { pool.items[Int($0)].spelling } ?? Spelling(cut))
        }
        texts.append(made)
        return texts.count - 1
    }
}
