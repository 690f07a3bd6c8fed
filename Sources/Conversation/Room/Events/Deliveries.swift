import DomainJSON
public import DomainModel
public import JSON

/// `alert.delivered`, `alert.failed`: that the present state of an alert reached a tool of its desk, or word of something
/// new in an inbox a tool of its agency; or that it did not. Of a re-post of what the tool has already, nothing is said.
public struct AlertDelivery: Hashable, Sendable, JSONCodable {
    /// The record of the desk's alerts or of the agency's inbox.
    public var record: EventID
    public var alert: AlertID?
    public var desk: DeskName?
    /// Whose inbox holds something new.
    public var agency: AgencyName?
    public var request: String?
    public var caseID: CaseID?
    public var referral: ReferralID?
    /// `raised`, `escalated`, `acknowledged`, `cleared`; `requested`, `reminded`, `withdrawn`.
    public var told: String
    public var sink: SinkName
    public var channel: DeliveryChannel
    public var at: Instant
    /// So far, this one included.
    public var attempts: Int
    /// Of a failure: a code, never what a tool answered.
    public var reason: String?
    /// It is not tried again.
    public var gaveUp: Bool

    public init(
        record: EventID, alert: AlertID? = nil, desk: DeskName? = nil, agency: AgencyName? = nil,
        request: String? = nil, caseID: CaseID? = nil, referral: ReferralID? = nil, told: String, sink: SinkName,
        channel: DeliveryChannel, at: Instant, attempts: Int, reason: String? = nil, gaveUp: Bool = false
    ) {
        self.record = record
        self.alert = alert
        self.desk = desk
        self.agency = agency
        self.request = request
        self.caseID = caseID
        self.referral = referral
        self.told = told
        self.sink = sink
        self.channel = channel
        self.at = at
        self.attempts = attempts
        self.reason = reason
        self.gaveUp = gaveUp
    }

    public init(json: JSONValue) throws(JSONError) {
        record = try json.required("record")
        alert = try json.optional("alert")
        desk = try json.optional("desk")
        agency = try json.optional("agency")
        request = try json.optional("request")
        caseID = try json.optional("case")
        referral = try json.optional("referral")
        told = try json.required("told")
        sink = try json.required("sink")
        channel = try json.required("channel")
        at = try json.required("at")
        attempts = try json.required("attempts")
        reason = try json.optional("reason")
        gaveUp = try json.optional("gaveUp") ?? false
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("record", record)
        json.field("alert", alert)
        json.field("desk", desk)
        json.field("agency", agency)
        json.field("request", request)
        json.field("case", caseID)
        json.field("referral", referral)
        json.field("told", told)
        json.field("sink", sink)
        json.field("channel", channel)
        json.field("at", at)
        json.field("attempts", attempts)
        json.field("reason", reason)
        json.fieldIfTrue("gaveUp", gaveUp)
        json.endObject()
    }
}
