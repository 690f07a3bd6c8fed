import DomainModel
import HubConfiguration
import Room

extension EventBody {
    /// The event in words for the people of a thread. Codes, names of teams and agencies, and times; never a child's
    /// name, an address, or what a person wrote.
    func words(about caseID: CaseID) -> String {
        switch self {
        case .referralSubmitted(let facts): facts.content.words("refers")
        case .referralCorrected(let facts): facts.content.words("corrects its referral:")
        case .referralTransferred(let facts):
            "moves a referral here from \(facts.from): \(facts.content.words("it names"))"
        case .referralWithdrawn(let facts): "takes its referral back (\(facts.reason.rawValue))"
        case .referralRepeated: "sends the same referral again"
        case .returnSubmitted(let facts): facts.content.words
        case .returnDeclined(let facts): "declines (\(facts.content.declineReason?.rawValue ?? "no reason given"))"
        case .returnCorrected(let facts): "corrects its return: \(facts.content.words)"
        case .returnWithdrawn(let facts): "takes its return back (\(facts.reason.rawValue))"
        case .heartbeatSent: "gives a sign of life"
        case .decisionSubmitted(let facts):
            "\(facts.by.team): \(facts.verb.rawValue), \(facts.reason.rawValue)"
                + (facts.to.map { ", to \($0)" } ?? "") + (facts.outcome.map { ", outcome \($0.rawValue)" } ?? "")
        case .alertAnswered(let facts):
            "answers the alert" + (facts.until.map { "; promised by \($0)" } ?? "")
        case .submissionRefused(let facts): "refuses what was sent: \(facts.reason)"
        case .childIdentified(let facts): facts.words
        case .caseOpened(let facts): "opens the case; received \(facts.receivedAt)"
        case .caseReopened(let facts): "reopens the case (\(facts.reason))"
        case .identityConfirmed(let facts): facts.words("says who the child is", caseID)
        case .identityUnlinked(let facts): facts.words("undoes a link", caseID)
        case .identitySplit(let facts): facts.words("takes a child's records apart", caseID)
        case .identityMerged(let facts):
            "\(facts.by.staff) says that two cases are one child's (\(facts.reason.rawValue)); "
                + (facts.caseID == caseID ? "this one goes on for both" : "it goes on in \(facts.caseID)")
        case .unbornBorn(let facts): "\(facts.by.staff) says that the child was born"
        case .unbornLost(let facts):
            "\(facts.by.staff) says that the family has lost the child; all clocks and contact end"
        case .caseRated(let facts): facts.words
        case .returnRequested(let facts):
            "asks \(facts.agency) for \(facts.topics.joined(separator: ", ")) (\(facts.necessity))"
                + (facts.coverFor.map { " in place of \($0), which is outside its terms" } ?? "")
        case .caseRouted(let facts):
            "proposes \(facts.lead) as lead, \(facts.rating.urgency.rawValue) level \(facts.rating.level.level)"
        case .caseNotified(let facts): "tells \(EntryChange.words(facts.entries)): \(facts.about)"
        case .identityRequested(let facts): "asks \(EntryChange.words(facts.entries)) who the child is"
        case .caseAccepted(let facts): facts.words("accepted")
        case .caseReturned(let facts): facts.words("returned")
        case .caseRedirected(let facts): facts.words("redirected")
        case .caseSteppedUp(let facts): facts.words("stepped up")
        case .caseSteppedDown(let facts): facts.words("stepped down")
        case .caseClosed(let facts): facts.words("closed")
        case .caseDecided(let facts): facts.words("decided")
        case .caseMerged(let facts): "goes on in \(facts.into.map { "\($0)" } ?? "another case")"
        case .decisionRefused(let facts):
            "cannot carry out \(facts.verb.rawValue) of \(facts.by.staff): \(facts.reason)"
        case .referralAcknowledged(let facts): "tells \(facts.agency) that its referral is being considered"
        case .obligationOpened(let facts):
            "\(facts.facts.owner) owes \(facts.facts.what)"
                + (facts.due.map { " by \($0)" } ?? "; its clock cannot be set")
        case .obligationMet(let facts):
            "\(facts.facts.owner) has given \(facts.facts.what)"
                + (facts.onTime ? " on time" : " \(facts.latenessMilliseconds / 60_000) minutes late")
        case .obligationExtended(let facts) where facts.suspendedSince != nil:
            "\(facts.facts.what) of \(facts.facts.owner) is suspended (\(facts.reason))"
        case .obligationExtended(let facts) where facts.cover != nil:
            "\(facts.facts.owner) is outside its terms: \(facts.cover?.text ?? "-") is to be asked"
        case .obligationExtended(let facts):
            "\(facts.facts.what) of \(facts.facts.owner) is now due" + (facts.due.map { " by \($0)" } ?? "")
                + " (\(facts.reason))"
        case .obligationWithdrawn(let facts):
            "\(facts.facts.owner) no longer owes \(facts.facts.what) (\(facts.reason))"
        case .obligationDeclined(let facts): "\(facts.facts.owner) will not give \(facts.facts.what) (\(facts.reason))"
        case .obligationReminded(let facts): "reminds \(facts.facts.owner): \(facts.facts.what) due by \(facts.due)"
        case .alertRaised(let facts):
            "wakes \(facts.whom): \(facts.code), \(facts.facts.what)"
        case .alertEscalated(let facts):
            "wakes \(facts.whom), step \(facts.rung + 1): \(facts.code), \(facts.facts.what)"
        case .alertAcknowledged(let facts):
            facts.words
        case .alertCleared(let facts): "all clear for \(facts.desk) (\(facts.reason))"
        case .alertDelivered(let facts): "told \(facts.whom) by \(facts.channel.rawValue): \(facts.told)"
        case .alertFailed(let facts):
            "could not tell \(facts.whom) by \(facts.channel.rawValue): \(facts.told) (\(facts.reason ?? "unknown"))"
                + (facts.gaveUp ? ", and gave up" : ", and tries again")
        case .clockStruck(let facts): "the clock strikes \(facts.now)"
        case .configurationAdopted: "a configuration is adopted"
        case .policyAdopted(let facts): "policy \(facts.content.id) \(facts.content.version) is adopted"
        }
    }
}

