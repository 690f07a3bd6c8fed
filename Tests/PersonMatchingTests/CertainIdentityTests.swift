import DomainModel
import PersonMatching
import Testing

/// The rule's table, row by row.
@Suite struct CertainIdentityTests {
    static let number = nhs(1)
    let known = record(
        "Thomas", "Ahmed", born: "2015-03-04", nhs: number, sex: .male, postcode: "RM1 1AA")

    @Test(arguments: [
        record("Thomas", "Ahmed", born: "2015-03-04", nhs: number),
        record("THOMAS", "Khan", born: "2015-03-04", nhs: number),
        record("Tomas", "Ahmed", born: "2015-03-04", nhs: number),
        record("Thomas James", "Ahmed", born: "2015-03-04", nhs: number),
        record("Ahmed", "Thomas", born: "2015-03-04", nhs: number),
        record("Thomas", "Ahmed", born: "2015-04-03", nhs: number),
    ])
    func aNumberWithNameAndBirthDateLinks(_ referred: MatchRecord) {
        let decision = index(known).decide(referred)
        #expect(decision.outcome == .linked)
        #expect(decision.person == person(1))
        #expect(decision.candidates.isEmpty)
    }

    @Test(arguments: [
        // A twin with the sibling's number pasted in.
        record("Timothy", "Ahmed", born: "2015-03-04", nhs: number),
        record("T", "Ahmed", born: "2015-03-04", nhs: number),
        record("Baby", "Ahmed", born: "2015-03-04", nhs: number),
        record(nil, nil, nhs: number),
        record("Thomas", "Ahmed", nhs: number),
        record("Thomas", "Ahmed", born: "2011-03-04", nhs: number),
        record("Thomas", "Ahmed", born: "2015-03-04", nhs: number, sex: .female),
    ])
    func aNumberWithAContradictionIsForReview(_ referred: MatchRecord) {
        let decision = index(known).decide(referred)
        #expect(decision.outcome == .review)
        #expect(decision.candidates == [person(1)])
        #expect(decision.person == nil)
    }

    @Test(arguments: [
        // A namesake, or the same child without a number.
        record("Thomas", "Ahmed", born: "2015-03-04"),
        record("Ahmed", "Thomas", born: "2015-03-04"),
        record("Thomas", "Ahmed", born: "2015-03-04", nhs: nhs(500)),
        record("Tomas", "Ahmed", born: "2015-03-04"),
        record("Thomas", "Ahmet", born: "2015-03-04"),
        record("Thomas", "Khan-Ahmed", born: "2015-03-04"),
        record("Baby", "Ahmed", born: "2015-03-04"),
        record("T.", "Ahmed", born: "2015-03-04"),
        record("Thomas", "Khan", born: "2015-03-04", postcode: "rm11aa"),
        record("Thomas", "Ahmed", postcode: "RM1 1AA"),
        record("Thomas", "Ahmed", born: "2015-03-14", postcode: "RM1 1AA"),
        record("Thomas", "Ahmed", born: "2014-12-01", postcode: "RM1 1AA", estimated: true),
        record("Thomas", "Ahmed", born: "2015-04-03"),
    ])
    func likenessWithoutANumberIsForReviewAndNeverLinks(_ referred: MatchRecord) {
        let decision = index(known).decide(referred)
        #expect(decision.outcome == .review)
        #expect(decision.candidates == [person(1)])
    }

    @Test(arguments: [
        // A brother of the same day: a twin.
        record("Yusuf", "Ahmed", born: "2015-03-04", postcode: "RM1 1AA"),
        record("Yusuf", "Ahmed", born: "2017-08-01", postcode: "RM1 1AA"),
        record("Thomas", "Ahmed", born: "2009-01-30"),
        record("Thomas", "Khan", born: "2015-03-04"),
        record("Thomas", "Ahmed"),
        record(nil, nil),
        // The number says that it is another; a letter off is not enough to doubt it.
        record("Tomas", "Ahmed", born: "2015-03-04", nhs: nhs(500)),
    ])
    func anotherChildIsNew(_ referred: MatchRecord) {
        let decision = index(known).decide(referred)
        #expect(decision.outcome == .new)
        #expect(decision.candidates.isEmpty)
    }

