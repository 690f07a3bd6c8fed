import DomainModel
import HubConfiguration
import Room

// Ratings, proposals and people's decisions.
extension Deadlines {
    mutating func rated(_ rated: CaseRated, _ input: Event, _ setting: Setting) {
        if let previous = rated.previous, rated.rating.urgency > previous.urgency {
            if rated.rating.urgency == .red { runOn(rated.caseID, input, setting) }
            recompute(rated.caseID, input, setting)
        }
        guard rated.rating.urgency == .red, rated.previous?.urgency != .red,
            state.cases[rated.caseID]?.lost != true, let desk = setting.dutyDesk(at: input.time)
        else { return }
        let joins = state.referrals[rated.referral]?.ratings.contains { $0.event == input.id }
        guard joins != true else { return }
        let cause = input.causation ?? input.id
        let facts = ObligationFacts(
            obligation: Names.answer(rated.caseID, cause: cause, desk: desk), kind: .answer, desk: desk,
            caseID: rated.caseID, child: rated.child, referral: rated.referral, rating: .red)
        begin(facts, from: input.time, alert: AlertCode.red, input, setting)
    }

    /// A risen rating shortens what depends on it, never lengthens it; counted from the rise, because nobody can have
    /// missed a time that nobody had set. What is overdue already is before a person and stays as it is.
    private mutating func recompute(_ caseID: CaseID, _ input: Event, _ setting: Setting) {
        for id in state.cases[caseID]?.open ?? [] {
            guard let row = state.open[id], row.alert == nil, row.suspendedSince == nil, let due = row.due else {
                continue
            }
            let clock = reckoner.reckon(row.facts, from: input.time, input.authority, setting)
            guard let sooner = clock.due, sooner < due else { continue }
            extend(row, to: clock, Reason.ratingRisen, input)
        }
    }

    /// A proposal to lead is to be answered by its team; one that is taken back is owed no more.
    mutating func routed(
        _ caseID: CaseID, _ child: ChildID?, _ referral: ReferralID?, _ entries: [EntryChange], by team: TeamName?,
        _ input: Event, _ setting: Setting
    ) {
        for entry in entries where entry.kind == .lead && entry.state != .proposed {
            let id = Names.respond(entry.entry, team: entry.team)
            if entry.team == team || entry.state == .accepted {
                meet(id, input)
            } else {
                withdraw(id, Reason.entryWithdrawn, input)
            }
        }
        guard state.cases[caseID]?.closed != true else { return }
        for entry in entries where entry.kind == .lead && entry.state == .proposed {
            let facts = ObligationFacts(
                obligation: Names.respond(entry.entry, team: entry.team), kind: .respond, team: entry.team,
                caseID: caseID, child: child, referral: referral, rating: state.cases[caseID]?.rating)
            begin(facts, from: input.time, input, setting)
        }
    }

    /// Only here is `decide` met: by a named person's decision that settles the response. To return or redirect a
    /// proposal settles nothing.
    mutating func decided(_ decision: CaseDecision, settles: Bool, _ input: Event, _ setting: Setting) {
        for id in state.cases[decision.caseID]?.open ?? [] {
            guard let row = state.open[id] else { continue }
            switch row.facts.kind {
            case .decide: if settles { meet(id, input) }
            case .respond: if row.facts.team == decision.by.team { meet(id, input) }
            default: break
            }
        }
        routed(decision.caseID, nil, nil, decision.entries, by: decision.by.team, input, setting)
    }

    /// What was asked for the case is owed no more. An alert that a named person of the desk must answer stays.
    mutating func closed(_ caseID: CaseID, _ input: Event) {
        for id in state.cases[caseID]?.open ?? [] {
            guard let row = state.open[id] else { continue }
            switch row.facts.kind {
            case .informationReturn, .respond, .review: withdraw(id, Reason.caseClosed, input)
            default: break
            }
        }
    }

    /// The hub's own review has settled a referral that named no authority. Given to the right one, what was owed here
    /// is owed there, from the first receipt on; closed, it was decided. The alert stays till the hub's desk has
    /// answered it.
    mutating func reviewed(_ closes: Bool, _ input: Event) {
        guard let referral = input.correlation, let row = state.referrals[referral] else { return }
        let reason = closes ? Reason.caseClosed : Reason.transferred
        if let acknowledge = row.acknowledge { withdraw(acknowledge, reason, input) }
        for child in row.children {
            if let review = state.children[child]?.review { meet(review, input) }
            guard let decide = state.children[child]?.decide else { continue }
            if closes { meet(decide, input) } else { withdraw(decide, reason, input) }
        }
    }
}
