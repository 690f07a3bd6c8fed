public import DomainModel
public import JSON

// How the words of the domain are written in JSON. Apart from the domain, which depends on nothing.

extension RAG: JSONCodable {}
extension Sex: JSONCodable {}
extension AgencyKind: JSONCodable {}
extension TeamKind: JSONCodable {}
extension Role: JSONCodable {}
extension AgeBand: JSONCodable {}
extension AdultRelationship: JSONCodable {}
extension ReturnKind: JSONCodable {}
extension DeclineReason: JSONCodable {}
extension WithdrawalReason: JSONCodable {}
extension MarkCode: JSONCodable {}
extension IdentityOutcome: JSONCodable {}
extension CaseDisposition: JSONCodable {}
extension EntryKind: JSONCodable {}
extension EntryState: JSONCodable {}
extension DecisionVerb: JSONCodable {}
extension Outcome: JSONCodable {}
extension DecisionReason: JSONCodable {}
extension ObligationKind: JSONCodable {}
extension SubmissionChannel: JSONCodable {}
extension DeliveryChannel: JSONCodable {}

extension Identifier: JSONCodable {
    public init(json: JSONValue) throws(JSONError) {
        guard let read = Identifier(try json.string()) else { throw JSONError(expected: "an id of 26 characters") }
        self = read
    }
    public func write(to json: inout JSONWriter) {
        json.value(plain: 26) { buffer in
            write(to: buffer)
            return 26
        }
    }
}

extension CaseID: JSONCodable {
    public init(json: JSONValue) throws(JSONError) {
        guard let read = CaseID(try json.string()) else { throw JSONError(expected: "a case id") }
        self = read
    }
    public func write(to json: inout JSONWriter) { json.value(plain: 36) { write(to: $0) } }
}

extension Name: JSONCodable {
    public init(json: JSONValue) throws(JSONError) {
        guard let read = Name(try json.string()) else {
            throw JSONError(expected: "a name of 1 to 40 characters a-z, 0-9, dot or hyphen")
        }
        self = read
    }
    public func write(to json: inout JSONWriter) { json.value(text) }
}

extension AuthorityCode: JSONCodable {
    public init(json: JSONValue) throws(JSONError) {
        guard let read = AuthorityCode(gss: try json.string()) else {
            throw JSONError(expected: "a GSS code such as E09000002")
        }
        self = read
    }
    public func write(to json: inout JSONWriter) { json.value(plain: 9) { write(to: $0) } }
}

extension Instant: JSONCodable {
    public init(json: JSONValue) throws(JSONError) {
        guard let read = Instant(rfc3339: try json.string()) else {
            throw JSONError(expected: "an RFC 3339 instant")
        }
        self = read
    }
    public func write(to json: inout JSONWriter) {
        json.value(plain: 24) { write(to: $0) }
    }
}

extension CivilDate: JSONCodable {
    public init(json: JSONValue) throws(JSONError) {
        guard let read = CivilDate(iso8601: try json.string()) else {
            throw JSONError(expected: "a date that exists, YYYY-MM-DD")
        }
        self = read
    }
    public func write(to json: inout JSONWriter) { json.value(description) }
}

extension LevelOfNeed: JSONCodable {
    public init(json: JSONValue) throws(JSONError) {
        guard let read = LevelOfNeed(Int(truncatingIfNeeded: try json.integer())) else {
            throw JSONError(expected: "a level of need, 1 to 4")
        }
        self = read
    }
    public func write(to json: inout JSONWriter) { json.value(level) }
}

extension ReferralSource: JSONCodable {
    public init(json: JSONValue) throws(JSONError) {
        guard let read = ReferralSource(try json.string()) else {
            throw JSONError(expected: "a referral source of the Children in Need census")
        }
        self = read
    }
    public func write(to json: inout JSONWriter) { json.value(code) }
}

extension FactorCode: JSONCodable {
    public init(json: JSONValue) throws(JSONError) {
        guard let read = FactorCode(try json.string()) else {
            throw JSONError(expected: "an assessment factor of the Children in Need census")
        }
        self = read
    }
    public func write(to json: inout JSONWriter) { json.value(code) }
}

extension PartName: JSONCodable {
    public init(json: JSONValue) throws(JSONError) {
        guard let read = PartName(try json.string()) else { throw JSONError(expected: "the name of a part") }
        self = read
    }
    public func write(to json: inout JSONWriter) { json.value(description) }
}

extension NamedPerson: JSONCodable {
    public init(json: JSONValue) throws(JSONError) {
        self.init(
            staff: try json.required("staff"), team: try json.required("team"), role: try json.required("role"))
    }
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("staff", staff)
        json.field("team", team)
        json.field("role", role)
        json.endObject()
    }
}

extension Rating: JSONCodable {
    public init(json: JSONValue) throws(JSONError) {
        self.init(try json.required("urgency"), level: try json.required("level"))
    }
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("urgency", urgency)
        json.field("level", level)
        json.endObject()
    }
}
