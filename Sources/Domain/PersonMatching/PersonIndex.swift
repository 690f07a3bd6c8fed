public import DomainModel

/// The people of one authority in memory, found by posting lists: person ids under each key that two records of one
/// child are likely to share. Lists are sorted, and no dictionary is ever walked, so that any two processes that hold
/// the same records decide the same.
public struct PersonIndex: PersonMatcher {
    public static let model = "certain-identity-1"

    struct Entry: Hashable, Sendable {
        let child: ChildID
        let record: MatchRecord
    }

    private var people: [PersonID: [Entry]] = [:]
    private var postings: [Key: [PersonID]] = [:]

    public init() {}

    /// How many people have at least one record.
    public var count: Int { people.count }

    public mutating func add(_ record: MatchRecord, of child: ChildID, to person: PersonID) {
        remove(child, from: person)
        people[person, default: []].insertSorted(Entry(child: child, record: record)) { $0.child < $1.child }
        for key in Key.all(of: record) { postings[key, default: []].insertSorted(person, by: <) }
    }

    public mutating func remove(_ child: ChildID, from person: PersonID) {
        guard var entries = people[person], let place = entries.firstIndex(where: { $0.child == child }) else { return }
        let removed = entries.remove(at: place).record
        people[person] = entries.isEmpty ? nil : entries
        var kept: Set<Key> = []
        for entry in entries { kept.formUnion(Key.all(of: entry.record)) }
        for key in Key.all(of: removed) where !kept.contains(key) {
            postings[key]?.removeAll { $0 == person }
            if postings[key]?.isEmpty == true { postings[key] = nil }
        }
    }

    func entries(of person: PersonID) -> [Entry] { people[person] ?? [] }

    /// Everyone who shares a key with the record, each once, in the order of their ids.
    func sharing(with record: MatchRecord) -> [PersonID] {
        var found: [PersonID] = []
        for key in Key.all(of: record) + Key.swapped(of: record) { found += postings[key] ?? [] }
        found.sort()
        var unique: [PersonID] = []
        for person in found where unique.last != person { unique.append(person) }
        return unique
    }
}

/// What two records of one child are likely to share.
struct Key: Hashable, Sendable {
    private enum Kind: UInt8, Hashable, Sendable {
        case nhs, upn, birthFamily, birthGiven, postcodeGiven, postcodeUnborn, expectedFamily
    }
    private let kind: Kind
    private let number: UInt64
    private let text: String

    private init(_ kind: Kind, number: UInt64 = 0, text: String = "") {
        self.kind = kind
        self.number = number
        self.text = text
    }

    private static func day(_ date: CivilDate) -> UInt64 { UInt64(date.daysSinceEpoch + 1_000_000) }

    /// The keys of a record; with its birth date's day and month also changed about where that is a date.
    static func all(of record: MatchRecord) -> [Key] {
        var keys: [Key] = []
        if let number = record.nhsNumber { keys.append(Key(.nhs, number: number.digits)) }
        if let upn = record.upn { keys.append(Key(.upn, text: upn.text)) }
        var days: [UInt64] = []
        if let birth = record.birthDate {
            days.append(day(birth))
            if birth.day != birth.month,
                let turned = CivilDate(year: birth.year, month: birth.day, day: birth.month)
            {
                days.append(day(turned))
            }
        }
        for name in record.names {
            for day in days {
                if let family = name.family { keys.append(Key(.birthFamily, number: day, text: family)) }
                if let given = name.given { keys.append(Key(.birthGiven, number: day, text: given)) }
            }
            if let given = name.given {
                for postcode in record.postcodes { keys.append(Key(.postcodeGiven, text: "\(postcode) \(given)")) }
            }
            if record.isUnborn, let expected = record.expectedDate, let family = name.family {
                keys.append(Key(.expectedFamily, number: day(expected), text: family))
            }
        }
        if record.isUnborn {
            for postcode in record.postcodes { keys.append(Key(.postcodeUnborn, text: postcode)) }
        }
        return keys
    }

    /// The keys under which the record lies where another sender has taken its given name for its family name.
    static func swapped(of record: MatchRecord) -> [Key] {
        guard let birth = record.birthDate else { return [] }
        return record.names.flatMap { name in
            (name.given.map { [Key(.birthFamily, number: day(birth), text: $0)] } ?? [])
                + (name.family.map { [Key(.birthGiven, number: day(birth), text: $0)] } ?? [])
        }
    }
}

extension Array {
    /// Inserts in order; an element that is there already is not inserted again.
    fileprivate mutating func insertSorted(_ element: Element, by precedes: (Element, Element) -> Bool) {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if precedes(self[middle], element) { low = middle + 1 } else { high = middle }
        }
        if low < count, !precedes(element, self[low]) { return }
        insert(element, at: low)
    }
}
