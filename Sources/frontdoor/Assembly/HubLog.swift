import CommandLine
import ConfigurationFiles
import DomainModel
import EmbeddedEventLog
import EventLog
import Foundation
import HubConfiguration
import KafkaEventLog
import Room

/// The log that a command works on: the brokers' where hub.yaml or the environment names some, else the one in the data
/// folder.
enum HubLog {
    enum Use { case reading, appending }

    /// For who reads or adds to what a run left or is making.
    static func existing(_ settings: HubSettings, for use: Use) throws(CommandFailure) -> any EventLog {
        if settings.kafka.isConfigured { return try onBrokers(settings) }
        guard FileManager.default.fileExists(atPath: settings.dataFolder + "/log.sqlite") else {
            throw CommandFailure(
                .noInput, "there is no log in the folder \(settings.dataFolder)",
                remedy: "Give the folder with --data, or start the hub there with 'frontdoor run'.")
        }
        return try Common.open(settings, mode: use == .reading ? .reading : .appending)
    }

    static func onBrokers(
        _ settings: HubSettings, orders: TestOrders = .none
    ) throws(CommandFailure) -> any EventLog {
        let client = try Common.kafka(settings, environment: ProcessInfo.processInfo.environment)
        do throws(LogError) {
            var own = KafkaEventLog.Settings(
                client, prefix: settings.topicPrefix, replication: settings.kafka.replication)
            own.faults = orders.faults
            #if DEBUG
                own.isWithoutFencing = orders.isWithoutFencing
            #endif
            return try KafkaEventLog(own)
        } catch {
            throw Common.failure(error)
        }
    }

    /// Makes the topics that are missing, where this user may.
    /// - Returns: whether the room is without any event.
    static func prepare(
        _ log: any EventLog, _ configuration: LoadedConfiguration, _ topics: HubTopics, _ terminal: Terminal
    ) throws(CommandFailure) -> Bool {
        // On brokers the tables are topics like any other.
        let wanted =
            configuration.catalogue.specifications(for: configuration.directory, topics: topics)
            + configuration.catalogue.tableSpecifications(topics: topics)
        do throws(LogError) {
            do throws(LogError) {
                try log.ensure(wanted)
            } catch {
                guard case .fatal(let why) = error else { throw error }
                terminal.remark("topics may be missing (\(why)): 'frontdoor topics apply' makes them")
            }
            for partition in 0..<topics.partitions {
                if try log.end(of: TopicPartition(topics.events, partition)) > .start { return false }
            }
            return true
        } catch {
            throw Common.failure(error)
        }
    }
}
