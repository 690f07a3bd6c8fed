import DomainModel
import PersonMatching
import Testing

@Suite struct DecidingTests {
    static let number = nhs(1)
    static let home = "12 Ferry Lane"
    let known = record(
        "Thomas", "Ahmed", born: "2015-03-04", nhs: number, sex: .male, postcode: "RM1 1AA", line: home,
        parent: "Amina")

    @Test(arguments: [
        record("Thomas", "Ahmed", born: "2015-03-04", nhs: number),
        record("THOMAS", "Khan", born: "2015-03-04", nhs: number),
        record("Tom", "Ahmed", born: "2015-03-04", nhs: number),
        record("Thomsa", "Ahmed", born: "2015-03-04", nhs: number),
        record("Thomas James", "Ahmed", born: "2015-03-04", nhs: number),
        record("Ahmed", "Thomas", born: "2015-03-04", nhs: number),
        record("Thomas", "Ahmed", born: "2015-04-03", nhs: number),
        record("Thomas", "Ahmed", nhs: number),
        // Without the number, by the household beside name and birth date.
        record("Thomas", "Ahmed", born: "2015-03-04", sex: .male, postcode: "rm11aa", line: home),
        record("Thomsa", "Ahmed", born: "2015-03-04", sex: .male, postcode: "RM1 1AA", line: "12 Ferry Ln"),
        record("Thomas", "Khan-Ahmed", born: "2015-03-04", postcode: "RM1 1AA", line: home),
        record("Thomas", "Ahmed", born: "2015-03-04", parent: "Amina"),
        record("Thomas", "Ahmed", postcode: "RM1 1AA", line: home),
    ])
    func oneChildIsLinked(_ referred: MatchRecord) {
        let decision = index(known).decide(referred)
        #expect(decision.outcome == .linked)
        #expect(decision.person == person(1))
        #expect(decision.candidates.isEmpty)
    }

    @Test(arguments: [
        // A twin with the sibling's number pasted in.
        record("Yusuf", "Ahmed", born: "2015-03-04", nhs: number),
        record("Baby", "Ahmed", born: "2015-03-04", nhs: number),
        record(nil, nil, nhs: number),
        record("Thomas", "Ahmed", born: "2011-05-07", nhs: number),
        // What a twin or a brother may be called as well.
        record("T", "Ahmed", born: "2015-03-04", sex: .male, postcode: "RM1 1AA", line: home),
        record("Baby", "Ahmed", born: "2015-03-04", sex: .male, postcode: "RM1 1AA", line: home),
        // The number says that it is another, all else that it is not.
        record("Thomas", "Ahmed", born: "2015-03-04", nhs: nhs(500), postcode: "RM1 1AA", line: home),
        record("Thomas", "Ahmed", born: "2015-03-04", sex: .female, postcode: "RM1 1AA", line: home),
        // A namesake of the same day, by all that is known of the household.
        record("Thomas", "Ahmed", born: "2015-03-04", postcode: "E1 4NS", line: "3 High Street", parent: "Sadia"),
        record("Tomaz", "Ahmed", born: "2015-03-04"),
    ])
    func whatMayBeOneIsPutBeforeAPerson(_ referred: MatchRecord) {
        let decision = index(known).decide(referred)
        #expect(decision.outcome == .review)
        #expect(decision.candidates == [person(1)])
        #expect(decision.person == nil)
    }

    @Test(arguments: [
        // Brothers and sisters at home, younger, older, of the same mother.
        record("Yusuf", "Ahmed", born: "2017-08-01", sex: .male, postcode: "RM1 1AA", line: home, parent: "Amina"),
        record("Maryam", "Ahmed", born: "2012-11-30", sex: .female, postcode: "RM1 1AA", line: home, parent: "Amina"),
        record("Thomas", "Khan", born: "2011-08-09"),
        record(nil, nil),
    ])
    func anotherChildIsNew(_ referred: MatchRecord) {
        let decision = index(known).decide(referred)
        #expect(decision.outcome == .new)
        #expect(decision.candidates.isEmpty)
    }

    @Test func rhymingTwinsAreNeverTakenForASlip() {
        for (one, other) in [("Mia", "Mya"), ("Jaden", "Kaden"), ("Ali", "Alia")] {
            // Both are names that several children have.
            var index = PersonIndex()
            for (place, name) in [one, other, one, other].enumerated() {
                index.add(
                    record(name, "Jones \(place)", born: "2009-01-\(place + 10)"), of: child(UInt128(place + 10)),
                    to: person(UInt128(place + 10)))
            }
            index.add(
                record(one, "Ahmed", born: "2015-03-04", postcode: "RM1 1AA", line: Self.home), of: child(1),
                to: person(1))
            let decision = index.decide(
                record(other, "Ahmed", born: "2015-03-04", postcode: "RM1 1AA", line: Self.home))
            #expect(decision.outcome == .review)
        }
    }

