import EventLog

/// The tables of the log's file.
///
/// A record's row number is its partition's number and its offset in one word, so that a partition is one stretch of
/// the one B-tree: appends need no second index, and a value up to 8 KB stays in its page, which it would not in a
/// table WITHOUT ROWID (2 KB). A table's row has its (table, partition) and its revision in one word likewise.
enum Schema {
    static let version: Int64 = 1
    /// 40 bits of offset: a million records a second for twelve days, or an authority's for ever; 23 of partition.
    static let offsetBits: Int64 = 40
    static let offsetMax: Int64 = 1 << 40

    static func place(_ stream: Int64, _ offset: Int64) -> Int64 { stream << offsetBits | offset }
    static func offset(of place: Int64) -> Int64 { place & (offsetMax - 1) }

    /// Makes the tables where the file has none, inside one transaction, so that two processes may start at once.
    static func prepare(_ connection: Connection, mayCreate: Bool) throws(LogError) {
        try connection.execute("BEGIN IMMEDIATE")
        do throws(LogError) {
            if try connection.integer("SELECT 1 FROM sqlite_schema WHERE name = 'format'") == nil {
                guard mayCreate else { throw .fatal("There is no log in this folder: start the hub once.") }
                try connection.execute(tables)
            }
            let found = try connection.integer("SELECT version FROM format") ?? 0
            if found > version {
                throw .fatal(
                    "The log was written by a newer version of frontdoor (format \(found), this one reads \(version)).")
            }
            // An older format is migrated here, step by step, in this transaction; there is none before 1.
            if found < version { throw .fatal("The log has format \(found), which this version does not know.") }
            try connection.execute("COMMIT")
        } catch {
            if connection.isInTransaction { try connection.execute("ROLLBACK") }
            throw error
        }
    }

    private static let tables = """
        CREATE TABLE format(version INTEGER NOT NULL) STRICT;
        INSERT INTO format VALUES (\(version));
        CREATE TABLE topics(
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL, cleanup TEXT NOT NULL,
            retention_milliseconds INTEGER, record_bytes_max INTEGER NOT NULL,
            first_stream INTEGER NOT NULL UNIQUE) STRICT;
        CREATE TABLE ends(
            stream INTEGER PRIMARY KEY, next INTEGER NOT NULL, last_append INTEGER NOT NULL) STRICT;
        CREATE TABLE records(
            place INTEGER PRIMARY KEY, append_time INTEGER NOT NULL, key BLOB, headers BLOB NOT NULL, value BLOB
            ) STRICT;
        CREATE TABLE shelves(
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL,
            UNIQUE(name, partition)) STRICT;
        CREATE TABLE table_rows(
            place INTEGER PRIMARY KEY, shelf INTEGER NOT NULL, key BLOB NOT NULL, value BLOB, UNIQUE(shelf, key)
            ) STRICT;
        CREATE TABLE positions(
            participant TEXT NOT NULL, stream INTEGER NOT NULL, next INTEGER NOT NULL,
            PRIMARY KEY(participant, stream)) STRICT, WITHOUT ROWID;
        CREATE TABLE members(
            participant TEXT NOT NULL, instance TEXT NOT NULL, generation INTEGER NOT NULL,
            PRIMARY KEY(participant, instance)) STRICT, WITHOUT ROWID;
        """
}
