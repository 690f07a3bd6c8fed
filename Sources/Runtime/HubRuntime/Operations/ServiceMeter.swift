public import DomainModel
import EventLog
import Synchronization

/// What one service of this process does, in numbers: its loop writes, whoever watches reads, and neither waits for the
/// other longer than it takes to copy a few words.
public final class ServiceMeter: Sendable {
    /// What a commit is sorted by, seconds; one that took longer than the last is in none.
    public static let bucketsSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    public struct Reading: Sendable {
        /// It has joined its inputs.
        public var hasStarted = false
        /// When its loop last came round.
        public var progressAt: Instant?
        public var commits = 0
        public var commitSeconds = 0.0
        /// How many commits took no longer than each of ``ServiceMeter/bucketsSeconds``.
        public var commitsWithin = [Int](repeating: 0, count: ServiceMeter.bucketsSeconds.count)
        /// When the commit that is under way began, nanoseconds of the doorbell's clock.
        public var commitSince: Int64?
        public var rollbacks = 0
        public var inputs = 0
        public var restoringPartitions = 0
        public var restoredRows = 0

        /// How long a transaction has been open by now, which holds back every reader of the room.
        public var openTransactionSeconds: Double {
            commitSince.map { Double(max(0, Doorbell.now - $0)) / 1e9 } ?? 0
        }

        /// Whether it works: what it was assigned is restored.
        public var isReady: Bool { hasStarted && restoringPartitions == 0 }
    }

    private let inside = Mutex(Reading())

    public init() {}

    public var reading: Reading { inside.withLock { $0 } }

    /// The loop came round.
    public func pat(at now: Instant) { inside.withLock { $0.progressAt = now } }
    public func start() { inside.withLock { $0.hasStarted = true } }
    public func note(restoredRows: Int) { inside.withLock { $0.restoredRows = restoredRows } }

    func take(_ status: ServiceStatus) {
        inside.withLock { inside in
            inside.rollbacks = status.rollbacks
            inside.inputs = status.inputs
            inside.restoringPartitions = status.restoring
            inside.restoredRows = status.rowsRestored
        }
    }

    func beginCommit() { inside.withLock { $0.commitSince = Doorbell.now } }

    func endCommit(isDone: Bool) {
        inside.withLock { inside in
            guard let since = inside.commitSince else { return }
            inside.commitSince = nil
            guard isDone else { return }
            let seconds = Double(Doorbell.now - since) / 1e9
            inside.commits += 1
            inside.commitSeconds += seconds
            for (place, bound) in ServiceMeter.bucketsSeconds.enumerated() where seconds <= bound {
                inside.commitsWithin[place] += 1
            }
        }
    }
}
