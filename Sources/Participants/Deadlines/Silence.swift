import DomainJSON
import DomainModel
import JSON
import Room
import WorkingTime

// Quiet is never read as 'nothing known': an agency that was heard of and is no more is before the desk.

struct HeardRow: Hashable, Sendable, JSONCodable {
    var agency: AgencyName
    var authority: AuthorityCode
    var last: Instant

    init(agency: AgencyName, authority: AuthorityCode, last: Instant) {
        self.agency = agency
        self.authority = authority
        self.last = last
    }
    init(json: JSONValue) throws(JSONError) {
        agency = try json.required("agency")
        authority = try json.required("authority")
        last = try json.required("last")
    }
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("agency", agency)
        json.field("authority", authority)
        json.field("last", last)
        json.endObject()
    }
}

extension Event {
    /// Whose sign of life it is. A refused message is one too: somebody is there and sends.
    var heardAgency: AgencyName? {
        switch body {
        case .referralSubmitted(let submitted): submitted.content.agency
        case .referralCorrected(let corrected): corrected.content.agency
        case .referralWithdrawn(let withdrawn): withdrawn.agency
        case .referralRepeated(let repeated): repeated.agency
        case .returnSubmitted(let submitted): submitted.content.agency
        case .returnDeclined(let declined): declined.content.agency
        case .returnCorrected(let corrected): corrected.content.agency
        case .returnWithdrawn(let withdrawn): withdrawn.agency
        case .submissionRefused(let refused): refused.participant == nil ? refused.agency : nil
        default: nil
        }
    }
}

extension Setting {
    /// When an agency that was last heard then counts as silent. Nil: it is not watched, or its clock cannot be set,
    /// which `check` tells.
    func silence(of agency: AgencyName, since last: Instant) -> Instant? {
        guard let watch = watch(agency), let calendar = calendar(watch.calendar) else { return nil }
        return try? WorkingTime.dueInstant(from: last, budget: watch.budget, calendar: calendar)
    }
}

extension Deadlines {
    /// It has been quiet for too long. A sign of life is owed since the last one, and the desk is told.
    mutating func fallsSilent(_ row: HeardRow, _ cause: Event) {
        guard let setting = state.setting(row.authority) else { return }
        let facts = ObligationFacts(
            obligation: Names.signal(row.agency, in: row.authority), kind: .signal, agency: row.agency)
        begin(facts, from: row.last, alert: AlertCode.silent, again: Reason.silent, cause, setting)
    }

    mutating func heardAgain(_ agency: AgencyName, _ input: Event) {
        meet(Names.signal(agency, in: input.authority), input)
    }
}
