/// Compares one query with kept entries. Holds pointers into the pool and the query, so it lives no longer than the scope
/// that made it.
struct Comparer {
    let query: Query
    let queryBytes: UnsafeBufferPointer<UInt8>
    let queryTexts: UnsafeBufferPointer<Query.Text>
    let poolBytes: UnsafeBufferPointer<UInt8>
    let pool: UnsafeBufferPointer<TextPool.Item>
    let model: MatchModel
    /// How many of them were born on the day that is looked for.
    let bornThatDay: Int32
    /// Postcodes that are listed as shared.
    let listed: Set<UInt64>
    /// How many people there are, and log2 of what a coincidence of names is held against.
    let people: Int
    /// From how many people on a given name is one that children have, and no slip of another.
    let attestedFrom: Int32

    init(
        query: Query, queryBytes: UnsafeBufferPointer<UInt8>, queryTexts: UnsafeBufferPointer<Query.Text>,
        poolBytes: UnsafeBufferPointer<UInt8>, pool: UnsafeBufferPointer<TextPool.Item>, model: MatchModel, people: Int,
        bornThatDay: Int32, listed: Set<UInt64>
    ) {
        self.bornThatDay = bornThatDay
        self.listed = listed
        self.query = query
        self.queryBytes = queryBytes
        self.queryTexts = queryTexts
        self.poolBytes = poolBytes
        self.pool = pool
        self.model = model
        self.people = people
        attestedFrom = Int32(max(2, people / 50_000))
    }

    private func text(_ place: Int) -> UnsafeBufferPointer<UInt8> {
        let text = queryTexts[place]
        return UnsafeBufferPointer(rebasing: queryBytes[text.start..<text.start + text.length])
    }

    private func kept(_ number: Int32) -> UnsafeBufferPointer<UInt8> {
        let item = pool[Int(number)]
        return UnsafeBufferPointer(rebasing: poolBytes[Int(item.start)..<Int(item.start) + Int(item.length)])
    }

    private func same(_ place: Int, _ number: Int32) -> Bool {
        place >= 0 && number >= 0 && queryTexts[place].number == number
    }

    // MARK: Names

    func compare(_ entry: Entry, _ more: Entry.More?) -> PairComparison {
        var best = PairComparison()
        var bestWeight = Int.min
        func consider(_ one: Query.Name, _ other: Entry.Name) {
            var pair = PairComparison()
            compare(one, other, &pair)
            let weight =
                Int(model[.givenName, pair.given].unrelated) + pair.givenRarity
                + Int(model[.furtherName, pair.further].unrelated)
                + Int(model[.familyName, pair.family].unrelated) + pair.familyRarity
            if weight > bestWeight {
                bestWeight = weight
                best = pair
            }
        }
        for name in query.names {
            consider(name, entry.name)
            if let more { for other in more.names { consider(name, other) } }
        }
        best.birthDate = birthDates(entry)
        switch best.birthDate {
        case .equal: best.birthRarity = birthRarity
        // What is nearly a common day is nearly many people's, and never weighs more than the day itself.
        case .dayMonthSwapped, .oneEdit, .yearOff: best.birthRarity = min(0, birthRarity)
        default: break
        }
        best.expectedDate = expectedDates(entry)
        if query.sex != 0, entry.sex != 0 { best.sex = query.sex == entry.sex ? .equal : .differs }
        if query.nhsNumber != 0, entry.nhsNumber != 0 {
            best.nhsNumber = query.nhsNumber == entry.nhsNumber ? .equal : .differs
        }
        if query.upn != 0, entry.upn != 0 { best.upn = query.upn == entry.upn ? .equal : .differs }
        best.address = addresses(entry, more)
        best.parent = parents(entry, more)
        return best
    }

