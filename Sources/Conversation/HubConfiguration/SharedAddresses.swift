import DomainJSON
public import DomainModel
public import JSON

public enum AddressMarkSubject: Sendable {}
/// A listed address as the room has it: a keyed hash, from which nobody without the hub's hash key learns where it is.
public typealias AddressMark = Identifier<AddressMarkSubject>

/// Where people live who are no household: a refuge, a hotel, a hostel, a hospital. That two children live there says
/// nothing of either.
///
/// In `hub.yaml` it is written out. What is adopted, and so what is in the room and in every table, holds its marks
/// alone: where a refuge is has to stay unknown to whoever reads an event.
public struct SharedAddress: Hashable, Sendable, JSONCodable {
    public var authority: AuthorityCode
    /// What it is, for those who keep the list; nothing reads it.
    public var kind: String?
    /// Unique Property Reference Number: up to twelve digits.
    public var uprn: String?
    public var postcode: String?
    /// For those who keep the list. Lines are spelled in too many ways to be compared: all of a postcode counts.
    public var line: String?
    /// Sorted; of what is adopted only.
    public var marks: [AddressMark]

    public init(
        authority: AuthorityCode, kind: String? = nil, uprn: String? = nil, postcode: String? = nil,
        line: String? = nil, marks: [AddressMark] = []
    ) {
        self.authority = authority
        self.kind = kind
        self.uprn = uprn
        self.postcode = postcode
        self.line = line
        self.marks = marks
    }

    public init(json: JSONValue) throws(JSONError) {
        authority = try json.required("authority")
        kind = try json.optional("kind")
        uprn = try json.optional("uprn")
        postcode = try json.optional("postcode")
        line = try json.optional("line")
        marks = try json.list("marks")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("authority", authority)
        json.field("kind", kind)
        json.field("uprn", uprn)
        json.field("postcode", postcode)
        json.field("line", line)
        json.field("marks", marks)
        json.endObject()
    }

    /// Capital letters and digits without blanks, as `RM1 1AA` and `rm11aa` both give; nil where that is no postcode.
    public static func postcode(_ text: String) -> String? {
        var folded = ""
        var digits = 0
        for scalar in text.unicodeScalars {
            switch scalar {
            case "0"..."9":
                digits += 1
                folded.unicodeScalars.append(scalar)
            case "A"..."Z": folded.unicodeScalars.append(scalar)
            case "a"..."z": folded.append(Character(scalar).uppercased())
            case " ", "\u{a0}", "-": continue
            default: return nil
            }
        }
        return (5...7).contains(folded.utf8.count) && (2...3).contains(digits) ? folded : nil
    }

    /// The digits without leading zeros; nil where that is no UPRN.
    public static func uprn(_ text: String) -> String? {
        let digits = text.drop { $0 == "0" || $0 == " " }
        guard (1...12).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        return String(digits)
    }
}

extension HubDirectory {
    /// What is wrong with the list, as sentences that hold no address; empty where nothing is.
    public func sharedAddressProblems() -> [String] {
        var problems: [String] = []
        for (place, address) in sharedAddresses.enumerated() {
            let name = "sharedAddresses \(place + 1) (\(address.authority))"
            if address.authority == .hub || !authorities.contains(where: { $0.gss == address.authority }) {
                problems.append("\(name): there is no such authority of which the hub knows children")
            }
            if let postcode = address.postcode, SharedAddress.postcode(postcode) == nil {
                problems.append("\(name): what stands as its postcode is none")
            }
            if let uprn = address.uprn, SharedAddress.uprn(uprn) == nil {
                problems.append("\(name): what stands as its uprn is none")
            }
            if address.postcode == nil, address.uprn == nil {
                problems.append("\(name): it names neither postcode nor uprn, so no address is ever known by it")
            }
            if !address.marks.isEmpty { problems.append("\(name): marks are the hub's to make") }
        }
        return problems
    }
}
