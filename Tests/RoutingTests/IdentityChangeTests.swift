import DomainModel
import JSON
import Room
import Testing

@testable import Routing

/// What a person says of who a child is, carried through the queues and to whoever had seen it.
@Suite struct IdentityChangeTests {
    /// Case 1 with its own child, led by Family Help, and referral 2 linked to it, about which one agency was asked.
    private static func linked() -> House {
        var house = House.accepted()
        house.refer(House.content(2, agency: "bd-police", source: "6"), number: 2)
        house.identify(2, as: .joined, case: 1)
        house.request("q2", agency: "bd-gps", case: 1, referral: 2)
        return house
    }

    private static func moved(_ referral: Int = 2, from: Int = 1, to: Int = 4) -> IdentityDecided {
        IdentityDecided(
            by: House.amara, decision: House.id("d"), referral: House.id("referral", referral),
            child: House.child(referral), person: House.id("person", to), caseID: House.caseID(to),
            previousCase: House.caseID(from), reason: .wrongLink)
    }

    private func feed(_ house: inout House, _ body: EventBody) {
        house.feed(body, subject: .referral(House.id("referral", 2)), by: .deduplication)
    }

    @Test func entriesMoveInTheStepInWhichTheWordIsRead() throws {
        var house = Self.linked()
        feed(&house, .identityUnlinked(Self.moved()))
        #expect(house.posted == [.caseNotified, .caseRouted])
        #expect(house.lead(1)?.state == .accepted && house.entry(1, .decide)?.about == "unlinked")
        #expect(house.lead(4)?.state == .proposed && house.row(4)?.phase == .open)
        #expect(house.row(4)?.rating == house.row(1)?.rating)
        // What Deduplication says next changes nothing.
        house.identify(2, as: .opened, case: 4)
        #expect(house.posted.isEmpty)
    }

