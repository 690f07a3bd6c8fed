import DomainModel
import JSON
import Room
import Sealing

/// What is to be told to whom, and how far that is: decisions alone. Records and results go in, what to send comes out;
/// the moment is handed in, and so is chance. Rows are committed before what they say is begun is sent.
///
/// An alert that stands is posted to Alertmanager again and again, and to a person once for each state. The latest state
/// counts: a tool that was out of reach is told what is so now, and of what came and went meanwhile nothing. A target
/// has one transfer under way at a time, and its own wait after a failure, so that a dead one holds up no other.
struct Outbox {
    struct Settings: Hashable, Sendable {
        /// Milliseconds.
        var repost: Int64 = 60_000
        var resolved: Int64 = 900_000
        var backoff = Backoff(first: 2000, most: 300_000)
    }

    /// What one target is to be sent in one transfer.
    struct Sending: Hashable, Sendable {
        var target: Int
        var rows: [OutboxRow]
    }

    private struct Line {
        let target: Target
        var queue = DueQueue<String>()
        /// After a failure that was the target's own.
        var notBefore = Instant.distantPast
        var failures = 0
        /// Keys, and the rows as they were sent.
        var underWay: [(key: String, row: OutboxRow)] = []
        /// When what stands was last posted. In memory alone: after a restart it is posted at once.
        var posted: [String: Instant] = [:]
        /// Batches of which one row is refused, to be sent apart.
        var halves: [[String]] = []
    }

    let settings: Settings
    private var rows = StateTable<String, OutboxRow>(prefix: "d")
    private var lines: [Line]
    private var jitter: Jitter
    private var noted: [DeliveryRecord] = []

    init(_ targets: [Target], _ settings: Settings = Settings(), seed: UInt64) {
        self.settings = settings
        lines = targets.map { Line(target: $0) }
        jitter = Jitter(seed: seed)
    }

    func row(_ key: String) -> OutboxRow? { rows[key] }
    var count: Int { rows.count }

    /// Targets that have taken nothing for some time.
    var failing: [SinkName] {
        lines.filter { $0.failures >= DeliveryLimits.failuresThatCount }.map(\.target.name)
    }

    /// The next moment at which there may be something to send.
    var nextDue: Instant? {
        var earliest: Instant?
        for line in lines where line.underWay.isEmpty {
            guard let due = line.halves.isEmpty ? line.queue.first : .distantPast else { continue }
            let moment = max(due, line.notBefore)
            earliest = min(earliest ?? moment, moment)
        }
        return earliest
    }

    // MARK: In

    /// - Parameter now: what has waited too long already, as after the first start on an old log, is passed over.
    mutating func take(_ incoming: Incoming, at now: Instant) {
        let key = OutboxRow.key(incoming.about)
        if case .notice = incoming.about {
            guard now.milliseconds(since: incoming.at) < DeliveryLimits.triedMilliseconds else { return }
        }
        if var row = rows[key] {
            row.take(incoming)
            rows[key] = row
        } else {
            rows[key] = OutboxRow(incoming)
        }
        plan(key, at: now)
    }

    mutating func finish(_ target: Int, _ outcome: CallOutcome, at now: Instant) {
        let sent = lines[target].underWay
        lines[target].underWay = []
        switch outcome {
        case .delivered:
            lines[target].failures = 0
            lines[target].notBefore = .distantPast
            for (key, row) in sent { delivered(key, row, by: target, at: now) }
        case .failed(let failure):
            if failure.isOfItem, sent.count > 1 {
                let half = sent.count / 2
                lines[target].halves.append(sent[..<half].map(\.key))
                lines[target].halves.append(sent[half...].map(\.key))
                return
            }
            if !failure.isOfItem {
                lines[target].failures += 1
                let wait = settings.backoff.delay(after: lines[target].failures, &jitter)
                let asked = min(failure.asked ?? 0, DeliveryLimits.askedWaitMillisecondsMax)
                lines[target].notBefore = now.adding(milliseconds: max(wait, asked))
            }
            for (key, row) in sent { failed(key, row.record, failure, by: target, at: now) }
        }
    }

    // MARK: Out

    /// What to send now. The rows say that it was begun: commit them before sending.
    mutating func begin(at now: Instant) -> [Sending] {
        var sendings: [Sending] = []
        for target in lines.indices
        where lines[target].underWay.isEmpty && lines[target].notBefore <= now {
            let batch = lines[target].target.channel == .alertmanager ? DeliveryLimits.postRowsMax : 1
            var keys: [String] = []
            if let half = lines[target].halves.popLast() {
                keys = half.filter { rows.contains($0) }
            } else {
                while keys.count < batch, let key = lines[target].queue.next(at: now) { keys.append(key) }
            }
            var sending = Sending(target: target, rows: [])
            for key in keys {
                guard var row = rows[key], let place = place(of: target, in: row) else { continue }
                row.targets[place].attempts += 1
                // What is only posted again needs no commit of its own.
                if row.targets[place].told != row.record {
                    row.targets[place].begun = row.record
                    rows[key] = row
                }
                lines[target].underWay.append((key, row))
                sending.rows.append(row)
            }
            if !sending.rows.isEmpty { sendings.append(sending) }
        }
        return sendings
    }

    mutating func takeNoted() -> [DeliveryRecord] {
        defer { noted.removeAll(keepingCapacity: true) }
        return noted
    }

