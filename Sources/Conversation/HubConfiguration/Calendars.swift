public import WorkingTime

extension CalendarHours {
    /// The calendar that due times are counted on.
    ///
    /// Hours whose closing is at or before their opening run into the next morning.
    /// - Throws: `CalendarError` where the hours are no hours, such as none at all or two that overlap.
    public func workingCalendar() throws(CalendarError) -> WorkingCalendar {
        if continuous { return .continuous }
        var week = WeeklyHours(onBankHolidays: bankHolidays ? .closed : .asUsual, closedDates: closed)
        for stretch in hours {
            week.open(
                stretch.days.compactMap { .init(rawValue: $0.number) }, from: stretch.open.minutes,
                until: stretch.close.minutes)
        }
        return try WorkingCalendar(hours: week)
    }
}
