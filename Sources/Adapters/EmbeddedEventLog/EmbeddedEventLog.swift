public import DomainModel
public import EventLog
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The log in one SQLite file, `log.sqlite` in a data folder: durable when acknowledged, a step in one transaction.
///
/// One process decides, any number append and read. What this process commits, its members are told at once; what
/// another appends, within ``EmbeddedEventLog/lookIntervalMilliseconds``. Append times are the injected clock's, and
/// within a partition never before the last one. No record is ever deleted; of a table, what later changes made void is.
public final class EmbeddedEventLog: CarryingLog {
    public enum Mode: Sendable {
        /// Takes part: joins, commits steps. One process at a time, by a lock on the folder.
        case deciding
        /// Appends and reads.
        case appending
        /// Reads. Fails where there is no log yet.
        case reading
    }

    /// How often a waiting poll looks for what other processes have appended. SQLite tells nobody; looking costs
    /// 2 µs.
    public static let lookIntervalMilliseconds: Int64 = 20
    /// How long a write waits for the writes of other processes before it fails with `.busy`.
    public static let busyTimeoutMilliseconds: Int32 = 10_000

    let bell = Doorbell()
    let directory = Mutex(Directory())
    let board = Mutex(MemberBoard())
    private let mode: Mode
    private let clock: @Sendable () -> Instant
    private let queue = Mutex<[Ticket]>([])
    private let writer: Mutex<Writer?>
    private let reader: Mutex<Reader?>
    private let lock: Mutex<DecidingLock?>
    private let joining = Mutex(())
    private let nextLook = Atomic<Int64>(0)

