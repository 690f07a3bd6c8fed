extension MatchDecision {
    /// The comparison in words that a practitioner understands, without a value in it: "same NHS number and birth date;
    /// given name differs by one letter; address differs". Empty where nobody was compared.
    public var sentence: String { Sentence.text(of: comparisons) }
}

public enum Sentence {
    public static func text(of comparisons: [Comparison]) -> String {
        var same: [String] = []
        var rest: [String] = []
        // That they have changed places is said once, of the given name where it is the same.
        let isSaidOfGivenName = comparisons.contains { $0.field == .givenName && $0.level == .swapped }
        for line in comparisons where line.field != .prior {
            if line.level == .equal {
                same.append(name(line.field))
            } else if line.level == .swapped, line.field == .familyName, isSaidOfGivenName {
                continue
            } else if let phrase = phrase(line.field, line.level) {
                rest.append(phrase)
            }
        }
        var parts: [String] = []
        if let last = same.last {
            let others = same.dropLast().joined(separator: ", ")
            parts.append("same " + (others.isEmpty ? last : "\(others) and \(last)"))
        }
        return (parts + rest).joined(separator: "; ")
    }

    static func name(_ field: Comparison.Field) -> String {
        switch field {
        case .nhsNumber: "NHS number"
        case .upn: "pupil number"
        case .givenName: "given name"
        case .furtherName: "further given name"
        case .familyName: "family name"
        case .birthDate: "birth date"
        case .expectedDate: "expected date"
        case .sex: "sex"
        case .address: "address"
        case .parent: "parent"
        case .prior: ""
        }
    }

    static func phrase(_ field: Comparison.Field, _ level: Comparison.Level) -> String? {
        let name = name(field)
        return switch level {
        case .equal, .absent: nil
        case .differs: "\(name) differs"
        case .oneEdit: field == .birthDate ? "birth date differs by one digit" : "\(name) differs by one letter"
        case .bothNames: "given names differ by one letter, and both are common names"
        case .alike: field == .parent ? "a parent's name is much the same" : "\(name) is alike"
        case .shortForm: "one given name is a form of the other"
        case .transliterated: "\(name) is spelt otherwise"
        case .swapped: "given and family name have changed places"
        case .contained: "one part of the family name is the same"
        case .further: "given name is a further given name of the other"
        case .initial: "\(name) agrees by its initial"
        case .beginning: "\(name) agrees by its first two letters"
        case .dayMonthSwapped: "day and month of birth have changed places"
        case .near:
            field == .expectedDate
                ? "expected date agrees within weeks" : "birth date is an estimate, within a year"
        case .yearOff: "birth date is a year off"
        case .sameYear: "same year of birth only"
        case .postcode: "same postcode, address line differs or is missing"
        case .line: "same address line, postcode missing"
        case .shared: "same address, which many families share"
        }
    }
}
