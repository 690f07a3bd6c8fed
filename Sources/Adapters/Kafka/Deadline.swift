// Whichever module a compiler meets first it takes the C library's types to be of: CRDKafka's headers name them, too.
import CRDKafka
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
        start(errand)
        return errand.value(within: limit)
    }

    /// A thread that goes on by itself.
    static func start(_ body: @escaping @Sendable () -> Void) { start(Errand(body)) }

    private static func start(_ errand: Runnable) {
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        let carried = Unmanaged.passRetained(errand)
        let failure = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Runnable>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, carried.toOpaque())
        // Without a thread there is no end to patience, which is better than nothing done at all.
        if failure != 0 { carried.takeRetainedValue().run() }
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

/// The same call again while its error says that it may yet succeed, and for so long at most.
/// - Parameter passes: of which error; as a rule, of one that asks for the same call again.
/// - Parameter meanwhile: what may help the next try; done now and then.
package func retrying<Value>(
    for limit: Duration, while passes: (KafkaError) -> Bool = { $0.remedy == .retry }, meanwhile: () -> Void = {},
    _ body: () throws(KafkaError) -> Value
) throws(KafkaError) -> Value {
    let end = ContinuousClock.now + limit
    var nextHelp = ContinuousClock.now
    while true {
        do throws(KafkaError) {
            return try body()
        } catch {
            let now = ContinuousClock.now
            guard passes(error), now < end else { throw error }
            if now >= nextHelp {
                meanwhile()
                nextHelp = .now + .milliseconds(500)
            }
            sleepBriefly()
        }
    }
}

/// Between two tries of a call that said at once that it is too early.
func sleepBriefly() { usleep(5_000) }