    @Test func shortAndRhymingNamesAreNoSlips() {
        let twins = [("Mia", "Mya"), ("Jaden", "Kaden"), ("Ali", "Alia")]
        for (one, other) in twins {
            let decision = index(record(one, "Ahmed", born: "2015-03-04", nhs: Self.number))
                .decide(record(other, "Ahmed", born: "2015-03-04", nhs: Self.number))
            #expect(decision.outcome == .review)
        }
    }

    @Test func aNumberThatTwoPeopleCarryProvesNothing() {
        let twin = record("Yusuf", "Ahmed", born: "2015-03-04", nhs: Self.number)
        let decision = index(twin, known).decide(known)
        #expect(decision.outcome == .review)
        #expect(decision.candidates == [person(2), person(1)])
    }

    @Test func aPupilNumberIsForReviewAlone() throws {
        let upn = "H801200001001"
        try #require(UPN(upn) != nil)
        let decision = index(record("Thomas", "Ahmed", born: "2015-03-04", upn: upn))
            .decide(record("Yusuf", "Khan", born: "2009-03-04", upn: upn))
        #expect(decision.outcome == .review)
        let number = index(known, record("Yusuf", "Khan", born: "2009-03-04", upn: upn))
            .decide(record("Thomas", "Ahmed", born: "2015-03-04", nhs: Self.number, upn: upn))
        // It bridges two people: one by the one number, one by the other.
        #expect(number.outcome == .review)
        #expect(number.candidates == [person(1), person(2)])
    }

    @Test func theBestOfAPersonsRecordsCounts() {
        var index = index(record("Tom", "Ahmed", born: "2010-01-01", nhs: Self.number))
        #expect(index.decide(known).outcome == .review)
        index.add(known, of: child(9), to: person(1))
        #expect(index.decide(known).outcome == .linked)
        // And without it as before.
        #expect(index.decide(known, leavingOut: child(9)).outcome == .review)
        index.remove(child(9), from: person(1))
        #expect(index.decide(known).outcome == .review)
    }

    @Test func childrenOfOneReferralAreNotTakenForEachOtherByLikeness() {
        let index = index(record("Jayden", "Ahmed", born: "2015-03-04", nhs: Self.number))
        let siblings = [person(1)]
        #expect(index.decide(record("Jaydon", "Ahmed", born: "2015-03-04"), besides: siblings).outcome == .new)
        // What says that they are one is put before a person, and never links.
        #expect(
            index.decide(record("Jayden", "Ahmed", born: "2015-03-04"), besides: siblings).outcome == .review)
        #expect(
            index.decide(record("Jayden", "Ahmed", born: "2015-03-04", nhs: Self.number), besides: siblings).outcome
                == .review)
    }

    @Test func theUnbornAreForReviewByHouseholdOrFamilyName() {
        let index = index(record(nil, "Ahmed", postcode: "RM1 1AA", due: "2027-02-01"))
        #expect(index.decide(record("Unborn", "Khan", postcode: "RM1 1AA", due: "2027-02-09")).outcome == .review)
        #expect(index.decide(record("Baby", "Ahmed", due: "2027-02-01")).outcome == .review)
        #expect(index.decide(record(nil, "Ahmed", due: "2027-02-02")).outcome == .new)
        #expect(index.decide(record(nil, "Khan", postcode: "RM1 1AA", due: "2027-06-09")).outcome == .new)
    }

    @Test func aliasesAndFormerAddressesAreCompared() {
        var referred = record("Tommy", "Miller", born: "2015-03-04", postcode: "E1 4NS")
        referred.names.append(FoldedName(given: "Thomas", family: "Ahmed"))
        #expect(index(known).decide(referred).outcome == .review)
    }

    @Test func theBestCandidateComesFirst() {
        let decision = index(
            record("Tomas", "Ahmed", born: "2015-03-04"), record("Thomas", "Ahmed", born: "2015-03-04")
        ).decide(record("Thomas", "Ahmed", born: "2015-03-04"))
        #expect(decision.candidates == [person(2), person(1)])
    }

    @Test func temporaryPupilNumbersAreNotCompared() {
        var referred = record("Yusuf", "Khan", born: "2009-03-04")
        referred.upn = nil
        #expect(MatchRecord(upn: UPN("H80120000100A")).upn == nil)
        #expect(index(known).decide(referred).outcome == .new)
    }
}
