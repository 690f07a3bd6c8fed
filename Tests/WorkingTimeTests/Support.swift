import DomainModel
import Testing
import WorkingTime

/// `2026-12-23 15:10` or `2026-12-23 15:10:30` as London's clocks show it.
func local(_ text: String) throws -> Instant {
    let parts = text.split(separator: " ")
    let date = try #require(CivilDate(iso8601: parts[0]))
    let numbers = parts[1].split(separator: ":").compactMap { Int($0) }
    let civil = try #require(
        CivilDateTime(
            date: date, hour: numbers[0], minute: numbers[1], second: numbers.count > 2 ? numbers[2] : 0))
    return LondonTime.instant(of: civil)
}

func utc(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

func date(_ text: String) throws -> CivilDate { try #require(CivilDate(iso8601: text)) }

func interval(_ text: String) throws -> OpeningInterval {
    let parts = text.split(separator: "-")
    return OpeningInterval(
        opening: try #require(OpeningInterval.minutes(of: parts[0])),
        closing: try #require(OpeningInterval.minutes(of: parts[1])))
}

enum Desk: String, CaseIterable, Sendable {
    /// Monday to Friday 09:00–17:00.
    case office
    /// An Emergency Duty Team: Monday to Thursday 17:15–08:45, Friday 16:45 to Monday 08:45, bank holidays all day.
    case night
    /// A health clinic: 09:00–12:30 and 13:30–17:00, Wednesdays 10:00–12:00 and 14:00–16:00, Fridays mornings only.
    case clinic
    /// A school: 08:30–15:30 in the terms of spring and summer 2026.
    case school
    case continuous

    func calendar() throws -> WorkingCalendar {
        switch self {
        case .office: return try WorkingCalendar(hours: .officeHours)
        case .continuous: return .continuous
        case .night:
            var hours = WeeklyHours(onBankHolidays: .hours([.allDay]))
            hours.open([.monday, .tuesday, .wednesday, .thursday], from: 1035, until: 525)
            hours.open([.friday], from: 1005, until: 1440)
            hours[.saturday] = [.allDay]
            hours.open([.sunday], from: 0, until: 1440)
            hours[.monday].append(OpeningInterval(opening: 0, closing: 525))
            return try WorkingCalendar(hours: hours)
        case .clinic:
            var hours = WeeklyHours()
            hours.open([.monday, .tuesday, .thursday, .friday], from: 540, until: 750)
            hours.open([.monday, .tuesday, .thursday], from: 810, until: 1020)
            hours[.wednesday] = [try interval("14:00-16:00"), try interval("10:00-12:00")]
            return try WorkingCalendar(hours: hours)
        case .school:
            var hours = WeeklyHours(terms: [
                try date("2026-01-05")...date("2026-02-13"), try date("2026-02-23")...date("2026-03-27"),
                try date("2026-04-13")...date("2026-07-21"),
            ])
            hours.open([.monday, .tuesday, .wednesday, .thursday, .friday], from: 510, until: 930)
            return try WorkingCalendar(hours: hours)
        }
    }
}

/// SplitMix64: seeded, so that a failure can be had again.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
