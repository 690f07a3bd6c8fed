import DomainModel
import EventLog
import Room
import Sealing
import Synchronization

/// What was polled and not yet decided on: each batch of one input.
typealias Gathered = [(source: TopicPartition, records: [StoredRecord])]

// The inside of a step.
extension ServiceLoop {
    /// What is there, up to one batch in all.
    func gather(_ limit: ReadLimit, wait: Duration) throws(HubError) -> Gathered {
        guard let member else { return [] }
        var batch: Gathered = []
        var left = limit
        while left.records > 0, left.bytes > 0 {
            let outcome: PollOutcome
            do throws(LogError) {
                outcome = try member.poll(left, wait: batch.isEmpty ? wait : .zero)
            } catch {
                throw .log(error)
            }
            switch outcome {
            case .records(let source, let records):
                for record in records { left.bytes -= record.byteCount }
                left.records -= records.count
                batch.append((source, records))
            case .assigned(let sources):
                try take(assigned: sources)
                return batch
            case .revoked(let sources):
                take(revoked: sources)
                batch.removeAll { sources.contains($0.source) }
            case .idle: return batch
            }
        }
        return batch
    }

    /// Decides on a batch and commits it. What is too large to post is found out here, set aside, and the rest decided
    /// again without it.
    func decide(_ batch: Gathered) throws(HubError) -> StepCounts {
        var counts = StepCounts()
        var rest: Gathered = []
        for (source, records) in batch {
            guard let place = place(of: source) else { continue }
            let care = shelves[place.shelf].inputs[place.input].care
            let alone = records.prefix { care?.chunk == 1 && $0.offset.next <= care?.end ?? .start }
            for index in alone.indices {
                counts += try decideAlone(alone[index], before: index + 1 < alone.endIndex ? alone[index + 1] : nil)
            }
            if alone.count < records.count { rest.append((source, Array(records.dropFirst(alone.count)))) }
        }
        if !rest.isEmpty { counts += try decideTogether(rest) }
        return counts
    }

    private func decideTogether(_ batch: Gathered) throws(HubError) -> StepCounts {
        try plantEarlyCommit(batch)
        while true {
            var stage = newStage()
            var touched: [Int] = []
            var ingress = 0
            let cursors = shelves.map { $0.inputs.map(\.cursor) }
            decide: for (source, records) in batch {
                guard let place = place(of: source) else { continue }
                if !touched.contains(place.shelf) { touched.append(place.shelf) }
                for record in records where record.offset.next > shelves[place.shelf].inputs[place.input].cursor {
                    if try take(record, place, into: &stage) { ingress += 1 }
                    if stage.breach != nil { break decide }
                }
            }
            if let breach = stage.breach {
                try undo(breach, touched, cursors)
                continue
            }
            try checkKeys()
            guard try commit(&stage, touched: touched.sorted()) else { return .nothingYet }
            var counts = stage.counts
            counts.ingress = ingress
            if counts.didNothing { counts.careful = 1 }
            return counts
        }
    }

    /// One record with a mark before it, so that what ends the process is known. The mark for the next one goes with it.
    private func decideAlone(_ record: StoredRecord, before next: StoredRecord?) throws(HubError) -> StepCounts {
        guard let place = place(of: record.source),
            record.offset.next > shelves[place.shelf].inputs[place.input].cursor
        else { return StepCounts() }
        let position = position(of: record)
        let service = work.service
        // Whoever has decided on it and lives was not ended by it, whatever became of the commit.
        if survived == position || marked == position {
            // It is marked already.
        } else if try mark(record, at: place) {
            var mark = newStage()
            guard try commit(&mark, touched: [place.shelf], isForced: true) else { return .nothingYet }
        }
        marked = nil
        while true {
            var stage = newStage()
            let cursors = shelves.map { $0.inputs.map(\.cursor) }
            let isIngress = try take(record, place, into: &stage)
            survived = position
            if let breach = stage.breach {
                try undo(breach, [place.shelf], cursors)
                continue
            }
            try checkKeys()
            shelves[place.shelf].marks.finished(service, position)
            let isNextMarked = try next.map { record throws(HubError) in try mark(record, at: place) } ?? false
            guard try commit(&stage, touched: [place.shelf]) else { return .nothingYet }
            if isNextMarked { marked = next.map(self.position(of:)) }
            var counts = stage.counts
            counts.ingress = isIngress ? 1 : 0
            counts.careful = 1
            return counts
        }
    }

