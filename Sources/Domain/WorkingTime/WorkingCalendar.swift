public import DomainModel

/// When time counts: always, or within checked opening hours of Europe/London.
///
/// Hours are half-open: open at the opening, closed at the closing. On the days when the clocks change an interval runs
/// from the instant of its opening to that of its closing, so that a night desk's 00:00–08:00 lasts seven hours in March
/// and nine in October.
public struct WorkingCalendar: Hashable, Sendable {
    /// Open at every instant.
    public static let continuous = WorkingCalendar(timetable: nil)

    /// Nil: continuous.
    let timetable: Timetable?

    private init(timetable: Timetable?) {
        self.timetable = timetable
    }

    public init(hours: WeeklyHours, bankHolidays: BankHolidays = .englandAndWales) throws(CalendarError) {
        timetable = try Timetable(hours: hours, bankHolidays: bankHolidays)
    }

    public var isContinuous: Bool { timetable == nil }

    public func isOpen(at instant: Instant) -> Bool {
        guard let timetable else { return true }
        return timetable.isOpen(at: instant)
    }

    /// The instant itself where the calendar is open then, else its next opening.
    /// - Returns: nil where there is none within `WorkingTimeLimits.closedDaysMax` days: a matter for a person.
    public func nextOpening(atOrAfter instant: Instant) -> Instant? {
        guard let timetable else { return instant }
        return timetable.nextSpan(after: instant).map { max($0.opening, instant) }
    }

    /// The first closing after the instant. Hours that touch (24:00 and 00:00 of the next day) run on.
    /// - Returns: nil where the calendar does not open, or once open does not close, within
    ///   `WorkingTimeLimits.closedDaysMax` days.
    public func closing(after instant: Instant) -> Instant? {
        guard let timetable, var span = timetable.nextSpan(after: instant) else { return nil }
        let limit = span.closing.adding(milliseconds: Int64(WorkingTimeLimits.closedDaysMax) * LondonTime.day)
        while span.closing < limit {
            guard let next = timetable.nextSpan(after: span.closing), next.opening == span.closing
            else { return span.closing }
            span = next
        }
        return nil
    }
}

/// A stretch of opening between two instants, half-open.
struct Span: Hashable, Sendable {
    let opening: Instant
    let closing: Instant
}

/// Opening hours compiled for counting: one flat list of intervals, and ranges of it for each kind of day.
struct Timetable: Hashable, Sendable {
    private struct SpecialDay: Hashable, Sendable {
        let day: Int
        let intervals: Range<Int>
        let reason: ClosureReason?
    }

    /// 9999-12-31, in days since 1970-01-01.
    static let lastDay = 2_932_896

    private var intervals: [OpeningInterval] = []
    private var weekdays: [Range<Int>] = []
    private var bankHoliday: Range<Int>?
    /// Sorted by day, each day once.
    private var special: [SpecialDay] = []
    private let terms: [ClosedRange<Int>]
    private let bankHolidays: BankHolidays

    init(hours: WeeklyHours, bankHolidays: BankHolidays) throws(CalendarError) {
        self.bankHolidays = bankHolidays
        terms = hours.terms.map { $0.lowerBound.daysSinceEpoch...$0.upperBound.daysSinceEpoch }
        for weekday in Weekday.allCases {
            weekdays.append(append(try Self.checked(hours[weekday], .weekday(weekday))))
        }
        switch hours.onBankHolidays {
        case .asUsual: break
        case .closed: bankHoliday = 0..<0
        case .hours(let list):
            guard !list.isEmpty else { throw .noHours(.bankHolidays) }
            bankHoliday = append(try Self.checked(list, .bankHolidays))
        }
        try addSpecialDays(of: hours)
        if intervals.isEmpty { throw .neverOpen }
    }

    /// The hours of a local day (since 1970-01-01), sorted, apart; empty: closed.
    func hours(on day: Int) -> Range<Int> {
        classify(day).intervals
    }

    /// Why the day has no hours; nil where it has.
    func closure(on day: Int) -> ClosureReason? {
        let (range, reason) = classify(day)
        if let reason { return reason }
        return range.isEmpty ? .regular : nil
    }

    private func classify(_ day: Int) -> (intervals: Range<Int>, reason: ClosureReason?) {
        if !special.isEmpty, let found = specialDay(day) { return (found.intervals, found.reason) }
        return classifyOrdinary(day)
    }

    private func classifyOrdinary(_ day: Int) -> (intervals: Range<Int>, reason: ClosureReason?) {
        let date = CivilDate(daysSinceEpoch: day)
        let usual = weekdays[date.weekday - 1]
        if !terms.isEmpty, !terms.contains(where: { $0.contains(day) }) {
            return (0..<0, usual.isEmpty ? .regular : .outsideTerm)
        }
        if let bankHoliday, bankHolidays.contains(date) {
            return (bankHoliday, bankHoliday.isEmpty ? (usual.isEmpty ? .regular : .bankHoliday) : nil)
        }
        return (usual, usual.isEmpty ? .regular : nil)
    }

