import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing

// A heartbeat says that its sender is there, and nothing else. So it is told to the room of every authority that the
// agency serves; no receipt answers it, which would be one message more for each of something that nobody waits for; and
// none is a repeat of another: whoever sends twice is there twice. Its id is not kept. One that holds anything is refused:
// it may be a return under the wrong name, which must not be lost.
extension Intake {
    mutating func heartbeat(_ data: JSONValue, _ record: IngressRecord, of name: AgencyName) throws(Refusal)
        -> [Posting]
    {
        guard let agency = state.members.agency(name) else { throw Refusal(.unknownSender) }
        guard (try? data.members())?.count == 0 else { throw Refusal(.fieldUnreadable, at: .root) }
        let served = state.authorities.filter { authority in
            agency.authorities.isEmpty ? authority != .hub : agency.authorities.contains(authority)
        }
        let count = state.heartbeats[name.text]?.count ?? 0
        var postings: [Posting] = []
        for authority in served.isEmpty ? [.hub] : served {
            var derivation = equipment.keyed.derivation("heartbeat")
            derivation.add(name)
            derivation.add(authority)
            derivation.add(Int(count))
            let event = try event(
                derivation.id(), .heartbeatSent(HeartbeatSent(agency: name)),
                subject: authority == .hub ? .hub : .authority(authority), of: authority, for: record)
            postings.append(.room(event))
        }
        state.beat(name)
        return postings
    }
}
