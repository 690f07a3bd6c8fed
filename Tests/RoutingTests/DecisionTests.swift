import DomainModel
import Room
import Testing

@testable import Routing

@Suite struct DecisionTests {
    @Test func acceptingLeads() {
        let house = House.accepted()
        #expect(house.posted == [.caseAccepted])
        #expect(house.lead(1)?.state == .accepted)
    }

    @Test func aRoleThatMayNotIsRefused() {
        var house = House.accepted()
        house.decide(.close, by: House.dev, entry: house.lead(1)?.entry, asof: house.newest(1))
        #expect(house.refusal == "role-may-not")
        #expect(house.row(1)?.phase == .open)
    }

    @Test func anotherTeamsEntryIsNotTheirs() {
        var house = House.proposed()
        house.decide(.accept, by: House.grace, entry: house.lead(1)?.entry)
        #expect(house.refusal == "not-this-team")
        // Nothing of the other team's queue is told.
        #expect(house.sent.first?.text.contains("entries") == false)
        house.decide(.accept, by: House.grace, cases: [House.caseID(1)])
        #expect(house.refusal == "not-this-team")
    }

    @Test func aWithdrawnEntryIsRefusedWithThePresentState() {
        var house = House.proposed()
        let old = house.lead(1)?.entry
        house.rate(1, .red, 4)
        house.decide(.accept, by: House.carol, entry: old)
        #expect(house.refusal == "entry-withdrawn")
        #expect(house.sent.first?.type == .decisionRefused)
        #expect(house.sent.first?.text.contains(#""state":"withdrawn""#) == true)
    }

    @Test func returningPutsTheMASHInTheLead() {
        var house = House.accepted()
        house.decide(.giveBack, by: House.carol, entry: house.lead(1)?.entry)
        #expect(house.posted == [.caseReturned])
        #expect(house.lead(1)?.team == House.team("bd-mash"))
        #expect(house.lead(1)?.state == .proposed)
    }

    @Test func redirectingNeedsATeamOfThisAuthority() {
        var house = House.proposed()
        house.decide(.redirect, by: House.carol, entry: house.lead(1)?.entry, to: House.team("ex-early-help"))
        #expect(house.refusal == "no-such-team")
        house.decide(.redirect, by: House.carol, entry: house.lead(1)?.entry, to: House.team("bd-family-help"))
        #expect(house.refusal == "already-there")
        house.decide(.redirect, by: House.carol, entry: house.lead(1)?.entry, to: House.team("bd-early-help"))
        #expect(house.posted == [.caseRedirected])
        #expect(house.lead(1)?.team == House.team("bd-early-help"))
    }

    @Test func closingNeedsToHaveSeenTheNewestRisk() {
        var house = House.accepted()
        let seen = house.newest(1)
        house.decide(.close, by: House.carol, entry: house.lead(1)?.entry)
        #expect(house.refusal == "asof-missing")
        house.rate(1, .red, 4)
        house.decide(.close, by: House.carol, entry: house.lead(1)?.entry, asof: seen)
        #expect(house.refusal == "risk-risen")
        // It goes back with what is new.
        #expect(house.sent.map(\.type) == [.decisionRefused, .entryUpdated])
        #expect(house.sent[1].text.contains(#""urgency":"red""#))
        house.decide(.close, by: House.carol, entry: house.lead(1)?.entry, asof: house.newest(1), outcome: .familyHelp)
        #expect(house.posted == [.caseClosed])
        #expect(house.row(1)?.entries.isEmpty == true)
    }

    @Test func whatIsNoRiskDoesNotHoldACloseUp() {
        var house = House.accepted()
        let seen = house.newest(1)
        house.request("q1", agency: "bd-gps", case: 1)
        house.decide(.close, by: House.carol, entry: house.lead(1)?.entry, asof: seen)
        #expect(house.posted == [.caseClosed])
        #expect(house.sent.contains { $0.type == .requestWithdrawn && $0.subject == "q1" })
    }

