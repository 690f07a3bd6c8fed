import EventLog

/// The tables of the log's file.
///
/// A record's row number is its partition's number and its offset in one word, so that a partition is one stretch of
/// the one B-tree: appends need no second index, and a value up to 8 KB stays in its page, which it would not in a
/// table WITHOUT ROWID (2 KB).
///
/// A table's partition (a shelf) is a log of its changes, each with the shelf and its revision in one word likewise: no
/// index by key, whose pages lie all over the file. Measured at 20,000 contacts, replacing rows by key wrote three
/// times the bytes of everything else. What a later change has made void goes when the shelf is compacted
/// (``Writer``).
enum Schema {
    static let version: Int64 = 2
    /// 40 bits of offset: a million records a second for twelve days, or an authority's for ever; 23 of partition.
    static let offsetBits: Int64 = 40
    static let offsetMax: Int64 = 1 << 40

    static func place(_ stream: Int64, _ offset: Int64) -> Int64 { stream << offsetBits | offset }
    static func offset(of place: Int64) -> Int64 { place & (offsetMax - 1) }

    /// Makes the tables where the file has none, inside one transaction, so that two processes may start at once.
    /// - Parameter mayMigrate: whether this process alone decides on the log. To read, format 1 is like format 2.
    static func prepare(_ connection: Connection, mayCreate: Bool, mayMigrate: Bool) throws(LogError) {
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
            if found < 1 { throw .fatal("The log has format \(found), which this version does not know.") }
            if found < 2, mayMigrate { try connection.execute(fromVersion1) }
            if found < 2, mayCreate, !mayMigrate {
                throw .fatal("The log has format \(found): start the hub once with this version, which brings it up.")
            }
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
            compacted INTEGER NOT NULL DEFAULT 0, kept INTEGER NOT NULL DEFAULT 0, UNIQUE(name, partition)) STRICT;
        CREATE TABLE table_rows(place INTEGER PRIMARY KEY, key BLOB NOT NULL, value BLOB) STRICT;
        CREATE TABLE positions(
            participant TEXT NOT NULL, stream INTEGER NOT NULL, next INTEGER NOT NULL,
            PRIMARY KEY(participant, stream)) STRICT, WITHOUT ROWID;
        CREATE TABLE members(
            participant TEXT NOT NULL, instance TEXT NOT NULL, generation INTEGER NOT NULL,
            PRIMARY KEY(participant, instance)) STRICT, WITHOUT ROWID;
        """

    /// Version 1 kept one row a key, found by an index.
    private static let fromVersion1 = """
        ALTER TABLE table_rows RENAME TO rows_by_key;
        CREATE TABLE table_rows(place INTEGER PRIMARY KEY, key BLOB NOT NULL, value BLOB) STRICT;
        INSERT INTO table_rows(place, key, value) SELECT place, key, value FROM rows_by_key ORDER BY place;
        ALTER TABLE shelves ADD COLUMN compacted INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE shelves ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
        UPDATE shelves SET compacted = next,
            kept = (SELECT count(*) FROM rows_by_key WHERE rows_by_key.shelf = shelves.id);
        DROP TABLE rows_by_key;
        UPDATE format SET version = 2;
        """
}
