import DomainModel
import Synchronization

/// Time that advances when it is told to.
final class VirtualClock: Sendable {
    private let milliseconds: Atomic<Int64>

    /// Where synthetic time begins: a Monday in term time, with the clocks on Greenwich time.
    static let monday = Instant(milliseconds: 1_794_787_200_000)

    init(_ start: Instant) { milliseconds = Atomic(start.milliseconds) }

    var now: Instant { Instant(milliseconds: milliseconds.load(ordering: .acquiring)) }
    func advance(to instant: Instant) {
        milliseconds.store(max(instant.milliseconds, now.milliseconds), ordering: .releasing)
    }
}
