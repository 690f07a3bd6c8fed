import CommandLine
import ConfigurationFiles
import DomainModel
import EventLog
import Foundation
import HubConfiguration
import HubRuntime
import JSON
import Kafka
import Room
import SyntheticWorld

/// The services on brokers: each by itself, all together, and how long a referral is under way, beside a pass-through.
struct KafkaBench {
    let contacts: Int
    let seed: UInt64
    let settings: HubSettings
    let configuration: LoadedConfiguration

    struct Stage {
        var service: Service
        var read = 0
        var written = 0
        var seconds = 0.0
        var cpuSeconds = 0.0
    }

    struct PassThrough {
        var records = 0
        var seconds = 0.0
        var cpuSeconds = 0.0
    }

    struct Result {
        var contacts = 0
        var events = 0
        var stages: [Stage] = []
        var passThrough = PassThrough()
        var seconds = 0.0
        var cpuSeconds = 0.0
        var peakMemoryBytes = 0
        /// Milliseconds from the append of a referral to that of its queue entry, and to a reader who has it.
        var toEntry: [Int64] = []
        var toReader: [Int64] = []
        var rate = 0.0
        var commits: [Int64] = []
        var timings: [(service: Service, milliseconds: [Int64])] = []
    }

    func run(_ terminal: Terminal) throws(CommandFailure) -> Result {
        var result = Result()
        try alone(&result, terminal)
        try together(&result, terminal)
        return result
    }

    // MARK: Each by itself

    private func alone(_ result: inout Result, _ terminal: Terminal) throws(CommandFailure) {
        let place = try BenchPlace("alone", settings, configuration, terminal)
        defer { place.log.close() }
        var plan = plan(place)
        _ = try place.publish(&plan, contacts, terminal)
        for service in [Service.intake, .deduplication, .triage, .routing, .deadlines] {
            terminal.remark("\(service.rawValue) by itself")
            var stage = Stage(service: service)
            let before = try count(place)
            let cpu = ProcessUsage.cpuSeconds
            let total = try place.drain([service]) { stage.seconds = $0 }
            stage.cpuSeconds = ProcessUsage.cpuSeconds - cpu
            stage.read = service == .intake ? total.ingress : before
            stage.written = total.events + total.outgoing + total.deadLetters
            result.stages.append(stage)
        }
        terminal.remark("the pass-through")
        let copy = Topic("\(place.topics.prefix)pass-through")
        do throws(LogError) {
            try place.log.ensure([TopicSpecification(copy, partitions: place.topics.partitions)])
        } catch {
            throw Common.failure(error)
        }
        let records = try count(place)
        let client = try Common.kafka(settings, environment: ProcessInfo.processInfo.environment)
        let cpu = ProcessUsage.cpuSeconds
        do throws(KafkaError) {
            let outcome = try KafkaPassThrough.run(
                client, from: place.topics.events, to: copy, group: "\(place.topics.prefix)pass-through",
                records: records, perTransaction: Limits.serviceBatchRecordsMax)
            result.passThrough = PassThrough(
                records: outcome.records, seconds: KafkaBench.seconds(outcome.duration),
                cpuSeconds: ProcessUsage.cpuSeconds - cpu)
        } catch {
            throw Common.failure(error)
        }
    }

    /// The events of the room: its offsets have gaps.
    private func count(_ place: BenchPlace) throws(CommandFailure) -> Int {
        var count = 0
        let reader = RoomReader(log: place.log, topics: place.topics)
        for partition in 0..<place.topics.partitions {
            try reader.forEachRecord(of: TopicPartition(place.topics.events, partition)) { _ in count += 1 }
        }
        return count
    }

    // MARK: All together

    private func together(_ result: inout Result, _ terminal: Terminal) throws(CommandFailure) {
        let place = try BenchPlace("together", settings, configuration, terminal)
        defer { place.log.close() }
        var plan = plan(place)
        let published = try place.publish(&plan, contacts, terminal)
        terminal.remark("all services together")
        let cpu = ProcessUsage.cpuSeconds
        let total = try place.drain(BenchPlace.services) { result.seconds = $0 }
        result.cpuSeconds = ProcessUsage.cpuSeconds - cpu
        result.contacts = published
        result.events = total.events
        result.peakMemoryBytes = ProcessUsage.peakMemoryBytes
        try underWay(&result, place, terminal)
    }

    /// Referrals as they come, at half the rate that the hub can take, and when their entries are there.
    private func underWay(_ result: inout Result, _ place: BenchPlace, _ terminal: Terminal) throws(CommandFailure) {
        result.rate = Double(result.contacts) / result.seconds / 2
        let wanted = min(contacts, max(200, Int(result.rate * 20)))
        terminal.remark("\(wanted) contacts at \(Int(result.rate)) a second")
        let runner = try place.start(BenchPlace.services)
        // Started again over full tables: what is timed begins when they are restored and some have gone through.
        var first = place.plan(seed: seed &+ 2, contacts: 100)
        _ = try place.publish(&first, 100, Terminal.silent)
        try place.rest(runner, BenchPlace.services)
        var plan = place.plan(seed: seed &+ 1, contacts: wanted)
        let reader = QueueReader(
            try HubLog.onBrokers(settings), directory: configuration.directory, topics: place.topics)
        try reader.start()
        var records: [NewRecord] = []
        while let submission = plan.next() { records.append(submission.record) }
        let begin = ContinuousClock.now
        let interval = Duration.milliseconds(20)
        var sent = 0
        var tick = 0
        do throws(LogError) {
            while sent < records.count, runner.failure == nil {
                tick += 1
                let due = min(records.count, Int(result.rate * 0.02 * Double(tick)))
                if due > sent { _ = try place.log.append(Array(records[sent..<due])) }
                sent = due
                let left = begin + interval * tick - ContinuousClock.now
                if left > .zero { Thread.sleep(forTimeInterval: KafkaBench.seconds(left)) }
            }
        } catch {
            throw Common.failure(error)
        }
        try place.rest(runner, BenchPlace.services)
        try place.finish(runner)
        (result.toEntry, result.toReader) = reader.stop()
        result.commits = runner.timings.flatMap(\.commits).map { $0 / 1000 }.sorted()
        result.timings = runner.timings.map { ($0.service, $0.steps.map { $0 / 1000 }.sorted()) }
    }

