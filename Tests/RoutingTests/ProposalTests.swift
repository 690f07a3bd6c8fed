import DomainModel
import Room
import Testing

@testable import Routing

@Suite struct ProposalTests {
    @Test func aRatedChildIsInTheQueueOfTheTeamThatThePolicyPointsTo() {
        let house = House.proposed()
        #expect(house.posted == [.caseRouted, .referralAcknowledged])
        #expect(house.lead(1)?.team == House.team("bd-family-help"))
        #expect(house.lead(1)?.state == .proposed)
        let queue = house.sent.first { $0.type == .entryUpdated }
        #expect(queue?.recipient == .team(House.team("bd-family-help")))
        #expect(queue?.key == house.lead(1)?.entry.description)
        #expect(queue?.text.contains("Given0") == true)
        #expect(queue?.text.contains(#""asof":"\#(house.events[0].id)""#) == true)
    }

    @Test func redGoesToTheMACPTAndToTheMASHToDecide() {
        let house = House.proposed(.red, 4)
        #expect(house.lead(1)?.team == House.team("bd-macpt"))
        #expect(house.entry(1, .decide)?.team == House.team("bd-mash"))
        #expect(house.entry(1, .decide)?.about == "red")
    }

    @Test func whatNeedsNoMultiAgencyResponseGoesToTheMASHAlone() {
        let house = House.proposed(.blue, 3)
        #expect(house.lead(1)?.team == House.team("bd-mash"))
        #expect(house.row(1)?.entries.count == 1)
    }

    @Test func theReferrerIsToldOnceWithTheFirstRoutedChild() {
        var house = House()
        house.refer(House.content(1, children: 2), number: 1)
        house.identify(1, 0, as: .opened, case: 1)
        house.identify(1, 1, as: .opened, case: 2)
        house.rate(1, .amber, 3)
        #expect(house.sent.filter { $0.type == .referralAcknowledged }.map(\.subject) == ["REF-1"])
        house.rate(2, .green, 2, index: 1)
        #expect(house.posted == [.caseRouted])
        #expect(house.lead(2)?.team == House.team("bd-early-help"))
        // The second child's entry names its sibling.
        #expect(house.sent[0].text.contains(#""siblings":[{"case":"\#(House.caseID(1))"}]"#))
    }

    @Test func nothingIsPostedBeforeTheAdoption() {
        var house = House(adopting: false)
        house.refer(House.content(1), number: 1)
        house.identify(1, as: .opened, case: 1)
        house.rate(1, .red, 4)
        #expect(house.events.isEmpty && house.outgoing.isEmpty)
    }

    @Test func aRiseToRedMovesAProposedLeadInOneEvent() {
        var house = House.proposed()
        let old = house.lead(1)
        house.rate(1, .red, 4)
        #expect(house.posted == [.caseRouted])
        #expect(house.lead(1)?.team == House.team("bd-macpt"))
        #expect(house.entry(1, .decide)?.about == "risen")
        // The old queue keeps nothing of the child.
        let withdrawn = house.sent.first { $0.recipient == .team(House.team("bd-family-help")) }
        #expect(withdrawn?.text == #"{"entry":"\#(old?.entry.description ?? "")","kind":"lead","state":"withdrawn"}"#)
    }

    @Test func aRiseToRedLeavesAnAcceptedLeadAndTellsItAndTheMASH() {
        var house = House.accepted()
        house.rate(1, .red, 4)
        #expect(house.posted == [.caseNotified])
        #expect(house.lead(1)?.team == House.team("bd-family-help"))
        #expect(house.entry(1, .read)?.about == "risen")
        #expect(house.entry(1, .decide)?.team == House.team("bd-mash"))
    }

    @Test func anotherReportIsNewsForTheLeadAndIsAcknowledged() {
        var house = House.accepted()
        house.refer(House.content(2, agency: "bd-police", source: "6"), number: 2)
        house.identify(2, as: .joined, case: 1)
        #expect(house.posted == [.caseNotified, .referralAcknowledged])
        #expect(house.entry(1, .read)?.about == "new-referral")
        #expect(house.sent.last?.recipient == .agency(House.agency("bd-police")))
    }

    @Test func aChildAwaitingReviewIsBeforeTheMASHTillItJoinsAQueue() {
        var house = House()
        house.refer(House.content(1), number: 1)
        house.identify(1, as: .awaiting, case: nil)
        #expect(house.posted == [.identityRequested])
        #expect(house.sent[0].recipient == .team(House.team("bd-mash")))
        #expect(house.sent[0].text.contains("candidates"))
        let review = house.sent[0].key
        house.identify(1, as: .awaiting, case: nil)
        #expect(house.posted.isEmpty)
        house.identify(1, as: .opened, case: 1)
        #expect(house.posted.isEmpty)
        house.rate(1, .amber, 3)
        #expect(house.posted == [.caseRouted, .referralAcknowledged])
        let done = house.sent.first { $0.key == review }
        #expect(done?.text == #"{"entry":"\#(review)","kind":"decide","state":"done"}"#)
    }

    @Test func anUnlinkedCaseGoesToTheMASHAndIsNotClosed() {
        var house = House.accepted()
        house.feed(
            .identityUnlinked(
                IdentityDecided(
                    by: House.amara, decision: House.id("d"), referral: House.id("referral", 1),
                    child: House.child(1), previousCase: House.caseID(1), reason: .wrongLink)),
            subject: .caseID(House.caseID(1)), by: .deduplication)
        #expect(house.posted == [.caseRouted])
        #expect(house.lead(1)?.team == House.team("bd-mash"))
        #expect(house.row(1)?.phase == .open)
        #expect(house.entry(1, .decide)?.about == "unlinked")
        #expect(house.sent.allSatisfy { !$0.text.contains("Given0") })
    }

    @Test func aCloseIsOvertakenByANewReferral() {
        var house = House.accepted()
        house.decide(.close, by: House.carol, entry: house.lead(1)?.entry, asof: house.newest(1))
        #expect(house.posted == [.caseClosed])
        house.refer(House.content(2, agency: "bd-police", source: "6"), number: 2)
        house.identify(2, as: .joined, case: 1)
        #expect(house.posted == [.caseReopened, .caseRouted, .referralAcknowledged])
        #expect(house.lead(1)?.state == .proposed)
    }

    @Test func aPersonsAnswerThatTakesAChildFromACaseIsAnUnlinkOfIt() {
        var house = House.accepted()
        house.feed(
            .identityConfirmed(
                IdentityDecided(
                    by: House.amara, decision: House.id("d"), referral: House.id("referral", 1),
                    child: House.child(1), caseID: House.caseID(2), previousCase: House.caseID(1),
                    reason: .wrongLink)),
            subject: .referral(House.id("referral", 1)), by: .deduplication)
        #expect(house.lead(1)?.team == House.team("bd-mash"))
        house.identify(1, as: .opened, case: 2)
        house.rate(2, .amber, 3)
        #expect(house.lead(2)?.team == House.team("bd-family-help"))
    }

    @Test func aChildConfirmedWhereItWasIsNoNewReferral() {
        var house = House.accepted()
        house.identify(1, as: .awaiting, case: nil)
        #expect(house.posted == [.identityRequested])
        let asof = house.newest(1)
        house.identify(1, as: .joined, case: 1)
        #expect(house.posted == [.caseNotified])
        #expect(house.row(1)?.entries.map(\.kind) == [.lead])
        house.decide(.close, by: House.carol, entry: house.lead(1)?.entry, asof: asof)
        #expect(house.posted == [.caseClosed])
    }
}
