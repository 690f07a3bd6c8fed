internal import DomainModel

/// Phrases for people: weekday, day and month, 24-hour clock of London, the year where it is not the start's.
enum Words {
    static func phrase(_ step: WorkingStep, year: Int?) -> String {
        switch step {
        case .received(let start): "received \(moment(start))"
        case .outsideOpening(let from): "outside opening, so counted from \(moment(from, year: year))"
        case .elapsed(let length): "\(duration(length)) counted round the clock"
        case .counted(let length, let from, let until, let atClosing):
            "\(duration(length)) counted on \(day(LondonTime.civil(of: from).date, year: year)) "
                + "from \(time(from)) until \(atClosing ? "closing at " : "")\(closing(until, openedAt: from, year: year))"
        case .countedOpenings(let count, let length, let first, let last):
            "\(duration(length)) counted in \(plural(count, "opening")), \(days(first, last, year: year))"
        case .countedWithinOpening(let length, let first, let last):
            "\(duration(length)) within opening counted, \(days(first, last, year: year))"
        case .closed(let first, let last, let reason):
            "closed \(days(first, last, year: year))\(because(reason))"
        case .closedRegularly(let count): "\(plural(count, "day")) without opening hours not counted"
        case .closedBesides(let count): "\(plural(count, "other closed day")) not counted"
        case .workingDays(let count, let last):
            "\(plural(count, "working day")) counted, the last \(day(last, year: year))"
        case .days(let count, let last): "\(plural(count, "day")) counted, the last \(day(last, year: year))"
        case .clocksChanged(let at, let isForward):
            "the clocks go \(isForward ? "forward" : "back") on \(day(LondonTime.civil(of: at).date, year: year))"
        case .skippedTime(let at):
            "that time does not exist on \(day(LondonTime.civil(of: at).date, year: year)), so \(time(at)), "
                + "when the clocks have gone forward"
        case .repeatedTime(let at):
            "that time comes twice on \(day(LondonTime.civil(of: at).date, year: year)), so the first"
        case .movedIntoOpening(let from, let to):
            "\(time(from)) is outside opening on \(day(LondonTime.civil(of: from).date, year: year)), "
                + "so moved to \(closing(to, openedAt: from, year: year))"
        case .suspended(let from, let until):
            "stopped from \(moment(from, year: year)) until \(moment(until, year: year))"
        case .suspendedBesides(let count): "stopped \(count == 1 ? "once" : "\(count) times") more"
        case .due(let due): "due \(moment(due))"
        case .wanted(let end): "wanted by \(moment(end))"
        case .begin(let start): "begins by \(moment(start))"
        }
    }

    /// `Wed 23 Dec 2026 15:10`; without the year where it is the given one.
    static func moment(_ instant: Instant, year: Int? = nil) -> String {
        "\(day(LondonTime.civil(of: instant).date, year: year)) \(time(instant))"
    }

    static func day(_ date: CivilDate, year: Int?) -> String {
        let short = "\(Weekday(of: date)) \(date.day) \(months[date.month - 1])"
        return date.year == year ? short : "\(short) \(date.year)"
    }

    /// `15:10`; with seconds where there are any, and milliseconds likewise.
    static func time(_ instant: Instant) -> String {
        let civil = LondonTime.civil(of: instant)
        var text = time(minutes: civil.minutesOfDay)
        if civil.second != 0 || civil.millisecond != 0 { text += ":\(padded(civil.second, 2))" }
        if civil.millisecond != 0 { text += ".\(padded(civil.millisecond, 3))" }
        return text
    }

    static func time(minutes: Int) -> String { "\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))" }

    /// `1 h 50 min`, `30 s`, `250 ms`.
    static func duration(_ milliseconds: Int64) -> String {
        let parts = [
            (milliseconds / 3_600_000, "h"), (milliseconds / 60_000 % 60, "min"), (milliseconds / 1000 % 60, "s"),
            (milliseconds % 1000, "ms"),
        ].filter { $0.0 != 0 }
        return parts.isEmpty ? "0 min" : parts.map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }

    /// The midnight that ends a day reads 24:00, not 00:00 of the day after, which people take for the night before.
    private static func closing(_ instant: Instant, openedAt opening: Instant, year: Int?) -> String {
        let (openingDay, _) = LondonTime.dayAndTime(of: opening)
        let (closingDay, inDay) = LondonTime.dayAndTime(of: instant)
        if closingDay == openingDay { return time(instant) }
        if closingDay == openingDay + 1, inDay == 0 { return "24:00" }
        return moment(instant, year: year)
    }

    private static func days(_ first: CivilDate, _ last: CivilDate, year: Int?) -> String {
        if first == last { return day(first, year: year) }
        return "\(day(first, year: first.year == last.year ? first.year : year)) to \(day(last, year: year))"
    }

    private static func because(_ reason: ClosureReason) -> String {
        switch reason {
        case .regular: ""
        case .bankHoliday: " (bank holiday)"
        case .closedDate: " (closed date)"
        case .outsideTerm: " (outside term)"
        }
    }

    private static func plural(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
