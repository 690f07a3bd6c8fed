import CommandLine
import ConfigurationFiles
import DomainModel
import EmbeddedEventLog
import EventLog
import Foundation
import HubConfiguration
import HubRuntime
import Room
import SyntheticWorld

enum BenchCommand {
    static let contacts = Option("contacts", value: "N", default: 100_000, "how many contacts")
    static let seed = Option("seed", value: "N", default: UInt64(1), "the same seed gives the same contacts")
    static let batch = Option(
        "batch", value: "N", default: Limits.batchRecordsMax, "ingress records in one commit")

    static let command = Command(
        "bench", "measures the hub on the embedded log beside a plain SQLite loop",
        discussion: """
            Contacts are appended first, untimed. Then all services take them to rest, timed; and the records that came \
            of it are appended once more to a plain SQLite table with the same durability and as many in a transaction, \
            timed in the same run: that loop is the limit of what this disk and library can do.
            """,
        options: [contacts, seed, batch, Common.json], exitCodes: [.ok, .cannotCreate, .inputOutput],
        examples: [
            ("frontdoor bench", "100,000 contacts"),
            ("frontdoor bench --contacts 10000 --json", "a quick look, for a script"),
            ("frontdoor bench match --distractors 1000000", "matching among a million people"),
        ],
        subcommands: [BenchKafkaCommand.command, MatchBench.command]
    ) { invocation, terminal in
        let configuration = try Common.configuration(invocation)
        return try await Common.onOwnThread {
            let folder = try TrialFolder(given: nil)
            defer { folder.remove() }
            let result = try EmbeddedBench(
                contacts: max(1, invocation[contacts]), seed: invocation[seed], batch: max(1, invocation[batch]),
                folder: folder.path, configuration: configuration
            ).run(terminal)
            if invocation[Common.json] { terminal.print(result.json) } else { result.show(terminal) }
            return .ok
        }
    }
}

struct EmbeddedBench {
    let contacts: Int
    let seed: UInt64
    let batch: Int
    let folder: String
    let configuration: LoadedConfiguration

    struct Result {
        var contacts = 0
        var events = 0
        var records = 0
        var bytes = 0
        var commits = 0
        var hubSeconds = 0.0
        var hubCPUSeconds = 0.0
        var loopSeconds = 0.0
        var peakMemoryBytes = 0

        var recordsPerSecond: Double { Double(records) / hubSeconds }
        var loopRecordsPerSecond: Double { Double(records) / loopSeconds }
        var ratio: Double { loopSeconds / hubSeconds }
    }

    func run(_ terminal: Terminal) throws(CommandFailure) -> Result {
        var settings = configuration.settings
        settings.dataFolder = folder
        let topics = Common.topics(settings)
        let secrets = try Secrets.load(settings)
        let clock = VirtualClock(VirtualClock.monday)
        let log = try Common.open(settings, mode: .deciding, clock: { clock.now })
        let open = OpenHub(
            log: log, configuration: configuration, topics: topics, secrets: secrets, batchRecordsMax: batch)
        var result = Result()
        do throws(HubError) {
            try open.hub.start(topics: open.specifications)
            _ = try open.hub.adopt(configuration.directory, policies: configuration.policies, now: clock.now)
            do throws(LogError) { try publish(to: log, prefix: topics.prefix, terminal) } catch { throw .log(error) }
            var progress = Progress("Deciding", total: contacts, unit: "contacts", terminal: terminal)
            let cpu = ProcessUsage.cpuSeconds
            let start = ContinuousClock.now
            while true {
                let counts = try open.hub.step(wait: .zero)
                if counts.didNothing { break }
                result.contacts += counts.ingress
                result.events += counts.events
                result.records += counts.events + counts.outgoing + counts.deadLetters
                result.commits += 1
                progress.update(result.contacts)
            }
            result.hubSeconds = EmbeddedBench.seconds(since: start)
            result.hubCPUSeconds = ProcessUsage.cpuSeconds - cpu
            progress.finish()
            result.peakMemoryBytes = ProcessUsage.peakMemoryBytes
            try open.hub.stop()
        } catch {
            throw Common.failure(error)
        }
        try plainLoop(&result, log: log, topics: topics, terminal)
        log.close()
        return result
    }

