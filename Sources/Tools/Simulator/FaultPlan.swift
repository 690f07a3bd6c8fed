import SyntheticWorld

/// What goes wrong in a simulated week.
public enum FaultKind: String, CaseIterable, Sendable {
    /// A process ends, at some step of a commit or between two.
    case crash
    /// A process stands still for longer than its group waits, with a commit in hand, and goes on as if nothing were.
    case pause
    /// A process leaves or joins in order, and partitions change hands.
    case rebalance
    /// A third of the partitions takes and gives nothing for a while.
    case brokerLoss = "broker-loss"
    /// A message from outside is sent again: its sender had no answer.
    case repeats
    /// Topics from outside arrive in another order than they were sent.
    case reordering
    /// Records come to a reader later, and in batches of another size.
    case delay
    /// The clocks of the brokers and of the processes are wrong, and are put right.
    case clockJumps = "clock-jumps"
    /// The end of a transaction is on its way while its process is gone.
    case lateEnd = "late-end"
    /// A commit is answered with an error, be it that nothing was stored or that all was.
    case aborts
    /// What has been read long ago is deleted.
    case retention
    /// One input traps in one participant, until somebody has mended that and has the dead letter taken once more.
    case trap
}

/// Which faults a seed has, and how often each: some seeds have one kind only, since one fault hides another.
struct FaultPlan {
    private static let trapsShare = 0.2

    private(set) var rates: [Double]

    init(_ draws: inout Draws, seed: UInt64, without: Set<FaultKind> = []) {
        let share = draws.unit()
        rates = FaultKind.allCases.map { kind in
            if kind == .trap {
                // By numbers of its own: it happens once, or not at all.
                var own = Draws(seed, 3)
                return own.happens(FaultPlan.trapsShare) && !without.contains(kind) ? 1 : 0
            }
            let isOn = draws.happens(0.15 + 0.7 * share)
            let rate = 0.002 + 0.03 * draws.unit() * draws.unit()
            return isOn && !without.contains(kind) ? rate : 0
        }
    }

    func rate(_ kind: FaultKind) -> Double {
        FaultKind.allCases.firstIndex(of: kind).map { rates[$0] } ?? 0
    }

    func has(_ kind: FaultKind) -> Bool { rate(kind) > 0 }

    var kinds: [FaultKind] { FaultKind.allCases.filter { has($0) } }
}

/// Times of the simulated cluster, milliseconds.
enum SimulatedTimes {
    /// A member that is silent for so long loses its partitions.
    static let session: Int64 = 10_000
    /// A transaction that nobody ends is aborted.
    static let transaction: Int64 = 60_000
    static let restartMax: Int64 = 20_000
    /// In so long at most two processes end by chance.
    static let betweenEnds: Int64 = 300_000
    static let pauseMax: Int64 = 45_000
    static let outageMax: Int64 = 15_000
    static let holdBackMax: Int64 = 90_000
    static let clockErrorMax: Int64 = 120_000
}
