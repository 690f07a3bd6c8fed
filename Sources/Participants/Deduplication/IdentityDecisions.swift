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
    /// A split that names children of several persons, or all of one.
    case notOnePerson = "not-one-person"
    /// A merge of what is one already.
    case alreadyOne = "already-one"
    /// A merge names two cases: the one that goes on and the one that ends in it.
    case namesNoTwoCases = "names-no-two-cases"
    case unknownCase = "unknown-case"
    case notUnborn = "not-unborn"
    case alreadyBorn = "already-born"
    case alreadyLost = "already-lost"
}

extension Deduplication {
    mutating func decideIdentity(_ decision: DecisionSubmitted, cause: Event) {
        if let refusal = refusal(of: decision, in: cause.authority) { return refuse(decision, refusal, cause: cause) }
        let refusal: IdentityRefusal? =
            switch decision.verb {
            case .confirmIdentity: confirmIdentity(decision, cause: cause)
            case .unlink: unlink(decision, cause: cause)
            case .split: split(decision, cause: cause)
            case .merge: merge(decision, cause: cause)
            case .born: born(decision, cause: cause)
            case .lost: lost(decision, cause: cause)
            default: nil
            }
        if let refusal { refuse(decision, refusal, cause: cause) }
    }

    /// A named person says who a child is: one whom the authority knows, whether proposed or not, or somebody new.
    private mutating func confirmIdentity(_ decision: DecisionSubmitted, cause: Event) -> IdentityRefusal? {
        guard let child = decision.child, let row = row(of: child, in: cause.authority) else { return .unknownChild }
        guard row.status == .awaiting else { return .notAwaiting }
        let person: PersonID
        if let named = decision.person {
            guard let known = known(named, in: row.authority) else { return .unknownPerson }
            person = known
        } else if let own = row.person, state.people[own]?.children == [child] {
            // It is somebody of their own already, with a case.
            person = own
        } else {
            person = newPerson(for: child, cause: cause)
        }
        move([child], to: person, by: decision, EventBody.identityConfirmed, cause: cause)
        return nil
    }

    /// A named person undoes a link: the child is whom they name, else a person of its own with a case of its own. The
    /// case that it leaves stays, with the referrals of the others or with none; what becomes of it people decide.
    private mutating func unlink(_ decision: DecisionSubmitted, cause: Event) -> IdentityRefusal? {
        guard let child = decision.child, let row = row(of: child, in: cause.authority) else { return .unknownChild }
        guard row.status != .awaiting else { return .stillAwaiting }
        guard let previous = row.person else { return .notLinked }
        if let named = decision.person {
            guard let known = known(named, in: row.authority) else { return .unknownPerson }
            guard known != previous else { return .alreadyOne }
            move([child], to: known, by: decision, EventBody.identityUnlinked, cause: cause)
            return nil
        }
        guard (state.people[previous]?.children.count ?? 0) > 1 else { return .notLinked }
        move(
            [child], to: newPerson(for: child, cause: cause), by: decision, EventBody.identityUnlinked, cause: cause)
        return nil
    }

    /// A named person takes several children out of the records of another: together they are whom they name, else a
    /// person of their own.
    private mutating func split(_ decision: DecisionSubmitted, cause: Event) -> IdentityRefusal? {
        var children: [ChildID] = []
        for child in [decision.child].compactMap({ $0 }) + decision.children where !children.contains(child) {
            children.append(child)
        }
        guard let first = children.first else { return .unknownChild }
        var previous: PersonID?
        for child in children {
            guard let row = row(of: child, in: cause.authority) else { return .unknownChild }
            guard row.status != .awaiting else { return .stillAwaiting }
            guard let person = row.person, previous == nil || previous == person else { return .notOnePerson }
            previous = person
        }
        guard let previous, let held = state.people[previous]?.children.count else { return .notLinked }
        if let named = decision.person {
            guard let known = known(named, in: cause.authority) else { return .unknownPerson }
            guard known != previous else { return .alreadyOne }
            move(children, to: known, by: decision, EventBody.identitySplit, cause: cause)
            return nil
        }
        guard children.count < held else { return .notOnePerson }
        move(
            children, to: newPerson(for: first, cause: cause), by: decision, EventBody.identitySplit, cause: cause)
        return nil
    }

