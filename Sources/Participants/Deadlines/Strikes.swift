import DomainModel
import HubConfiguration
import Room

// What time brings, and what the desk answers.
extension Deadlines {
    /// Everything that is due at `now` or before, in the order in which it fell due: after an outage all of it comes,
    /// each rung once. A second strike, or an early one, finds nothing.
    mutating func strike(_ now: Instant, _ strike: Event) {
        while let request = state.held.peek(at: now), let row = state.requests[request] {
            let before = postings.count
            unmatched(request, Self.cause(strike, row.authority))
            // Unreachable while every authority with a row has been adopted; but a loop that cannot end would stop all.
            guard postings.count > before else { break }
        }
        while let id = state.waiting.peek(at: now), let row = state.open[id] {
            let before = postings.count
            fallsDue(row, Self.cause(strike, row.authority))
            guard postings.count > before else { break }
        }
    }

    /// A strike is of a partition, what follows from it of an authority.
    private static func cause(_ strike: Event, _ authority: AuthorityCode) -> Event {
        var cause = strike
        cause.authority = authority
        return cause
    }

    private mutating func fallsDue(_ row: LedgerRow, _ cause: Event) {
        if let remindAt = row.remindAt, remindAt <= row.nextRungAt ?? .distantFuture, let due = row.due {
            remind(row, due, cause)
            return
        }
        let keeps = row.facts.kind == .answer ? row.alert?.code : nil
        let code = row.rung == 0 ? keeps ?? AlertCode.overdue : row.alert?.code ?? AlertCode.overdue
        ring(row.facts.obligation, code, since: row.rung == 0 ? row.base : row.alert?.since ?? row.base, cause)
    }

    private mutating func remind(_ row: LedgerRow, _ due: Instant, _ cause: Event) {
        let event = post(
            .obligationReminded(ObligationReminded(facts: row.facts, due: due, arming: row.arming)), about: row.facts,
            cause, id: Names.once(.obligationReminded, row.facts.obligation, arming: row.arming, rung: 0))
        if let agency = row.facts.agency, let reference = row.facts.request {
            remind(agency, reference, row.facts.kind, due, event)
        }
    }

    /// An answer to an alert that is not there any more, or is another desk's, changes nothing: its receipt, which
    /// Intake gave, says that it came.
    mutating func answered(_ answered: AlertAnswered, _ input: Event, _ setting: Setting) {
        guard let id = state.alerts[answered.alert], let row = state.open[id], let alert = row.alert,
            alert.desk == answered.desk
        else { return }
        // A promise reaches a day at most; one in the past is already broken.
        let until = answered.until.map {
            min(max($0, input.time), input.time.adding(milliseconds: Limits.promiseMillisecondsMax))
        }
        let event = post(
            .alertAcknowledged(
                AlertAcknowledged(
                    alert: answered.alert, desk: alert.desk, staff: answered.staff, obligation: id, until: until)),
            about: row.facts, input)
        tell(
            alert.desk, .alertAcknowledged,
            AlertRaised(
                alert: answered.alert, desk: alert.desk, role: alert.role, facts: row.facts, code: alert.code,
                since: alert.since, due: row.due, arming: alert.arming, rung: alert.rung), state: "acknowledged",
            until: until, event)
        guard until == nil else { return }
        switch row.facts.kind {
        case .answer: meet(id, input)
        // Nobody can make the sender send again; a person has it now.
        case .resubmit: withdraw(id, Reason.escalated, input)
        default: break
        }
    }

    /// Another calendar, or one where there was none: clocks are set by it from here on, with the reason on the thread.
    /// What is before a person already stays there.
    mutating func adopted(_ input: Event, _ setting: Setting) {
        var unset = state.unset
        while let id = unset.next(at: .distantFuture) {
            guard let row = state.open[id], row.authority == input.authority else { continue }
            let clock = reckoner.reckon(row.facts, from: row.start, input.authority, setting)
            guard clock.due != nil else { continue }
            clear(row, Reason.clockSet, input)
            extend(row, to: clock, Reason.clockSet, input)
        }
        guard case .configurationAdopted = input.body else { return }
        var waiting = state.waiting
        while let id = waiting.next(at: .distantFuture) {
            guard let row = state.open[id], row.authority == input.authority, row.alert == nil, row.due != nil else {
                continue
            }
            let clock = reckoner.reckon(row.budget, row.calendar, from: row.start, input.authority, setting)
            // A calendar that was taken away leaves the clock as it was set: overdue is noticed all the same.
            guard let due = clock.due, due != row.due else { continue }
            extend(row, to: clock, Reason.calendarChanged, input)
        }
    }
}
