/// Who referred, as the Children in Need census codes it (1A to 10). Open: a census list can grow.
public struct ReferralSource: Hashable, Sendable {
    public let code: String
    /// - Returns: nil for a code that the census (2025-26) does not list.
    public init?(_ code: some StringProtocol) {
        guard ReferralSource.listed.contains(String(code)) else { return nil }
        self.code = String(code)
    }
    public static let listed: [String] = [
        "1A", "1B", "1C", "1D", "2A", "2B", "3A", "3B", "3C", "3D", "3E", "3F", "4", "5A", "5B", "5C", "5D", "6", "7",
        "8", "9", "10",
    ]
    /// Individuals and the anonymous (1A–1D, 9, 10): they get a receipt, and learn no outcome unless the policy says so.
    public var isPublic: Bool { code.first == "1" || code == "9" }
}

/// An assessment factor of the Children in Need census, such as `3B` (domestic violence, parent or carer). The letter
/// says whom it is about: A the child, B a parent or carer, C another person.
public struct FactorCode: Hashable, Comparable, Sendable {
    public let code: String
    /// - Returns: nil for a code that is not in the list. 18A and 19A are accepted as legacy and never emitted.
    public init?(_ code: some StringProtocol) {
        guard FactorCode.listed.contains(String(code)) else { return nil }
        self.code = String(code)
    }
    public static func < (left: Self, right: Self) -> Bool { left.code < right.code }
    public static let listed: [String] = [
        "1A", "1B", "1C", "2A", "2B", "2C", "3A", "3B", "3C", "4A", "4B", "4C", "5A", "5B", "5C", "6A", "6B", "6C",
        "7A", "8B", "8C", "8D", "8E", "8F", "9A", "10A", "11A", "12A", "13A", "14A", "15A", "16A", "17A", "18A", "18B",
        "18C", "19A", "19B", "19C", "20", "21", "22A", "23A", "24A",
    ]
}

public enum Sex: String, Hashable, Sendable, CaseIterable {
    case male = "M"
    case female = "F"
    case unknown = "U"
}

/// What kind of agency; decides which requests a policy sends it and how an outcome is worded to it.
public enum AgencyKind: String, Hashable, Sendable, CaseIterable {
    case police, school, gp, housing, probation, camhs, ambulance, lado
    /// The contact centre or web form that the public uses.
    case generalPublic = "public"
    case socialCare = "social-care"
    case education = "education-service"
    case hospital
    case healthVisiting = "health-visiting"
    case schoolNursing = "school-nursing"
    case earlyHelp = "early-help"
    case adultServices = "adult-services"
    case substanceMisuse = "substance-misuse"
    case voluntary
}

public enum TeamKind: String, Hashable, Comparable, Sendable, CaseIterable {
    case mash
    case familyHelp = "family-help"
    case macpt
    case earlyHelp = "early-help"
    /// The hub's own: assigns what names no known authority.
    case hubReview = "hub-review"

    /// By code, so that lists by kind have one order.
    public static func < (left: TeamKind, right: TeamKind) -> Bool { left.rawValue < right.rawValue }
}

/// What `hub.yaml` allows a member of staff to do.
public enum Role: String, Hashable, Sendable, CaseIterable {
    case mashManager = "mash-manager"
    case mashPractitioner = "mash-practitioner"
    case teamManager = "team-manager"
    case practitioner
    case duty
    case hubReviewer = "hub-reviewer"
}

/// A child's age at receipt, coarse enough for the open facts of an event; the birth date itself stays sealed.
public enum AgeBand: String, Hashable, Sendable, CaseIterable {
    case unborn
    case under1 = "under-1"
    case from1to4 = "1-4"
    case from5to9 = "5-9"
    case from10to15 = "10-15"
    case from16to17 = "16-17"
    case adult = "18-and-over"
    case unknown

    public init(birth: CivilDate, on day: CivilDate) {
        var years = day.year - birth.year
        if (day.month, day.day) < (birth.month, birth.day) { years -= 1 }
        switch years {
        case ..<0: self = .unknown
        case 0: self = .under1
        case 1...4: self = .from1to4
        case 5...9: self = .from5to9
        case 10...15: self = .from10to15
        case 16...17: self = .from16to17
        default: self = .adult
        }
    }
}

public enum AdultRelationship: String, Hashable, Sendable, CaseIterable {
    case parent, carer, other
    case allegedSource = "alleged-source"
}

public enum ReturnKind: String, Hashable, Sendable, CaseIterable {
    case full, partial, declined
    /// Checked, nothing known: an answer, which silence is not.
    case nothingKnown = "nil"
}

public enum DeclineReason: String, Hashable, Sendable, CaseIterable {
    case noLawfulBasis = "no-lawful-basis"
    case notProportionate = "not-proportionate"
    case prejudiceInvestigation = "prejudice-to-investigation"
    case couldNotIdentify = "could-not-identify"
    case notOurRecord = "not-our-record"
    case other
}

public enum WithdrawalReason: String, Hashable, Sendable, CaseIterable {
    case sentInError = "sent-in-error"
    case wrongPerson = "wrong-person"
    case superseded, other
}
