public import DomainModel

extension WorkingTime {
    /// The due time of a clock that was stopped for a while: time inside a suspension does not count.
    ///
    /// `h`, `m`, `s` and `wh` lose exactly the time that was suspended. `d` and `wd` move by as many days, or working
    /// days, as the local dates of the suspension's ends lie apart (stopped on Tuesday, resumed on Thursday: two), and a
    /// due time still inside a suspension moves to its end, or the next opening after it. Suspensions may come in any
    /// order and overlap. None moves a due time that was reached before it began.
    public static func dueInstant(
        from start: Instant, budget: Budget, calendar: WorkingCalendar, suspensions: [Range<Instant>]
    ) throws(DueError) -> Instant {
        let merged = merge(suspensions, after: start)
        guard !merged.isEmpty else { return try dueInstant(from: start, budget: budget, calendar: calendar) }
        guard WorkingTimeLimits.startMilliseconds.contains(start.milliseconds),
            let last = merged.last, WorkingTimeLimits.startMilliseconds.contains(last.upperBound.milliseconds)
        else { throw .outOfRange }
        guard let length = budget.milliseconds else {
            return try dayDue(from: start, budget: budget, calendar: calendar, merged)
        }
        let clock = budget.unit == .workingHours ? calendar : .continuous
        var remaining = length
        var current = start
        for suspension in merged {
            if current < suspension.lowerBound {
                let available = elapsed(from: current, to: suspension.lowerBound, calendar: clock)
                if remaining <= available { break }
                remaining -= available
            }
            current = suspension.upperBound
        }
        guard let timetable = clock.timetable else { return current.adding(milliseconds: remaining) }
        return try advance(current, by: remaining, timetable)
    }

    private static func dayDue(
        from start: Instant, budget: Budget, calendar: WorkingCalendar, _ merged: [Range<Instant>]
    ) throws(DueError) -> Instant {
        let timetable = budget.unit == .workingDays ? calendar.timetable : nil
        var days = budget.value
        var due = try dayDue(from: start, days: days, timetable)
        for suspension in merged where suspension.lowerBound < due {
            let first = LondonTime.dayAndTime(of: max(suspension.lowerBound, start)).day
            let last = LondonTime.dayAndTime(of: suspension.upperBound).day
            if first < last {
                days += (first + 1...last).count { timetable?.isWorkingDay($0) ?? true }
            }
            due = try dayDue(from: start, days: days, timetable)
            if suspension.contains(due) {
                due = suspension.upperBound
                if let timetable {
                    guard let span = timetable.nextSpan(after: due) else { throw .neverOpens(after: due) }
                    due = max(due, span.opening)
                }
            }
        }
        return due
    }

    private static func dayDue(from start: Instant, days: Int, _ timetable: Timetable?) throws(DueError) -> Instant {
        guard let timetable else { return sameLocalTime(as: start, daysOn: days) }
        return try workingDay(days, after: start, timetable).due
    }

    /// Sorted, apart, none empty, none over before the start.
    static func merge(_ suspensions: [Range<Instant>], after start: Instant) -> [Range<Instant>] {
        var merged: [Range<Instant>] = []
        for suspension in suspensions.sorted(by: { $0.lowerBound < $1.lowerBound })
        where !suspension.isEmpty && suspension.upperBound > start {
            if let last = merged.last, suspension.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, suspension.upperBound)
            } else {
                merged.append(suspension)
            }
        }
        return merged
    }
}