    @Test func anOutcomeIsToldInThePolicysWordsOrNotAtAll() {
        for (source, told) in [("2A", true), ("1D", false), ("9", false)] {
            var house = House()
            house.refer(House.content(1, agency: "bd-contact-centre", source: source), number: 1)
            house.identify(1, as: .opened, case: 1)
            house.rate(1, .amber, 3)
            house.decide(.close, by: House.carol, entry: house.lead(1)?.entry, asof: house.newest(1))
            #expect(house.sent.contains { $0.type == .referralConcluded } == told)
        }
    }

    @Test func steppingUpAddsTheMACPTAndTheLeadStays() {
        var house = House.accepted()
        house.decide(.stepUp, by: House.carol, entry: house.lead(1)?.entry)
        #expect(house.posted == [.caseSteppedUp])
        #expect(house.lead(1)?.team == House.team("bd-family-help"))
        #expect(house.entry(1, .protect)?.team == House.team("bd-macpt"))
        house.decide(.stepUp, by: House.carol, entry: house.lead(1)?.entry)
        #expect(house.refusal == "already-stepped-up")
        house.decide(.accept, by: House.ewa, entry: house.entry(1, .protect)?.entry)
        #expect(house.posted == [.caseAccepted])
        house.decide(.stepDown, by: House.ewa, entry: house.entry(1, .protect)?.entry, asof: house.newest(1))
        #expect(house.posted == [.caseSteppedDown])
        #expect(house.row(1)?.protect == nil)
        #expect(house.lead(1)?.state == .accepted)
    }

    @Test func straightToTheMACPTItKeepsTheProtectionWhenFamilyHelpIsAllocated() {
        var house = House.proposed(.red, 4)
        house.decide(.accept, by: House.ewa, entry: house.lead(1)?.entry)
        house.decide(.redirect, by: House.ewa, entry: house.lead(1)?.entry, to: House.team("bd-family-help"))
        #expect(house.lead(1)?.team == House.team("bd-family-help"))
        #expect(house.entry(1, .protect)?.team == House.team("bd-macpt"))
        #expect(house.entry(1, .protect)?.state == .accepted)
    }

    @Test func aLeadStepsDownToTheNextLessIntensiveTeam() {
        var house = House.accepted()
        house.decide(.stepDown, by: House.carol, entry: house.lead(1)?.entry, asof: house.newest(1))
        #expect(house.lead(1)?.team == House.team("bd-early-help"))
        house.decide(.stepDown, by: House.grace, entry: house.lead(1)?.entry, asof: house.newest(1))
        #expect(house.refusal == "nothing-to-step-down")
    }

    @Test func whatTheMASHLeadsGoesStraightToTheMACPTOnAStepUp() {
        var house = House.proposed(.blue, 1)
        house.decide(.stepUp, by: House.beth, entry: house.lead(1)?.entry)
        #expect(house.lead(1)?.team == House.team("bd-macpt"))
    }

    @Test func theMASHDecidesAndItsEntryIsDone() {
        var house = House.proposed(.red, 4)
        house.decide(.decide, by: House.beth, entry: house.entry(1, .decide)?.entry)
        #expect(house.posted == [.caseDecided])
        #expect(house.entry(1, .decide) == nil)
        #expect(house.lead(1)?.team == House.team("bd-macpt"))
    }

    @Test func theMASHRedirectsByItsDecideEntry() {
        var house = House.proposed(.red, 4)
        house.decide(
            .redirect, by: House.amara, entry: house.entry(1, .decide)?.entry, to: House.team("bd-family-help"))
        #expect(house.lead(1)?.team == House.team("bd-family-help"))
        #expect(house.entry(1, .decide) == nil)
    }

    @Test func newsIsNoted() {
        var house = House.accepted()
        house.rate(1, .amber, 4)
        house.decide(.note, by: House.dev, entry: house.entry(1, .read)?.entry)
        #expect(house.posted == [.caseNotified])
        #expect(house.entry(1, .read) == nil)
    }

