import CommandLine
import ConfigurationFiles
import Delivery
import DomainModel
import EmbeddedEventLog
import EventLog
import Foundation
import HubConfiguration
import HubRuntime
import Room

enum RunCommand {
    static let services = OptionalOption<String>(
        "services", value: "LIST", "which participants to run, separated by commas; default: all")

    static let instance = OptionalOption<String>(
        "instance", value: "NAME", environment: "FRONTDOOR_INSTANCE",
        "this process among those of the same services on brokers; default: the machine's name")

    static let command = Command(
        "run", "runs the hub until it is told to stop",
        discussion: """
            Reads what agencies, teams and desks publish, decides, and writes what follows, each step in one commit. \
            SIGTERM and SIGINT stop it after the commit in hand, within \(Limits.stopMillisecondsMax / 1000) seconds.

            Over a data folder, one process decides at a time; any number may publish to it and read from it. Over \
            brokers (settings.kafka.bootstrap of hub.yaml, or FRONTDOOR_KAFKA_BOOTSTRAP), any number of processes share \
            the work: give each its own --instance, and the same key files. One that comes with the same instance as \
            another takes its place.
            """,
        options: [Common.data, services, instance],
        environment: [("FRONTDOOR_MASTER_KEY_FILE", "the key that wraps the keys of sealed parts")],
        exitCodes: [.ok, .temporary, .inputOutput, .configuration],
        examples: [
            ("frontdoor run", "runs all participants over the log in the data folder"),
            ("frontdoor run --services intake,deadlines", "takes in and wakes people, and leaves the rest for later"),
            (
                "FRONTDOOR_KAFKA_BOOTSTRAP=127.0.0.1:9092 frontdoor run --instance two",
                "runs all participants over brokers, beside others"
            ),
        ]
    ) { invocation, terminal in
        let configuration = try Common.configuration(invocation)
        let settings = Common.settings(invocation, configuration)
        let wanted = try parse(invocation[services])
        let sinks = try DeliverySinks.load(configuration.delivery, environment: invocation.environment)
        StopSignals.watch()
        if settings.kafka.isConfigured {
            return try await Common.onOwnThread {
                try runOnBrokers(invocation, configuration, settings, wanted, sinks, terminal)
            }
        }
        let secrets = try Secrets.load(settings)
        return try await Common.onOwnThread {
            let log = try Common.open(settings, mode: .deciding)
            let open = OpenHub(
                log: log, configuration: configuration, topics: Common.topics(settings), secrets: secrets,
                services: wanted)
            let watchdog = Watchdog()
            let delivery = DeliveryThreads(wanted)
            defer { delivery.stop() }
            var watch = ConfigurationWatch(ConfigurationSource(folder: invocation[Common.config]))
            do throws(HubError) {
                var restored = 0
                try open.hub.start(topics: open.specifications) { restored = $0 }
                terminal.remark(
                    "frontdoor \(Frontdoor.version): restored \(Words.count(restored, "row", "rows")); running on \(settings.dataFolder)"
                )
                _ = try open.hub.adopt(
                    configuration.directory, policies: configuration.policies, now: Common.now())
                delivery.start(
                    log: log, topics: open.topics, configuration: configuration, settings: settings, sinks: sinks,
                    services: wanted)
                var total = StepCounts()
                while !StopSignals.isWanted {
                    watchdog.pat()
                    delivery.signs.note([.intake, .deadlines], at: Common.now())
                    if let error = delivery.failed { throw HubError.log(error) }
                    if let changed = watch.change(at: Common.now(), tell: { terminal.remark($0) }) {
                        total += try adopt(changed, open, terminal)
                        RunCommand.configure(delivery, changed, invocation, terminal)
                    }
                    if let due = open.hub.nextDue, due <= Common.now() { _ = try open.hub.strike(now: Common.now()) }
                    total += try open.hub.step(wait: .milliseconds(Limits.pollWaitMilliseconds))
                }
                delivery.stop()
                try open.hub.stop()
                terminal.remark(
                    "stopped: \(Words.count(total.ingress)) taken in, \(Words.count(total.events)) events, \(Words.count(total.outgoing)) sent, \(Words.count(total.deadLetters)) dead letters"
                )
            } catch {
                throw Common.failure(error)
            }
            log.close()
            return .ok
        }
    }