    private func compare(_ one: Query.Name, _ other: Entry.Name, _ pair: inout PairComparison) {
        pair.given = given(one.given, other.given)
        pair.family = family(one.family, other.family)
        if pair.given == .differs || pair.given == .beginning || pair.given == .alike {
            if let given = changedPlaces(one, other) {
                pair.given = given
                pair.family = .swapped
                return
            }
            if isSlip(one.given, other.middle) || isSlip(one.middle, other.given) {
                // The further name is used up by that.
                pair.given = .further
            }
        }
        if pair.given != .further { pair.further = furtherNames(one.middle, other.middle) }
        switch pair.given {
        case .equal: pair.givenRarity = rarity(pool[Int(other.given)].given, coincidence: model.givenCoincidence)
        case .oneEdit, .bothNames, .transliterated, .shortForm, .alike:
            // What is nearly a common name is nearly many people's.
            let number = queryTexts[one.given].number
            let count = max(pool[Int(other.given)].given, number >= 0 ? pool[Int(number)].given : 0)
            pair.givenRarity = min(0, rarity(count, coincidence: model.givenCoincidence))
        default: break
        }
        switch pair.family {
        case .equal: pair.familyRarity = rarity(pool[Int(other.family)].family, coincidence: model.familyCoincidence)
        case .oneEdit, .alike:
            let number = queryTexts[one.family].number
            let count = max(pool[Int(other.family)].family, number >= 0 ? pool[Int(number)].family : 0)
            pair.familyRarity = min(0, rarity(count, coincidence: model.familyCoincidence))
        default: break
        }
    }

    /// log2 of how much rarer a name or a birth date is than a coincidence of two: as if 500 more people were known, among whom it
    /// is as common as that.
    private func rarity(_ count: Int32, coincidence: Int, assumed: Int = 500) -> Int {
        let share = UInt64(max(1, Int(count))) * 1_000_000 + UInt64(assumed) * UInt64(coincidence)
        let weight = MilliBits.log2(UInt64(coincidence) * UInt64(people + assumed)) - MilliBits.log2(share)
        return min(4000, max(-4000, weight))
    }

    /// Days are nearly alike where names are not: how many were born on one says little until there are very many.
    private var birthRarity: Int { rarity(bornThatDay, coincidence: model.birthCoincidence, assumed: 20_000) }

    /// How the given names compare where given and family name have changed places; nil where they have not. A
    /// double-barrelled family name taken for a given name leaves its first word there. A name that is a slip away and
    /// another child's is no slip here either: a twin's places are changed as often.
    private func changedPlaces(_ one: Query.Name, _ other: Entry.Name) -> Comparison.Level? {
        guard one.given >= 0, one.family >= 0, other.given >= 0, other.family >= 0 else { return nil }
        let first = same(one.given, other.family) || sharesWord(one.given, other.family)
        let second = same(one.family, other.given) || sharesWord(one.family, other.given)
        if first && second { return .swapped }
        if second && isSlip(one.given, other.family) { return .swapped }
        guard first, isSlip(one.family, other.given) else { return nil }
        return given(one.family, other.given) == .bothNames ? .bothNames : .swapped
    }

    private func isSlip(_ place: Int, _ number: Int32) -> Bool {
        guard place >= 0, number >= 0 else { return false }
        if queryTexts[place].number == number { return true }
        guard queryTexts[place].spelling.mayBeAlike(pool[Int(number)].spelling) else { return false }
        let (a, b) = (text(place), kept(number))
        guard min(a.count, b.count) > 3 else { return false }
        return JaroWinkler.isOneEdit(a, b) || JaroWinkler.thousandths(a, b) >= 920
    }

    private func given(_ place: Int, _ number: Int32) -> Comparison.Level {
        guard place >= 0, number >= 0 else { return .absent }
        if queryTexts[place].number == number { return .equal }
        let (a, b) = (text(place), kept(number))
        if a.count == 1 || b.count == 1 { return a[0] == b[0] ? .initial : .differs }
        let (mine, theirs) = (queryTexts[place].spelling, pool[Int(number)].spelling)
        if mine.sharesShortForm(with: theirs) { return .shortForm }
        let areNames = isAttested(queryTexts[place].number, mine) && isAttested(number, theirs)
        if mine.transliteration == theirs.transliteration { return areNames ? .bothNames : .transliterated }
        guard mine.mayBeAlike(theirs) else { return a[0] == b[0] && a[1] == b[1] ? .beginning : .differs }
        let likeness = JaroWinkler.thousandths(a, b)
        if JaroWinkler.isOneEdit(a, b) || likeness >= 920 {
            return min(a.count, b.count) > 3 && !areNames ? .oneEdit : .bothNames
        }
        if likeness >= 850 { return .alike }
        return a[0] == b[0] && a[1] == b[1] ? .beginning : .differs
    }

