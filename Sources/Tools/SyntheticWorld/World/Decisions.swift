import DomainModel
import EventLog
import HubConfiguration
import JSON

/// A decision as a person means it.
struct Judgement {
    var verb: DecisionVerb
    var reason: DecisionReason = .other
    var outcome: Outcome?
    var to: TeamName?
    var authority: AuthorityCode?
    var candidate: String?
    var rating: (urgency: RAG, level: Int)?
    var namesChild = false
    var namesRequest = false
}

extension SyntheticWorld {
    mutating func decide(_ team: Int, _ id: String, _ stage: DecisionStage, at: Instant) -> NewRecord? {
        guard let entry = teams[team].entries[id] else { return nil }
        var judgement: Judgement
        var asof = entry.asof
        var draws: Draws
        switch stage {
        case .proposal(let seen, let drawn):
            guard entry.state == .proposed else { return nil }
            draws = drawn
            judgement = judge(entry, of: team, &draws)
            if draws.happens(behaviour.decisionsOnOldNews) { asof = seen }
        case .accepted(let verb, let seen, let drawn):
            guard entry.state == .accepted else { return nil }
            draws = drawn
            judgement = work(verb, entry, of: team)
            if draws.happens(behaviour.decisionsOnOldNews) { asof = seen }
        case .again(let verb, let drawn):
            draws = drawn
            judgement = verb == .rate ? settle(entry, of: teams[team].team, &draws) : work(verb, entry, of: team)
            // Risk has risen since: most keep the case after all.
            if entry.urgency == .red, verb == .close || verb == .stepDown {
                guard entry.kind == .lead, entry.state == .proposed else { return nil }
                judgement = Judgement(verb: .accept, reason: .riskRisen)
            }
        }
        if judgement.candidate != nil, let child = entry.childID, draws.happens(behaviour.linksUndone) {
            plan(
                .undo(team: team, child: child),
                at: teams[team].hours.after(at, workingMinutes: 60 + 240 * draws.unit()))
        }
        guard let person = person(who: judgement.verb, of: team) ?? fallBack(&judgement, of: team) else { return nil }
        return decision(judgement, by: person, entry, id: id, asof: asof, of: team, at: at)
    }

    /// Nobody of the team may do that: they take it on instead, and so does the next best.
    private func fallBack(_ judgement: inout Judgement, of team: Int) -> StaffName? {
        for verb in [DecisionVerb.accept, .decide, .note, .assign] {
            guard let person = person(who: verb, of: team) else { continue }
            judgement = Judgement(verb: verb)
            return person
        }
        return nil
    }

    private func person(who verb: DecisionVerb, of team: Int) -> StaffName? {
        teams[team].team.people.first { person in
            person.roles.contains { role in
                directory.permissions.contains { $0.role == role && $0.verbs.contains(verb) }
            }
        }?.id
    }

    // MARK: Judging

    private mutating func judge(_ entry: TeamOffice.Entry, of index: Int, _ draws: inout Draws) -> Judgement {
        let team = teams[index].team
        if team.kind == .hubReview { return assign(entry, &draws) }
        switch entry.kind {
        case .read: return Judgement(verb: .note)
        case .protect: return Judgement(verb: .accept, reason: .thresholdMet)
        case .decide: return settle(entry, of: team, &draws)
        case .lead: return team.kind == .mash ? sift(entry, of: team, &draws) : takeOn(entry, of: team, &draws)
        }
    }

    private mutating func assign(_ entry: TeamOffice.Entry, _ draws: inout Draws) -> Judgement {
        let real = directory.authorities.map(\.gss).filter { $0 != .hub }
        guard let drawn = draws.pick(real) else { return Judgement(verb: .close, outcome: .noFurtherAction) }
        guard let referral = entry.referral else { return Judgement(verb: .assign, authority: drawn) }
        let authority = assigned[referral] ?? drawn
        assigned[referral] = authority
        return Judgement(verb: .assign, authority: authority)
    }

    /// What the MASH decides besides what it leads.
    private func settle(_ entry: TeamOffice.Entry, of team: Team, _ draws: inout Draws) -> Judgement {
        if entry.caseID == nil, entry.childID != nil {
            let candidate = draws.happens(behaviour.reviewsConfirmed) ? entry.candidates.first : nil
            return Judgement(
                verb: .confirmIdentity, reason: .identityChecked, candidate: candidate, namesChild: true)
        }
        switch entry.about {
        case "declined", "unidentified":
            guard entry.request != nil else { break }
            return draws.happens(behaviour.declinesChallenged)
                ? Judgement(verb: .challenge, reason: .moreInformation, namesRequest: true)
                : Judgement(verb: .acceptDecline, reason: .lawfulBasis, namesRequest: true)
        case "rating-review":
            // What raised it was about another child.
            guard let proposed = entry.proposed else { break }
            return Judgement(verb: .rate, reason: .riskReduced, rating: proposed)
        case "risen" where draws.happens(0.3): return Judgement(verb: .stepUp, reason: .riskRisen)
        default: break
        }
        return Judgement(verb: .decide, reason: .thresholdMet, outcome: SyntheticWorld.outcome(of: entry.urgency))
    }

