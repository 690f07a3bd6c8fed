import Synchronization

/// What harms a process at one of its ``FaultPoint``s. Whoever has such points holds one of these or, in every run that is
/// no test, nil: then a point is a look at an empty optional, a handful a commit and none a record.
public final class Faults: Sendable {
    private let point: FaultPoint
    private let participant: ParticipantName?
    private let nth: Int
    private let harm: FaultPlan.Harm
    private let act: @Sendable (FaultPlan.Harm) -> Void
    private let reached = Atomic<Int>(0)

    /// - Parameter act: does the harm, on the thread that has reached the point.
    /// - Returns: nil where the plan is one that no point has a part in.
    public init?(_ plan: FaultPlan, act: @escaping @Sendable (FaultPlan.Harm) -> Void) {
        guard case .harm(let harm, let point, let participant, let nth) = plan else { return nil }
        self.point = point
        self.participant = participant
        self.nth = nth
        self.harm = harm
        self.act = act
    }

    /// A service is at a point: it goes no further where that is the one.
    public func reach(_ point: FaultPoint, by participant: ParticipantName) {
        if isDue(point, by: participant) { strike() }
    }

    /// Counts the point, for who has something to prepare before ``strike()``.
    public func isDue(_ point: FaultPoint, by participant: ParticipantName) -> Bool {
        guard point == self.point, self.participant.map({ $0 == participant }) ?? true else { return false }
        return reached.add(1, ordering: .relaxed).newValue == nth
    }

    public func strike() { act(harm) }
}
