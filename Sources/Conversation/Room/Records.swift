import CloudEvents
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
        let headers = HeaderWriter(
            id: noted.id, by: .delivery, type: noted.type.rawValue, time: noted.facts.at, authority: noted.authority)
        var json = JSONWriter()
        noted.facts.write(to: &json)
        return NewRecord(
            TopicPartition(topics.records, 0), key: noted.id.bytes, headers: headers.finish(), value: json.bytes)
    }
}
