import CommandLine
import ConfigurationFiles
import Delivery
import DomainModel
import EventLog
import Foundation
import HubConfiguration
import HubRuntime
import OperationsDoor
import Room
import Synchronization

/// How this process is, for those who watch it: `/metrics`, `/live` and `/ready`. What costs a look into the log is
/// looked up by a thread of its own; who asks is answered from memory.
final class Operations: Sendable {
    /// Between two looks into the log, milliseconds. Prometheus asks every 15 or 60 seconds.
    static let lookMilliseconds: Int64 = 5_000

    private struct Inside {
        var observation = LogObserver.Observation()
        var specifications: [TopicSpecification] = []
        var total = StepCounts()
        var door: OperationsDoor?
        var mustStop = false
        var isLooking = false
    }

    /// In the order of their names: a service, or `hub` where all commit as one.
    private let meters: [(name: String, meter: ServiceMeter)]
    private let signs: SignsOfLife
    private let hub: String
    private let inside = Mutex(Inside())

    init(_ meters: [(name: String, meter: ServiceMeter)], signs: SignsOfLife, hub: String) {
        self.meters = meters.sorted { $0.name < $1.name }
        self.signs = signs
        self.hub = hub
    }

    /// Begins to answer, where an address is configured.
    func open(_ settings: HubSettings, _ log: RunLog) throws(CommandFailure) {
        guard !settings.operationsAddress.isEmpty else { return }
        do throws(OperationsDoor.Failure) {
            let door = try OperationsDoor(settings.operationsAddress) { [weak self] in self?.answer($0) }
            inside.withLock { $0.door = door }
            log.note(
                "listening", "operators are answered at http://\(door.host):\(door.port)/metrics",
                [("port", Int(door.port))])
        } catch {
            throw CommandFailure(
                error == .noAddress ? .configuration : .unavailable,
                "operationsAddress, \(settings.operationsAddress): \(error)",
                remedy: "It is in settings of hub.yaml, or FRONTDOOR_OPERATIONS_ADDRESS; empty, nobody listens.")
        }
    }

