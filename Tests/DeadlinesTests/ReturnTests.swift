import DomainModel
import HubConfiguration
import Room
import Testing

@testable import Deadlines

@Suite struct ReturnTests {
    private func asked(_ rating: RAG = .amber) -> Thread {
        var thread = Thread()
        thread.refer()
        thread.read(Given.identified())
        thread.read(Given.rated(rating))
        thread.read(Given.requested(rating: rating))
        return thread
    }

    @Test func aRequestIsDueOnTheAgencysCalendarWithItsWorking() throws {
        let thread = asked()
        let opened = try #require(thread.everything.opened(.informationReturn).first)
        #expect(opened.facts.agency == Given.police && opened.facts.request == "req-1")
        #expect(opened.budget == "1wd" && opened.calendar.text == "round-the-clock")
        #expect(opened.due == Given.instant("2026-11-25T10:00:00Z"))
        #expect(opened.working.last == "due Wed 25 Nov 2026 10:00")
    }

    @Test func aFullReturnInTimeMeetsIt() {
        var thread = asked()
        let own = thread.give(at: Given.instant("2026-11-24T15:00:00Z"))
        #expect(own.types == [.obligationMet])
        #expect(own.met.first?.onTime == true)
    }

    @Test(arguments: [(ReturnKind.nothingKnown, false, 1), (.partial, true, 1), (.partial, false, 0)])
    func whatMeetsIt(kind: ReturnKind, complete: Bool, met: Int) {
        var thread = asked()
        #expect(thread.give(Given.content("req-1", kind, complete: complete)).met.count == met)
    }

    @Test func aLateReturnIsLateByTheLogsReceiptAndGivesTheAllClear() {
        var thread = asked()
        thread.strike("2026-11-25T10:00:00Z")
        let own = thread.give(at: Given.instant("2026-11-25T10:30:00Z"))
        #expect(own.types == [.obligationMet, .alertCleared])
        #expect(own.met.first?.onTime == false)
        #expect(own.met.first?.latenessMilliseconds == 1_800_000)
    }

    @Test func aReturnReceivedInTimeButReadAfterTheAlertIsOnTime() {
        var thread = asked()
        thread.strike("2026-11-25T10:00:00Z")
        #expect(thread.give(at: Given.instant("2026-11-25T09:59:00Z")).met.first?.onTime == true)
    }

    @Test func theReminderGoesToTheAgencyUnderItsOwnReference() throws {
        var thread = asked()
        // Three quarters of a day round the clock.
        thread.strike(Given.start.adding(seconds: 18 * 3600 - 1))
        #expect(!thread.outgoing.contains { $0.type == .obligationReminded })
        thread.strike(Given.start.adding(seconds: 18 * 3600))
        #expect(thread.outgoing.count { $0.type == .obligationReminded } == 1)
        let record = try #require(thread.outgoing.first { $0.type == .obligationReminded })
        #expect(record.recipient == .agency(Given.police) && record.subject == "req-1")
        #expect(
            String(decoding: record.data, as: UTF8.self)
                == #"{"reference":"req-1","owed":"return","due":"2026-11-25T10:00:00Z"}"#)
    }

    @Test func overdueWakesTheDeskThenItsManager() {
        var thread = asked()
        let overdue = thread.strike("2026-11-25T10:00:00Z").rung.filter { $0.facts.kind == .informationReturn }
        #expect(overdue.map(\.code) == ["overdue"])
        #expect(overdue.map(\.role) == [.duty])
        let later = thread.strike("2026-11-25T18:00:00Z").rung.filter { $0.facts.kind == .informationReturn }
        #expect(later.map(\.role) == [.mashManager])
        #expect(later.map(\.rung) == [1])
    }

    @Test func aDeclineEndsTheClockAndComesBeforeTheMASH() {
        var thread = asked()
        let own = thread.give(Given.content("req-1", .declined))
        #expect(own.types == [.obligationDeclined, .obligationOpened])
        #expect(own.opened(.review).map(\.facts.team) == [Given.mash])
    }

    @Test func aDeclineOnARedTellsAPersonAtOnce() {
        var thread = asked(.red)
        let own = thread.give(Given.content("req-1", .declined))
        #expect(own.rung.map(\.code) == ["declined"])
    }