    private func isAttested(_ number: Int32, _ spelling: Spelling) -> Bool {
        spelling.firstGroup != 0 || (number >= 0 && pool[Int(number)].given >= attestedFrom)
    }

    private func furtherNames(_ place: Int, _ number: Int32) -> Comparison.Level {
        guard place >= 0, number >= 0 else { return .absent }
        if queryTexts[place].number == number { return .equal }
        let (a, b) = (text(place), kept(number))
        if a.count == 1 || b.count == 1 { return a[0] == b[0] ? .initial : .differs }
        return JaroWinkler.isOneEdit(a, b) || JaroWinkler.thousandths(a, b) >= 900
            || queryTexts[place].spelling.sharesShortForm(with: pool[Int(number)].spelling)
            ? .alike : .differs
    }

    private func family(_ place: Int, _ number: Int32) -> Comparison.Level {
        guard place >= 0, number >= 0 else { return .absent }
        if queryTexts[place].number == number { return .equal }
        let (mine, theirs) = (queryTexts[place].spelling, pool[Int(number)].spelling)
        var likeness = 0
        if mine.mayBeAlike(theirs) {
            let (a, b) = (text(place), kept(number))
            likeness = JaroWinkler.thousandths(a, b)
            if JaroWinkler.isOneEdit(a, b) || likeness >= 940 { return .oneEdit }
        }
        if sharesWord(place, number) { return .contained }
        return likeness >= 850 || mine.transliteration == theirs.transliteration ? .alike : .differs
    }

    /// Whether a word of one, three letters at least, is a word of the other; one letter off where it is long.
    private func sharesWord(_ place: Int, _ number: Int32) -> Bool {
        guard place >= 0, number >= 0,
            queryTexts[place].spelling.hasWords || pool[Int(number)].spelling.hasWords
        else { return false }
        let (a, b) = (text(place), kept(number))
        var start = 0
        while let one = Comparer.word(a, &start) {
            guard one.count >= 3 else { continue }
            var otherStart = 0
            while let other = Comparer.word(b, &otherStart) {
                guard other.count >= 3 else { continue }
                if one.elementsEqual(other) { return true }
                if min(one.count, other.count) >= 5, JaroWinkler.isOneEdit(one, other) { return true }
            }
        }
        return false
    }

    private static func word(
        _ bytes: UnsafeBufferPointer<UInt8>, _ start: inout Int
    ) -> UnsafeBufferPointer<UInt8>? {
        guard start < bytes.count else { return nil }
        var end = start
        while end < bytes.count, bytes[end] != 32 { end += 1 }
        defer { start = end + 1 }
        return UnsafeBufferPointer(rebasing: bytes[start..<end])
    }

    /// False where a parent is named and none of them has the child's family name, in whole or in part.
    static func parentsBearFamilyName(_ query: Query) -> Bool {
        guard !query.parents.isEmpty else { return true }
        return query.names.contains { name in
            query.parents.contains { parent in
                parent.family >= 0 && sharesSound(query, name.family, parent.family)
            }
        }
    }

    static func sharesSound(_ query: Query, _ one: Int, _ other: Int) -> Bool {
        let sounds = Keys.sounds(query, one)
        return Keys.sounds(query, other).contains(where: sounds.contains)
    }

    // MARK: Dates

    private func birthDates(_ entry: Entry) -> Comparison.Level {
        let (one, other) = (query.birth, entry.birth)
        guard !one.isNone, !other.isNone else { return .absent }
        if query.isEstimated || entry.isEstimated {
            let apart = abs(one.year - other.year)
            if apart <= 1 { return .near }
        }
        if one == other { return .equal }
        if one.turned == other { return .dayMonthSwapped }
        if Comparer.isOneDigit(one.digits, other.digits) { return .oneEdit }
        if one.month == other.month, one.day == other.day, abs(one.year - other.year) == 1 { return .yearOff }
        return one.year == other.year ? .sameYear : .differs
    }

