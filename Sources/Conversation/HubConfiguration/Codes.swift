public import JSON

public enum Weekday: String, Hashable, Sendable, CaseIterable, JSONCodable {
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday

    /// 1 is Monday, 7 is Sunday (ISO 8601).
    public var number: Int { (Weekday.allCases.firstIndex(of: self) ?? 0) + 1 }
}

/// The two models of the study that the hub grew from; a real hub lies between, so it is a policy, not a build option.
public enum PolicyProfile: String, Hashable, Sendable, CaseIterable, JSONCodable {
    /// Fewer partners; only Red and Amber go through the MASH.
    case riskAssessment = "risk-assessment"
    /// The whole spectrum with wider partners; early help takes part and services are planned.
    case needsAssessment = "needs-assessment"
}

/// A time of day in whole minutes, `00:00` to `24:00`.
public struct ClockTime: Hashable, Comparable, Sendable, JSONCodable {
    public let minutes: Int

    public init?(_ text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard digits.count == 5, digits[2] == 58,
            [0, 1, 3, 4].allSatisfy({ digits[$0] >= 48 && digits[$0] <= 57 })
        else { return nil }
        let hours = Int(digits[0] - 48) * 10 + Int(digits[1] - 48)
        let rest = Int(digits[3] - 48) * 10 + Int(digits[4] - 48)
        guard rest < 60, hours * 60 + rest <= 1440 else { return nil }
        minutes = hours * 60 + rest
    }

    public init(json: JSONValue) throws(JSONError) {
        guard let read = ClockTime(try json.string()) else { throw JSONError(expected: "a time of day, HH:MM") }
        self = read
    }

    public func write(to json: inout JSONWriter) { json.value(description) }

    public static func < (left: Self, right: Self) -> Bool { left.minutes < right.minutes }
}

extension ClockTime: CustomStringConvertible {
    public var description: String {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(two(minutes / 60)):\(two(minutes % 60))"
    }
}
