import EventLog

/// A table's partition, as its writer knows it.
struct Shelf {
    let number: Int64
    /// The revision of the next change.
    var next: Int64
    /// Every change below this revision is the only one of its key that lies below.
    var compacted: Int64
    /// How many changes the last compaction left.
    var kept: Int64
    var isTouched = false

    /// Once two changes in three may be void: then each change is moved through the file less than once on average.
    var isWorthCompacting: Bool { next - compacted > 2 * kept + 4096 }
}

/// The prepared statements of the writing handle.
final class WriterStatements {
    private let version: Statement
    private let allTopics: Statement
    private let allEnds: Statement
    private let newTopic: Statement
    private let newEnd: Statement
    private let updateEnd: Statement
    private let newRecord: Statement
    private let findShelf: Statement
    private let newShelf: Statement
    private let updateShelf: Statement
    private let newRow: Statement
    private let dropVoid: Statement
    private let countRows: Statement
    private let setCompacted: Statement
    private let upsertPosition: Statement
    private let findGeneration: Statement
    private let raiseGeneration: Statement

    init(_ connection: Connection) throws(LogError) {
        version = try connection.prepare("PRAGMA data_version")
        allTopics = try connection.prepare(Catalogue.query)
        allEnds = try connection.prepare("SELECT next, last_append FROM ends ORDER BY stream")
        newTopic = try connection.prepare(
            """
            INSERT INTO topics(name, partitions, cleanup, retention_milliseconds, record_bytes_max, first_stream)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """)
        newEnd = try connection.prepare("INSERT INTO ends(stream, next, last_append) VALUES (?1, 0, 0)")
        updateEnd = try connection.prepare("UPDATE ends SET next = ?2, last_append = ?3 WHERE stream = ?1")
        newRecord = try connection.prepare(
            "INSERT INTO records(place, append_time, key, headers, value) VALUES (?1, ?2, ?3, ?4, ?5)")
        findShelf = try connection.prepare(
            "SELECT id, next, compacted, kept FROM shelves WHERE name = ?1 AND partition = ?2")
        newShelf = try connection.prepare("INSERT INTO shelves(name, partition, next) VALUES (?1, ?2, 0) RETURNING id")
        updateShelf = try connection.prepare("UPDATE shelves SET next = ?2 WHERE id = ?1")
        newRow = try connection.prepare("INSERT INTO table_rows(place, key, value) VALUES (?1, ?2, ?3)")
        dropVoid = try connection.prepare(
            """
            DELETE FROM table_rows WHERE place >= ?1 AND place < ?2 AND place NOT IN
                (SELECT max(place) FROM table_rows WHERE place >= ?1 AND place < ?2 GROUP BY key)
            """)
        countRows = try connection.prepare("SELECT count(*) FROM table_rows WHERE place >= ?1 AND place < ?2")
        setCompacted = try connection.prepare("UPDATE shelves SET compacted = ?2, kept = ?3 WHERE id = ?1")
        upsertPosition = try connection.prepare(
            """
            INSERT INTO positions(participant, stream, next) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET next = excluded.next
            """)
        findGeneration = try connection.prepare(
            "SELECT generation FROM members WHERE participant = ?1 AND instance = ?2")
        raiseGeneration = try connection.prepare(
            """
            INSERT INTO members(participant, instance, generation) VALUES (?1, ?2, 1)
            ON CONFLICT DO UPDATE SET generation = generation + 1 RETURNING generation
            """)
    }

    func dataVersion() throws(LogError) -> Int64 { try one(version) ?? 0 }

    func catalogue() throws(LogError) -> Catalogue { try Catalogue(from: allTopics) }

    func ends() throws(LogError) -> [(next: Int64, lastAppend: Int64)] {
        defer { allEnds.reset() }
        var found: [(next: Int64, lastAppend: Int64)] = []
        while try allEnds.step() { found.append((allEnds.integer(0), allEnds.integer(1))) }
        return found
    }

    func addTopic(_ specification: TopicSpecification, firstStream: Int) throws(LogError) {
        newTopic.bind(1, specification.topic.name)
        newTopic.bind(2, Int64(specification.partitions))
        newTopic.bind(3, specification.cleanup.rawValue)
        if let retention = specification.retentionMilliseconds {
            newTopic.bind(4, retention)
        } else {
            newTopic.bindNull(4)
        }
        newTopic.bind(5, Int64(specification.recordBytesMax))
        newTopic.bind(6, Int64(firstStream))
        try newTopic.run()
    }

