import DomainModel
import EventLog
import JSON
import Room
import Sealing

/// What Intake takes in one commit: records of one topic after the other.
struct IngressBatch {
    var records: [IngressRecord] = []
    /// Each topic that was read, and the position behind what was.
    var positions: [(TopicPartition, NextOffset)] = []

    var isEmpty: Bool { records.isEmpty }
}

// The inside of a step: reading, deciding to rest, and the commit.
extension Hub {
    /// The records of the room that a host has not read yet: a batch for each partition from the lowest cursor on.
    func readBacklog() throws(HubError) -> [[StoredRecord]] {
        var backlog: [[StoredRecord]] = Array(repeating: [], count: ends.count)
        for place in ends.indices {
            guard let lowest = cursors.map({ $0[place] }).min(), lowest < ends[place] else { continue }
            do throws(LogError) {
                backlog[place] =
                    try log.read(
                        TopicPartition(settings.topics.events, Int32(place)), from: lowest, limit: settings.batch
                    ).records
            } catch {
                throw .log(error)
            }
        }
        return backlog
    }

    /// What comes from outside. Many topics with little in each share one commit, up to one batch in all.
    func readIngress(_ limit: ReadLimit, wait: Duration) throws(HubError) -> IngressBatch {
        var batch = IngressBatch()
        guard let intakeMember else { return batch }
        var left = limit
        while left.records > 0, left.bytes > 0 {
            let outcome: PollOutcome
            do throws(LogError) {
                outcome = try intakeMember.poll(left, wait: batch.isEmpty ? wait : .zero)
            } catch {
                throw .log(error)
            }
            switch outcome {
            case .records(let source, let records):
                guard let topic = settings.topics.ingress(source.topic), let last = records.last else { continue }
                batch.positions.append((source, last.offset.next))
                batch.records.reserveCapacity(batch.records.count + records.count)
                for record in records {
                    left.bytes -= record.byteCount
                    batch.records.append(
                        IngressRecord(
                            topic: topic,
                            position: InputPosition(
                                topic: source.topic.name, partition: source.partition, offset: record.offset.value),
                            receivedAt: record.appendTime, key: record.key, headers: record.headers,
                            value: record.value))
                }
                left.records -= records.count
            case .assigned(let sources):
                // Not a rest: the new topics may hold records already.
                for source in sources where ingressPositions[source] == nil { ingressPositions[source] = .start }
            case .revoked: break
            case .idle: return batch
            }
        }
        return batch
    }

    func commitOf(_ batch: IngressBatch) -> [(any LogMember, [(TopicPartition, NextOffset)])] {
        guard let intakeMember, !batch.isEmpty else { return [] }
        return [(intakeMember, batch.positions)]
    }

    /// Says that a hub is running, before the first thing that could end it; nothing else is then under way.
    private func markRunning(with member: any LogMember) throws(HubError) {
        guard !attempts.isRunningMarked else { return }
        try flush()
        try attempts.markRunning(committing: log, with: member)
    }

    /// Intake's decisions on a batch.
    func decide(_ batch: IngressBatch, into stage: inout Stage) throws(HubError) {
        guard let intake, let intakeMember, !batch.isEmpty else { return }
        try markRunning(with: intakeMember)
        for record in batch.records {
            if !asides.isEmpty, let reason = asides.reason(intake.service, record.position) {
                setAside(record, as: reason, into: &stage)
                continue
            }
            for posting in intake.receive(record) {
                stage.add(posting, by: intake.service, input: record.position, ends: ends)
            }
            if stage.breach != nil { return }
        }
    }

    /// Gives every host what it has not read: first what lay in the log, then, where it has caught up with the log,
    /// what this step has staged, until all are at rest. Ends early at the first posting that is too large.
    /// - Parameter carrying: whether what this step stages is decided on in it; else it is read from the log by the next.
    func settle(_ stage: inout Stage, reading backlog: [[StoredRecord]], carrying: Bool) throws(HubError) {
        for place in backlog.indices {
            for record in backlog[place] {
                let event = try event(from: record)
                for index in hosts.indices where cursors[index][place].value <= record.offset.value {
                    if let event { try receive(event, host: index, stage: &stage) }
                    cursors[index][place] = record.offset.next
                    if stage.breach != nil { return }
                }
            }
        }
        var isAtRest = !carrying
        while !isAtRest {
            isAtRest = true
            for index in hosts.indices {
                for place in ends.indices where cursors[index][place] >= ends[place] {
                    while cursors[index][place].value - ends[place].value < Int64(stage.room[place].count) {
                        let event = stage.room[place][Int(cursors[index][place].value - ends[place].value)]
                        try receive(event, host: index, stage: &stage)
                        cursors[index][place] = NextOffset(cursors[index][place].value + 1)
                        isAtRest = false
                        if stage.breach != nil { return }
                    }
                }
            }
        }
        try checkKeys()
    }

    func checkKeys() throws(HubError) {
        if let failure = vault.failure { throw .log(failure) }
        if let absent = vault.absentKey { throw .absentKey(absent.bytes) }
    }

