import DomainModel
import EventLog
import Room

// What is assigned, restored and taken away.
extension ServiceLoop {
    func shelf(of source: TopicPartition) -> Int {
        switch work {
        case .intake: 0
        case .room: Int(source.partition)
        }
    }

    /// - Returns: where the input stands now; nil where it is not this service's to decide on.
    func place(of source: TopicPartition) -> (shelf: Int, input: Int)? {
        let shelf = shelf(of: source)
        guard shelves.indices.contains(shelf), shelves[shelf].phase == .ready,
            let input = shelves[shelf].place(of: source)
        else { return nil }
        return (shelf, input)
    }

    func take(assigned sources: [TopicPartition]) throws(HubError) {
        guard let member else { return }
        var affected: [Int] = []
        do throws(LogError) {
            try member.hold(sources)
            for source in sources {
                let index = shelf(of: source)
                guard shelves.indices.contains(index) else { continue }
                let committed = try log.committed(participant, on: source) ?? .start
                // A new input that nobody has read is no news for the state.
                let known = shelves[index].kept.removeValue(forKey: source) ?? .start
                if known != committed { shelves[index].phase = .empty }
                shelves[index].add(source, at: committed)
                if !affected.contains(index) { affected.append(index) }
            }
        } catch {
            throw .log(error)
        }
        for index in affected.sorted() {
            switch shelves[index].phase {
            case .kept, .ready:
                // Only what was just assigned: the others give records already.
                status.reuses += 1
                shelves[index].phase = .ready
                try begin(shelf: index, sources.filter { shelf(of: $0) == index }, isNew: false)
            case .empty, .restoring:
                shelves[index].isRolledBack = false
                try beginRestore(shelf: index)
            }
        }
        count()
    }

    func take(revoked sources: [TopicPartition]) {
        for source in sources {
            let index = shelf(of: source)
            guard shelves.indices.contains(index) else { continue }
            shelves[index].lose(source)
            if shelves[index].inputs.isEmpty {
                shelves[index].phase = shelves[index].phase == .ready ? .kept : .empty
            }
        }
        count()
    }

    private func beginRestore(shelf index: Int) throws(HubError) {
        guard let member else { return }
        status.restores += 1
        forget(shelf: index)
        do throws(LogError) { try member.hold(shelves[index].inputs.map(\.source)) } catch { throw .log(error) }
    }

    private func forget(shelf index: Int) {
        shelves[index].phase = .restoring(.start)
        shelves[index].kept = [:]
        shelves[index].read = ReadRows()
        shelves[index].marks = ServiceMarks()
        shelves[index].asides.forgetCommitted()
        switch work {
        case .intake(let host): host.reset(equipment)
        case .room(let host): host.reset(partition: shelves[index].partition)
        }
    }

    /// Reads some rows of the first table that is being restored.
    /// - Returns: whether there is more to read.
    func restoreOn() throws(HubError) -> Bool {
        guard let index = shelves.firstIndex(where: \.isRestoring) else { return false }
        if try readRows(shelf: index) {
            shelves[index].phase = .ready
            // Who rolls back lives: nothing has ended on what lies there.
            try begin(shelf: index, shelves[index].inputs.map(\.source), isNew: !shelves[index].isRolledBack)
            shelves[index].isRolledBack = false
            // Whoever has decided on a record alone and lives was not ended by it, though the commit failed: a broker
            // that is out for longer than a few restarts must not be held against what lies before it.
            if let survived, shelf(of: source(of: survived)) == index {
                shelves[index].marks.finished(work.service, survived)
            }
            var stage = newStage()
            _ = try commit(&stage, touched: [index], isForced: true)
            count()
        }
        return shelves.contains(where: \.isRestoring)
    }