    func addEnd(_ stream: Int) throws(LogError) {
        newEnd.bind(1, Int64(stream))
        try newEnd.run()
    }

    func setEnd(_ stream: Int, next: Int64, lastAppend: Int64) throws(LogError) {
        updateEnd.bind(1, Int64(stream))
        updateEnd.bind(2, next)
        updateEnd.bind(3, lastAppend)
        try updateEnd.run()
    }

    func insert(_ record: NewRecord, place: Int64, appendTime: Int64) throws(LogError) {
        newRecord.bind(1, place)
        newRecord.bind(2, appendTime)
        try lend(record.key, to: newRecord, at: 3) { () throws(LogError) in
            try lend(record.headers.bytes, to: newRecord, at: 4) { () throws(LogError) in
                try lend(record.value, to: newRecord, at: 5) { () throws(LogError) in try newRecord.run() }
            }
        }
    }

    /// A table's partition, made where there is none yet.
    func shelf(_ table: TableName, _ partition: Int32) throws(LogError) -> Shelf {
        findShelf.bind(1, table.text)
        findShelf.bind(2, Int64(partition))
        defer { findShelf.reset() }
        if try findShelf.step() {
            return Shelf(
                number: findShelf.integer(0), next: findShelf.integer(1), compacted: findShelf.integer(2),
                kept: findShelf.integer(3))
        }
        newShelf.bind(1, table.text)
        newShelf.bind(2, Int64(partition))
        guard let number = try one(newShelf) else { throw .fatal("SQLite gave no number to a new table.") }
        return Shelf(number: number, next: 0, compacted: 0, kept: 0)
    }

    func setShelfEnd(_ number: Int64, next: Int64) throws(LogError) {
        updateShelf.bind(1, number)
        updateShelf.bind(2, next)
        try updateShelf.run()
    }

    func put(_ change: TableChange, place: Int64) throws(LogError) {
        newRow.bind(1, place)
        try lend(change.key, to: newRow, at: 2) { () throws(LogError) in
            try lend(change.value, to: newRow, at: 3) { () throws(LogError) in try newRow.run() }
        }
    }

    /// Leaves of each key the last change, a tombstone included: whoever reads on from a position must see it.
    /// - Returns: how many rows are left.
    func compact(_ shelf: Shelf) throws(LogError) -> Int64 {
        for statement in [dropVoid, countRows] {
            statement.bind(1, Schema.place(shelf.number, 0))
            statement.bind(2, Schema.place(shelf.number + 1, 0))
        }
        try dropVoid.run()
        let kept = try one(countRows) ?? 0
        setCompacted.bind(1, shelf.number)
        setCompacted.bind(2, shelf.next)
        setCompacted.bind(3, kept)
        try setCompacted.run()
        return kept
    }

    func setPosition(_ participant: ParticipantName, _ stream: Int, _ next: NextOffset) throws(LogError) {
        upsertPosition.bind(1, participant.text)
        upsertPosition.bind(2, Int64(stream))
        upsertPosition.bind(3, next.value)
        try upsertPosition.run()
    }

    func generation(_ participant: ParticipantName, _ instance: String) throws(LogError) -> Int64? {
        findGeneration.bind(1, participant.text)
        findGeneration.bind(2, instance)
        return try one(findGeneration)
    }

    func nextGeneration(_ participant: ParticipantName, _ instance: String) throws(LogError) -> Int64 {
        raiseGeneration.bind(1, participant.text)
        raiseGeneration.bind(2, instance)
        guard let generation = try one(raiseGeneration) else { throw .fatal("SQLite gave no generation to a member.") }
        return generation
    }

    private func one(_ statement: Statement) throws(LogError) -> Int64? {
        defer { statement.reset() }
        return try statement.step() ? statement.integer(0) : nil
    }

    /// Binds without a copy; `body` steps the statement and resets it before the bytes may move.
    @inline(__always)
    private func lend(
        _ bytes: [UInt8]?, to statement: Statement, at place: Int32, _ body: () throws(LogError) -> Void
    ) throws(LogError) {
        guard let bytes else {
            statement.bindNull(place)
            return try body()
        }
        let outcome: Result<Void, LogError> = bytes.withUnsafeBufferPointer { lent in
            statement.bind(place, lent: lent)
            do throws(LogError) { return .success(try body()) } catch { return .failure(error) }
        }
        try outcome.get()
    }
}
