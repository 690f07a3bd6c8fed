public import DomainModel

/// Europe/London by rule: one hour ahead of UTC from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last
/// Sunday of October (The Summer Time Order 2002; in force in this form since 1996). Earlier years are reckoned by the
/// same rule, which differs from what clocks then showed; no deadline of the hub lies there.
///
/// By rule and not from the machine's tables: a due time must be the same on every machine that replays the room.
public enum LondonTime {
    static let hour: Int64 = 3_600_000
    static let day: Int64 = 86_400_000

    /// Milliseconds that London's clocks are ahead of UTC: 0 or 3,600,000.
    public static func offset(at instant: Instant) -> Int64 {
        offset(atUTC: instant.milliseconds)
    }

    public static func civil(of instant: Instant) -> CivilDateTime {
        let (day, inDay) = dayAndTime(of: instant)
        return CivilDateTime(date: CivilDate(daysSinceEpoch: day), millisecondsOfDay: inDay)
    }

    /// The instant at which London's clocks show `civil`.
    ///
    /// A time that the clocks skip in March becomes the first instant after the gap (02:00 BST); a time that they show
    /// twice in October is the first of the two.
    public static func instant(of civil: CivilDateTime) -> Instant {
        instant(day: civil.date.daysSinceEpoch, millisecondsOfDay: Int64(civil.millisecondsOfDay))
    }

    /// Whether London's clocks skip this local time.
    public static func isSkipped(_ civil: CivilDateTime) -> Bool {
        Self.civil(of: instant(of: civil)) != civil
    }

    /// Whether London's clocks show this local time twice.
    public static func isRepeated(_ civil: CivilDateTime) -> Bool {
        let first = instant(of: civil)
        return Self.civil(of: first.adding(milliseconds: hour)) == civil
    }

    /// The first change of the clocks in `(after, through]`, and whether they go forward.
    static func change(after: Instant, through: Instant) -> (at: Instant, isForward: Bool)? {
        guard through > after else { return nil }
        var year = CivilDate(daysSinceEpoch: dayAndTime(of: after).day).year
        let last = CivilDate(daysSinceEpoch: dayAndTime(of: through).day).year
        while year <= last {
            for month in [3, 10] {
                let at = Instant(milliseconds: Int64(lastSunday(ofMonth: month, year: year)) * day + hour)
                if at > after { return at <= through ? (at, month == 3) : nil }
            }
            year += 1
        }
        return nil
    }

    /// The local day as days since 1970-01-01, and the milliseconds of that day.
    static func dayAndTime(of instant: Instant) -> (day: Int, inDay: Int) {
        let utc = min(max(instant.milliseconds, -62_135_596_800_000), 253_402_300_799_999)
        let local = utc + offset(atUTC: utc)
        let days = local.flooredDivision(by: day)
        return (Int(days), Int(local - days * day))
    }

    /// `millisecondsOfDay` may be 86,400,000: the midnight that ends the day.
    static func instant(day days: Int, millisecondsOfDay: Int64) -> Instant {
        let local = Int64(days) * day + millisecondsOfDay
        if offset(atUTC: local - hour) == hour { return Instant(milliseconds: local - hour) }
        if offset(atUTC: local) == 0 { return Instant(milliseconds: local) }
        return Instant(milliseconds: Int64(days) * day + hour)
    }

    private static func offset(atUTC utc: Int64) -> Int64 {
        let clamped = min(max(utc, -62_135_596_800_000), 253_402_300_799_999)
        let days = Int(clamped.flooredDivision(by: day))
        let date = CivilDate(daysSinceEpoch: days)
        switch date.month {
        case 4...9: return hour
        case 3: return clamped >= Int64(lastSunday(ofMonth: 3, year: date.year)) * day + hour ? hour : 0
        case 10: return clamped < Int64(lastSunday(ofMonth: 10, year: date.year)) * day + hour ? hour : 0
        default: return 0
        }
    }

    /// Days since 1970-01-01. `month` has 31 days.
    private static func lastSunday(ofMonth month: Int, year: Int) -> Int {
        guard let last = CivilDate(year: year, month: month, day: 31) else { return 0 }
        return last.daysSinceEpoch - last.weekday % 7
    }
}
