import CommandLine
import DomainModel
import EventLog
import Foundation
import Kafka

/// Consumes a topic and produces the same bytes once more, exactly once, with nothing in between: what the brokers and
/// the client library leave to a service.
enum PassThrough {
    struct Result {
        var records = 0
        var bytes = 0
        var transactions = 0
        var seconds = 0.0
        var cpuSeconds = 0.0
        var recordsPerSecond: Double { Double(records) / max(seconds, 1e-9) }
    }

    /// - Parameters:
    ///   - records: how many there are to read.
    ///   - prefix: before the group's name and the transactional id.
    static func run(
        brokers: KafkaSettings, from source: Topic, to target: Topic, partitions: Int32, prefix: String, records: Int
    ) throws(CommandFailure) -> Result {
        var result = Result()
        do throws(KafkaError) {
            var consumer = try KafkaConsumer(
                brokers, KafkaConsumer.Settings(group: "\(prefix)pass-through", instance: "bench"),
                inputs: [.exact(source)])
            var producer = try KafkaTransactions(
                brokers, KafkaTransactions.Settings(id: "\(prefix)pass-through-bench"))
            let (place, _) = try producer.place(of: target)
            try producer.warm()
            var begin = ContinuousClock.now
            var cpu = ProcessUsage.cpuSeconds
            let limit = begin + .seconds(300)
            while result.records < records, ContinuousClock.now < limit {
                var next: [NextOffset?] = Array(repeating: nil, count: Int(partitions))
                var taken = 0
                var failure: KafkaError?
                while taken < Limits.serviceBatchRecordsMax {
                    let found = try consumer.poll(milliseconds: taken == 0 ? 100 : 0) { message in
                        if taken == 0 {
                            if result.records == 0 {
                                // From the first record on: joining a group is no part of it.
                                begin = ContinuousClock.now
                                cpu = ProcessUsage.cpuSeconds
                            }
                            do throws(KafkaError) { try producer.begin() } catch { failure = error }
                        }
                        guard failure == nil else { return }
                        do throws(KafkaError) {
                            try producer.forward(message, to: place, partition: message.partition)
                        } catch {
                            failure = error
                        }
                        next[Int(message.partition)] = message.offset.next
                        result.bytes += message.byteCount
                        taken += 1
                    }
                    while consumer.nextEvent() != nil {}
                    if let failure { throw failure }
                    if !found { break }
                }
                guard taken > 0 else { continue }
                try producer.send(
                    next.indices.compactMap { partition in
                        next[partition].map { (source: TopicPartition(source, Int32(partition)), next: $0) }
                    }, of: consumer)
                try producer.commit()
                result.records += taken
                result.transactions += 1
            }
            result.seconds = KafkaBench.seconds(ContinuousClock.now - begin)
            result.cpuSeconds = ProcessUsage.cpuSeconds - cpu
            producer.close()
            _ = consumer.close()
        } catch {
            throw CommandFailure(.unavailable, "the pass-through failed: \(error)")
        }
        return result
    }
}
