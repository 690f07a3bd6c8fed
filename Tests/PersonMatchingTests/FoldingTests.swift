import PersonMatching
import Testing

@Suite struct FoldingTests {
    @Test(arguments: [
        ("O’Brien", "obrien"), ("O'BRIEN", "obrien"), ("Smith-Jones", "smith jones"), (" Smith  Jones ", "smith jones"),
        ("Zoë", "zoe"), ("Zoe\u{308}", "zoe"), ("ŁUKASZ", "lukasz"), ("Nguyễn", "nguyen"), ("Straße", "strasse"),
        ("Æsa", "aesa"), ("İnci", "inci"), ("Mary-Jane", "mary jane"), ("J.", "j"), ("Søren", "soren"),
        ("Иван", "иван"), ("D×", "d"),
    ])
    func bringsSpellingsTogether(written: String, folded: String) {
        #expect(Folding.fold(written) == folded)
    }

    @Test(arguments: ["", "  ", "-", "'", "\u{0}", "🙂"])
    func keepsNothingOfWhatIsNoName(text: String) {
        #expect(Folding.fold(text) == nil)
    }

    @Test func placeholdersAreNoNames() {
        for text in ["Baby", "Twin 2", "UNKNOWN", "Baby Boy", "not known"] {
            #expect(FoldedName(given: text, family: "Smith").given == nil)
        }
        #expect(FoldedName(given: "Boyd", family: nil).given == "boyd")
    }

    @Test(arguments: [
        ("thomas", "tomas", true), ("thomas", "thomsa", true), ("thomas", "thomaz", true), ("thomas", "thomas", false),
        ("thomas", "tmoas", false), ("", "a", true), ("ab", "ba", true), ("abc", "cab", false), ("a", "abc", false),
    ])
    func countsOneSlip(one: String, other: String, isOne: Bool) {
        for (left, right) in [(one, other), (other, one)] {
            let isEdit = Array(left.utf8).withUnsafeBufferPointer { left in
                Array(right.utf8).withUnsafeBufferPointer { JaroWinkler.isOneEdit(left, $0) }
            }
            #expect(isEdit == isOne)
        }
    }
}
