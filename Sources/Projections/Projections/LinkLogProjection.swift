public import DomainModel
public import Room

/// The log of links: who linked which child of a referral to whom, when, by which rule or person and why. The room is the
/// log, and nothing in it is ever changed: this is a filter over it. Ids, codes and instants only.
public struct LinkLogProjection: Sendable {
    public struct Line: Hashable, Sendable {
        public var time: Instant
        /// The rule's version, or the person.
        public var by: String
        /// `linked`, `new`, `review`; `confirmed`, `unlinked`, `split`, `merged`, `born`, `lost`.
        public var what: String
        public var child: ChildID?
        public var person: PersonID?
        public var previous: PersonID?
        public var caseID: CaseID?
        public var previousCase: CaseID?
        /// Of a rule, in milli-bits.
        public var score: Int?
        public var reason: String?
        public var id: EventID
    }

    public init() {}

    /// Nil where the event links nobody. A child that is identified as a person said just before is not said twice.
    public func line(for event: Event) -> Line? {
        switch event.body {
        case .childIdentified(let facts):
            guard facts.model != "named-person" else { return nil }
            return Line(
                time: event.time, by: facts.model, what: facts.outcome.rawValue, child: facts.child,
                person: facts.person, caseID: facts.caseID, score: facts.score, id: event.id)
        case .identityConfirmed(let facts): return line(event, "confirmed", facts)
        case .identityUnlinked(let facts): return line(event, "unlinked", facts)
        case .identitySplit(let facts): return line(event, "split", facts)
        case .unbornBorn(let facts): return line(event, "born", facts)
        case .unbornLost(let facts): return line(event, "lost", facts)
        case .identityMerged(let facts):
            return Line(
                time: event.time, by: "\(facts.by.staff)", what: "merged", person: facts.person,
                previous: facts.merged, caseID: facts.caseID, previousCase: facts.mergedCase,
                reason: facts.reason.rawValue, id: event.id)
        default: return nil
        }
    }

    private func line(_ event: Event, _ what: String, _ facts: IdentityDecided) -> Line {
        Line(
            time: event.time, by: "\(facts.by.staff)", what: what, child: facts.child, person: facts.person,
            previous: facts.previous, caseID: facts.caseID, previousCase: facts.previousCase,
            reason: facts.reason.rawValue, id: event.id)
    }
}
