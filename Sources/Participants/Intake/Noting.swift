import CloudEvents
import DomainModel
import JSON
import Room
import Sealing

// What Delivery notes becomes an event of the thread. Delivery is a part of the hub, so nobody is sent a receipt; a
// record that cannot be read is a dead letter like any other.
extension Intake {
    func noted(_ event: CloudEvent, _ record: IngressRecord) throws(Refusal) -> Event {
        guard let type = EventType(name: event.type), type == .alertDelivered || type == .alertFailed else {
            throw Refusal(.unknownType, at: JSONPointer("type"))
        }
        guard let cause = EventID(event.id) else { throw Refusal(.notACloudEvent, at: JSONPointer("id")) }
        let facts: AlertDelivery
        do throws(JSONError) {
            facts = try AlertDelivery(json: try parser.parse(event.data))
        } catch {
            throw Refusal(error)
        }
        let stated = event.value(of: "localauthority").flatMap { AuthorityCode(gss: $0) } ?? .hub
        let authority = state.members.knows(stated) ? stated : .hub
        var derivation = Derivation("noted")
        derivation.add(cause)
        return try self.event(
            derivation.id(), type == .alertFailed ? .alertFailed(facts) : .alertDelivered(facts),
            subject: Intake.subject(of: facts, in: authority), of: authority, for: record, correlation: facts.referral)
    }

    private static func subject(of facts: AlertDelivery, in authority: AuthorityCode) -> Subject {
        // A case of another room would put the event into no thread at all.
        if let caseID = facts.caseID, caseID.authority == authority { return .caseID(caseID) }
        if let request = facts.request { return .request(request) }
        if let referral = facts.referral { return .referral(referral) }
        return authority == .hub ? .hub : .authority(authority)
    }
}
