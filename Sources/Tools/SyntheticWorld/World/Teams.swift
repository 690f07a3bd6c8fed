import DomainModel
import EventLog
import HubConfiguration
import JSON

/// A team with a queue: its open entries as it last read them.
struct TeamOffice {
    let team: Team
    let hours: Hours
    var entries: [String: Entry] = [:]
    var sent = 0

    init(_ team: Team, hours: Hours) {
        self.team = team
        self.hours = hours
    }

    struct Entry {
        var kind: EntryKind
        var state: EntryState
        var about: String?
        var caseID: String?
        var urgency: RAG?
        /// What the rating would be without a link that was undone.
        var proposed: (urgency: RAG, level: Int)?
        var isDanger: Bool
        var asof: String?
        var childID: String?
        var candidates: [String]
        var request: String?
        var referral: String?
        /// Plans made for it as it was proposed, and as it was accepted.
        var isPlanned = false
        var isPlannedAsAccepted = false
        var retries = 0
    }
}

enum DecisionStage: Sendable {
    /// The first answer to a proposal, with the newest event that was seen when it came.
    case proposal(asof: String?, Draws)
    /// Weeks of work, shortened: what becomes of an accepted case.
    case accepted(DecisionVerb, asof: String?, Draws)
    /// A decision that was refused because something new had come, taken again after reading it.
    case again(DecisionVerb, Draws)
}

extension SyntheticWorld {
    mutating func queue(
        _ type: WorldType, _ json: JSONValue, key: String, _ team: Int, _ at: Instant, _ draws: Draws
    ) {
        switch type {
        case .entryUpdated: updated(json, key: key, team, at, draws)
        case .decisionRefused: refused(json, team, at, draws)
        default: break
        }
    }

    private mutating func updated(_ json: JSONValue, key: String, _ team: Int, _ at: Instant, _ draws: Draws) {
        guard let id = json.text("entry") ?? (key.isEmpty ? nil : key),
            let kind = json.text("kind").flatMap({ EntryKind(rawValue: $0) }),
            let state = json.text("state").flatMap({ EntryState(rawValue: $0) })
        else { return }
        guard state.isOpen else {
            teams[team].entries[id] = nil
            return
        }
        var entry = read(json, kind, state)
        if let known = teams[team].entries[id] {
            entry.isPlanned = known.isPlanned
            entry.isPlannedAsAccepted = known.isPlannedAsAccepted
            entry.retries = known.retries
            // Not every record of a review names its candidates again.
            if entry.candidates.isEmpty { entry.candidates = known.candidates }
            if entry.request == nil { entry.request = known.request }
        }
        var draws = draws
        if state == .proposed, !entry.isPlanned {
            entry.isPlanned = true
            let when = decisionTime(team, entry, from: at, &draws)
            plan(.decide(team: team, entry: id, .proposal(asof: entry.asof, draws)), at: when)
        } else if state == .accepted, !entry.isPlannedAsAccepted {
            entry.isPlannedAsAccepted = true
            planWork(team, id, entry, from: at, &draws)
        }
        teams[team].entries[id] = entry
    }

    private func read(_ json: JSONValue, _ kind: EntryKind, _ state: EntryState) -> TeamOffice.Entry {
        var candidates: [String] = []
        if let list = try? json.member("candidates")?.elements() {
            for element in list {
                if let text = (try? element.string()) ?? element.text("person") { candidates.append(text) }
            }
        }
        var referral: String?
        if var list = try? json.member("referrals")?.elements() { referral = list.next()?.text("referral") }
        return TeamOffice.Entry(
            kind: kind, state: state, about: json.text("about"), caseID: json.text("case"), urgency: json.urgency,
            proposed: proposed(json),
            isDanger: json.truth("danger") || json.truth("immediateDanger"), asof: json.text("asof"),
            childID: json.text("childId"), candidates: candidates,
            request: json.member("return")?.text("request") ?? json.text("request"), referral: referral)
    }

    private func proposed(_ json: JSONValue) -> (urgency: RAG, level: Int)? {
        guard let rating = json.member("proposedRating"), let level = try? rating.member("level")?.integer(),
            let urgency = rating.text("urgency").flatMap({ RAG(rawValue: $0) })
        else { return nil }
        return (urgency, Int(level))
    }

    /// About one in sixteen takes longer than a working day; Red is looked at within the hour by whoever is there.
    private func decisionTime(
        _ team: Int, _ entry: TeamOffice.Entry, from at: Instant, _ draws: inout Draws
    ) -> Instant {
        let isUrgent = entry.urgency == .red || entry.isDanger
        let usual = entry.kind == .read ? 180.0 : isUrgent ? 25 : 95
        return teams[team].hours.after(at, workingMinutes: 3 + usual * draws.stretch())
    }

    /// What becomes of an accepted case; most outlast the run.
    private mutating func planWork(
        _ team: Int, _ id: String, _ entry: TeamOffice.Entry, from at: Instant, _ draws: inout Draws
    ) {
        guard entry.kind == .lead || entry.kind == .protect else { return }
        let chance = draws.unit()
        let verb: DecisionVerb
        let isStrong = entry.kind == .protect || teams[team].team.kind == .macpt || teams[team].team.kind == .familyHelp
        if chance < behaviour.casesSteppedUp, entry.kind == .lead, teams[team].team.kind != .macpt {
            verb = .stepUp
        } else if chance < behaviour.casesSteppedUp + behaviour.casesSteppedDown, isStrong {
            verb = .stepDown
        } else if entry.kind == .lead, draws.happens(behaviour.casesClosed) {
            verb = .close
        } else {
            return
        }
        let hours = teams[team].team.kind == .mash ? 4.0 : 14
        let later = at.adding(milliseconds: Int64(hours * draws.stretch() * 3_600_000))
        let when = teams[team].hours.after(later, workingMinutes: 20 + 100 * draws.unit())
        plan(.decide(team: team, entry: id, .accepted(verb, asof: entry.asof, draws)), at: when)
    }

    private mutating func refused(_ json: JSONValue, _ team: Int, _ at: Instant, _ draws: Draws) {
        guard let id = json.text("entry"), let verb = json.text("verb").flatMap({ DecisionVerb(rawValue: $0) }),
            let reason = json.text("reason"), reason == "risk-risen" || reason == "asof-missing",
            let entry = teams[team].entries[id], entry.retries < 2
        else { return }
        teams[team].entries[id]?.retries += 1
        if let newest = json.text("newest") { teams[team].entries[id]?.asof = newest }
        let when = teams[team].hours.after(at, workingMinutes: 30)
        plan(.decide(team: team, entry: id, .again(verb, draws)), at: when)
    }
}