    private func plan(_ place: BenchPlace) -> TrafficPlan { place.plan(seed: seed, contacts: contacts) }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}

extension KafkaBench.Result {
    func show(_ terminal: Terminal) {
        func rounded(_ value: Double, _ places: Int = 0) -> String { String(format: "%.\(places)f", value) }
        var table = Table([
            .text("By itself"), .number("Read"), .number("Written"), .number("Read a second"),
            .number("CPU-s a million"),
            .number("Of the limit"),
        ])
        for stage in stages {
            table.add([
                stage.service.rawValue, Words.count(stage.read), Words.count(stage.written),
                rounded(stage.readPerSecond), rounded(stage.cpuSeconds * 1e6 / Double(max(1, stage.read)), 1),
                rounded(stage.recordsPerSecond / passThrough.movedPerSecond, 2),
            ])
        }
        table.add([
            "pass-through", Words.count(passThrough.records), Words.count(passThrough.records),
            rounded(passThrough.recordsPerSecond),
            rounded(passThrough.cpuSeconds * 1e6 / Double(max(1, passThrough.records)), 1), "1.00",
        ])
        terminal.print(table)
        var all = Table([.text("All together"), .number("Value")])
        all.add(["Contacts a second", rounded(Double(contacts) / seconds)])
        all.add(["Events a second", rounded(Double(events) / seconds)])
        all.add(["CPU-seconds per million events", rounded(cpuSeconds * 1e6 / Double(max(1, events)), 1)])
        all.add(["Peak memory", Words.bytes(peakMemoryBytes)])
        all.add(["At half of that rate, contacts a second", rounded(rate)])
        for (name, values) in [
            ("append to queue entry", toEntry), ("append to a reader of the queue", toReader), ("commit", commits),
        ] {
            all.add(["  \(name), ms: median", "\(values.share(50))"])
            all.add(["  \(name), ms: p99", "\(values.share(99))"])
        }
        for timing in timings {
            all.add([
                "  \(timing.service.rawValue), polled to committed, ms: median / p99",
                "\(timing.milliseconds.share(50)) / \(timing.milliseconds.share(99))",
            ])
        }
        terminal.print(all)
    }

    var json: String {
        var json = JSONText()
        json.field("contacts", contacts)
        json.field("events", events)
        json.field("seconds", seconds)
        json.field("cpuSeconds", cpuSeconds)
        json.field("peakMemoryBytes", peakMemoryBytes)
        json.field("passThroughRecords", passThrough.records)
        json.field("passThroughSeconds", passThrough.seconds)
        json.field("halfRate", rate)
        for (name, values) in [
            ("entryMilliseconds" as StaticString, toEntry), ("readerMilliseconds", toReader),
            ("commitMilliseconds", commits),
        ] {
            json.list(name, [values.share(50), values.share(99)])
        }
        for stage in stages {
            var inner = JSONText()
            inner.field("read", stage.read)
            inner.field("written", stage.written)
            inner.field("seconds", stage.seconds)
            inner.field("cpuSeconds", stage.cpuSeconds)
            inner.field("ofTheLimit", stage.recordsPerSecond / passThrough.movedPerSecond)
            if let timing = timings.first(where: { $0.service == stage.service }) {
                inner.list("stepMilliseconds", [timing.milliseconds.share(50), timing.milliseconds.share(99)])
            }
            let text = Array(inner.finished.utf8)
            switch stage.service {
            case .intake: json.raw("intake", text)
            case .deduplication: json.raw("deduplication", text)
            case .triage: json.raw("triage", text)
            case .routing: json.raw("routing", text)
            default: json.raw("deadlines", text)
            }
        }
        return json.finished
    }
}

extension KafkaBench.Stage {
    var readPerSecond: Double { Double(read) / max(seconds, 1e-9) }
    /// What it moved: the pass-through reads each record and writes it.
    var recordsPerSecond: Double { Double(read + written) / max(seconds, 1e-9) }
}

extension KafkaBench.PassThrough {
    var recordsPerSecond: Double { Double(records) / max(seconds, 1e-9) }
    /// Each record is read and written.
    var movedPerSecond: Double { Double(2 * records) / max(seconds, 1e-9) }
}

extension [Int64] {
    /// Of sorted values, the one that so many per cent do not pass; 0 where there is none.
    func share(_ percent: Int) -> Int64 { isEmpty ? 0 : self[Swift.min(count - 1, count * percent / 100)] }
}