extension AlertDelivery {
    fileprivate var whom: String { agency?.text ?? desk?.text ?? "nobody" }
}

extension AlertRaised {
    fileprivate var whom: String { "\(desk) (\(onCall.map { "\($0), " } ?? "")\(role.rawValue))" }
}

extension AlertAcknowledged {
    fileprivate var words: String {
        if isSpent {
            return "\(staff) has answered; it was put off as often as the policy allows, so the ladder goes on"
        }
        guard let until else { return "\(staff) has answered" }
        return "\(staff) has answered; promised by \(until)" + (promise.map { ", promise \($0)" } ?? "")
            + (asked.map { " (asked for \($0))" } ?? "")
    }
}

extension ReferralContent {
    fileprivate func words(_ verb: String) -> String {
        var text = "\(verb) \(children.count == 1 ? "a child" : "\(children.count) children")"
        let factors = concerns.compactMap { $0.factor?.code }
        if !factors.isEmpty { text += ", factors \(factors.joined(separator: " "))" }
        if immediateDanger { text += ", IMMEDIATE DANGER" }
        if !marks.isEmpty { text += "; \(marks.count) fields unusable" }
        return text
    }
}

extension ReturnContent {
    fileprivate var words: String {
        switch kind {
        case .full: "returns in full, \(findings.count) findings"
        case .partial: "returns in part, \(findings.count) findings" + (complete ? ", that is all" : "")
        case .nothingKnown:
            identified ? "returns nil: searched \(searched), nothing known" : "could not tell who is meant"
        case .declined: "declines"
        }
    }
}

extension ChildIdentified {
    fileprivate var words: String {
        let who =
            switch outcome {
            case .linked: "a child already known"
            case .new: "a child not known before"
            case .review: "unsure who this is; \(candidates.count) to choose from"
            }
        let what =
            switch disposition {
            case .opened: "; a new case"
            case .joined: "; joins the open case"
            case .reopened: "; the closed case returns"
            case .awaiting: "; waits for a person"
            }
        return who + what + (rereferral == nil ? "" : "; referred again within twelve months")
    }
}

extension CaseRated {
    fileprivate var words: String {
        var text = "\(rating.urgency.rawValue), level \(rating.level.level)"
        if let previous, previous != rating {
            text += " (was \(previous.urgency.rawValue), level \(previous.level.level))"
        }
        if !reasons.isEmpty { text += ": \(reasons.joined(separator: ", "))" }
        if let by { text += ", by \(by.staff)" }
        if let proposed {
            text +=
                "; would be \(proposed.urgency.rawValue), level \(proposed.level.level), and stays till a person decides"
        }
        return text
    }
}

extension IdentityDecided {
    /// From the side of one case, and without a word about the other.
    fileprivate func words(_ what: String, _ side: CaseID) -> String {
        var text = "\(by.staff) \(what)"
        if leavesACase {
            text += previousCase == side ? ": a referral was not about this child" : ": a referral is about this child"
        }
        return "\(text) (\(reason.rawValue))"
    }
}

extension CaseDecision {
    fileprivate func words(_ verb: String) -> String {
        var text = "\(verb) by \(by.staff) of \(by.team) (\(reason.rawValue))"
        if let outcome { text += "; outcome \(outcome.rawValue)" }
        if let lead { text += "; lead \(lead)\(leadAccepted ? "" : " proposed")" }
        return text
    }
}

extension EntryChange {
    fileprivate static func words(_ entries: [EntryChange]) -> String {
        entries.isEmpty ? "nobody" : entries.map { "\($0.team)" }.joined(separator: " and ")
    }
}

extension ObligationFacts {
    fileprivate var owner: String { agency?.text ?? team?.text ?? desk?.text ?? "nobody" }

    fileprivate var what: String {
        switch kind {
        case .informationReturn: "a return"
        case .acknowledge: "an acknowledgement to the referrer"
        case .decide: "a decision"
        case .respond: "a response to the proposal"
        case .resubmit: "its message again"
        case .answer: "an answer to the alert"
        case .review: "a review"
        case .signal: "a sign of life"
        case .heartbeat: "a heartbeat"
        case .assessment: "an assessment"
        case .conference: "an initial child protection conference"
        }
    }
}
