import DomainModel
import HubConfiguration
import Room
import Testing

@testable import Deadlines

@Suite struct DangerTests {
    @Test func immediateDangerWakesTheDeskOnTheSubmissionAlone() throws {
        var thread = Thread()
        let own = thread.refer(Given.referral(danger: true))
        let raised = try #require(own.rung.first)
        #expect(own.rung.count == 1)
        #expect(raised.code == "danger" && raised.rung == 0 && raised.desk == Given.desk)
        #expect(raised.facts.kind == .answer && raised.facts.referral == Given.id(1))
        #expect(thread.alerts.map(\.type) == [.alertRaised])
        // Before anything else of the referral.
        #expect(own.types.prefix(2) == [.obligationOpened, .alertRaised])
    }

    @Test func whatThePolicyListsWakesTheDeskToo() {
        var thread = Thread()
        let abuse = ConcernFacts(about: .child(0), factor: Given.factor("19C"))
        let own = thread.refer(Given.referral(concerns: [abuse], band: .from1to4))
        #expect(own.rung.map(\.code) == ["at-once"])
    }

    @Test func anOrdinaryReferralWakesNobody() {
        var thread = Thread()
        #expect(thread.refer().rung.isEmpty)
    }

    @Test func inTheHubsOwnRoomItsOwnDeskIsWoken() {
        var thread = Thread(adopting: [.hub])
        let own = thread.read(
            .referralSubmitted(ReferralSubmitted(content: Given.referral(danger: true))), authority: .hub)
        #expect(own.rung.map(\.desk.text) == ["hub-duty"])
        #expect(own.opened(.decide).map(\.facts.team?.text) == ["hub-review"])
    }

    @Test func severalChildrenAreOneAlert() {
        var thread = Thread()
        #expect(thread.refer(Given.referral(danger: true, children: [11, 12, 13])).rung.count == 1)
    }

    @Test func aCorrectionThatNewlySaysDangerWakesTheDeskOnce() {
        var thread = Thread()
        thread.refer()
        let corrected = EventBody.referralCorrected(ReferralCorrected(content: Given.referral(danger: true)))
        #expect(thread.read(corrected).rung.map(\.code) == ["danger"])
        #expect(thread.read(corrected).rung.isEmpty)
    }

    @Test func aTransferIsReadAsSubmitted() {
        var thread = Thread()
        let own = thread.read(
            .referralTransferred(
                ReferralTransferred(from: .hub, by: Given.amara, content: Given.referral(danger: true))),
            at: Given.start.adding(seconds: 3600))
        #expect(own.rung.map(\.code) == ["danger"])
        // The first receipt counts.
        #expect(own.opened(.decide).map(\.start) == [Given.start])
    }

    @Test func theFirstRedOfItsChildrenJoinsTheAlertAndALaterOneDoesNot() {
        var thread = Thread()
        thread.refer(Given.referral(danger: true))
        thread.read(Given.identified())
        #expect(thread.read(Given.rated(.red)).rung.isEmpty)
        thread.read(Given.rated(.amber, from: .red))
        #expect(thread.read(Given.rated(.red, from: .amber)).rung.map(\.code) == ["red"])
    }

    @Test func aRedOfItsOwnWakesTheDeskWhenRated() throws {
        var thread = Thread()
        thread.refer()
        thread.read(Given.identified())
        let own = thread.read(Given.rated(.red))
        #expect(own.rung.map(\.code) == ["red"])
        #expect(own.rung.first?.facts.caseID == Given.caseID(21))
        // Already Red: nothing has risen.
        #expect(thread.read(Given.rated(.red, from: .red)).rung.isEmpty)
    }

    @Test func aLaterRiseToRedIsOnceForEachCaseAndCause() {
        var thread = Thread()
        thread.refer()
        thread.read(Given.identified())
        thread.read(Given.rated(.amber))
        let cause: EventID = Given.id(99)
        #expect(thread.read(Given.rated(.red, from: .amber), cause: cause).rung.count == 1)
        thread.read(Given.rated(.amber, from: .red))
        #expect(thread.read(Given.rated(.red, from: .amber), cause: cause).rung.isEmpty)
        #expect(thread.read(Given.rated(.red, from: .amber), cause: Given.id(98)).rung.count == 1)
    }

    @Test func theDesksAnswerMeetsItAndGivesTheAllClear() throws {
        var thread = Thread()
        let alert = try #require(thread.refer(Given.referral(danger: true)).rung.first?.alert)
        let own = thread.answer(alert, at: Given.start.adding(seconds: 600))
        #expect(own.types == [.alertAcknowledged, .obligationMet, .alertCleared])
        #expect(own.met.first?.onTime == true)
        #expect(thread.alerts.map(\.type) == [.alertCleared])
    }

    @Test func unansweredItClimbsTheLadder() {
        var thread = Thread()
        thread.refer(Given.referral(danger: true))
        #expect(thread.strike("2026-11-24T10:14:59Z").isEmpty)
        #expect(thread.strike("2026-11-24T10:15:00Z").rung.map(\.role) == [.mashManager])
        #expect(thread.strike("2026-11-24T10:45:00Z").rung.map(\.rung) == [2])
        #expect(thread.strike("2026-11-24T11:45:00Z").rung.isEmpty)
    }

    @Test func beforeAnyAdoptionNothingIsPosted() {
        var thread = Thread(adopting: [])
        #expect(thread.refer(Given.referral(danger: true)).isEmpty)
        #expect(thread.give().isEmpty)
        #expect(thread.deadlines.nextDue == nil)
    }
}
