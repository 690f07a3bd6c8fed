import DomainModel
import Room
import Testing

@testable import Triage

/// A person takes a child from a case, or says that two cases are one: nothing falls by itself.
@Suite struct IdentityChangeTests {
    private static func moved(_ desk: Desk, _ referral: ReferralContent, from: Int, to: Int) -> IdentityDecided {
        IdentityDecided(
            by: Desk.manager(desk.authority), decision: EventID(bits: 9), referral: referral.referral,
            child: referral.children[0].child, caseID: desk.caseID(to), previousCase: desk.caseID(from),
            reason: .wrongLink)
    }

    @Test func whatStaysBehindKeepsItsRatingAndAPersonIsAsked() throws {
        var desk = try Desk()
        desk.refer(referral(1, from: "bd-housing", ["1A"]), to: 1)
        let before = desk.rating(1)
        let wrong = referral(2, from: "bd-schools", ["19B"])
        desk.refer(wrong, to: 1)
        let said = desk.receive(.identityUnlinked(Self.moved(desk, wrong, from: 1, to: 4)))
        let rated = try #require(said.rated.first)
        #expect(said.count == 1)
        #expect(rated.rating == Rating(.red, level: .protection) && rated.previous == rated.rating)
        #expect(rated.proposed == before)
        #expect(rated.child == ChildID(bits: 100) && rated.by == nil)
        #expect(desk.rating(1)?.urgency == .red)
    }

    @Test func theChildKeepsItsRatingWithoutTheOtherChildsReasons() throws {
        var desk = try Desk()
        desk.refer(referral(1, from: "bd-housing", ["19B"]), to: 1)
        let wrong = referral(2, from: "bd-schools", ["1A"])
        let alone = try #require(try Desk(asking: wrong))
        desk.refer(wrong, to: 1)
        #expect(desk.receive(.identityUnlinked(Self.moved(desk, wrong, from: 1, to: 4))).isEmpty)
        let rated = try #require(desk.identify(wrong, with: 4).rated.first)
        #expect(rated.rating == Rating(.red, level: .protection) && rated.previous == rated.rating)
        #expect(rated.proposed == alone.rating)
        #expect(rated.reasons == (alone.reasons + [Triage.carriedOver]).sorted())
    }

    @Test func aChildThatIsRatedAsHighByItselfIsNoQuestion() throws {
        var desk = try Desk()
        desk.refer(referral(1, from: "bd-housing", ["1A"]), to: 1)
        let wrong = referral(2, from: "bd-schools", ["19B"])
        desk.refer(wrong, to: 1)
        desk.receive(.identitySplit(Self.moved(desk, wrong, from: 1, to: 4)))
        let rated = try #require(desk.identify(wrong, with: 4).rated.first)
        #expect(rated.rating.urgency == .red && rated.proposed == nil)
        #expect(rated.previous?.urgency == .red)
    }

    @Test func nobodyIsAskedForTheWrongCaseAnyMoreAndWhatWasFoundComesAlong() throws {
        var desk = try Desk()
        desk.refer(referral(1, from: "bd-housing", ["1A"]), to: 1)
        let wrong = referral(2, from: "bd-schools", ["19B"])
        let said = desk.refer(wrong, to: 1)
        let answered = try said.request(to: "bd-gps")
        let open = try said.request(to: "bd-police")
        desk.receive(.returnSubmitted(ReturnSubmitted(content: findings(answered, ["11A"]))))
        desk.receive(.identityUnlinked(Self.moved(desk, wrong, from: 1, to: 4)))
        let state = desk.triage.state
        #expect(
            state.cases[desk.caseID(1)]?.requests.allSatisfy { state.requests[$0]?.child == ChildID(bits: 100) } == true
        )
        let again = desk.identify(wrong, with: 4)
        #expect(again.asked.contains("bd-police"))
        let known = desk.triage.state.known(on: desk.caseID(4), besides: nil, as: .child(0)).compactMap(\.factor?.code)
        #expect(known.contains("11A"))
        // A late answer to the withdrawn request is about this child, and is heard on its own case.
        let late = desk.receive(.returnSubmitted(ReturnSubmitted(content: findings(open, ["3B"]))))
        #expect(late.rated.allSatisfy { $0.caseID == desk.caseID(4) })
        #expect(desk.triage.state.known(on: desk.caseID(1), besides: nil, as: .child(0)).count == 1)
    }

    @Test func aMergedCasesRatingComesAlong() throws {
        var desk = try Desk()
        let first = referral(1, from: "bd-housing", ["1A"])
        let second = referral(2, from: "bd-schools", ["19B"])
        desk.refer(first, to: 1)
        let asked = try desk.refer(second, to: 2).request(to: "bd-gps")
        desk.receive(
            .identityMerged(
                IdentitiesMerged(
                    by: Desk.manager(desk.authority), decision: EventID(bits: 9), person: PersonID(bits: 1),
                    merged: PersonID(bits: 2), caseID: desk.caseID(1), mergedCase: desk.caseID(2),
                    children: [ChildOfReferral(referral: second.referral, child: second.children[0].child)],
                    reason: .samePerson)))
        #expect(desk.triage.state.standing(of: desk.caseID(2)) == .closed)
        let rated = try #require(desk.identify(second, with: 1).rated.first)
        #expect(rated.rating.urgency == .red && rated.previous?.urgency != .red && rated.proposed == nil)
        // What was asked of it stays asked: an answer is heard on the case that goes on.
        let key = try #require(RequestKey(asked.request))
        #expect(desk.triage.state.requests[key]?.caseID == desk.caseID(1))
        #expect(desk.triage.state.requests[key]?.standing == .open)
    }

    @Test func anAgencyThatMustNotBeToldBecauseOfAnAdultIsNotAsked() throws {
        var desk = try Desk()
        var content = referral(1, from: "bd-housing", ["19B"])
        #expect(try Desk(asking: content)?.asked.contains("bd-police") == true)
        content.adults = [
            AdultFacts(part: .adult(0), relationship: .allegedSource, withhold: [AgencyName("bd-police")!])
        ]
        let said = desk.refer(content, to: 1)
        #expect(!said.asked.contains("bd-police") && said.asked.contains("bd-gps"))
    }
}

extension Desk {
    /// What triage says of that referral by itself.
    fileprivate init?(asking content: ReferralContent) throws {
        try self.init()
        let said = refer(content, to: 1)
        guard let rated = said.rated.first else { return nil }
        alone = (rated, said.asked)
    }
    fileprivate var rating: Rating { alone?.rated.rating ?? Rating(.blue, level: .universal) }
    fileprivate var reasons: [String] { alone?.rated.reasons ?? [] }
    fileprivate var asked: [String] { alone?.asked ?? [] }
}
