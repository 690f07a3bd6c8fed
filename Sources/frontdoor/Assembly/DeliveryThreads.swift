import CommandLine
import ConfigurationFiles
import Delivery
import DomainModel
import EventLog
import Foundation
import HubConfiguration
import Room
import Sealing
import Synchronization

/// Delivery and the sign of life beside the hub in one process, each on a thread of its own.
final class DeliveryThreads: Sendable {
    /// Where the sign of life is kept beside the log.
    static func aliveFile(_ settings: HubSettings) -> String { settings.dataFolder + "/alive.prom" }

    let signs: SignsOfLife
    private let isStopping = Atomic<Bool>(false)
    private let running = Atomic<Int>(0)
    private let failure = Mutex<LogError?>(nil)
    private let wanted = Mutex<Wanted?>(nil)

    private struct Wanted: Sendable {
        var configuration: LoadedConfiguration
        var sinks: [Sink]
        /// Counts the configurations given so far.
        var generation: Int
    }

    init(_ services: Set<Service>) {
        signs = SignsOfLife([.intake, .deadlines, .delivery].filter { services.contains($0) }, at: Common.now())
    }

    /// What ended Delivery, where something did: the process ends with it, and is started again.
    var failed: LogError? { failure.withLock { $0 } }

    /// - Parameter failed: what went wrong elsewhere in the process, so that it is to stop.
    func start(
        log: any EventLog, topics: HubTopics, configuration: LoadedConfiguration, settings: HubSettings, sinks: [Sink],
        services: Set<Service>, instance: String = "one", failed: @escaping @Sendable () -> String? = { nil }
    ) {
        wanted.withLock { $0 = Wanted(configuration: configuration, sinks: sinks, generation: 1) }
        if services.contains(.delivery) {
            thread { [self] in
                // What hangs in the log here must neither go unseen nor hold up the process's stop.
                let watchdog = Watchdog(of: Service.delivery.rawValue, failure: failed)
                defer { watchdog.release() }
                do throws(LogError) {
                    var draws = SystemDraws()
                    while let wanted = next {
                        let seed = draws.draw(count: 8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                        let loop = try DeliveryLoop(
                            log: log, topics: topics, instance: instance, settings: wanted.configuration.delivery,
                            sinks: wanted.sinks, directory: wanted.configuration.directory,
                            allowLists: wanted.configuration.allowLists, seed: seed, clock: Common.now)
                        try loop.run(until: { self.isOver(wanted) }) { failing in
                            watchdog.pat()
                            self.signs.note([.delivery], at: Common.now())
                            self.signs.note(failing: failing)
                        }
                    }
                } catch {
                    failure.withLock { $0 = error }
                }
            }
        }
        thread { [self] in
            // The process before this one may have been silent for long.
            var earlier = Alive.services(
                in: FileManager.default.contents(atPath: DeliveryThreads.aliveFile(settings)).map {
                    String(decoding: $0, as: UTF8.self)
                } ?? "")
            while let wanted = next {
                let delivery = wanted.configuration.delivery
                let files = [DeliveryThreads.aliveFile(settings), delivery.metricsFile].filter { !$0.isEmpty }
                let loop = AliveLoop(delivery, wanted.sinks, signs, earlier: earlier, clock: Common.now) { text in
                    for file in files { DeliveryThreads.replace(file, by: text) }
                }
                loop.run(until: { self.isOver(wanted) }) { milliseconds in
                    Thread.sleep(forTimeInterval: Double(milliseconds) / 1000)
                }
                earlier = signs.all
            }
        }
    }

    /// Takes another configuration: what is in hand is finished first, as at a stop, and then all goes on by the new one,
    /// from what the table holds. Neither thread waits for the other, and the hub for neither.
    func configure(_ configuration: LoadedConfiguration, sinks: [Sink]) {
        wanted.withLock { wanted in
            guard let earlier = wanted else { return }
            wanted = Wanted(configuration: configuration, sinks: sinks, generation: earlier.generation + 1)
        }
    }

    /// What to run by; nil where a stop is asked for.
    private var next: Wanted? { isStopping.load(ordering: .acquiring) ? nil : wanted.withLock { $0 } }

    private func isOver(_ running: Wanted) -> Bool { next?.generation != running.generation }

    /// Waits until both have finished what is in hand; the log may be closed then.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        while running.load(ordering: .acquiring) > 0 { Thread.sleep(forTimeInterval: 0.005) }
    }

    private func thread(_ body: @escaping @Sendable () -> Void) {
        running.add(1, ordering: .acquiringAndReleasing)
        let thread = Thread { [self] in
            body()
            running.subtract(1, ordering: .acquiringAndReleasing)
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Whole or not at all: a collector may read it at any moment. One that cannot be written grows old, which is seen.
    private static func replace(_ file: String, by text: String) {
        let new = file + ".new"
        guard FileManager.default.createFile(atPath: new, contents: Data(text.utf8)) else { return }
        if rename(new, file) != 0 { try? FileManager.default.removeItem(atPath: new) }
    }
}
