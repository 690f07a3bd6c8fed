import CommandLine
import ConfigurationFiles
import Delivery
import DomainModel
import EventLog
import Foundation
import HubRuntime
import Room
import Synchronization

/// Runs services side by side, each on a thread of its own, until a stop is asked for or one of them fails.
final class ServiceRunner: Sendable {
    private struct Inside {
        var configuration: LoadedConfiguration
        /// Counts the configurations given so far.
        var generation = 1
        var failure: CommandFailure?
        var total = StepCounts()
        var running = 0
        /// The last moment at which a service took or wrote something.
        var lastWork = ContinuousClock.now
        var mustStop = false
        var timings: [ServiceTimings] = []
    }

    private let inside: Mutex<Inside>
    private let topics: HubTopics
    private let terminal: Terminal

    private let signs: SignsOfLife?

    init(
        configuration: LoadedConfiguration, topics: HubTopics, terminal: Terminal, signs: SignsOfLife? = nil
    ) {
        self.signs = signs
        inside = Mutex(Inside(configuration: configuration))
        self.topics = topics
        self.terminal = terminal
    }

    /// What all of them did.
    var total: StepCounts { inside.withLock { $0.total } }
    var isRunning: Bool { inside.withLock { $0.running > 0 } }
    /// The first thing that went wrong; the others then stop in order.
    var failure: CommandFailure? { inside.withLock { $0.failure } }
    /// Stops all of them, for what went wrong elsewhere in the process.
    func fail(_ failure: CommandFailure) { inside.withLock { if $0.failure == nil { $0.failure = failure } } }
    /// Of the services that have ended.
    var timings: [ServiceTimings] { inside.withLock { $0.timings } }
    var lastWork: ContinuousClock.Instant { inside.withLock { $0.lastWork } }
    private var mustStop: Bool { StopSignals.isWanted || inside.withLock { $0.mustStop || $0.failure != nil } }

    /// Asks all services to stop in order; ``isRunning`` says when they have.
    func stop() { inside.withLock { $0.mustStop = true } }

    func start(_ loops: sending [ServiceLoop]) {
        inside.withLock { $0.running = loops.count }
        for loop in loops {
            nonisolated(unsafe) let loop = loop
            let thread = Thread { [self] in
                run(loop)
                inside.withLock { $0.running -= 1 }
            }
            thread.name = loop.work.service.rawValue
            thread.stackSize = 16 << 20
            thread.start()
        }
    }

    /// Every service knows its topics from now on, and the active Intake adopts it.
    func configure(_ configuration: LoadedConfiguration) {
        inside.withLock { inside in
            inside.configuration = configuration
            inside.generation += 1
        }
    }

    private func run(_ loop: ServiceLoop) {
        let watchdog = Watchdog(of: loop.work.service.rawValue) { [self] in failure?.message }
        defer { watchdog.release() }
        var known = 0
        do throws(HubError) {
            var isStarted = false
            while !mustStop {
                watchdog.pat()
                loop.meter.pat(at: Common.now())
                if isStarted { signs?.note([loop.work.service], at: Common.now()) }
                let (configuration, generation) = inside.withLock { ($0.configuration, $0.generation) }
                if generation != known {
                    known = generation
                    let specifications = configuration.catalogue.specifications(
                        for: configuration.directory, topics: topics)
                    if !isStarted { try loop.start(topics: specifications) }
                    isStarted = true
                    loop.configure(
                        configuration.directory, policies: configuration.policies, topics: specifications)
                }
                let adopted = try ConfigurationWatch.adopting(terminal) { () throws(HubError) in
                    try loop.adopt(now: Common.now())
                }
                inside.withLock { $0.total += adopted }
                let now = Common.now()
                if let due = loop.nextDue, due <= now { _ = try loop.strike(now: now) }
                let counts = try loop.step(wait: wait(for: loop.nextDue, now: now))
                if counts.hasWritten {
                    inside.withLock { inside in
                        inside.lastWork = ContinuousClock.now
                        inside.total += counts
                    }
                }
            }
            inside.withLock { $0.timings.append(loop.timings) }
            if isStarted { try loop.stop() }
        } catch {
            inside.withLock { if $0.failure == nil { $0.failure = Common.failure(error) } }
        }
    }

    /// Not past the next strike.
    private func wait(for due: Instant?, now: Instant) -> Duration {
        let longest = Limits.pollWaitMilliseconds
        guard let due else { return .milliseconds(longest) }
        return .milliseconds(min(longest, max(0, due.milliseconds - now.milliseconds)))
    }
}
