import DomainModel
import Room
import Sealing

/// Builds what Intake tells senders: receipts and refusals, by the allow-lists.
struct Receipts {
    /// In every receipt and refusal: a message to the hub must never be taken for a call for help.
    static let notice =
        "This hub is not an emergency service. If a child is in immediate danger, call 999; to reach the police otherwise, call 101."

    let lists: AllowLists
    let time: Instant
    let authority: AuthorityCode

    /// - Parameter repeated: how often the message has come again; 0 for the first time.
    func referral(
        _ reference: String, to agency: AgencyName, receivedAt: Instant, children: Int, marks: [Mark], repeated: Int,
        cause: EventID
    ) -> Outgoing {
        outgoing(.referralReceived, to: .agency(agency), subject: reference, cause: cause, repeated: repeated) { out in
            out.field("reference", reference)
            out.field("receivedAt", receivedAt.description)
            out.field("children", children)
            out.field("marks", marks)
        }
    }

    func returned(
        _ request: String, to agency: AgencyName, receivedAt: Instant, kind: String?, marks: [Mark], repeated: Int,
        cause: EventID
    ) -> Outgoing {
        outgoing(.returnReceived, to: .agency(agency), subject: request, cause: cause, repeated: repeated) { out in
            out.field("reference", request)
            out.field("receivedAt", receivedAt.description)
            out.field("kind", kind)
            out.field("marks", marks)
        }
    }

    /// - Parameter subject: the entry that was decided on, where one was named.
    func decision(_ id: EventID, subject: EntryID?, to team: TeamName, receivedAt: Instant, repeated: Int) -> Outgoing {
        outgoing(
            .decisionReceived, to: .team(team), subject: subject?.description ?? id.description, cause: id,
            repeated: repeated
        ) { out in
            out.field("decision", id.description)
            out.field("receivedAt", receivedAt.description)
        }
    }

    func answer(_ id: EventID, alert: String, to desk: DeskName, receivedAt: Instant, repeated: Int) -> Outgoing {
        outgoing(.answerReceived, to: .desk(desk), subject: alert, cause: id, repeated: repeated) { out in
            out.field("alert", alert)
            out.field("receivedAt", receivedAt.description)
        }
    }

    func refusal(_ refused: SubmissionRefused, advice: StaticString, to recipient: Recipient, cause: EventID)
        -> Outgoing
    {
        let reference = refused.reference ?? refused.deadLetter.description
        return outgoing(.submissionRefused, to: recipient, subject: reference, cause: cause, repeated: nil) { out in
            out.field("reference", reference)
            out.field("receivedAt", time.description)
            out.field("channel", refused.channel.rawValue)
            out.field("reason", refused.reason)
            out.field("pointer", refused.pointer)
            out.field("advice", advice.description)
        }
    }

    /// - Parameter repeated: nil where the record is no receipt.
    private func outgoing(
        _ type: OutgoingType, to recipient: Recipient, subject: String, cause: EventID, repeated: Int?,
        _ write: (inout OutgoingWriter) -> Void
    ) -> Outgoing {
        var derivation = Derivation("outgoing")
        derivation.add(cause)
        derivation.add(type.rawValue)
        switch recipient {
        case .agency(let name): derivation.add(name)
        case .team(let name): derivation.add(name)
        case .desk(let name): derivation.add(name)
        }
        derivation.add(repeated ?? 0)
        let id: EventID = derivation.id()
        var out = OutgoingWriter(lists, type, to: recipient.audience)
        write(&out)
        if let repeated { out.field("repeated", repeated > 0) }
        out.field("notice", Receipts.notice)
        // The key is the record's own id: queues and alerts are compacted, and a receipt must not stand in the place of
        // the entry or the alert that it is about.
        return Outgoing(
            recipient: recipient, id: id, source: .intake, type: type, subject: subject, time: time,
            authority: authority, key: id.description, data: out.finish())
    }
}
