import DomainModel
import HubConfiguration
import Room
import Sealing

// A referral that names no authority of this hub. The review team says where it belongs; until then its entry is what
// leads its children. No case is opened for it: what was decided stands in events about a case id of the pseudo-authority
// that is derived from the referral and used for nothing else.

extension Routing {
    /// What the decisions about an unassigned referral name as their case.
    static func pseudoCase(of referral: ReferralID) -> CaseID {
        var derivation = Derivation("case")
        derivation.add(AuthorityCode.hub)
        derivation.add(referral)
        return CaseID(authority: .hub, number: derivation.id())
    }

    mutating func reviewUnknownAuthority(_ input: Event, in room: RoomView) {
        switch input.body {
        case .referralSubmitted(let submitted):
            ask(submitted.content, about: "unknown-authority", cause: input, in: room)
        case .referralCorrected(let corrected):
            // After it was assigned, a correction still comes here: it is assigned in its turn, and not lost.
            let child = corrected.content.children.first?.child
            let open = child.flatMap { state.referrals[corrected.content.referral]?.state(of: $0)?.review }
            if let open, let entry = state.entries[open] {
                show(entry.change, cause: input, input: input)
            } else {
                ask(corrected.content, about: "corrected-after-assignment", cause: input, in: room)
            }
        case .decisionSubmitted(let decision) where decision.verb.isRoutings:
            judgeReview(decision, cause: input, in: room)
        default: break
        }
    }

    private mutating func ask(_ content: ReferralContent, about: String, cause: Event, in room: RoomView) {
        guard let team = room.mash, let child = content.children.first?.child,
            state.referrals[content.referral]?.state(of: child)?.review == nil
        else { return }
        let change = review(at: team.id, about: about, of: child, cause: cause)
        post(
            .identityRequested(IdentityRequested(referral: content.referral, child: child, entries: [change])),
            subject: .referral(content.referral), referral: content.referral, cause: cause, in: room)
    }

    private mutating func judgeReview(_ decision: DecisionSubmitted, cause: Event, in room: RoomView) {
        guard room.may(decision.by, decision.verb) else {
            return refuse(decision, .roleMayNot, of: nil, cause: cause, in: room)
        }
        guard let row = decision.entry.flatMap({ state.entries[$0] }), let referral = row.referral,
            let held = state.referrals[referral]
        else { return refuse(decision, .unknownEntry, of: nil, cause: cause, in: room) }
        guard row.change.team == decision.by.team else {
            return refuse(decision, .notThisTeam, of: nil, cause: cause, in: room)
        }
        guard row.change.state.isOpen else {
            return refuse(decision, .entryWithdrawn, of: nil, cause: cause, in: room)
        }
        let pseudo = Routing.pseudoCase(of: referral)
        let facts = CaseDecision(
            caseID: pseudo, by: decision.by, decision: cause.id, reason: decision.reason, leadAccepted: false,
            outcome: decision.verb == .close ? decision.outcome ?? .noFurtherAction : nil,
            entries: [row.change.becoming(.done)])
        switch decision.verb {
        case .assign:
            guard let target = decision.authority, target != .hub,
                room.directory.authorities.contains(where: { $0.gss == target })
            else { return refuse(decision, .noSuchAuthority, of: nil, cause: cause, in: room) }
            let parts = state.parts[referral]?.parts.map(\.part) ?? []
            post(.caseDecided(facts), of: pseudo, referral: referral, cause: cause, in: room)
            let transferred = ReferralTransferred(from: .hub, by: decision.by, content: held.content)
            post(
                .referralTransferred(transferred), subject: .referral(referral), referral: referral, authority: target,
                parts: parts, cause: cause, in: room)
        case .close:
            post(.caseClosed(facts), of: pseudo, referral: referral, cause: cause, in: room)
        default: refuse(decision, .notForThisEntry, of: nil, cause: cause, in: room)
        }
    }
}
