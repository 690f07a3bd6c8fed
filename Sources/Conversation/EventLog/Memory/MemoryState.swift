import DomainModel

/// All that a ``MemoryEventLog`` holds, behind its lock. Each change is checked in full before any of it is made, so
/// that a refused one leaves nothing behind.
struct MemoryState {
    struct Shelf: Hashable { let table: TableName, partition: Int32 }
    struct Place: Hashable { let participant: ParticipantName, source: TopicPartition }

    var board = MemberBoard()
    private(set) var specifications: [TopicSpecification] = []
    private var partitions: [[MemoryPartition]] = []
    private var numbers: [Topic: Int] = [:]
    private var tables: [Shelf: MemoryTable] = [:]
    private var positions: [Place: NextOffset] = [:]
    private var open: [Int: Step] = [:]
    private var lastTransaction = 0
    let takesMarkers: Bool
    private let keepsTableHistory: Bool
    private let fences: Bool

    init(takesMarkers: Bool, keepsTableHistory: Bool = false, fences: Bool = true) {
        self.takesMarkers = takesMarkers
        self.keepsTableHistory = keepsTableHistory
        self.fences = fences
    }

    mutating func ensure(_ wanted: [TopicSpecification]) {
        for specification in wanted where numbers[specification.topic] == nil {
            numbers[specification.topic] = specifications.count
            specifications.append(specification)
            partitions.append(Array(repeating: MemoryPartition(), count: Int(specification.partitions)))
        }
        board.topicsChanged(to: specifications.sorted { $0.topic < $1.topic })
    }

    func check(_ records: [NewRecord]) throws(LogError) {
        for record in records {
            let specification = specifications[try number(of: record.target)]
            if record.byteCount > specification.recordBytesMax {
                throw .recordTooLarge(
                    specification.topic, bytes: record.byteCount, limit: specification.recordBytesMax)
            }
        }
    }

    mutating func append(_ records: [NewRecord], at time: Instant) throws(LogError) -> [Offset] {
        try check(records)
        var offsets: [Offset] = []
        offsets.reserveCapacity(records.count)
        for record in records {
            let number = try number(of: record.target)
            offsets.append(partitions[number][Int(record.target.partition)].append(record, at: time))
        }
        return offsets
    }

    func read(_ source: TopicPartition, from: NextOffset, limit: ReadLimit) throws(LogError) -> ReadResult {
        let number = try number(of: source)
        let partition = partitions[number][Int(source.partition)]
        guard from.value >= 0, from.value <= partition.end else { throw .outOfRange(source, from) }
        return partition.read(from: from.value, limit: limit)
    }

    func end(of source: TopicPartition) throws(LogError) -> NextOffset {
        NextOffset(partitions[try number(of: source)][Int(source.partition)].stableEnd)
    }

    func committed(_ participant: ParticipantName, on source: TopicPartition) throws(LogError) -> NextOffset? {
        _ = try number(of: source)
        return positions[Place(participant: participant, source: source)]
    }

    func changes(of shelf: Shelf, from: NextOffset, limit: ReadLimit) -> TableChanges {
        (tables[shelf] ?? MemoryTable()).changes(from: from, limit: limit)
    }

    func check(_ step: Step, of member: MemberBoard.MemberID) throws(LogError) {
        if fences { try board.check(member, holds: step.positions) }
        try check(step.postings)
    }

    mutating func commit(_ step: Step, by participant: ParticipantName, at time: Instant) throws(LogError) {
        _ = try append(step.postings, at: time)
        apply(step, by: participant)
        if takesMarkers {
            // In the order of first posting; a set would do this in another order in each run.
            var marked: [TopicPartition] = []
            for record in step.postings where !marked.contains(record.target) {
                marked.append(record.target)
                partitions[try number(of: record.target)][Int(record.target.partition)].appendMarker()
            }
        }
    }

    private mutating func apply(_ step: Step, by participant: ParticipantName?) {
        for change in step.tableChanges {
            tables[
                Shelf(table: change.table, partition: change.partition),
                default: MemoryTable(keepsHistory: keepsTableHistory)
            ]
            .put(change.key, change.value)
        }
        guard let participant else { return }
        for (source, next) in step.positions {
            positions[Place(participant: participant, source: source)] = next
        }
    }

    mutating func begin(_ step: Step, at time: Instant) throws(LogError) -> Int {
        try check(step.postings)
        lastTransaction += 1
        for record in step.postings {
            let number = try number(of: record.target)
            partitions[number][Int(record.target.partition)]
                .append(record, at: time, transaction: lastTransaction)
        }
        for change in step.tableChanges {
            tables[
                Shelf(table: change.table, partition: change.partition),
                default: MemoryTable(keepsHistory: keepsTableHistory)
            ]
            .hold(lastTransaction)
        }
        open[lastTransaction] = step
        return lastTransaction
    }

    /// - Throws: `.fenced` where the transaction has been ended before.
    mutating func settle(_ transaction: Int, isCommitted: Bool, by participant: ParticipantName?) throws(LogError) {
        guard let step = open.removeValue(forKey: transaction) else {
            throw .fenced("the transaction has been aborted: its producer came too late")
        }
        for record in step.postings {
            partitions[try number(of: record.target)][Int(record.target.partition)]
                .settle(transaction, isCommitted: isCommitted)
        }
        for change in step.tableChanges {
            tables[Shelf(table: change.table, partition: change.partition)]?.release(transaction)
        }
        if isCommitted { apply(step, by: participant) }
    }

    private func number(of source: TopicPartition) throws(LogError) -> Int {
        guard let number = numbers[source.topic], source.partition >= 0,
            source.partition < specifications[number].partitions
        else { throw .unknownTopic(source.topic) }
        return number
    }
}
