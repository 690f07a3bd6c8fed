import DomainModel
import HubConfiguration
import Room
import Testing

@testable import Triage

@Suite struct RatingTests {
    @Test func anIdentifiedChildIsRatedByTheRulesThatApply() throws {
        var desk = try Desk()
        let content = referral(1, children: [(0, .under1)], ["18B", "16A"])
        #expect(desk.receive(.referralSubmitted(ReferralSubmitted(content: content))).isEmpty)
        let said = desk.identify(content, with: 1)
        let rated = try #require(said.rated.first)
        #expect(said.rated.count == 1)
        #expect(rated.rating == Rating(.red, level: .protection))
        #expect(rated.reasons == ["neglect", "physical-abuse", "physical-abuse-infant"])
        #expect(rated.previous == nil)
        #expect(rated.by == nil)
        #expect(rated.caseID == desk.caseID(1))
        let event = try #require(desk.history.last?.own.first)
        #expect(event.subject == .caseID(desk.caseID(1)))
        #expect(event.policyVersion == "2026-11-01")
        #expect(event.correlation == content.referral)
        #expect(event.causation == desk.history.last?.input.id)
    }

    @Test func urgencyAndLevelAreEachTheHighest() throws {
        var desk = try Desk()
        var policy = try Shipped.policy("needs-assessment")
        policy.rules = [
            RatingRule(
                id: "b", when: Condition(factors: [FactorCode("16A")!]), rating: .amber, level: .early, reason: "x"),
            RatingRule(
                id: "a", when: Condition(factors: [FactorCode("15A")!]), rating: .green, level: .protection,
                reason: "x"),
        ]
        desk.receive(.policyAdopted(PolicyAdopted(hash: "2", content: policy)))
        let rated = try #require(desk.refer(referral(1, ["16A", "15A"]), to: 1).rated.first)
        #expect(rated.rating == Rating(.amber, level: .protection))
        #expect(rated.reasons == ["a", "b"])
    }

    @Test func whatNoRuleCoversIsTheFallback() throws {
        var desk = try Desk()
        let said = desk.refer(referral(1), to: 1)
        #expect(said.rated.first?.rating == Rating(.blue, level: .universal))
        #expect(said.rated.first?.reasons == ["fallback"])
        #expect(said.requested.isEmpty)
    }

    @Test func siblingsAreRatedApart() throws {
        var desk = try Desk()
        var content = referral(1, children: [(0, .from10to15), (1, .from5to9)])
        content.concerns = [concern("19B"), concern("3B", about: .adult(0))]
        desk.receive(.referralSubmitted(ReferralSubmitted(content: content)))
        #expect(desk.identify(content, child: 0, with: 1).rated.first?.rating.urgency == .red)
        #expect(desk.identify(content, child: 1, with: 2).rated.first?.rating == Rating(.green, level: .targeted))
    }

    @Test func immediateDangerIsRedAndSaidSo() throws {
        var desk = try Desk()
        let rated = try #require(desk.refer(referral(1, danger: true), to: 1).rated.first)
        #expect(rated.rating.urgency == .red)
        #expect(rated.danger)
    }

    @Test func dangerStaysSaidWhateverComesAfterIt() throws {
        var desk = try Desk()
        desk.refer(referral(1, danger: true), to: 1)
        #expect(desk.refer(referral(2, from: "bd-gps", ["1A"]), to: 1).rated.first?.danger == true)
        #expect(desk.decide(Rating(.green, level: .early), [1]).rated.first?.danger == true)
        desk.close(1)
        desk.reopen(1, "referred-again")
        #expect(desk.refer(referral(3, ["1A"]), to: 1).rated.first?.danger == false)
    }

    @Test func aReferralThatTheCloseOvertookIsRatedAsForTheFirstTimeAndNoLower() throws {
        var desk = try Desk()
        desk.refer(referral(1, ["19B"]), to: 1)
        desk.close(1)
        let rated = try #require(desk.refer(referral(2, ["16A"]), to: 1).rated.first)
        #expect(rated.rating.urgency == .red)
        #expect(rated.previous == nil)
    }

    @Test func aReReferralCountsAsThePolicySays() throws {
        var desk = try Desk()
        let rated = try #require(desk.refer(referral(1), to: 1, rereferral: true).rated.first)
        #expect(rated.reasons == ["referred-again"])
        #expect(rated.rereferral)
    }

    @Test func aFurtherReferralOnTheCaseIsSaidAndNeverLowers() throws {
        var desk = try Desk()
        desk.refer(referral(1, ["19B"]), to: 1)
        let rated = try #require(desk.refer(referral(2, ["14A"]), to: 1).rated.first)
        #expect(rated.rating == Rating(.red, level: .protection))
        #expect(rated.previous == rated.rating)
        // A Red is not explained by the Green that came last.
        #expect(rated.reasons == ["child-needs", "sexual-abuse"])
        #expect(desk.refer(referral(3), to: 1).rated.first?.reasons == ["child-needs", "sexual-abuse"])
    }

    @Test func threeAgenciesWithOneConcernEachGiveThePictureThatNoneOfThemHas() throws {
        var desk = try Desk()
        #expect(desk.refer(referral(1, ["1A"]), to: 1).rated.first?.rating.urgency == .green)
        #expect(desk.refer(referral(2, from: "bd-gps", ["2A"]), to: 1).rated.first?.rating.urgency == .green)
        // The same again is nothing new.
        #expect(desk.refer(referral(3, from: "bd-police", ["1A"]), to: 1).rated.first?.rating.urgency == .green)
        let rated = try #require(desk.refer(referral(4, from: "bd-housing", ["14A"]), to: 1).rated.first)
        #expect(rated.rating.urgency == .amber)
        #expect(rated.reasons == ["child-needs", "several-concerns"])
    }