    @Test func severalCasesAreJudgedEachByItself() {
        var house = House()
        house.refer(House.content(1, children: 3), number: 1)
        for index in 0..<3 {
            house.identify(1, index, as: .opened, case: index + 1)
            house.rate(index + 1, .amber, 3, index: index)
        }
        house.decide(.accept, by: House.carol, cases: [House.caseID(2)])
        house.decide(
            .redirect, by: House.carol, cases: [1, 2, 3, 9].map { House.caseID($0) }, to: House.team("bd-early-help"))
        #expect(house.posted == [.caseRedirected, .caseRedirected, .caseRedirected, .decisionRefused])
        let entries = (1...3).compactMap { house.lead($0)?.entry }
        #expect(Set(entries).count == 3)
        #expect(house.refusal == "unknown-case")
    }

    @Test func aDeclineIsDecidedByTheMASH() {
        var house = House.accepted()
        house.request("q1", agency: "bd-gps", case: 1)
        house.feed(
            .returnDeclined(
                ReturnDeclined(
                    content: ReturnContent(
                        request: "q1", agency: House.agency("bd-gps"), submission: House.id("r"), kind: .declined,
                        declineReason: .noLawfulBasis))),
            subject: .request("q1"))
        #expect(house.posted == [.caseNotified])
        #expect(house.entry(1, .decide)?.about == "declined")
        house.decide(.acceptDecline, by: House.beth, entry: house.entry(1, .decide)?.entry)
        #expect(house.posted == [.caseNotified])
        #expect(house.entry(1, .decide) == nil)
    }

    @Test func automationNeverClosesAndALowerRatingOfAPersonReopensNothing() {
        var house = House.accepted()
        house.decide(.close, by: House.carol, entry: house.lead(1)?.entry, asof: house.newest(1))
        house.rate(1, .green, 2, by: House.carol)
        #expect(house.posted.isEmpty)
        house.rate(1, .amber, 3)
        #expect(house.posted == [.caseReopened, .caseRouted])
    }
}

@Suite struct HubReviewTests {
    private func house() -> House {
        var house = House(at: .hub)
        house.refer(
            House.content(1, children: 2), number: 1,
            parts: [
                House.part(1, .child(0), #"{"givenName":"Given0"}"#), House.part(1, .child(1), "{}"),
                House.part(1, .adult(0), "{}"), House.part(1, .text, "{}"),
            ], at: .hub)
        return house
    }

    @Test func anUnknownAuthorityIsBeforeTheReviewTeam() {
        let house = house()
        #expect(house.posted == [.identityRequested])
        #expect(house.sent.map(\.recipient) == [.team(House.team("hub-review"))])
        #expect(house.sent[0].text.contains(#""about":"unknown-authority""#))
    }

    @Test func anAssignedReferralGoesIntoTheRightRoomWithAllItsParts() throws {
        var house = house()
        let entry = EntryID(house.sent[0].key)
        house.decide(.assign, by: House.hana, entry: entry, authority: AuthorityCode(gss: "E06000001"), at: .hub)
        #expect(house.refusal == "no-such-authority")
        house.decide(.assign, by: House.hana, entry: entry, authority: House.authority, at: .hub)
        #expect(house.posted == [.caseDecided, .referralTransferred])
        let event = try #require(house.events.last)
        #expect(event.authority == House.authority)
        #expect(event.parts.map(\.name) == [.child(0), .child(1), .adult(0), .text])
        house.decide(.assign, by: House.hana, entry: entry, authority: House.authority, at: .hub)
        #expect(house.refusal == "entry-withdrawn")
        // Read there as submitted.
        var there = House()
        var read = event
        read.position = InputPosition(partition: 3, offset: 77)
        there.receive(read)
        there.identify(1, as: .opened, case: 1)
        there.rate(1, .amber, 3)
        #expect(there.posted == [.caseRouted, .referralAcknowledged])
        #expect(there.sent[0].text.contains("Given0"))
    }

    @Test func aCorrectionAfterTheAssignmentIsNotLost() {
        var house = house()
        house.decide(
            .assign, by: House.hana, entry: EntryID(house.sent[0].key), authority: House.authority, at: .hub)
        house.feed(
            .referralCorrected(ReferralCorrected(content: House.content(1, children: 2))), subject: .hub, at: .hub)
        #expect(house.posted == [.identityRequested])
        #expect(house.sent[0].text.contains(#""about":"corrected-after-assignment""#))
    }
}
