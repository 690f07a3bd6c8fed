import DomainModel
import HubConfiguration
import Room
import Sealing

// Where a child is proposed to, and how an entry comes and goes.

struct Proposal {
    var lead: Team
    /// The MASH decides at the same time, about this.
    var decide: String?
}

extension RoomView {
    /// The policy's proposal for a rating. Two things are not the policy's to change: Red is proposed to the MACPT with
    /// the MASH deciding at the same time, and what proposes no multi-agency response (Blue) goes to the MASH alone.
    /// - Returns: nil only where the authority has no team at all; the clock of `decide` then tells a person.
    func proposal(for rating: Rating) -> Proposal? {
        guard let mash else { return nil }
        guard rating.urgency != .blue else { return Proposal(lead: mash) }
        let rule = policy.routes.first {
            ($0.ratings.isEmpty || $0.ratings.contains(rating.urgency))
                && ($0.levels.isEmpty || $0.levels.contains(rating.level))
        }
        let red = rating.urgency == .red
        let kind = red ? .macpt : rule?.lead ?? .mash
        let lead = team(kind) ?? mash
        guard red || rule?.decide == true, lead.id != mash.id else { return Proposal(lead: lead) }
        return Proposal(lead: lead, decide: red ? "red" : "protection")
    }
}

extension EntryChange {
    /// The state of this entry from now on.
    func becoming(_ state: EntryState) -> EntryChange {
        var change = self
        change.state = state
        return change
    }
}

extension Routing {
    /// A new entry. Its id comes from the cause, the team, the kind and what it is about, and from the case, because one
    /// decision may name several.
    func entry(
        _ kind: EntryKind, at team: TeamName, about: String? = nil, state: EntryState = .proposed, of id: CaseID,
        cause: Event
    ) -> EntryChange {
        var derivation = Derivation("entry")
        derivation.add(cause.id)
        derivation.add(team)
        derivation.add(kind.rawValue)
        if let about { derivation.add(about) } else { derivation.addNone() }
        derivation.add(id)
        return EntryChange(entry: derivation.id(), team: team, kind: kind, state: state, about: about)
    }

    /// An entry about a child that has no case.
    func review(at team: TeamName, about: String, of child: ChildID, cause: Event) -> EntryChange {
        var derivation = Derivation("entry")
        derivation.add(cause.id)
        derivation.add(team)
        derivation.add(EntryKind.decide.rawValue)
        derivation.add(about)
        derivation.add(child)
        return EntryChange(entry: derivation.id(), team: team, kind: .decide, state: .proposed, about: about)
    }

    /// The lead passes to another team: the old entry ends and the new one begins, in the order that an event lists
    /// them. What the old team had only to read ends with its lead; the new one's entry shows the case as it is.
    func movingLead(
        of row: CaseRow, _ id: CaseID, to team: TeamName, ending state: EntryState, cause: Event
    ) -> [EntryChange] {
        var changes: [EntryChange] = []
        if let lead = row.lead {
            changes.append(lead.becoming(state))
            for read in row.entries where read.kind == .read && read.team == lead.team {
                changes.append(read.becoming(.withdrawn))
            }
        }
        // A team that leads needs no second entry for its protection.
        if let protect = row.protect, protect.team == team { changes.append(protect.becoming(.done)) }
        changes.append(entry(.lead, at: team, of: id, cause: cause))
        return changes
    }

    /// The end of the entries that asked who this child of the case is: it is answered where the child joins a queue.
    func endedReviews(of row: CaseRow) -> [EntryChange] {
        row.children.compactMap { child in
            guard let review = state.referrals[child.referral]?.state(of: child.child)?.review else { return nil }
            return state.entries[review]?.change.becoming(.done)
        }
    }

    /// The first proposal of a case, or the first after it was reopened.
    mutating func route(_ id: CaseID, _ newest: CaseChild, cause: Event, in room: RoomView) {
        guard let row = state.cases[id], let rating = row.rating, let proposal = room.proposal(for: rating) else {
            return
        }
        var changes = endedReviews(of: row)
        changes += movingLead(of: row, id, to: proposal.lead.id, ending: .withdrawn, cause: cause)
        if let about = proposal.decide, let mash = room.mash {
            changes.append(entry(.decide, at: mash.id, about: about, of: id, cause: cause))
        }
        let routed = CaseRouted(
            caseID: id, child: newest.child, referral: newest.referral, lead: proposal.lead.id,
            leadKind: proposal.lead.kind, rating: rating, entries: changes)
        post(.caseRouted(routed), of: id, referral: newest.referral, cause: cause, in: room)
        acknowledge(id, cause: cause, in: room)
    }

    /// Tells the lead, the MASH, or both of something about an open case.
    mutating func notify(
        _ id: CaseID, about: String, request: String? = nil, lead: Bool, mash: Bool, cause: Event, in room: RoomView
    ) {
        guard let row = state.cases[id] else { return }
        var changes: [EntryChange] = []
        if lead, let held = row.lead {
            changes.append(entry(.read, at: held.team, about: about, of: id, cause: cause))
        }
        if mash, let team = room.mash {
            changes.append(entry(.decide, at: team.id, about: about, of: id, cause: cause))
        }
        guard !changes.isEmpty else { return }
        post(
            .caseNotified(CaseNotified(caseID: id, about: about, request: request, entries: changes)), of: id,
            referral: row.children.last?.referral, cause: cause, in: room)
    }

    /// Shows the open entries of a case anew, with what has changed and the newest event: nothing moved.
    mutating func refresh(_ id: CaseID, cause: Event) {
        guard let row = state.cases[id] else { return }
        for change in row.entries where change.kind != .read { show(change, cause: cause, input: cause) }
    }
}
