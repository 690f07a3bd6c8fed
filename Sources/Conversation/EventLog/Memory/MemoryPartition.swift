import DomainModel

/// One partition in memory. Offsets may have gaps, where a transaction's end took one.
struct MemoryPartition {
    private enum Standing: Equatable { case committed, aborted, open(Int) }
    private var entries: [(record: StoredRecord, standing: Standing)] = []
    private var openTransactions: [(number: Int, first: Int64)] = []
    private(set) var end: Int64 = 0
    private var lastAppend = Instant.distantPast

    /// Nothing at or behind this is shown: the first record of the oldest open transaction, else the end.
    var stableEnd: Int64 { openTransactions.reduce(end) { min($0, $1.first) } }

    /// - Parameter transaction: the open one that the record belongs to; nil for a record that stands at once.
    @discardableResult
    mutating func append(_ new: NewRecord, at time: Instant, transaction: Int? = nil) -> Offset {
        lastAppend = max(lastAppend, time)
        if let transaction, !openTransactions.contains(where: { $0.number == transaction }) {
            openTransactions.append((transaction, end))
        }
        let record = StoredRecord(
            source: new.target, offset: Offset(end), appendTime: lastAppend, key: new.key, headers: new.headers,
            value: new.value)
        entries.append((record, transaction.map { .open($0) } ?? .committed))
        end += 1
        return record.offset
    }

    /// As Kafka does: the end of a transaction is a record of its own that readers never see.
    mutating func appendMarker() { end += 1 }

    mutating func settle(_ transaction: Int, isCommitted: Bool) {
        guard let place = openTransactions.firstIndex(where: { $0.number == transaction }) else { return }
        for entry in index(of: openTransactions[place].first)..<entries.count
        where entries[entry].standing == .open(transaction) {
            entries[entry].standing = isCommitted ? .committed : .aborted
        }
        openTransactions.remove(at: place)
        end += 1
    }

    func read(from: Int64, limit: ReadLimit) -> ReadResult {
        let stable = stableEnd
        var records: [StoredRecord] = []
        var bytes = 0
        var place = index(of: from)
        while place < entries.count, entries[place].record.offset.value < stable {
            let (record, standing) = entries[place]
            place += 1
            guard standing == .committed else { continue }
            bytes += record.byteCount
            if let last = records.last, records.count >= limit.records || bytes > limit.bytes {
                return ReadResult(records: records, next: last.offset.next)
            }
            records.append(record)
        }
        return ReadResult(records: records, next: NextOffset(max(from, stable)))
    }

    /// The first entry at or behind an offset.
    private func index(of offset: Int64) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].record.offset.value < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// One partition of a compacted table in memory: the last change of each key, in the order of the changes; earlier ones
/// too, until they are compacted, where history is kept.
struct MemoryTable {
    private var changes: [(revision: Int64, key: [UInt8], value: [UInt8]?, isLast: Bool)] = []
    private var places: [[UInt8]: Int] = [:]
    private var holds: [(number: Int, revision: Int64)] = []
    private var nextRevision: Int64 = 0
    private let keepsHistory: Bool

    init(keepsHistory: Bool = false) { self.keepsHistory = keepsHistory }

    mutating func put(_ key: [UInt8], _ value: [UInt8]?) {
        if let earlier = places[key] { changes[earlier].isLast = false }
        places[key] = changes.count
        changes.append((nextRevision, key, value, true))
        nextRevision += 1
        if changes.count > 2 * places.count + 64 { compact() }
    }

    /// An open transaction has changed this table: nothing later is shown before it ends.
    mutating func hold(_ transaction: Int) {
        if !holds.contains(where: { $0.number == transaction }) { holds.append((transaction, nextRevision)) }
    }

    mutating func release(_ transaction: Int) { holds.removeAll { $0.number == transaction } }

    func changes(from: NextOffset, limit: ReadLimit) -> TableChanges {
        let stable = holds.reduce(nextRevision) { min($0, $1.revision) }
        var rows: [(key: [UInt8], value: [UInt8]?)] = []
        var bytes = 0
        var low = 0
        var high = changes.count
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].revision < from.value { low = middle + 1 } else { high = middle }
        }
        while low < changes.count, changes[low].revision < stable {
            let (revision, key, value, isLast) = changes[low]
            low += 1
            guard isLast || keepsHistory else { continue }
            bytes += key.count + (value?.count ?? 0)
            if !rows.isEmpty, rows.count >= limit.records || bytes > limit.bytes {
                return TableChanges(rows: rows, next: NextOffset(revision), isComplete: false)
            }
            rows.append((key, value))
        }
        // What lies behind an open transaction may have been committed: who restores must wait for it, or begins with less
        // than was decided.
        return TableChanges(
            rows: rows, next: NextOffset(max(from.value, stable)), isComplete: stable == nextRevision)
    }

    private mutating func compact() {
        changes.removeAll { !$0.isLast }
        for (place, change) in changes.enumerated() { places[change.key] = place }
    }
}