    private static func runOnBrokers(
        _ invocation: Invocation, _ configuration: LoadedConfiguration, _ settings: HubSettings,
        _ services: Set<Service>, _ sinks: [Sink], _ terminal: Terminal
    ) throws -> ExitCode {
        let topics = Common.topics(settings)
        let log = try HubLog.onBrokers(settings)
        let isNew = try HubLog.prepare(log, configuration, topics, terminal)
        let secrets = try Secrets.load(settings, isNew: isNew)
        let name = invocation[instance] ?? ProcessInfo.processInfo.hostName
        let delivery = DeliveryThreads(services)
        defer { delivery.stop() }
        let runner = ServiceRunner(
            configuration: configuration, topics: topics, terminal: terminal, signs: delivery.signs)
        runner.start(
            OpenHub.loops(
                log: log, configuration: configuration, topics: topics, secrets: secrets, services: services,
                instance: name))
        terminal.remark(
            "frontdoor \(Frontdoor.version): instance \(name); running on \(settings.kafka.bootstrap)")
        delivery.start(
            log: log, topics: topics, configuration: configuration, settings: settings, sinks: sinks,
            services: services, instance: name)
        var watch = ConfigurationWatch(ConfigurationSource(folder: invocation[Common.config]))
        while runner.isRunning {
            Thread.sleep(forTimeInterval: 0.1)
            if let error = delivery.failed { runner.fail(Common.failure(error)) }
            if StopSignals.isWanted { continue }
            guard let changed = watch.change(at: Common.now(), tell: { terminal.remark($0) }) else { continue }
            _ = try HubLog.prepare(log, changed, topics, terminal)
            runner.configure(changed)
            configure(delivery, changed, invocation, terminal)
        }
        delivery.stop()
        let total = runner.total
        terminal.remark(
            "stopped: \(Words.count(total.ingress)) taken in, \(Words.count(total.events)) events, \(Words.count(total.outgoing)) sent, \(Words.count(total.deadLetters)) dead letters"
        )
        if let failure = runner.failure { throw failure }
        log.close()
        return .ok
    }

    /// Delivery goes by its section from here on, or, where a secret cannot be had, by what it had.
    private static func configure(
        _ delivery: DeliveryThreads, _ changed: LoadedConfiguration, _ invocation: Invocation, _ terminal: Terminal
    ) {
        do throws(CommandFailure) {
            if let problem = changed.delivery.problems(changed.directory).first {
                throw CommandFailure(.configuration, "\(problem); 'frontdoor check' lists everything")
            }
            delivery.configure(
                changed, sinks: try DeliverySinks.load(changed.delivery, environment: invocation.environment))
        } catch {
            terminal.remark("the changed delivery is not used: \(error.message)")
        }
    }

    /// What is in force stays so where the new one cannot be adopted.
    private static func adopt(
        _ changed: LoadedConfiguration, _ open: OpenHub, _ terminal: Terminal
    ) throws(HubError) -> StepCounts {
        do throws(HubError) {
            let counts = try open.hub.reconfigure(
                changed.directory, policies: changed.policies,
                topics: changed.catalogue.specifications(for: changed.directory, topics: open.topics),
                now: Common.now())
            if !counts.didNothing { terminal.remark("the changed configuration is in force") }
            return counts
        } catch {
            guard case .log(.recordTooLarge) = error else { throw error }
            terminal.remark("the changed configuration is too large to adopt; the earlier one stays in force")
            return StepCounts()
        }
    }

    private static func parse(_ list: String?) throws(CommandFailure) -> Set<Service> {
        guard let list else { return Set(Service.allCases) }
        var wanted: Set<Service> = []
        for name in list.split(separator: ",") {
            guard let service = Service(rawValue: String(name)), service != .clock else {
                throw CommandFailure(
                    .usage, "there is no participant '\(name)'",
                    remedy: "There are: intake, deduplication, triage, routing, deadlines, delivery.")
            }
            wanted.insert(service)
        }
        return wanted
    }
}
