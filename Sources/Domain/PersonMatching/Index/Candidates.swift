import DomainModel

extension PersonIndex {
    /// Everybody who shares a key with the record. A common key is narrowed by the others: whoever lies under two common
    /// ones is in. Where that leaves nobody at all they are read whole: nobody is silently dropped.
    func candidates(_ query: Query) -> [Int32] {
        var found: [Int32] = []
        var common: [(start: Int, count: Int, sort: Keys.Sort)] = []
        let keys = Keys.searched(query)
        for (place, key) in keys.all.enumerated() {
            switch postings[key] {
            case .none: continue
            case .one(let number): found.append(number)
            case .many(let start, let count):
                if count <= Limits.matchBlockPeopleMax {
                    found.append(contentsOf: postings.arena[start..<start + count])
                } else {
                    common.append((start, count, keys.sorts[place]))
                }
            }
        }
        if !common.isEmpty {
            for (place, one) in common.enumerated() {
                for other in common[(place + 1)...] where other.sort != one.sort {
                    let (short, long) = one.count <= other.count ? (one, other) : (other, one)
                    intersect((short.start, short.count), (long.start, long.count), into: &found)
                }
            }
            if found.isEmpty {
                for list in common { found.append(contentsOf: postings.arena[list.start..<list.start + list.count]) }
            }
        }
        found.sort()
        var kept = 0
        for place in found.indices where place == 0 || found[place] != found[kept - 1] {
            found[kept] = found[place]
            kept += 1
        }
        found.removeLast(found.count - kept)
        return found
    }

    /// Both lists are sorted; the shorter's numbers are looked for in the longer.
    private func intersect(
        _ short: (start: Int, count: Int), _ long: (start: Int, count: Int), into found: inout [Int32]
    ) {
        var from = long.start
        let end = long.start + long.count
        for place in short.start..<short.start + short.count {
            let wanted = postings.arena[place]
            var low = from
            var high = end
            // Leaps from where the last was, since the numbers rise.
            var leap = 1
            while low + leap < end, postings.arena[low + leap] < wanted {
                low += leap
                leap *= 2
            }
            high = min(end, low + leap + 1)
            while low < high {
                let middle = (low + high) / 2
                if postings.arena[middle] < wanted { low = middle + 1 } else { high = middle }
            }
            if low < end, postings.arena[low] == wanted { found.append(wanted) }
            from = low
            if from >= end { break }
        }
    }

    /// Whether an address is listed, or holds more unrelated family names than the limit.
    func isShared(_ query: Query, _ place: Query.Place) -> Bool {
        if place.isShared { return true }
        if !listed.isEmpty, place.postcode >= 0, listed.contains(Keys.hash(query, place.postcode)) { return true }
        guard let key = Keys.household(query, place) else { return false }
        guard case .many(let start, let count) = postings[key] else { return false }
        // A house of so many children is no household, and it is not read to the end.
        if count > Limits.matchBlockPeopleMax { return true }
        var families: [UInt32] = []
        for number in postings.arena[start..<start + count] {
            let first = people[Int(number)].first
            guard first >= 0 else { continue }
            let family = entries[Int(first)].name.family
            guard family >= 0 else { continue }
            let sound = pool.items[Int(family)].spelling.sound
            if !families.contains(sound) { families.append(sound) }
            if families.count > model.policy.sharedAddressFamiliesMax { return true }
        }
        return false
    }

    /// Whether people are known at an address, none of whom has the family name.
    func isHomeOfOthers(_ query: Query, _ place: Query.Place) -> Bool {
        guard let key = Keys.household(query, place) else { return false }
        let list = postings[key]
        let residents: [Int32]
        switch list {
        case .none: return false
        case .one(let number): residents = [number]
        case .many(let start, let count):
            residents = Array(postings.arena[start..<start + count])
        }
        let sounds = query.names.flatMap { Keys.sounds(query, $0.family) }
        return !residents.contains { number in
            let first = people[Int(number)].first
            guard first >= 0 else { return false }
            let resident = self.query(of: first)
            return resident.names.contains { name in
                Keys.sounds(resident, name.family).contains(where: sounds.contains)
            }
        }
    }
}
