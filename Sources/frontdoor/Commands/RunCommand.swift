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

    static let acceptedLoss = RepeatedOption<AcceptedLoss>(
        "accept-loss", value: "TOPIC@FIRST",
        "on brokers: goes on at this first position that the topic still has, where what came before it was deleted unread"
    )

    static let log = OptionalOption<String>(
        "log", value: "FORM", "what it says of itself: text, or json, one object a line; default: text")

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
        options: [Common.data, services, instance, acceptedLoss, log],
        environment: [
            ("FRONTDOOR_MASTER_KEY_FILE", "the key that wraps the keys of sealed parts"),
            ("FRONTDOOR_OPERATIONS_ADDRESS", "where /metrics, /live and /ready are: a port, or host:port"),
        ],
        exitCodes: [.ok, .unavailable, .internalError, .inputOutput, .temporary, .configuration],
        examples: [
            ("frontdoor run", "runs all participants over the log in the data folder"),
            ("frontdoor run --services intake,deadlines", "takes in and wakes people, and leaves the rest for later"),
            (
                "FRONTDOOR_KAFKA_BOOTSTRAP=127.0.0.1:9092 frontdoor run --instance two",
                "runs all participants over brokers, beside others"
            ),
        ]
    ) { invocation, terminal in
        let log = try RunLog(invocation[log], terminal)
        do {
            return try await run(invocation, log)
        } catch let failure as CommandFailure {
            return try log.end(failure)
        }
    }

    private static func run(_ invocation: Invocation, _ said: RunLog) async throws -> ExitCode {
        let terminal = said.terminal
        let configuration = try Common.configuration(invocation)
        let settings = Common.settings(invocation, configuration)
        let wanted = try parse(invocation[services])
        let sinks = try DeliverySinks.load(configuration.delivery, environment: invocation.environment)
        let orders = try TestOrders(invocation.environment, onBrokers: settings.kafka.isConfigured)
        for remark in orders.remarks { terminal.remark(remark) }
        StopSignals.watch()
        if settings.kafka.isConfigured {
            return try await Common.onOwnThread {
                try runOnBrokers(invocation, configuration, settings, wanted, sinks, orders, said)
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
            let operations = Operations(
                [("hub", open.hub.meter)], signs: delivery.signs, hub: configuration.delivery.hub)
            try operations.open(settings, said)
            defer { operations.stop() }
            var watch = ConfigurationWatch(ConfigurationSource(folder: invocation[Common.config]))
            do throws(HubError) {
                var restored = 0
                try open.hub.start(topics: open.specifications) { rows in
                    restored = rows
                    open.hub.meter.note(restoredRows: rows)
                }
                said.note(
                    "started",
                    "frontdoor \(Frontdoor.version): restored \(Words.count(restored, "row", "rows")); running on \(settings.dataFolder)",
                    [("restoredRows", restored)])
                if open.hub.followsUncleanEnd {
                    let (events, last) = try open.hub.extent()
                    said.note(
                        "unclean",
                        "the last hub on this log did not stop in order; what was committed stands: \(Words.count(Int(events), "event", "events"))"
                            + (last.map { ", the last of \($0)" } ?? ""), [("events", Int(events))])
                }
                _ = try open.hub.adopt(
                    configuration.directory, policies: configuration.policies, now: Common.now())
                open.hub.meter.start()
                operations.watch(log, topics: open.topics, services: wanted, configuration)
                delivery.start(
                    log: log, topics: open.topics, configuration: configuration, settings: settings, sinks: sinks,
                    services: wanted)
                var total = StepCounts()
                while !StopSignals.isWanted {
                    watchdog.pat()
                    open.hub.meter.pat(at: Common.now())
                    operations.note(total)
                    delivery.signs.note([.intake, .deadlines], at: Common.now())
                    if let error = delivery.failed { throw HubError.log(error) }
                    if let changed = watch.change(at: Common.now(), tell: { terminal.remark($0) }) {
                        total += try ConfigurationWatch.adopting(terminal) { () throws(HubError) in
                            try open.hub.reconfigure(
                                changed.directory, policies: changed.policies,
                                topics: changed.catalogue.specifications(for: changed.directory, topics: open.topics),
                                now: Common.now())
                        }
                        RunCommand.configure(delivery, changed, invocation, terminal)
                        operations.know(changed, open.topics)
                    }
                    if let due = open.hub.nextDue, due <= Common.now() { _ = try open.hub.strike(now: Common.now()) }
                    total += try open.hub.step(wait: .milliseconds(Limits.pollWaitMilliseconds))
                }
                operations.stop()
                delivery.stop()
                try open.hub.stop()
                tell(total, said)
            } catch {
                throw Common.failure(error)
            }
            log.close()
            return .ok
        }
    }

    private static func runOnBrokers(
        _ invocation: Invocation, _ configuration: LoadedConfiguration, _ settings: HubSettings,
        _ services: Set<Service>, _ sinks: [Sink], _ orders: TestOrders, _ said: RunLog
    ) throws -> ExitCode {
        let terminal = said.terminal
        let topics = Common.topics(settings)
        let log = try HubLog.onBrokers(settings, orders: orders)
        let isNew = try HubLog.prepare(log, configuration, topics, terminal)
        let secrets = try Secrets.load(settings, isNew: isNew)
        let name = invocation[instance] ?? ProcessInfo.processInfo.hostName
        let delivery = DeliveryThreads(services)
        defer { delivery.stop() }
        let runner = ServiceRunner(
            configuration: configuration, topics: topics, terminal: terminal, signs: delivery.signs)
        let loops = OpenHub.loops(
            log: log, configuration: configuration, topics: topics, secrets: secrets, services: services,
            instance: name, acceptedLosses: accepted(invocation[acceptedLoss], terminal), orders: orders)
        let operations = Operations(
            loops.map { ($0.work.service.rawValue, $0.meter) }, signs: delivery.signs, hub: configuration.delivery.hub)
        try operations.open(settings, said)
        defer { operations.stop() }
        runner.start(loops)
        said.note(
            "started", "frontdoor \(Frontdoor.version): instance \(name); running on \(settings.kafka.bootstrap)")
        operations.watch(log, topics: topics, services: services, configuration)
        delivery.start(
            log: log, topics: topics, configuration: configuration, settings: settings, sinks: sinks,
            services: services, instance: name, failed: { runner.failure?.message })
        var watch = ConfigurationWatch(ConfigurationSource(folder: invocation[Common.config]))
        while runner.isRunning {
            Thread.sleep(forTimeInterval: 0.1)
            if let error = delivery.failed { runner.fail(Common.failure(error)) }
            operations.note(runner.total)
            if StopSignals.isWanted { continue }
            guard let changed = watch.change(at: Common.now(), tell: { terminal.remark($0) }) else { continue }
            _ = try HubLog.prepare(log, changed, topics, terminal)
            runner.configure(changed)
            configure(delivery, changed, invocation, terminal)
            operations.know(changed, topics)
        }
        operations.stop()
        delivery.stop()
        tell(runner.total, said)
        if let failure = runner.failure { throw failure }
        log.close()
        return .ok
    }

    /// What an operator gives up stands in what the process says, each time it is given up.
    private static func accepted(_ losses: [AcceptedLoss], _ terminal: Terminal) -> [TopicPartition: NextOffset] {
        for loss in losses {
            terminal.remark("of \(loss.source) nothing before position \(loss.first) is waited for (--accept-loss)")
        }
        return Dictionary(losses.map { ($0.source, $0.first) }, uniquingKeysWith: max)
    }

    private static func tell(_ total: StepCounts, _ said: RunLog) {
        said.note(
            "stopped",
            "stopped: \(Words.count(total.ingress)) taken in, \(Words.count(total.events)) events, \(Words.count(total.outgoing)) sent, \(Words.count(total.deadLetters)) dead letters",
            [
                ("takenIn", total.ingress), ("events", total.events), ("sent", total.outgoing),
                ("deadLetters", total.deadLetters),
            ])
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
