import DomainJSON
public import DomainModel
public import JSON

/// An optional field that could not be used: where it stood (schema names and indexes only) and why.
public struct Mark: Hashable, Sendable, JSONCodable {
    public var pointer: String
    public var code: MarkCode

    public init(pointer: String, code: MarkCode) {
        self.pointer = pointer
        self.code = code
    }

    public init(json: JSONValue) throws(JSONError) {
        pointer = try json.required("pointer")
        code = try json.required("code")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("pointer", pointer)
        json.field("code", code)
        json.endObject()
    }
}

/// What may be known of a child without opening a sealed part.
public struct ChildFacts: Hashable, Sendable, JSONCodable {
    public var child: ChildID
    public var part: PartName
    public var ageBand: AgeBand
    public var protectedAddress: Bool
    /// Recipients that must not be told of this child.
    public var withhold: [AgencyName]

    public init(
        child: ChildID, part: PartName, ageBand: AgeBand, protectedAddress: Bool = false,
        withhold: [AgencyName] = []
    ) {
        self.child = child
        self.part = part
        self.ageBand = ageBand
        self.protectedAddress = protectedAddress
        self.withhold = withhold
    }

    public init(json: JSONValue) throws(JSONError) {
        child = try json.required("child")
        part = try json.required("part")
        ageBand = try json.required("ageBand")
        protectedAddress = try json.optional("protectedAddress") ?? false
        withhold = try json.list("withhold")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("child", child)
        json.field("part", part)
        json.field("ageBand", ageBand)
        json.fieldIfTrue("protectedAddress", protectedAddress)
        json.field("withhold", withhold)
        json.endObject()
    }
}

/// What may be known of an adult of the household without opening a sealed part.
public struct AdultFacts: Hashable, Sendable, JSONCodable {
    public var part: PartName
    public var relationship: AdultRelationship
    public var parentalResponsibility: Bool?
    public var withhold: [AgencyName]

    public init(
        part: PartName, relationship: AdultRelationship, parentalResponsibility: Bool? = nil,
        withhold: [AgencyName] = []
    ) {
        self.part = part
        self.relationship = relationship
        self.parentalResponsibility = parentalResponsibility
        self.withhold = withhold
    }

    public init(json: JSONValue) throws(JSONError) {
        part = try json.required("part")
        relationship = try json.required("relationship")
        parentalResponsibility = try json.optional("parentalResponsibility")
        withhold = try json.list("withhold")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("part", part)
        json.field("relationship", relationship)
        json.field("parentalResponsibility", parentalResponsibility)
        json.field("withhold", withhold)
        json.endObject()
    }
}

/// One concern about one person. The words are in the sealed text.
public struct ConcernFacts: Hashable, Sendable, JSONCodable {
    public var about: PartName
    /// Nil where the sender gave none that the census lists.
    public var factor: FactorCode?
    public var historic: Bool
    public var eventDate: CivilDate?
    /// The sender marks it as opinion, not fact.
    public var opinion: Bool
    /// Never leaves the hub.
    public var thirdParty: Bool
    /// Never leaves the hub.
    public var doNotDisclose: Bool

    public init(
        about: PartName, factor: FactorCode? = nil, historic: Bool = false, eventDate: CivilDate? = nil,
        opinion: Bool = false, thirdParty: Bool = false, doNotDisclose: Bool = false
    ) {
        self.about = about
        self.factor = factor
        self.historic = historic
        self.eventDate = eventDate
        self.opinion = opinion
        self.thirdParty = thirdParty
        self.doNotDisclose = doNotDisclose
    }

    public init(json: JSONValue) throws(JSONError) {
        about = try json.required("about")
        factor = try json.optional("factor")
        historic = try json.optional("historic") ?? false
        eventDate = try json.optional("eventDate")
        opinion = try json.optional("opinion") ?? false
        thirdParty = try json.optional("thirdParty") ?? false
        doNotDisclose = try json.optional("doNotDisclose") ?? false
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("about", about)
        json.field("factor", factor)
        json.fieldIfTrue("historic", historic)
        json.field("eventDate", eventDate)
        json.fieldIfTrue("opinion", opinion)
        json.fieldIfTrue("thirdParty", thirdParty)
        json.fieldIfTrue("doNotDisclose", doNotDisclose)
        json.endObject()
    }
}

/// Why it was lawful to share: three separate facts (consent, agreement to a service, parents informed), and the basis.
/// Codes only; the reasons in words are sealed.
public struct SharingRecord: Hashable, Sendable, JSONCodable {
    public var consent: String?
    public var agreement: String?
    public var parentsInformed: String?
    public var notInformedReason: String?
    public var article6: String?
    public var article9: String?
    public var article10: String?
    public var regime: String?
    public var gateway: String?

    public init(
        consent: String? = nil, agreement: String? = nil, parentsInformed: String? = nil,
        notInformedReason: String? = nil, article6: String? = nil, article9: String? = nil,
        article10: String? = nil, regime: String? = nil, gateway: String? = nil
    ) {
        self.consent = consent
        self.agreement = agreement
        self.parentsInformed = parentsInformed
        self.notInformedReason = notInformedReason
        self.article6 = article6
        self.article9 = article9
        self.article10 = article10
        self.regime = regime
        self.gateway = gateway
    }

    public init(json: JSONValue) throws(JSONError) {
        consent = try json.optional("consent")
        agreement = try json.optional("agreement")
        parentsInformed = try json.optional("parentsInformed")
        notInformedReason = try json.optional("notInformedReason")
        article6 = try json.optional("article6")
        article9 = try json.optional("article9")
        article10 = try json.optional("article10")
        regime = try json.optional("regime")
        gateway = try json.optional("gateway")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("consent", consent)
        json.field("agreement", agreement)
        json.field("parentsInformed", parentsInformed)
        json.field("notInformedReason", notInformedReason)
        json.field("article6", article6)
        json.field("article9", article9)
        json.field("article10", article10)
        json.field("regime", regime)
        json.field("gateway", gateway)
        json.endObject()
    }
}
