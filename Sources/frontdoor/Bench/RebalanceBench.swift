import CommandLine
import ConfigurationFiles
import DomainModel
import EventLog
import Foundation
import HubConfiguration
import HubRuntime
import Room
import Synchronization
import SyntheticWorld

/// How a service with a large table fares on brokers when it is started again, and when its group changes: what is
/// restored, what is not, and how long it takes until it decides.
struct RebalanceBench {
    let contacts: Int
    let changes: Int
    let seed: UInt64
    let settings: HubSettings
    let configuration: LoadedConfiguration

    /// The service whose table grows by the most rows that it must know all of.
    private static let service = Service.deduplication
    /// Contacts a second while the group changes: positions move, so what comes back to an earlier owner is not always
    /// as it was left.
    private static let trickle = 20

    struct Start {
        var name: String
        var rows = 0
        var firstDecision = 0.0
        var allReady = 0.0
    }

    struct Change {
        var name: String
        /// Partitions that have another owner than before.
        var gained = 0
        var restored = 0
        var reused = 0
        var seconds = 0.0
    }

    struct Result {
        var keys = 0
        var starts: [Start] = []
        var changes: [Change] = []
        var owners = 0
        var restores = 0
        var reuses = 0
        /// Each partition is restored at most once by each owner in turn.
        var holds: Bool { restores <= owners }
    }

    func run(_ terminal: Terminal) throws(CommandFailure) -> Result {
        var result = Result()
        let empty = try BenchPlace("empty", settings, configuration, terminal)
        result.starts.append(try start("an empty table", empty))
        empty.log.close()

        let place = try BenchPlace("rows", settings, configuration, terminal)
        defer { place.log.close() }
        var plan = place.plan(seed: seed, contacts: contacts)
        _ = try place.publish(&plan, contacts, terminal)
        for service in [Service.intake, RebalanceBench.service] {
            terminal.remark("\(service.rawValue) takes them")
            _ = try place.drain([service]) { _ in }
        }
        result.keys = try keys(place)
        terminal.remark("\(Words.count(result.keys)) rows in the table of \(RebalanceBench.service.rawValue)")
        result.starts.append(try start("\(Words.count(result.keys)) rows", place))
        try change(&result, place, terminal)
        return result
    }

    private func keys(_ place: BenchPlace) throws(CommandFailure) -> Int {
        var keys: Set<[UInt8]> = []
        do throws(LogError) {
            for partition in 0..<place.topics.partitions {
                var next = NextOffset.start
                while true {
                    let found = try place.log.changes(
                        of: place.topics.table(RebalanceBench.service), partition: partition, from: next,
                        limit: ReadLimit(records: 5_000, bytes: 4 << 20))
                    for row in found.rows {
                        if row.value == nil { keys.remove(row.key) } else { keys.insert(row.key) }
                    }
                    next = found.next
                    if found.isComplete { break }
                }
            }
        } catch {
            throw Common.failure(error)
        }
        return keys.count
    }

    // MARK: Starts

    /// Contacts wait; the service starts, and decides on them.
    private func start(_ name: String, _ place: BenchPlace) throws(CommandFailure) -> Start {
        let intake = try place.start([.intake])
        var plan = place.plan(seed: seed &+ 7, contacts: 100)
        _ = try place.publish(&plan, 100, Terminal.silent)
        try place.rest(intake, [.intake])
        try place.finish(intake)

        let owners = Owners()
        let attendant = Attendant("one", try loop(place, "one"), owners)
        let begin = ContinuousClock.now
        attendant.start(place)
        try BenchPlace.until { () throws(CommandFailure) in
            try attendant.checked().firstDecision != nil && attendant.isReady(place.topics.partitions)
        }
        let state = try attendant.checked()
        try attendant.stop()
        var start = Start(name: name)
        start.rows = state.status.rowsRestored
        if let first = state.firstDecision { start.firstDecision = KafkaBench.seconds(first - begin) }
        if let ready = state.firstReady { start.allReady = KafkaBench.seconds(ready - begin) }
        return start
    }