    /// Begins to look into the log.
    func watch(_ log: any EventLog, topics: HubTopics, services: Set<Service>, _ configuration: LoadedConfiguration) {
        know(configuration, topics)
        guard inside.withLock({ $0.door != nil }) else { return }
        inside.withLock { $0.isLooking = true }
        let thread = Thread { [self] in
            let observer = LogObserver(
                log: log, topics: topics, services: Service.allCases.filter { services.contains($0) && $0 != .clock })
            var next = Common.now()
            while !inside.withLock({ $0.mustStop }) {
                let now = Common.now()
                guard now >= next || next.milliseconds(since: now) > Operations.lookMilliseconds else {
                    Thread.sleep(forTimeInterval: 0.05)
                    continue
                }
                let known = inside.withLock { $0.specifications }
                let found = observer.observe(known, at: now)
                inside.withLock { $0.observation = found }
                next = Common.now().adding(milliseconds: Operations.lookMilliseconds)
            }
            inside.withLock { $0.isLooking = false }
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    func know(_ configuration: LoadedConfiguration, _ topics: HubTopics) {
        let specifications = configuration.catalogue.specifications(for: configuration.directory, topics: topics)
        inside.withLock { $0.specifications = specifications }
    }

    func note(_ total: StepCounts) { inside.withLock { $0.total = total } }

    /// Looks no more, so that the log may be closed, and answers nobody.
    func stop() {
        inside.withLock { $0.mustStop = true }
        while inside.withLock({ $0.isLooking }) { Thread.sleep(forTimeInterval: 0.005) }
        // Outside the lock: who is being answered wants it.
        let door = inside.withLock { inside in
            defer { inside.door = nil }
            return inside.door
        }
        _ = door
    }

    // MARK: Answering

    private func answer(_ path: String) -> OperationsDoor.Answer? {
        switch path {
        case "/metrics":
            OperationsDoor.Answer(
                200, metrics(at: Common.now()), contentType: "text/plain; version=0.0.4; charset=utf-8")
        case "/live": verdict(standing(at: Common.now()), "alive")
        case "/ready": verdict(unready(at: Common.now()), "ready")
        default: nil
        }
    }

    private func verdict(_ faults: [String], _ word: String) -> OperationsDoor.Answer {
        faults.isEmpty
            ? OperationsDoor.Answer(200, "\(word)\n")
            : OperationsDoor.Answer(503, faults.map { "not \(word): \($0)\n" }.joined())
    }

    /// Whose loop has not come round for as long as the watchdog would bear: a restart is the cure.
    private func standing(at now: Instant) -> [String] {
        meters.compactMap { name, meter in
            guard let last = meter.reading.progressAt, now.milliseconds(since: last) > Limits.watchdogMilliseconds
            else { return nil }
            return "\(name) has stood still for \(now.milliseconds(since: last) / 1000) s"
        }
    }

    /// Who does not do its work yet, or not at present: waiting is the cure.
    private func unready(at now: Instant) -> [String] {
        var faults = standing(at: now)
        for (name, meter) in meters {
            let reading = meter.reading
            if !reading.hasStarted {
                faults.append("\(name) is starting, \(reading.restoredRows) rows restored")
            } else if !reading.isReady {
                faults.append(
                    "\(name) restores \(reading.restoringPartitions) partitions, \(reading.restoredRows) rows so far")
            }
        }
        return faults
    }

    private func metrics(at now: Instant) -> String {
        let (observation, total) = inside.withLock { ($0.observation, $0.total) }
        var text = MetricsText()
        text.family("frontdoor_info", .gauge, "The version that runs.")
        text.value("frontdoor_info", [("version", Frontdoor.version)], 1)
        text.family("frontdoor_ready", .gauge, "Whether /ready says so.")
        text.value("frontdoor_ready", unready(at: now).isEmpty ? 1 : 0)
        Operations.write(meters.map { ($0.name, $0.meter.reading) }, at: now, to: &text)
        Operations.write(total, to: &text)
        Operations.write(observation, to: &text)
        text.family("process_cpu_seconds_total", .counter, "Processor time, seconds.")
        text.value("process_cpu_seconds_total", ProcessUsage.cpuSeconds)
        text.family("process_resident_memory_bytes", .gauge, "Memory in use.")
        text.value("process_resident_memory_bytes", Double(ProcessUsage.memoryBytes))
        return text.text + Alive.metrics(signs.all, failing: signs.failing, hub: hub)
    }

    private static func write(
        _ readings: [(name: String, ServiceMeter.Reading)], at now: Instant, to text: inout MetricsText
    ) {
        func family(
            _ name: StaticString, _ kind: MetricsText.Kind, _ help: StaticString,
            _ value: (ServiceMeter.Reading) -> Double?
        ) {
            text.family(name, kind, help)
            for (service, reading) in readings {
                if let value = value(reading) { text.value("\(name)", [("service", service)], value) }
            }
        }
        family("frontdoor_progress_age_seconds", .gauge, "Since the loop of a service last came round.") { reading in
            reading.progressAt.map { max(0, Double(now.milliseconds(since: $0)) / 1000) }
        }
        family("frontdoor_inputs", .gauge, "Inputs that a service holds; of a standby none.") { Double($0.inputs) }
        family("frontdoor_restoring_partitions", .gauge, "Partitions whose table is being read.") {
            Double($0.restoringPartitions)
        }
        family("frontdoor_restored_rows_total", .counter, "Rows read by restores.") { Double($0.restoredRows) }
        family(
            "frontdoor_open_transaction_seconds", .gauge,
            "How long the commit under way has taken so far: it holds back every reader of the room."
        ) { $0.openTransactionSeconds }
        family("frontdoor_rollbacks_total", .counter, "Steps that were undone and decided again.") {
            Double($0.rollbacks)
        }
        text.family("frontdoor_commit_seconds", .histogram, "How long commits took.")
        for (service, reading) in readings {
            for (bound, count) in zip(ServiceMeter.bucketsSeconds, reading.commitsWithin) {
                text.value(
                    "frontdoor_commit_seconds_bucket", [("service", service), ("le", "\(bound)")], Double(count))
            }
            text.value(
                "frontdoor_commit_seconds_bucket", [("service", service), ("le", "+Inf")], Double(reading.commits))
            text.value("frontdoor_commit_seconds_sum", [("service", service)], reading.commitSeconds)
            text.value("frontdoor_commit_seconds_count", [("service", service)], Double(reading.commits))
        }
    }

    private static func write(_ total: StepCounts, to text: inout MetricsText) {
        text.family("frontdoor_records_total", .counter, "What this process took in and wrote since it began.")
        for (kind, count) in [
            ("taken-in", total.ingress), ("event", total.events), ("sent", total.outgoing),
            ("dead-letter", total.deadLetters),
        ] {
            text.value("frontdoor_records_total", [("kind", kind)], Double(count))
        }
    }

    private static func write(_ observation: LogObserver.Observation, to text: inout MetricsText) {
        guard observation.at > .distantPast else { return }
        text.family(
            "frontdoor_observed_timestamp_seconds", .gauge, "When what follows was read from the log, since 1970.")
        text.value("frontdoor_observed_timestamp_seconds", Double(observation.at.milliseconds / 1000))
        text.family(
            "frontdoor_lag_records", .gauge, "Committed records that a service has not yet committed a position behind."
        )
        for lag in observation.lags {
            text.value(
                "frontdoor_lag_records",
                [
                    ("service", lag.service.rawValue), ("topic", lag.source.topic.name),
                    ("partition", "\(lag.source.partition)"),
                ], Double(lag.records))
        }
        text.family("frontdoor_dead_letters_total", .counter, "Dead letters, by reason and by who set them aside.")
        for (reason, service, count) in observation.deadLetters {
            text.value("frontdoor_dead_letters_total", [("reason", reason), ("service", service)], Double(count))
        }
        text.family("frontdoor_alerts_standing", .gauge, "Alerts without an all-clear, by desk and code.")
        for (desk, code, count) in observation.alerts {
            text.value("frontdoor_alerts_standing", [("desk", desk.text), ("code", code)], Double(count))
        }
        text.family("frontdoor_obligations_overdue", .gauge, "Obligations past their time, by desk and what is owed.")
        for (desk, kind, count) in observation.overdue {
            text.value("frontdoor_obligations_overdue", [("desk", desk.text), ("kind", kind)], Double(count))
        }
    }
}