    private func specialDay(_ day: Int) -> SpecialDay? {
        var low = 0
        var high = special.count
        while low < high {
            let middle = (low + high) / 2
            if special[middle].day < day { low = middle + 1 } else { high = middle }
        }
        return low < special.count && special[low].day == day ? special[low] : nil
    }

    func span(on day: Int, at index: Int) -> Span {
        let interval = intervals[index]
        return Span(opening: instant(day, interval.opening), closing: instant(day, interval.closing))
    }

    private func instant(_ day: Int, _ minutes: Int) -> Instant {
        LondonTime.instant(day: day, millisecondsOfDay: Int64(minutes) * 60_000)
    }

    /// A day on which the calendar opens. Hours that lie wholly in the hour that the clocks skip are none.
    func isWorkingDay(_ day: Int) -> Bool {
        for index in hours(on: day) {
            // Only what lies within 01:00–02:00 can be skipped; asking the clock for every day would cost most of a count.
            if intervals[index].opening < 60 || intervals[index].closing > 120 { return true }
            let span = span(on: day, at: index)
            if span.opening < span.closing { return true }
        }
        return false
    }

    func isOpen(at instant: Instant) -> Bool {
        let day = LondonTime.dayAndTime(of: instant).day
        for index in hours(on: day) {
            let span = span(on: day, at: index)
            if span.opening <= instant, instant < span.closing { return true }
        }
        return false
    }

    /// The first stretch of one day's hours that ends after the instant; it may have begun before. Nil where none is
    /// found within `WorkingTimeLimits.closedDaysMax` days.
    func nextSpan(after instant: Instant) -> Span? {
        let first = LondonTime.dayAndTime(of: instant).day
        let last = min(first + WorkingTimeLimits.closedDaysMax, Self.lastDay)
        guard first <= last else { return nil }
        for day in first...last {
            for index in hours(on: day) {
                let span = span(on: day, at: index)
                if span.closing > instant, span.opening < span.closing { return span }
            }
        }
        return nil
    }

    private mutating func append(_ list: [OpeningInterval]) -> Range<Int> {
        let start = intervals.count
        intervals += list
        return start..<intervals.count
    }

    /// Sorted, and hours that touch made one.
    private static func checked(
        _ list: [OpeningInterval], _ place: CalendarError.Place
    ) throws(CalendarError) -> [OpeningInterval] {
        for interval in list
        where interval.opening < 0 || interval.closing > 1440 || interval.opening >= interval.closing {
            throw .badInterval(place, interval)
        }
        let sorted = list.sorted { ($0.opening, $0.closing) < ($1.opening, $1.closing) }
        for (first, second) in zip(sorted, sorted.dropFirst()) where second.opening < first.closing {
            throw .overlapping(place, first, second)
        }
        return union(sorted)
    }

    private static func union(_ sorted: [OpeningInterval]) -> [OpeningInterval] {
        var merged: [OpeningInterval] = []
        for interval in sorted {
            if let last = merged.last, interval.opening <= last.closing {
                merged[merged.count - 1] = OpeningInterval(
                    opening: last.opening, closing: max(last.closing, interval.closing))
            } else {
                merged.append(interval)
            }
        }
        return merged
    }

    private mutating func addSpecialDays(of hours: WeeklyHours) throws(CalendarError) {
        var days: [SpecialDay] = []
        let closed = hours.closedDates.map(\.daysSinceEpoch).sorted()
        let extra = hours.extraHours.sorted { $0.date < $1.date }
        for (first, second) in zip(extra, extra.dropFirst()) where first.date == second.date {
            throw .repeated(first.date)
        }
        for extraDay in extra {
            guard !extraDay.intervals.isEmpty else { throw .noHours(.date(extraDay.date)) }
            let added = try Self.checked(extraDay.intervals, .date(extraDay.date))
            let day = extraDay.date.daysSinceEpoch
            let usual = closed.containsSorted(day) ? [] : Array(intervals[classifyOrdinary(day).intervals])
            let both = Self.union((usual + added).sorted { ($0.opening, $0.closing) < ($1.opening, $1.closing) })
            days.append(SpecialDay(day: day, intervals: append(both), reason: nil))
        }
        let opened = extra.map(\.date.daysSinceEpoch)
        var previous: Int?
        for day in closed where day != previous && !opened.containsSorted(day) {
            previous = day
            let reason = classifyOrdinary(day).reason
            days.append(SpecialDay(day: day, intervals: 0..<0, reason: reason ?? .closedDate))
        }
        special = days.sorted { $0.day < $1.day }
    }
}