    private func loop(_ place: BenchPlace, _ instance: String) throws(CommandFailure) -> ServiceLoop {
        guard let loop = try place.loops([RebalanceBench.service], instance: instance).first else {
            throw CommandFailure(.internalError, "\(RebalanceBench.service.rawValue) is not there")
        }
        return loop
    }

    // MARK: Changes of the group

    /// A third member joins and leaves again and again, while contacts go on coming.
    private func change(_ result: inout Result, _ place: BenchPlace, _ terminal: Terminal) throws(CommandFailure) {
        let intake = try place.start([.intake])
        let trickle = Trickle(place, seed: seed &+ 11, perSecond: RebalanceBench.trickle)
        let owners = Owners()
        var all = [Attendant("one", try loop(place, "one"), owners), Attendant("two", try loop(place, "two"), owners)]
        let partitions = place.topics.partitions
        func settled() throws(CommandFailure) {
            try BenchPlace.until { () throws(CommandFailure) in
                var ready = 0
                for attendant in all {
                    let status = try attendant.checked().status
                    guard !status.partitions.isEmpty, status.restoring == 0 else { return false }
                    ready += status.partitions.count
                }
                return ready == Int(partitions)
            }
        }
        for attendant in all { attendant.start(place) }
        try settled()
        trickle.start()
        var gone: [ServiceStatus] = []
        func sums() throws(CommandFailure) -> (restores: Int, reuses: Int) {
            var sums = (gone.reduce(0) { $0 + $1.restores }, gone.reduce(0) { $0 + $1.reuses })
            for attendant in all {
                let status = try attendant.checked().status
                sums.0 += status.restores
                sums.1 += status.reuses
            }
            return sums
        }
        var progress = Progress("Rebalancing", total: changes, unit: "changes", terminal: terminal)
        for number in 0..<changes {
            let before = (owners.count, try sums())
            let begin = ContinuousClock.now
            let isJoin = number % 2 == 0
            if isJoin {
                let three = Attendant("three", try loop(place, "three"), owners)
                all.append(three)
                three.start(place)
            } else {
                let three = all.removeLast()
                gone.append(try three.stop())
            }
            try settled()
            let after = try sums()
            result.changes.append(
                Change(
                    name: isJoin ? "a member joins" : "a member leaves", gained: owners.count - before.0,
                    restored: after.restores - before.1.restores, reused: after.reuses - before.1.reuses,
                    seconds: KafkaBench.seconds(ContinuousClock.now - begin)))
            progress.update(number + 1)
        }
        progress.finish()
        (result.restores, result.reuses) = try sums()
        result.owners = owners.count
        try trickle.stop()
        for attendant in all { _ = try attendant.stop() }
        try place.finish(intake)
    }
}

/// Who had each partition last: a new owner restores it, the one who had it need not.
private final class Owners: Sendable {
    private let inside = Mutex<(owner: [Int32: String], count: Int)>(([:], 0))

    /// How often a partition came to another owner.
    var count: Int { inside.withLock { $0.count } }

    func note(_ partitions: [Int32], of name: String) {
        inside.withLock { inside in
            for partition in partitions where inside.owner[partition] != name {
                inside.owner[partition] = name
                inside.count += 1
            }
        }
    }
}

/// One instance of a service, on a thread of its own, with what it tells of itself.
private final class Attendant: Sendable {
    struct State {
        var status: ServiceStatus
        var firstDecision: ContinuousClock.Instant?
        var firstReady: ContinuousClock.Instant?
        var failure: CommandFailure?
        var mustStop = false
        var isRunning = false
    }

    private let name: String
    private let owners: Owners
    private nonisolated(unsafe) let loop: ServiceLoop
    private let state: Mutex<State>

    init(_ name: String, _ loop: sending ServiceLoop, _ owners: Owners) {
        self.name = name
        self.owners = owners
        state = Mutex(State(status: loop.status))
        self.loop = loop
    }

    func checked() throws(CommandFailure) -> State {
        let state = state.withLock { $0 }
        if let failure = state.failure { throw failure }
        return state
    }

    func isReady(_ partitions: Int32) -> Bool {
        let status = state.withLock { $0.status }
        return status.partitions.count == Int(partitions) && status.restoring == 0
    }

