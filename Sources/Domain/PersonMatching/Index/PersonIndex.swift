public import DomainModel

/// The people of one authority in memory, found by posting lists: people under each key that two records of one child
/// are likely to share. Nothing depends on the order in which records were added but the numbers of people inside, and
/// no decision looks at those; so what is restored decides as what was never stopped.
public struct PersonIndex: PersonMatcher {
    public static var model: String { MatchModel.shipped.version }

    struct Person: Sendable {
        var id: PersonID
        /// The first entry, in the order of their children's ids; -1 where none is left.
        var first: Int32
        /// Nobody yet but a child who waits for a review, with the child's id for its own.
        var isAwaited: Bool
    }

    public let model: MatchModel
    private(set) var people: [Person] = []
    private(set) var entries: [Entry] = []
    private(set) var aside: [Entry.More] = []
    private(set) var pool = TextPool()
    private(set) var postings = PostingTable()
    private var freePeople: [Int32] = []
    private var freeEntries: [Int32] = []
    private var freeAside: [Int32] = []
    /// Postcodes that are listed as shared, as hashes of their texts.
    private(set) var listed: Set<UInt64> = []

    public init() { self.init(model: .shipped) }
    public init(model: MatchModel) { self.model = model }

    /// How many people have at least one record. Children who wait for a review are none yet: most of them are one of
    /// these.
    public private(set) var count = 0

    /// A postcode where an address is that says nothing of a household, however few live there now: a refuge, a hotel, a
    /// children's home. All of it counts: the same line is written in many ways, and a neighbour's is not worth the risk.
    ///
    /// - Parameter postcode: folded, as in `FoldedAddress`.
    public mutating func list(sharedPostcode postcode: String) { listed.insert(PersonIndex.hash(postcode)) }

    /// Lists anew, among all postcodes that somebody has.
    public mutating func relist(_ isShared: (String) -> Bool) {
        listed.removeAll()
        var isAsked = [Bool](repeating: false, count: pool.items.count)
        func ask(_ postcode: Int32) {
            guard postcode >= 0, !isAsked[Int(postcode)] else { return }
            isAsked[Int(postcode)] = true
            let text = pool.text(postcode)
            if isShared(text) { listed.insert(PersonIndex.hash(text)) }
        }
        for entry in entries { ask(entry.place.postcode) }
        for more in aside { for place in more.places { ask(place.postcode) } }
    }

    private static func hash(_ postcode: String) -> UInt64 {
        var postcode = postcode
        return postcode.withUTF8 { Mixing.hash(UnsafeBufferPointer(rebasing: $0.prefix(TextPool.bytesMax)), seed: 3) }
    }

    // MARK: Adding and taking away

    public mutating func add(_ record: MatchRecord, of child: ChildID, to person: PersonID) {
        remove(child, from: person)
        add(record, of: child, to: slot(of: person) ?? found(person, under: Keys.person(person.bits), isAwaited: false))
    }

    public mutating func add(awaiting record: MatchRecord, of child: ChildID) {
        remove(awaiting: child)
        add(record, of: child, to: found(PersonID(bits: child.bits), under: Keys.awaited(child.bits), isAwaited: true))
    }

    private mutating func add(_ record: MatchRecord, of child: ChildID, to number: Int32) {
        let entry = keep(record, of: child)
        for key in Keys.kept(Query(record, pool)).all { postings.insert(number, under: key) }
        countNames(of: entry, in: number, by: 1)
        insert(entry, into: number)
    }

    public mutating func remove(_ child: ChildID, from person: PersonID) {
        guard let number = slot(of: person) else { return }
        remove(child, from: number, under: Keys.person(person.bits))
    }

    public mutating func remove(awaiting child: ChildID) {
        let key = Keys.awaited(child.bits)
        guard let number = slot(of: PersonID(bits: child.bits), under: key, isAwaited: true) else { return }
        remove(child, from: number, under: key)
    }

    private mutating func remove(_ child: ChildID, from number: Int32, under key: UInt64) {
        guard let entry = unlink(child, from: number) else { return }
        var kept: [UInt64] = []
        var next = people[Int(number)].first
        while next >= 0 {
            kept += Keys.kept(query(of: next)).all
            next = entries[Int(next)].next
        }
        for key in Keys.kept(query(of: entry)).all where !kept.contains(key) {
            postings.remove(number, under: key)
        }
        countNames(of: entry, in: number, by: -1)
        wipe(entry)
        if people[Int(number)].first < 0 {
            postings.remove(number, under: key)
            freePeople.append(number)
            if !people[Int(number)].isAwaited { count -= 1 }
        }
    }

    func slot(of person: PersonID) -> Int32? {
        slot(of: person, under: Keys.person(person.bits), isAwaited: false)
    }

    private func slot(of person: PersonID, under key: UInt64, isAwaited: Bool) -> Int32? {
        func holds(_ number: Int32) -> Bool {
            people[Int(number)].id == person && people[Int(number)].isAwaited == isAwaited
        }
        let list = postings[key]
        switch list {
        case .none: return nil
        case .one(let number): return holds(number) ? number : nil
        case .many(let start, let count):
            for place in start..<start + count where holds(postings.arena[place]) { return postings.arena[place] }
            return nil
        }
    }

