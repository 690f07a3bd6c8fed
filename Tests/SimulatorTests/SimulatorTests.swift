import Testing

@testable import Simulator

@Suite struct SimulatorTests {
    /// A few of the seeds that the command plays by the hundred in release mode.
    @Test(arguments: [1, 2, 4, 5, 8] as [UInt64]) func aWeekUnderFaultsLosesNothing(seed: UInt64) {
        let outcome = Campaign(hub: Given.hub).play(seed: seed)
        #expect(outcome.holds, "\(outcome.findings)")
        #expect(outcome.turns > 100)
    }

    @Test func theSameSeedPlaysTheSame() {
        let campaign = Campaign(hub: Given.hub)
        let one = campaign.play(seed: 7, isNarrating: true)
        let two = campaign.play(seed: 7, isNarrating: true)
        #expect(one.narration == two.narration)
        #expect(one.narration.count > 20)
        #expect(one.turns == two.turns)
    }

    @Test(arguments: Campaign.plants) func aPlantedBugIsFound(name: String) throws {
        let campaign = try #require(Campaign(hub: Given.hub, plant: name))
        let found = (1...200 as ClosedRange<UInt64>).first { !campaign.play(seed: $0).holds }
        #expect(found != nil, "\(name) was not found within 200 seeds")
    }
}
