import DomainModel
import Testing

@Suite struct IdentityTests {
    @Test func anIdIsReadAsItIsWritten() {
        for bits in [UInt128(0), 1, 31, 32, .max, .max / 3, 0x0123_4567_89ab_cdef] {
            let id = EventID(bits: bits)
            #expect(id.description.utf8.count == 26)
            #expect(EventID(id.description) == id)
        }
    }

    /// 26 characters hold 130 bits, so the first must be 0 to 7: one id has one spelling.
    @Test(arguments: [
        "", "0", String(repeating: "0", count: 25), String(repeating: "0", count: 27),
        "8" + String(repeating: "0", count: 25), "0000000000000000000000000i", "0000000000000000000000000A",
        "0000000000000000000000000é",
    ])
    func whatIsNoIdIsNotRead(text: String) {
        #expect(EventID(text) == nil)
    }

    @Test func aCaseIdBeginsWithItsAuthority() throws {
        let authority = try #require(AuthorityCode(gss: "E09000002"))
        let id = CaseID(authority: authority, number: Identifier(bits: 7))
        #expect(id.description.hasPrefix("E09000002-"))
        #expect(CaseID(id.description) == id)
        #expect(CaseID("E09000002") == nil)
        #expect(CaseID("W06000001-00000000000000000000000007") == nil)
    }

    @Test(arguments: ["E06000001", "E08000025", "E09000002", "E10000012", "hub"])
    func anAuthorityIsReadAsItIsWritten(text: String) {
        #expect(AuthorityCode(gss: text)?.description == text)
    }

    @Test(arguments: ["", "E07000001", "E0900000", "E090000022", "e09000002", "W06000001", "E0900000x", "Hub"])
    func whatIsNoAuthorityIsNotRead(text: String) {
        #expect(AuthorityCode(gss: text) == nil)
    }

    @Test(arguments: [
        ("bd-police", true), ("a", true), ("9.x", true), ("", false), ("-a", false), ("A", false),
        ("a b", false), ("a/b", false), (".a", false), (String(repeating: "a", count: 41), false),
    ])
    func aNameBecomesPartOfATopicsName(text: String, isName: Bool) {
        #expect((AgencyName(text) != nil) == isName)
    }

    @Test(arguments: ["child-0", "child-19", "adult-3", "text", "original"])
    func aPartsNameHasOneSpelling(text: String) {
        #expect(PartName(text)?.description == text)
    }

    @Test(arguments: ["child-01", "child-+1", "child--1", "child-", "child-1000", "adult-x", "Text", ""])
    func otherSpellingsOfAPartAreRefused(text: String) {
        #expect(PartName(text) == nil)
    }
}

/// The numbers are synthetic, of the range 999 that is never issued.
@Suite struct NumberTests {
    @Test(arguments: ["9990000018", "9990000026", "9990000123", "9990000247", "999 000 0018", "999-000-0018"])
    func anNHSNumberWhoseCheckDigitHoldsIsRead(text: String) {
        #expect(NHSNumber(text)?.text == String(text.filter(\.isNumber)))
    }

    @Test(arguments: ["9991234560", "999000001", "99900000180", "999000001x", "", "９９９００００００１８"])
    func anyOtherIsNot(text: String) {
        #expect(NHSNumber(text) == nil)
    }

    @Test func everySingleWrongDigitIsFound() {
        let digits = Array("9990000018")
        for place in digits.indices {
            for digit in "0123456789" where digit != digits[place] {
                var wrong = digits
                wrong[place] = digit
                #expect(NHSNumber(String(wrong)) == nil)
            }
        }
    }

    @Test func aUPNsLetterIsChecked() {
        #expect(UPN("A950000178301") != nil)
        #expect(UPN("H243278544154") != nil)
        #expect(UPN("R247962919251") == nil)
        #expect(UPN("A95000017830") == nil)
        #expect(UPN("a950000178301") == nil)
        #expect(UPN("A950000178301")?.isTemporary == false)
    }
}

@Suite struct RatingTests {
    @Test func aRatingOnlyRisesByItself() throws {
        let low = Rating(.green, level: .early)
        let high = Rating(.red, level: .protection)
        let mixed = Rating(.amber, level: .universal)
        #expect(low.raised(to: high) == high)
        #expect(high.raised(to: low) == high)
        #expect(low.raised(to: mixed) == Rating(.amber, level: .early))
        let person = NamedPerson(
            staff: try #require(StaffName("bd.amara")), team: try #require(TeamName("bd-mash")), role: .mashManager)
        #expect(high.set(to: low, by: person) == low)
    }

    @Test func urgencyAndLevelOfNeedHaveTheirOrder() {
        #expect(RAG.allCases.sorted() == [.blue, .green, .amber, .red])
        #expect(LevelOfNeed(0) == nil)
        #expect(LevelOfNeed(5) == nil)
        #expect(LevelOfNeed(4) == .protection)
    }

    @Test func aFaultyFieldIsKeptAsText() {
        func read(_ text: String?) -> Stated<CivilDate> { Stated(text) { CivilDate(iso8601: $0) } }
        #expect(read(nil) == .absent)
        #expect(read("") == .absent)
        #expect(read("2018-02-01").value == CivilDate(year: 2018, month: 2, day: 1))
        #expect(read("2018-02-31") == .unusable(text: "2018-02-31"))
        #expect(read("2018-02-31").value == nil)
        #expect(read("2018-02-31").isUnusable)
    }

    @Test func onlyListedCodesAreCodes() {
        #expect(ReferralSource("6") != nil)
        #expect(ReferralSource("6A") == nil)
        #expect(ReferralSource("1D")?.isPublic == true)
        #expect(ReferralSource("10")?.isPublic == true, "unknown: told no more than a neighbour")
        #expect(ReferralSource("6")?.isPublic == false)
        #expect(FactorCode("16A") != nil)
        #expect(FactorCode("16B") == nil)
        #expect(FactorCode("18A") != nil, "accepted as legacy")
    }
}
