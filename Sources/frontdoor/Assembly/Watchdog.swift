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

    /// - Parameter loop: whose progress it watches, for its message.
    init(of loop: String = "the hub") {
        let thread = Thread { [self] in
            var stopping: Int64 = 0
            while !isOver.load(ordering: .relaxed) {
                Thread.sleep(forTimeInterval: 0.5)
                let now = Watchdog.now
                if StopSignals.isWanted {
                    if stopping == 0 { stopping = now }
                    if now - stopping > Limits.stopMillisecondsMax {
                        end("the stop took too long; what is committed is safe", .temporary)
                    }
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
