import DomainModel
import JSON
import Room
import Testing

@testable import Deduplication

@Suite struct IdentityDecisionTests {
    let thomas = Told(key: 1, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))
    let again = Told(key: 2, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1))
    let namesake = Told(key: 3, given: "Thomaz", family: "Ahmed", born: "2015-03-04")

    @Test func aConfirmedChildJoinsThePersonsCase() throws {
        var desk = try Desk()
        let first = try #require(try desk.refer(1, thomas).identified.first)
        try desk.refer(2, namesake)
        let postings = desk.decide(.confirmIdentity, namesake.child, person: first.person)
        #expect(postings.types == [.identityConfirmed, .childIdentified])
        let identified = try #require(postings.identified.first)
        #expect(identified.outcome == .linked && identified.disposition == .joined && identified.duplicate)
        #expect(identified.caseID == first.caseID && identified.model == "named-person")
        guard case .identityConfirmed(let confirmed) = postings.events[0].body else { return }
        #expect(confirmed.by == desk.names.manager && confirmed.caseID == first.caseID)
    }

    @Test func aConfirmedChildReopensAClosedCaseAndIsAReferralAgain() throws {
        var desk = try Desk()
        let first = try #require(try desk.refer(1, thomas).identified.first)
        try desk.refer(2, namesake)
        desk.close(try #require(first.caseID))
        let postings = desk.decide(.confirmIdentity, namesake.child, person: first.person)
        #expect(postings.types == [.identityConfirmed, .caseReopened, .childIdentified])
        #expect(postings.identified.first?.rereferral != nil)
    }

    @Test func aChildWhoIsNobodyKnownOpensACase() throws {
        var desk = try Desk()
        let first = try #require(try desk.refer(1, thomas).identified.first)
        try desk.refer(2, namesake)
        let postings = desk.decide(.confirmIdentity, namesake.child)
        #expect(postings.types == [.identityConfirmed, .caseOpened, .childIdentified])
        #expect(postings.identified.first?.outcome == .new)
        #expect(postings.identified.first?.person != first.person)
    }

    @Test func anUnlinkedChildIsAPersonWithACaseOfItsOwnAndTheNumberProvesNothing() throws {
        var desk = try Desk()
        let first = try #require(try desk.refer(1, thomas).identified.first)
        try desk.refer(2, again)
        let postings = desk.decide(.unlink, again.child)
        #expect(postings.types == [.identityUnlinked, .caseOpened, .childIdentified])
        guard case .identityUnlinked(let unlinked) = postings.events[0].body else { return }
        #expect(unlinked.previous == first.person && unlinked.previousCase == first.caseID)
        #expect(unlinked.person != first.person && unlinked.caseID != first.caseID)
        #expect(postings.identified.first?.disposition == .opened)
        let third = try desk.refer(3, Told(key: 9, given: "Thomas", family: "Ahmed", born: "2015-03-04", nhs: nhs(1)))
        #expect(third.identified.first?.candidates.count == 2)
    }

    @Test func theChildThatFoundedAPersonCanBeUnlinkedToo() throws {
        var desk = try Desk()
        let first = try #require(try desk.refer(1, thomas).identified.first)
        try desk.refer(2, again)
        let postings = desk.decide(.unlink, thomas.child)
        let own = try #require(postings.identified.first)
        #expect(own.person != first.person && own.caseID != first.caseID)
        // The other child keeps the person and the case.
        #expect(desk.decide(.unlink, again.child).refusals == ["not-linked"])
    }

    @Test func refusedWithTheReasonToTheTeamAlone() throws {
        var desk = try Desk()
        try desk.refer(1, thomas)
        try desk.refer(2, namesake)
        let nobody = PersonID(bits: 99)
        #expect(desk.decide(.confirmIdentity, namesake.child, person: nobody).refusals == ["unknown-person"])
        #expect(desk.decide(.confirmIdentity, nil).refusals == ["unknown-child"])
        #expect(
            desk.decide(.confirmIdentity, namesake.child, by: desk.names.practitioner).refusals == ["role-may-not"])
        let elsewhere = desk.decide(.confirmIdentity, namesake.child, by: desk.names.stranger)
        #expect(elsewhere.refusals == ["not-this-team"])
        #expect(
            desk.decide(.confirmIdentity, namesake.child, by: desk.names.stranger, in: desk.names.other).refusals
                == ["unknown-child"])
        let told = try #require(elsewhere.outgoing.first)
        #expect(told.recipient == .team(desk.names.stranger.team) && told.type == .decisionRefused)
        #expect(told.key == told.id.description)
        let json = try JSONParser().parse(told.data)
        #expect(try json.member("reason")?.string() == "not-this-team")
        #expect(try json.member("verb")?.string() == "confirm-identity")
    }

    @Test func otherPeoplesVerbsAreNotItsOwn() throws {
        var desk = try Desk()
        try desk.refer(1, thomas)
        let own: [DecisionVerb] = [.confirmIdentity, .unlink, .split, .merge, .born, .lost]
        for verb in DecisionVerb.allCases where !own.contains(verb) {
            #expect(desk.decide(verb, thomas.child).isEmpty)
        }
    }
}
