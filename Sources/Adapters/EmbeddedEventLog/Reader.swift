import DomainModel
import EventLog

/// The handle that reads: in WAL mode it sees what is committed and waits for no writer.
final class Reader {
    private let dataVersion: Statement
    private let allTopics: Statement
    private let allEnds: Statement
    private let end: Statement
    private let records: Statement
    private let shelf: Statement
    private let rows: Statement
    private let position: Statement
    private let newestTopic: Statement
    private var versionSeen: Int64 = -1
    private var topicSeen: Int64 = -1

    init(path: String, busyTimeoutMilliseconds: Int32) throws(LogError) {
        let connection = try Connection(
            path: path, access: .readWrite, busyTimeoutMilliseconds: busyTimeoutMilliseconds)
        try connection.execute("PRAGMA query_only=ON; PRAGMA cache_size=-8000")
        dataVersion = try connection.prepare("PRAGMA data_version")
        newestTopic = try connection.prepare("SELECT max(id) FROM topics")
        allTopics = try connection.prepare(Catalogue.query)
        allEnds = try connection.prepare("SELECT stream, next FROM ends")
        end = try connection.prepare("SELECT next FROM ends WHERE stream = ?1")
        records = try connection.prepare(
            """
            SELECT place, append_time, key, headers, value FROM records WHERE place >= ?1 AND place < ?2
            ORDER BY place LIMIT ?3
            """)
        shelf = try connection.prepare("SELECT id FROM shelves WHERE name = ?1 AND partition = ?2")
        rows = try connection.prepare(
            "SELECT place, key, value FROM table_rows WHERE place >= ?1 AND place < ?2 ORDER BY place LIMIT ?3")
        position = try connection.prepare("SELECT next FROM positions WHERE participant = ?1 AND stream = ?2")
    }

    /// The ends where any handle but this has committed since the last call, and the topics where there are more of
    /// them; else nil.
    func changes() throws(LogError) -> (catalogue: Catalogue?, ends: [(stream: Int, next: Int64)])? {
        let version = try one(dataVersion) ?? 0
        guard version != versionSeen else { return nil }
        let topics = try one(newestTopic) ?? 0
        let catalogue = topics == topicSeen ? nil : try Catalogue(from: allTopics)
        topicSeen = topics
        var ends: [(stream: Int, next: Int64)] = []
        defer { allEnds.reset() }
        while try allEnds.step() { ends.append((Int(allEnds.integer(0)), allEnds.integer(1))) }
        versionSeen = version
        return (catalogue, ends)
    }

    func end(_ stream: Int) throws(LogError) -> Int64 {
        end.bind(1, Int64(stream))
        return try one(end) ?? 0
    }

    func position(_ participant: ParticipantName, _ stream: Int) throws(LogError) -> NextOffset? {
        position.bind(1, participant.text)
        position.bind(2, Int64(stream))
        return try one(position).map { NextOffset($0) }
    }

    func read(_ source: TopicPartition, _ stream: Int, from: NextOffset, limit: ReadLimit) throws(LogError)
        -> ReadResult
    {
        guard from.value >= 0, from.value < Schema.offsetMax else { throw .outOfRange(source, from) }
        records.bind(1, Schema.place(Int64(stream), from.value))
        records.bind(2, Schema.place(Int64(stream) + 1, 0))
        records.bind(3, Int64(max(1, limit.records)))
        defer { records.reset() }
        var found: [StoredRecord] = []
        var bytes = 0
        while try records.step() {
            let key = records.bytes(2)
            let value = records.bytes(4)
            guard let headers = Headers(bytes: records.bytes(3) ?? []) else {
                throw .fatal("The log's file is damaged (headers in \(source)): restore it from a backup.")
            }
            let record = StoredRecord(
                source: source, offset: Offset(Schema.offset(of: records.integer(0))),
                appendTime: Instant(milliseconds: records.integer(1)), key: key, headers: headers, value: value)
            bytes += record.byteCount
            if !found.isEmpty, bytes > limit.bytes { break }
            found.append(record)
        }
        if let last = found.last { return ReadResult(records: found, next: last.offset.next) }
        if from != .start, from.value > (try end(stream)) { throw .outOfRange(source, from) }
        return ReadResult(records: [], next: from)
    }

    func changes(of table: TableName, partition: Int32, from: NextOffset, limit: ReadLimit) throws(LogError)
        -> TableChanges
    {
        shelf.bind(1, table.text)
        shelf.bind(2, Int64(partition))
        guard let number = try one(shelf) else { return TableChanges(rows: [], next: from, isComplete: true) }
        rows.bind(1, Schema.place(number, max(0, from.value)))
        rows.bind(2, Schema.place(number + 1, 0))
        let most = max(1, limit.records)
        rows.bind(3, Int64(most))
        defer { rows.reset() }
        var found: [(key: [UInt8], value: [UInt8]?)] = []
        var next = from
        var bytes = 0
        while try rows.step() {
            let key = rows.bytes(1) ?? []
            let value = rows.bytes(2)
            bytes += key.count + (value?.count ?? 0)
            if !found.isEmpty, bytes > limit.bytes {
                return TableChanges(rows: found, next: next, isComplete: false)
            }
            found.append((key, value))
            next = Offset(Schema.offset(of: rows.integer(0))).next
        }
        // A full page may be the last; the next call says so.
        return TableChanges(rows: found, next: next, isComplete: found.count < most)
    }

    private func one(_ statement: Statement) throws(LogError) -> Int64? {
        defer { statement.reset() }
        return try statement.step() ? statement.integer(0) : nil
    }
}
