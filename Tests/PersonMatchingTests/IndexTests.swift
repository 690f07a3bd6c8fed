import DomainModel
import Testing

@testable import PersonMatching

@Suite struct PostingTableTests {
    /// Held against a dictionary of sets, with keys that share shards and fingerprints of slots.
    @Test(arguments: UInt64(1)...4)
    func holdsWhatADictionaryWould(seed: UInt64) {
        var lottery = Lottery(state: seed)
        var table = PostingTable()
        var model: [UInt64: Set<Int32>] = [:]
        var keys: [UInt64] = []
        for place in UInt64(0)..<60 {
            let crowded: UInt64 = (place << 52) | (place % 7)
            keys.append(place % 3 == 0 ? crowded : Mixing.mix(place))
        }
        for _ in 0..<6000 {
            let key = keys[Int.random(in: 0..<keys.count, using: &lottery)]
            let number = Int32.random(in: 0..<40, using: &lottery)
            if Bool.random(using: &lottery) {
                table.insert(number, under: key)
                model[key, default: []].insert(number)
            } else {
                table.remove(number, under: key)
                model[key]?.remove(number)
            }
        }
        for key in keys { #expect(numbers(table, key) == (model[key] ?? []).sorted()) }
        #expect(numbers(table, 12345) == [])
        for (key, held) in model { for number in held { table.remove(number, under: key) } }
        for key in keys { #expect(numbers(table, key) == []) }
    }

    private func numbers(_ table: PostingTable, _ key: UInt64) -> [Int32] {
        switch table[key] {
        case .none: []
        case .one(let number): [number]
        case .many(let start, let count): Array(table.arena[start..<start + count])
        }
    }
}

@Suite struct PersonIndexTests {
    @Test func whatIsTakenAwayLeavesNoTextBehind() {
        var index = PersonIndex()
        var secret = record(
            "Zebedee", "Quirke", born: "2015-03-04", nhs: nhs(4), postcode: "ZZ9 9ZZ", line: "1 Secret Lane",
            parent: "Ermintrude")
        secret.names.append(FoldedName(given: "Dougal", family: "Florence"))
        index.add(secret, of: child(1), to: person(1))
        index.add(record("Thomas", "Quirke", born: "2001-09-17"), of: child(2), to: person(2))
        index.remove(child(1), from: person(1))
        let kept = String(decoding: index.pool.bytes, as: UTF8.self)
        for word in ["zebedee", "secret", "zz99zz", "ermintrude", "dougal"] { #expect(!kept.contains(word)) }
        #expect(kept.contains("quirke"))
        #expect(index.count == 1)
        #expect(index.decide(secret).outcome == .new)
    }

    @Test func manyRecordsOfOnePersonAreOnePersonsName() {
        var index = PersonIndex()
        for place in 1...40 {
            index.add(record("Peregrine", "Quirke", born: "2015-03-04"), of: child(UInt128(place)), to: person(1))
        }
        #expect(index.count == 1)
        let decision = index.decide(record("Peregrine", "Quirke", born: "2015-03-04"))
        var alone = PersonIndex()
        alone.add(record("Peregrine", "Quirke", born: "2015-03-04"), of: child(1), to: person(1))
        #expect(decision == alone.decide(record("Peregrine", "Quirke", born: "2015-03-04")))
    }

    /// A key that very many share is narrowed, and read whole where nothing narrows it.
    @Test func aChildIsFoundAmongVeryManyOfTheSameDay() {
        var index = PersonIndex()
        for place in 0..<1500 {
            index.add(
                record("Given\(place)", "Family\(place)", born: "2015-01-01"), of: child(UInt128(place + 10)),
                to: person(UInt128(place + 10)))
        }
        index.add(record("Thomas", "Quirke", born: "2015-01-01", postcode: "RM1 1AA"), of: child(1), to: person(1))
        let asked = index.decide(record("Thomas", "Quirke", born: "2015-01-01"))
        #expect(asked.candidates == [person(1)])
        #expect(index.decide(record("Tomas", "Quirk", born: "2015-01-01")).candidates.contains(person(1)))
    }

    @Test func aNumberInUpperAndLowerPlacesIsPackedWithoutLoss() throws {
        let upn = try #require(UPN("H801200001001"))
        let other = try #require((0...9).compactMap { UPN("A80120000100\($0)") }.first ?? UPN("H801200001001"))
        #expect((upn.packed == other.packed) == (upn == other))
    }

    @Test func likenessOfSpellings() {
        func likeness(_ one: String, _ other: String) -> Int {
            Array(one.utf8).withUnsafeBufferPointer { one in
                Array(other.utf8).withUnsafeBufferPointer { JaroWinkler.thousandths(one, $0) }
            }
        }
        // Winkler's own examples.
        #expect(likeness("martha", "marhta") == 961)
        #expect(abs(likeness("dwayne", "duane") - 840) <= 1)
        #expect(likeness("dixon", "dicksonx") == 813)
        #expect(likeness("", "a") == 0 && likeness("abc", "xyz") == 0 && likeness("abc", "abc") == 1000)
    }

    @Test(arguments: [("declan", "deklan"), ("baruch", "barukh"), ("kinsley", "kinzley"), ("connor", "konner")])
    func oneSoundInTwoSpellings(one: String, other: String) {
        func spelling(_ text: String) -> Spelling { Array(text.utf8).withUnsafeBufferPointer { Spelling($0) } }
        let same = spelling(one).transliteration == spelling(other).transliteration
        // Connor and Konner differ in a vowel, and stay two.
        #expect(same == (one != "connor"))
        #expect(spelling("robert").sound == spelling("rupert").sound)
        #expect(spelling("robert").sharesShortForm(with: spelling("bob")))
        #expect(!spelling("robert").sharesShortForm(with: spelling("james")))
    }
}
