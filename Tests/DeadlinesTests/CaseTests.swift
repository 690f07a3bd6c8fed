import DomainModel
import HubConfiguration
import Room
import Testing

@testable import Deadlines

@Suite struct CaseTests {
    private func referred(children: [Int] = [11]) -> Thread {
        var thread = Thread()
        thread.refer(Given.referral(children: children))
        thread.read(Given.identified())
        thread.read(Given.rated(.amber))
        return thread
    }
    private func decides(_ events: [Event]) -> [ObligationMet] { events.met.filter { $0.facts.kind == .decide } }

    @Test func aReferralOwesAnAcknowledgementAndADecisionForEachChild() {
        var thread = Thread()
        let own = thread.refer(Given.referral(children: [11, 12]))
        #expect(own.opened(.acknowledge).count == 1)
        #expect(own.opened(.decide).map(\.facts.child) == [Given.id(11), Given.id(12)])
        #expect(own.opened(.decide).allSatisfy { $0.facts.team == Given.mash && $0.start == Given.start })
        // One working day (KCSIE 2025 §62).
        #expect(own.opened(.decide).first?.due == Given.instant("2026-11-25T10:00:00Z"))
    }

    @Test func onlyANamedPersonsDecisionMeetsDecide() {
        let decision = Given.decision(by: Given.carol)
        for settles in [
            EventBody.caseAccepted(decision), .caseDecided(decision), .caseSteppedUp(decision),
            .caseSteppedDown(decision), .caseClosed(decision),
        ] {
            var thread = referred()
            #expect(decides(thread.read(settles)).map(\.facts.caseID) == [Given.caseID(21)])
        }
        for settlesNot in [
            EventBody.caseReturned(decision), .caseRedirected(decision), Given.routed(),
            Given.rated(.red, from: .amber),
            .caseNotified(CaseNotified(caseID: Given.caseID(21), about: "risen")),
            .referralAcknowledged(
                ReferralAcknowledged(referral: Given.id(1), agency: Given.police, reference: "ref-1")),
            .referralWithdrawn(
                ReferralWithdrawn(referral: Given.id(1), agency: Given.police, reason: .sentInError)),
        ] {
            var thread = referred()
            #expect(decides(thread.read(settlesNot)).isEmpty)
            #expect(thread.deadlines.state.open[Names.decide(Given.id(11), owner: Given.mash)] != nil)
        }
    }

    @Test func aDecisionOnOneChildSettlesNothingForAnother() {
        var thread = referred(children: [11, 12])
        thread.read(Given.identified(child: 12, case: 22))
        let own = thread.read(.caseDecided(Given.decision(by: Given.amara)))
        #expect(decides(own).map(\.facts.child) == [Given.id(11)])
    }

    @Test func aChildThatJoinsACaseDecidedAlreadyOwesNoSecondDecision() {
        var thread = referred()
        thread.read(.caseDecided(Given.decision(by: Given.amara)))
        thread.refer(Given.referral(2, children: [12]))
        let own = thread.read(Given.identified(child: 12, referral: 2, .joined))
        #expect(own.withdrawn.map(\.reason) == ["joined-decided-case"])
    }

    @Test func whereTheCaseWasClosedMeanwhileTheDecisionIsOwed() {
        var thread = referred()
        thread.read(.caseClosed(Given.decision(by: Given.amara)))
        thread.refer(Given.referral(2, children: [12]))
        #expect(thread.read(Given.identified(child: 12, referral: 2, .joined)).isEmpty)
        thread.read(.caseReopened(CaseReopened(caseID: Given.caseID(21), reason: "referred-meanwhile")))
        #expect(decides(thread.read(.caseDecided(Given.decision(by: Given.amara)))).count == 1)
    }

    @Test func undoingALinkMakesTheDecisionOwedAgainOnTheRightCase() {
        var thread = referred()
        thread.read(.caseDecided(Given.decision(by: Given.amara)))
        let own = thread.read(
            .identityUnlinked(
                IdentityDecided(
                    by: Given.amara, decision: Given.id(62), referral: Given.id(1), child: Given.id(11),
                    caseID: Given.caseID(29), previousCase: Given.caseID(21), reason: .wrongLink)))
        #expect(own.extended.map(\.facts.caseID) == [Given.caseID(29)])
        #expect(decides(thread.read(.caseDecided(Given.decision(by: Given.amara, case: 29)))).count == 1)
    }

    @Test func aMovedLinkMovesWhatIsOpen() {
        var thread = referred()
        thread.read(Given.identified(case: 29))
        #expect(decides(thread.read(.caseDecided(Given.decision(by: Given.amara)))).isEmpty)
        #expect(decides(thread.read(.caseDecided(Given.decision(by: Given.amara, case: 29)))).count == 1)
    }