    func start(_ place: BenchPlace) {
        state.withLock { $0.isRunning = true }
        let thread = Thread { [self] in
            do throws(HubError) {
                try run(place)
            } catch {
                let failure = Common.failure(error)
                state.withLock { $0.failure = failure }
            }
            state.withLock { $0.isRunning = false }
        }
        thread.stackSize = 16 << 20
        thread.start()
    }

    private func run(_ place: BenchPlace) throws(HubError) {
        let specifications = place.configuration.catalogue.specifications(
            for: place.configuration.directory, topics: place.topics)
        try loop.start(topics: specifications)
        loop.configure(
            place.configuration.directory, policies: place.configuration.policies, topics: specifications)
        while !state.withLock({ $0.mustStop }) {
            let counts = try loop.step(wait: .milliseconds(20))
            let status = loop.status
            owners.note(status.partitions, of: name)
            let now = ContinuousClock.now
            state.withLock { state in
                state.status = status
                if counts.events > 0, state.firstDecision == nil { state.firstDecision = now }
                if !status.partitions.isEmpty, status.restoring == 0, state.firstReady == nil { state.firstReady = now }
            }
        }
        try loop.stop()
    }

    /// - Returns: what it told last.
    @discardableResult
    func stop() throws(CommandFailure) -> ServiceStatus {
        state.withLock { $0.mustStop = true }
        try BenchPlace.until { !state.withLock { $0.isRunning } }
        return try checked().status
    }
}

/// Contacts that go on coming.
private final class Trickle: Sendable {
    private let place: BenchPlace
    private let seed: UInt64
    private let perSecond: Int
    private let state = Mutex<(mustStop: Bool, isRunning: Bool, failure: CommandFailure?)>((false, false, nil))

    init(_ place: BenchPlace, seed: UInt64, perSecond: Int) {
        self.place = place
        self.seed = seed
        self.perSecond = perSecond
    }

    func start() {
        state.withLock { $0.isRunning = true }
        let thread = Thread { [self] in
            var plan = place.plan(seed: seed, contacts: 100_000)
            while !state.withLock({ $0.mustStop }), let submission = plan.next() {
                do throws(LogError) {
                    _ = try place.log.append([submission.record])
                } catch {
                    let failure = Common.failure(error)
                    state.withLock { $0.failure = failure }
                    break
                }
                Thread.sleep(forTimeInterval: 1 / Double(perSecond))
            }
            state.withLock { $0.isRunning = false }
        }
        thread.start()
    }

    func stop() throws(CommandFailure) {
        state.withLock { $0.mustStop = true }
        try BenchPlace.until { !state.withLock { $0.isRunning } }
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }
}

extension RebalanceBench.Result {
    func show(_ terminal: Terminal) {
        func rounded(_ value: Double) -> String { String(format: "%.2f", value) }
        var first = Table([
            .text("Started again over"), .number("Rows read"), .number("First decision, s"), .number("All ready, s"),
        ])
        for start in starts {
            first.add([start.name, Words.count(start.rows), rounded(start.firstDecision), rounded(start.allReady)])
        }
        terminal.print(first)
        var table = Table([
            .text("Change of the group"), .number("New owners"), .number("Restored"), .number("Kept"),
            .number("Seconds"),
        ])
        for change in changes {
            table.add([
                change.name, Words.count(change.gained), Words.count(change.restored), Words.count(change.reused),
                rounded(change.seconds),
            ])
        }
        terminal.print(table)
        terminal.print(
            "\(Words.count(restores)) restores for \(Words.count(owners)) owners of a partition in turn: "
                + (holds ? "at most one each." : "more than one each."))
    }

    var json: String {
        var json = JSONText()
        json.field("rows", keys)
        for (name, start) in zip(["empty", "full"] as [StaticString], starts) {
            var inner = JSONText()
            inner.field("rowsRead", start.rows)
            inner.field("firstDecisionSeconds", start.firstDecision)
            inner.field("allReadySeconds", start.allReady)
            json.raw(name, Array(inner.finished.utf8))
        }
        json.field("changes", changes.count)
        json.field("owners", owners)
        json.field("restores", restores)
        json.field("reuses", reuses)
        json.list("milliseconds", changes.map { Int64($0.seconds * 1000) })
        return json.finished
    }
}
