import DomainModel
import HubConfiguration
import Room
import Testing

@testable import Triage

@Suite struct ReturnTests {
    private func asked(_ factors: [String] = ["16A"]) throws -> (desk: Desk, gp: ReturnRequested) {
        var desk = try Desk()
        let said = desk.refer(referral(1, from: "bd-housing", factors), to: 1)
        return (desk, try said.request(to: "bd-gps"))
    }

    @Test func findingsRaiseTheCase() throws {
        var (desk, gp) = try asked()
        let rated = try #require(
            desk.receive(.returnSubmitted(ReturnSubmitted(content: findings(gp, ["19C"])))).rated.first)
        #expect(rated.rating == Rating(.red, level: .protection))
        #expect(rated.previous == Rating(.amber, level: .targeted))
        #expect(rated.reasons == ["sexual-abuse"])
        #expect(!rated.danger)
        #expect(desk.history.last?.own.first?.correlation == ReferralID(bits: 1))
    }

    @Test func findingsThatChangeNothingAreNoEvent() throws {
        var (desk, gp) = try asked()
        #expect(desk.receive(.returnSubmitted(ReturnSubmitted(content: findings(gp, ["1A"])))).isEmpty)
        #expect(desk.receive(.returnSubmitted(ReturnSubmitted(content: findings(gp, [], kind: .nothingKnown)))).isEmpty)
    }

    @Test func findingsAboutAnAdultCountToo() throws {
        var (desk, gp) = try asked(["1A", "2A"].dropLast() + ["16A"])
        var content = findings(gp, [])
        content.findings = [concern("19B", about: .adult(0))]
        #expect(desk.receive(.returnSubmitted(ReturnSubmitted(content: content))).rated.first?.rating.urgency == .red)
    }

    @Test func aReturnIsNoNewReferralSoRulesOnTheReferralItselfDoNotCountAgain() throws {
        var (desk, gp) = try asked()
        var policy = try Shipped.policy("needs-assessment")
        policy.rules.append(
            RatingRule(
                id: "from-gp", when: Condition(sources: [ReferralSource("3A")!]), rating: .red, level: .protection,
                reason: "x"))
        desk.receive(.policyAdopted(PolicyAdopted(hash: "2", content: policy)))
        #expect(desk.receive(.returnSubmitted(ReturnSubmitted(content: findings(gp, ["1A"])))).isEmpty)
    }

    @Test func concernsOfSeveralReturnsAreCountedTogether() throws {
        var desk = try Desk()
        let said = desk.refer(referral(1, from: "bd-housing", ["1A"]), to: 1)
        #expect(said.asked == ["bd-schools", "bd-early-help"])
        #expect(
            desk.receive(
                .returnSubmitted(ReturnSubmitted(content: findings(try said.request(to: "bd-schools"), ["2A"])))
            ).isEmpty)
        let rated = desk.receive(
            .returnSubmitted(ReturnSubmitted(content: findings(try said.request(to: "bd-early-help"), ["5A"])))
        ).rated.first
        #expect(rated?.rating.urgency == .amber)
    }

    @Test func aWithdrawnReturnIsOwedAgainAndLowersNothing() throws {
        var (desk, gp) = try asked()
        desk.receive(.returnSubmitted(ReturnSubmitted(content: findings(gp, ["19C"]))))
        let said = desk.receive(
            .returnWithdrawn(
                ReturnWithdrawn(
                    request: gp.request, agency: gp.agency, earlier: EventID(bits: 5), reason: .wrongPerson)))
        #expect(said.isEmpty)
        #expect(desk.rating(1)?.urgency == .red)
        #expect(desk.triage.state.requests[RequestKey(gp.request)!]?.standing == .open)
    }

    @Test func aPartialReturnLeavesTheRequestOpenUntilItIsComplete() throws {
        var (desk, gp) = try asked()
        let key = try #require(RequestKey(gp.request))
        desk.receive(.returnSubmitted(ReturnSubmitted(content: findings(gp, [], kind: .partial))))
        #expect(desk.triage.state.requests[key]?.standing == .open)
        desk.receive(.returnSubmitted(ReturnSubmitted(content: findings(gp, [], kind: .partial, complete: true))))
        #expect(desk.triage.state.requests[key]?.standing == .answered)
    }

    @Test func anAgencyThatCouldNotTellWhoIsMeantHasNotAnswered() throws {
        var (desk, gp) = try asked()
        desk.receive(.returnSubmitted(ReturnSubmitted(content: findings(gp, [], identified: false))))
        #expect(desk.triage.state.requests[RequestKey(gp.request)!]?.standing == .declined)
    }

    @Test func aReferenceThatCannotBeReadIsNobodys() throws {
        var (desk, gp) = try asked()
        gp.request = "no reference"
        #expect(desk.receive(.returnSubmitted(ReturnSubmitted(content: findings(gp, ["19C"])))).isEmpty)
    }

    @Test func aRiskThatIsFoundAfterTheCloseIsRatedAllTheSame() throws {
        var (desk, gp) = try asked()
        desk.close(1)
        let said = desk.receive(.returnSubmitted(ReturnSubmitted(content: findings(gp, ["19C"]))))
        #expect(said.rated.first?.rating.urgency == .red)
        #expect(desk.triage.state.standing(of: desk.caseID(1)) == .rated)
    }
}
