import DomainJSON
import DomainModel
import HubConfiguration
import JSON
import Room

// What agencies are sent. Never narrative, referrer, another agency's return, another child, an adult, or anything that
// would tell one agency that another has reported.

extension Routing {
    static let beingConsidered = "The front door has your referral and is considering it."
    static let notice =
        "This hub is not an emergency service. If a child is in immediate danger, call 999."

    // MARK: Requests

    /// Sends a request, unless its case was closed meanwhile or the agency must not be told of the child. Its text is
    /// built here and nowhere kept: the particulars are opened for it alone.
    mutating func send(_ requested: ReturnRequested, cause: Event) {
        guard state.isAskable(requested),
            let referral = state.referrals[requested.referral], let facts = referral.facts(of: requested.child),
            !referral.withholds(requested.child, from: requested.agency),
            // A child whose key was destroyed is asked about no more.
            let person = person(facts.part, of: requested.referral)
        else { return }
        let kind = state.adoptions.inForce(for: cause.authority)?.configuration.agencies.first {
            $0.id == requested.agency
        }?.kind
        var writer = OutgoingWriter(equipment.allowLists, .returnRequested, to: .agency)
        writer.field("reference", requested.request)
        writer.field("asked", requested.topics)
        writer.field("purpose", requested.purpose)
        writer.field("necessity", requested.necessity)
        writer.field("rating", requested.rating)
        writer.field("notice", Routing.notice)
        writer.object("child") { writer in
            write(particularsOf: person, protected: facts.protectedAddress, to: kind, in: &writer)
        }
        send(
            .returnRequested, to: .agency(requested.agency), subject: requested.request, cause: cause,
            data: writer.finish())
    }

    /// Only what can be used: what is faulty may be free text in the wrong place, and stays with the teams.
    private func write(
        particularsOf person: PlainPerson, protected: Bool, to kind: AgencyKind?, in writer: inout OutgoingWriter
    ) {
        writer.field("givenName", person.name.given)
        writer.field("familyName", person.name.family)
        writer.field("birthDate", person.birthDate.flatMap { CivilDate(iso8601: $0) })
        writer.field("expectedDate", person.expectedDate.flatMap { CivilDate(iso8601: $0) })
        writer.field("sex", person.sex.flatMap { Sex(rawValue: $0) })
        writer.field("nhsNumber", person.nhsNumber.flatMap { NHSNumber($0)?.text })
        // A UPN is for educational use only.
        if kind == .school || kind == .education {
            writer.field("upn", person.upn.flatMap { UPN($0)?.text })
        }
        guard !protected, !person.isProtected, person.hasAddress else { return }
        writer.object("address") { writer in
            writer.field("lines", person.addressLines)
            writer.field("postcode", person.postcode)
        }
    }

    /// After a correction, whoever was asked about the child by this referral gets the particulars as they are now; who
    /// must no longer be told is told that the request is withdrawn.
    mutating func resend(_ id: CaseID, of referral: ReferralID, cause: Event) {
        for request in state.cases[id]?.requests ?? [] {
            guard let requested = state.requests[request], requested.referral == referral else { continue }
            if state.referrals[referral]?.withholds(requested.child, from: requested.agency) == true {
                withdraw([request], cause: cause)
            } else {
                send(requested, cause: cause)
            }
        }
    }

    /// - Parameter words: what the agency should know besides, where that is more than that no answer is needed.
    mutating func withdraw(_ requests: [String], words: String? = nil, cause: Event) {
        for request in requests {
            guard let requested = state.requests[request] else { continue }
            var writer = OutgoingWriter(equipment.allowLists, .requestWithdrawn, to: .agency)
            writer.field("reference", request)
            writer.field("words", words)
            send(
                .requestWithdrawn, to: .agency(requested.agency), subject: request, cause: cause, data: writer.finish())
        }
    }

    // MARK: Referrers

    /// Tells every referrer of the case who has not been told: a person's queue has their referral now (KCSIE 2025 §62).
    mutating func acknowledge(_ id: CaseID, cause: Event, in room: RoomView) {
        for child in state.cases[id]?.children ?? [] {
            guard let row = state.referrals[child.referral], !row.acknowledged else { continue }
            let content = row.content
            let told = ReferralAcknowledged(
                referral: child.referral, agency: content.agency, reference: content.reference)
            let event = post(
                .referralAcknowledged(told), subject: .referral(child.referral), referral: child.referral,
                cause: cause, in: room)
            var writer = OutgoingWriter(equipment.allowLists, .referralAcknowledged, to: .agency)
            writer.field("reference", content.reference)
            writer.field("words", Routing.beingConsidered)
            writer.field("notice", Routing.notice)
            send(
                .referralAcknowledged, to: .agency(content.agency), subject: content.reference, cause: event,
                data: writer.finish())
        }
    }

    /// The children whose referrer is told the outcome of a closed case, in the words that the policy allows for the
    /// class of referrer; where it has none, nothing. Nor is anyone told who must not be told of the child, or who took
    /// the referral back.
    func concluded(_ children: [CaseChild], outcome: Outcome, in room: RoomView) -> [ChildID] {
        children.compactMap { child in
            guard let row = state.referrals[child.referral], !row.withdrawn, row.facts(of: child.child) != nil,
                words(outcome, to: row.content.source, in: room) != nil,
                children.allSatisfy({
                    state.referrals[$0.referral]?.withholds($0.child, from: row.content.agency) != true
                })
            else { return nil }
            return child.child
        }
    }

    private func words(_ outcome: Outcome, to source: ReferralSource, in room: RoomView) -> String? {
        room.policy.outcomes.first { $0.outcome == outcome && $0.sources.contains(source) }?.words
    }

    mutating func conclude(
        _ children: [CaseChild], told: [ChildID], outcome: Outcome, cause: Event, in room: RoomView
    ) {
        for child in children where told.contains(child.child) {
            guard let row = state.referrals[child.referral], let facts = row.facts(of: child.child),
                let words = words(outcome, to: row.content.source, in: room)
            else { continue }
            var writer = OutgoingWriter(equipment.allowLists, .referralConcluded, to: .agency)
            writer.field("reference", row.content.reference)
            // Which of the children that the sender named, by their order: a word of the hub's, not the sender's key.
            writer.field("child", facts.part)
            writer.field("words", words)
            // Two children of one referral may be one person: each of them is told of.
            send(
                .referralConcluded, to: .agency(row.content.agency), subject: row.content.reference, cause: cause,
                what: facts.part.description, data: writer.finish())
        }
    }
}
