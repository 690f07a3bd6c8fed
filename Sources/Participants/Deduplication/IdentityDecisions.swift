import DomainJSON
import DomainModel
import HubConfiguration
import PersonMatching
import Room
import Sealing

/// Why an identity decision cannot stand.
enum IdentityRefusal: String, Hashable, Sendable, CaseIterable {
    case roleMayNot = "role-may-not"
    case notThisTeam = "not-this-team"
    /// The decision names no child, or one that this authority does not know.
    case unknownChild = "unknown-child"
    case unknownPerson = "unknown-person"
    /// Someone has answered already, or nobody was asked.
    case notAwaiting = "not-awaiting"
    /// The child is its person's only record: there is no link to undo.
    case notLinked = "not-linked"
    /// A review of the child is open: the answer to it also undoes the link.
    case stillAwaiting = "still-awaiting"
}

extension Deduplication {
    /// A named person says who a child is: one whom the authority knows, whether proposed or not, or somebody new.
    mutating func confirmIdentity(_ decision: DecisionSubmitted, cause: Event) {
        if let refusal = refusal(of: decision, in: cause.authority) { return refuse(decision, refusal, cause: cause) }
        guard let child = decision.child, let row = state.children[child], row.authority == cause.authority else {
            return refuse(decision, .unknownChild, cause: cause)
        }
        guard row.status == .awaiting else { return refuse(decision, .notAwaiting, cause: cause) }
        let person: PersonID
        if let named = decision.person {
            guard state.people[named]?.authority == row.authority else {
                return refuse(decision, .unknownPerson, cause: cause)
            }
            person = named
        } else if let own = row.person, state.people[own]?.children == [child] {
            // It is somebody of their own already, with a case.
            person = own
        } else {
            person = newPerson(for: child, cause: cause)
        }
        let isKnown = state.people[person] != nil && decision.person != nil
        let decided = IdentityDecided(
            by: decision.by, decision: cause.id, referral: row.referral, child: child, person: person,
            previous: row.person, caseID: caseID(of: person, openedBy: row.referral, in: row.authority),
            previousCase: row.caseID, reason: decision.reason)
        post(.identityConfirmed(decided), about: .referral(row.referral), child: child, row, cause: cause)
        settle(child, isKnown ? .linked : .new, as: person, Deduplication.byAPerson, cause: cause)
    }

    /// A named person undoes a link: the child becomes a person of its own with a case of its own. The case that it
    /// leaves stays, with the referrals of the others or with none; what becomes of it people decide.
    mutating func unlink(_ decision: DecisionSubmitted, cause: Event) {
        if let refusal = refusal(of: decision, in: cause.authority) { return refuse(decision, refusal, cause: cause) }
        guard let child = decision.child, let row = state.children[child], row.authority == cause.authority else {
            return refuse(decision, .unknownChild, cause: cause)
        }
        guard row.status != .awaiting else { return refuse(decision, .stillAwaiting, cause: cause) }
        guard let previous = row.person, (state.people[previous]?.children.count ?? 0) > 1 else {
            return refuse(decision, .notLinked, cause: cause)
        }
        let person = newPerson(for: child, cause: cause)
        let decided = IdentityDecided(
            by: decision.by, decision: cause.id, referral: row.referral, child: child, person: person,
            previous: previous, caseID: caseID(of: person, openedBy: row.referral, in: row.authority),
            previousCase: row.caseID, reason: decision.reason)
        post(.identityUnlinked(decided), about: .referral(row.referral), child: child, row, cause: cause)
        settle(child, .new, as: person, Deduplication.byAPerson, cause: cause)
    }

    /// No rule has weighed anything: a named person knows.
    private static let byAPerson = MatchDecision(outcome: .new, model: "named-person")

    private func refusal(of decision: DecisionSubmitted, in authority: AuthorityCode) -> IdentityRefusal? {
        guard let configuration = state.adoptions.configuration(of: authority) else { return .notThisTeam }
        guard configuration.teams.contains(where: { $0.id == decision.by.team && $0.authority == authority }) else {
            return .notThisTeam
        }
        let may = configuration.permissions.contains {
            $0.role == decision.by.role && $0.verbs.contains(decision.verb)
        }
        return may ? nil : .roleMayNot
    }

    private mutating func refuse(_ decision: DecisionSubmitted, _ refusal: IdentityRefusal, cause: Event) {
        let row = decision.child.flatMap { state.children[$0] }.flatMap { $0.authority == cause.authority ? $0 : nil }
        let refused = DecisionRefused(
            decision: cause.id, by: decision.by, verb: decision.verb, reason: refusal.rawValue, caseID: row?.caseID,
            entry: decision.entry)
        let subject: Subject = row.map { .referral($0.referral) } ?? .authority(cause.authority)
        post(
            cause.followed(
                by: .deduplication, .decisionRefused(refused), subject: subject,
                correlation: .some(row?.referral)),
            authority: cause.authority)

        var writer = OutgoingWriter(equipment.allowLists, .decisionRefused, to: .team)
        writer.field("decision", refused.decision)
        writer.field("person", refused.by.staff)
        writer.field("verb", refused.verb)
        writer.field("reason", refused.reason)
        writer.field("entry", refused.entry)
        writer.field("case", refused.caseID)
        writer.field("newest", refused.newest)
        var derivation = Derivation("outgoing")
        derivation.add(cause.id)
        derivation.add(OutgoingType.decisionRefused.rawValue)
        derivation.add(decision.by.team)
        let id: EventID = derivation.id()
        // Keyed by its own id: under the entry's key it would take the place of the entry's present state.
        post(
            Outgoing(
                recipient: .team(decision.by.team), id: id, source: .deduplication, type: .decisionRefused,
                subject: refused.decision.description, time: cause.time, authority: cause.authority,
                key: id.description, data: writer.finish()))
    }
}
