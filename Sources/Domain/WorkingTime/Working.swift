public import DomainModel

extension WorkingTime {
    /// The due time and how it was worked out.
    public static func due(
        from start: Instant, budget: Budget, calendar: WorkingCalendar, suspensions: [Range<Instant>] = []
    ) throws(DueError) -> Due {
        let due = try dueInstant(from: start, budget: budget, calendar: calendar, suspensions: suspensions)
        var steps: [WorkingStep] = [.received(start)]
        let stopped = merge(suspensions, after: start).filter { $0.lowerBound < due }
        if !stopped.isEmpty {
            let shown = stopped.prefix(WorkingTimeLimits.workingRunsMax)
            steps += shown.map { .suspended(from: $0.lowerBound, until: $0.upperBound) }
            if shown.count < stopped.count { steps.append(.suspendedBesides(count: stopped.count - shown.count)) }
            steps.append(stoppedTotal(of: budget, from: start, due: due, calendar))
        } else {
            steps += try running(from: start, budget: budget, calendar: calendar, due: due)
        }
        steps.append(.due(due))
        return Due(instant: due, working: steps)
    }

    /// The latest beginning from which a budget is used up by `end`, and how it was worked out: the count forward from
    /// there, which is how people check such a thing.
    public static func beginning(
        before end: Instant, budget: Budget, calendar: WorkingCalendar
    ) throws(DueError) -> Due {
        let start = try instant(before: end, budget: budget, calendar: calendar)
        let due = try dueInstant(from: start, budget: budget, calendar: calendar)
        var steps: [WorkingStep] = [.wanted(end)]
        steps += try running(from: start, budget: budget, calendar: calendar, due: due)
        if due != end { steps.append(.due(due)) }
        steps.append(.begin(start))
        return Due(instant: start, working: steps)
    }

    private static func stoppedTotal(
        of budget: Budget, from start: Instant, due: Instant, _ calendar: WorkingCalendar
    ) -> WorkingStep {
        let lastDay = CivilDate(daysSinceEpoch: LondonTime.dayAndTime(of: due).day)
        switch budget.unit {
        case .days: return .days(count: budget.value, last: lastDay)
        case .workingDays: return .workingDays(count: budget.value, last: lastDay)
        case .workingHours where !calendar.isContinuous:
            let firstDay = CivilDate(daysSinceEpoch: LondonTime.dayAndTime(of: start).day)
            return .countedWithinOpening(milliseconds: budget.milliseconds ?? 0, first: firstDay, last: lastDay)
        case .hours, .minutes, .seconds, .workingHours: return .elapsed(milliseconds: budget.milliseconds ?? 0)
        }
    }

    private static func running(
        from start: Instant, budget: Budget, calendar: WorkingCalendar, due: Instant
    ) throws(DueError) -> [WorkingStep] {
        switch (budget.unit, calendar.timetable) {
        case (.hours, _), (.minutes, _), (.seconds, _), (.workingHours, nil):
            var steps: [WorkingStep] = [.elapsed(milliseconds: budget.milliseconds ?? 0)]
            if let change = LondonTime.change(after: start, through: due),
                LondonTime.offset(at: start) != LondonTime.offset(at: due)
            {
                steps.insert(.clocksChanged(at: change.at, isForward: change.isForward), at: 0)
            }
            return steps
        case (.days, _), (.workingDays, nil):
            let (day, inDay) = LondonTime.dayAndTime(of: start)
            let last = CivilDate(daysSinceEpoch: day + budget.value)
            return [.days(count: budget.value, last: last)] + clockNotes(on: last, inDay, due)
        case (.workingHours, let timetable?):
            return openings(from: start, until: due, timetable)
        case (.workingDays, let timetable?):
            return try workingDays(budget.value, from: start, timetable)
        }
    }