    /// Opens the log of a data folder; `deciding` and `appending` make what is not there yet.
    /// - Parameters:
    ///   - folder: readable by this user alone, where it is made here: it holds personal data, sealed or not.
    ///   - clock: gives the append times.
    /// - Throws: `.busy` naming the process that decides; `.fatal` where the file cannot be used, with what to do.
    public static func open(folder: String, mode: Mode, clock: @escaping @Sendable () -> Instant) throws(LogError)
        -> EmbeddedEventLog
    {
        let path = "\(folder)/log.sqlite"
        if mode != .reading {
            if mkdir(folder, 0o700) != 0, errno != EEXIST {
                throw .fatal("The data folder cannot be made (errno \(errno)): check its path and its owner.")
            }
            // SQLite gives its own files the mode of this one.
            let made = createFile(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            if made >= 0 { closeFile(made) }
        } else if access(path, R_OK) != 0 {
            throw .fatal("There is no log in this folder: start the hub once.")
        }
        let lock: DecidingLock? = mode == .deciding ? try DecidingLock(folder: folder) : nil
        let first = try Connection(
            path: path, access: .readWrite, busyTimeoutMilliseconds: busyTimeoutMilliseconds)
        // Has an effect on a new file only. Measured with events of 1.5 KB over 12 partitions: 93,000 records a second
        // with pages of 8 KB, 57,000 with 4 KB, 80,000 with 16 KB, where small commits write the most.
        try first.execute("PRAGMA page_size=8192")
        try first.switchToWriteAheadLog(withinMilliseconds: Int(busyTimeoutMilliseconds))
        try Schema.prepare(first, mayCreate: mode != .reading, mayMigrate: mode == .deciding)
        return EmbeddedEventLog(
            mode: mode, clock: clock, lock: lock,
            writer: mode == .reading ? nil : try Writer(path: path, busyTimeoutMilliseconds: busyTimeoutMilliseconds),
            reader: try Reader(path: path, busyTimeoutMilliseconds: busyTimeoutMilliseconds))
    }

    private init(
        mode: Mode, clock: @escaping @Sendable () -> Instant, lock: DecidingLock?, writer: sending Writer?,
        reader: sending Reader
    ) {
        self.mode = mode
        self.clock = clock
        self.lock = Mutex(lock)
        self.writer = Mutex(writer)
        self.reader = Mutex(reader)
    }

    /// Ends all use of the folder by this handle, its members' included; a second call does nothing.
    public func close() {
        writer.withLock { $0 = nil }
        reader.withLock { $0 = nil }
        // Last: whoever decides next must not meet a write of this handle.
        lock.withLock { $0 = nil }
        bell.ring()
    }

    /// Stands in for a full disk in tests: SQLite refuses to let the file grow beyond so many pages of 8 KB.
    package func capSize(pages: Int) throws(LogError) {
        try writer.withLock { writer throws(LogError) in try writer?.capSize(pages: pages) }
    }

    // MARK: EventLog

    public func ensure(_ topics: [TopicSpecification]) throws(LogError) {
        try refresh()
        let isThere = directory.withLock { directory in
            topics.allSatisfy { directory.catalogue.number(of: $0.topic) != nil }
        }
        if !isThere { _ = try submit(.ensure(topics)) }
    }

    public func topics() throws(LogError) -> [TopicSpecification] {
        try refresh()
        return directory.withLock { $0.catalogue.sorted }
    }

    public func append(_ records: [NewRecord]) throws(LogError) -> [Offset] {
        if records.isEmpty { return [] }
        guard case .appended(let offsets) = try submit(.append(records)) else { return [] }
        return offsets
    }

    public func read(_ source: TopicPartition, from: NextOffset, limit: ReadLimit) throws(LogError) -> ReadResult {
        let stream = try stream(of: source)
        return try reading { reader throws(LogError) in try reader.read(source, stream, from: from, limit: limit) }
    }

    public func end(of source: TopicPartition) throws(LogError) -> NextOffset {
        let stream = try stream(of: source)
        return NextOffset(try reading { reader throws(LogError) in try reader.end(stream) })
    }

    public func committed(_ participant: ParticipantName, on source: TopicPartition) throws(LogError) -> NextOffset? {
        let stream = try stream(of: source)
        return try reading { reader throws(LogError) in try reader.position(participant, stream) }
    }

    public func changes(of table: TableName, partition: Int32, from: NextOffset, limit: ReadLimit) throws(LogError)
        -> TableChanges
    {
        try reading { reader throws(LogError) in
            try reader.changes(of: table, partition: partition, from: from, limit: limit)
        }
    }

    public func join(_ participant: ParticipantName, instance: String, inputs: [TopicPattern]) throws(LogError)
        -> any LogMember
    {
        guard mode == .deciding else { throw .fatal("Only a log opened for deciding can be joined.") }
        try refresh()
        // Of two that join at once, the one with the higher generation must also be the one on the board.
        return try joining.withLock { _ throws(LogError) in
            guard case .joined(let generation) = try submit(.join(participant, instance: instance)) else {
                throw .fatal("A join gave no generation.")
            }
            let id = board.withLock { $0.join(participant, instance: instance, inputs: inputs) }
            bell.ring()
            return EmbeddedMember(participant, instance: instance, generation: generation, id: id, log: self)
        }
    }

    public func commit(_ steps: [(member: any LogMember, step: Step)], expecting: [(TopicPartition, NextOffset)])
        throws(LogError)
    {
        var owned: [OwnedStep] = []
        owned.reserveCapacity(steps.count)
        for (member, step) in steps {
            guard let member = member as? EmbeddedMember, member.log === self else {
                throw .fatal("a step of a member of another log")
            }
            owned.append(member.own(step))
        }
        _ = try submit(.commit(owned, expecting: expecting))
    }

    // MARK: For the members

    /// Looks for what other processes have committed, unless that was done within the interval.
    func lookForOthers() throws(LogError) {
        let now = Doorbell.now
        let due = nextLook.load(ordering: .relaxed)
        guard now >= due else { return }
        nextLook.store(now + EmbeddedEventLog.lookIntervalMilliseconds * 1_000_000, ordering: .relaxed)
        try refresh()
    }

    func change(for id: MemberBoard.MemberID) throws(LogError) -> MemberBoard.Change? {
        let change = try board.withLock { board throws(LogError) in try board.next(for: id) }
        // A partition given up is one that another member may be waiting for.
        if case .revoked = change { bell.ring() }
        return change
    }

    func remove(_ id: MemberBoard.MemberID, why: String) {
        board.withLock { $0.remove(id, why: why) }
        bell.ring()
    }

    func stream(of source: TopicPartition) throws(LogError) -> Int {
        if let stream = try? directory.withLock({ try $0.catalogue.stream(of: source) }) { return stream }
        // Another process may have made the topic since.
        try refresh()
        return try directory.withLock { directory throws(LogError) in try directory.catalogue.stream(of: source) }
    }

    // MARK: One at a time

    private func refresh() throws(LogError) {
        let changes = try reading { reader throws(LogError) in try reader.changes() }
        guard let changes else { return }
        publish(changes.catalogue, changes.ends)
    }

    private func publish(_ catalogue: Catalogue?, _ ends: [(stream: Int, next: Int64)]) {
        let added: [TopicSpecification]? = directory.withLock { directory in
            for (stream, next) in ends { directory.raise(stream, to: next) }
            // Topics are only ever added: the longer list is the newer one.
            guard let catalogue, catalogue.specifications.count > directory.catalogue.specifications.count else {
                return nil
            }
            directory.catalogue = catalogue
            return catalogue.sorted
        }
        if let added { board.withLock { $0.topicsChanged(to: added) } }
    }

    private func reading<Value: Sendable>(_ body: (Reader) throws(LogError) -> Value) throws(LogError) -> Value {
        try reader.withLock { reader throws(LogError) in
            guard let reader else { throw .fatal("The log has been closed.") }
            return try body(reader)
        }
    }

    /// Group commit: whoever gets the writer commits the work of all who came to wait for it meanwhile.
    private func submit(_ work: Work) throws(LogError) -> Outcome {
        guard mode != .reading else { throw .fatal("A log opened for reading cannot be written.") }
        let ticket = Ticket(work)
        queue.withLock { $0.append(ticket) }
        try writer.withLock { writer throws(LogError) in
            guard ticket.result == nil else { return }
            guard let writer else { throw .fatal("The log has been closed.") }
            let tickets = queue.withLock { waiting in
                let taken = waiting
                waiting.removeAll()
                return taken
            }
            let published = writer.run(tickets, at: clock()) { owned throws(LogError) in
                try board.withLock { board throws(LogError) in
                    try board.check(owned.id, holds: owned.step.positions)
                }
            }
            // Before the writer is free again: a later commit must not be published before this one.
            publish(published.catalogue, published.ends)
        }
        bell.ring()
        guard let result = ticket.result else { throw .fatal("A write was not settled.") }
        return try result.get()
    }
}

extension Connection {
    /// Where two processes make the file at once, SQLite refuses one of them without waiting.
    fileprivate func switchToWriteAheadLog(withinMilliseconds bound: Int) throws(LogError) {
        let deadline = Doorbell.deadline(in: .milliseconds(bound))
        while true {
            do throws(LogError) {
                return try execute("PRAGMA journal_mode=WAL")
            } catch {
                guard case .busy = error, Doorbell.now < deadline else { throw error }
                sched_yield()
            }
        }
    }
}

/// Outside the type, whose own `open` would hide the one of the system.
private func createFile(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }
private func closeFile(_ descriptor: Int32) { close(descriptor) }