    @Test func aProposalIsToBeAnsweredByItsTeamAlone() {
        var thread = referred()
        #expect(thread.read(Given.routed()).opened(.respond).map(\.facts.team) == [Given.familyHelp])
        // The MASH takes the proposal away: Family Help has answered nothing.
        let entries = [
            EntryChange(entry: Given.id(51), team: Given.familyHelp, kind: .lead, state: .withdrawn),
            EntryChange(entry: Given.id(52), team: Given.macpt, kind: .lead, state: .proposed),
        ]
        let own = thread.read(.caseRedirected(Given.decision(by: Given.amara, entries)))
        #expect(own.types == [.obligationWithdrawn, .obligationOpened])
        #expect(own.opened(.respond).map(\.facts.team) == [Given.macpt])
    }

    @Test func aTeamThatAcceptsOrGivesBackHasAnswered() {
        for (state, body) in [
            (EntryState.accepted, { EventBody.caseAccepted($0) }), (.done, { EventBody.caseReturned($0) }),
        ] as [(EntryState, (CaseDecision) -> EventBody)] {
            var thread = referred()
            thread.read(Given.routed())
            let entry = EntryChange(entry: Given.id(51), team: Given.familyHelp, kind: .lead, state: state)
            let own = thread.read(body(Given.decision(by: Given.carol, [entry])))
            #expect(own.met.filter { $0.facts.kind == .respond }.count == 1)
        }
    }

    @Test func onlyLeadEntriesAreToBeAnswered() {
        var thread = referred()
        let entries = [EntryKind.decide, .read, .protect].enumerated().map {
            EntryChange(entry: Given.id(80 + $0), team: Given.mash, kind: $1, state: .proposed)
        }
        #expect(
            thread.read(.caseNotified(CaseNotified(caseID: Given.caseID(21), about: "risen", entries: entries))).isEmpty
        )
    }

    @Test func anUnidentifiedChildIsAReviewForTheMASH() {
        var thread = Thread()
        thread.refer()
        thread.read(Given.identified(.awaiting, case: nil))
        let request = EventBody.identityRequested(IdentityRequested(referral: Given.id(1), child: Given.id(11)))
        #expect(thread.read(request).opened(.review).map(\.facts.team) == [Given.mash])
        let confirmed = IdentityDecided(
            by: Given.amara, decision: Given.id(62), referral: Given.id(1), child: Given.id(11), person: Given.id(31),
            caseID: Given.caseID(21), reason: .identityChecked)
        #expect(thread.read(.identityConfirmed(confirmed)).types == [.obligationMet])
        #expect(thread.read(request).isEmpty)
    }

    @Test func whatTheHubsReviewGivesAwayIsOwedWhereItGoes() {
        for closes in [false, true] {
            var thread = Thread(adopting: [.hub])
            thread.read(.referralSubmitted(ReferralSubmitted(content: Given.referral())), authority: .hub)
            thread.read(
                .identityRequested(IdentityRequested(referral: Given.id(1), child: Given.id(11))), authority: .hub)
            let decision = CaseDecision(
                caseID: Given.caseID(1, .hub), by: Given.amara, decision: Given.id(61), reason: .other)
            let event = Event(
                id: Given.id(500), source: .routing, time: Given.start, authority: .hub,
                subject: .caseID(decision.caseID), correlation: Given.id(1),
                body: closes ? .caseClosed(decision) : .caseDecided(decision))
            let own = thread.read(event)
            #expect(own.withdrawn.map(\.facts.kind) == (closes ? [.acknowledge] : [.acknowledge, .decide]))
            #expect(own.met.map(\.facts.kind) == (closes ? [.review, .decide] : [.review]))
            #expect(thread.deadlines.nextDue == nil)
        }
    }

    @Test func aDeclineIsFoundByTheEntryThatAsksAboutIt() {
        var thread = referred()
        thread.read(Given.requested())
        thread.give(Given.content("req-1", .declined))
        let entry = EntryChange(
            entry: Given.id(90), team: Given.mash, kind: .decide, state: .proposed, about: "declined")
        thread.read(
            .caseNotified(
                CaseNotified(caseID: Given.caseID(21), about: "declined", request: "req-1", entries: [entry])))
        let own = thread.read(
            .decisionSubmitted(
                DecisionSubmitted(by: Given.amara, verb: .acceptDecline, reason: .other, entry: Given.id(90))))
        #expect(own.types == [.obligationMet])
    }
}
