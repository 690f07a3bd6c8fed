import CommandLine
import ConfigurationFiles
import HubConfiguration
import Room
import Simulator

enum SimulateCommand {
    static let seeds = Option("seeds", value: "N", default: 300, "how many seeds")
    static let from = Option("from", value: "SEED", default: UInt64(1), "the first one")
    static let plant = OptionalOption<String>(
        "plant", value: "NAME", "plants a bug that must be found: " + Campaign.plants.joined(separator: ", "))
    static let narrate = Flag("narrate", "tells what happened in every seed, step by step")

    /// Few, so that each holds several authorities: as on any cluster.
    private static let partitions: Int32 = 4

    static let command = Command(
        "simulate", "plays the whole hub over a simulated Kafka under faults, seed after seed",
        discussion: """
            Two processes run every service over a Kafka that is simulated, with agencies, teams and desks around them, \
            in virtual time and on one thread. Processes die at every step of a commit or stand still and wake as \
            zombies, partitions change hands, brokers are lost, answers too; messages are repeated, late and in another \
            order; clocks jump. Then the independent checker judges the log, and what all services have committed.

            A seed plays the same each time. One that fails is told step by step, with the kinds of fault that it needs.
            """,
        options: [seeds, from, plant, narrate, Common.json], exitCodes: [.ok, .checkFailed, .usage],
        examples: [
            ("frontdoor simulate --seeds 300", "seeds 1 to 300"),
            ("frontdoor simulate --from 4711 --seeds 1 --narrate", "one seed, told step by step"),
            ("frontdoor simulate --plant no-fencing", "must fail, and names the seed that found it"),
        ]
    ) { invocation, terminal in
        let configuration = try Common.configuration(invocation)
        let hub = hub(configuration)
        let campaign: Campaign
        if let name = invocation[plant] {
            guard let planted = Campaign(hub: hub, plant: name) else {
                throw CommandFailure(
                    .usage, "there is no bug called '\(name)'",
                    remedy: "There are: " + Campaign.plants.joined(separator: ", "))
            }
            campaign = planted
        } else {
            campaign = Campaign(hub: hub)
        }
        return try await Common.onOwnThread {
            try run(
                campaign, from: invocation[from], seeds: max(1, invocation[seeds]), narrates: invocation[narrate],
                isJSON: invocation[Common.json], terminal)
        }
    }

    static func hub(_ configuration: LoadedConfiguration) -> SimulatedHub {
        let topics = HubTopics(partitions: partitions)
        return SimulatedHub(
            directory: configuration.directory, policies: configuration.policies,
            allowLists: configuration.allowLists, topics: topics,
            specifications: configuration.catalogue.specifications(for: configuration.directory, topics: topics),
            intake: { OpenHub.intakeHost() }, hosts: { OpenHub.hosts() })
    }

    private static func run(
        _ campaign: Campaign, from first: UInt64, seeds: Int, narrates: Bool, isJSON: Bool, _ terminal: Terminal
    ) throws(CommandFailure) -> ExitCode {
        var progress = Progress("Simulating", total: seeds, unit: "seeds", terminal: terminal)
        let started = ContinuousClock.now
        var faults = FaultKind.allCases.map { (kind: $0, count: 0) }
        var turns = 0
        var contacts = 0
        for done in 0..<seeds {
            let seed = first &+ UInt64(done)
            let outcome = campaign.play(seed: seed, isNarrating: narrates)
            turns += outcome.turns
            contacts += outcome.contacts
            for place in outcome.faults.indices { faults[place].count += outcome.faults[place].count }
            if narrates { for line in outcome.narration { terminal.print(line) } }
            guard outcome.holds else {
                progress.finish()
                tell(outcome, campaign, narrates: !narrates && !isJSON, isJSON: isJSON, terminal)
                return .checkFailed
            }
            progress.update(done + 1)
        }
        progress.finish()
        let elapsed = (ContinuousClock.now - started).components
        let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
        if isJSON {
            var json = JSONText()
            json.field("seeds", seeds)
            json.field("failed", 0)
            json.field("contacts", contacts)
            json.field("turns", turns)
            json.list("faults", faults.map { "\($0.kind.rawValue) \($0.count)" })
            json.field("seconds", seconds)
            terminal.print(json.finished)
        } else {
            var table = Table([.text("Fault"), .number("Times")])
            for fault in faults { table.add([fault.kind.rawValue, Words.count(fault.count)]) }
            terminal.print(table)
            terminal.print(
                "\(Words.count(seeds, "seed", "seeds")) from \(first): \(Words.count(contacts)) contacts, "
                    + "\(Words.count(turns)) steps, all hold.")
        }
        return .ok
    }

    private static func tell(
        _ outcome: SeedOutcome, _ campaign: Campaign, narrates: Bool, isJSON: Bool, _ terminal: Terminal
    ) {
        if isJSON {
            let needed = campaign.shrink(seed: outcome.seed).map(\.rawValue)
            var json = JSONText()
            json.field("failed", 1)
            json.field("seed", Int(outcome.seed))
            json.field("finding", outcome.findings.first ?? "")
            json.field("faults", needed.joined(separator: " "))
            terminal.print(json.finished)
            return
        }
        if narrates {
            for line in campaign.play(seed: outcome.seed, isNarrating: true).narration { terminal.print(line) }
        }
        terminal.print(terminal.styled("Seed \(outcome.seed) fails.", .red))
        for finding in outcome.findings { terminal.print("  " + finding) }
        let needed = campaign.shrink(seed: outcome.seed).map(\.rawValue)
        terminal.print("It needs: " + (needed.isEmpty ? "no fault at all" : needed.joined(separator: ", ")))
        terminal.print("Again: frontdoor simulate --from \(outcome.seed) --seeds 1 --narrate")
    }
}
