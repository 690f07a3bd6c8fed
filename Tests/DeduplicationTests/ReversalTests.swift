import DomainModel
import Room
import Testing

@testable import Deduplication

@Suite struct ReversalTests {
    let thomas = Told(key: 1, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))
    let again = Told(key: 2, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))
    let third = Told(key: 3, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))
    let aisha = Told(key: 4, given: "Aisha", family: "Mensah", born: "2013-07-19", nhs: nhs(2))

    @Test func anUnlinkedChildMayBeWhomThePersonNames() throws {
        var desk = try Desk()
        try desk.refer(1, thomas)
        try desk.refer(2, again)
        let other = try #require(try desk.refer(3, aisha).identified.first)
        let postings = desk.decide(.unlink, again.child, person: other.person)
        #expect(postings.types == [.identityUnlinked, .childIdentified])
        #expect(postings.identified.first?.caseID == other.caseID && postings.identified.first?.outcome == .linked)
        #expect(desk.decide(.unlink, again.child, person: other.person).refusals == ["already-one"])
    }

    @Test func whatIsSplitTogetherIsOnePerson() throws {
        var desk = try Desk()
        let first = try #require(try desk.refer(1, thomas).identified.first)
        try desk.refer(2, again)
        try desk.refer(3, third)
        let postings = desk.decide(.split, again.child, with: [third.child, again.child])
        #expect(postings.types == [.identitySplit, .caseOpened, .childIdentified, .identitySplit, .childIdentified])
        #expect(Set(postings.identified.map(\.person)).count == 1)
        #expect(postings.identified.first?.person != first.person)
        #expect(desk.decide(.split, thomas.child, with: [again.child]).refusals == ["not-one-person"])
        #expect(desk.decide(.split, again.child, with: [third.child]).refusals == ["not-one-person"])
    }

    @Test func aMergedPersonsIdsLeadOn() throws {
        var desk = try Desk()
        let kept = try #require(try desk.refer(1, thomas).identified.first)
        let gone = try #require(try desk.refer(2, aisha).identified.first)
        let cases = [try #require(kept.caseID), try #require(gone.caseID)]
        let postings = desk.decide(.merge, nil, cases: cases)
        #expect(postings.types == [.identityMerged, .childIdentified])
        #expect(postings.identified.first?.caseID == kept.caseID && postings.identified.first?.person == kept.person)
        // Whoever names the ended person or case means the one that goes on.
        let namesake = Told(key: 9, given: "Aishe", family: "Mensah", born: "2013-07-19")
        #expect(try desk.refer(3, namesake).identified.first?.candidates == [kept.person].compactMap { $0 })
        let confirmed = desk.decide(.confirmIdentity, namesake.child, person: gone.person)
        #expect(confirmed.identified.first?.person == kept.person)
        #expect(desk.decide(.merge, nil, cases: cases).refusals == ["already-one"])
        #expect(desk.decide(.merge, nil, cases: [cases[0]]).refusals == ["names-no-two-cases"])
        try desk.restart()
        #expect(desk.decide(.merge, nil, cases: cases.reversed()).refusals == ["already-one"])
    }

    @Test func anOpenCaseThatEndsInAClosedOneReopensIt() throws {
        var desk = try Desk()
        let kept = try #require(try desk.refer(1, thomas, received: "2026-03-01T10:00:00Z").identified.first)
        desk.close(try #require(kept.caseID))
        let gone = try #require(try desk.refer(2, aisha, received: "2027-02-01T10:00:00Z").identified.first)
        let postings = desk.decide(.merge, nil, cases: [try #require(kept.caseID), try #require(gone.caseID)])
        #expect(postings.types == [.identityMerged, .caseReopened, .childIdentified])
        // It was referred again after the close, within twelve months of what is known now to be the same child.
        #expect(desk.last(aisha)?.rereferral == nil || desk.last(aisha)?.rereferral?.caseID == kept.caseID)
    }

    @Test func whatCountsAsReferredAgainIsWorkedOutAnew() throws {
        var desk = try Desk()
        let first = try #require(try desk.refer(1, thomas, received: "2025-01-10T10:00:00Z").identified.first)
        try desk.refer(2, again, received: "2026-02-10T10:00:00Z")
        desk.close(try #require(first.caseID))
        try desk.refer(3, third, received: "2026-12-01T10:00:00Z")
        #expect(desk.last(third)?.rereferral?.receivedAt == at("2026-02-10T10:00:00Z"))
        // The one within twelve months was another child's: what is left lies further back.
        let postings = desk.decide(.unlink, again.child)
        #expect(postings.types == [.identityUnlinked, .caseOpened, .childIdentified, .childIdentified])
        #expect(postings.identified.last?.child == third.child && postings.identified.last?.rereferral == nil)
        #expect(postings.identified.last?.caseID == first.caseID)
    }

    @Test func aReferralThatIsLikeTwoPersonsMergesNobody() throws {
        var desk = try Desk()
        let one = try #require(try desk.refer(1, thomas).identified.first?.person)
        let tomas = Told(key: 7, given: "Tomas", family: "Khan", born: "2015-03-04")
        #expect(try desk.refer(2, tomas).identified.first?.candidates == [one])
        // The same birth date asks a person, who says that they are two.
        let two = try #require(desk.decide(.confirmIdentity, tomas.child).identified.first?.person)
        #expect(two != one)
        // The number of the one, the name and birth date of the other.
        let bridge = try desk.refer(3, Told(key: 8, given: "Tomas", family: "Khan", born: "2015-03-04", nhs: nhs(1)))
        let asked = try #require(bridge.identified.first)
        #expect(asked.disposition == .awaiting && Set(asked.candidates) == [one, two])
        #expect(bridge.types == [.childIdentified])
        let answer = desk.decide(.confirmIdentity, ChildID(bits: 8), person: two)
        #expect(answer.identified.map(\.person) == [two] && !answer.types.contains(.identityMerged))
        #expect(try desk.refer(4, thomas.renumbered(20)).identified.first?.disposition == .awaiting)
    }
}

@Suite struct UnbornTests {
    private let mother = Told(key: 90, given: "Ama", family: "Mensah", born: "1995-07-01", nhs: nhs(9))
    private func unborn(_ key: UInt128, _ expected: String, family: String = "Mensah") -> Told {
        Told(key: key, family: family, expected: expected)
    }
    private func desk() throws -> Desk {
        var desk = try Desk()
        desk.mother = mother
        return desk
    }

    @Test func itIsFoundAgainByMotherAndExpectedDate() throws {
        var desk = try desk()
        let first = try #require(try desk.refer(1, unborn(1, "2027-03-14")).identified.first)
        let second = try #require(try desk.refer(2, unborn(2, "2027-03-28", family: "Owusu")).identified.first)
        #expect(second.outcome == .linked && second.person == first.person && second.model == Deduplication.unbornModel)
        // Further apart, but no other pregnancy: a person says.
        #expect(
            try desk.refer(3, unborn(3, "2027-05-20")).identified.first?.candidates == [first.person].compactMap { $0 })
        // The next one.
        #expect(try desk.refer(4, unborn(4, "2028-06-01", family: "Boateng")).identified.first?.outcome == .new)
        try desk.restart()
        #expect(try desk.refer(5, unborn(5, "2028-06-03", family: "Addo")).identified.first?.outcome == .linked)
    }

    @Test func anothersChildOfTheSameDayIsAnother() throws {
        var desk = try desk()
        try desk.refer(1, unborn(1, "2027-03-14"))
        desk.mother = Told(key: 91, given: "Efua", family: "Owusu", born: "1990-01-02", nhs: nhs(8))
        #expect(try desk.refer(2, unborn(2, "2027-03-14", family: "Owusu")).identified.first?.outcome == .new)
    }

    @Test func twinsAreTwoAndWhichOfThemAPersonSays() throws {
        var desk = try desk()
        let twins = try desk.refer(1, unborn(1, "2027-03-14"), unborn(2, "2027-03-14")).identified
        #expect(twins.map(\.outcome) == [.new, .new] && twins[0].person != twins[1].person)
        let later = try #require(try desk.refer(2, unborn(3, "2027-03-14")).identified.first)
        #expect(later.outcome == .review && Set(later.candidates) == Set(twins.compactMap(\.person)))
        #expect(
            try desk.refer(3, unborn(4, "2027-03-14"), unborn(5, "2027-03-14")).identified.map(\.outcome)
                == [.review, .review])
    }

    @Test func aBirthKeepsThePersonAndTheBabyIsFoundByWhatIsKnownOfIt() throws {
        var desk = try desk()
        let first = try #require(try desk.refer(1, unborn(1, "2026-12-14")).identified.first)
        let text = #"{"note":"well","born":{"givenName":"Kofi","birthDate":"2026-11-22","nhsNumber":"\#(nhs(7))"}}"#
        let postings = desk.decide(.born, ChildID(bits: 1), text: text)
        #expect(postings.types == [.unbornBorn])
        let baby = Told(key: 5, given: "Kofi", family: "Mensah", born: "2026-11-22", nhs: nhs(7))
        desk.mother = nil
        try desk.restart()
        #expect(try desk.refer(2, baby).identified.first?.person == first.person)
    }

    @Test func aBabyThatCameAsSomebodyElseLeadsToTheUnbornPerson() throws {
        var desk = try desk()
        let first = try #require(try desk.refer(1, unborn(1, "2026-12-14")).identified.first)
        desk.mother = nil
        let baby = Told(key: 5, given: "Kofi", family: "Adjei", born: "2026-11-22", nhs: nhs(7))
        let other = try #require(try desk.refer(2, baby).identified.first)
        #expect(other.person != first.person)
        let postings = desk.decide(.born, ChildID(bits: 1), person: other.person)
        #expect(postings.types == [.unbornBorn, .identityMerged, .childIdentified])
        #expect(postings.identified.first?.person == first.person)
    }

    @Test func aNewbornOfAMotherWhoExpectedOneIsPutBeforeAPerson() throws {
        var desk = try desk()
        let first = try #require(try desk.refer(1, unborn(1, "2026-12-14")).identified.first)
        let baby = Told(key: 5, given: "Kofi", family: "Adjei", born: "2026-11-22", nhs: nhs(7))
        #expect(try desk.refer(2, baby).identified.first?.candidates == [first.person].compactMap { $0 })
    }

    @Test func afterALossNothingIsLinkedByARuleAndAPersonMaySayOtherwise() throws {
        var desk = try desk()
        let first = try #require(try desk.refer(1, unborn(1, "2027-03-14")).identified.first)
        #expect(desk.decide(.lost, ChildID(bits: 1)).types == [.unbornLost])
        desk.close(try #require(first.caseID))
        let later = try #require(try desk.refer(2, unborn(2, "2027-03-14")).identified.first)
        #expect(later.disposition == .awaiting && later.candidates == [first.person])
        let confirmed = desk.decide(.confirmIdentity, ChildID(bits: 2), person: first.person)
        #expect(confirmed.types == [.identityConfirmed, .caseReopened, .childIdentified])
        #expect(desk.decide(.lost, ChildID(bits: 2)).types == [.unbornLost])
    }
}

extension Told {
    fileprivate func renumbered(_ key: UInt128) -> Told {
        var copy = self
        copy.key = key
        return copy
    }
}
