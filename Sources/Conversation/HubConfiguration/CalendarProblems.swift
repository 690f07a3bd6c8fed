public import DomainModel
import WorkingTime

extension HubDirectory {
    /// What is wrong with calendars and terms, as sentences for whoever maintains them; empty where nothing is.
    ///
    /// - Parameter day: today, in London.
    public func calendarProblems(on day: CivilDate) -> [String] {
        var problems: [String] = []
        for calendar in calendars {
            do throws(CalendarFault) {
                _ = try calendar.workingCalendar(in: self)
            } catch {
                problems.append("calendar \(calendar.id): \(error)")
            }
            if calendar.continuous, calendar != CalendarHours(id: calendar.id, continuous: true) {
                problems.append("calendar \(calendar.id): it is continuous, so its hours are never read")
            }
            if calendar.bankHolidays, !calendar.bankHolidayHours.isEmpty {
                problems.append(
                    "calendar \(calendar.id): bankHolidays closes it then and bankHolidayHours opens it; keep one")
            }
        }
        for terms in schoolTerms where calendars.contains(where: { $0.terms == terms.id }) {
            problems += self.problems(of: terms, on: day)
        }
        for date in bankHolidays.added where bankHolidays.removed.contains(date) {
            problems.append("bankHolidays: \(date) is both added and removed")
        }
        for date in bankHolidays.removed where !BankHolidays.englandAndWales.contains(date) {
            problems.append("bankHolidays: \(date) is removed but is none")
        }
        for date in bankHolidays.added where BankHolidays.englandAndWales.contains(date) {
            problems.append("bankHolidays: \(date) is added but is one already")
        }
        return problems
    }

    /// Terms that run out leave schools closed for good: every clock on them would fail to be set.
    private func problems(of terms: SchoolTerms, on day: CivilDate) -> [String] {
        var problems: [String] = []
        let sorted = terms.dates.sorted { $0.first < $1.first }
        for (earlier, later) in zip(sorted, sorted.dropFirst()) where later.first <= earlier.last {
            problems.append("schoolTerms \(terms.id): the term from \(later.first) begins within the one before")
        }
        if let last = sorted.map(\.last).max(), last < day.adding(days: Self.termsAheadDays) {
            problems.append("schoolTerms \(terms.id): they end on \(last); list the next school year's")
        }
        return problems
    }

    /// Days. A summer holiday and the weeks before it, in which authorities publish what comes next.
    static let termsAheadDays = 100
}