    /// A named person says that two cases are of one child. The first goes on; all that was the second's is the
    /// first's, and the second's ids lead there for ever.
    private mutating func merge(_ decision: DecisionSubmitted, cause: Event) -> IdentityRefusal? {
        guard decision.cases.count == 2 else { return .namesNoTwoCases }
        let kept = state.resolved(decision.cases[0])
        let gone = state.resolved(decision.cases[1])
        guard let keptRow = state.cases[kept], let goneRow = state.cases[gone] else { return .unknownCase }
        guard kept != gone, keptRow.person != goneRow.person else { return .alreadyOne }
        return merge(goneRow.person, into: keptRow.person, decision, cause: cause)
    }

    private mutating func merge(
        _ merged: PersonID, into person: PersonID, _ decision: DecisionSubmitted, cause: Event
    ) -> IdentityRefusal? {
        guard let kept = state.people[person], let gone = state.people[merged], kept.authority == cause.authority,
            gone.authority == cause.authority
        else { return .unknownPerson }
        guard !kept.isLost, !gone.isLost else { return .alreadyLost }
        let children = gone.children.compactMap { child in
            state.children[child].map { ChildOfReferral(referral: $0.referral, child: child) }
        }
        let reopens = state.cases[gone.caseID]?.isOpen == true && state.cases[kept.caseID]?.isOpen == false
        let facts = IdentitiesMerged(
            by: decision.by, decision: cause.id, person: person, merged: merged, caseID: kept.caseID,
            mergedCase: gone.caseID, children: children, reason: decision.reason)
        post(
            cause.followed(
                by: .deduplication, .identityMerged(facts), subject: .caseID(kept.caseID),
                correlation: .some(children.first?.referral), distinct: merged.bits),
            authority: kept.authority)
        if reopens, let newest = children.last, let row = state.children[newest.child] {
            let reopened = CaseReopened(caseID: kept.caseID, referral: newest.referral, reason: "merged")
            post(.caseReopened(reopened), about: .caseID(kept.caseID), child: newest.child, row, cause: cause)
        }
        for child in children {
            guard let row = state.children[child.child], row.status == .identified else { continue }
            say(again: child.child, row, cause: cause)
        }
        recount(person, cause: cause)
        // Whoever may be one of the two may be the one that goes on.
        askAgain(whoMayBe: children.map(\.child), cause: cause)
        return nil
    }

    /// The unborn child's person goes on as the child's. Where the baby has come as somebody else meanwhile, that one's
    /// ids lead to the first's.
    private mutating func born(_ decision: DecisionSubmitted, cause: Event) -> IdentityRefusal? {
        let (found, refusal) = unborn(decision, cause: cause)
        guard let (child, row, person) = found else { return refusal }
        var baby: PersonID?
        if let named = decision.person {
            guard let known = known(named, in: row.authority) else { return .unknownPerson }
            guard known != person else { return .alreadyOne }
            guard state.people[known]?.isLost == false else { return .alreadyLost }
            baby = known
        }
        // The particulars of the birth are in the decision's sealed text; they go with the event that makes them count.
        let parts = cause.part(.text).map { [Part(key: $0.key, sealed: $0.sealed)] } ?? []
        post(became(child, row, person, decision, EventBody.unbornBorn, cause: cause, parts: parts))
        if let baby { return merge(baby, into: person, decision, cause: cause) }
        return nil
    }

    /// Nothing more is owed, asked or sent about the child. What comes later and seems to be about it is put before a
    /// person first.
    private mutating func lost(_ decision: DecisionSubmitted, cause: Event) -> IdentityRefusal? {
        let (found, refusal) = unborn(decision, cause: cause)
        guard let (child, row, person) = found else { return refusal }
        post(became(child, row, person, decision, EventBody.unbornLost, cause: cause))
        return nil
    }

