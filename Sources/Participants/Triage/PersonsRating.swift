import DomainModel
import HubConfiguration
import Room
import Sealing

extension Triage {
    /// A named person rates cases, higher or lower: the one way down. One decision may name several; each is taken or
    /// refused by itself.
    mutating func decided(_ decision: DecisionSubmitted, _ step: inout Step) {
        guard decision.verb == .rate else { return }
        guard let rating = decision.rating else { return refuse(decision, "rating-missing", nil, &step) }
        guard step.configuration.mayRate(decision.by, in: step.input.authority) else {
            return refuse(decision, "role-may-not", nil, &step)
        }
        guard !decision.cases.isEmpty else { return refuse(decision, "unknown-case", nil, &step) }
        for (index, caseID) in decision.cases.enumerated() where !decision.cases[..<index].contains(caseID) {
            switch state.standing(of: caseID) {
            case .unknown: refuse(decision, "unknown-case", caseID, &step)
            case .closed: refuse(decision, "case-closed", caseID, &step)
            case .unrated, .rated:
                if let reason = unseen(decision, rating, on: caseID) {
                    refuse(decision, reason, caseID, &step)
                } else {
                    rate(caseID, rating, by: decision.by, &step)
                }
            }
        }
    }

    /// A rating may be lowered, in urgency or in level, only by who has seen what raised the risk last.
    private func unseen(_ decision: DecisionSubmitted, _ rating: Rating, on caseID: CaseID) -> String? {
        guard let row = state.cases[caseID], let previous = row.rating, rating.raised(to: previous) != rating else {
            return nil
        }
        guard let asof = decision.asof else { return Triage.asofMissing }
        return row.seen.contains(asof) ? nil : Triage.riskRisen
    }

    private static let asofMissing = "asof-missing"
    private static let riskRisen = "risk-risen"

    private mutating func rate(_ caseID: CaseID, _ rating: Rating, by person: NamedPerson, _ step: inout Step) {
        guard let row = state.cases[caseID] else { return }
        let rated = CaseRated(
            caseID: caseID, child: row.child, referral: row.referral,
            rating: row.rating.map { $0.set(to: rating, by: person) } ?? rating, previous: row.rating, by: person,
            danger: state.danger(on: caseID), rereferral: row.rereferral)
        post(rated, &step)
        let rises = row.rating.map { rating.urgency > $0.urgency } ?? true
        if rises { ask(about: rated, &step) }
    }

    private mutating func refuse(
        _ decision: DecisionSubmitted, _ reason: String, _ caseID: CaseID?, _ step: inout Step
    ) {
        let row = caseID.flatMap { state.cases[$0] }
        // What the person must have seen to decide again; what triage read last may lie before the rise.
        let isUnseen = reason == Triage.riskRisen || reason == Triage.asofMissing
        let refused = DecisionRefused(
            decision: step.input.id, by: decision.by, verb: decision.verb, reason: reason, caseID: caseID,
            entry: decision.entry, newest: isUnseen ? row?.seen.last : row?.newest)
        // The thread of a case that is not there has no place in the room; the decision's own has.
        let subject: Subject = row == nil ? .authority(step.input.authority) : caseID.map { .caseID($0) } ?? .hub
        say(
            .decisionRefused(refused), subject: subject, referral: row?.referral, caseID?.number.bits ?? 0, &step)
        step.postings.append(.outgoing(tell(refused, step)))
    }

    private func tell(_ refused: DecisionRefused, _ step: Step) -> Outgoing {
        var derivation = Derivation("outgoing")
        derivation.add(step.input.id)
        derivation.add(OutgoingType.decisionRefused.rawValue)
        derivation.add(refused.by.team)
        if let caseID = refused.caseID { derivation.add(caseID) } else { derivation.addNone() }
        let id: EventID = derivation.id()
        var data = OutgoingWriter(equipment.allowLists, .decisionRefused, to: .team)
        data.field("decision", refused.decision)
        data.field("person", refused.by.staff)
        data.field("verb", refused.verb)
        data.field("reason", refused.reason)
        data.field("entry", refused.entry)
        data.field("case", refused.caseID)
        data.field("newest", refused.newest)
        return Outgoing(
            recipient: .team(refused.by.team), id: id, source: .triage, type: .decisionRefused,
            subject: refused.entry?.description ?? id.description, time: step.input.time,
            authority: step.input.authority, key: id.description, data: data.finish())
    }
}

extension HubDirectory {
    /// Whether that person's role may rate, and their team is of that authority.
    func mayRate(_ person: NamedPerson, in authority: AuthorityCode) -> Bool {
        permissions.contains { $0.role == person.role && $0.verbs.contains(.rate) }
            && teams.contains { $0.id == person.team && $0.authority == authority }
    }
}
