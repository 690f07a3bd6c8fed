import DomainModel
import EmbeddedEventLog
import EventLog
import EventLogConformance
import Foundation
import Synchronization

final class EmbeddedHarness: LogHarness {
    let folder: String
    private let clock = TestClock()
    private var deciding: EmbeddedEventLog
    private var others: [EmbeddedEventLog] = []

    init() throws {
        folder = NSTemporaryDirectory() + "embedded-log-\(UUID().uuidString)"
        let clock = clock
        deciding = try EmbeddedEventLog.open(folder: folder, mode: .deciding) { clock.now }
    }

    deinit {
        close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func close() {
        deciding.close()
        for other in others { other.close() }
    }

    var log: any EventLog { deciding }
    func anotherHandle() throws -> any EventLog {
        let clock = clock
        let other = try EmbeddedEventLog.open(folder: folder, mode: .appending) { clock.now }
        others.append(other)
        return other
    }
    func restart() throws -> any EventLog {
        close()
        let clock = clock
        deciding = try EmbeddedEventLog.open(folder: folder, mode: .deciding) { clock.now }
        return deciding
    }
    let canControlClock = true
    func setClock(_ now: Instant) { clock.now = now }
    /// In one process a member dies with its thread: nothing of it is left, which is what leaving leaves.
    func kill(_ member: any LogMember) { member.leave() }
    let patience = Duration.seconds(10)
}

final class TestClock: Sendable {
    private let milliseconds = Mutex<Int64>(1_795_000_000_000)
    var now: Instant {
        get { Instant(milliseconds: milliseconds.withLock { $0 }) }
        set { milliseconds.withLock { $0 = newValue.milliseconds } }
    }
}