    /// Given and family name in each other's place, and the given name one letter from a known child's: a slip, unless
    /// it is a name that other children have, as a twin's is.
    @Test func aRhymingTwinWhoseNamesChangedPlacesIsNoSlip() {
        let home = { (given: String, family: String) in
            record(given, family, born: "2015-03-04", sex: .male, postcode: "RM1 1AA", line: Self.home)
        }
        var index = index(home("Tyler", "Ahmed"))
        #expect(index.decide(home("Ahmed", "Kyler")).outcome == .linked)
        for (place, name) in ["Tyler", "Kyler", "Tyler", "Kyler"].enumerated() {
            index.add(
                record(name, "Jones \(place)", born: "2009-01-\(place + 10)"), of: child(UInt128(place + 10)),
                to: person(UInt128(place + 10)))
        }
        #expect(index.decide(home("Ahmed", "Tyler")).outcome == .linked)
        let decision = index.decide(home("Ahmed", "Kyler"))
        #expect(decision.outcome == .review && decision.candidates == [person(1)])
        #expect(
            decision.sentence
                == "same birth date, sex and address; given names differ by one letter, and both are common names; "
                + "given and family name have changed places")
    }

    @Test func aNumberThatTwoPeopleCarryProvesNothing() {
        let twin = record("Yusuf", "Ahmed", born: "2015-03-04", nhs: Self.number)
        let decision = index(twin, known).decide(known)
        #expect(decision.outcome == .review)
        #expect(decision.candidates == [person(2), person(1)])
    }

    @Test func aReferralThatBridgesTwoPeopleIsForReview() throws {
        let upn = "H801200001001"
        try #require(UPN(upn) != nil)
        let decision = index(known, record("Yusuf", "Khan", born: "2009-03-04", upn: upn))
            .decide(record("Thomas", "Ahmed", born: "2015-03-04", nhs: Self.number, upn: upn))
        #expect(decision.outcome == .review)
        #expect(decision.candidates == [person(1), person(2)])
    }

    @Test(arguments: [nil, nhs(500)])
    func theNumberOfOneWithNameAndBirthDateOfAnotherIsForReview(_ another: NHSNumber?) {
        let other = record("Tomas", "Khan", born: "2015-03-04", nhs: another)
        let bridge = record("Tomas", "Khan", born: "2015-03-04", nhs: DecidingTests.number)
        for slip in [bridge, record("Tomsa", "Khan", born: "2015-03-04", nhs: DecidingTests.number)] {
            let decision = index(known, other).decide(slip)
            #expect(decision.outcome == .review)
            #expect(Set(decision.candidates) == [person(1), person(2)])
        }
        // Where name, birth date and number are one person's, a namesake is no doubt.
        let own = record("Thomas", "Ahmed", born: "2015-03-04", nhs: DecidingTests.number)
        #expect(index(known, record("Thomas", "Ahmed", born: "2015-03-04")).decide(own).person == person(1))
    }

    @Test func nameAndBirthDateAloneLinkOnlyAmongFew() {
        let bare = record("Thomas", "Ahmed", born: "2015-03-04", sex: .male)
        #expect(index(known).decide(bare).outcome == .linked)
        // Among very many the same name and day are nobody in particular.
        var crowd = index(known)
        for place in 0..<40_000 {
            crowd.add(
                record("N\(place)", "F\(place)", born: "2009-01-01"), of: child(UInt128(1000 + place)),
                to: person(UInt128(1000 + place)))
            if place % 20 == 0 {
                crowd.add(
                    record("Thomas", "X\(place)", born: "2009-01-02"), of: child(UInt128(100_000 + place)),
                    to: person(UInt128(100_000 + place)))
                crowd.add(
                    record("Y\(place)", "Ahmed", born: "2009-01-02"), of: child(UInt128(200_000 + place)),
                    to: person(UInt128(200_000 + place)))
            }
        }
        #expect(crowd.decide(bare).outcome == .review)
    }

    @Test func aHomeOfAnotherFamilySpeaksForANamesake() {
        let others = record("Eva", "Novak", born: "2011-09-09", postcode: "E1 4NS", line: "3 High Street")
        let bare = record("Thomas", "Ahmed", born: "2015-03-04", sex: .male, postcode: "E1 4NS", line: "3 High Street")
        #expect(index(known).decide(bare).outcome == .linked)
        #expect(index(known, others).decide(bare).outcome == .review)
    }

    @Test func aSharedAddressIsNoHousehold() {
        func hostel(_ count: Int) -> PersonIndex {
            var index = index(record("Thomas", "Ahmed", born: "2015-03-04", postcode: "RM1 1AA", line: Self.home))
            let families = ["Nowak", "Okafor", "Silva", "Byrne", "Griffiths", "Popescu"]
            for (place, family) in families.prefix(count).enumerated() {
                index.add(
                    record("Eva", family, born: "2011-09-0\(place + 1)", postcode: "RM1 1AA", line: Self.home),
                    of: child(UInt128(place + 50)), to: person(UInt128(place + 50)))
            }
            return index
        }
        let referred = record("Thomsa", "Ahmed", born: "2015-03-04", postcode: "RM1 1AA", line: Self.home)
        #expect(hostel(1).decide(referred).outcome == .linked)
        let crowded = hostel(6).decide(referred)
        #expect(crowded.outcome == .review)
        #expect(crowded.comparisons.contains { $0.field == .address && $0.level == .shared && $0.milliBits == 0 })
        var listed = hostel(1)
        listed.list(sharedPostcode: "rm11aa")
        #expect(listed.decide(referred).outcome == .review)
        // A slip in the postcode, or none at all, makes no household of it.
        for postcode in ["RM1 1AB", nil] {
            let slip = record("Thomsa", "Ahmed", born: "2015-03-04", postcode: postcode ?? "", line: Self.home)
            #expect(hostel(1).decide(slip).comparisons.contains { $0.field == .address && $0.level != .shared })
            #expect(listed.decide(slip).outcome == .review)
            #expect(listed.decide(slip).comparisons.contains { $0.field == .address && $0.level == .shared })
        }
        // Told so by the referral's own property number, where nobody listed the postcode.
        var numbered = referred
        numbered.addresses[0].isShared = true
        #expect(hostel(1).decide(numbered).outcome == .review)
        // What is listed no more is a home again.
        listed.relist { $0 == "e14ns" }
        #expect(listed.decide(referred).outcome == .linked)
        listed.relist { $0 == "rm11aa" }
        #expect(listed.decide(referred).outcome == .review)
    }

    @Test func theBestOfAPersonsRecordsCounts() {
        var index = index(record("Tom", "Ahmed", born: "2010-01-09", nhs: Self.number))
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

    @Test func theUnbornAreForReviewByHouseholdOrFamilyNameAndNeverLinked() {
        let index = index(
            record(nil, "Ahmed", postcode: "RM1 1AA", line: Self.home, parent: "Amina", due: "2027-02-01"))
        let asked = [
            record("Unborn", "Khan", postcode: "RM1 1AA", line: Self.home, due: "2027-02-09"),
            record("Baby", "Ahmed", due: "2027-02-01"),
            record("Baby", "Ahmed", postcode: "RM1 1AA", line: Self.home, parent: "Amina", due: "2027-02-01"),
            // Born since: whether it is the one is for a person to say.
            record("Aisha", "Ahmed", born: "2027-01-20", postcode: "RM1 1AA", line: Self.home),
        ]
        for record in asked { #expect(index.decide(record).outcome == .review) }
        #expect(
            index.decide(record(nil, "Khan", postcode: "RM1 1AA", line: Self.home, due: "2027-06-09")).outcome == .new)
        #expect(
            index.decide(record("Aisha", "Ahmed", born: "2019-01-20", postcode: "RM1 1AA", line: Self.home)).outcome
                == .new)
    }

    @Test func aliasesAndFormerAddressesAreCompared() {
        var referred = record("Tommy", "Miller", born: "2015-03-04", postcode: "E1 4NS", line: "3 High Street")
        referred.names.append(FoldedName(given: "Thomas", family: "Ahmed"))
        referred.addresses.append(FoldedAddress(line: Self.home, postcode: "RM1 1AA"))
        let decision = index(known).decide(referred)
        #expect(decision.outcome == .linked)
        #expect(decision.comparisons.contains { $0.field == .address && $0.level == .equal })
    }

    @Test func theBestCandidateComesFirst() {
        let decision = index(
            record("Tomaz", "Ahmed", born: "2015-03-04"), record("Thomas", "Ahmed", born: "2015-03-04")
        ).decide(record("Thomas", "Ahmed", born: "2015-03-04"))
        #expect(decision.candidates == [person(2), person(1)])
    }

    @Test func temporaryPupilNumbersAreNotCompared() {
        var referred = record("Yusuf", "Khan", born: "2009-03-04")
        referred.upn = nil
        #expect(MatchRecord(upn: UPN("H80120000100A")).upn == nil)
        #expect(index(known).decide(referred).outcome == .new)
    }

    @Test func theSentenceSaysWhatAgreesAndNoValue() {
        let decision = index(known).decide(
            record("Thomsa", "Ahmed", born: "2015-03-04", nhs: Self.number, postcode: "E1 4NS", line: "3 High Street"))
        #expect(
            decision.sentence
                == "same NHS number, family name and birth date; given name differs by one letter; address differs")
    }
}
