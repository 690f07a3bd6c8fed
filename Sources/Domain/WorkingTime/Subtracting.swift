public import DomainModel

extension WorkingTime {
    /// The instant that lies a budget before another: when to remind, for what is due then.
    ///
    /// `h`, `m`, `s`: so much elapsed time earlier. `wh`: the latest instant within opening from which so much opening is
    /// left, so that adding the budget again gives the end back where that is open or a closing. `d`: the same local time
    /// so many days earlier. `wd`: the same local time on the so-manieth working day before, moved into that day's hours;
    /// an end outside opening counts from the closing before it.
    public static func instant(
        before end: Instant, budget: Budget, calendar: WorkingCalendar
    ) throws(DueError) -> Instant {
        guard WorkingTimeLimits.startMilliseconds.contains(end.milliseconds) else { throw .outOfRange }
        let result: Instant
        switch (budget.unit, calendar.timetable) {
        case (.hours, _), (.minutes, _), (.seconds, _), (.workingHours, nil):
            result = end.adding(milliseconds: -(budget.milliseconds ?? 0))
        case (.days, _), (.workingDays, nil):
            result = sameLocalTime(as: end, daysOn: -budget.value)
        case (.workingHours, let timetable?):
            result = try retreat(end, by: budget.milliseconds ?? 0, timetable)
        case (.workingDays, let timetable?):
            result = try workingDay(budget.value, before: end, timetable)
        }
        guard result >= .distantPast else { throw .outOfRange }
        return result
    }

    private static func retreat(_ end: Instant, by length: Int64, _ timetable: Timetable) throws(DueError) -> Instant {
        var remaining = length
        var current = end
        while current >= .distantPast {
            guard let span = timetable.lastSpan(before: current) else { throw .neverOpened(before: current) }
            let until = min(span.closing, current)
            let available = until.milliseconds(since: span.opening)
            if remaining <= available { return until.adding(milliseconds: -remaining) }
            remaining -= available
            current = span.opening
        }
        throw .outOfRange
    }

    private static func workingDay(
        _ count: Int, before end: Instant, _ timetable: Timetable
    ) throws(DueError) -> Instant {
        var (day, inDay) = LondonTime.dayAndTime(of: end)
        if !timetable.isOpen(at: end) {
            guard let span = timetable.lastSpan(before: end) else { throw .neverOpened(before: end) }
            // A closing at 24:00 belongs to the day that it ends.
            (day, inDay) = LondonTime.dayAndTime(of: span.closing.adding(milliseconds: -1))
            inDay += 1
        }
        var left = count
        var closedDays = 0
        while left > 0 {
            day -= 1
            if day < 0 { throw .outOfRange }
            if timetable.isWorkingDay(day) {
                left -= 1
                closedDays = 0
            } else {
                closedDays += 1
                if closedDays > WorkingTimeLimits.closedDaysMax {
                    throw .neverOpened(before: LondonTime.instant(day: day + closedDays, millisecondsOfDay: 0))
                }
            }
        }
        return moved(LondonTime.instant(day: day, millisecondsOfDay: Int64(inDay)), intoHoursOf: day, timetable)
    }
}

extension Timetable {
    /// The last stretch of one day's hours that begins before the instant; it may end after it. Nil where none is found
    /// within `WorkingTimeLimits.closedDaysMax` days.
    func lastSpan(before instant: Instant) -> Span? {
        let last = LondonTime.dayAndTime(of: instant).day
        for day in stride(from: last, through: last - WorkingTimeLimits.closedDaysMax, by: -1) {
            for index in hours(on: day).reversed() {
                let span = span(on: day, at: index)
                if span.opening < instant, span.opening < span.closing { return span }
            }
        }
        return nil
    }
}
