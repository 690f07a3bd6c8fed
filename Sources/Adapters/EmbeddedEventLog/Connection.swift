import CSQLite
import EventLog

/// One handle of SQLite. Used under a lock by whoever owns it; never by two threads at once.
final class Connection {
    private let handle: OpaquePointer

    enum Access { case readWrite, readWriteCreate }

    init(path: String, access: Access, busyTimeoutMilliseconds: Int32) throws(LogError) {
        var opened: OpaquePointer?
        let flags =
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (access == .readWriteCreate ? SQLITE_OPEN_CREATE : 0)
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard let opened else { throw .fatal("SQLite has no memory for a handle") }
        handle = opened
        sqlite3_extended_result_codes(handle, 1)
        if code != SQLITE_OK { throw error(code, "opening \(path)") }
        sqlite3_busy_timeout(handle, busyTimeoutMilliseconds)
    }

    deinit { sqlite3_close_v2(handle) }

    func prepare(_ sql: String) throws(LogError) -> Statement {
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw error(code, "preparing a statement") }
        return Statement(prepared, on: self)
    }

    func execute(_ sql: String) throws(LogError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        if code != SQLITE_OK { throw error(code, "a statement") }
    }

    /// One integer of one row; nil where there is no row.
    func integer(_ sql: String) throws(LogError) -> Int64? {
        let statement = try prepare(sql)
        defer { statement.reset() }
        return try statement.step() ? statement.integer(0) : nil
    }

    /// Whether a transaction is open: SQLite ends one itself after some errors.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// What an operator can act on. SQLite's own texts name statements and constraints, never a stored value.
    func error(_ code: Int32, _ doing: String) -> LogError {
        switch code & 0xff {
        case SQLITE_BUSY, SQLITE_LOCKED:
            .busy("Another process has been writing to the log for too long; \(doing) gave up waiting.")
        case SQLITE_FULL:
            .fatal("The disk that holds the log is full: make room and start again. Nothing of this write was stored.")
        case SQLITE_IOERR:
            .fatal("The disk that holds the log failed while \(doing) (\(code)): check the disk, then start again.")
        case SQLITE_READONLY:
            .fatal("The log is read-only (\(code)): give this user write access to the data folder.")
        case SQLITE_CANTOPEN:
            .fatal("The log cannot be opened (\(code)): check that the data folder exists and is this user's.")
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            .fatal("The log's file is damaged (\(code)): restore it from a backup.")
        default:
            .fatal("SQLite failed while \(doing) (\(code)): \(String(cString: sqlite3_errmsg(handle)))")
        }
    }
}

/// A prepared statement, kept for the life of its connection.
final class Statement {
    private let handle: OpaquePointer
    private let connection: Connection

    fileprivate init(_ handle: OpaquePointer, on connection: Connection) {
        self.handle = handle
        self.connection = connection
    }

    deinit { sqlite3_finalize(handle) }

    func bind(_ place: Int32, _ value: Int64) { sqlite3_bind_int64(handle, place, value) }
    func bindNull(_ place: Int32) { sqlite3_bind_null(handle, place) }

    func bind(_ place: Int32, _ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) {
                _ = frontdoor_bind_text(handle, place, $0.baseAddress, Int32($0.count))
            }
        }
    }

    /// Without a copy: the bytes must live until the statement is reset.
    func bind(_ place: Int32, lent bytes: UnsafeBufferPointer<UInt8>) {
        _ = frontdoor_bind_blob(handle, place, bytes.baseAddress, Int32(bytes.count))
    }

    /// - Returns: whether there is a row.
    func step() throws(LogError) -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        throw connection.error(code, "reading or writing records")
    }

    /// Steps a statement that gives no rows, and resets it whatever comes of it.
    func run() throws(LogError) {
        defer { sqlite3_reset(handle) }
        _ = try step()
    }

    func reset() { sqlite3_reset(handle) }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }
    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func text(_ column: Int32) -> String {
        sqlite3_column_text(handle, column).map { String(cString: $0) } ?? ""
    }

    /// A copy of a blob; nil for NULL.
    func bytes(_ column: Int32) -> [UInt8]? {
        if sqlite3_column_type(handle, column) == SQLITE_NULL { return nil }
        let start = sqlite3_column_blob(handle, column)
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }
}
