import DomainModel
import Room
import Sealing

/// The ids of obligations and alerts: from whose it is and what it is about, so that any reader can work them out.
enum Names {
    static func acknowledge(_ referral: ReferralID, owner: TeamName?) -> ObligationID {
        id(.acknowledge, owner?.text) { $0.add(referral) }
    }
    static func decide(_ child: ChildID, owner: TeamName?) -> ObligationID {
        id(.decide, owner?.text) { $0.add(child) }
    }
    /// On the submission itself: one for each referral.
    static func answer(_ referral: ReferralID, desk: DeskName) -> ObligationID {
        id(.answer, desk.text) { $0.add(referral) }
    }
    /// On a rise to Red: one for each case and cause.
    static func answer(_ caseID: CaseID, cause: EventID, desk: DeskName) -> ObligationID {
        id(.answer, desk.text) {
            $0.add(caseID)
            $0.add(cause)
        }
    }
    /// On what a participant could not decide: one for each dead letter.
    static func answer(undecidable deadLetter: EventID, desk: DeskName) -> ObligationID {
        id(.answer, desk.text) {
            $0.add("undecidable")
            $0.add(deadLetter)
        }
    }
    static func informationReturn(_ request: String, agency: AgencyName) -> ObligationID {
        id(.informationReturn, agency.text) { $0.add(request) }
    }
    static func respond(_ entry: EntryID, team: TeamName) -> ObligationID {
        id(.respond, team.text) { $0.add(entry) }
    }
    static func review(_ child: ChildID, owner: TeamName?) -> ObligationID {
        id(.review, owner?.text) { $0.add(child) }
    }
    static func review(_ request: String, owner: TeamName?) -> ObligationID {
        id(.review, owner?.text) { $0.add(request) }
    }
    static func resubmit(_ deadLetter: EventID, agency: AgencyName) -> ObligationID {
        id(.resubmit, agency.text) { $0.add(deadLetter) }
    }

    static func signal(_ agency: AgencyName, in authority: AuthorityCode) -> ObligationID {
        id(.signal, agency.text) { $0.add(authority.description) }
    }
    static func heartbeat(_ agency: AgencyName, in authority: AuthorityCode) -> ObligationID {
        id(.heartbeat, agency.text) { $0.add(authority.description) }
    }
    /// A clock that the policy hangs on a case: one of a kind.
    static func hung(_ kind: ObligationKind, on caseID: CaseID) -> ObligationID {
        id(kind, nil) { $0.add(caseID) }
    }

    static func alert(_ obligation: ObligationID) -> AlertID {
        var derivation = Derivation("alert")
        derivation.add(obligation)
        return derivation.id()
    }

    /// What is said once for each obligation, arming and rung; never from the strike that happened to find it due, or a
    /// second strike would say it again.
    static func once(_ type: EventType, _ obligation: ObligationID, arming: Int, rung: Int) -> EventID {
        var derivation = Derivation("deadline")
        derivation.add(type.rawValue)
        derivation.add(obligation)
        derivation.add(arming)
        derivation.add(rung)
        return derivation.id()
    }

    private static func id(
        _ kind: ObligationKind, _ owner: String?, _ about: (inout Derivation) -> Void
    ) -> ObligationID {
        var derivation = Derivation("obligation")
        derivation.add(kind.rawValue)
        if let owner { derivation.add(owner) } else { derivation.addNone() }
        about(&derivation)
        return derivation.id()
    }
}
