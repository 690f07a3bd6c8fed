import Dispatch
import EventLog

/// Commits on a thread of its own, so that the next batch is decided while this one reaches the disk.
///
/// At most one commit is under way: the next waits for it. What is decided meanwhile builds on what may yet fail, which
/// is no more than is at risk in any commit: after a failure the state in memory is ahead of the log, this hub is done
/// with, and the next start begins from what the log holds. Nobody outside sees a record before it is committed.
final class Handover {
    /// Written by the committing thread before it signals, read by the other after it has waited.
    private final class Outcome: @unchecked Sendable {
        var result: Result<Void, LogError> = .success(())
        let isDone = DispatchSemaphore(value: 0)
    }

    private let queue = DispatchQueue(label: "frontdoor.commits")
    private var underWay: Outcome?

    var isUnderWay: Bool { underWay != nil }

    /// Begins a commit; the caller has waited for the one before.
    func begin(_ commit: Commit) {
        let outcome = Outcome()
        underWay = outcome
        queue.async {
            do throws(LogError) {
                try commit.write()
            } catch {
                outcome.result = .failure(error)
            }
            outcome.isDone.signal()
        }
    }

    /// Waits for the commit that is under way, if one is.
    func wait() throws(LogError) {
        guard let outcome = underWay else { return }
        underWay = nil
        outcome.isDone.wait()
        try outcome.result.get()
    }
}
