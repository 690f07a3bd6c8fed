public import DomainModel
public import EventLog
import JSON

/// What Delivery notes, on its way into the room by way of `hub.records`.
public struct DeliveryRecord: Hashable, Sendable {
    public var id: EventID
    public var authority: AuthorityCode
    public var isFailure: Bool
    public var facts: AlertDelivery

    public init(id: EventID, authority: AuthorityCode, isFailure: Bool, facts: AlertDelivery) {
        self.id = id
        self.authority = authority
        self.isFailure = isFailure
        self.facts = facts
    }

    public var type: EventType { isFailure ? .alertFailed : .alertDelivered }
}

extension RoomCodec {
    public func record(of noted: DeliveryRecord) -> NewRecord {
        var headers = Headers(reserving: 300)
        headers.append("ce_specversion", literal: "1.0")
        headers.append("ce_id", noted.id)
        headers.append("ce_source", "/service/", Service.delivery.rawValue)
        headers.append("ce_type", "frontdoor.", noted.type.rawValue, ".v1")
        headers.append("ce_time", noted.facts.at)
        headers.append("ce_localauthority", noted.authority)
        headers.append("content-type", literal: "application/json")
        var json = JSONWriter()
        noted.facts.write(to: &json)
        return NewRecord(TopicPartition(topics.records, 0), key: noted.id.bytes, headers: headers, value: json.bytes)
    }
}