    /// Marks what is about to be taken alone, or sets it aside for having ended the process too often.
    /// - Returns: whether there is a mark to commit.
    private func mark(_ record: StoredRecord, at place: (shelf: Int, input: Int)) throws(HubError) -> Bool {
        let position = position(of: record)
        if shelves[place.shelf].marks.tried(work.service, position) >= Limits.attemptsMax {
            shelves[place.shelf].asides.setAside(work.service, position, as: .undecidable)
            return false
        }
        guard try isDecided(record) else { return false }
        shelves[place.shelf].marks.trying(work.service, position)
        return true
    }

    private func undo(_ breach: Breach, _ touched: [Int], _ cursors: [[NextOffset]]) throws(HubError) {
        guard let input = breach.input else {
            throw .log(.recordTooLarge(breach.topic, bytes: breach.bytes, limit: breach.limit))
        }
        shelves[shelf(of: source(of: input))].asides.setAside(work.service, input, as: .tooLarge)
        try restoreNow(touched)
        for index in shelves.indices {
            for place in shelves[index].inputs.indices { shelves[index].inputs[place].cursor = cursors[index][place] }
        }
    }

    func checkKeys() throws(HubError) {
        if let failure = vault.failure { throw .log(failure) }
        if let absent = vault.absentKey { throw .absentKey(absent.bytes) }
    }

    func source(of position: InputPosition) -> TopicPartition {
        TopicPartition(position.topic.map { Topic($0) } ?? settings.topics.events, position.partition)
    }

    private func position(of record: StoredRecord) -> InputPosition {
        InputPosition(
            topic: record.source.topic == settings.topics.events ? nil : record.source.topic.name,
            partition: record.source.partition, offset: record.offset.value)
    }

    private func event(from record: StoredRecord) throws(HubError) -> Event? {
        do throws(RoomError) {
            return try codec.event(from: record, parser: parser)
        } catch {
            throw .room(record.source.partition, record.offset, error)
        }
    }

    /// An event of the room that was read before.
    private func event(at place: InputPosition) throws(HubError) -> Event? {
        let found: ReadResult
        do throws(LogError) {
            found = try log.read(
                TopicPartition(settings.topics.events, place.partition), from: NextOffset(place.offset),
                limit: ReadLimit(records: 1, bytes: settings.batch.bytes))
        } catch {
            throw .log(error)
        }
        guard let record = found.records.first, record.offset.value == place.offset else { return nil }
        return try event(from: record)
    }

    /// Whether the record is given to the participant at all.
    private func isDecided(_ record: StoredRecord) throws(HubError) -> Bool {
        switch work {
        case .intake: true
        case .room: try event(from: record).map { !$0.isApplied(by: work.service) } ?? false
        }
    }

    /// Gives one record to the participant.
    /// - Returns: whether it came from outside.
    private func take(
        _ record: StoredRecord, _ place: (shelf: Int, input: Int), into stage: inout Stage
    ) throws(HubError) -> Bool {
        defer { shelves[place.shelf].inputs[place.input].cursor = record.offset.next }
        switch work {
        case .intake(let host):
            guard let input = IngressRecord(record, topics: settings.topics) else { return false }
            let postings: [Posting]
            if let reason = shelves[place.shelf].asides.reason(host.service, input.position) {
                postings = host.setAside(input, as: reason)
                shelves[place.shelf].marks.finished(host.service, input.position)
                shelves[place.shelf].asides.take(host.service, input.position, as: reason, event: nil)
            } else {
                postings = host.receive(input)
            }
            for posting in postings { stage.add(posting, by: host.service, input: input.position, ends: noEnds) }
            return true
        case .room(let host):
            guard let event = try event(from: record), !event.isApplied(by: host.service),
                let position = event.position
            else { return false }
            if !shelves[place.shelf].asides.isEmpty,
                let reason = shelves[place.shelf].asides.reason(host.service, event)
            {
                for posting in SetAsidePostings.all(event, for: host.service, as: reason, at: position) {
                    stage.add(posting, by: .clock, ends: noEnds)
                }
                shelves[place.shelf].marks.finished(host.service, position)
                shelves[place.shelf].asides.take(host.service, position, as: reason, event: event)
                return false
            }
            here.partition.store(position.partition, ordering: .relaxed)
            if let release = try shelves[place.shelf].asides.released(
                by: event, for: host.service, reading: { place throws(HubError) in try self.event(at: place) })
            {
                shelves[place.shelf].asides.take(release, for: host.service, at: position)
                for earlier in release.events {
                    guard let before = earlier.position else { continue }
                    for posting in host.postings(on: earlier, at: before) {
                        stage.add(posting, by: host.service, input: position, ends: noEnds)
                    }
                }
            }
            for posting in host.postings(on: event, at: position) {
                stage.add(posting, by: host.service, input: position, ends: noEnds)
            }
            return false
        }
    }

    // MARK: The commit

