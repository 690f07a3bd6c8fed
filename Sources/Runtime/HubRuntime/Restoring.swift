import DomainModel
import EventLog
import Room

// Every participant's state is what its table says; the positions beside it say what that state has seen.
extension Hub {
    func restore(progress: (Int) -> Void) throws(HubError) {
        var rows = 0
        rowFailure = nil
        intake?.reset(equipment)
        for host in hosts { host.reset(equipment, partitions: settings.topics.partitions) }
        asides.forgetCommitted()
        do throws(LogError) {
            if let intake {
                try rowsOf(settings.topics.table(intake.service), partition: 0) { row throws(HubError) in
                    rows += 1
                    do throws(RowError) { try intake.restore(row) } catch { throw .row(intake.service, error) }
                }
            }
            for partition in 0..<settings.topics.partitions {
                ends[Int(partition)] = try log.end(of: TopicPartition(settings.topics.events, partition))
                for (index, host) in hosts.enumerated() {
                    try rowsOf(settings.topics.table(host.service), partition: partition) { row throws(HubError) in
                        rows += 1
                        do throws(RowError) {
                            try host.restore(row, partition: partition)
                        } catch {
                            throw .row(host.service, error)
                        }
                    }
                    cursors[index][Int(partition)] =
                        try log.committed(
                            ParticipantName(host.service.rawValue),
                            on: TopicPartition(settings.topics.events, partition)) ?? .start
                }
                progress(rows)
            }
            committed = cursors
            try asides.restoreMore(from: log)
        } catch {
            if let failure = rowFailure { throw failure }
            throw .log(error)
        }
        if let failure = rowFailure { throw failure }
    }

    /// Back to what is committed; a batch of ingress in hand is decided again. Costs a restore, and happens only where
    /// an input must be set aside.
    func rollBack() throws(HubError) {
        try flush()
        try restore(progress: { _ in })
    }

    private func rowsOf(
        _ table: TableName, partition: Int32, _ take: (RowChange) throws(HubError) -> Void
    ) throws(LogError) {
        guard rowFailure == nil else { return }
        for row in try log.presentRows(of: table, partition: partition) {
            // On a log where each service commits its own steps, its marks lie among its rows.
            if row.key.first == ServiceMarks.prefix {
                asides.restore(key: row.key, value: row.value)
                continue
            }
            do throws(HubError) {
                try take(RowChange(key: row.key, value: row.value))
            } catch {
                rowFailure = error
                return
            }
        }
    }

    /// Takes the first assignments, so that the members hold their inputs before the first commit.
    func assignments() throws(HubError) -> [TopicPartition] {
        var ingress: [TopicPartition] = []
        let none = ReadLimit(records: 1, bytes: 1)
        do throws(LogError) {
            for member in members {
                guard case .assigned = try member.poll(none, wait: .milliseconds(Limits.pollWaitMilliseconds)) else {
                    throw LogError.fatal("\(member.participant) was assigned nothing: is hub.events missing?")
                }
            }
            if let intakeMember {
                guard
                    case .assigned(let sources) = try intakeMember.poll(
                        none, wait: .milliseconds(Limits.pollWaitMilliseconds))
                else { throw LogError.fatal("intake was assigned nothing: hub.yaml names no agency, team or desk") }
                ingress = sources
                for source in sources {
                    ingressPositions[source] =
                        try log.committed(ParticipantName(Service.intake.rawValue), on: source) ?? .start
                }
            }
        } catch {
            throw .log(error)
        }
        return ingress
    }
}
