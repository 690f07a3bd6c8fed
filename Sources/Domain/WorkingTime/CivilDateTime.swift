public import DomainModel

/// What a calendar and a clock on a wall show: a date and a time of day, without a zone.
public struct CivilDateTime: Hashable, Comparable, Sendable {
    public let date: CivilDate
    /// 0 to 86,399,999.
    public let millisecondsOfDay: Int

    /// The time of day is held within 00:00:00.000 and 23:59:59.999.
    public init(date: CivilDate, millisecondsOfDay: Int) {
        self.date = date
        self.millisecondsOfDay = min(max(millisecondsOfDay, 0), 86_399_999)
    }

    /// - Returns: nil where the hour is not 0–23, the minute or second not 0–59, the millisecond not 0–999.
    public init?(date: CivilDate, hour: Int, minute: Int, second: Int = 0, millisecond: Int = 0) {
        guard (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second),
            (0..<1000).contains(millisecond)
        else { return nil }
        self.init(date: date, millisecondsOfDay: ((hour * 60 + minute) * 60 + second) * 1000 + millisecond)
    }

    public var minutesOfDay: Int { millisecondsOfDay / 60_000 }
    public var hour: Int { millisecondsOfDay / 3_600_000 }
    public var minute: Int { millisecondsOfDay / 60_000 % 60 }
    public var second: Int { millisecondsOfDay / 1000 % 60 }
    public var millisecond: Int { millisecondsOfDay % 1000 }

    public static func < (left: CivilDateTime, right: CivilDateTime) -> Bool {
        left.date == right.date ? left.millisecondsOfDay < right.millisecondsOfDay : left.date < right.date
    }
}

/// Days of the week, 1 is Monday (ISO 8601).
public enum Weekday: Int, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    case monday = 1, tuesday, wednesday, thursday, friday, saturday, sunday

    public init(of date: CivilDate) {
        self = Weekday(rawValue: date.weekday) ?? .monday
    }

    public var next: Weekday { Weekday(rawValue: rawValue % 7 + 1) ?? .monday }

    /// `Mon` … `Sun`.
    public var description: String {
        switch self {
        case .monday: "Mon"
        case .tuesday: "Tue"
        case .wednesday: "Wed"
        case .thursday: "Thu"
        case .friday: "Fri"
        case .saturday: "Sat"
        case .sunday: "Sun"
        }
    }
}