    /// - Returns: nil for a type that this version does not know.
    func event(from record: StoredRecord) throws(HubError) -> Event? {
        do throws(RoomError) {
            return try codec.event(from: record, parser: parser)
        } catch {
            throw .room(record.source.partition, record.offset, error)
        }
    }

    private func receive(_ event: Event, host index: Int, stage: inout Stage) throws(HubError) {
        let host = hosts[index]
        guard !event.isApplied(by: host.service), let position = event.position else { return }
        let isInLog = position.offset < ends[Int(position.partition)].value
        if isInLog { try markRunning(with: members[index]) }
        if !asides.isEmpty, let reason = asides.reason(host.service, event) {
            setAside(event, for: host, as: reason, into: &stage)
            return
        }
        try give(event, to: host, input: isInLog ? position : nil, stage: &stage)
    }

    /// - Parameter input: where the event lies in the log; nil where it is staged in this step.
    func give(_ event: Event, to host: RoomHost, input: InputPosition?, stage: inout Stage) throws(HubError) {
        guard let position = event.position else { return }
        if event.redrive(for: host.service) != nil { try redrive(event, to: host, input: input, stage: &stage) }
        for posting in host.postings(on: event, at: position) {
            stage.add(posting, by: host.service, input: input, ends: ends)
        }
    }

    /// Gives a host what was set aside for it, before the decision that says so.
    private func redrive(
        _ decision: Event, to host: RoomHost, input: InputPosition?, stage: inout Stage
    ) throws(HubError) {
        let staged = stage.room
        let release = try asides.released(by: decision, for: host.service) { place throws(HubError) in
            try self.event(at: place, staged: staged)
        }
        guard let release, let position = decision.position else { return }
        asides.take(release, for: host.service, at: position)
        for earlier in release.events {
            guard let place = earlier.position else { continue }
            for posting in host.postings(on: earlier, at: place) {
                stage.add(posting, by: host.service, input: input, ends: ends)
            }
        }
    }

    /// An event of the room that was read before, or staged in this step.
    private func event(at place: InputPosition, staged: [[Event]]) throws(HubError) -> Event? {
        let partition = Int(place.partition)
        let further = place.offset - ends[partition].value
        if further >= 0 { return further < staged[partition].count ? staged[partition][Int(further)] : nil }
        try flush()
        do throws(LogError) {
            let one = ReadLimit(records: 1, bytes: settings.batch.bytes)
            let found = try log.read(
                TopicPartition(settings.topics.events, place.partition), from: NextOffset(place.offset), limit: one)
            guard let record = found.records.first, record.offset.value == place.offset else { return nil }
            return try? event(from: record)
        } catch {
            throw .log(error)
        }
    }

    /// - Parameter mayCommitBehind: whether the next step may begin before this one's commit is done.
    func commit(
        _ stage: inout Stage, ingress: [(any LogMember, [(TopicPartition, NextOffset)])], mayCommitBehind: Bool = false
    ) throws(HubError) -> StepCounts {
        var steps: [(member: any LogMember, step: Step)] = []
        if let intake { stage.add(intake.takeChanges(), table: settings.topics.table(intake.service), partition: 0) }
        for host in hosts {
            for partition in 0..<settings.topics.partitions {
                stage.add(
                    host.takeChanges(partition: partition), table: settings.topics.table(host.service),
                    partition: partition)
            }
        }
        stage.add(asides.takeChanges(), table: asides.table, partition: 0)
        stage.add(attempts.takeChanges(), table: asides.table, partition: 0)
        for (member, positions) in ingress {
            steps.append((member, Step(positions: positions.map { (source: $0.0, next: $0.1) })))
        }
        for (index, member) in members.enumerated() {
            // A position that did not move is in the log already.
            let positions = ends.indices.filter { cursors[index][$0] != committed[index][$0] }.map {
                (
                    source: TopicPartition(settings.topics.events, Int32($0)),
                    next: cursors[index][$0]
                )
            }
            steps.append((member, Step(positions: positions)))
        }
        guard !steps.isEmpty else { return StepCounts() }
        // The postings go in one list, in the order of the room: the order in which they were decided on.
        steps[0].step.postings = stage.records
        steps[0].step.tableChanges = stage.tableChanges
        let expecting = ends.indices.filter { !stage.room[$0].isEmpty }.map {
            (TopicPartition(settings.topics.events, Int32($0)), ends[$0])
        }
        let load = Commit(log: log, topics: settings.topics, steps: steps, expecting: expecting, meter: meter)
        committed = cursors
        try flush()
        // One record at a time means that the last one may be what ended the process: nothing runs ahead of its commit.
        if settings.commitsBehind, mayCommitBehind, !attempts.isCareful {
            handover.begin(load)
        } else {
            do throws(LogError) { try load.write() } catch { throw .log(error) }
        }
        for (_, positions) in ingress { for (source, next) in positions { ingressPositions[source] = next } }
        for place in ends.indices {
            ends[place] = NextOffset(ends[place].value + Int64(stage.room[place].count))
        }
        var last: Topic?
        for record in stage.records where record.target.topic != last {
            last = record.target.topic
            touched.insert(record.target.topic)
        }
        return stage.counts
    }
}
