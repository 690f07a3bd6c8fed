import DomainModel
import EventLog

/// The handle that writes: takes the work that has gathered and commits it in one transaction, with one wait for the
/// disk for all of it.
final class Writer {
    private struct End { var next: Int64, lastAppend: Int64, isTouched = false }
    private struct ShelfName: Hashable { let table: TableName, partition: Int32 }

    private let connection: Connection
    private let statements: WriterStatements
    private var catalogue = Catalogue()
    private var ends: [End] = []
    private var touched: [Int] = []
    private var places: [ShelfName: Int] = [:]
    private var shelves: [Shelf] = []
    private var touchedShelves: [Int] = []
    private var versionSeen: Int64 = -1
    private var failure: LogError?

    init(path: String, busyTimeoutMilliseconds: Int32) throws(LogError) {
        connection = try Connection(path: path, access: .readWrite, busyTimeoutMilliseconds: busyTimeoutMilliseconds)
        // A checkpoint each 32 MB of log: rarer ones gain nothing, and what must be read at the next start stays small.
        // FULL: an acknowledged commit survives the loss of power, not only of the process.
        try connection.execute(
            """
            PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=4000;
            PRAGMA journal_size_limit=67108864; PRAGMA temp_store=MEMORY
            """)
        statements = try WriterStatements(connection)
    }

    func capSize(pages: Int) throws(LogError) { try connection.execute("PRAGMA max_page_count=\(pages)") }

    /// What readers are to be shown after a commit.
    struct Published: Sendable {
        /// Set where a topic has been added.
        var catalogue: Catalogue?
        var ends: [(stream: Int, next: Int64)] = []
    }

    /// Does the work of all tickets in their order and settles each. A refused one writes nothing and does not touch
    /// the others; a failure of the storage fails all.
    func run(_ tickets: [Ticket], at now: Instant, check: (OwnedStep) throws(LogError) -> Void) -> Published {
        do throws(LogError) {
            return try transact(tickets, at: now, check: check)
        } catch {
            if connection.isInTransaction { try? connection.execute("ROLLBACK") }
            versionSeen = -1
            // After a failed sync nobody knows what reached the disk: only a fresh start may look.
            if case .fatal = error { failure = error }
            for ticket in tickets { ticket.settle(.failure(error)) }
            return Published()
        }
    }

    private func transact(_ tickets: [Ticket], at now: Instant, check: (OwnedStep) throws(LogError) -> Void)
        throws(LogError) -> Published
    {
        if let failure { throw failure }
        try connection.execute("BEGIN IMMEDIATE")
        try reloadWhereOthersWrote()
        let topicsBefore = catalogue.specifications.count
        var results: [Result<Outcome, LogError>] = []
        results.reserveCapacity(tickets.count)
        var hasWritten = false
        for ticket in tickets {
            if let refusal = refusal(of: ticket.work, check: check) {
                results.append(.failure(refusal))
            } else {
                results.append(.success(try perform(ticket.work, at: now)))
                hasWritten = true
            }
        }
        guard hasWritten else {
            try connection.execute("ROLLBACK")
            for (ticket, result) in zip(tickets, results) { ticket.settle(result) }
            return Published()
        }
        var published = Published()
        for stream in touched {
            try statements.setEnd(stream, next: ends[stream].next, lastAppend: ends[stream].lastAppend)
            ends[stream].isTouched = false
            published.ends.append((stream, ends[stream].next))
        }
        touched.removeAll(keepingCapacity: true)
        // At most one shelf a commit, so that no commit waits for all of them.
        var mayCompact = true
        for place in touchedShelves {
            try statements.setShelfEnd(shelves[place].number, next: shelves[place].next)
            shelves[place].isTouched = false
            if mayCompact, shelves[place].isWorthCompacting {
                shelves[place].kept = try statements.compact(shelves[place])
                shelves[place].compacted = shelves[place].next
                mayCompact = false
            }
        }
        touchedShelves.removeAll(keepingCapacity: true)
        try connection.execute("COMMIT")
        for (ticket, result) in zip(tickets, results) { ticket.settle(result) }
        if catalogue.specifications.count != topicsBefore { published.catalogue = catalogue }
        return published
    }

    /// Everything that can be wrong with the work itself, found before a byte of it is written.
    private func refusal(of work: Work, check: (OwnedStep) throws(LogError) -> Void) -> LogError? {
        do throws(LogError) {
            switch work {
            case .ensure, .join: break
            case .append(let records): try self.check(records)
            case .commit(let steps, let expecting):
                for (source, next) in expecting {
                    let end = ends[try catalogue.stream(of: source)].next
                    if end != next.value { throw .conflict("\(source) ends at \(end), not at \(next)") }
                }
                for owned in steps {
                    try check(owned)
                    let present = try statements.generation(owned.participant, owned.instance)
                    if present != owned.generation {
                        throw .fenced("another member has joined \(owned.participant) as instance \(owned.instance)")
                    }
                    for (source, _) in owned.step.positions { _ = try catalogue.stream(of: source) }
                    try self.check(owned.step.postings)
                }
            }
            return nil
        } catch {
            return error
        }
    }