    @Test func aChildThatWaitsForAReviewIsNotRatedUntilAPersonHasSaidWhoItIs() throws {
        var desk = try Desk()
        let content = referral(1, ["19B"])
        desk.receive(.referralSubmitted(ReferralSubmitted(content: content)))
        let said = desk.receive(
            .childIdentified(
                ChildIdentified(
                    referral: content.referral, child: content.children[0].child, part: .child(0), outcome: .review,
                    disposition: .awaiting, model: "rule-1", score: 0)))
        #expect(said.isEmpty)
        #expect(desk.identify(content, with: 1).rated.count == 1)
    }

    @Test func aCorrectionRaisesAndNeverLowers() throws {
        var desk = try Desk()
        desk.refer(referral(1, ["16A"]), to: 1)
        let worse = referral(1, ["16A", "19B"])
        let said = desk.receive(.referralCorrected(ReferralCorrected(content: worse)))
        #expect(said.rated.first?.rating.urgency == .red)
        #expect(said.requested.isEmpty == false)
        #expect(desk.receive(.referralCorrected(ReferralCorrected(content: referral(1, ["1A"])))).isEmpty)
        #expect(desk.rating(1)?.urgency == .red)
        // Identified again with the same case after the correction: nothing new.
        #expect(desk.identify(referral(1, ["1A"]), with: 1).isEmpty)
    }

    @Test func aWithdrawalLowersNothing() throws {
        var desk = try Desk()
        let content = referral(1, ["19B"])
        desk.refer(content, to: 1)
        let said = desk.receive(
            .referralWithdrawn(
                ReferralWithdrawn(referral: content.referral, agency: content.agency, reason: .sentInError)))
        #expect(said.isEmpty)
        #expect(desk.rating(1)?.urgency == .red)
    }

    @Test func aTransferredReferralIsReadAsSubmitted() throws {
        var desk = try Desk()
        let content = referral(1, ["16A"])
        let by = NamedPerson(staff: StaffName("hub.hana")!, team: TeamName("hub-review")!, role: .hubReviewer)
        // What lies in the hub's own room is rated where it goes to.
        desk.receive(.referralSubmitted(ReferralSubmitted(content: content)), in: .hub)
        #expect(desk.identify(content, with: 1).isEmpty)
        #expect(
            desk.receive(
                .referralTransferred(ReferralTransferred(from: .hub, by: by, content: content))
            ).rated.first?.rating.urgency == .amber)
    }

    @Test func undoingALinkLowersNothingAndRatesTheChildOnItsNewCase() throws {
        var desk = try Desk()
        desk.refer(referral(1, ["1A"]), to: 1)
        let wrong = referral(2, from: "bd-police", ["19B"])
        desk.refer(wrong, to: 1)
        let unlinked = IdentityDecided(
            by: Desk.manager(desk.authority), decision: EventID(bits: 9), referral: wrong.referral,
            child: wrong.children[0].child, caseID: desk.caseID(2), previousCase: desk.caseID(1), reason: .wrongLink)
        let asked = try #require(desk.receive(.identityUnlinked(unlinked)).rated.first)
        #expect(asked.rating.urgency == .red && asked.proposed?.urgency != .red)
        #expect(desk.rating(1)?.urgency == .red)
        let rated = try #require(desk.identify(wrong, with: 2).rated.first)
        #expect(rated.rating.urgency == .red)
        // Somebody was woken for it already.
        #expect(rated.previous?.urgency == .red)
        #expect(desk.triage.state.cases[desk.caseID(1)]?.members.map(\.referral) == [ReferralID(bits: 1)])
    }

    @Test func aChildIdentifiedBeforeItsReferralIsRatedWhenTheFactsCome() throws {
        var desk = try Desk()
        let content = referral(1, ["16A"])
        #expect(desk.identify(content, with: 1).isEmpty)
        let said = desk.receive(.referralSubmitted(ReferralSubmitted(content: content)))
        #expect(said.rated.first?.rating.urgency == .amber)
    }

    @Test func nothingIsSaidForAnAuthorityWithoutAPolicy() throws {
        var desk = try Desk(adopts: false)
        let content = referral(1, ["19B"])
        #expect(desk.refer(content, to: 1).isEmpty)
        try desk.adopt()
        #expect(desk.refer(referral(2, ["19B"]), to: 1).rated.count == 1)
    }

    @Test func inTheRiskAssessmentProfileOnlyRedAndAmberAskTheAgenciesOfTheMASH() throws {
        var desk = try Desk(Desk.birmingham)
        #expect(desk.refer(referral(1, from: "bi-housing", ["1A"]), to: 1).requested.isEmpty)
        #expect(
            desk.refer(referral(2, from: "bi-housing", ["16A"]), to: 2).asked == ["bi-police", "bi-gps", "bi-schools"])
        #expect(
            desk.refer(referral(3, from: "bi-housing", ["19B"]), to: 3).asked
                == ["bi-police", "bi-hospital", "bi-gps", "bi-schools", "bi-social-care"])
    }
}
