import DomainModel
import EventLog
import HubConfiguration
import HubRuntime
import Room
import SyntheticWorld

/// A simulated time of a whole hub: two processes that run every service over a simulated Kafka, agencies, teams and
/// desks around it, and faults, all from one seed. One thread, virtual time: the same seed plays the same, step by step.
final class Simulation {
    static let start = Instant(milliseconds: 1_794_787_200_000)  // a Monday, midnight in London
    private static let processes = 2
    /// Far more than any seed needs: a hub that never comes to rest is a failure, not a hang.
    private static let turnsMax = 400_000
    /// So often in a row a service must have had nothing to do before it counts as at rest.
    private static let quietTurns = 3

    let seed: UInt64
    let hub: SimulatedHub
    let cluster: SimulatedCluster
    let time = SimulatedTime(Simulation.start)
    private let plant: PlantedBug?
    private let batch: Int
    private var draws: Draws
    private var processes: [SimulatedProcess?] = []
    private var restarts: [(at: Int64, process: Int)] = []
    private var sender: Sender
    private var caretaker: Caretaker
    /// Of this seed, where it has one and faults have begun.
    private var trap: Trap?
    private(set) var turns = 0
    private(set) var contacts: Int

    /// - Parameter without: faults that are left out, to find those that matter.
    init(
        seed: UInt64, hub: SimulatedHub, plant: PlantedBug?, without: Set<FaultKind>, isNarrating: Bool
    ) throws(LogError) {
        self.seed = seed
        // The system of one agency gives regular signs of life, and misses some. In a calm seed nobody acts, so nobody
        // is to be missed either.
        var hub = hub
        if seed % 4 != 0, !hub.directory.agencies.isEmpty { hub.directory.agencies[0].heartbeatWithin = "8h" }
        self.hub = hub
        self.plant = plant
        var draws = Draws(seed, 2)
        cluster = SimulatedCluster(
            // A repeat leaves a receipt of its own: then there is nothing to compare with.
            seed: seed, without: seed % 4 == 0 ? without.union([.repeats]) : without, time: time,
            fences: plant != .noFencing, isNarrating: isNarrating)
        batch = [1, 3, 20, 500][draws.below(4)]
        contacts = 3 + draws.below(8)
        sender = Sender(seed: seed, hub: hub, contacts: contacts, isCalm: seed % 4 == 0)
        if sender.isCalm { time.frozenAppendTime = Simulation.start }
        caretaker = Caretaker(hub)
        var own = Draws(seed, 4)
        // Whoever compares with a run without faults could make nothing of what a person decides.
        if cluster.plan.has(.trap), !sender.isCalm { trap = Trap(&own) }
        self.draws = draws
        try cluster.whole.ensure(hub.specifications)
    }

    /// The input that a participant trapped on.
    var trapped: InputPosition? { trap?.input }

    var isCalm: Bool { sender.isCalm }

    /// Plays to the end, and to rest.
    func run() throws(SimulationFailure) {
        for number in 0..<Simulation.processes {
            processes.append(nil)
            if number == 0 || draws.happens(0.5) { try begin(number) } else { restart(number, in: 60_000) }
        }
        try rest()
        cluster.isFaulty = true
        cluster.tell("faults: \(cluster.plan.kinds.map(\.rawValue).joined(separator: " "))")
        while let next = try nextMoment() {
            time.advance(to: next)
            try act()
            try rest()
        }
        // What is left to happen happens now, and then nothing goes wrong any more.
        cluster.isFaulty = false
        time.error = 0
        cluster.tell("nothing goes wrong any more")
        trap?.mend()
        while let next = [
            cluster.nextPending, restarts.map(\.at).min().map { Instant(milliseconds: $0) },
            sender.nextAt.map { max($0, time.now) },
        ].compactMap({ $0 }).min() {
            time.advance(to: next)
            try act()
            try rest()
        }
        for number in processes.indices where processes[number]?.isAlive != true { try begin(number) }
        try rest()
        for process in processes {
            do throws(HubError) { try process?.stop() } catch { throw failure("a process did not stop: \(error)") }
        }
    }

    private func failure(_ text: String) -> SimulationFailure { SimulationFailure(description: text) }

    // MARK: Time

    private func nextMoment() throws(SimulationFailure) -> Instant? {
        var moments = [
            sender.nextAt.map { max($0, time.now) }, cluster.nextPending,
            restarts.map(\.at).min().map { Instant(milliseconds: $0) },
        ].compactMap { $0 }
        if !isCalm {
            for process in processes {
                // A clock that is slow strikes later.
                guard let process, process.isAlive, let due = process.nextDue else { continue }
                let at = due.adding(milliseconds: -process.clockError)
                if due <= sender.horizon { moments.append(max(at, time.now.adding(milliseconds: 1))) }
            }
        }
        return moments.min()
    }

    /// What the world does by now, what was to happen, and the strikes that are due.
    private func act() throws(SimulationFailure) {
        cluster.settle()
        for place in restarts.indices.reversed() where restarts[place].at <= time.now.milliseconds {
            let number = restarts.remove(at: place).process
            if processes[number]?.isAlive != true { try begin(number) }
        }
        do throws(LogError) { try sender.send(by: time.now, cluster) } catch { throw failure("sending: \(error)") }
        guard !isCalm else { return }
        for number in processes.indices {
            guard let process = processes[number], process.isAlive else { continue }
            for index in process.loops.indices {
                try living(number) { process throws(HubError) in
                    if try process.strike(index, now: time.now) { process.quiet[index] = 0 }
                }
            }
        }
    }