    private func check(_ records: [NewRecord]) throws(LogError) {
        var last: (topic: Topic, number: Int)?
        for record in records {
            let number = try number(of: record.target.topic, after: &last)
            _ = try catalogue.stream(number, record.target)
            let limit = catalogue.specifications[number].recordBytesMax
            if record.byteCount > limit {
                throw .recordTooLarge(record.target.topic, bytes: record.byteCount, limit: limit)
            }
        }
    }

    /// Most of a batch goes to one topic: comparing beats hashing.
    private func number(of topic: Topic, after last: inout (topic: Topic, number: Int)?) throws(LogError) -> Int {
        if let last, last.topic == topic { return last.number }
        guard let number = catalogue.number(of: topic) else { throw .unknownTopic(topic) }
        last = (topic, number)
        return number
    }

    private func perform(_ work: Work, at now: Instant) throws(LogError) -> Outcome {
        switch work {
        case .append(let records): return .appended(try append(records, at: now))
        case .commit(let steps, _):
            for owned in steps { try write(owned, at: now) }
            return .done
        case .join(let participant, let instance):
            return .joined(generation: try statements.nextGeneration(participant, instance))
        case .ensure(let wanted):
            for specification in wanted where catalogue.number(of: specification.topic) == nil {
                let first = catalogue.streamCount
                try statements.addTopic(specification, firstStream: first)
                catalogue.add(specification)
                for stream in first..<catalogue.streamCount {
                    try statements.addEnd(stream)
                    ends.append(End(next: 0, lastAppend: 0))
                }
            }
            return .done
        }
    }

    private func append(_ records: [NewRecord], at now: Instant) throws(LogError) -> [Offset] {
        var offsets: [Offset] = []
        offsets.reserveCapacity(records.count)
        var last: (topic: Topic, number: Int)?
        for record in records {
            let number = try number(of: record.target.topic, after: &last)
            let stream = try catalogue.stream(number, record.target)
            let offset = ends[stream].next
            guard offset < Schema.offsetMax - 1 else { throw .fatal("\(record.target) has reached its last offset.") }
            ends[stream].next = offset + 1
            ends[stream].lastAppend = max(ends[stream].lastAppend, now.milliseconds)
            if !ends[stream].isTouched {
                ends[stream].isTouched = true
                touched.append(stream)
            }
            try statements.insert(
                record, place: Schema.place(Int64(stream), offset), appendTime: ends[stream].lastAppend)
            offsets.append(Offset(offset))
        }
        return offsets
    }

    private func write(_ owned: OwnedStep, at now: Instant) throws(LogError) {
        _ = try append(owned.step.postings, at: now)
        var last: (name: ShelfName, place: Int)?
        for change in owned.step.tableChanges {
            let name = ShelfName(table: change.table, partition: change.partition)
            let place = if let last, last.name == name { last.place } else { try self.place(of: name) }
            last = (name, place)
            let revision = shelves[place].next
            guard revision < Schema.offsetMax - 1 else { throw .fatal("\(name.table) has reached its last revision.") }
            shelves[place].next = revision + 1
            if !shelves[place].isTouched {
                shelves[place].isTouched = true
                touchedShelves.append(place)
            }
            try statements.put(change, place: Schema.place(shelves[place].number, revision))
        }
        for (source, next) in owned.step.positions {
            try statements.setPosition(owned.participant, try catalogue.stream(of: source), next)
        }
    }

    private func place(of name: ShelfName) throws(LogError) -> Int {
        if let place = places[name] { return place }
        shelves.append(try statements.shelf(name.table, name.partition))
        places[name] = shelves.count - 1
        return shelves.count - 1
    }

    /// Other processes append, and only they: what this handle committed itself it knows.
    private func reloadWhereOthersWrote() throws(LogError) {
        let version = try statements.dataVersion()
        guard version != versionSeen else { return }
        catalogue = try statements.catalogue()
        ends.removeAll(keepingCapacity: true)
        for (next, lastAppend) in try statements.ends() { ends.append(End(next: next, lastAppend: lastAppend)) }
        guard ends.count == catalogue.streamCount else {
            throw .fatal("The log's file is damaged (its ends): restore it from a backup.")
        }
        touched.removeAll(keepingCapacity: true)
        touchedShelves.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        shelves.removeAll(keepingCapacity: true)
        versionSeen = version
    }
}
