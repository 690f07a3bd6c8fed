import CommandLine
import ConfigurationFiles
import DomainModel
import Foundation
import HubConfiguration

enum BenchKafkaCommand {
    static let contacts = Option("contacts", value: "N", default: 100_000, "how many contacts")
    static let seed = Option("seed", value: "N", default: UInt64(1), "the same seed gives the same contacts")

    static let command = Command(
        "kafka", "measures the services on brokers beside a plain pass-through",
        discussion: """
            Contacts are published first, untimed. Then each service by itself takes all that there is for it, one after \
            the other; what the room then holds is consumed and produced once more, exactly once and byte for byte, by \
            the same client library with nothing in between: that is the limit. Last, all services together take the \
            same contacts again, and, at half the rate at which they did, one by one as they come.

            Topics are made under a prefix of their own and left there: give it brokers that are yours to fill.
            """,
        options: [contacts, seed, Common.json], exitCodes: [.ok, .unavailable, .configuration],
        examples: [
            ("FRONTDOOR_KAFKA_BOOTSTRAP=127.0.0.1:9092 frontdoor bench kafka", "100,000 contacts on one broker"),
            (
                "FRONTDOOR_KAFKA_BOOTSTRAP=127.0.0.1:9092 frontdoor bench kafka --contacts 5000 --json",
                "a quick look, for a script"
            ),
        ],
        subcommands: [rebalances]
    ) { invocation, terminal in
        let (settings, configuration) = try onTrial(invocation)
        return try await Common.onOwnThread {
            let folder = try TrialFolder(given: nil)
            defer { folder.remove() }
            let result = try KafkaBench(
                contacts: max(1, invocation[contacts]), seed: invocation[seed],
                settings: settings.over(folder), configuration: configuration
            ).run(terminal)
            if invocation[Common.json] { terminal.print(result.json) } else { result.show(terminal) }
            return .ok
        }
    }

    static let changes = Option("changes", value: "N", default: 20, "how often the group changes")
    static let people = Option("contacts", value: "N", default: 100_000, "how many contacts fill the table")

    static let rebalances = Command(
        "rebalances", "measures restarts, and what is restored when a group changes",
        discussion: """
            Contacts are published, and Intake and Deduplication take them, so that Deduplication has a large table. Then \
            it is started again, and the first decision is timed, beside a start over an empty table. Then two instances \
            share its partitions while contacts go on coming, and a third joins and leaves: each change is timed, with \
            how many partitions came to another owner, how many tables were restored and how many were kept. It fails \
            where a partition is restored more than once by one owner.
            """,
        options: [people, changes, seed, Common.json], exitCodes: [.ok, .checkFailed, .unavailable, .configuration],
        examples: [
            (
                "FRONTDOOR_KAFKA_BOOTSTRAP=127.0.0.1:9092 frontdoor bench kafka rebalances --contacts 200000",
                "a table of about a million rows"
            )
        ]
    ) { invocation, terminal in
        let (settings, configuration) = try onTrial(invocation)
        return try await Common.onOwnThread {
            let folder = try TrialFolder(given: nil)
            defer { folder.remove() }
            let result = try RebalanceBench(
                contacts: max(1, invocation[people]), changes: max(1, invocation[changes]), seed: invocation[seed],
                settings: settings.over(folder), configuration: configuration
            ).run(terminal)
            if invocation[Common.json] { terminal.print(result.json) } else { result.show(terminal) }
            return result.holds ? .ok : .checkFailed
        }
    }

    /// The brokers that are named, for topics that may be filled.
    private static func onTrial(_ invocation: Invocation) throws(CommandFailure) -> (HubSettings, LoadedConfiguration) {
        let configuration = try Common.configuration(invocation)
        let named = Common.settings(invocation, configuration)
        guard named.kafka.isConfigured else {
            throw CommandFailure(
                .configuration, "no brokers are named",
                remedy: "Set FRONTDOOR_KAFKA_BOOTSTRAP, for example to 127.0.0.1:9092.")
        }
        StopSignals.watch()
        return (named, configuration)
    }
}

extension HubSettings {
    /// With keys and state of its own.
    fileprivate func over(_ folder: TrialFolder) -> HubSettings {
        var settings = self
        settings.dataFolder = folder.path
        return settings
    }
}
