import DomainModel
import HubConfiguration
import JSON
import Room
import Testing

struct AdoptionsTests {
    private func event(_ body: EventBody, of authority: AuthorityCode = Sample.authority) -> Event {
        var event = Sample.event(body)
        event.authority = authority
        return event
    }

    private func configuration(_ version: Int) -> EventBody {
        .configurationAdopted(ConfigurationAdopted(hash: "h\(version)", content: HubDirectory(formatVersion: version)))
    }

    private func policy(_ version: String) throws -> EventBody {
        let content = Policy(
            formatVersion: 1, id: try #require(PolicyName("needs")), version: version, title: "t",
            profile: .needsAssessment, agreedBy: "b", agreedOn: try #require(CivilDate(iso8601: "2026-10-06")),
            reviewOn: try #require(CivilDate(iso8601: "2027-10-06")),
            fallback: Fallback(rating: .green, level: .early, reason: "r"))
        return .policyAdopted(PolicyAdopted(hash: "h", content: content))
    }

    @Test func whatWasAdoptedLastIsInForceForThatAuthorityAlone() throws {
        var adoptions = Adoptions()
        let isAdoption = adoptions.apply(event(configuration(0)))
        #expect(isAdoption)
        #expect(adoptions.policy(of: Sample.authority) == nil)
        adoptions.apply(event(configuration(1)))
        adoptions.apply(event(try policy("1")))
        adoptions.apply(event(configuration(2), of: .hub))
        #expect(adoptions.configuration(of: Sample.authority)?.formatVersion == 1)
        #expect(adoptions.configuration(of: .hub)?.formatVersion == 2)
        #expect(adoptions.policy(of: .hub) == nil)
        adoptions.apply(event(try policy("2")))
        #expect(adoptions.policy(of: Sample.authority)?.version == "2")
    }

    @Test func anyOtherEventChangesNothing() {
        var adoptions = Adoptions()
        var changes: [RowChange] = []
        let isAdoption = adoptions.apply(Sample.event())
        #expect(!isAdoption)
        adoptions.takeChanges(into: &changes)
        #expect(changes.isEmpty)
    }

    @Test func aRestartFindsWhatWasInForce() throws {
        var adoptions = Adoptions()
        adoptions.apply(event(configuration(3)))
        adoptions.apply(event(try policy("3")))
        var changes: [RowChange] = []
        adoptions.takeChanges(into: &changes)
        var restored = Adoptions()
        let parser = JSONParser()
        var taken = 0
        for change in changes where try restored.restore(change, parser: parser) { taken += 1 }
        #expect(taken == 2)
        #expect(restored.configuration(of: Sample.authority) == adoptions.configuration(of: Sample.authority))
        #expect(restored.policy(of: Sample.authority) == adoptions.policy(of: Sample.authority))
        let isOurs = try restored.restore(RowChange(key: Array("Xa".utf8), value: nil), parser: parser)
        #expect(!isOurs)
    }
}
