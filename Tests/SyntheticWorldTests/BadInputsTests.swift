import EventLog
import HubConfiguration
import JSON
import SyntheticWorld
import Testing

@Suite struct BadInputsTests {
    private static let all: [BadInput] = {
        guard let directory = try? Shipped.directory() else { return [] }
        return Array(BadInputs(seed: 5, directory: directory, count: 600))
    }()

    @Test func everyKindComes() {
        for kind in BadInput.Kind.allCases { #expect(Self.all.contains { $0.kind == kind }) }
        #expect(Self.all.count == 600)
    }

    @Test func oneSeedGivesOneStream() throws {
        #expect(Array(BadInputs(seed: 5, directory: try Shipped.directory(), count: 600)) == Self.all)
        #expect(Array(BadInputs(seed: 6, directory: try Shipped.directory(), count: 600)) != Self.all)
    }

    @Test func whatIsMeantToBeUnreadableIs() {
        let parser = JSONParser()
        for input in Self.all {
            guard let value = input.record.value else {
                #expect(input.kind == .nullValue)
                continue
            }
            switch input.kind {
            case .truncated, .invalidUTF8, .deepNesting, .emptyValue, .hugeNumber:
                #expect(throws: JSONError.self, "\(input.kind)") { try parser.parse(value) }
            default: #expect(throws: Never.self, "\(input.kind)") { try parser.parse(value) }
            }
            if input.kind == .twoMegabytes { #expect(value.count > 2 << 20) }
        }
    }

    @Test func everyFreeTextIsMarkedAndListed() throws {
        let parser = JSONParser()
        for input in Self.all where input.kind == .markedEverywhere {
            let json = try parser.parse(input.record.value ?? [])
            let narrative = try #require(try json.member("narrative")?.string())
            #expect(narrative.contains(BadInputs.marker))
            #expect(input.secrets.contains(narrative))
            for secret in input.secrets { #expect(secret.contains(BadInputs.marker) || secret.hasPrefix("999")) }
        }
    }

    @Test func markersStandInValuesAndIdsOnly() throws {
        for input in Self.all { #expect(!input.record.target.topic.name.contains(BadInputs.marker)) }
        for agency in try Shipped.directory().agencies { #expect(!agency.name.contains(BadInputs.marker)) }
    }
}