    @Test func whoeverSawItIsToldAndNeverWhoseItWas() throws {
        var house = Self.linked()
        feed(&house, .identityUnlinked(Self.moved()))
        let told = house.sent.filter { $0.type == .linkWithdrawn }
        #expect(Set(told.map(\.recipient)) == [.team(House.team("bd-family-help"))])
        #expect(
            told.allSatisfy {
                $0.text.contains(House.caseID(1).description) && !$0.text.contains(House.child(2).description)
            })
        #expect(!told.contains { $0.text.contains(House.caseID(4).description) })
        let back = try #require(house.sent.first { $0.type == .requestWithdrawn })
        #expect(back.recipient == .agency(House.agency("bd-gps")) && back.text.contains("delete"))
        #expect(house.row(1)?.requests.contains("q2") == false)
        // Every open entry of the case is shown without the child.
        let shown = house.sent.filter { $0.type == .entryUpdated && $0.text.contains(House.caseID(1).description) }
        #expect(shown.count >= 2 && shown.allSatisfy { !$0.text.contains(House.child(2).description) })
    }

    @Test func anOutcomeOfTheWrongCaseIsTakenBackFromWhoWasToldAndFromNobodyElse() throws {
        var house = Self.linked()
        house.decide(
            .close, by: House.carol, entry: house.lead(1)?.entry, asof: house.newest(1), outcome: .familyHelp)
        let told = house.sent.filter { $0.type == .referralConcluded }.map(\.recipient)
        feed(&house, .identityUnlinked(Self.moved()))
        let back = house.sent.filter { $0.type == .outcomeWithdrawn }
        #expect(back.map(\.recipient) == told.filter { $0 == .agency(House.agency("bd-police")) })
        #expect(back.allSatisfy { $0.text.contains("REF-2") })
        // A second time there is nothing to take back.
        feed(&house, .identitySplit(Self.moved(from: 4, to: 5)))
        #expect(!house.sent.contains { $0.type == .outcomeWithdrawn })
    }

    @Test func aRequestThatLaggedBehindIsNotSentAndALateReturnIsTheChildsOwn() {
        var house = Self.linked()
        feed(&house, .identityUnlinked(Self.moved()))
        house.request("q3", agency: "bd-hospital", case: 1, referral: 2)
        #expect(!house.sent.contains { $0.type == .returnRequested })
        house.decide(.accept, by: House.carol, entry: house.lead(4)?.entry)
        let late = ReturnContent(
            request: "q2", agency: House.agency("bd-gps"), submission: House.id("r"), kind: .full)
        house.feed(.returnSubmitted(ReturnSubmitted(content: late)), subject: .request("q2"))
        #expect(house.row(1)?.entries.contains { $0.about == "new-return" } == false)
        #expect(house.row(4)?.entries.contains { $0.about == "new-return" } == true)
    }

    @Test func aDecisionWithoutHavingSeenTheUndoingIsRefused() {
        var house = Self.linked()
        let asof = house.newest(1)
        feed(&house, .identityUnlinked(Self.moved()))
        house.decide(.close, by: House.carol, entry: house.lead(1)?.entry, asof: asof)
        #expect(house.refusal == "risk-risen")
        house.decide(.close, by: House.carol, entry: house.lead(1)?.entry, asof: house.newest(1))
        #expect(house.posted.first == .caseClosed)
    }

    @Test func aRatingThatWouldBeLowerIsAskedOnceAndAnsweredByAPersonsRating() throws {
        var house = House.accepted()
        let rated = CaseRated(
            caseID: House.caseID(1), child: House.child(1), referral: House.id("referral", 1),
            rating: House.rating(.amber, 3), previous: House.rating(.amber, 3), proposed: House.rating(.green, 2))
        house.feed(.caseRated(rated), subject: .caseID(House.caseID(1)), by: .triage)
        let asked = try #require(house.row(1)?.entries.first { $0.about == "rating-review" })
        #expect(asked.team == House.team("bd-mash") && asked.kind == .decide)
        let shown = try #require(house.sent.last { $0.key == asked.entry.description })
        let json = try JSONParser().parse(shown.data)
        #expect(try json.member("proposedRating")?.member("urgency")?.string() == "green")
        house.feed(.caseRated(rated), subject: .caseID(House.caseID(1)), by: .triage)
        #expect(house.posted.isEmpty)
        house.rate(1, .amber, 3, by: House.amara)
        #expect(house.row(1)?.entries.contains { $0.about == "rating-review" } == false)
    }

    @Test func aMergedCasesLeadIsProposedToWhereNobodyLeadsTheOther() throws {
        var house = House.accepted()
        house.refer(House.content(5), number: 5)
        house.identify(5, as: .opened, case: 5)
        house.feed(
            .identityMerged(
                IdentitiesMerged(
                    by: House.amara, decision: House.id("d"), person: House.id("person", 5),
                    merged: House.id("person", 1), caseID: House.caseID(5), mergedCase: House.caseID(1),
                    children: [ChildOfReferral(referral: House.id("referral", 1), child: House.child(1))],
                    reason: .samePerson)), subject: .caseID(House.caseID(5)), by: .deduplication)
        #expect(house.posted == [.caseMerged, .caseRouted])
        #expect(house.lead(5)?.team == House.team("bd-family-help") && house.lead(5)?.state == .proposed)
        #expect(house.lead(1) == nil && house.row(1)?.phase == .closed)
        // Neither rating nor request of one that has not read of it yet brings the ended case back.
        house.rate(1, .red, 4)
        #expect(house.posted.isEmpty)
        house.request("q9", agency: "bd-gps", case: 1)
        #expect(house.sent.map(\.type).contains(.returnRequested) && house.row(5)?.requests == ["q9"])
    }

    @Test func afterALossNobodyIsToldAnOutcomeAndNothingReopensTheCase() {
        var house = House.accepted()
        house.request("q1", agency: "bd-gps", case: 1)
        let lost = IdentityDecided(
            by: House.amara, decision: House.id("d"), referral: House.id("referral", 1), child: House.child(1),
            person: House.id("person", 1), caseID: House.caseID(1), reason: .loss)
        house.feed(.unbornLost(lost), subject: .caseID(House.caseID(1)), by: .deduplication)
        #expect(house.posted == [.caseClosed])
        let sent = house.sent.filter { $0.recipient.audience == .agency }
        #expect(sent.map(\.type) == [.requestWithdrawn])
        #expect(sent.allSatisfy { !$0.text.contains("los") && $0.text.contains("do not contact the family") })
        house.rate(1, .red, 4)
        #expect(house.posted.isEmpty && house.sent.isEmpty)
        house.request("q2", agency: "bd-hospital", case: 1)
        #expect(house.sent.isEmpty)
    }

    @Test func whoMustNotBeToldBecauseOfAnAdultIsNotAsked() {
        var house = House()
        var content = House.content(1)
        content.adults = [
            AdultFacts(part: .adult(0), relationship: .allegedSource, withhold: [House.agency("bd-gps")])
        ]
        house.refer(content, number: 1)
        house.identify(1, as: .opened, case: 1)
        house.rate(1, .amber, 3)
        house.request("q1", agency: "bd-gps", case: 1)
        #expect(house.sent.isEmpty)
        // Nor told that a request, which it never had, is withdrawn.
        house.decide(.close, by: House.carol, entry: house.lead(1)?.entry, asof: house.newest(1))
        #expect(!house.sent.contains { $0.recipient == .agency(House.agency("bd-gps")) })
    }
}
