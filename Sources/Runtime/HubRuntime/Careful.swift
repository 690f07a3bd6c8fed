import DomainModel
import EventLog
import Room

/// What may have been in flight when the last hub ended, and is taken one by one.
struct CarefulBounds {
    /// Ingress records still to come that may have been in the last commit of their topic.
    var ingress = 0
    var ingressEnds: [TopicPartition: Int64] = [:]
    /// For each host and room partition, behind the last event that may have been.
    var room: [[Int64]] = []
}

// After an unclean end. One thing at a time, so that what ends the process is known by the mark before it.
extension Hub {
    /// Two batches from each committed position on: one may have been on its way to the disk, and one being decided.
    func beginCare(of sources: [TopicPartition]) throws(HubError) {
        attempts.isCareful = true
        let batch = 2 * Int64(max(settings.batch.records, Limits.batchRecordsMax))
        careful = CarefulBounds()
        for source in sources {
            let next = ingressPositions[source] ?? .start
            let end: NextOffset
            do throws(LogError) { end = try log.end(of: source) } catch { throw .log(error) }
            let bound = min(end.value, next.value + batch)
            careful.ingressEnds[source] = bound
            careful.ingress += Int(bound - next.value)
        }
        careful.room = cursors.map { places in
            places.indices.map { min(ends[$0].value, places[$0].value + batch) }
        }
    }

    /// One event for one participant, else what lags, else one record from outside.
    func carefulStep(wait: Duration) throws(HubError) -> StepCounts {
        for index in hosts.indices {
            for place in ends.indices where cursors[index][place].value < careful.room[index][place] {
                return try carefulEvent(host: index, place: place)
            }
        }
        let backlog = try readBacklog()
        if backlog.contains(where: { !$0.isEmpty }) { return try onceWithoutCare(wait: wait) }
        guard careful.ingress > 0 else { return try onceWithoutCare(wait: wait, forGood: true) }
        let batch = try readIngress(ReadLimit(records: 1, bytes: settings.batch.bytes), wait: .zero)
        guard let record = batch.records.first, let intake, let intakeMember else {
            // Nothing to read is the end of care: what was in flight lay there when this hub began.
            return try onceWithoutCare(wait: wait, forGood: true)
        }
        if let source = batch.positions.first?.0, record.position.offset < careful.ingressEnds[source] ?? 0 {
            careful.ingress -= 1
        }
        var stage = Stage(codec: codec, vault: vault, limits: limits)
        let tried = attempts.tried(intake.service, record.position)
        // At first the record is carried through all, which is quick; where that ends the process too, Intake takes it
        // alone and then each participant each event, so that the one at fault is found.
        var isCarrying = tried == 0
        if tried >= Limits.attemptsMax {
            asides.setAside(intake.service, record.position, as: .undecidable)
        } else {
            try attempts.mark(intake.service, record.position, committing: log, with: intakeMember)
        }
        try decide(batch, into: &stage)
        try settle(&stage, reading: [], carrying: isCarrying)
        while let breach = stage.breach {
            if let position = breach.input {
                asides.setAside(breach.service, position, as: .tooLarge)
            } else {
                isCarrying = false
            }
            try rollBack()
            stage = Stage(codec: codec, vault: vault, limits: limits)
            try decide(batch, into: &stage)
            try settle(&stage, reading: [], carrying: isCarrying)
        }
        attempts.finished(intake.service, record.position)
        var counts = try commit(&stage, ingress: commitOf(batch))
        if !isCarrying { careful.room = hosts.map { _ in ends.map(\.value) } }
        counts.ingress = 1
        if careful.ingress == 0, isCarrying { attempts.isCareful = false }
        return counts
    }

    private func carefulEvent(host index: Int, place: Int) throws(HubError) -> StepCounts {
        let host = hosts[index]
        var stage = Stage(codec: codec, vault: vault, limits: limits)
        let source = TopicPartition(settings.topics.events, Int32(place))
        let records: [StoredRecord]
        do throws(LogError) {
            records = try log.read(
                source, from: cursors[index][place], limit: ReadLimit(records: 1, bytes: settings.batch.bytes)
            ).records
        } catch {
            throw .log(error)
        }
        guard let record = records.first else {
            careful.room[index][place] = cursors[index][place].value
            return .nothingYet
        }
        if let event = try event(from: record), !event.isApplied(by: host.service), let position = event.position {
            if attempts.tried(host.service, position) >= Limits.attemptsMax {
                setAside(event, for: host, as: .undecidable, into: &stage)
            } else if let reason = asides.reason(host.service, event) {
                setAside(event, for: host, as: reason, into: &stage)
            } else {
                try attempts.mark(host.service, position, committing: log, with: members[index])
                try give(event, to: host, input: position, stage: &stage)
                if stage.breach != nil {
                    try rollBack()
                    stage = Stage(codec: codec, vault: vault, limits: limits)
                    setAside(event, for: host, as: .tooLarge, into: &stage)
                }
                attempts.finished(host.service, position)
            }
            try checkKeys()
        }
        cursors[index][place] = record.offset.next
        let posted = stage.room.map(\.count)
        var counts = try commit(&stage, ingress: [])
        // What it posted is as new as it is: taken with the same care by the others.
        for other in hosts.indices {
            for place in ends.indices where posted[place] > 0 {
                if careful.room[other][place] >= ends[place].value - Int64(posted[place]) {
                    careful.room[other][place] = ends[place].value
                }
            }
        }
        counts.careful = 1
        return counts
    }

    /// What lay further back than one batch was never in flight.
    private func onceWithoutCare(wait: Duration, forGood: Bool = false) throws(HubError) -> StepCounts {
        attempts.isCareful = false
        let counts = try step(wait: wait)
        if !forGood {
            try flush()
            attempts.isCareful = true
        }
        return counts
    }
}
