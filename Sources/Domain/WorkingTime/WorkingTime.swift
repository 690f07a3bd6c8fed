public import DomainModel

/// Why a due time could not be worked out. A clock that cannot be set is an alert, never a silence.
public enum DueError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The calendar has no opening for `WorkingTimeLimits.closedDaysMax` days after this instant.
    case neverOpens(after: Instant)
    /// The calendar has no opening for as many days before this instant.
    case neverOpened(before: Instant)
    /// The start lies before 1970 or after 9799, or the due time would lie after 9999.
    case outOfRange

    public var description: String {
        switch self {
        case .neverOpens(let after):
            "the calendar has no opening within \(WorkingTimeLimits.closedDaysMax) days after \(after)"
        case .neverOpened(let before):
            "the calendar has no opening within \(WorkingTimeLimits.closedDaysMax) days before \(before)"
        case .outOfRange: "the time lies outside the years that the calendar covers"
        }
    }
}

/// Due times: a start, a budget and a calendar.
///
/// | unit | due |
/// |---|---|
/// | `h` `m` `s` | so much elapsed time later, whatever the calendar |
/// | `wh` | when so much time within opening has passed; at closing where it ends there |
/// | `d` | the same local time so many days on |
/// | `wd` | the same local time on the so-manieth working day after; a start outside opening counts from the next opening |
///
/// A working day is a local day with any opening. Where that day's hours differ, a `wd` due time before its opening moves
/// to the opening, one after its closing to the closing, one in a break to the end of the break. On the continuous
/// calendar `wh` is `h` and `wd` is `d`.
public enum WorkingTime {
    /// The due time without its working: the fast path.
    public static func dueInstant(
        from start: Instant, budget: Budget, calendar: WorkingCalendar
    ) throws(DueError) -> Instant {
        guard WorkingTimeLimits.startMilliseconds.contains(start.milliseconds) else { throw .outOfRange }
        switch budget.unit {
        case .hours, .minutes, .seconds:
            return start.adding(milliseconds: budget.milliseconds ?? 0)
        case .days:
            return sameLocalTime(as: start, daysOn: budget.value)
        case .workingHours:
            let length = budget.milliseconds ?? 0
            guard let timetable = calendar.timetable else { return start.adding(milliseconds: length) }
            return try advance(start, by: length, timetable)
        case .workingDays:
            guard let timetable = calendar.timetable else { return sameLocalTime(as: start, daysOn: budget.value) }
            return try workingDay(budget.value, after: start, timetable).due
        }
    }

    /// Milliseconds within opening between two instants; negative where `end` is the earlier. What `wh` adds, this
    /// measures.
    public static func elapsed(from start: Instant, to end: Instant, calendar: WorkingCalendar) -> Int64 {
        guard start <= end else { return -elapsed(from: end, to: start, calendar: calendar) }
        guard let timetable = calendar.timetable else { return end.milliseconds(since: start) }
        let firstDay = LondonTime.dayAndTime(of: start).day
        let lastDay = LondonTime.dayAndTime(of: end).day
        guard firstDay <= lastDay else { return 0 }
        var sum: Int64 = 0
        for day in firstDay...lastDay {
            for index in timetable.hours(on: day) {
                let span = timetable.span(on: day, at: index)
                sum += max(0, min(span.closing, end).milliseconds(since: max(span.opening, start)))
            }
        }
        return sum
    }

    static func sameLocalTime(as start: Instant, daysOn days: Int) -> Instant {
        let (day, inDay) = LondonTime.dayAndTime(of: start)
        return LondonTime.instant(day: day + days, millisecondsOfDay: Int64(inDay))
    }

    /// `length` is at least 1 millisecond.
    static func advance(_ start: Instant, by length: Int64, _ timetable: Timetable) throws(DueError) -> Instant {
        var remaining = length
        var day = LondonTime.dayAndTime(of: start).day
        var lastOpen = start
        var closedDays = 0
        while day <= Timetable.lastDay {
            var counted = false
            for index in timetable.hours(on: day) {
                let span = timetable.span(on: day, at: index)
                let from = max(span.opening, start)
                let available = span.closing.milliseconds(since: from)
                guard available > 0 else { continue }
                if remaining <= available { return from.adding(milliseconds: remaining) }
                remaining -= available
                counted = true
                lastOpen = span.closing
            }
            closedDays = counted ? 0 : closedDays + 1
            if closedDays > WorkingTimeLimits.closedDaysMax { throw .neverOpens(after: lastOpen) }
            day += 1
        }
        throw .outOfRange
    }

    struct WorkingDayCount {
        /// The start, or the opening that it counts from.
        let countedFrom: Instant
        /// The k-th working day, in days since 1970-01-01.
        let day: Int
        /// What the clocks show on that day at the same local time.
        let unmoved: Instant
        let due: Instant
    }

    static func workingDay(
        _ count: Int, after start: Instant, _ timetable: Timetable
    ) throws(DueError) -> WorkingDayCount {
        guard let span = timetable.nextSpan(after: start) else { throw .neverOpens(after: start) }
        let countedFrom = max(span.opening, start)
        let (firstDay, inDay) = LondonTime.dayAndTime(of: countedFrom)
        var day = firstDay
        var left = count
        var closedDays = 0
        while left > 0 {
            day += 1
            if day > Timetable.lastDay { throw .outOfRange }
            if timetable.isWorkingDay(day) {
                left -= 1
                closedDays = 0
            } else {
                closedDays += 1
                if closedDays > WorkingTimeLimits.closedDaysMax {
                    throw .neverOpens(after: LondonTime.instant(day: day - closedDays + 1, millisecondsOfDay: 0))
                }
            }
        }
        let unmoved = LondonTime.instant(day: day, millisecondsOfDay: Int64(inDay))
        let due = moved(unmoved, intoHoursOf: day, timetable)
        return WorkingDayCount(countedFrom: countedFrom, day: day, unmoved: unmoved, due: due)
    }

    /// A closing is left where it is: what is due at closing is due while somebody can still be there to see it.
    static func moved(_ instant: Instant, intoHoursOf day: Int, _ timetable: Timetable) -> Instant {
        var latest = instant
        for index in timetable.hours(on: day) {
            let span = timetable.span(on: day, at: index)
            guard span.opening < span.closing else { continue }
            if instant <= span.closing { return max(instant, span.opening) }
            latest = span.closing
        }
        return latest
    }
}
