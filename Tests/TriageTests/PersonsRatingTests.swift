import DomainModel
import HubConfiguration
import JSON
import Room
import Testing

@testable import Triage

@Suite struct PersonsRatingTests {
    private let green = Rating(.green, level: .early)

    @Test func aNamedPersonMayLower() throws {
        var desk = try Desk()
        desk.refer(referral(1, ["19B"]), to: 1)
        let said = desk.decide(green, [1])
        let rated = try #require(said.rated.first)
        #expect(rated.rating == green)
        #expect(rated.previous == Rating(.red, level: .protection))
        #expect(rated.by == Desk.manager(desk.authority))
        #expect(said.requested.isEmpty)
    }

    @Test func aNamedPersonWhoRaisesHasTheAgenciesAsked() throws {
        var desk = try Desk()
        desk.refer(referral(1, from: "bd-housing"), to: 1)
        #expect(desk.decide(Rating(.red, level: .protection), [1]).asked.contains("bd-hospital"))
    }

    @Test func whatThePersonHasJudgedIsNotCountedAgainstThem() throws {
        var desk = try Desk()
        let content = referral(1, from: "bd-housing", ["19B"])
        let request = try desk.refer(content, to: 1).request(to: "bd-gps")
        desk.receive(.returnSubmitted(ReturnSubmitted(content: findings(request, ["11A"]))))
        desk.decide(green, [1])
        // The same facts again: corrected in a detail, identified again, the return corrected.
        let detail = referral(1, from: "bd-housing", ["19B"], withhold: ["bd-police"])
        #expect(desk.receive(.referralCorrected(ReferralCorrected(content: detail))).isEmpty)
        #expect(desk.identify(content, with: 1).isEmpty)
        #expect(
            desk.receive(
                .returnCorrected(
                    ReturnCorrected(content: findings(request, ["11A"]), earlier: EventID(bits: 5)))
            ).isEmpty)
        #expect(desk.rating(1) == green)
        // Nor does it come back by the side door, when something else has raised the rating since.
        let more = referral(1, from: "bd-housing", ["19B", "16A"])
        let said = desk.receive(.referralCorrected(ReferralCorrected(content: more)))
        #expect(said.rated.first?.rating == Rating(.amber, level: .targeted))
        #expect(desk.identify(content, with: 1).isEmpty)
    }

    @Test func whatIsNewMayRaiseAgain() throws {
        var desk = try Desk()
        let request = try desk.refer(referral(1, from: "bd-housing", ["19B"]), to: 1).request(to: "bd-gps")
        desk.decide(green, [1])
        let said = desk.receive(.returnSubmitted(ReturnSubmitted(content: findings(request, ["16A"]))))
        #expect(said.rated.first?.rating == Rating(.amber, level: .targeted))
        desk.decide(green, [1])
        #expect(desk.refer(referral(2, from: "bd-police", ["19B"]), to: 1).rated.first?.rating.urgency == .red)
    }

    @Test func oneDecisionMayNameSeveralCasesAndEachIsTakenByItself() throws {
        var desk = try Desk()
        desk.refer(referral(1, ["16A"]), to: 1)
        desk.refer(referral(2, ["16A"]), to: 2)
        desk.close(2)
        let said = desk.decide(green, [1, 2, 3, 1])
        #expect(said.rated.map(\.caseID) == [desk.caseID(1)])
        #expect(said.refused.map(\.reason) == ["case-closed", "unknown-case"])
        #expect(Set(desk.history.flatMap(\.own).map(\.id)).count == desk.history.flatMap(\.own).count)
    }

    @Test func aRefusalIsToldToTheTeamAndHoldsWhatTheAllowListNames() throws {
        var desk = try Desk()
        desk.refer(referral(1, ["16A"]), to: 1)
        desk.close(1)
        let closing = try #require(desk.history.last?.input.id)
        let entry = EntryID(bits: 77)
        let refused = try #require(desk.decide(green, [1], entry: entry).refused.first)
        #expect(refused.newest == closing)
        let told = try #require(desk.told.first)
        #expect(desk.told.count == 1)
        #expect(told.recipient == .team(TeamName("bd-mash")!))
        #expect(told.subject == entry.description)
        let data = try JSONParser().parse(told.data)
        #expect(try data.required("reason") == "case-closed")
        #expect(try data.required("verb") == "rate")
        #expect(try data.required("person") == "bd.amara")
        #expect(try data.required("decision") == refused.decision.description)
        #expect(try data.required("entry") == entry.description)
        #expect(try data.required("case") == desk.caseID(1).description)
        #expect(try data.required("newest") == closing.description)
    }

    @Test func nobodyLowersACaseOverARiseThatTheyHaveNotSeen() throws {
        var desk = try Desk()
        desk.refer(referral(1, from: "bd-housing", ["1A"]), to: 1)
        let seen = try #require(desk.triage.state.cases[desk.caseID(1)]?.seen.last)
        desk.refer(referral(2, from: "bd-police", ["19B"]), to: 1)
        let refused = try #require(desk.decide(green, [1], asof: seen).refused.first)
        #expect(refused.reason == "risk-risen")
        #expect(desk.rating(1)?.urgency == .red)
        // What is named as newest is what they need to have seen.
        #expect(desk.decide(green, [1], asof: refused.newest).rated.first?.rating == green)
    }

    @Test func whatLiesBeforeTheRiseInTheRoomIsNotHavingSeenIt() throws {
        var desk = try Desk()
        let request = try desk.refer(referral(1, from: "bd-housing", ["16A"]), to: 1).request(to: "bd-gps")
        desk.readBack()
        // Triage raises at its own position; another's event that it reads next may lie before that rise in the room.
        let rise = desk.receive(.returnSubmitted(ReturnSubmitted(content: findings(request, ["19B"]))))
        #expect(rise.rated.first?.rating.urgency == .red)
        desk.receive(.caseNotified(CaseNotified(caseID: desk.caseID(1), about: "new-return")), subject: .hub)
        let between = try #require(desk.history.last?.input.id)
        #expect(desk.decide(green, [1], asof: between).refused.map(\.reason) == ["risk-risen"])
        // Behind the rise as it is read back, every event shows that it was seen.
        desk.readBack()
        desk.receive(.caseNotified(CaseNotified(caseID: desk.caseID(1), about: "risen")))
        let behind = try #require(desk.history.last?.input.id)
        #expect(desk.decide(green, [1], asof: behind).rated.first?.rating == green)
    }

    @Test func aRatingReadBackChangesNothingButWhatHasBeenSeen() throws {
        var desk = try Desk()
        desk.refer(referral(1, from: "bd-housing", ["16A"]), to: 1)
        desk.refer(referral(2, from: "bd-police", ["19B"]), to: 1)
        #expect(desk.readBack().isEmpty)
        #expect(desk.rating(1)?.urgency == .red)
        #expect(desk.triage.state.cases[desk.caseID(1)]?.unread == [])
    }

    @Test func toRaiseNothingNeedHaveBeenSeen() throws {
        var desk = try Desk()
        desk.refer(referral(1, from: "bd-housing", ["1A"]), to: 1)
        #expect(desk.decide(Rating(.red, level: .protection), [1], seesAll: false).rated.count == 1)
        // Urgency up and level down is lower in one of the two.
        let mixed = Rating(.red, level: .universal)
        #expect(desk.decide(mixed, [1], seesAll: false).refused.map(\.reason) == ["asof-missing"])
    }

    @Test func aRoleThatMayNotRateIsRefused() throws {
        var desk = try Desk()
        desk.refer(referral(1, ["16A"]), to: 1)
        let practitioner = NamedPerson(
            staff: StaffName("bd.dev")!, team: TeamName("bd-family-help")!, role: .practitioner)
        #expect(desk.decide(green, [1], by: practitioner).refused.map(\.reason) == ["role-may-not"])
        #expect(desk.decide(green, [1], by: Desk.manager(Desk.birmingham)).refused.map(\.reason) == ["role-may-not"])
        #expect(desk.decide(nil, [1]).refused.map(\.reason) == ["rating-missing"])
        #expect(desk.decide(green, []).refused.map(\.reason) == ["unknown-case"])
        #expect(desk.rating(1)?.urgency == .amber)
    }

    @Test func otherDecisionsAreNotTriages() throws {
        var desk = try Desk()
        desk.refer(referral(1, ["16A"]), to: 1)
        for verb in DecisionVerb.allCases where verb != .rate {
            let decision = DecisionSubmitted(
                by: Desk.manager(desk.authority), verb: verb, reason: .other, cases: [desk.caseID(1)], rating: green)
            #expect(desk.receive(.decisionSubmitted(decision)).isEmpty)
        }
    }
}
