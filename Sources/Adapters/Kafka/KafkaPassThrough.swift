public import EventLog

/// The same bytes from one topic to another, exactly once, and nothing else: what this wrapper, this library and these
/// brokers can do. What a service does is measured beside it.
public enum KafkaPassThrough {
    public struct Outcome: Sendable {
        public var records = 0
        /// From the first record polled to the last commit acknowledged.
        public var duration = Duration.zero
        /// How long each commit took, positions included.
        public var commits: [Duration] = []
    }

    /// Copies records until there were as many, partition by partition.
    /// - Parameters:
    ///   - group: the consumer group and the transactional id; one that was used before goes on where it ended.
    ///   - perTransaction: how many records one transaction holds at most. One that could be filled no further is
    ///     committed as it is.
    ///   - patience: how long to wait for a record.
    public static func run(
        _ settings: KafkaSettings, from: Topic, to: Topic, group: String, records: Int, perTransaction: Int,
        patience: Duration = .seconds(30)
    ) throws(KafkaError) -> Outcome {
        let clock = ContinuousClock()
        var outcome = Outcome()
        var producer = try KafkaTransactions(settings, KafkaTransactions.Settings(id: group))
        let place = try producer.place(of: to).0
        try producer.warm()
        var consumer = try KafkaConsumer(
            settings, KafkaConsumer.Settings(group: group, instance: group), inputs: [.exact(from)])
        var began: ContinuousClock.Instant?
        var heard = clock.now
        var positions: [Int64] = []
        while outcome.records < records {
            var count = 0
            var failure: KafkaError?
            while count < min(perTransaction, records - outcome.records) {
                let found = try consumer.poll(milliseconds: count == 0 ? 100 : 0) { message in
                    do throws(KafkaError) {
                        if count == 0 {
                            if began == nil { began = clock.now }
                            try producer.begin()
                        }
                        count += 1
                        try producer.forward(message, to: place, partition: message.partition)
                        let partition = Int(message.partition)
                        while positions.count <= partition { positions.append(-1) }
                        positions[partition] = message.offset.next.value
                    } catch {
                        failure = error
                    }
                }
                if let failure { throw failure }
                // Other members would be a fault of the caller; of this group there is one.
                if consumer.nextEvent() != nil { continue }
                if !found { break }
            }
            guard count > 0 else {
                guard clock.now - heard < patience else {
                    throw KafkaError(.timedOut, "no more records of \(from) after \(outcome.records)")
                }
                continue
            }
            let ended = clock.now
            try producer.send(
                positions.indices.filter { positions[$0] >= 0 }.map {
                    (source: TopicPartition(from, Int32($0)), next: NextOffset(positions[$0]))
                }, of: consumer)
            try producer.commit()
            heard = clock.now
            outcome.commits.append(heard - ended)
            outcome.records += count
        }
        if let began { outcome.duration = heard - began }
        consumer.close()
        producer.close()
        return outcome
    }
}
