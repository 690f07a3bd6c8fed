import DomainModel
import HubConfiguration
import Room

// The clocks that a policy hangs on the steps of a case: what starts, stops and suspends each, whose it is, and its
// ladder stand in the policy's table; here they are followed.
extension Deadlines {
    /// A step of a case: it meets what it stops, ends what closing ends, and begins what it starts.
    mutating func step(
        _ event: ClockEvent, of caseID: CaseID, by team: TeamName, at: Instant? = nil, _ input: Event,
        _ setting: Setting
    ) {
        let hung = setting.hung
        guard !hung.isEmpty, let row = state.cases[caseID] else { return }
        for id in row.open {
            guard let owed = state.open[id], owed.facts.kind.fixed == nil, let clock = setting.clock(owed.facts),
                clock.rule.stops.contains(event)
            else { continue }
            if event == .caseClosed {
                withdraw(id, Reason.caseClosed, input)
            } else {
                meet(id, at: at, input)
            }
        }
        for clock in hung where clock.rule.starts.contains(event) {
            start(clock, event, caseID, by: team, at: at ?? input.time, input, setting)
        }
    }

    private mutating func start(
        _ clock: Clock, _ event: ClockEvent, _ caseID: CaseID, by team: TeamName, at: Instant, _ input: Event,
        _ setting: Setting
    ) {
        let owner = clock.rule.owner
        // To take the lead begins a clock only for the team that the clock is about.
        if event == .leadAccepted, let owner, setting.kind(of: team) != owner { return }
        guard let row = state.cases[caseID], !row.closed else { return }
        if !clock.rule.ratings.isEmpty, !(row.rating.map { clock.rule.ratings.contains($0) } ?? false) { return }
        let id = Names.hung(clock.kind, on: caseID)
        let facts = ObligationFacts(
            obligation: id, kind: clock.kind, team: owner.flatMap { setting.team($0) } ?? team, caseID: caseID,
            rating: row.rating)
        // A strategy discussion is an enquiry of its own and has a conference of its own. An assessment is owed once an
        // episode: again only where closing had ended it.
        var again: String?
        switch (event, state.ended[id]?.ending) {
        case (.strategyDiscussion, _?): again = Reason.strategyDiscussion
        case (_, .withdrawn?): again = Reason.reopened
        default: break
        }
        let from = clock.rule.fromReferral ? row.receivedAt ?? at : at
        begin(facts, from: from, again: again, input, setting)
    }

    /// What a named person records of a case, or about a clock.
    /// - Returns: why it cannot stand; nil where it does.
    mutating func record(_ decision: DecisionSubmitted, _ input: Event, _ setting: Setting) -> String? {
        guard !decision.cases.isEmpty else { return "names-no-case" }
        let at = decision.at ?? input.time
        guard at <= input.time else { return "not-yet" }
        guard decision.cases.allSatisfy({ state.cases[$0].map { !$0.closed } ?? false }) else { return "no-such-case" }
        switch decision.verb {
        case .suspend: return suspend(decision, input, setting)
        case .resume: return resume(decision, input, setting)
        default: break
        }
        guard let event = decision.verb.step else { return "not-for-this" }
        // What nothing starts or stops by is not recorded as if it did.
        guard setting.hung.contains(where: { $0.rule.starts.contains(event) || $0.rule.stops.contains(event) }) else {
            return "no-clock"
        }
        for caseID in decision.cases { step(event, of: caseID, by: decision.by.team, at: at, input, setting) }
        return nil
    }

    /// Those of the named cases' obligations that the decision is about.
    private func rows(_ decision: DecisionSubmitted) -> [LedgerRow] {
        decision.cases.flatMap { state.cases[$0]?.open ?? [] }.compactMap { state.open[$0] }
            .filter { $0.facts.kind == decision.clock }
    }

    private mutating func suspend(_ decision: DecisionSubmitted, _ input: Event, _ setting: Setting) -> String? {
        let rows = rows(decision)
        guard !rows.isEmpty else { return "nothing-owed" }
        guard rows.allSatisfy({ setting.clock($0.facts)?.rule.suspends.contains(.heldUp) ?? false }) else {
            return "clock-runs-on"
        }
        // Red is never paused, and what is overdue is before a person.
        guard rows.allSatisfy({ $0.facts.rating != .red }) else { return "red-runs-on" }
        guard rows.allSatisfy({ $0.alert == nil && $0.due != nil && $0.suspendedSince == nil }) else {
            return "overdue-or-suspended"
        }
        for row in rows {
            _ = post(
                .obligationExtended(
                    ObligationExtended(
                        facts: row.facts, due: row.due, arming: row.arming + 1, reason: Reason.suspended,
                        suspendedSince: input.time)),
                about: row.facts, input, distinct: UInt128(row.arming + 1))
        }
        return nil
    }

    private mutating func resume(_ decision: DecisionSubmitted, _ input: Event, _ setting: Setting) -> String? {
        let rows = rows(decision).filter { $0.suspendedSince != nil }
        guard !rows.isEmpty else { return "nothing-suspended" }
        for row in rows { resume(row, input, setting) }
        return nil
    }

    private mutating func resume(_ row: LedgerRow, _ input: Event, _ setting: Setting) {
        guard let since = row.suspendedSince else { return }
        let clock = reckoner.reckon(
            row.facts, from: row.start, suspended: row.suspensions + [Suspension(from: since, until: input.time)],
            input.authority, setting)
        extend(row, to: clock, Reason.resumed, input)
        if clock.due == nil { ring(row.facts.obligation, AlertCode.clockNotSet, since: row.start, input) }
    }

    /// A case that turns Red runs on, whoever has stopped its clocks.
    mutating func runOn(_ caseID: CaseID, _ input: Event, _ setting: Setting) {
        for id in state.cases[caseID]?.open ?? [] {
            if let row = state.open[id] { resume(row, input, setting) }
        }
    }
}

extension DecisionVerb {
    /// The step of a case that it records.
    fileprivate var step: ClockEvent? {
        switch self {
        case .strategyDiscussion: .strategyDiscussion
        case .completeAssessment: .assessmentCompleted
        case .holdConference: .conferenceHeld
        default: nil
        }
    }
}
