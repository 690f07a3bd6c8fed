import DomainModel
import EventLog
import HubRuntime
import SyntheticWorld

/// What came of one seed.
public struct SeedOutcome: Sendable {
    public let seed: UInt64
    public let contacts: Int
    /// Steps that services took.
    public let turns: Int
    /// Faults that happened, by kind.
    public let faults: [(kind: FaultKind, count: Int)]
    /// What is wrong; empty where nothing is.
    public let findings: [String]
    /// What happened, step by step; only where it was asked for.
    public let narration: [String]

    public var holds: Bool { findings.isEmpty }
}

/// Simulates seed after seed, and judges each.
public struct Campaign: Sendable {
    let hub: SimulatedHub
    let plant: PlantedBug?

    /// Every so many seeds all is decided again.
    private static let seedsPerReplay: UInt64 = 8

    public init(hub: SimulatedHub) {
        self.hub = hub
        plant = nil
    }

    /// - Parameter plant: a bug by its name, to see that it is found; nil where the name is unknown.
    public init?(hub: SimulatedHub, plant name: String) {
        guard let plant = PlantedBug(rawValue: name) else { return nil }
        self.hub = hub
        self.plant = plant
    }

    public static var plants: [String] { PlantedBug.allCases.map(\.rawValue) }

    public func play(
        seed: UInt64, without: Set<FaultKind> = [], isNarrating: Bool = false
    ) -> SeedOutcome {
        var findings: [String] = []
        do {
            let simulation = try Simulation(
                seed: seed, hub: hub, plant: plant, without: without, isNarrating: isNarrating)
            do throws(SimulationFailure) { try simulation.run() } catch { findings.append(error.description) }
            let judge = Judge(hub: hub, log: simulation.cluster.whole, trapped: simulation.trapped)
            if findings.isEmpty {
                findings += judge.findings(
                    now: simulation.time.now.adding(milliseconds: SimulatedTimes.clockErrorMax),
                    replays: seed % Campaign.seedsPerReplay == 1)
            }
            if findings.isEmpty, simulation.isCalm { findings += try difference(seed, from: judge) }
            return SeedOutcome(
                seed: seed, contacts: simulation.contacts, turns: simulation.turns,
                faults: zip(FaultKind.allCases, simulation.cluster.counts).map { ($0, $1) }, findings: findings,
                narration: simulation.cluster.narration)
        } catch {
            return SeedOutcome(
                seed: seed, contacts: 0, turns: 0, faults: [], findings: ["the simulation ended: \(error)"],
                narration: [])
        }
    }

    /// Against the same without a fault.
    private func difference(_ seed: UInt64, from judge: Judge) throws -> [String] {
        let unbroken = try Simulation(
            seed: seed, hub: hub, plant: nil, without: Set(FaultKind.allCases), isNarrating: false)
        try unbroken.run()
        let wanted = try Judge(hub: hub, log: unbroken.cluster.whole).picture()
        let found = try judge.picture()
        var findings: [String] = []
        let missing = wanted.keys.filter { found[$0] == nil }.sorted()
        let added = found.keys.filter { wanted[$0] == nil }.sorted()
        let changed = wanted.keys.filter { key in found[key].map { $0 != wanted[key] } ?? false }.sorted()
        for (words, keys) in [("is missing", missing), ("is too many", added), ("is another", changed)] {
            if let first = keys.first {
                findings.append("against a run without faults, \(keys.count) \(words), the first \(first)")
            }
        }
        return findings
    }

    /// The faults without which a failing seed would still fail are left out, one kind after the other.
    /// - Returns: the kinds that are needed.
    public func shrink(seed: UInt64) -> [FaultKind] {
        var left: Set<FaultKind> = []
        for kind in FaultKind.allCases where !play(seed: seed, without: left.union([kind])).holds {
            left.insert(kind)
        }
        return FaultKind.allCases.filter { !left.contains($0) }
    }
}
