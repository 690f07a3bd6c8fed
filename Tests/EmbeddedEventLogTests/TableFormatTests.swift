import CSQLite
import DomainModel
import EmbeddedEventLog
import EventLog
import EventLogConformance
import Foundation
import Testing

/// A table on the embedded log is a log of its changes, compacted now and then.
@Suite struct TableFormatTests {
    private let table = TableName("t")
    private let ample = ReadLimit(records: 100_000, bytes: 1 << 30)

    private func put(_ key: Int, _ value: String?) -> TableChange {
        TableChange(table, partition: 0, key: Array("key \(key)".utf8), value: value.map { Array($0.utf8) })
    }

    private func present(in log: any EventLog) throws -> [String: String] {
        var rows: [String: String] = [:]
        for (key, value) in try log.changes(of: table, partition: 0, from: .start, limit: ample).rows {
            rows[String(decoding: key, as: UTF8.self)] = value.map { String(decoding: $0, as: UTF8.self) }
        }
        return rows
    }

    private func count(_ sql: String, in folder: String) -> Int {
        var handle: OpaquePointer?
        var statement: OpaquePointer?
        sqlite3_open(folder + "/log.sqlite", &handle)
        defer {
            sqlite3_finalize(statement)
            sqlite3_close(handle)
        }
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, sqlite3_step(statement) == SQLITE_ROW
        else { return -1 }
        return Int(sqlite3_column_int64(statement, 0))
    }

    @Test func aTableThatIsWrittenOverAndOverStaysInBounds() throws {
        let harness = try EmbeddedHarness()
        let member = try harness.log.join(ParticipantName("p"), instance: "1", inputs: [])
        for round in 0..<100 {
            try member.commit(Step(tableChanges: (0..<500).map { put($0, "round \(round)") }))
        }
        // A reader that stands in the middle is told of a row that goes, compacted or not.
        let next = try harness.log.changes(of: table, partition: 0, from: .start, limit: ample).next
        try member.commit(Step(tableChanges: [put(7, nil)]))
        for round in 0..<20 {
            try member.commit(Step(tableChanges: (10..<500).map { put($0, "again \(round)") }))
        }
        let stored = count("SELECT count(*) FROM table_rows", in: harness.folder)
        #expect(stored >= 500 && stored < 2 * 500 + 4096 + 1000, "\(stored) rows are stored")
        let later = try harness.log.changes(of: table, partition: 0, from: next, limit: ample).rows
        #expect(later.contains { $0.key == Array("key 7".utf8) && $0.value == nil })
        let log = try harness.restart()
        let rows = try present(in: log)
        #expect(rows.count == 499)
        #expect(rows["key 0"] == "round 99" && rows["key 499"] == "again 19" && rows["key 7"] == nil)
    }

    @Test func aLogOfFormatOneIsBroughtUpAndReadBefore() throws {
        let harness = try EmbeddedHarness()
        let member = try harness.log.join(ParticipantName("p"), instance: "1", inputs: [])
        try member.commit(Step(tableChanges: [put(1, "one"), put(2, "two"), put(3, nil)]))
        harness.close()
        var handle: OpaquePointer?
        sqlite3_open(harness.folder + "/log.sqlite", &handle)
        // As version 1 laid it out.
        let back = """
            ALTER TABLE table_rows RENAME TO newer;
            CREATE TABLE table_rows(
                place INTEGER PRIMARY KEY, shelf INTEGER NOT NULL, key BLOB NOT NULL, value BLOB, UNIQUE(shelf, key)
                ) STRICT;
            INSERT INTO table_rows SELECT place, place >> 40, key, value FROM newer;
            DROP TABLE newer;
            ALTER TABLE shelves DROP COLUMN compacted;
            ALTER TABLE shelves DROP COLUMN kept;
            UPDATE format SET version = 1;
            """
        #expect(sqlite3_exec(handle, back, nil, nil, nil) == SQLITE_OK, "\(String(cString: sqlite3_errmsg(handle)))")
        sqlite3_close(handle)
        let reading = try EmbeddedEventLog.open(folder: harness.folder, mode: .reading) { .distantPast }
        #expect(try present(in: reading) == ["key 1": "one", "key 2": "two"])
        reading.close()
        #expect(throws: LogError.self, "an appender waits for the hub to bring it up") {
            _ = try EmbeddedEventLog.open(folder: harness.folder, mode: .appending) { .distantPast }
        }
        let log = try harness.restart()
        #expect(count("SELECT version FROM format", in: harness.folder) == 2)
        #expect(count("SELECT kept FROM shelves", in: harness.folder) == 3)
        #expect(try present(in: log) == ["key 1": "one", "key 2": "two"])
        let again = try log.join(ParticipantName("p"), instance: "1", inputs: [])
        try again.commit(Step(tableChanges: [put(2, "changed")]))
        #expect(try present(in: log) == ["key 1": "one", "key 2": "changed"])
    }
}
