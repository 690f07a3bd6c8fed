import CommandLine
import ConfigurationFiles
import DomainModel
import EmbeddedEventLog
import EventLog
import Foundation
import HubConfiguration
import HubRuntime
import InvariantChecker
import Room
import Sealing
import SyntheticWorld

/// One synthetic week in virtual time, on a real log: the hub as it is run, and around it a world that acts only on
/// what it can read in its own topics.
struct Demo {
    static let days = 7
    /// What happens within one such step is appended at its end: two minutes are short beside every clock of the hub,
    /// and each step costs a commit.
    static let stepMilliseconds: Int64 = 120_000

    let contacts: Int
    let topics: HubTopics
    let log: EmbeddedEventLog
    let open: OpenHub
    let configuration: LoadedConfiguration
    private let clock: VirtualClock
    private var plan: TrafficPlan
    private var world: SyntheticWorld
    private(set) var sent = 0
    private let started = ContinuousClock.now

    init(seed: UInt64, contacts: Int, folder: String, configuration: LoadedConfiguration) throws(CommandFailure) {
        self.contacts = contacts
        self.configuration = configuration
        let clock = VirtualClock(VirtualClock.monday)
        self.clock = clock
        var settings = configuration.settings
        settings.dataFolder = folder
        topics = Common.topics(settings)
        let secrets = try Secrets.load(settings, hashSeed: seed)
        log = try Common.open(settings, mode: .deciding, clock: { clock.now })
        open = OpenHub(log: log, configuration: configuration, topics: topics, secrets: secrets)
        plan = TrafficPlan(
            seed: seed, directory: configuration.directory, prefix: topics.prefix, contacts: contacts,
            start: VirtualClock.monday, days: Demo.days)
        world = SyntheticWorld(
            seed: seed, directory: configuration.directory, prefix: topics.prefix, plan: plan)
    }

    /// The moment at which the week ended.
    var now: Instant { clock.now }
    var seconds: Double {
        let elapsed = (ContinuousClock.now - started).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
    }

    mutating func play(_ terminal: Terminal) throws(CommandFailure) {
        var progress = Progress("Playing the week", total: contacts, unit: "contacts", terminal: terminal)
        do throws(HubError) {
            try open.hub.start(topics: open.specifications)
            _ = try open.hub.adopt(configuration.directory, policies: configuration.policies, now: clock.now)
            while true {
                // The clock advances only when all participants are at rest.
                while !(try open.hub.step(wait: .zero)).didNothing {}
                do throws(LogError) {
                    try world.observe(log, now: clock.now, changed: open.hub.takeTouched())
                } catch {
                    throw HubError.log(error)
                }
                let times = [
                    plan.nextAt, world.nextAction, open.hub.nextDue.flatMap { $0 <= world.horizon ? $0 : nil },
                ]
                guard let next = times.compactMap({ $0 }).min() else { break }
                // What became due at this very moment, behind the strike, waits for the next step.
                clock.advance(to: max(Demo.endOfStep(next), clock.now.adding(milliseconds: Demo.stepMilliseconds)))
                try act()
                progress.update(sent)
            }
            try open.hub.stop()
        } catch {
            throw Common.failure(error)
        }
        progress.finish()
    }

    /// Everything that the world does up to now, and the strikes that are due.
    private mutating func act() throws(HubError) {
        var records: [NewRecord] = []
        while let at = plan.nextAt, at <= clock.now, let submission = plan.next() {
            records.append(submission.record)
            if submission.kind.isContact { sent += 1 }
        }
        records += world.perform(now: clock.now)
        do throws(LogError) {
            if !records.isEmpty { _ = try log.append(records) }
        } catch {
            throw .log(error)
        }
        if let due = open.hub.nextDue, due <= clock.now { _ = try open.hub.strike(now: clock.now) }
    }

    private static func endOfStep(_ instant: Instant) -> Instant {
        let steps = (instant.milliseconds + stepMilliseconds - 1) / stepMilliseconds
        return Instant(milliseconds: steps * stepMilliseconds)
    }
}