    /// Commits what was staged, the rows that changed, and every position that moved.
    /// - Parameter isForced: also where only positions moved, or not even they.
    /// - Returns: false where it was undone, and all that is held is restored and read again.
    func commit(_ stage: inout Stage, touched: [Int], isForced: Bool = false) throws(HubError) -> Bool {
        guard let member else { return false }
        for index in touched {
            let partition = shelves[index].partition
            switch work {
            case .intake(let host): stage.add(host.takeChanges(), table: table, partition: partition)
            case .room(let host): stage.add(host.takeChanges(partition: partition), table: table, partition: partition)
            }
            stage.add(shelves[index].asides.takeChanges(), table: table, partition: partition)
            stage.add(shelves[index].marks.takeChanges(), table: table, partition: partition)
        }
        guard isForced || !stage.isEmpty else {
            if passedOverSince == nil { passedOverSince = Doorbell.now }
            try commitPassedOver()
            return true
        }
        plantSkip()
        var step = Step()
        // What is being restored has no state that its position could speak for.
        for index in shelves.indices where shelves[index].phase == .ready {
            for input in shelves[index].inputs {
                let hasMoved = input.cursor != input.committed
                guard hasMoved || isForced && touched.contains(index) else { continue }
                step.positions.append((input.source, input.cursor))
                if hasMoved { shelves[index].marks.moved(input.source, to: input.cursor) }
            }
            stage.add(shelves[index].marks.takeChanges(), table: table, partition: shelves[index].partition)
        }
        step.postings = stage.records
        step.tableChanges = stage.tableChanges
        passedOverSince = nil
        guard try write(step, with: member) else {
            try rollBack()
            return false
        }
        status.commits += 1
        for index in shelves.indices {
            for place in shelves[index].inputs.indices {
                shelves[index].inputs[place].committed = shelves[index].inputs[place].cursor
            }
        }
        return true
    }

    func commitPassedOver() throws(HubError) {
        guard let since = passedOverSince, Doorbell.now - since >= settings.passedOverMilliseconds * 1_000_000 else {
            return
        }
        var stage = newStage()
        _ = try commit(&stage, touched: [], isForced: true)
    }

    /// Nanoseconds for which one step is given to the log again and again: a third of what the watchdog allows, since
    /// one more trial may take as long, and its undoing too.
    private static let longestTrials = Limits.watchdogMilliseconds / 3 * 1_000_000

    /// - Returns: false where the log did not take it.
    private func write(_ step: Step, with member: any LogMember) throws(HubError) -> Bool {
        var created: Set<Topic> = []
        var attempts = 0
        let first = Doorbell.now
        while true {
            let began = Doorbell.now
            do throws(LogError) {
                meter.beginCommit()
                var isDone = false
                defer { meter.endCommit(isDone: isDone) }
                try member.commit(step)
                isDone = true
                let took = Doorbell.now - began
                timings.tookCommit(nanoseconds: took)
                easing.note(commit: took, isDone: true)
                return true
            } catch {
                switch error {
                case .unknownTopic(let topic):
                    // A recipient that an earlier configuration named, on a log that never had its topic, gets one.
                    guard created.insert(topic).inserted, let cleanup = settings.topics.cleanup(ofOutgoing: topic)
                    else { throw .log(error) }
                    do throws(LogError) {
                        try log.ensure([TopicSpecification(topic, partitions: 1, cleanup: cleanup)])
                    } catch {
                        throw .log(error)
                    }
                case .aborted:
                    attempts += 1
                    let took = Doorbell.now - began
                    easing.note(commit: took, isDone: false)
                    let hasLanded = try hasLanded(step)
                    if hasLanded == true { return true }
                    // The same step again is safe: the log takes it only from who still holds these inputs, and rows
                    // without a posting may be written twice.
                    let isSafe = hasLanded == false || step.postings.isEmpty
                    // What took a whole time-out is decided again in smaller steps: the same one more would bring the
                    // watchdog. A broker's death is over sooner.
                    guard isSafe, attempts < Limits.attemptsMax, Doorbell.now - first < ServiceLoop.longestTrials
                    else { return false }
                default: throw .log(error)
                }
            }
        }
    }

    /// Whether a commit that failed has taken place all the same: its answer may have been lost on the way.
    /// - Returns: nil where no position moved that could tell.
    private func hasLanded(_ step: Step) throws(HubError) -> Bool? {
        for (source, next) in step.positions {
            guard let place = place(of: source), shelves[place.shelf].inputs[place.input].committed != next else {
                continue
            }
            do throws(LogError) {
                return try log.committed(participant, on: source) == next
            } catch {
                throw .log(error)
            }
        }
        return nil
    }
}
