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
        while let key = state.quiet.peek(at: now), let row = state.heard[key] {
            let before = postings.count
            fallsSilent(row, Self.cause(strike, row.authority))
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
        if let leavesAt = row.leavesAt, leavesAt == row.moment {
            leaves(row, cause)
            return
        }
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

    /// An answer to an alert that is not there any more, or is another authority's desk's, changes nothing: its receipt,
    /// which Intake gave, says that it came.
    ///
    /// An answer commits: to the time that was promised, cut to what the policy allows, or without one to the longest
    /// that it allows. What is put off too often is put off no more.
    mutating func answered(_ answered: AlertAnswered, _ input: Event, _ setting: Setting) {
        guard let id = state.alerts[answered.alert], let row = state.open[id], let alert = row.alert,
            alert.desk == answered.desk || setting.isOwn(answered.desk)
        else { return }
        let acknowledged = commitment(of: answered, to: row, at: input.time, setting)
        let event = post(.alertAcknowledged(acknowledged), about: row.facts, input)
        tell(
            alert.desk, .alertAcknowledged,
            AlertRaised(
                alert: answered.alert, desk: alert.desk, role: alert.role, facts: row.facts, code: alert.code,
                since: alert.since, due: row.due, arming: alert.arming, rung: alert.rung), state: "acknowledged",
            answer: acknowledged, event)
        guard acknowledged.until == nil, !acknowledged.isSpent else { return }
        switch row.facts.kind {
        case .answer: meet(id, input)
        // Nobody can make the sender send again; a person has it now.
        case .resubmit: withdraw(id, Reason.escalated, input)
        default: break
        }
    }

    private func commitment(
        of answered: AlertAnswered, to row: LedgerRow, at now: Instant, _ setting: Setting
    ) -> AlertAcknowledged {
        var answer = AlertAcknowledged(
            alert: answered.alert, desk: answered.desk, staff: answered.staff, obligation: row.facts.obligation)
        let rule = setting.snooze(row.facts.rating)
        let longest = now.adding(milliseconds: rule?.longestMilliseconds ?? Limits.promiseMillisecondsMax)
        var wanted = answered.until
        if wanted == nil, rule != nil, row.facts.kind != .answer, row.facts.kind != .resubmit,
            row.due.map({ $0 <= now }) ?? true
        {
            wanted = longest
        }
        guard let wanted else { return answer }
        if let rule, row.promises >= rule.most {
            answer.isSpent = true
            answer.asked = answered.until
            return answer
        }
        // One in the past is already broken.
        let until = min(max(wanted, now), longest)
        answer.until = until
        answer.promise = row.promises + 1
        if let asked = answered.until, asked != until { answer.asked = asked }
        return answer
    }

    /// Another calendar, or one where there was none: clocks are set by it from here on, with the reason on the thread.
    /// What is before a person already stays there, and what stands still is set when it runs on.
    mutating func adopted(_ input: Event, _ setting: Setting) {
        var unset = state.unset
        while let id = unset.next(at: .distantFuture) {
            guard let row = state.open[id], row.authority == input.authority else { continue }
            let clock = reckoner.reckon(row.facts, from: row.start, input.authority, setting)
            guard clock.due != nil else { continue }
            clear(row, Reason.clockSet, input)
            extend(row, to: clock, Reason.clockSet, input)
        }
        let isPolicy: Bool
        if case .policyAdopted = input.body { isPolicy = true } else { isPolicy = false }
        var waiting = state.waiting
        while let id = waiting.next(at: .distantFuture) {
            guard let row = state.open[id], row.authority == input.authority, row.alert == nil, row.due != nil else {
                continue
            }
            let rule = setting.clock(row.facts)
            let calendar = rule?.calendar ?? setting.calendar(ofOwner: row.facts.agency, row.facts.team)
            // A policy sets the budget anew, a configuration only what it is counted on.
            let clock =
                isPolicy
                ? reckoner.reckon(row.facts, from: row.start, suspended: row.suspensions, input.authority, setting)
                : reckoner.reckon(
                    row.budget, calendar ?? row.calendar, from: row.start, suspended: row.suspensions,
                    input.authority, setting)
            // A calendar or a clock that was taken away leaves it as it was set: overdue is noticed all the same.
            guard let due = clock.due else { continue }
            let hasNewLadder = isPolicy && rule.map { $0.rungs != row.rungs } ?? false
            guard due != row.due || hasNewLadder else { continue }
            extend(row, to: clock, isPolicy ? Reason.policyChanged : Reason.calendarChanged, input)
        }
    }
}
