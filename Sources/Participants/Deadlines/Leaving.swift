import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing

// What leaves the room: the present state of an alert to its desk, a reminder to whoever owes it.
extension Deadlines {
    mutating func tell(
        _ desk: DeskName, _ type: OutgoingType, _ alert: AlertRaised, state: String,
        answer: AlertAcknowledged? = nil, _ event: Event
    ) {
        var data = OutgoingWriter(equipment.allowLists, type, to: .desk)
        data.field("alert", alert.alert)
        data.field("obligation", alert.facts.obligation)
        data.field("code", alert.code)
        data.field("state", state)
        data.field("kind", alert.facts.kind)
        data.field("agency", alert.facts.agency)
        data.field("team", alert.facts.team)
        data.field("case", alert.facts.caseID)
        data.field("referral", alert.facts.referral)
        data.field("rating", alert.facts.rating)
        data.field("role", alert.role)
        data.field("onCall", alert.onCall)
        data.field("since", alert.since)
        data.field("due", alert.due)
        data.field("arming", alert.arming)
        data.field("rung", alert.rung)
        data.field("until", answer?.until)
        data.field("answeredBy", answer?.staff)
        data.field("promise", answer?.promise)
        if answer?.isSpent == true { data.field("spent", true) }
        send(.desk(desk), type, subject: alert.alert.description, key: alert.alert.description, data.finish(), event)
    }

    /// To the agency alone, under its own reference.
    mutating func remind(
        _ agency: AgencyName, _ reference: String, _ kind: ObligationKind, _ due: Instant, _ event: Event
    ) {
        var data = OutgoingWriter(equipment.allowLists, .obligationReminded, to: .agency)
        data.field("reference", reference)
        data.field("owed", kind)
        data.field("due", due)
        send(.agency(agency), .obligationReminded, subject: reference, key: nil, data.finish(), event)
    }

    /// To the team whose person decided, about what could not stand.
    mutating func tell(_ refused: DecisionRefused, _ event: Event) {
        var data = OutgoingWriter(equipment.allowLists, .decisionRefused, to: .team)
        data.field("decision", refused.decision)
        data.field("person", refused.by.staff)
        data.field("verb", refused.verb)
        data.field("reason", refused.reason)
        data.field("case", refused.caseID)
        data.field("entry", refused.entry)
        send(
            .team(refused.by.team), .decisionRefused, subject: refused.decision.description, key: nil, data.finish(),
            event)
    }

    private mutating func send(
        _ recipient: Recipient, _ type: OutgoingType, subject: String, key: String?, _ data: [UInt8], _ event: Event
    ) {
        var derivation = Derivation("outgoing")
        derivation.add(event.id)
        derivation.add(type.rawValue)
        switch recipient {
        case .agency(let agency): derivation.add(agency)
        case .team(let team): derivation.add(team)
        case .desk(let desk): derivation.add(desk)
        }
        derivation.add(subject)
        let id: EventID = derivation.id()
        postings.append(
            .outgoing(
                Outgoing(
                    recipient: recipient, id: id, source: .deadlines, type: type, subject: subject, time: event.time,
                    authority: event.authority, key: key ?? id.description, data: data)))
    }
}
