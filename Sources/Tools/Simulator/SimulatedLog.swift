import DomainModel
import EventLog
import SyntheticWorld

/// One process's way to the cluster. After its process has died every call fails, so that nothing more comes of it.
final class SimulatedLog: EventLog {
    let cluster: SimulatedCluster
    let process: Int
    let life: Int

    init(_ cluster: SimulatedCluster, process: Int, life: Int) {
        self.cluster = cluster
        self.process = process
        self.life = life
    }

    func alive() throws(LogError) {
        if !cluster.isAlive(process, life) { throw .fatal("process \(process) is dead") }
    }

    func reached(_ source: TopicPartition) throws(LogError) {
        try alive()
        if cluster.isOut(source) { throw .aborted("no leader for \(source)") }
    }

    func ensure(_ topics: [TopicSpecification]) throws(LogError) {
        try alive()
        try cluster.whole.ensure(topics)
    }

    func topics() throws(LogError) -> [TopicSpecification] {
        try alive()
        return try cluster.whole.topics()
    }

    func append(_ records: [NewRecord]) throws(LogError) -> [Offset] {
        for record in records { try reached(record.target) }
        return try cluster.whole.append(records)
    }

    func read(_ source: TopicPartition, from: NextOffset, limit: ReadLimit) throws(LogError) -> ReadResult {
        try reached(source)
        if from < cluster.start(of: source) { throw .outOfRange(source, from) }
        return try cluster.whole.read(source, from: from, limit: limit)
    }

    func end(of source: TopicPartition) throws(LogError) -> NextOffset {
        try reached(source)
        return try cluster.whole.end(of: source)
    }

    func committed(_ participant: ParticipantName, on source: TopicPartition) throws(LogError) -> NextOffset? {
        try alive()
        return try cluster.whole.committed(participant, on: source)
    }

    func changes(of table: TableName, partition: Int32, from: NextOffset, limit: ReadLimit) throws(LogError)
        -> TableChanges
    {
        try alive()
        if cluster.isOut(TopicPartition(Topic(table.text), partition)) {
            // Who asks again and again must be told in the end: no time passes meanwhile.
            guard cluster.draws.happens(0.98) else { throw .aborted("no leader for \(table)/\(partition)") }
            return TableChanges(rows: [], next: from, isComplete: false)
        }
        let found = try cluster.whole.changes(of: table, partition: partition, from: from, limit: limit)
        if !found.isComplete, found.rows.isEmpty, !cluster.draws.happens(0.98) {
            throw .aborted("\(table)/\(partition) is held back by an open transaction")
        }
        return found
    }

    func join(_ participant: ParticipantName, instance: String, inputs: [TopicPattern]) throws(LogError)
        -> any LogMember
    {
        try alive()
        cluster.abortLeftOpen(participant, instance)
        return SimulatedMember(
            try cluster.whole.join(participant, instance: instance, inputs: inputs), instance: instance, log: self)
    }
}

/// A member as its process sees it. A commit meets the faults here: at each of its steps the process may end, stand
/// still, or be told something that is not so.
final class SimulatedMember: LogMember {
    let inner: any LogMember
    private let instance: String
    private let log: SimulatedLog
    private var cluster: SimulatedCluster { log.cluster }

    init(_ inner: any LogMember, instance: String, log: SimulatedLog) {
        self.inner = inner
        self.instance = instance
        self.log = log
        log.cluster.note(self, of: log.process)
    }

    var participant: ParticipantName { inner.participant }

    func poll(_ limit: ReadLimit, wait: Duration) throws(LogError) -> PollOutcome {
        try log.alive()
        guard cluster.isFaulty else { return try inner.poll(limit, wait: wait) }
        var limit = limit
        // A change of who holds what is told all the same: with a limit of nothing there is no telling the two apart,
        // so a slow fetch is one record at most.
        if cluster.isBrokerOut || cluster.happens(.delay, times: 8) { limit.records = 1 + cluster.draws.below(3) }
        return try inner.poll(limit, wait: .zero)
    }

    func commit(_ step: Step) throws(LogError) {
        try log.alive()
        guard cluster.isFaulty else { return try inner.commit(step) }
        let who = "process \(log.process) \(participant)"
        if step.postings.contains(where: { cluster.isOut($0.target) }) {
            cluster.tell("\(who): no leader for a commit")
            throw .aborted("no leader for a topic of this commit")
        }
        if cluster.mayKill, cluster.happens(.pause) {
            let pause = 1 + Int64(cluster.draws.below(Int(SimulatedTimes.pauseMax)))
            cluster.tell("\(who) stands still for \(pause) ms with a commit in hand: \(SimulatedCluster.words(step))")
            cluster.later(pause, .zombie(inner, step, process: log.process))
            try die()
        }
        if cluster.mayKill, cluster.happens(.lateEnd) {
            let transaction = try cluster.whole.beginTransaction(step, by: inner)
            cluster.leaveOpen(transaction, participant, instance)
            let delay = 1 + Int64(cluster.draws.below(Int(2 * SimulatedTimes.session)))
            cluster.tell("\(who) dies with the end of its transaction on the way: \(SimulatedCluster.words(step))")
            cluster.later(delay, .end(transaction, isCommitted: true))
            try die()
        }
        if cluster.mayKill, cluster.happens(.crash) { try crash(step, who) }
        if cluster.happens(.aborts) { try abort(step, who) }
        do throws(LogError) {
            try inner.commit(step)
        } catch {
            cluster.tell("\(who): a commit is refused: \(error)")
            throw error
        }
        cluster.tell("\(who) commits \(SimulatedCluster.words(step))")
    }

    private func crash(_ step: Step, _ who: String) throws(LogError) {
        switch cluster.draws.below(3) {
        case 0: cluster.tell("\(who) dies before its commit")
        case 1:
            cluster.tell("\(who) dies with its transaction open: \(SimulatedCluster.words(step))")
            let transaction = try cluster.whole.beginTransaction(step, by: inner)
            cluster.leaveOpen(transaction, participant, instance)
            cluster.later(SimulatedTimes.transaction, .end(transaction, isCommitted: false))
        default:
            try inner.commit(step)
            cluster.tell("\(who) dies behind its commit: \(SimulatedCluster.words(step))")
        }
        try die()
    }

    private func abort(_ step: Step, _ who: String) throws(LogError) {
        switch cluster.draws.below(3) {
        case 0: cluster.tell("\(who): a commit is answered with an error before it began")
        case 1:
            cluster.tell("\(who): a transaction is aborted")
            try cluster.whole.beginTransaction(step, by: inner).abort()
        default:
            try inner.commit(step)
            cluster.tell("\(who): the answer of a commit is lost: \(SimulatedCluster.words(step))")
        }
        throw .aborted("simulated")
    }

    private func die() throws(LogError) {
        cluster.end(log.process)
        throw .fatal("process \(log.process) dies")
    }

    func rewind() throws(LogError) {
        try log.alive()
        try inner.rewind()
    }
    func hold(_ sources: [TopicPartition]) throws(LogError) {
        try log.alive()
        try inner.hold(sources)
    }
    func release(_ source: TopicPartition, at next: NextOffset?) throws(LogError) {
        try log.alive()
        if let next, next < cluster.start(of: source) { throw .outOfRange(source, next) }
        try inner.release(source, at: next)
    }
    func leave() { inner.leave() }
}
