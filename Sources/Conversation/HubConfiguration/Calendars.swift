public import DomainModel
public import WorkingTime

/// Why a calendar of the configuration cannot be counted on.
public enum CalendarFault: Error, Hashable, Sendable, CustomStringConvertible {
    case hours(CalendarError)
    case unknownTerms(TermsName)
    /// A term that ends before it begins.
    case backwards(DateSpan)
    case noTerms(TermsName)

    public var description: String {
        switch self {
        case .hours(let error): error.description
        case .unknownTerms(let name): "there are no school terms '\(name)'"
        case .backwards(let span): "the term from \(span.first) to \(span.last) ends before it begins"
        case .noTerms(let name): "the school terms '\(name)' have no dates"
        }
    }
}

extension HubDirectory {
    /// The bank holidays of England and Wales as this configuration has them.
    public var workingHolidays: BankHolidays {
        BankHolidays(extra: bankHolidays.added, removed: bankHolidays.removed)
    }

    /// - Returns: nil where there is no calendar of that name, or it cannot be counted on.
    public func workingCalendar(_ name: CalendarName) -> WorkingCalendar? {
        guard let entry = calendars.first(where: { $0.id == name }) else { return nil }
        return try? entry.workingCalendar(in: self)
    }
}

extension CalendarHours {
    /// The calendar that due times are counted on.
    ///
    /// Hours whose closing is at or before their opening run into the next morning.
    /// - Throws: `CalendarFault` where the hours are no hours, such as none at all or two that overlap.
    public func workingCalendar(in directory: HubDirectory) throws(CalendarFault) -> WorkingCalendar {
        if continuous { return .continuous }
        var week = WeeklyHours(onBankHolidays: onBankHolidays, closedDates: closed, terms: try termDates(directory))
        for stretch in hours {
            week.open(
                stretch.days.compactMap { .init(rawValue: $0.number) }, from: stretch.open.minutes,
                until: stretch.close.minutes)
        }
        for stretch in opened {
            week.open(on: stretch.date, from: stretch.open.minutes, until: stretch.close.minutes)
        }
        do throws(CalendarError) {
            return try WorkingCalendar(hours: week, bankHolidays: directory.workingHolidays)
        } catch {
            throw .hours(error)
        }
    }

    private var onBankHolidays: BankHolidayHours {
        if !bankHolidayHours.isEmpty {
            return .hours(
                bankHolidayHours.map { OpeningInterval(opening: $0.open.minutes, closing: $0.close.minutes) })
        }
        return bankHolidays ? .closed : .asUsual
    }

    private func termDates(_ directory: HubDirectory) throws(CalendarFault) -> [ClosedRange<CivilDate>] {
        guard let terms else { return [] }
        guard let found = directory.schoolTerms.first(where: { $0.id == terms }) else { throw .unknownTerms(terms) }
        guard !found.dates.isEmpty else { throw .noTerms(terms) }
        var ranges: [ClosedRange<CivilDate>] = []
        for span in found.dates {
            guard span.first <= span.last else { throw .backwards(span) }
            ranges.append(span.first...span.last)
        }
        return ranges
    }
}
