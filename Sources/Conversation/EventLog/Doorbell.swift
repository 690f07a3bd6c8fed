#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a waiting `poll` sleeps on: whoever changes the log rings, whoever waits names the ring that it has seen, so
/// that no change between looking and sleeping is missed.
package final class Doorbell: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var rings: UInt64 = 0

    package init() {
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        #if canImport(Glibc)
            // A wall clock that is set back would otherwise prolong the wait by as much.
            pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        #endif
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// How often it has rung: taken before looking.
    package var seen: UInt64 {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return rings
    }

    package func ring() {
        pthread_mutex_lock(mutex)
        rings += 1
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Returns once it has rung since `seen`, or at `deadline` (nanoseconds of ``now``).
    package func wait(since seen: UInt64, until deadline: Int64) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        var until = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        while rings == seen {
            if pthread_cond_timedwait(condition, mutex, &until) != 0 { return }
        }
    }

    /// Nanoseconds of the clock that `wait` goes by; it never steps back and means nothing outside this process.
    package static var now: Int64 {
        var time = timespec()
        #if canImport(Glibc)
            clock_gettime(CLOCK_MONOTONIC, &time)
        #else
            clock_gettime(CLOCK_REALTIME, &time)
        #endif
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    package static func deadline(in wait: Duration) -> Int64 {
        let (seconds, attoseconds) = wait.components
        // A bound of a day keeps the sum in range whatever a caller asks for.
        return now + min(max(seconds, 0), 86_400) * 1_000_000_000 + max(attoseconds, 0) / 1_000_000_000
    }
}
