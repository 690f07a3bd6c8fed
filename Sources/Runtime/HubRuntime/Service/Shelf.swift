import EventLog
import Room

/// One partition of a service's table, and the inputs whose decisions go into it: one partition of the room, or, for
/// Intake, all topics from outside.
struct Shelf {
    enum Phase: Equatable {
        /// Nothing of it is known here.
        case empty
        /// It was taken away as it was committed; another may have gone on with it since.
        case kept
        /// Its rows are being read, from this position on.
        case restoring(NextOffset)
        case ready
    }

    struct Input {
        let source: TopicPartition
        /// As last committed.
        var committed: NextOffset
        /// Behind the last record decided on or passed over; ahead of `committed` only by what left no trace.
        var cursor: NextOffset
        /// Set while something before its end may have ended the process.
        var care: ServiceMarks.Care?

        /// How many records may be taken into one commit; nil for as many as there are.
        var chunk: Int? { care.flatMap { cursor < $0.end ? $0.chunk : nil } }
    }

    let partition: Int32
    var phase = Phase.empty
    /// Held by this member now, in the order of their names.
    var inputs: [Input] = []
    /// Its restore follows a commit that failed, in the same life of the service.
    var isRolledBack = false
    /// Where inputs stood that were taken away, as far as the state goes.
    var kept: [TopicPartition: NextOffset] = [:]
    /// The rows read by a restore that is not yet done.
    var read = ReadRows()
    var marks = ServiceMarks()
    var asides: SetAsideLedger

    init(partition: Int32, table: TableName) {
        self.partition = partition
        asides = SetAsideLedger(table: table)
    }

    var isReady: Bool { phase == .ready && !inputs.isEmpty }
    var isRestoring: Bool { if case .restoring = phase { true } else { false } }

    func place(of source: TopicPartition) -> Int? {
        if inputs.count == 1 { return inputs[0].source == source ? 0 : nil }
        var low = 0
        var high = inputs.count
        while low < high {
            let middle = (low + high) / 2
            if inputs[middle].source < source { low = middle + 1 } else { high = middle }
        }
        return low < inputs.count && inputs[low].source == source ? low : nil
    }

    mutating func add(_ source: TopicPartition, at position: NextOffset) {
        let place = inputs.firstIndex { source < $0.source } ?? inputs.count
        inputs.insert(Input(source: source, committed: position, cursor: position), at: place)
    }

    mutating func lose(_ source: TopicPartition) {
        guard let place = place(of: source) else { return }
        if phase == .ready { kept[source] = inputs[place].committed }
        inputs.remove(at: place)
    }
}

/// Rows on their way from a table: a log may give a key again that it gave before, and the last one counts.
struct ReadRows {
    private var rows: [RowChange?] = []
    private var places: [[UInt8]: Int] = [:]

    mutating func take(_ row: RowChange) {
        if let earlier = places[row.key] { rows[earlier] = nil }
        places[row.key] = row.value == nil ? nil : rows.count
        if row.value != nil { rows.append(row) }
    }

    /// Those that are there, in the order of their last change.
    mutating func finished() -> [RowChange] {
        defer { self = ReadRows() }
        return rows.compactMap { $0 }
    }
}
