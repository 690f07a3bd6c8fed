import DomainModel
import EventLog
import Room
import Sealing

/// Counts attempts on what may have killed the process, at no cost in ordinary running.
///
/// A trap ends the process, so it can only be noticed by the next one: a mark says that a hub is running, and a clean
/// stop takes it away. Where the mark is found, the records that may have been in flight are taken one by one, and
/// before each an attempt is committed; on the third the record is set aside.
struct AttemptLedger {
    /// The first byte of its rows' keys; no participant's table uses it.
    static let prefix = UInt8(ascii: "!")
    private static let runningKey: [UInt8] = [prefix] + Array("running".utf8)

    private let table: TableName
    private var attempts: [String: Int] = [:]
    /// How many commits are still to be taken one record at a time.
    private var carefulCommits = 0
    private var isMarked = false

    init(table: TableName) { self.table = table }

    var isCareful: Bool { carefulCommits > 0 }

    mutating func restore(from log: any EventLog) throws(LogError) {
        attempts = [:]
        var next = NextOffset.start
        var isComplete = false
        while !isComplete {
            let changes = try log.changes(
                of: table, partition: 0, from: next, limit: ReadLimit(records: 1000, bytes: 1 << 20))
            for row in changes.rows {
                if row.key == AttemptLedger.runningKey {
                    isMarked = row.value != nil
                } else {
                    attempts[String(decoding: row.key, as: UTF8.self)] = row.value.map { Int($0.first ?? 0) }
                }
            }
            next = changes.next
            isComplete = changes.isComplete
        }
        carefulCommits = isMarked ? Limits.batchRecordsMax : 0
    }

    /// Whether to let the participant try. In careful running the attempt is committed first, positions unchanged.
    mutating func mayTry(
        _ service: Service, _ position: InputPosition, committing log: any CarryingLog, with member: any LogMember
    ) throws(HubError) -> Bool {
        guard isCareful else {
            if !isMarked { try commit([(AttemptLedger.runningKey, [1])], to: log, with: member) }
            isMarked = true
            return true
        }
        let name = "\(service.rawValue) \(position)"
        let key = [AttemptLedger.prefix] + Array(name.utf8)
        let mark = String(decoding: key, as: UTF8.self)
        let tried = attempts[mark] ?? 0
        guard tried < Limits.attemptsMax else { return false }
        attempts[mark] = tried + 1
        try commit([(key, [UInt8(tried + 1)])], to: log, with: member)
        return true
    }

    mutating func committed() {
        if carefulCommits > 0 { carefulCommits -= 1 }
    }

    /// Takes the mark away: what comes next starts after a clean end.
    mutating func markClean(committing log: any CarryingLog, with member: (any LogMember)?) throws(LogError) {
        guard isMarked, let member else { return }
        try log.commit(
            [
                (
                    member,
                    Step(tableChanges: [TableChange(table, partition: 0, key: AttemptLedger.runningKey, value: nil)])
                )
            ], expecting: [])
        isMarked = false
    }

    private func commit(
        _ rows: [(key: [UInt8], value: [UInt8])], to log: any CarryingLog, with member: any LogMember
    ) throws(HubError) {
        let changes = rows.map { TableChange(table, partition: 0, key: $0.key, value: $0.value) }
        do throws(LogError) {
            try log.commit([(member, Step(tableChanges: changes))], expecting: [])
        } catch {
            throw .log(error)
        }
    }
}

extension Hub {
    /// The dead letter of an ingress record on which Intake ended the process again and again.
    func undecidable(_ input: IngressRecord) -> DeadLetter {
        let value = input.value ?? []
        var derivation = Derivation("undecidable")
        derivation.add(Service.intake.rawValue)
        derivation.add(input.position.description)
        return DeadLetter(
            id: derivation.id(), time: input.receivedAt, authority: .hub, origin: input.position,
            reason: "undecidable", service: .intake,
            original: value.count <= Limits.deadLetterOriginalBytesMax ? value : nil, originalLength: value.count,
            originalHash: Digest.sha256(value).description)
    }

    /// The dead letter of an event of the room on which a participant did. The event itself stays in the room.
    func undecidable(_ event: Event, by service: Service) -> DeadLetter {
        var derivation = Derivation("undecidable")
        derivation.add(service.rawValue)
        derivation.add(event.id)
        return DeadLetter(
            id: derivation.id(), time: event.time, authority: event.authority,
            origin: event.position ?? InputPosition(partition: 0, offset: 0), reason: "undecidable", service: service,
            original: nil, originalLength: 0, originalHash: Digest.sha256([]).description)
    }
}
