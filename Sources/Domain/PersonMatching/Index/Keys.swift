/// What two records of one child are likely to share, as a hash. Records lie under each of their keys; a record is looked
/// for under its own and under those that it would have had with the commonest mistakes.
struct Keys {
    private enum Kind: UInt64 {
        case person = 1, nhs, upn, birth, birthFamily, birthGiven, soundsYear, givenYear, name, familyInitial
        case familyMonth, familyDay, familyMonthDay, postcode, line, household, parent, expectedFamily, awaited

        var sort: Sort {
            switch self {
            case .person, .awaited, .nhs, .upn: .number
            case .birthGiven, .givenYear: .given
            case .birthFamily, .familyInitial, .familyMonth, .familyDay, .familyMonthDay, .expectedFamily: .family
            case .soundsYear, .name: .names
            case .birth: .birth
            case .postcode, .line, .household, .parent: .household
            }
        }
    }

    /// What a key says of a person. Two common keys of one sort are not worth narrowing by each other: they say the same.
    enum Sort: UInt8 { case number, given, family, names, birth, household }

    private(set) var all: [UInt64] = []
    /// The sort of each.
    private(set) var sorts: [Sort] = []

    private mutating func add(_ kind: Kind, _ first: UInt64, _ second: UInt64 = 0, _ third: UInt64 = 0) {
        var state = Mixing.mix(kind.rawValue)
        state = Mixing.combine(state, first)
        state = Mixing.combine(state, second)
        state = Mixing.combine(state, third)
        // The lists of a record are few: a search of them is quicker than a set.
        if !all.contains(state) {
            all.append(state)
            sorts.append(kind.sort)
        }
    }

    static func person(_ bits: UInt128) -> UInt64 { id(bits, .person) }
    /// A child who waits for a review.
    static func awaited(_ bits: UInt128) -> UInt64 { id(bits, .awaited) }

    private static func id(_ bits: UInt128, _ kind: Kind) -> UInt64 {
        Mixing.combine(
            Mixing.combine(Mixing.mix(kind.rawValue), UInt64(truncatingIfNeeded: bits)),
            UInt64(truncatingIfNeeded: bits >> 64))
    }

    /// Everybody born on one day.
    static func birth(_ date: PackedDate) -> UInt64 {
        var keys = Keys()
        keys.add(.birth, UInt64(date.bits))
        return keys.all[0]
    }

    /// Everybody at one address; nil unless it has line and postcode.
    static func household(_ query: Query, _ place: Query.Place) -> UInt64? {
        guard place.line >= 0, place.postcode >= 0 else { return nil }
        var keys = Keys()
        keys.add(.household, hash(query, place.line), hash(query, place.postcode))
        return keys.all.first
    }

    static func hash(_ query: Query, _ text: Int) -> UInt64 {
        let text = query.texts[text]
        return query.bytes[text.start..<text.start + text.length].withUnsafeBufferPointer { Mixing.hash($0, seed: 3) }
    }

    /// The sounds of a name's words, the whole first: half of a double-barrelled name is a name.
    static func sounds(_ query: Query, _ text: Int) -> [UInt64] {
        guard text >= 0 else { return [] }
        let item = query.texts[text]
        var sounds = [UInt64(item.spelling.sound)]
        let bytes = query.bytes[item.start..<item.start + item.length]
        if bytes.contains(32) {
            for word in bytes.split(separator: 32) where word.count > 2 {
                let sound = UInt64(word.withUnsafeBufferPointer(Spelling.soundex))
                if !sounds.contains(sound) { sounds.append(sound) }
            }
        }
        return sounds
    }

    /// The keys under which a record lies.
    static func kept(_ query: Query) -> Keys { Keys(query, isLookedFor: false) }
    /// The keys under which it is looked for.
    static func searched(_ query: Query) -> Keys { Keys(query, isLookedFor: true) }

    private init() {}

    private init(_ query: Query, isLookedFor: Bool) {
        all.reserveCapacity(24)
        if query.nhsNumber != 0 { add(.nhs, query.nhsNumber) }
        if query.upn != 0 { add(.upn, query.upn) }
        var days = query.birth.isNone ? [] : [query.birth]
        if isLookedFor, let turned = query.birth.turned { days.append(turned) }
        var years = query.birth.isNone ? [] : [query.birth.year]
        if isLookedFor, let year = years.first { years += [year - 1, year + 1] }
        for name in query.names {
            let given = Keys.sounds(query, name.given).prefix(1)
            let further = Keys.sounds(query, name.middle).prefix(1)
            let family = Keys.sounds(query, name.family)
            for day in days {
                let day = UInt64(day.bits)
                for sound in family { add(.birthFamily, day, sound) }
                for sound in given { add(.birthGiven, day, sound) }
                for sound in further { add(.birthGiven, day, sound) }
                if isLookedFor {
                    for sound in given { add(.birthFamily, day, sound) }
                    for sound in family { add(.birthGiven, day, sound) }
                }
            }
            for year in years {
                for one in given {
                    add(.givenYear, one, UInt64(year))
                    for other in family {
                        add(.soundsYear, one, other, UInt64(year))
                        if isLookedFor { add(.soundsYear, other, one, UInt64(year)) }
                    }
                }
            }
            // A date of which one part is wrong.
            if !query.birth.isNone {
                let (year, month, day) = (query.birth.year, query.birth.month, query.birth.day)
                for sound in family {
                    add(.familyMonth, sound, UInt64(year), UInt64(month))
                    add(.familyDay, sound, UInt64(year), UInt64(day))
                    add(.familyMonthDay, sound, UInt64(month), UInt64(day))
                }
            }
            if name.given >= 0 {
                let initial = UInt64(query.bytes[query.texts[name.given].start])
                for sound in family { add(.familyInitial, sound, initial) }
            }
            if name.given >= 0, name.family >= 0 {
                add(.name, Keys.hash(query, name.given), Keys.hash(query, name.family))
                if isLookedFor { add(.name, Keys.hash(query, name.family), Keys.hash(query, name.given)) }
            }
            if !query.expected.isNone {
                // Half a month on either side: dates are reckoned anew.
                let fortnight = query.expected.daysSinceEpoch / 14
                for part in isLookedFor ? [fortnight - 1, fortnight, fortnight + 1] : [fortnight] {
                    for sound in family { add(.expectedFamily, UInt64(bitPattern: Int64(part)), sound) }
                }
            }
        }
        if !query.birth.isNone { add(.birth, UInt64(query.birth.bits)) }
        for place in query.places {
            if place.postcode >= 0 { add(.postcode, Keys.hash(query, place.postcode)) }
            if place.line >= 0 { add(.line, Keys.hash(query, place.line)) }
            if !isLookedFor, place.line >= 0, place.postcode >= 0 {
                add(.household, Keys.hash(query, place.line), Keys.hash(query, place.postcode))
            }
        }
        for parent in query.parents where parent.given >= 0 && parent.family >= 0 {
            add(.parent, Keys.hash(query, parent.given), Keys.hash(query, parent.family))
        }
    }
}