    private func publish(to log: EmbeddedEventLog, prefix: String, _ terminal: Terminal) throws(LogError) {
        var plan = TrafficPlan(
            seed: seed, directory: configuration.directory, prefix: prefix, contacts: contacts,
            start: VirtualClock.monday, days: 7, mistakes: false)
        _ = try plan.publish(contacts, to: log, terminal)
    }

    /// Appends what the hub appended, read back, to a table of its own.
    private func plainLoop(
        _ result: inout Result, log: EmbeddedEventLog, topics: HubTopics, _ terminal: Terminal
    ) throws(CommandFailure) {
        let loop = try PlainLoop(path: folder + "/plain.sqlite")
        let perCommit = max(1, result.records / max(1, result.commits))
        var progress = Progress("The plain loop", total: result.records, unit: "records", terminal: terminal)
        let existing: [TopicSpecification]
        do throws(LogError) { existing = try log.topics() } catch { throw Common.failure(error) }
        var done = 0
        for specification in existing where topics.ingress(specification.topic) == nil {
            for partition in 0..<specification.partitions {
                var next = NextOffset.start
                while true {
                    let read: ReadResult
                    do throws(LogError) {
                        read = try log.read(
                            TopicPartition(specification.topic, partition), from: next,
                            limit: ReadLimit(records: perCommit, bytes: 64 << 20))
                    } catch {
                        throw Common.failure(error)
                    }
                    guard !read.records.isEmpty else { break }
                    for record in read.records { result.bytes += record.byteCount }
                    let start = ContinuousClock.now
                    try loop.append(read.records)
                    result.loopSeconds += EmbeddedBench.seconds(since: start)
                    done += read.records.count
                    progress.update(done)
                    next = read.next
                }
            }
        }
        progress.finish()
        loop.close()
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double {
        let elapsed = (ContinuousClock.now - start).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
    }
}

extension EmbeddedBench.Result {
    func show(_ terminal: Terminal) {
        func rounded(_ value: Double, _ places: Int = 0) -> String {
            String(format: "%.\(places)f", value)
        }
        var table = Table([.text("Figure"), .number("Value"), .longText("")])
        table.add(["Contacts", Words.count(contacts), "messages taken in"])
        table.add([
            "Events in the room", Words.count(events), rounded(Double(events) / Double(contacts), 1) + " a contact",
        ])
        table.add(["Records in all", Words.count(records), Words.bytes(bytes)])
        table.add(["Contacts a second", rounded(Double(contacts) / hubSeconds), ""])
        table.add(["Events a second", rounded(Double(events) / hubSeconds), ""])
        table.add(["CPU-seconds per million events", rounded(hubCPUSeconds * 1e6 / Double(events), 1), ""])
        table.add(["Peak memory", Words.bytes(peakMemoryBytes), "the whole process"])
        table.add([
            "Hub, records a second", rounded(recordsPerSecond), "in \(Words.count(commits, "commit", "commits"))",
        ])
        table.add([
            "Plain SQLite loop, records a second", rounded(loopRecordsPerSecond), "the same records, same durability",
        ])
        table.add(["Hub / loop", rounded(ratio, 2), ""])
        terminal.print(table)
    }

    var json: String {
        var json = JSONText()
        json.field("contacts", contacts)
        json.field("events", events)
        json.field("records", records)
        json.field("bytes", bytes)
        json.field("commits", commits)
        json.field("hubSeconds", hubSeconds)
        json.field("hubCPUSeconds", hubCPUSeconds)
        json.field("loopSeconds", loopSeconds)
        json.field("ratio", ratio)
        json.field("peakMemoryBytes", peakMemoryBytes)
        return json.finished
    }
}
