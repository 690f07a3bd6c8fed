import CommandLine
import ConfigurationFiles
import DomainModel
import EventLog
import Foundation
import HubConfiguration
import HubRuntime
import Room
import SyntheticWorld

/// A hub's topics on brokers, under a prefix of their own, and services that run on them for a bench.
struct BenchPlace {
    let log: any EventLog
    let topics: HubTopics
    let settings: HubSettings
    let configuration: LoadedConfiguration

    /// Those that decide.
    static let services: Set<Service> = [.intake, .deduplication, .triage, .routing, .deadlines]

    /// Nothing was written for so long: all is at rest.
    private static let rest = Duration.seconds(2)
    /// A bound on each part, so that a bench ends.
    private static let longest = Duration.seconds(900)

    init(
        _ name: String, _ settings: HubSettings, _ configuration: LoadedConfiguration, _ terminal: Terminal
    ) throws(CommandFailure) {
        var settings = settings
        settings.topicPrefix = "bench-\(Publishing.newID().prefix(8))-\(name)."
        self.settings = settings
        self.configuration = configuration
        topics = Common.topics(settings)
        log = try HubLog.onBrokers(settings)
        _ = try HubLog.prepare(log, configuration, topics, terminal)
    }

    func plan(seed: UInt64, contacts: Int) -> TrafficPlan {
        TrafficPlan(
            seed: seed, directory: configuration.directory, prefix: topics.prefix, contacts: contacts,
            start: VirtualClock.monday, days: 7, mistakes: false)
    }

    func publish(_ plan: inout TrafficPlan, _ count: Int, _ terminal: Terminal) throws(CommandFailure) -> Int {
        do throws(LogError) {
            return try plan.publish(count, to: log, terminal)
        } catch {
            throw Common.failure(error)
        }
    }

    func loops(_ services: Set<Service>, instance: String = "bench") throws(CommandFailure) -> [ServiceLoop] {
        OpenHub.loops(
            log: log, configuration: configuration, topics: topics, secrets: try Secrets.load(settings, isNew: true),
            services: services, instance: instance)
    }

    func start(_ services: Set<Service>) throws(CommandFailure) -> ServiceRunner {
        let runner = ServiceRunner(configuration: configuration, topics: topics, terminal: Terminal.silent)
        runner.start(try loops(services))
        return runner
    }

    /// Runs services until they have taken all that there is for them.
    func drain(_ services: Set<Service>, seconds: (Double) -> Void) throws(CommandFailure) -> StepCounts {
        let begin = ContinuousClock.now
        let runner = try start(services)
        try rest(runner, services)
        let end = runner.lastWork
        try finish(runner)
        seconds(KafkaBench.seconds(end - begin))
        return runner.total
    }

    /// Returns when services have written nothing for a while, and nothing is left for them.
    func rest(_ runner: ServiceRunner, _ services: Set<Service>) throws(CommandFailure) {
        try BenchPlace.until { () throws(CommandFailure) in
            if let failure = runner.failure { throw failure }
            guard runner.total.hasWritten, ContinuousClock.now - runner.lastWork > BenchPlace.rest else { return false }
            do throws(LogError) { return try isTaken(services) } catch { throw Common.failure(error) }
        }
    }

    /// Whether behind every committed position there is nothing more.
    private func isTaken(_ services: Set<Service>) throws(LogError) -> Bool {
        let room = (0..<topics.partitions).map { TopicPartition(topics.events, $0) }
        var ingress: [TopicPartition] = []
        for topic in try log.topics() where topics.ingress(topic.topic) != nil {
            ingress += (0..<topic.partitions).map { TopicPartition(topic.topic, $0) }
        }
        for service in services.sorted(by: { $0.rawValue < $1.rawValue }) {
            for source in service == .intake ? ingress : room {
                let position = try log.committed(ParticipantName(service.rawValue), on: source) ?? .start
                if try !log.read(source, from: position, limit: ReadLimit(records: 1, bytes: 1)).records.isEmpty {
                    return false
                }
            }
        }
        return true
    }

    func finish(_ runner: ServiceRunner) throws(CommandFailure) {
        runner.stop()
        while runner.isRunning { Thread.sleep(forTimeInterval: 0.02) }
        if let failure = runner.failure { throw failure }
    }

    /// Looks again and again until something holds.
    static func until(_ holds: () throws(CommandFailure) -> Bool) throws(CommandFailure) {
        let begin = ContinuousClock.now
        while try !holds() {
            if StopSignals.isWanted { throw CommandFailure(.temporary, "stopped before the bench was done") }
            if ContinuousClock.now - begin > longest { throw endless }
            Thread.sleep(forTimeInterval: 0.01)
        }
    }

    private static let endless = CommandFailure(
        .temporary, "a part of the bench did not end", remedy: "Take fewer contacts.")
}
