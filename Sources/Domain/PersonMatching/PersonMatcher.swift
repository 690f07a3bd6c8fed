public import DomainModel

/// Who a child is, with the whole reason.
public struct MatchDecision: Hashable, Sendable {
    public var outcome: IdentityOutcome
    /// Whom it is linked to; nil unless linked.
    public var person: PersonID?
    /// Whom it might be, best first; empty unless for review.
    public var candidates: [PersonID]
    /// Children who may be the same and wait for a review themselves, best first.
    public var alsoAwaiting: [ChildID]
    /// The version of the rule or model that decided.
    public var model: String
    /// Milli-bits of the best person compared; 0 where there was none.
    public var score: Int
    /// How far the second-best person is behind, milli-bits; nil where there was none.
    public var margin: Int?
    /// The best person's comparisons; they sum exactly to the score.
    public var comparisons: [Comparison]

    public init(
        outcome: IdentityOutcome, person: PersonID? = nil, candidates: [PersonID] = [], alsoAwaiting: [ChildID] = [],
        model: String, score: Int = 0, comparisons: [Comparison] = []
    ) {
        self.outcome = outcome
        self.person = person
        self.candidates = candidates
        self.alsoAwaiting = alsoAwaiting
        self.model = model
        self.score = score
        self.comparisons = comparisons
    }
}

/// The people whom one authority knows, and the rule that says which of them a child is. A function of what was added,
/// in whatever order: what is restored decides as what was never stopped.
public protocol PersonMatcher: Sendable {
    /// The version of the rule, its weights included; goes with every decision.
    static var model: String { get }

    init()

    /// Adds what one referral says of a person; replaces what was added under the same child.
    mutating func add(_ record: MatchRecord, of child: ChildID, to person: PersonID)
    mutating func remove(_ child: ChildID, from person: PersonID)

    /// Adds what one referral says of a child of whom nobody has said yet who it is. Nothing is ever linked to it; whoever
    /// may be the same child is put before a person as well, and what would fit it as well as somebody known is not
    /// certain.
    mutating func add(awaiting record: MatchRecord, of child: ChildID)
    mutating func remove(awaiting child: ChildID)

    /// - Parameters:
    ///   - siblings: the persons of the other children of the same referral. Its sender says that they are others, so
    ///     none of them is linked to, and likeness alone does not put them before a person.
    ///   - awaiting: those other children of the same referral who wait for a review.
    ///   - child: whose own record is left aside, so that a corrected child is not compared with its former self.
    func decide(
        _ record: MatchRecord, besides siblings: [PersonID], awaiting: [ChildID], leavingOut child: ChildID?
    ) -> MatchDecision
}
