import DomainModel
import HubConfiguration
import Room
import Testing

@testable import Triage

/// In the holidays a school's cover is asked in its place.
@Suite struct CoverTests {
    /// Tuesday 22 December 2026, 10:00.
    private static let holidays: Int64 = 1_797_933_600_000

    private func extended(_ request: ReturnRequested, cover: String = "bd-education") -> EventBody {
        .obligationExtended(
            ObligationExtended(
                facts: ObligationFacts(
                    obligation: ObligationID(bits: 7), kind: .informationReturn, agency: request.agency,
                    caseID: request.caseID, child: request.child, referral: request.referral,
                    request: request.request, rating: request.rating),
                arming: 2, reason: "outside-term", cover: AgencyName(cover)))
    }

    @Test func askedInTheHolidaysItsCoverIsAskedAtOnce() throws {
        var desk = try Desk()
        desk.base = Self.holidays
        let said = desk.refer(referral(1, from: "bd-housing", ["16A"]), to: 1)
        #expect(said.asked == ["bd-police", "bd-gps", "bd-health-visitors", "bd-education", "bd-early-help"])
        let request = try said.request(to: "bd-education")
        #expect(request.coverFor?.text == "bd-schools")
        #expect(request.topics == ["known-concerns", "current-involvement"])
        #expect(try said.request(to: "bd-police").coverFor == nil)
    }

    @Test func aRedIsReroutedToo() throws {
        var desk = try Desk()
        desk.base = Self.holidays
        let said = desk.refer(referral(1, from: "bd-housing", ["19B"]), to: 1)
        #expect(said.asked.contains("bd-education") && !said.asked.contains("bd-schools"))
    }

    @Test func coverThatMustNotBeToldIsPassedOver() throws {
        var desk = try Desk()
        desk.base = Self.holidays
        let said = desk.refer(referral(1, from: "bd-housing", ["16A"], withhold: ["bd-education"]), to: 1)
        #expect(said.asked.contains("bd-schools") && !said.asked.contains("bd-education"))
    }

    @Test func whoGoesIntoTheHolidaysUnansweredIsReplacedOnce() throws {
        var desk = try Desk()
        let asked = try desk.refer(referral(1, from: "bd-housing", ["16A"]), to: 1).request(to: "bd-schools")
        let request = try desk.receive(extended(asked)).request(to: "bd-education")
        #expect(request.coverFor == asked.agency && request.caseID == asked.caseID && request.rating == .amber)
        #expect(request.request != asked.request)
    }

    @Test func whatWasAnsweredOrClosedMeanwhileIsAskedOfNobody() throws {
        var desk = try Desk()
        let asked = try desk.refer(referral(1, from: "bd-housing", ["16A"]), to: 1).request(to: "bd-schools")
        desk.receive(.returnSubmitted(ReturnSubmitted(content: findings(asked, []))))
        #expect(desk.receive(extended(asked)).requested.isEmpty)
        let other = try desk.refer(referral(2, from: "bd-housing", ["16A"]), to: 2).request(to: "bd-schools")
        desk.close(2)
        #expect(desk.receive(extended(other)).requested.isEmpty)
    }
}
