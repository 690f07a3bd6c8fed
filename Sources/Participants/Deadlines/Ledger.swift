import DomainModel
import Room

// How an obligation begins, is set anew, rings and ends. All of it by events; the rows follow in `LedgerState.apply`.
extension Deadlines {
    /// Opens an obligation. One that is open stays as it is; one that has ended begins anew only where `again` says why.
    mutating func begin(
        _ facts: ObligationFacts, from start: Instant, alert code: String? = nil, again: String? = nil, _ cause: Event,
        _ setting: Setting
    ) {
        let id = facts.obligation
        guard state.open[id] == nil else { return }
        let earlier = state.ended[id]
        if earlier != nil, again == nil { return }
        let clock = reckoner.reckon(facts, from: start, cause.authority, setting)
        if let earlier, let again {
            _ = post(
                .obligationExtended(
                    ObligationExtended(
                        facts: facts, due: clock.due, arming: earlier.arming + 1, reason: again,
                        working: clock.working, start: start == cause.time ? nil : start)),
                about: facts, cause, distinct: UInt128(earlier.arming + 1))
        } else {
            _ = post(
                .obligationOpened(
                    ObligationOpened(
                        facts: facts, start: start, budget: clock.budget, calendar: clock.calendar, due: clock.due,
                        arming: 1, working: clock.working)),
                about: facts, cause)
        }
        if let code {
            ring(id, code, since: start, cause)
        } else if clock.due == nil {
            ring(id, AlertCode.clockNotSet, since: start, cause)
        }
    }

    /// Sets the clock of an open obligation anew.
    mutating func extend(_ row: LedgerRow, to clock: Reckoned, _ reason: String, _ cause: Event) {
        _ = post(
            .obligationExtended(
                ObligationExtended(
                    facts: row.facts, due: clock.due, arming: row.arming + 1, reason: reason, working: clock.working)),
            about: row.facts, cause, distinct: UInt128(row.arming + 1))
    }

    /// The next rung of an open obligation: the first raises the alert, each later one escalates it.
    ///
    /// What cannot wait goes to the desk that is there then: a rung that comes after a hand-over wakes the desk that
    /// took over, and the other's record says so.
    mutating func ring(_ id: ObligationID, _ code: String, since: Instant, _ cause: Event) {
        guard let row = state.open[id], let desk = desk(of: row, at: cause.time), var role = row.nextRole else {
            return
        }
        // What is said before anything is due goes to whoever is on duty; the ladder begins at the due time.
        if row.rung == 0, row.due != nil, !AlertCode.isOfPastTime(code) { role = .duty }
        let raised = AlertRaised(
            alert: Names.alert(id), desk: desk, role: role,
            onCall: state.setting(row.authority)?.onCall(desk, as: role, at: cause.time), facts: row.facts, code: code,
            since: since, due: row.due, arming: row.arming, rung: row.rung)
        let first = row.rung == 0
        let event = post(
            first ? .alertRaised(raised) : .alertEscalated(raised), about: row.facts, cause,
            id: Names.once(first ? .alertRaised : .alertEscalated, id, arming: row.arming, rung: row.rung))
        if let standing = row.alert, standing.desk != desk {
            tell(standing.desk, .alertCleared, raised, state: "handed-over", event)
        }
        tell(desk, first ? .alertRaised : .alertEscalated, raised, state: first ? "raised" : "escalated", event)
    }

    func desk(of row: LedgerRow, at now: Instant) -> DeskName? {
        let setting = state.setting(row.authority)
        let cannotWait = row.facts.kind == .answer || row.facts.rating == .red
        let named = cannotWait ? setting?.dutyDesk(at: now) : setting?.desk
        return named ?? row.alert?.desk ?? row.facts.desk ?? Self.hubDesk
    }

    /// Where nothing else is configured: an alert that nobody can be named for is still an alert.
    static let hubDesk = DeskName("hub-duty")

    /// - Parameter at: when it took place, where that was before it was told.
    mutating func meet(_ id: ObligationID, at: Instant? = nil, _ cause: Event) {
        guard let row = state.open[id] else { return }
        let at = at ?? cause.time
        let late = max(0, row.due.map { at.milliseconds(since: $0) } ?? 0)
        _ = post(
            .obligationMet(
                ObligationMet(
                    facts: row.facts, at: at, onTime: row.due != nil && late == 0, latenessMilliseconds: late)),
            about: row.facts, cause, distinct: UInt128(row.arming))
        clear(row, Reason.met, cause)
    }

    mutating func withdraw(_ id: ObligationID, _ reason: String, _ cause: Event) {
        guard let row = state.open[id] else { return }
        _ = post(
            .obligationWithdrawn(ObligationEnded(facts: row.facts, reason: reason)), about: row.facts, cause,
            distinct: UInt128(row.arming))
        clear(row, reason, cause)
    }

    mutating func decline(_ id: ObligationID, _ reason: String, _ cause: Event) {
        guard let row = state.open[id] else { return }
        _ = post(
            .obligationDeclined(ObligationEnded(facts: row.facts, reason: reason)), about: row.facts, cause,
            distinct: UInt128(row.arming))
        clear(row, reason, cause)
    }

    /// The all-clear of an alert that stands, acknowledged or not.
    mutating func clear(_ row: LedgerRow, _ reason: String, _ cause: Event) {
        guard let alert = row.alert else { return }
        let id = Names.alert(row.facts.obligation)
        let event = post(
            .alertCleared(
                AlertCleared(alert: id, desk: alert.desk, obligation: row.facts.obligation, reason: reason)),
            about: row.facts, cause, distinct: UInt128(alert.arming))
        tell(
            alert.desk, .alertCleared,
            AlertRaised(
                alert: id, desk: alert.desk, role: alert.role, facts: row.facts, code: alert.code, since: alert.since,
                due: row.due, arming: alert.arming, rung: alert.rung), state: "cleared", event)
    }
}
