import CommandLine
import DomainModel
import EventLog
import Foundation
import HubConfiguration
import JSON
import Room
import Synchronization

/// Reads all queues as a team's client would, and notes how long each new lead was under way.
final class QueueReader: Sendable {
    private struct Inside {
        var toEntry: [Int64] = []
        var toReader: [Int64] = []
        var mustStop = false
        var isRunning = false
    }

    private let log: any EventLog
    private let sources: [TopicPartition]
    private let inside = Mutex(Inside())

    init(_ log: any EventLog, directory: HubDirectory, topics: HubTopics) {
        self.log = log
        sources = directory.teams.map { TopicPartition(topics.queue($0.id), 0) }
    }

    /// Begins behind what is there.
    func start() throws(CommandFailure) {
        var places: [NextOffset] = []
        do throws(LogError) {
            for source in sources { places.append(try log.end(of: source)) }
        } catch {
            throw Common.failure(error)
        }
        inside.withLock { $0.isRunning = true }
        let thread = Thread { [self, places] in
            read(from: places)
            inside.withLock { $0.isRunning = false }
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// - Returns: milliseconds from the append of a referral to that of its entry, and to when it was read; sorted.
    func stop() -> (toEntry: [Int64], toReader: [Int64]) {
        inside.withLock { $0.mustStop = true }
        while inside.withLock({ $0.isRunning }) { Thread.sleep(forTimeInterval: 0.01) }
        log.close()
        return inside.withLock { ($0.toEntry.sorted(), $0.toReader.sorted()) }
    }

    private func read(from start: [NextOffset]) {
        var places = start
        let parser = JSONParser()
        while !inside.withLock({ $0.mustStop }) {
            var found = false
            for index in sources.indices {
                guard
                    let result = try? log.read(
                        sources[index], from: places[index], limit: ReadLimit(records: 500, bytes: 4 << 20))
                else { continue }
                let now = Common.now()
                places[index] = result.next
                for record in result.records {
                    found = true
                    guard let value = record.value, let json = try? parser.parse(value),
                        (try? json.member("state")?.string()) == "proposed",
                        (try? json.member("kind")?.string()) == "lead",
                        let text = try? json.member("receivedAt")?.string(), let received = Instant(rfc3339: text)
                    else { continue }
                    inside.withLock { inside in
                        inside.toEntry.append(record.appendTime.milliseconds - received.milliseconds)
                        inside.toReader.append(now.milliseconds - received.milliseconds)
                    }
                }
            }
            if !found { Thread.sleep(forTimeInterval: 0.002) }
        }
    }
}
