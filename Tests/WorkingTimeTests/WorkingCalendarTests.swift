import DomainModel
import Testing
import WorkingTime

@Suite struct WorkingCalendarTests {
    @Test func hoursAreHalfOpen() throws {
        let office = try Desk.office.calendar()
        #expect(!office.isOpen(at: try local("2026-12-23 08:59:59")))
        #expect(office.isOpen(at: try local("2026-12-23 09:00")))
        #expect(office.isOpen(at: try local("2026-12-23 16:59:59")))
        #expect(!office.isOpen(at: try local("2026-12-23 17:00")))
        #expect(!office.isOpen(at: try local("2026-12-25 12:00")))
        #expect(WorkingCalendar.continuous.isOpen(at: try local("2026-12-25 12:00")))
    }

    @Test func nextOpeningIsNowWhereOpen() throws {
        let office = try Desk.office.calendar()
        let noon = try local("2026-12-23 12:00")
        #expect(office.nextOpening(atOrAfter: noon) == noon)
        #expect(office.nextOpening(atOrAfter: try local("2026-12-24 17:00")) == (try local("2026-12-29 09:00")))
        #expect(WorkingCalendar.continuous.nextOpening(atOrAfter: noon) == noon)
        #expect(try Desk.school.calendar().nextOpening(atOrAfter: local("2026-07-22 00:00")) == nil)
    }

    @Test func closingRunsOnOverMidnight() throws {
        let night = try Desk.night.calendar()
        #expect(night.closing(after: try local("2026-01-05 22:00")) == (try local("2026-01-06 08:45")))
        #expect(night.closing(after: try local("2026-01-09 20:00")) == (try local("2026-01-12 08:45")))
        #expect(night.closing(after: try local("2026-01-05 12:00")) == (try local("2026-01-06 08:45")))
        let office = try Desk.office.calendar()
        #expect(office.closing(after: try local("2026-12-23 17:00")) == (try local("2026-12-24 17:00")))
        #expect(WorkingCalendar.continuous.closing(after: try local("2026-12-23 17:00")) == nil)
        var always = WeeklyHours(onBankHolidays: .asUsual)
        for weekday in Weekday.allCases { always[weekday] = [.allDay] }
        #expect(try WorkingCalendar(hours: always).closing(after: local("2026-12-23 17:00")) == nil)
    }

    @Test func bankHolidaysCanBeDaysLikeOthers() throws {
        var hours = WeeklyHours.officeHours
        #expect(hours.observesBankHolidays)
        hours.observesBankHolidays = false
        #expect(try WorkingCalendar(hours: hours).isOpen(at: local("2026-12-25 12:00")))
    }

    @Test func extraHoursOpenADateAndWithAClosedDateReplaceIt() throws {
        var hours = WeeklyHours.officeHours
        hours.closedDates = [try date("2026-12-24"), try date("2026-12-29"), try date("2026-12-29")]
        hours.extraHours = [
            .init(date: try date("2026-12-25"), intervals: [try interval("10:00-12:00")]),
            .init(date: try date("2026-12-24"), intervals: [try interval("09:00-13:00")]),
            .init(date: try date("2026-12-23"), intervals: [try interval("16:00-20:00")]),
        ]
        let calendar = try WorkingCalendar(hours: hours)
        #expect(calendar.closing(after: try local("2026-12-23 16:30")) == (try local("2026-12-23 20:00")))
        #expect(calendar.closing(after: try local("2026-12-24 09:00")) == (try local("2026-12-24 13:00")))
        #expect(calendar.isOpen(at: try local("2026-12-25 11:00")))
        #expect(calendar.nextOpening(atOrAfter: try local("2026-12-25 12:00")) == (try local("2026-12-30 09:00")))
    }

    @Test func hoursInsideTheSkippedHourAreNone() throws {
        var hours = WeeklyHours()
        hours[.sunday] = [try interval("01:10-01:50")]
        let calendar = try WorkingCalendar(hours: hours)
        #expect(calendar.nextOpening(atOrAfter: try local("2026-03-29 00:00")) == (try local("2026-04-05 01:10")))
        let due = try WorkingTime.dueInstant(
            from: local("2026-03-22 01:20"), budget: Budget(1, .workingDays), calendar: calendar)
        #expect(due == (try local("2026-04-05 01:20")))
        hours[.sunday] = [try interval("01:10-01:20"), try interval("01:30-02:00")]
        let twice = try WorkingTime.dueInstant(
            from: local("2026-03-22 01:15"), budget: Budget(1, .workingDays), calendar: WorkingCalendar(hours: hours))
        #expect(twice == (try local("2026-04-05 01:15")))
    }

    @Test func mistakesInTheHoursAreNamed() throws {
        let morning = try interval("09:00-12:00")
        let late = try interval("11:59-13:00")
        func fault(_ change: (inout WeeklyHours) -> Void) -> CalendarError? {
            var hours = WeeklyHours.officeHours
            change(&hours)
            do throws(CalendarError) {
                _ = try WorkingCalendar(hours: hours)
                return nil
            } catch { return error }
        }
        let noon = try interval("12:00-13:00")
        let day = try date("2026-12-24")
        let empty = OpeningInterval(opening: 600, closing: 600)
        let tooLong = OpeningInterval(opening: 600, closing: 1441)
        let early = OpeningInterval(opening: -1, closing: 60)
        #expect(fault { $0[.monday] = [late, morning] } == .overlapping(.weekday(.monday), morning, late))
        #expect(fault { $0[.sunday] = [empty] } == .badInterval(.weekday(.sunday), empty))
        #expect(fault { $0[.sunday] = [tooLong] } == .badInterval(.weekday(.sunday), tooLong))
        #expect(fault { $0[.sunday] = [early] } == .badInterval(.weekday(.sunday), early))
        #expect(fault { $0.onBankHolidays = .hours([]) } == .noHours(.bankHolidays))
        #expect(fault { $0.onBankHolidays = .hours([empty]) } == .badInterval(.bankHolidays, empty))
        #expect(fault { $0.extraHours = [.init(date: day, intervals: [])] } == .noHours(.date(day)))
        #expect(
            fault {
                $0.extraHours = [.init(date: day, intervals: [morning]), .init(date: day, intervals: [late])]
            } == .repeated(day))
        #expect(fault { $0 = WeeklyHours() } == .neverOpen)
        #expect(fault { $0[.monday] = [morning, noon] } == nil)
        #expect(
            CalendarError.overlapping(.weekday(.monday), morning, late).description
                == "the hours 09:00–12:00 and 11:59–13:00 on Mon overlap")
    }

    @Test func clockTimesAreReadStrictly() {
        #expect(OpeningInterval.minutes(of: "17:15") == 1035)
        #expect(OpeningInterval.minutes(of: "24:00") == 1440)
        for bad in ["24:01", "9:00", "09:60", "09-00", "", "0９:00", "+9:00"] {
            #expect(OpeningInterval.minutes(of: bad) == nil)
        }
    }
}