    /// Whether one digit is another, or two neighbours have changed places.
    private static func isOneDigit(_ one: UInt32, _ other: UInt32) -> Bool {
        let apart = one ^ other
        let low = apart.trailingZeroBitCount & ~3
        if apart >> UInt32(low) <= 15 { return true }
        guard apart >> UInt32(low) <= 255 else { return false }
        let (a, b) = (one >> UInt32(low), other >> UInt32(low))
        return a & 15 == b >> 4 & 15 && a >> 4 & 15 == b & 15
    }

    /// Two unborn children; or one that has been born since: sixteen weeks early to three late.
    private func expectedDates(_ entry: Entry) -> Comparison.Level {
        if !query.expected.isNone, !entry.expected.isNone {
            if query.expected == entry.expected { return .equal }
            return abs(query.expected.daysSinceEpoch - entry.expected.daysSinceEpoch) <= 14 ? .near : .differs
        }
        let (born, expected) = query.expected.isNone ? (query.birth, entry.expected) : (entry.birth, query.expected)
        guard !born.isNone, !expected.isNone else { return .absent }
        return (-112...21).contains(born.daysSinceEpoch - expected.daysSinceEpoch) ? .near : .differs
    }

    // MARK: Household

    private func addresses(_ entry: Entry, _ more: Entry.More?) -> Comparison.Level {
        var best = Comparison.Level.absent
        func consider(_ one: Query.Place, _ other: Entry.Place) {
            let level = places(one, other)
            if rank(level) > rank(best) { best = level }
        }
        for place in query.places {
            consider(place, entry.place)
            if let more { for other in more.places { consider(place, other) } }
        }
        return best
    }

    private func rank(_ level: Comparison.Level) -> Int {
        switch level {
        case .equal: 5
        case .shared: 4
        case .postcode: 3
        case .line: 2
        case .differs: 1
        default: 0
        }
    }

    private func places(_ one: Query.Place, _ other: Entry.Place) -> Comparison.Level {
        let hasLines = one.line >= 0 && other.line >= 0
        if one.postcode >= 0 && other.postcode >= 0 {
            if same(one.postcode, other.postcode) {
                if one.isShared { return .shared }
                return hasLines && isSameLine(one.line, other.line) ? .equal : .postcode
            }
            // Another postcode, or a slip in it where the line is the very same.
            if hasLines, same(one.line, other.line),
                JaroWinkler.isOneEdit(text(one.postcode), kept(other.postcode))
            {
                return one.isShared || isListed(other) ? .shared : .equal
            }
            return .differs
        }
        guard hasLines && isSameLine(one.line, other.line) else { return .absent }
        return one.isShared || isListed(other) ? .shared : .line
    }

    private func isListed(_ place: Entry.Place) -> Bool {
        !listed.isEmpty && place.postcode >= 0 && listed.contains(Mixing.hash(kept(place.postcode), seed: 3))
    }

    /// The same but for spelling; the house's number has to be the same.
    private func isSameLine(_ place: Int, _ number: Int32) -> Bool {
        if queryTexts[place].number == number { return true }
        let (a, b) = (text(place), kept(number))
        var start = 0
        while start < a.count, start < b.count, a[start] == b[start], a[start] != 32 { start += 1 }
        let endsBoth = (start == a.count || a[start] == 32) && (start == b.count || b[start] == 32)
        guard endsBoth else { return false }
        return JaroWinkler.thousandths(a, b) >= 900
    }

    private func parents(_ entry: Entry, _ more: Entry.More?) -> Comparison.Level {
        guard !query.parents.isEmpty else { return .absent }
        var best = Comparison.Level.absent
        func consider(_ given: Int32, _ family: Int32) {
            guard given >= 0 || family >= 0 else { return }
            for parent in query.parents {
                let givenLevel = self.given(parent.given, given)
                let familyLevel = self.family(parent.family, family)
                let level: Comparison.Level
                switch (givenLevel, familyLevel) {
                case (.equal, .equal): level = .equal
                case (.equal, _), (.oneEdit, .equal), (.shortForm, .equal), (.transliterated, .equal),
                    (.bothNames, .equal):
                    level = .alike
                default: level = .differs
                }
                if best == .absent || level == .equal || (best == .differs && level == .alike) { best = level }
            }
        }
        consider(entry.parentGiven.0, entry.parentFamily.0)
        consider(entry.parentGiven.1, entry.parentFamily.1)
        if let more { for parent in more.parents { consider(parent.given, parent.family) } }
        return best
    }
}