    private static func clockNotes(on date: CivilDate, _ inDay: Int, _ unmoved: Instant) -> [WorkingStep] {
        // Only Sundays in the hours after midnight can hold such a time; the day's own answer settles which.
        let wanted = CivilDateTime(date: date, millisecondsOfDay: inDay)
        if LondonTime.isSkipped(wanted) { return [.skippedTime(at: unmoved)] }
        return LondonTime.isRepeated(wanted) ? [.repeatedTime(at: unmoved)] : []
    }

    private static func workingDays(
        _ count: Int, from start: Instant, _ timetable: Timetable
    ) throws(DueError) -> [WorkingStep] {
        let result = try workingDay(count, after: start, timetable)
        let (firstDay, inDay) = LondonTime.dayAndTime(of: result.countedFrom)
        let startDay = LondonTime.dayAndTime(of: start).day
        let last = CivilDate(daysSinceEpoch: result.day)
        var before: [WorkingStep] = []
        if result.countedFrom != start {
            before = summed(closures(in: startDay..<firstDay, timetable))
            before.append(.outsideOpening(countedFrom: result.countedFrom))
        }
        var steps = before + summed(closures(in: firstDay + 1..<result.day, timetable))
        steps.append(.workingDays(count: count, last: last))
        steps += clockNotes(on: last, inDay, result.unmoved)
        if result.due != result.unmoved {
            steps.append(.movedIntoOpening(from: result.unmoved, to: result.due))
        }
        return steps
    }

    /// What was counted, and the closed days between, in order.
    private static func openings(from start: Instant, until due: Instant, _ timetable: Timetable) -> [WorkingStep] {
        var steps: [WorkingStep] = []
        let firstDay = LondonTime.dayAndTime(of: start).day
        // A due time at midnight belongs to the opening that ends there.
        let lastDay = LondonTime.dayAndTime(of: due.adding(milliseconds: -1)).day
        if !timetable.isOpen(at: start), let next = timetable.nextSpan(after: start) {
            steps = summed(closures(in: firstDay..<LondonTime.dayAndTime(of: next.opening).day, timetable))
            steps.append(.outsideOpening(countedFrom: next.opening))
        }
        let fromDay = LondonTime.dayAndTime(of: timetable.nextSpan(after: start)?.opening ?? start).day
        guard fromDay <= lastDay else { return steps }
        var runs: [WorkingStep] = []
        for day in fromDay...lastDay {
            if let reason = timetable.closure(on: day) {
                extend(&runs, closedOn: day, reason)
                continue
            }
            for index in timetable.hours(on: day) {
                let span = timetable.span(on: day, at: index)
                let from = max(span.opening, start)
                let until = min(span.closing, due)
                guard from < until else { continue }
                extend(&runs, countedFrom: from, until: until, atClosing: !timetable.isOpen(at: until))
            }
        }
        return steps + summed(runs)
    }

    private static func extend(_ runs: inout [WorkingStep], countedFrom from: Instant, until: Instant, atClosing: Bool)
    {
        let length = until.milliseconds(since: from)
        // A night desk's evening and morning are one opening to its people.
        if case .counted(let earlier, let first, let last, _)? = runs.last, last == from {
            runs[runs.count - 1] = .counted(
                milliseconds: earlier + length, from: first, until: until, atClosing: atClosing)
        } else {
            runs.append(.counted(milliseconds: length, from: from, until: until, atClosing: atClosing))
        }
    }

    private static func extend(_ runs: inout [WorkingStep], closedOn day: Int, _ reason: ClosureReason) {
        let date = CivilDate(daysSinceEpoch: day)
        if case .closed(let first, let last, reason)? = runs.last, last.daysSinceEpoch == day - 1 {
            runs[runs.count - 1] = .closed(first: first, last: date, reason: reason)
        } else {
            runs.append(.closed(first: date, last: date, reason: reason))
        }
    }

    private static func closures(in days: Range<Int>, _ timetable: Timetable) -> [WorkingStep] {
        var runs: [WorkingStep] = []
        for day in days {
            if let reason = timetable.closure(on: day) { extend(&runs, closedOn: day, reason) }
        }
        return runs
    }
}
