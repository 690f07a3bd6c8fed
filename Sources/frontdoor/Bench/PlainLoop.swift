import CSQLite
import CommandLine
import EventLog

/// The limit that the embedded hub is measured against: the same records appended to a plain SQLite table, with the
/// same durability (`synchronous=FULL`, write-ahead log) and as many in a transaction, and nothing else.
final class PlainLoop {
    private var database: OpaquePointer?
    private var insert: OpaquePointer?

    init(path: String) throws(CommandFailure) {
        guard sqlite3_open(path, &database) == SQLITE_OK else {
            throw CommandFailure(.cannotCreate, "the file \(path) cannot be made")
        }
        try run("PRAGMA page_size=8192")
        try run("PRAGMA journal_mode=WAL")
        try run("PRAGMA synchronous=FULL")
        try run("CREATE TABLE records(id INTEGER PRIMARY KEY, topic TEXT, key BLOB, headers BLOB, value BLOB) STRICT")
        guard
            sqlite3_prepare_v2(
                database, "INSERT INTO records(topic, key, headers, value) VALUES(?,?,?,?)", -1, &insert, nil)
                == SQLITE_OK
        else { throw failure() }
    }

    func append(_ records: [StoredRecord]) throws(CommandFailure) {
        try run("BEGIN IMMEDIATE")
        for record in records {
            guard step(record) else { throw failure() }
        }
        try run("COMMIT")
    }

    /// Binds without copying need the bytes to outlive the step, so all four are bound and stepped in one scope.
    private func step(_ record: StoredRecord) -> Bool {
        let topic = Array(record.source.topic.name.utf8)
        let key = record.key ?? []
        let value = record.value ?? []
        return topic.withUnsafeBytes { topicBytes in
            key.withUnsafeBytes { keyBytes in
                record.headers.bytes.withUnsafeBytes { headerBytes in
                    value.withUnsafeBytes { valueBytes in
                        sqlite3_bind_text(insert, 1, topicBytes.baseAddress, Int32(topicBytes.count), nil)
                        sqlite3_bind_blob(insert, 2, keyBytes.baseAddress, Int32(keyBytes.count), nil)
                        sqlite3_bind_blob(insert, 3, headerBytes.baseAddress, Int32(headerBytes.count), nil)
                        sqlite3_bind_blob(insert, 4, valueBytes.baseAddress, Int32(valueBytes.count), nil)
                        defer { sqlite3_reset(insert) }
                        return sqlite3_step(insert) == SQLITE_DONE
                    }
                }
            }
        }
    }

    func close() {
        sqlite3_finalize(insert)
        sqlite3_close(database)
    }

    private func run(_ sql: String) throws(CommandFailure) {
        guard sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else { throw failure() }
    }

    private func failure() -> CommandFailure {
        CommandFailure(.inputOutput, "SQLite: " + String(cString: sqlite3_errmsg(database)))
    }
}
