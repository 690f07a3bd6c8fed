import DomainModel
import PersonMatching
import Room
import Sealing

extension Deduplication {
    /// Identifies the children of a referral that nobody has identified yet, in the order of the message.
    mutating func identifyChildren(of referral: ReferralID, cause: Event) {
        for child in state.referrals[referral]?.children ?? [] where state.children[child]?.status == .read {
            identify(child, cause: cause)
        }
    }

    private mutating func identify(_ child: ChildID, cause: Event) {
        let decision = match(child, leavingOut: nil)
        switch (decision.outcome, decision.person) {
        case (.linked, let person?): settle(child, .linked, as: person, decision, cause: cause)
        case (.review, _): ask(child, decision, candidates: decision.candidates, cause: cause)
        default: settle(child, .new, as: newPerson(for: child, cause: cause), decision, cause: cause)
        }
    }

    /// The other children of the same referral: the persons that they are, and those who wait for a review.
    struct Siblings {
        var persons: [PersonID] = []
        var awaiting: [ChildID] = []

        func contains(_ expected: Pregnancies.Expected) -> Bool {
            expected.person.map(persons.contains) ?? awaiting.contains(expected.child)
        }
    }

    func siblings(of child: ChildID) -> Siblings {
        var siblings = Siblings()
        guard let row = state.children[child], let referral = state.referrals[row.referral] else { return siblings }
        for other in referral.children where other != child {
            guard let row = state.children[other] else { continue }
            if let person = row.person { siblings.persons.append(person) }
            if row.status == .awaiting { siblings.awaiting.append(other) }
        }
        return siblings
    }

    /// The person that a child founds. Where the child founded one before and has been taken from it since, the event
    /// that makes this one new goes into its id: a person's id is never given twice.
    func newPerson(for child: ChildID, cause: Event) -> PersonID {
        var derivation = Derivation("person")
        derivation.add(child)
        let first: PersonID = derivation.id()
        guard state.people[first] != nil else { return first }
        derivation.add(cause.id)
        return derivation.id()
    }

    /// The case that a person would have: the one there is, else the one that this referral opens.
    func caseID(of person: PersonID, openedBy referral: ReferralID, in authority: AuthorityCode) -> CaseID {
        if let known = state.people[person] { return known.caseID }
        var derivation = Derivation("case")
        derivation.add(person)
        derivation.add(referral)
        return CaseID(authority: authority, number: derivation.id())
    }

    /// Says who a child is, and opens, joins or reopens the case.
    mutating func settle(
        _ child: ChildID, _ outcome: IdentityOutcome, as person: PersonID, _ decision: MatchDecision, cause: Event
    ) {
        guard let row = state.children[child], let referral = state.referrals[row.referral] else { return }
        let caseID = caseID(of: person, openedBy: row.referral, in: row.authority)
        var identified = ChildIdentified(
            referral: row.referral, child: child, part: row.part.part, outcome: outcome, disposition: .joined,
            caseID: caseID, person: person, model: decision.model, score: decision.score,
            comparisons: decision.comparisons.map(ComparisonFacts.init), early: row.isEarly)
        if let known = state.cases[caseID] {
            if known.isOpen {
                // Its own case is no other report of the same child.
                identified.duplicate = row.caseID != caseID
            } else {
                identified.disposition = .reopened
                // What is corrected in its own case is no further referral.
                if row.caseID != caseID, isAfterClose(row, of: known) {
                    identified.rereferral = previousReferral(of: caseID, before: row.referral)
                }
                let body = EventBody.caseReopened(
                    CaseReopened(caseID: caseID, referral: row.referral, reason: "referred-again"))
                post(body, about: .caseID(caseID), child: child, row, cause: cause)
            }
        } else {
            identified.disposition = .opened
            let body = EventBody.caseOpened(
                CaseOpened(
                    caseID: caseID, person: person, child: child, referral: row.referral,
                    receivedAt: referral.receivedAt))
            post(body, about: .caseID(caseID), child: child, row, cause: cause)
        }
        post(.childIdentified(identified), about: .caseID(caseID), child: child, row, cause: cause)
    }

    /// Whether the child's referral came after the close. One that is identified as it comes did, even where the close
    /// overtook it; one that a person moves here may be older than the close.
    private func isAfterClose(_ row: ChildRow, of closed: CaseRow) -> Bool {
        guard row.caseID != nil, let closedAt = closed.closedAt,
            let received = state.referrals[row.referral]?.receivedAt
        else { return true }
        return received >= closedAt
    }

    /// Puts a child before a named person. Its case, if it has one, stays as it is till they have answered.
    mutating func ask(
        _ child: ChildID, _ decision: MatchDecision, candidates: [PersonID], cause: Event
    ) {
        guard let row = state.children[child] else { return }
        let identified = ChildIdentified(
            referral: row.referral, child: child, part: row.part.part, outcome: .review, disposition: .awaiting,
            candidates: candidates, model: decision.model, score: decision.score,
            comparisons: decision.comparisons.map(ComparisonFacts.init), early: row.isEarly)
        post(.childIdentified(identified), about: .referral(row.referral), child: child, row, cause: cause)
    }

    mutating func post(_ body: EventBody, about subject: Subject, child: ChildID, _ row: ChildRow, cause: Event) {
        post(
            cause.followed(
                by: .deduplication, body, subject: subject, correlation: .some(row.referral), distinct: child.bits),
            authority: row.authority)
    }

    /// The latest referral of the case that the hub received before this one, where this one falls within twelve months
    /// of it. One that its sender took back does not count.
    func previousReferral(of caseID: CaseID, before referral: ReferralID) -> PreviousReferral? {
        guard let received = state.referrals[referral]?.receivedAt, let known = state.cases[caseID] else { return nil }
        var latest: Instant?
        for earlier in known.referrals where earlier != referral {
            guard let row = state.referrals[earlier], !row.isWithdrawn, row.receivedAt <= received else { continue }
            latest = max(latest ?? row.receivedAt, row.receivedAt)
        }
        guard let latest, Rereferral.isOne(received: received, after: latest) else { return nil }
        return PreviousReferral(caseID: caseID, receivedAt: latest)
    }
}

extension ComparisonFacts {
    init(_ comparison: Comparison) {
        self.init(field: comparison.field.rawValue, level: comparison.level.rawValue, milliBits: comparison.milliBits)
    }
}