    mutating func takeChanges() -> [RowChange] {
        var changes: [RowChange] = []
        rows.takeChanges(into: &changes)
        return changes
    }

    // MARK: Restoring

    /// Takes back a row of a topic that this process reads; rows of others are another's.
    mutating func restore(_ change: RowChange, topics: Set<String>, at now: Instant, parser: JSONParser)
        throws(RowError)
    {
        guard let value = change.value else {
            // The log may have given the row before it gave what took it away.
            _ = try rows.restore(change, parser: parser)
            return
        }
        do throws(JSONError) {
            guard topics.contains(try parser.parse(value).required("topic")) else { return }
        } catch {
            throw .badRow(error)
        }
        guard let (key, row) = try rows.restore(change, parser: parser), row != nil else { return }
        plan(key, at: now)
    }

    // MARK: Within

    private func place(of target: Int, in row: OutboxRow) -> Int? {
        row.targets.firstIndex { $0.target == lines[target].target.name }
    }

    /// Sets when each target is next due; settles what need not be told, and removes a row that is done.
    private mutating func plan(_ key: String, at now: Instant) {
        guard var row = rows[key] else { return }
        let before = row
        var targets: [TargetRow] = []
        for line in lines where line.target.takes(row) {
            targets.append(row.targets.first { $0.target == line.target.name } ?? TargetRow(line.target.name))
        }
        // A sink that the configuration no longer names has no claim.
        row.targets = targets
        for place in lines.indices where lines[place].target.takes(row) {
            guard let index = self.place(of: place, in: row) else { continue }
            let due = due(row, row.targets[index], lines[place], lines[place].posted[key], at: now)
            if due == nil, row.isOver { row.targets[index].isSettled = true }
            lines[place].queue.set(key, due: due)
        }
        if row.isOver, row.targets.allSatisfy(\.isSettled) {
            rows[key] = nil
            for place in lines.indices {
                lines[place].queue.set(key, due: nil)
                lines[place].posted[key] = nil
            }
        } else if row != before {
            rows[key] = row
        }
    }

    /// Nil: nothing to send till the next record.
    private func due(
        _ row: OutboxRow, _ state: TargetRow, _ line: Line, _ posted: Instant?, at now: Instant
    ) -> Instant? {
        if state.isSettled { return nil }
        // Nobody of this target's was woken, or what would have woken them is over before it was sent.
        guard state.begun != nil || line.target.isFor(row) && row.clearedAt == nil else { return nil }
        guard let told = state.told, told == row.record else { return state.notBefore ?? now }
        guard line.target.channel == .alertmanager else { return nil }
        guard let posted else { return now }
        if row.clearedAt != nil, posted.milliseconds(since: state.toldAt ?? posted) >= settings.resolved { return nil }
        return posted.adding(milliseconds: settings.repost)
    }

    private mutating func delivered(_ key: String, _ sent: OutboxRow, by target: Int, at now: Instant) {
        guard var row = rows[key], let place = place(of: target, in: row) else { return }
        lines[target].posted[key] = now
        if row.targets[place].told != sent.record {
            note(sent, row.targets[place], lines[target].target, at: now)
            row.targets[place].told = sent.record
            row.targets[place].toldAt = now
            row.targets[place].notBefore = nil
            row.targets[place].attempts = 0
            rows[key] = row
        }
        plan(key, at: now)
    }

    private mutating func failed(
        _ key: String, _ record: EventID, _ failure: Failure, by target: Int, at now: Instant
    ) {
        guard var row = rows[key], let place = place(of: target, in: row), record == row.record else {
            return plan(key, at: now)
        }
        let isExpired =
            row.isOver
            && now.milliseconds(since: row.clearedAt ?? row.at)
                >= DeliveryLimits.tried(lines[target].target.channel)
        if isExpired {
            row.targets[place].isSettled = true
            note(row, row.targets[place], lines[target].target, Failure(reason: .expired), at: now)
        } else if row.targets[place].failed != record, row.targets[place].told != record {
            row.targets[place].failed = record
            note(row, row.targets[place], lines[target].target, failure, at: now)
        }
        if failure.isOfItem {
            let wait = settings.backoff.delay(after: row.targets[place].attempts, &jitter)
            row.targets[place].notBefore = now.adding(milliseconds: wait)
        }
        rows[key] = row
        plan(key, at: now)
    }

    private mutating func note(
        _ row: OutboxRow, _ state: TargetRow, _ target: Target, _ failure: Failure? = nil, at now: Instant
    ) {
        var derivation = Derivation("delivery")
        derivation.add(row.record)
        derivation.add(target.name)
        derivation.add(failure == nil ? "delivered" : failure?.reason == .expired ? "expired" : "failed")
        let facts = AlertDelivery(
            record: row.record, alert: row.alert?.alert, desk: row.alert?.desk, agency: row.notice?.agency,
            request: row.notice?.reference, caseID: row.alert?.caseID, referral: row.alert?.referral, told: row.told,
            sink: target.name, channel: target.channel, at: now, attempts: max(1, state.attempts),
            reason: failure?.reason.rawValue, gaveUp: failure?.reason == .expired)
        noted.append(
            DeliveryRecord(
                id: derivation.id(), authority: row.authority, isFailure: failure != nil, facts: facts))
    }
}