    private func unborn(
        _ decision: DecisionSubmitted, cause: Event
    ) -> (found: (ChildID, ChildRow, PersonID)?, refusal: IdentityRefusal) {
        guard let child = decision.child, let row = row(of: child, in: cause.authority) else {
            return (nil, .unknownChild)
        }
        guard row.status == .identified, let person = row.person, let known = state.people[person] else {
            return (nil, .stillAwaiting)
        }
        if known.isBorn { return (nil, .alreadyBorn) }
        if known.isLost { return (nil, .alreadyLost) }
        let record = state.record(of: row)
        guard record.birthDate == nil, record.expectedDate != nil else { return (nil, .notUnborn) }
        return ((child, row, person), .unknownChild)
    }

    private func became(
        _ child: ChildID, _ row: ChildRow, _ person: PersonID, _ decision: DecisionSubmitted,
        _ make: (IdentityDecided) -> EventBody, cause: Event, parts: [Part] = []
    ) -> Event {
        let decided = IdentityDecided(
            by: decision.by, decision: cause.id, referral: row.referral, child: child, person: person,
            caseID: row.caseID, reason: decision.reason)
        var event = cause.followed(
            by: .deduplication, make(decided), subject: row.caseID.map { .caseID($0) } ?? .referral(row.referral),
            correlation: .some(row.referral), parts: parts, distinct: child.bits)
        event.authority = row.authority
        return event
    }

    // MARK: Moving

    /// The children go to that person, one event each, and each is identified with the person's case. Where their going
    /// or coming changes what is a re-referral of what, that is said too, and so is whom those may be who wait.
    private mutating func move(
        _ children: [ChildID], to person: PersonID, by decision: DecisionSubmitted,
        _ make: (IdentityDecided) -> EventBody, cause: Event
    ) {
        let isKnown = state.people[person] != nil && decision.person != nil
        var left: [PersonID] = []
        for child in children {
            guard let row = state.children[child] else { continue }
            if let previous = row.person, previous != person, !left.contains(previous) { left.append(previous) }
            let decided = IdentityDecided(
                by: decision.by, decision: cause.id, referral: row.referral, child: child, person: person,
                previous: row.person, caseID: caseID(of: person, openedBy: row.referral, in: row.authority),
                previousCase: row.caseID, reason: decision.reason)
            post(make(decided), about: .referral(row.referral), child: child, row, cause: cause)
            settle(
                child, isKnown || child != children.first ? .linked : .new, as: person, Deduplication.byAPerson,
                cause: cause)
        }
        for previous in left { recount(previous, besides: children, cause: cause) }
        recount(person, besides: children, cause: cause)
        askAgain(whoMayBe: children, cause: cause)
    }

    /// A referral that came after a close is a re-referral by what is known of the child now. Each of the person's
    /// children of whom that is no longer as it was said is identified again, with nothing else changed.
    private mutating func recount(_ person: PersonID, besides moved: [ChildID] = [], cause: Event) {
        for child in state.people[person]?.children ?? [] where !moved.contains(child) {
            guard let row = state.children[child], row.status == .identified, row.isAfterClose,
                let caseID = row.caseID, previousReferral(of: caseID, before: row.referral) != row.rereferral
            else { continue }
            say(again: child, row, cause: cause)
        }
    }

    /// Identifies a child where it is, with the re-referral worked out anew.
    private mutating func say(again child: ChildID, _ row: ChildRow, cause: Event) {
        guard let person = row.person, let caseID = row.caseID else { return }
        let identified = ChildIdentified(
            referral: row.referral, child: child, part: row.part.part, outcome: .linked, disposition: .joined,
            caseID: caseID, person: person, model: Deduplication.byAPerson.model, score: 0,
            rereferral: row.isAfterClose ? previousReferral(of: caseID, before: row.referral) : nil, early: row.isEarly)
        post(.childIdentified(identified), about: .caseID(caseID), child: child, row, cause: cause)
    }

    private func row(of child: ChildID, in authority: AuthorityCode) -> ChildRow? {
        state.children[child].flatMap { $0.authority == authority ? $0 : nil }
    }

    /// The person whom an id means now, where this authority knows them.
    private func known(_ person: PersonID, in authority: AuthorityCode) -> PersonID? {
        let resolved = state.resolved(person)
        return state.people[resolved]?.authority == authority ? resolved : nil
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
