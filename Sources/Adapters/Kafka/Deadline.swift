import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Calls into the library that are known to outlast the time that they were given: each runs on a thread of its own,
/// and the caller waits no longer than it said.
enum Deadline {
    /// - Returns: nil where `body` has not returned in time. It then goes on alone, and may do so for ever.
    static func run<Value: Sendable>(within limit: Duration, _ body: @escaping @Sendable () -> Value) -> Value? {
        let errand = Errand(body)
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        let carried = Unmanaged.passRetained(errand as Runnable)
        let failure = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Runnable>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, carried.toOpaque())
        if failure != 0 {
            // No thread to be had: better without an end to patience than not at all.
            carried.takeRetainedValue().run()
        }
        return errand.value(within: limit)
    }
}

private class Runnable {
    func run() {}
}

private final class Errand<Value: Sendable>: Runnable {
    private let body: @Sendable () -> Value
    private let outcome = Mutex<Value?>(nil)
    private let isDone = Signal()

    init(_ body: @escaping @Sendable () -> Value) { self.body = body }

    override func run() {
        let value = body()
        outcome.withLock { $0 = value }
        isDone.raise()
    }

    func value(within limit: Duration) -> Value? {
        isDone.wait(within: limit)
        return outcome.withLock { $0 }
    }
}