    @Test func whoCannotTellWhoIsMeantHasNotAnswered() {
        var thread = asked()
        let own = thread.give(Given.content("req-1", .nothingKnown, identified: false))
        #expect(own.types == [.obligationDeclined, .obligationOpened])
    }

    @Test func aWithdrawnReturnIsOwedAgain() throws {
        var thread = asked()
        thread.give()
        let withdrawn = ReturnWithdrawn(
            request: "req-1", agency: Given.police, earlier: Given.id(41), reason: .wrongPerson)
        let own = thread.read(.returnWithdrawn(withdrawn), at: Given.start.adding(seconds: 3600))
        let extended = try #require(own.extended.first)
        #expect(own.types == [.obligationExtended])
        #expect(extended.arming == 2 && extended.reason == "return-withdrawn")
        #expect(extended.due == Given.instant("2026-11-25T11:00:00Z"))
        #expect(thread.give(Given.content(submission: 42)).types == [.obligationMet])
    }

    @Test func whileAnotherAnswerStandsNothingIsOwedAgain() {
        var thread = asked()
        thread.give()
        thread.give(Given.content(submission: 42))
        let own = thread.read(
            .returnWithdrawn(
                ReturnWithdrawn(request: "req-1", agency: Given.police, earlier: Given.id(41), reason: .superseded)))
        #expect(own.isEmpty)
    }

    @Test func whatIsEarlyIsHeldAndMeetsTheRequestWhenItComes() {
        var thread = Thread()
        thread.refer()
        #expect(thread.give().isEmpty)
        #expect(thread.read(Given.requested()).types == [.obligationOpened, .obligationMet])
    }

    @Test func whatStaysUnmatchedAPersonTakes() {
        var thread = Thread()
        thread.give()
        #expect(thread.strike(Given.start.adding(milliseconds: Limits.earlyHeldMilliseconds - 1)).isEmpty)
        let own = thread.strike(Given.start.adding(milliseconds: Limits.earlyHeldMilliseconds)).besidesSilence
        #expect(own.types == [.obligationOpened, .alertRaised])
        #expect(own.rung.first?.code == "unmatched-return")
        #expect(own.first?.authority == Given.barking)
        #expect(
            thread.read(Given.requested()).types
                == [.obligationOpened, .obligationWithdrawn, .alertCleared, .obligationMet])
    }

    @Test func askedAgainAfterARiseTheAgencyOwesOneAnswer() {
        var thread = asked()
        thread.read(Given.rated(.red, from: .amber))
        let own = thread.read(Given.requested("req-2", rating: .red))
        #expect(own.withdrawn.map(\.reason) == ["asked-again"])
        #expect(own.opened(.informationReturn).count == 1)
    }

    @Test func closingTheCaseEndsWhatWasAsked() {
        var thread = asked()
        let closed = thread.read(.caseClosed(Given.decision(by: Given.amara)))
        #expect(closed.withdrawn.map(\.reason) == ["case-closed"])
        #expect(thread.give().isEmpty)
        // Asked before the close was read.
        #expect(
            thread.read(Given.requested("req-9", of: Given.school)).types
                == [.obligationOpened, .obligationWithdrawn])
    }

    @Test func theMASHAcceptsOrChallengesADecline() {
        for verb in [DecisionVerb.acceptDecline, .challenge] {
            var thread = asked()
            thread.give(Given.content("req-1", .declined))
            let own = thread.read(
                .decisionSubmitted(
                    DecisionSubmitted(by: Given.amara, verb: verb, reason: .lawfulBasis, request: "req-1")))
            #expect(own.types == (verb == .challenge ? [.obligationMet, .obligationExtended] : [.obligationMet]))
        }
    }

    @Test func aDeclineThatIsNotThereOrNotTheirsIsRefusedToTheTeam() {
        var thread = asked()
        let accept = { (person: NamedPerson) in
            EventBody.decisionSubmitted(
                DecisionSubmitted(by: person, verb: .acceptDecline, reason: .lawfulBasis, request: "req-1"))
        }
        #expect(thread.read(accept(Given.amara)).types == [.decisionRefused])
        thread.give(Given.content("req-1", .declined))
        #expect(thread.read(accept(Given.carol)).types == [.decisionRefused])
        #expect(thread.outgoing.last?.recipient == .team(Given.familyHelp))
    }
}
