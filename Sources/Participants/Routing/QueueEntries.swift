import DomainJSON
import DomainModel
import HubConfiguration
import JSON
import Room

// What a team's queue shows: of each entry the present state, with all that the team needs to decide. An entry that has
// ended says so and no more: who no longer works on a child keeps nothing about it in the queue.

extension Routing {
    /// - Parameter input: what led to it; a return's words come from there.
    mutating func show(_ change: EntryChange, cause: Event, input: Event) {
        var writer = OutgoingWriter(equipment.allowLists, .entryUpdated, to: .team)
        writer.field("entry", change.entry)
        writer.field("kind", change.kind)
        writer.field("state", change.state)
        if change.state.isOpen, let row = state.entries[change.entry] {
            writer.field("about", change.about)
            if let id = row.caseID {
                if change.about == Routing.ratingReview { writer.field("proposedRating", state.cases[id]?.proposed) }
                writeCase(id, to: &writer)
                writeNews(input, of: id, to: &writer)
            } else if let referral = row.referral, let child = row.child {
                writeReview(referral, child, input: input, to: &writer)
            }
        }
        send(
            .entryUpdated, to: .team(change.team), subject: change.entry.description,
            key: change.entry.description, cause: cause, data: writer.finish())
    }

    private func writeCase(_ id: CaseID, to writer: inout OutgoingWriter) {
        guard let row = state.cases[id] else { return }
        writer.field("case", id)
        writer.field("rating", row.rating)
        writer.field("reasons", row.reasons)
        writer.field("danger", row.danger ? true : nil)
        writer.field("asof", row.newest)
        var told: [ReferralID] = []
        for child in row.children where !told.contains(child.referral) { told.append(child.referral) }
        writeReferrals(told.compactMap { state.referrals[$0]?.content }, children: row.children, to: &writer)
        var siblings: [CaseID] = []
        for referral in told {
            for sibling in state.referrals[referral]?.states ?? [] {
                if let other = sibling.caseID, other != id, !siblings.contains(other) { siblings.append(other) }
            }
        }
        writer.list("siblings", siblings) { writer, sibling in writer.field("case", sibling) }
        if let newest = row.children.last { writeChild(newest.child, of: newest.referral, to: &writer) }
    }

    private func writeReferrals(
        _ referrals: [ReferralContent], children: [CaseChild] = [], to writer: inout OutgoingWriter
    ) {
        guard let first = referrals.first else { return }
        writer.field("receivedAt", first.receivedAt)
        writer.field("immediateDanger", referrals.contains { $0.immediateDanger } ? true : nil)
        writer.list("referrals", referrals) { writer, content in
            writer.field("referral", content.referral)
            writer.field("agency", content.agency)
            writer.field("source", content.source)
            writer.field("receivedAt", content.receivedAt)
            writer.field(
                "children", children.filter { $0.referral == content.referral }.map(\.child.description))
        }
    }

    /// A child and what the referral says about it: not what it says about the other children.
    private func writeChild(_ child: ChildID, of referral: ReferralID, to writer: inout OutgoingWriter) {
        guard let row = state.referrals[referral], let facts = row.facts(of: child) else { return }
        if let person = person(facts.part, of: referral) {
            writer.object("child") { writer in
                writer.field("part", facts.part)
                writer.field("ageBand", facts.ageBand)
                write(person, protected: facts.protectedAddress, to: &writer)
            }
        }
        let words = text(of: referral)
        writer.field("narrative", words?.narrative)
        let concerns = PlainConcern.joined(row.content.concerns, words).filter { $0.isShown(with: facts.part) }
        write(concerns, as: "concerns", to: &writer)
    }

    private func write(_ person: PlainPerson, protected: Bool, to writer: inout OutgoingWriter) {
        writer.field("givenName", person.name.given)
        writer.field("familyName", person.name.family)
        writer.list("aliases", person.aliases) { writer, alias in
            writer.field("givenName", alias.given)
            writer.field("familyName", alias.family)
        }
        writer.field("birthDate", person.birthDate)
        writer.field("birthDateEstimated", person.birthDateEstimated)
        writer.field("expectedDate", person.expectedDate)
        writer.field("sex", person.sex)
        writer.field("nhsNumber", person.nhsNumber)
        writer.field("upn", person.upn)
        writer.field("laChildId", person.laChildID)
        if protected || person.isProtected {
            writer.field("address", "protected: ask")
        } else if person.hasAddress {
            writer.field("address", (person.addressLines + [person.postcode].compactMap { $0 }).joined(separator: ", "))
        }
    }

    private func write(_ concerns: [PlainConcern], as name: StaticString, to writer: inout OutgoingWriter) {
        writer.list(name, concerns) { writer, concern in
            writer.field("about", concern.about)
            writer.field("factor", concern.facts?.factor)
            writer.field("historic", concern.facts?.historic)
            writer.field("eventDate", concern.facts?.eventDate)
            writer.field("opinion", concern.facts?.opinion == true ? true : nil)
            writer.field("restricted", concern.isRestricted ? true : nil)
            writer.field("narrative", concern.isRestricted ? nil : concern.narrative)
        }
    }

    /// What is new, where a return is what led to the entry.
    private func writeNews(_ input: Event, of id: CaseID, to writer: inout OutgoingWriter) {
        let content: ReturnContent
        switch input.body {
        case .returnSubmitted(let returned): content = returned.content
        case .returnCorrected(let returned): content = returned.content
        case .returnDeclined(let returned): content = returned.content
        default: return
        }
        guard state.requests[content.request]?.caseID == id else { return }
        writer.object("return") { writer in
            writer.field("request", content.request)
            writer.field("agency", content.agency)
            writer.field("kind", content.kind)
            writer.field("identified", content.identified)
            writer.field("declineReason", content.declineReason)
            let words = input.part(.text).flatMap { text($0) }
            writer.field("narrative", words?.narrative)
            write(PlainConcern.joined(content.findings, words), as: "findings", to: &writer)
        }
    }

    private func writeReview(
        _ referral: ReferralID, _ child: ChildID, input: Event, to writer: inout OutgoingWriter
    ) {
        if case .childIdentified(let identified) = input.body, identified.child == child {
            writer.field("candidates", identified.candidates)
        }
        writer.field("childId", child)
        if let content = state.referrals[referral]?.content { writeReferrals([content], to: &writer) }
        writeChild(child, of: referral, to: &writer)
    }

    /// The person is told why their decision cannot stand, and what is newest.
    mutating func tell(_ refused: DecisionRefused, cause: Event) {
        var writer = OutgoingWriter(equipment.allowLists, .decisionRefused, to: .team)
        writer.field("decision", refused.decision)
        writer.field("person", refused.by.staff)
        writer.field("verb", refused.verb)
        writer.field("reason", refused.reason)
        writer.field("case", refused.caseID)
        writer.field("entry", refused.entry)
        writer.field("newest", refused.newest)
        writer.list("entries", refused.entries) { writer, entry in
            writer.field("entry", entry.entry)
            writer.field("kind", entry.kind)
            writer.field("state", entry.state)
            writer.field("about", entry.about)
        }
        send(
            .decisionRefused, to: .team(refused.by.team), subject: refused.decision.description, cause: cause,
            data: writer.finish())
    }
}
