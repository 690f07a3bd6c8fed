import DomainModel
import HubConfiguration
import Room
import Sealing
import Testing

@testable import Triage

@Suite struct AskingTests {
    @Test func theAgenciesOfTheRatingAreAskedInTheOrderOfTheConfiguration() throws {
        var desk = try Desk()
        let said = desk.refer(referral(1, from: "bd-housing", ["16A"]), to: 1)
        #expect(said.asked == ["bd-police", "bd-gps", "bd-health-visitors", "bd-schools", "bd-early-help"])
        let request = try said.request(to: "bd-gps")
        #expect(request.topics == ["known-concerns", "current-involvement"])
        #expect(request.purpose == "safeguarding-assessment")
        #expect(request.necessity == "assess-level-of-need")
        #expect(request.rating == .amber)
    }

    @Test func eachReferenceIsGenuineForItsAgencyAloneAndNoTwoAreAlike() throws {
        var desk = try Desk()
        let said = desk.refer(referral(1, ["19B"]), to: 1).requested + desk.refer(referral(2, ["19B"]), to: 2).requested
        let keyed = try Shipped.equipment().keyed
        #expect(Set(said.map(\.request)).count == said.count)
        for request in said {
            #expect(keyed.verify(request.request, from: request.agency)?.authority == desk.authority)
            let other = AgencyName(request.agency.text == "bd-gps" ? "bd-police" : "bd-gps")!
            #expect(keyed.verify(request.request, from: other) == nil)
        }
    }

    @Test func theAgencyThatReferredIsNotAsked() throws {
        var desk = try Desk()
        #expect(!desk.refer(referral(1, from: "bd-schools", ["16A"]), to: 1).asked.contains("bd-schools"))
    }

    @Test func whoMustNotBeToldIsNotAsked() throws {
        var desk = try Desk()
        let said = desk.refer(
            referral(1, from: "bd-housing", ["16A"], withhold: ["bd-police"], childWithholds: ["bd-gps"]), to: 1)
        #expect(said.asked == ["bd-health-visitors", "bd-schools", "bd-early-help"])
        // A later referral of the child that withholds nothing lifts neither.
        let later = desk.refer(referral(2, from: "bd-housing", ["19B"]), to: 1)
        #expect(!later.asked.contains("bd-police"))
        #expect(!later.asked.contains("bd-gps"))
        #expect(later.asked.contains("bd-hospital"))
        // Nor does a new episode.
        desk.close(1)
        desk.reopen(1, "referred-again")
        #expect(!desk.refer(referral(3, from: "bd-housing", ["19B"]), to: 1).asked.contains("bd-police"))
    }

    @Test func anOpenRequestAtTheSameOrAHigherRatingIsNotRepeated() throws {
        var desk = try Desk()
        let first = desk.refer(referral(1, from: "bd-housing", ["16A"]), to: 1)
        #expect(!first.asked.isEmpty)
        #expect(desk.refer(referral(2, from: "bd-housing", ["1A"]), to: 1).requested.isEmpty)
        desk.receive(.returnSubmitted(ReturnSubmitted(content: findings(try first.request(to: "bd-gps"), []))))
        #expect(desk.refer(referral(3, from: "bd-housing", ["16A"]), to: 1).asked == ["bd-gps"])
    }

    @Test func aRiseAsksTheAgenciesOfTheHigherRating() throws {
        var desk = try Desk()
        let first = desk.refer(referral(1, from: "bd-housing", ["16A"]), to: 1)
        let said = desk.receive(
            .returnSubmitted(ReturnSubmitted(content: findings(try first.request(to: "bd-schools"), ["19B"]))))
        #expect(said.rated.first?.rating.urgency == .red)
        // Early help is not asked at Red, and the school has just told us.
        #expect(said.asked == ["bd-police", "bd-hospital", "bd-gps", "bd-health-visitors", "bd-social-care"])
        #expect(said.requested.allSatisfy { $0.rating == .red })
    }

    @Test func anAgencyThatSeveralRulesNameGetsOneRequestForAllTheirTopics() throws {
        let directory = try Shipped.directory()
        var policy = try Shipped.policy("needs-assessment")
        policy.asks = [
            AskRule(ratings: [.red], kinds: [.police], topics: ["a", "b"], purpose: "p", necessity: "n"),
            AskRule(
                ratings: [.red, .amber], kinds: [.police, .gp], topics: ["b", "c"], purpose: "q", necessity: "m"),
        ]
        let asks = policy.asks(at: .red, in: directory, of: Desk.barking, except: [])
        #expect(
            asks == [
                Ask(agency: AgencyName("bd-police")!, topics: ["a", "b", "c"], purpose: "p", necessity: "n"),
                Ask(agency: AgencyName("bd-gps")!, topics: ["b", "c"], purpose: "q", necessity: "m"),
            ])
    }

    @Test func anAgencyThatServesNoParticularAuthorityIsAskedByAll() throws {
        var directory = try Shipped.directory()
        directory.agencies = [
            Agency(
                id: AgencyName("national-police")!, name: "x", kind: .police,
                calendar: CalendarName("round-the-clock")!),
            Agency(
                id: AgencyName("elsewhere")!, name: "x", kind: .police, authorities: [Desk.birmingham],
                calendar: CalendarName("round-the-clock")!),
        ]
        let asks = try Shipped.policy("needs-assessment").asks(at: .red, in: directory, of: Desk.barking, except: [])
        #expect(asks.map(\.agency.text) == ["national-police"])
    }
}
