public import DomainModel
import JSON

extension RecordedDeadLetter {
    /// What a person's decision to have this letter taken once more says, as its sender writes it: the letter brings the
    /// original and what came with it, sealed as they lie in it.
    /// - Parameter subject: of the event that a participant could not take; nil for what Intake had refused.
    public func redriveDecision(
        by person: String, reason: DecisionReason, note: String? = nil, subject: Subject?
    ) -> [UInt8] {
        var json = JSONWriter(reserving: 4096)
        json.beginObject()
        json.field("person", person)
        json.field("verb", DecisionVerb.redrive.rawValue)
        json.field("reason", reason)
        json.field("note", note)
        json.key("letter")
        json.beginObject()
        json.field("id", id)
        json.field("origin", origin)
        json.field("service", service)
        json.field("subject", subject?.description)
        json.field("original", original)
        json.field("head", head)
        json.endObject()
        json.endObject()
        return json.bytes
    }
}