    private mutating func found(_ person: PersonID, under key: UInt64, isAwaited: Bool) -> Int32 {
        let number: Int32
        let one = Person(id: person, first: -1, isAwaited: isAwaited)
        if let free = freePeople.popLast() {
            number = free
            people[Int(number)] = one
        } else {
            number = Int32(people.count)
            people.append(one)
        }
        postings.insert(number, under: key)
        if !isAwaited { count += 1 }
        return number
    }

    private mutating func insert(_ entry: Int32, into person: Int32) {
        let child = entries[Int(entry)].child
        var previous: Int32 = -1
        var next = people[Int(person)].first
        while next >= 0, entries[Int(next)].child < child {
            previous = next
            next = entries[Int(next)].next
        }
        entries[Int(entry)].next = next
        if previous < 0 { people[Int(person)].first = entry } else { entries[Int(previous)].next = entry }
    }

    private mutating func unlink(_ child: ChildID, from person: Int32) -> Int32? {
        var previous: Int32 = -1
        var next = people[Int(person)].first
        while next >= 0 {
            if entries[Int(next)].child == child {
                let after = entries[Int(next)].next
                if previous < 0 { people[Int(person)].first = after } else { entries[Int(previous)].next = after }
                return next
            }
            previous = next
            next = entries[Int(next)].next
        }
        return nil
    }

    /// Counts a name once a person, however many records have it. The entry is not among the person's.
    private mutating func countNames(of entry: Int32, in person: Int32, by change: Int32) {
        if people[Int(person)].isAwaited { return }
        let name = entries[Int(entry)].name
        var hasGiven = false
        var hasFamily = false
        var next = people[Int(person)].first
        while next >= 0 {
            if entries[Int(next)].name.given == name.given { hasGiven = true }
            if entries[Int(next)].name.family == name.family { hasFamily = true }
            next = entries[Int(next)].next
        }
        if !hasGiven { pool.count(given: name.given, by: change) }
        if !hasFamily { pool.count(family: name.family, by: change) }
    }

    // MARK: Records

    /// What is kept, as it would be looked for.
    func query(of number: Int32) -> Query {
        let entry = entries[Int(number)]
        return Query(entry, entry.more < 0 ? nil : aside[Int(entry.more)], pool)
    }

    private mutating func hold(_ text: String?) -> Int32 {
        guard var text, !text.isEmpty else { return TextPool.none }
        return text.withUTF8 { pool.hold(UnsafeBufferPointer(rebasing: $0.prefix(TextPool.bytesMax))) }
    }

    private mutating func hold(_ name: FoldedName) -> Entry.Name {
        Entry.Name(given: hold(name.given), middle: hold(name.middle), family: hold(name.family))
    }

    private mutating func keep(_ record: MatchRecord, of child: ChildID) -> Int32 {
        var entry = Entry(child: child)
        entry.nhsNumber = record.nhsNumber?.digits ?? 0
        entry.upn = record.upn?.packed ?? 0
        entry.birth = PackedDate(record.birthDate)
        entry.expected = PackedDate(record.expectedDate)
        entry.isEstimated = record.birthDateIsEstimated
        entry.sex = record.sex?.packed ?? 0
        var more = Entry.More()
        for (place, name) in record.names.enumerated() {
            let held = hold(name)
            if place == 0 { entry.name = held } else { more.names.append(held) }
        }
        for (place, address) in record.addresses.enumerated() {
            let held = Entry.Place(line: hold(address.line), postcode: hold(address.postcode))
            if place == 0 { entry.place = held } else { more.places.append(held) }
        }
        for (place, parent) in record.parents.enumerated() {
            let held = hold(FoldedName(given: parent.given, family: parent.family))
            switch place {
            case 0: (entry.parentGiven.0, entry.parentFamily.0) = (held.given, held.family)
            case 1: (entry.parentGiven.1, entry.parentFamily.1) = (held.given, held.family)
            default: more.parents.append(held)
            }
        }
        if !more.isEmpty {
            if let free = freeAside.popLast() {
                aside[Int(free)] = more
                entry.more = free
            } else {
                entry.more = Int32(aside.count)
                aside.append(more)
            }
        }
        if let free = freeEntries.popLast() {
            entries[Int(free)] = entry
            return free
        }
        entries.append(entry)
        return Int32(entries.count - 1)
    }

    private mutating func wipe(_ number: Int32) {
        let entry = entries[Int(number)]
        var texts = [
            entry.name.given, entry.name.middle, entry.name.family, entry.place.line, entry.place.postcode,
            entry.parentGiven.0, entry.parentGiven.1, entry.parentFamily.0, entry.parentFamily.1,
        ]
        if entry.more >= 0 {
            let more = aside[Int(entry.more)]
            for name in more.names + more.parents { texts += [name.given, name.middle, name.family] }
            for place in more.places { texts += [place.line, place.postcode] }
            aside[Int(entry.more)] = Entry.More()
            freeAside.append(entry.more)
        }
        for text in texts { pool.letGo(text) }
        entries[Int(number)] = Entry(child: ChildID(bits: 0))
        freeEntries.append(number)
    }
}