    // MARK: Processes

    private func begin(_ number: Int) throws(SimulationFailure) {
        let error =
            cluster.happens(.clockJumps, times: 20)
            ? Int64(draws.below(Int(2 * SimulatedTimes.clockErrorMax))) - SimulatedTimes.clockErrorMax : 0
        cluster.tell("process \(number) begins\(error == 0 ? "" : ", its clock \(error) ms off")")
        do throws(HubError) {
            processes[number] = try SimulatedProcess(
                number, hub: hub, cluster: cluster, seed: draws.next(), plant: plant, batch: batch,
                clockError: isCalm ? 0 : error, trap: trap)
        } catch {
            try died(number, error)
        }
    }

    private func restart(_ number: Int, in milliseconds: Int64) {
        restarts.append((time.now.milliseconds + milliseconds, number))
    }

    /// A process ends with an error, as it may under faults: a supervisor starts it again.
    private func died(_ number: Int, _ error: HubError) throws(SimulationFailure) {
        guard case .log(let reason) = error else { throw failure("process \(number) ended: \(error)") }
        switch reason {
        case .fenced, .aborted, .fatal: break
        default: throw failure("process \(number) ended: \(error)")
        }
        cluster.tell("process \(number) has ended: \(reason)")
        cluster.end(number)
        processes[number] = nil
        restart(number, in: 1 + Int64(draws.below(Int(SimulatedTimes.restartMax))))
    }

    private func living(
        _ number: Int, _ body: (SimulatedProcess) throws(HubError) -> Void
    ) throws(SimulationFailure) {
        guard let process = processes[number] else { return }
        do throws(HubError) { try body(process) } catch { try died(number, error) }
    }

    /// Between two steps: a process that dies, leaves in order, or stands still until its group has given up on it.
    private func disturb(_ number: Int) throws(SimulationFailure) {
        guard let process = processes[number], process.isAlive else { return }
        if cluster.mayKill, cluster.happens(.crash, times: 0.05) {
            cluster.tell("process \(number) dies between two steps")
            try died(number, .log(.fatal("killed")))
        } else if cluster.mayKill, cluster.happens(.rebalance, times: 0.2) {
            cluster.tell("process \(number) stops in order")
            try living(number) { process throws(HubError) in try process.stop() }
            guard processes[number] != nil else { return }
            cluster.forgetMembers(of: number)
            cluster.end(number)
            processes[number] = nil
            restart(number, in: 1 + Int64(draws.below(Int(SimulatedTimes.restartMax))))
        }
        if cluster.happens(.brokerLoss, times: 0.1) { cluster.loseBroker() }
        if !isCalm, cluster.happens(.clockJumps, times: 0.1) {
            time.error = Int64(draws.below(Int(2 * SimulatedTimes.clockErrorMax))) - SimulatedTimes.clockErrorMax
            cluster.tell("the brokers' clocks are \(time.error) ms off")
        }
        if cluster.happens(.retention, times: 0.1) {
            do throws(LogError) { try sender.expire(cluster) } catch { throw failure("retention: \(error)") }
        }
    }

    /// Turns services in any order until none of them has anything left to do; the world reads along.
    private func rest() throws(SimulationFailure) {
        for process in processes {
            guard let process else { continue }
            for index in process.quiet.indices { process.quiet[index] = 0 }
        }
        while true {
            let busy = processes.indices.flatMap { number -> [(Int, Int)] in
                guard let process = processes[number], process.isAlive else { return [] }
                // An assignment gives nothing in its own turn, and waits for another member's.
                return process.quiet.indices.filter { process.quiet[$0] < Simulation.quietTurns }.map { (number, $0) }
            }
            guard let (number, index) = draws.pick(busy) else { break }
            turns += 1
            guard turns < Simulation.turnsMax else { throw failure("the hub does not come to rest") }
            let before = processes[number]?.loops[index].status.commits
            try living(number) { process throws(HubError) in try process.turn(index, now: time.now) }
            if processes[number]?.loops[index].status.commits != before { wake() }
            if cluster.isFaulty { try disturb(number) }
            // A broker that is out, and a transaction that is open, give back what they hold later: time goes on meanwhile.
            if cluster.isBrokerOut || cluster.hasOpenTransactions, draws.happens(0.02) {
                time.advance(to: time.now.adding(milliseconds: 200))
                cluster.settle()
            }
        }
        do throws(LogError) {
            try sender.observe(cluster, now: time.now)
            guard let trap else { return }
            for decision in try caretaker.look(cluster.whole, at: time.now) {
                trap.mend()
                cluster.tell("what trapped is mended, and its dead letter is to be taken once more")
                let later = 1 + Int64(cluster.draws.below(Int(SimulatedTimes.holdBackMax)))
                sender.put(decision, time.now.adding(milliseconds: later), cluster)
            }
        } catch {
            throw failure("reading: \(error)")
        }
    }

    /// Something was committed: everybody looks once more.
    private func wake() {
        for process in processes {
            guard let process else { continue }
            for index in process.quiet.indices {
                process.quiet[index] = min(process.quiet[index], Simulation.quietTurns - 1)
            }
        }
    }
}

/// What a seed failed of.
struct SimulationFailure: Error, CustomStringConvertible { let description: String }