    /// - Returns: whether all rows have been read.
    private func readRows(shelf index: Int) throws(HubError) -> Bool {
        guard case .restoring(let next) = shelves[index].phase else { return true }
        let partition = shelves[index].partition
        let changes: TableChanges
        do throws(LogError) {
            changes = try log.changes(
                of: table, partition: partition, from: next, limit: ReadLimit(records: 5_000, bytes: 4 << 20))
        } catch {
            throw .log(error)
        }
        for row in changes.rows { shelves[index].read.take(RowChange(key: row.key, value: row.value)) }
        status.rowsRestored += changes.rows.count
        meter.take(status)
        shelves[index].phase = .restoring(changes.next)
        settings.faults?.reach(.midRestore, by: participant)
        guard changes.isComplete else { return false }
        try takeRead(shelf: index)
        return true
    }

    /// Gives the participant its rows, each once.
    private func takeRead(shelf index: Int) throws(HubError) {
        let partition = shelves[index].partition
        let rows = shelves[index].read.finished()
        for row in rows {
            if row.key.first == ServiceMarks.prefix {
                guard let value = row.value else { continue }
                shelves[index].marks.restore(key: row.key, value: value)
                shelves[index].asides.restore(key: row.key, value: value)
                continue
            }
            do throws(RowError) {
                switch work {
                case .intake(let host): try host.restore(row)
                case .room(let host): try host.restore(row, partition: partition)
                }
            } catch {
                throw .row(work.service, error)
            }
        }
    }

    /// Lets inputs give records, from where the state stands.
    /// - Parameter isNew: whether to mark that a service begins there, and to look whether one had ended in between.
    private func begin(shelf index: Int, _ sources: [TopicPartition], isNew: Bool) throws(HubError) {
        guard let member else { return }
        for source in sources {
            guard let place = shelves[index].place(of: source) else { continue }
            let left = shelves[index].marks.next(of: source) ?? shelves[index].inputs[place].committed
            let position = try resumption(of: source, at: left)
            if position != left { shelves[index].marks.moved(source, to: position) }
            shelves[index].inputs[place].committed = position
            shelves[index].inputs[place].cursor = position
            do throws(LogError) {
                shelves[index].inputs[place].care =
                    isNew
                    ? try shelves[index].marks.begin(source, at: position, batch: settings.batch.records) {
                        (records) throws(LogError) in try behind(records, of: source, from: position)
                    } : shelves[index].marks.care(of: source)
                try member.release(source, at: position)
            } catch {
                throw .log(error)
            }
        }
    }

    private func behind(
        _ records: Int, of source: TopicPartition, from position: NextOffset
    ) throws(LogError) -> NextOffset {
        var left = records
        var next = position
        var last = position
        while left > 0 {
            let found = try log.read(
                source, from: next, limit: ReadLimit(records: left, bytes: settings.batch.bytes))
            if let record = found.records.last { last = record.offset.next }
            left -= found.records.count
            guard found.next > next else { break }
            next = found.next
        }
        return last
    }

    /// Back to what is committed: every input that is held is restored, and read again from there.
    func rollBack() throws(HubError) {
        guard let member else { return }
        status.rollbacks += 1
        do throws(LogError) { try member.rewind() } catch { throw .log(error) }
        for index in shelves.indices where !shelves[index].inputs.isEmpty {
            // What was decided and not committed never was: its position neither.
            for place in shelves[index].inputs.indices {
                shelves[index].inputs[place].cursor = shelves[index].inputs[place].committed
            }
            shelves[index].isRolledBack = true
            try beginRestore(shelf: index)
        }
        count()
    }

    /// The same at once, with what was polled still in hand and to be decided again.
    func restoreNow(_ indices: [Int]) throws(HubError) {
        status.rollbacks += 1
        for index in indices {
            let inputs = shelves[index].inputs
            forget(shelf: index)
            while try !readRows(shelf: index) {}
            shelves[index].phase = .ready
            shelves[index].inputs = inputs
        }
    }

    func count() {
        status.inputs = shelves.reduce(0) { $0 + $1.inputs.count }
        status.partitions = shelves.filter { !$0.inputs.isEmpty }.map(\.partition)
        status.restoring = shelves.count(where: \.isRestoring)
        meter.take(status)
    }
}
