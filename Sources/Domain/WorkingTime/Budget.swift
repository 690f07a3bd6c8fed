/// How long somebody has, in the unit in which the promise was made: "24 hours", "24 working hours" and "1 working day"
/// are three different promises and are never converted into one another.
public struct Budget: Hashable, Sendable {
    public enum Unit: String, CaseIterable, Hashable, Sendable {
        /// Elapsed hours, whatever the hour of day.
        case hours = "h"
        /// Hours within opening.
        case workingHours = "wh"
        /// The same local time so many working days on.
        case workingDays = "wd"
        /// The same local time so many days on.
        case days = "d"
        /// Elapsed minutes.
        case minutes = "m"
        /// Elapsed seconds.
        case seconds = "s"

        /// The largest value of a budget in this unit.
        public var valueMax: Int {
            switch self {
            case .hours, .workingHours, .workingDays, .days: WorkingTimeLimits.budgetMax
            case .minutes, .seconds: WorkingTimeLimits.shortBudgetMax
            }
        }
    }

    public let value: Int
    public let unit: Unit

    public init(_ value: Int, _ unit: Unit) throws(BudgetError) {
        guard value > 0 else { throw .zero }
        guard value <= unit.valueMax else { throw .tooLong(max: unit.valueMax, unit) }
        self.value = value
        self.unit = unit
    }

    /// Reads `4h`, `6wh`, `1wd`, `3d`, `90m`, `30s`: decimal digits and one unit, nothing between or around.
    public init(parsing text: some StringProtocol) throws(BudgetError) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty else { throw .noNumber }
        guard let unit = Unit(rawValue: String(text.dropFirst(digits.count))) else { throw .unknownUnit }
        guard let value = Int(digits) else { throw .tooLong(max: unit.valueMax, unit) }
        try self.init(value, unit)
    }

    /// The length of a budget in elapsed or working time; nil for those that count days.
    var milliseconds: Int64? {
        switch unit {
        case .hours, .workingHours: Int64(value) * 3_600_000
        case .minutes: Int64(value) * 60_000
        case .seconds: Int64(value) * 1000
        case .workingDays, .days: nil
        }
    }
}

extension Budget: CustomStringConvertible {
    /// As `init(parsing:)` reads it: `6wh`.
    public var description: String { "\(value)\(unit.rawValue)" }
}

public enum BudgetError: Error, Hashable, Sendable, CustomStringConvertible {
    case noNumber
    case unknownUnit
    case zero
    case tooLong(max: Int, Budget.Unit)

    public var description: String {
        switch self {
        case .noNumber: "a budget begins with a whole number, as in 4h, 6wh, 1wd, 3d, 90m or 30s"
        case .unknownUnit:
            "the unit of a budget is h (hours), wh (working hours), wd (working days), d (days), m (minutes) or s (seconds)"
        case .zero: "a budget is at least 1 of its unit"
        case .tooLong(let max, let unit): "a budget in \(unit.rawValue) is at most \(max)"
        }
    }
}
