/// A short name from the hub's own configuration, typed by what it names: an agency, a team, a desk, a member of staff.
/// One to forty of `a–z 0–9 . -`, beginning with a letter or a digit: it becomes part of topic names.
public struct Name<Subject>: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    public init?(_ text: some StringProtocol) {
        guard (1...40).contains(text.utf8.count), let first = text.utf8.first, first != 45, first != 46,
            text.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 46 })
        else { return nil }
        self.text = String(text)
    }

    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
    public var description: String { text }
}

public enum AgencySubject: Sendable {}
public enum TeamSubject: Sendable {}
public enum DeskSubject: Sendable {}
public enum StaffSubject: Sendable {}
public enum CalendarSubject: Sendable {}
public enum TermsSubject: Sendable {}
public enum PolicySubject: Sendable {}
public enum SinkSubject: Sendable {}

public typealias AgencyName = Name<AgencySubject>
public typealias TeamName = Name<TeamSubject>
public typealias DeskName = Name<DeskSubject>
/// A member of staff as `hub.yaml` lists them; the only people whose decisions count.
public typealias StaffName = Name<StaffSubject>
public typealias CalendarName = Name<CalendarSubject>
/// School terms, as calendars name them.
public typealias TermsName = Name<TermsSubject>
public typealias PolicyName = Name<PolicySubject>
/// A tool of a desk or an agency to which Delivery sends.
public typealias SinkName = Name<SinkSubject>
