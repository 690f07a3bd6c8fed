import ConfigurationFiles
import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing
import Testing

@testable import Intake

struct AdoptionTests {
    private static let directory = Bench.configuration.directory
    private static let policies = Bench.configuration.policies

    @Test func eachAuthorityGetsItsConfigurationThenItsPolicyInTheOrderOfTheCodes() {
        let events = Bench().adoptions.events
        #expect(
            events.map(\.authority.description) == [
                "hub", "hub", "E08000025", "E08000025", "E09000002", "E09000002", "E10000012", "E10000012",
            ])
        #expect(events.map(\.body.type) == (0..<8).map { $0 % 2 == 0 ? .configurationAdopted : .policyAdopted })
        #expect(events.allSatisfy { $0.time == Bench.start && $0.source == .intake && $0.causation == nil })
        guard case .policyAdopted(let policy) = events[3].body else {
            Issue.record("no policy")
            return
        }
        #expect(policy.content.id.text == "risk-assessment")
    }

    @Test func aConfigurationCarriesItsAuthoritysSliceAlone() {
        for event in Bench().adoptions.events {
            guard case .configurationAdopted(let facts) = event.body else { continue }
            let slice = facts.content
            // The hub's own review assigns to any authority, so its people must be able to name each.
            let known = event.authority == .hub ? Self.directory.authorities.map(\.gss).sorted() : [event.authority]
            #expect(slice.authorities.map(\.gss) == known)
            #expect(slice.teams.allSatisfy { $0.authority == event.authority })
            #expect(slice.desks.allSatisfy { $0.authority == event.authority })
            #expect(slice.agencies.count == (event.authority == .hub ? 36 : 12))
            #expect(slice.calendars.count == Self.directory.calendars.count)
            #expect(event.policyVersion == String(facts.hash.prefix(16)))
        }
    }

    @Test func whatIsInForceIsNotAdoptedAgain() {
        var bench = Bench()
        #expect(bench.intake.adopt(Self.directory, policies: Self.policies, now: Bench.start).isEmpty)
        var shuffled = Self.directory
        shuffled.agencies.reverse()
        shuffled.teams.reverse()
        #expect(bench.intake.adopt(shuffled, policies: Self.policies.reversed(), now: Bench.start).isEmpty)
    }

    @Test func aChangeIsAdoptedByThoseWhomItConcernsAfterTheOneBefore() throws {
        var bench = Bench()
        let before = try #require(bench.adoptions.events.first { $0.authority == Message.barking })
        var changed = Self.directory
        let place = try #require(changed.teams.firstIndex { $0.id == Message.mash })
        changed.teams[place].people.removeLast()
        let events = bench.intake.adopt(changed, policies: Self.policies, now: Bench.start).events
        #expect(events.map(\.authority) == [Message.barking])
        #expect(events.first?.causation == before.id)
        #expect(
            bench.send(.decision("d", #""person":"bd.beth","verb":"accept""#)).refusal?.reason
                == "person-not-of-this-team")
        // Going back to the earlier content is an adoption of its own.
        let back = bench.intake.adopt(Self.directory, policies: Self.policies, now: Bench.start).events
        #expect(back.count == 1)
        #expect(back.first?.id != before.id)
        #expect(bench.send(.decision("e", #""person":"bd.beth","verb":"accept""#)).fate == .accepted)
    }

    @Test func theSameStepsGiveTheSameIds() {
        #expect(Bench().adoptions == Bench().adoptions)
    }

    @Test func aPolicyThatIsMissingLeavesTheEarlierOneInForce() {
        var bench = Bench()
        #expect(bench.intake.adopt(Self.directory, policies: [], now: Bench.start).isEmpty)
        #expect(bench.intake.policy(of: Message.barking) != nil)
    }

    @Test func ownEventsCarryTheVersionOfTheConfiguration() throws {
        var bench = Bench()
        let adopted = try #require(bench.adoptions.events.first { $0.authority == Message.barking })
        #expect(bench.send(.referral()).events.first?.policyVersion == adopted.policyVersion)
        #expect(bench.send(.referral("y", "{}")).events.first?.policyVersion == adopted.policyVersion)
    }

    @Test func beforeTheFirstAdoptionNobodyIsKnownAndNothingIsLost() {
        var bench = Bench(isAdopted: false)
        let postings = bench.send(.referral())
        #expect(postings.refusal?.reason == "unknown-sender")
        #expect(postings.deadLetters.count == 1)
    }

    /// What says where a refuge is stays in the file: no event has it, and the same list is adopted once.
    @Test func aListedAddressIsAdoptedAsItsMarks() throws {
        var bench = Bench()
        var listing = Self.directory
        listing.sharedAddresses = [
            SharedAddress(
                authority: Message.barking, kind: "refuge", uprn: "100012345678", postcode: "zy9 8xw",
                line: "Quince House")
        ]
        let events = bench.intake.adopt(listing, policies: Self.policies, now: Bench.start).events
        #expect(events.map(\.authority) == [Message.barking])
        guard case .configurationAdopted(let adopted) = try #require(events.first).body else {
            Issue.record("no configuration")
            return
        }
        let listed = try #require(adopted.content.sharedAddresses.first)
        #expect(listed.marks.count == 2 && listed.marks == listed.marks.sorted())
        #expect(listed == SharedAddress(authority: Message.barking, marks: listed.marks))
        var json = JSONWriter()
        adopted.content.write(to: &json)
        let text = String(decoding: json.bytes, as: UTF8.self).lowercased()
        for secret in ["refuge", "100012345678", "zy9", "8xw", "quince"] { #expect(!text.contains(secret)) }
        // In another spelling and with another remark it is the same list; under another key no mark is the same.
        listing.sharedAddresses[0].postcode = "ZY98XW"
        listing.sharedAddresses[0].line = nil
        #expect(bench.intake.adopt(listing, policies: Self.policies, now: Bench.start).isEmpty)
        let other = KeyedHash(try #require(SecretKey(bytes: Array(repeating: 9, count: 32))))
        #expect(Set(listing.sharedAddresses[0].marked(by: other).marks).isDisjoint(with: listed.marks))
        // Put together again from what was adopted, it is what was adopted.
        var merged = HubDirectory(formatVersion: 1)
        merged.merge(adopted.content)
        #expect(merged.slice(for: Message.barking) == adopted.content)
        // And taken off the list it is gone.
        listing.sharedAddresses = []
        #expect(bench.intake.adopt(listing, policies: Self.policies, now: Bench.start).events.count == 1)
    }
}
