import CommandLine
import DomainModel
import Foundation
import Synchronization

/// SIGTERM and SIGINT ask for a stop. All that a handler may do is to set a flag.
enum StopSignals {
    private static let wanted = Atomic<Bool>(false)

    static func watch() {
        for number in [SIGTERM, SIGINT] {
            signal(number) { _ in StopSignals.wanted.store(true, ordering: .releasing) }
        }
    }

    static var isWanted: Bool { wanted.load(ordering: .acquiring) }
}

/// Ends the process when the loop makes no progress for too long, or a stop takes too long: a supervisor restarts it,
/// and a restart is safe, since all that counts is committed. A hub that hangs looks like one that is quiet.
final class Watchdog: Sendable {
    private let lastPat = Atomic<Int64>(Watchdog.now)
    private let isOver = Atomic<Bool>(false)
    private let stop = Mutex<Stop>(Stop())

    private struct Stop {
        /// When it was asked for.
        var since: Int64?
        /// Nil where somebody wanted it.
        var reason: String?
    }

    /// - Parameter loop: whose progress it watches, for its message.
    /// - Parameter failure: what went wrong elsewhere in the process, so that this loop is to stop as well.
    init(of loop: String = "the hub", failure: @escaping @Sendable () -> String? = { nil }) {
        let thread = Thread { [self] in
            while !isOver.load(ordering: .relaxed) {
                Thread.sleep(forTimeInterval: 0.5)
                let now = Watchdog.now
                if let reason = failure() { stopping(for: reason) } else if StopSignals.isWanted { stopping() }
                let (since, reason) = stop.withLock { ($0.since, $0.reason) }
                if let since, now - since > Limits.stopMillisecondsMax {
                    let why = reason.map { "\($0); " } ?? ""
                    end("\(why)the stop took too long; what is committed is safe", .temporary)
                }
                let quiet = now - lastPat.load(ordering: .relaxed)
                if quiet > Limits.watchdogMilliseconds {
                    end("\(loop) made no progress for \(quiet / 1000) s; ending, to be started again", .internalError)
                }
            }
        }
        thread.start()
    }

    func pat() { lastPat.store(Watchdog.now, ordering: .relaxed) }

    /// From now on the loop is stopping, which has a bound of its own. The reason is told even if the stop does not end.
    private func stopping(for reason: String? = nil) {
        stop.withLock { stop in
            if stop.since == nil { stop = Stop(since: Watchdog.now, reason: reason) }
        }
    }

    /// The loop has ended, in order or with an error that its owner tells.
    func release() { isOver.store(true, ordering: .relaxed) }

    /// Milliseconds that no change of the wall clock touches.
    private static var now: Int64 { Int64(clamping: DispatchTime.now().uptimeNanoseconds / 1_000_000) }

    private func end(_ why: String, _ code: ExitCode) {
        let line =
            switch RunLog.form.withLock({ $0 }) {
            case .text: "frontdoor: \(why)\n"
            case .json: RunLog.line("failed", level: "error", why, [("exitCode", Int(code.rawValue))]) + "\n"
            }
        FileHandle.standardError.write(Data(line.utf8))
        exit(code.rawValue)
    }
}
