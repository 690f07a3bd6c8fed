import DomainModel
import EventLog
import Room

/// Counts attempts on what may have killed the process, at no cost in ordinary running.
///
/// A trap ends the process, so it can only be noticed by the next one: a mark says that a hub is running, and a clean
/// stop takes it away. Where the mark is found, what may have been in flight is taken one by one, and before each an
/// attempt is committed; on the third the input is set aside.
///
/// | row of `hub.table.clock` | value |
/// |---|---|
/// | `!running` | a hub is running, or ended unclean |
/// | `!attempt <service> <position>` | how often it was tried, one byte |
struct AttemptLedger {
    private static let runningKey = Array("!running".utf8)
    private static let attemptKey = "!attempt "

    let table: TableName
    private var attempts: [String: Int] = [:]
    private var changes: [RowChange] = []
    private var isMarked = false
    var isRunningMarked: Bool { isMarked }
    /// The last hub on this log did not stop in order.
    private(set) var isUnclean = false
    /// What may have been in flight is still being taken one by one.
    var isCareful = false

    init(table: TableName) { self.table = table }

    mutating func restore(from log: any EventLog) throws(LogError) {
        attempts = [:]
        isMarked = false
        try log.forEachRow(of: table) { key, value in
            if key == AttemptLedger.runningKey {
                isMarked = true
                return
            }
            let text = String(decoding: key, as: UTF8.self)
            if text.hasPrefix(AttemptLedger.attemptKey) { attempts[text] = Int(value.first ?? 0) }
        }
        isUnclean = isMarked
    }

    private static func name(_ service: Service, _ position: InputPosition) -> String {
        "\(attemptKey)\(service.rawValue) \(position)"
    }

    func tried(_ service: Service, _ position: InputPosition) -> Int {
        attempts[AttemptLedger.name(service, position)] ?? 0
    }

    /// Commits an attempt before it is made, with unchanged positions.
    mutating func mark(
        _ service: Service, _ position: InputPosition, committing log: any CarryingLog, with member: any LogMember
    ) throws(HubError) {
        let name = AttemptLedger.name(service, position)
        let tried = (attempts[name] ?? 0) + 1
        attempts[name] = tried
        try commit(RowChange(key: Array(name.utf8), value: [UInt8(clamping: tried)]), to: log, with: member)
    }

    /// The input has been taken or set aside: its attempts go in the same commit.
    mutating func finished(_ service: Service, _ position: InputPosition) {
        let name = AttemptLedger.name(service, position)
        if attempts.removeValue(forKey: name) != nil { changes.append(RowChange(key: Array(name.utf8), value: nil)) }
    }

    mutating func takeChanges() -> [RowChange] {
        defer { changes.removeAll() }
        return changes
    }

    /// Says, once in a run, that a hub is running.
    mutating func markRunning(committing log: any CarryingLog, with member: any LogMember) throws(HubError) {
        guard !isMarked else { return }
        try commit(RowChange(key: AttemptLedger.runningKey, value: [1]), to: log, with: member)
        isMarked = true
    }

    /// Takes the mark away: what comes next starts after a clean end.
    mutating func markClean(committing log: any CarryingLog, with member: (any LogMember)?) throws(LogError) {
        guard isMarked, let member else { return }
        let change = TableChange(table, partition: 0, key: AttemptLedger.runningKey, value: nil)
        try log.commit([(member, Step(tableChanges: [change]))], expecting: [])
        isMarked = false
    }

    private func commit(
        _ row: RowChange, to log: any CarryingLog, with member: any LogMember
    ) throws(HubError) {
        let change = TableChange(table, partition: 0, key: row.key, value: row.value)
        do throws(LogError) {
            try log.commit([(member, Step(tableChanges: [change]))], expecting: [])
        } catch {
            throw .log(error)
        }
    }
}

extension EventLog {
    /// The present rows of one partition of a table.
    func forEachRow(
        of table: TableName, partition: Int32 = 0, _ body: (_ key: [UInt8], _ value: [UInt8]) -> Void
    ) throws(LogError) {
        for row in try presentRows(of: table, partition: partition) { body(row.key, row.value) }
    }

    /// The present rows of a table's partition, in the order of their last changes. A log may hold earlier changes of a
    /// key as well, and what took a row away.
    func presentRows(
        of table: TableName, partition: Int32, limit: ReadLimit = ReadLimit(records: 5000, bytes: 8 << 20)
    ) throws(LogError) -> [(key: [UInt8], value: [UInt8])] {
        var places: [[UInt8]: Int] = [:]
        var rows: [(key: [UInt8], value: [UInt8]?)] = []
        var next = NextOffset.start
        var isComplete = false
        while !isComplete {
            let changes = try changes(of: table, partition: partition, from: next, limit: limit)
            for row in changes.rows {
                if let earlier = places.updateValue(rows.count, forKey: row.key) { rows[earlier] = ([], nil) }
                rows.append(row)
            }
            next = changes.next
            isComplete = changes.isComplete
        }
        return rows.compactMap { row in row.value.map { (row.key, $0) } }
    }
}
