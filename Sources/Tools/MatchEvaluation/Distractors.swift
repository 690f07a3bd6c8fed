import DomainModel
public import PersonMatching

/// People who are nobody's referral, by the million: what a large authority knows beside those whom a file is about.
/// Their names are as common as in the files, so that namesakes of the same day are among them. Slips they have of their
/// own, each another: one slip that hundreds have would be a name.
public struct Distractors: Sequence, Sendable {
    private let givenNames: [String]
    private let familyNames: [String]
    private let parentNames: [String]
    public let count: Int
    private let seed: UInt64

    /// - Parameter children: whose names they bear, each as often as it is there; best those in whose names there is no
    ///   slip, as far as it is known (`HouseholdTruth.asTheyAre`).
    public init(_ count: Int, namedAs children: [ChildrenFile.Child], seed: UInt64) {
        self.count = count
        self.seed = seed
        givenNames = children.compactMap { $0.record.names.first?.given } + ["alex"]
        familyNames = children.compactMap { $0.record.names.first?.family } + ["smith"]
        parentNames = children.flatMap { $0.record.parents.compactMap(\.given) } + ["sam"]
    }

    public func makeIterator() -> Iterator { Iterator(self) }

    public struct Iterator: IteratorProtocol {
        private let people: Distractors
        private var draws: SeededDraws
        private var made = 0
        // A household's, while it has children left.
        private var left = 0
        private var family = ""
        private var address = FoldedAddress(line: nil, postcode: nil)
        private var parents: [FoldedName] = []

        init(_ people: Distractors) {
            self.people = people
            draws = SeededDraws(people.seed)
        }

        private static let words = [
            "alder", "barn", "canal", "dock", "elder", "fern", "glade", "heath", "inn", "jasper", "kiln", "lime",
            "meadow", "north", "orchard", "priory", "quarry", "ridge", "saddler", "tower", "upper", "vine", "weaver",
            "yew",
        ]

        private mutating func found() {
            left = 1 + draws.below(3)
            family = people.familyNames[draws.below(people.familyNames.count)]
            let words = Self.words
            address = FoldedAddress(
                line: "\(1 + draws.below(200)) \(words[draws.below(24)]) \(words[draws.below(24)]) street",
                postcode: "\(letter())\(letter())\(1 + draws.below(99)) \(draws.below(10))\(letter())\(letter())")
            parents =
                draws.chance(0.5)
                ? [FoldedName(given: people.parentNames[draws.below(people.parentNames.count)], family: family)] : []
        }

        /// In how many registered given names there is a slip.
        private let slipShare = 0.03

        /// A letter left out, doubled, or changed for the next.
        private mutating func slip(_ name: String) -> String {
            var letters = Array(name)
            guard letters.count > 3 else { return name }
            let place = draws.below(letters.count - 1)
            switch draws.below(3) {
            case 0: letters.remove(at: place)
            case 1: letters.insert(letters[place], at: place)
            default: letters.swapAt(place, place + 1)
            }
            return String(letters)
        }

        private mutating func letter() -> Character { Character(UnicodeScalar(UInt8(65 + draws.below(26)))) }

        public mutating func next() -> MatchRecord? {
            guard made < people.count else { return nil }
            made += 1
            if left == 0 { found() }
            left -= 1
            let given = people.givenNames[draws.below(people.givenNames.count)]
            let told = draws.chance(slipShare) ? slip(given) : given
            let middle = draws.chance(0.2) ? people.givenNames[draws.below(people.givenNames.count)] : nil
            let birth = CivilDate(daysSinceEpoch: 13_500 + draws.below(6574))
            var number: NHSNumber?
            if draws.chance(0.85) {
                // Of a range that no file uses, so that none is taken for another's.
                let nine = String(800_000_000 + made)
                for check in 0...9 where number == nil { number = NHSNumber("\(nine)\(check)") }
            }
            return MatchRecord(
                names: [FoldedName(given: told, middle: middle, family: family)], birthDate: birth,
                sex: draws.chance(0.5) ? .male : .female, nhsNumber: number, addresses: [address], parents: parents)
        }
    }
}

extension KnownChildren {
    /// Adds people beside the known children. They have ids of their own, `D1` and on.
    public mutating func add(_ distractors: Distractors, progress: (Int) -> Void = { _ in }) {
        var place = 0
        for record in distractors {
            place += 1
            let bits = KnownChildren.firstDistractor + UInt128(place)
            index.add(record, of: ChildID(bits: bits), to: PersonID(bits: bits))
            if place % 1024 == 0 { progress(place) }
        }
    }

    static let firstDistractor: UInt128 = 1 << 64
}
