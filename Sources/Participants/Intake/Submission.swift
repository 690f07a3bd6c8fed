import CloudEvents
import DomainModel
import JSON
import Room
import Sealing

/// A message that is a CloudEvent of a type that its channel takes, with readable JSON: what the rest judges.
struct Submission {
    let record: IngressRecord
    let type: IngressType
    let data: JSONValue
    let others: [CloudEvent.Attribute]
    /// Keyed hash of the channel, its owner and the CloudEvents id: this message's row and its event's id, and for a new
    /// referral the referral's. Ids are told apart by channel, because between topics there is no order: which of two
    /// messages with one id was refused would hang on chance.
    let key: EventID
    /// The same for the message that this one names as `earlier`; nil where it names none.
    let earlier: EventID?
    /// What is known of that one.
    var earlierRow: SubmissionRow?
    let content: Identifier<ContentSubject>

    init(record: IngressRecord, type: IngressType, event: CloudEvent, data: JSONValue, keyed: KeyedHash) {
        self.record = record
        self.type = type
        self.data = data
        others = event.others
        key = Submission.key(record.topic, event.id, keyed)
        if let text = try? data.member("earlier")?.string(), !text.isEmpty, text.utf8.count <= Limits.senderIdBytesMax {
            earlier = Submission.key(record.topic, text, keyed)
        } else {
            earlier = nil
        }
        var derivation = keyed.derivation("content")
        derivation.add(event.type)
        // Written again, so that blanks make no other content; the order of members does.
        derivation.add(data.serialised())
        content = derivation.id()
    }

    private static func key(_ topic: IngressTopic, _ id: String, _ keyed: KeyedHash) -> EventID {
        switch topic {
        case .referrals(let agency):
            var derivation = keyed.derivation("referral")
            derivation.add(agency)
            derivation.add(id)
            return derivation.id()
        case .returns(let agency):
            var derivation = keyed.derivation("return")
            derivation.add(agency)
            derivation.add(id)
            return derivation.id()
        case .decisions(let team):
            var derivation = keyed.derivation("decision")
            derivation.add(team)
            derivation.add(id)
            return derivation.id()
        case .answers(let desk):
            var derivation = keyed.derivation("answer")
            derivation.add(desk)
            derivation.add(id)
            return derivation.id()
        case .records:
            var derivation = keyed.derivation("record")
            derivation.add(id)
            return derivation.id()
        }
    }

    /// The id of the message that a correction or withdrawal must name.
    func requiredEarlier() throws(Refusal) -> EventID {
        guard let earlier else { throw Refusal(.fieldUnreadable, at: JSONPointer("earlier")) }
        return earlier
    }

    /// What a withdrawal says why; anything that is not listed is `other`, and marked.
    func withdrawalReason(_ marks: inout Marks) -> WithdrawalReason {
        marks.code(data, "reason", at: .root) { WithdrawalReason(rawValue: $0) } ?? .other
    }
}
