public import DomainModel

/// Opening within one day, in minutes from local midnight: open at `opening`, no longer open at `closing`.
public struct OpeningInterval: Hashable, Sendable, CustomStringConvertible {
    /// 0 to 1439.
    public let opening: Int
    /// 1 to 1440, which is the midnight that ends the day.
    public let closing: Int

    public init(opening: Int, closing: Int) {
        self.opening = opening
        self.closing = closing
    }

    public static let allDay = OpeningInterval(opening: 0, closing: 1440)

    /// Minutes from midnight of `HH:MM`, `00:00` to `24:00`; nil for anything else.
    public static func minutes(of text: some StringProtocol) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == 58, [0, 1, 3, 4].allSatisfy({ (48...57).contains(bytes[$0]) })
        else { return nil }
        let hours = Int(bytes[0] - 48) * 10 + Int(bytes[1] - 48)
        let minutes = Int(bytes[3] - 48) * 10 + Int(bytes[4] - 48)
        guard minutes < 60, hours * 60 + minutes <= 1440 else { return nil }
        return hours * 60 + minutes
    }

    /// `09:00–17:00`.
    public var description: String { "\(Words.time(minutes: opening))–\(Words.time(minutes: closing))" }
}

/// What bank holidays do to the hours of the week.
public enum BankHolidayHours: Hashable, Sendable {
    case closed
    /// The hours of that weekday: a bank holiday is a day like another.
    case asUsual
    /// These in place of the weekday's: an Emergency Duty Team is open all day.
    case hours([OpeningInterval])
}

/// When a desk or an agency is open, as its people would say it. Nothing is checked here; `WorkingCalendar` does that.
public struct WeeklyHours: Hashable, Sendable {
    private var week: [[OpeningInterval]]
    public var onBankHolidays: BankHolidayHours
    /// Closed whatever the weekday; `extraHours` on the same date still hold, so both together replace a day's hours.
    public var closedDates: [CivilDate]
    /// Open then as well, whatever the weekday, bank holiday or term.
    public var extraHours: [ExtraHours]
    /// School terms: open on dates inside one of these only. Empty: all year.
    public var terms: [ClosedRange<CivilDate>]

    public struct ExtraHours: Hashable, Sendable {
        public let date: CivilDate
        public let intervals: [OpeningInterval]

        public init(date: CivilDate, intervals: [OpeningInterval]) {
            self.date = date
            self.intervals = intervals
        }
    }

    public init(
        onBankHolidays: BankHolidayHours = .closed, closedDates: [CivilDate] = [], extraHours: [ExtraHours] = [],
        terms: [ClosedRange<CivilDate>] = []
    ) {
        week = Array(repeating: [], count: 7)
        self.onBankHolidays = onBankHolidays
        self.closedDates = closedDates
        self.extraHours = extraHours
        self.terms = terms
    }

    public subscript(weekday: Weekday) -> [OpeningInterval] {
        get { week[weekday.rawValue - 1] }
        set { week[weekday.rawValue - 1] = newValue }
    }

    public var observesBankHolidays: Bool {
        get { onBankHolidays != .asUsual }
        set { onBankHolidays = newValue ? .closed : .asUsual }
    }

    /// Open on `weekdays` from one time to another, in minutes of the day. A closing at or before the opening is on the
    /// next morning and becomes two intervals: `17:15`–`08:45` on Sunday is Sunday 17:15–24:00 and Monday 00:00–08:45.
    public mutating func open(_ weekdays: [Weekday], from opening: Int, until closing: Int) {
        for weekday in weekdays {
            if closing > opening {
                self[weekday].append(OpeningInterval(opening: opening, closing: closing))
            } else {
                self[weekday].append(OpeningInterval(opening: opening, closing: 1440))
                if closing > 0 { self[weekday.next].append(OpeningInterval(opening: 0, closing: closing)) }
            }
        }
    }

    /// Open on one date as well; over midnight as on a weekday.
    public mutating func open(on date: CivilDate, from opening: Int, until closing: Int) {
        if closing > opening {
            add(OpeningInterval(opening: opening, closing: closing), on: date)
        } else {
            add(OpeningInterval(opening: opening, closing: 1440), on: date)
            if closing > 0 { add(OpeningInterval(opening: 0, closing: closing), on: date.adding(days: 1)) }
        }
    }

    /// A date stands once in the list, however many stretches it has.
    private mutating func add(_ interval: OpeningInterval, on date: CivilDate) {
        guard let place = extraHours.firstIndex(where: { $0.date == date }) else {
            extraHours.append(ExtraHours(date: date, intervals: [interval]))
            return
        }
        extraHours[place] = ExtraHours(date: date, intervals: extraHours[place].intervals + [interval])
    }

    /// Monday to Friday 09:00–17:00, closed on bank holidays: the `office-hours` that ship.
    public static var officeHours: WeeklyHours {
        var hours = WeeklyHours()
        hours.open([.monday, .tuesday, .wednesday, .thursday, .friday], from: 540, until: 1020)
        return hours
    }
}

/// Why hours cannot be used. Names places in the configuration, nothing from outside.
public enum CalendarError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Place: Hashable, Sendable, CustomStringConvertible {
        case weekday(Weekday)
        case date(CivilDate)
        case bankHolidays

        public var description: String {
            switch self {
            case .weekday(let weekday): "on \(weekday)"
            case .date(let date): "on \(date)"
            case .bankHolidays: "on bank holidays"
            }
        }
    }

    /// No weekday, bank holiday or extra date has any hours.
    case neverOpen
    /// An opening that is not before its closing, or not within 00:00–24:00.
    case badInterval(Place, OpeningInterval)
    case overlapping(Place, OpeningInterval, OpeningInterval)
    /// A date or bank holidays are given hours, but the list is empty.
    case noHours(Place)
    /// The same date twice in the extra hours.
    case repeated(CivilDate)

    public var description: String {
        switch self {
        case .neverOpen: "the calendar is never open: give hours for at least one weekday or date"
        case .badInterval(let place, let interval):
            "the hours \(interval) \(place) are not an opening before a closing within 00:00–24:00"
        case .overlapping(let place, let first, let second): "the hours \(first) and \(second) \(place) overlap"
        case .noHours(let place): "the list of hours \(place) is empty"
        case .repeated(let date): "extra hours on \(date) are given twice"
        }
    }
}
