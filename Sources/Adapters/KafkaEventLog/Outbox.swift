import EventLog
import Kafka

/// Where each record of a step goes: looked up, and checked against what the brokers would refuse, before the
/// transaction opens.
struct Outbox {
    private struct Target {
        let entry: Catalogue.Entry
        let place: Int
    }

    private var targets: [Target] = []
    private var numbers: [Topic: Int] = [:]
    private var last = 0
    /// For each record of the step, the number of its target.
    private var addresses: [Int32] = []

    mutating func address(
        _ step: Step, in catalogue: Catalogue, for producer: inout KafkaTransactions?
    ) throws(LogError) {
        addresses.removeAll(keepingCapacity: true)
        addresses.reserveCapacity(step.postings.count + step.tableChanges.count)
        var isAnyNew = false
        for record in step.postings {
            try add(record.target, bytes: record.byteCount, catalogue, &producer, &isAnyNew)
        }
        for change in step.tableChanges {
            try add(
                TopicPartition(Topic(change.table.text), change.partition),
                bytes: change.key.count + (change.value?.count ?? 0), catalogue, &producer, &isAnyNew)
        }
        guard isAnyNew else { return }
        do throws(KafkaError) { try producer?.warm() } catch { throw LogError(error) }
    }

    private mutating func add(
        _ target: TopicPartition, bytes: Int, _ catalogue: Catalogue, _ producer: inout KafkaTransactions?,
        _ isAnyNew: inout Bool
    ) throws(LogError) {
        let number = try self.number(of: target, catalogue, &producer, &isAnyNew)
        try targets[number].entry.check(target, bytes: bytes)
        addresses.append(Int32(truncatingIfNeeded: number))
    }

    private mutating func number(
        of target: TopicPartition, _ catalogue: Catalogue, _ producer: inout KafkaTransactions?, _ isAnyNew: inout Bool
    ) throws(LogError) -> Int {
        // Records for one topic come in runs.
        if last < targets.count, targets[last].entry.topic == target.topic { return last }
        if let number = numbers[target.topic] {
            last = number
            return number
        }
        let entry = try catalogue.entry(of: target)
        do throws(KafkaError) {
            guard let (place, isNew) = try producer?.place(of: target.topic) else { return 0 }
            if isNew { isAnyNew = true }
            targets.append(Target(entry: entry, place: place))
        } catch {
            throw LogError(error)
        }
        last = targets.count - 1
        numbers[target.topic] = last
        return last
    }

    /// How many records the addressed step has.
    var count: Int { addresses.count }

    /// Writes those of the step's records, its rows behind its postings, that have these numbers.
    func send(_ step: Step, _ numbers: Range<Int>, with producer: inout KafkaTransactions?) throws(KafkaError) {
        let posted = step.postings.count
        for number in numbers.clamped(to: 0..<posted) {
            let target = targets[Int(addresses[number])]
            let record = step.postings[number]
            try producer?.produce(
                to: target.place, partition: record.target.partition, key: target.entry.key(of: record),
                headers: record.headers, value: record.value)
        }
        let none = Headers()
        for number in numbers.clamped(to: posted..<addresses.count) {
            let change = step.tableChanges[number - posted]
            try producer?.produce(
                to: targets[Int(addresses[number])].place, partition: change.partition, key: change.key, headers: none,
                value: change.value)
        }
    }

    /// Whether no other producer has come under the same name: tried with a record that is never committed. A compacted
    /// topic forgets it soonest.
    /// - Returns: false as well where nothing has been written yet, so that nothing can be tried.
    func mayWrite(with producer: inout KafkaTransactions?) throws(KafkaError) -> Bool {
        guard let target = targets.first(where: { $0.entry.specification.cleanup == .compact }) ?? targets.first else {
            return false
        }
        try producer?.begin()
        try producer?.produce(to: target.place, partition: 0, key: [], headers: Headers(), value: nil)
        try producer?.flush()
        try producer?.abort()
        return producer != nil
    }
}