    /// What is proposed to the MASH alone: mostly advice or nothing further.
    private func sift(_ entry: TeamOffice.Entry, of team: Team, _ draws: inout Draws) -> Judgement {
        guard entry.urgency == nil || entry.urgency == .blue else {
            // Another team gave it back: somebody must lead.
            let kind: TeamKind = entry.urgency == .green ? .earlyHelp : entry.urgency == .amber ? .familyHelp : .macpt
            if let to = sibling(of: team, kind), draws.happens(0.7) {
                return Judgement(verb: .redirect, reason: .wrongTeam, to: to)
            }
            return Judgement(verb: .accept, reason: .moreInformation)
        }
        switch draws.unit() {
        case ..<0.46: return Judgement(verb: .close, reason: .needsMet, outcome: .advice)
        case ..<0.82: return Judgement(verb: .close, reason: .thresholdNotMet, outcome: .noFurtherAction)
        case ..<0.89:
            guard let to = sibling(of: team, .earlyHelp) else { break }
            return Judgement(verb: .redirect, reason: .wrongTeam, to: to)
        default: break
        }
        return Judgement(verb: .accept, reason: .moreInformation)
    }

    private func takeOn(_ entry: TeamOffice.Entry, of team: Team, _ draws: inout Draws) -> Judgement {
        guard draws.happens(behaviour.proposalsNotAccepted) else {
            return Judgement(verb: .accept, reason: .thresholdMet)
        }
        let isRed = entry.urgency == .red
        switch draws.below(4) {
        case 0, 1: return Judgement(verb: .giveBack, reason: isRed ? .moreInformation : .thresholdNotMet)
        case 2:
            let kind: TeamKind = team.kind == .earlyHelp || isRed ? .familyHelp : .earlyHelp
            guard let to = sibling(of: team, kind), to != team.id else { break }
            return Judgement(verb: .redirect, reason: .wrongTeam, to: to)
        default:
            if !isRed, team.kind != .macpt { return Judgement(verb: .close, reason: .needsMet, outcome: .advice) }
        }
        return Judgement(verb: .accept, reason: .thresholdMet)
    }

    private func work(_ verb: DecisionVerb, _ entry: TeamOffice.Entry, of index: Int) -> Judgement {
        switch verb {
        case .close:
            let outcome: Outcome =
                switch teams[index].team.kind {
                case .macpt: .protection
                case .familyHelp: .familyHelp
                case .earlyHelp: .earlyHelp
                default: .advice
                }
            return Judgement(verb: .close, reason: .needsMet, outcome: outcome)
        case .stepUp: return Judgement(verb: .stepUp, reason: .riskRisen)
        case .stepDown: return Judgement(verb: .stepDown, reason: .riskReduced)
        default: return Judgement(verb: verb)
        }
    }

    private func sibling(of team: Team, _ kind: TeamKind) -> TeamName? {
        directory.teams.first { $0.authority == team.authority && $0.kind == kind }?.id
    }

    private static func outcome(of urgency: RAG?) -> Outcome {
        switch urgency {
        case .red: .protection
        case .amber: .familyHelp
        case .green: .earlyHelp
        default: .advice
        }
    }

    // MARK: Sending

    mutating func undo(_ team: Int, _ child: String, at: Instant) -> NewRecord? {
        guard let person = person(who: .unlink, of: team) else { return nil }
        teams[team].sent += 1
        var json = JSONWriter()
        json.beginObject()
        json.field("person", person.text)
        json.field("verb", DecisionVerb.unlink.rawValue)
        json.field("reason", DecisionReason.wrongLink.rawValue)
        json.field("child", child)
        json.field("note", "Spoke to the school: this is another child.")
        json.endObject()
        let name = teams[team].team.id.text
        return message(
            "team.\(name).decisions", root: "/team/", name, number: teams[team].sent,
            type: "frontdoor.decision.submitted.v1", at: at, value: json.bytes)
    }

    private mutating func decision(
        _ judgement: Judgement, by person: StaffName, _ entry: TeamOffice.Entry, id: String, asof: String?,
        of team: Int, at: Instant
    ) -> NewRecord {
        teams[team].sent += 1
        var json = JSONWriter()
        json.beginObject()
        json.field("person", person.text)
        json.field("verb", judgement.verb.rawValue)
        json.field("reason", judgement.reason.rawValue)
        json.field("entry", id)
        json.field("cases", entry.caseID.map { [$0] } ?? [])
        json.field("asof", asof)
        json.field("to", judgement.to?.text)
        json.field("authority", judgement.authority?.description)
        json.field("outcome", judgement.outcome?.rawValue)
        if judgement.namesChild { json.field("child", entry.childID) }
        json.field("candidate", judgement.candidate)
        if let rating = judgement.rating {
            json.key("rating")
            json.beginObject()
            json.field("urgency", rating.urgency.rawValue)
            json.field("level", rating.level)
            json.endObject()
        }
        if judgement.namesRequest { json.field("request", entry.request) }
        json.field("note", "Decided after reading what there is.")
        json.endObject()
        let name = teams[team].team.id.text
        return message(
            "team.\(name).decisions", root: "/team/", name, number: teams[team].sent,
            type: "frontdoor.decision.submitted.v1", at: at, value: json.bytes)
    }
}
