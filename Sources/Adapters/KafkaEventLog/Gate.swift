import EventLog
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Lets calls through until it is closed, and closes behind the last of them: no client ends under a call.
final class Gate: Sendable {
    private let inside = Atomic<Int>(0)
    private let isClosed = Atomic<Bool>(false)

    func pass<Value>(_ body: () throws(LogError) -> Value) throws(LogError) -> Value {
        inside.add(1, ordering: .acquiringAndReleasing)
        defer { inside.subtract(1, ordering: .acquiringAndReleasing) }
        guard !isClosed.load(ordering: .acquiring) else { throw .fatal("The log has been closed.") }
        return try body()
    }

    /// - Returns: whether this was the call that closed it, and nobody is inside any more.
    func close(within limit: Duration) -> Bool {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return false }
        let end = ContinuousClock.now + limit
        while inside.load(ordering: .acquiring) > 0 {
            guard ContinuousClock.now < end else { return false }
            usleep(2_000)
        }
        return true
    }
}
