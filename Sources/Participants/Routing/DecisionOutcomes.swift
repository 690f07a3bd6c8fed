import DomainModel
import HubConfiguration
import Room

// What each verb does. Every function posts one event that moves all its entries at once, or refuses and posts nothing.

extension Routing {
    mutating func accept(_ judged: Judged, in room: RoomView) -> Refusal? {
        let entry = judged.entry
        guard entry.kind == .lead || entry.kind == .protect else { return .notForThisEntry }
        guard entry.state == .proposed else { return .alreadyAccepted }
        let leads = entry.kind == .lead || judged.lead.state == .accepted
        post(
            judged.event(
                EventBody.caseAccepted, lead: judged.lead.team, accepted: leads, [entry.becoming(.accepted)], in: room),
            judged, in: room)
        return nil
    }

    /// Not ours: the MASH leads until it says who. A protection given back leaves the lead and asks the MASH.
    mutating func giveBack(_ judged: Judged, in room: RoomView) -> Refusal? {
        guard let mash = room.mash else { return .noSuchTeam }
        switch judged.entry.kind {
        case .lead:
            guard judged.lead.team != mash.id else { return .alreadyThere }
            let changes = movingLead(of: judged.row, judged.id, to: mash.id, ending: .done, cause: judged.cause)
            post(
                judged.event(EventBody.caseReturned, lead: mash.id, accepted: false, changes, in: room), judged,
                in: room)
        case .protect:
            let changes = [
                judged.entry.becoming(.done),
                entry(.decide, at: mash.id, about: "protection-returned", of: judged.id, cause: judged.cause),
            ]
            post(
                judged.event(
                    EventBody.caseReturned, lead: judged.lead.team, accepted: judged.lead.state == .accepted, changes,
                    in: room),
                judged, in: room)
        case .decide, .read: return .notForThisEntry
        }
        return nil
    }

    /// Whether the person may move the lead: it is their team's, or their entry asks the MASH to decide.
    private func moves(_ judged: Judged, in room: RoomView) -> Bool {
        judged.entry.kind == .lead || (judged.entry.kind == .decide && judged.entry.team == room.mash?.id)
    }

    mutating func redirect(_ judged: Judged, in room: RoomView) -> Refusal? {
        guard moves(judged, in: room) else { return .notForThisEntry }
        guard let target = judged.decision.to.flatMap({ room.team(named: $0) }) else { return .noSuchTeam }
        guard target.id != judged.lead.team else { return .alreadyThere }
        let ending: EntryState = judged.entry.kind == .lead ? .done : .withdrawn
        var changes = movingLead(of: judged.row, judged.id, to: target.id, ending: ending, cause: judged.cause)
        // Straight to MACPT: it leads till a Family Help lead is allocated, and keeps the protection.
        if let from = room.team(named: judged.lead.team), from.kind == .macpt, judged.lead.state == .accepted,
            target.kind == .familyHelp, judged.row.protect == nil
        {
            changes.append(
                entry(.protect, at: from.id, state: .accepted, of: judged.id, cause: judged.cause))
        }
        changes += judged.answered
        post(
            judged.event(EventBody.caseRedirected, lead: target.id, accepted: false, changes, in: room), judged,
            in: room)
        return nil
    }

    mutating func close(_ judged: Judged, in room: RoomView) -> Refusal? {
        guard moves(judged, in: room) else { return .notForThisEntry }
        // What the person acted by is done; all else is taken back.
        let changes = judged.row.entries.map { open in
            open.becoming(open.entry == judged.entry.entry || open.kind == .lead ? .done : .withdrawn)
        }
        let outcome = judged.decision.outcome ?? .noFurtherAction
        let requests = judged.row.requests
        let children = judged.row.children
        let told = concluded(children, outcome: outcome, in: room)
        let event = judged.event(
            EventBody.caseClosed, lead: nil, accepted: false, changes, outcome: outcome, told: told, in: room)
        let closed = post(event, of: judged.id, referral: children.last?.referral, cause: judged.cause, in: room)
        withdraw(requests, cause: closed)
        conclude(children, told: told, outcome: outcome, cause: closed, in: room)
        return nil
    }

    /// Adds the MACPT; the lead stays. A team that steps up a case proposed to it has taken the family's work on.
    mutating func stepUp(_ judged: Judged, in room: RoomView) -> Refusal? {
        guard judged.entry.kind != .read else { return .notForThisEntry }
        guard let macpt = room.team(.macpt) else { return .noSuchTeam }
        guard judged.lead.team != macpt.id, judged.row.protect == nil else { return .alreadySteppedUp }
        // The MASH does no family work: where it leads, the case goes straight to the MACPT.
        if judged.lead.team == room.mash?.id {
            let ending: EntryState = judged.entry.kind == .lead ? .done : .withdrawn
            let changes = movingLead(of: judged.row, judged.id, to: macpt.id, ending: ending, cause: judged.cause)
            post(
                judged.event(
                    EventBody.caseSteppedUp, lead: macpt.id, accepted: false, changes + judged.answered, in: room),
                judged, in: room)
            return nil
        }
        var changes: [EntryChange] = []
        let takes = judged.entry.kind == .lead && judged.lead.state == .proposed
        if takes { changes.append(judged.lead.becoming(.accepted)) }
        changes.append(entry(.protect, at: macpt.id, of: judged.id, cause: judged.cause))
        changes += judged.answered
        post(
            judged.event(
                EventBody.caseSteppedUp, lead: judged.lead.team, accepted: takes || judged.lead.state == .accepted,
                changes,
                in: room),
            judged, in: room)
        return nil
    }

    /// Ends the protection, or moves the lead to a less intensive team. Only a person does this, and only one who has
    /// seen what raised the risk last.
    mutating func stepDown(_ judged: Judged, in room: RoomView) -> Refusal? {
        guard judged.entry.kind == .protect || moves(judged, in: room) else { return .notForThisEntry }
        var changes: [EntryChange] = []
        if let protect = judged.row.protect { changes.append(protect.becoming(.done)) }
        let kind = room.team(named: judged.lead.team)?.kind
        let target: Team?
        if let to = judged.decision.to {
            guard let named = room.team(named: to) else { return .noSuchTeam }
            guard named.kind != .macpt else { return .nothingToStepDown }
            target = named
        } else if judged.row.protect == nil {
            guard kind == .macpt || kind == .familyHelp else { return .nothingToStepDown }
            target = room.team(kind == .macpt ? .familyHelp : .earlyHelp)
            guard target != nil else { return .noSuchTeam }
        } else {
            target = nil
        }
        var lead = judged.lead
        if let target, target.id != lead.team {
            guard moves(judged, in: room) else { return .notForThisEntry }
            let ending: EntryState = judged.entry.kind == .lead ? .done : .withdrawn
            var row = judged.row
            row.entries.removeAll { $0.kind == .protect }
            changes += movingLead(of: row, judged.id, to: target.id, ending: ending, cause: judged.cause)
            lead = changes.last ?? lead
        } else if changes.isEmpty {
            return .alreadyThere
        }
        changes += judged.answered
        post(
            judged.event(
                EventBody.caseSteppedDown, lead: lead.team, accepted: lead.state == .accepted, changes, in: room),
            judged, in: room)
        return nil
    }

    mutating func settle(_ judged: Judged, in room: RoomView) -> Refusal? {
        guard judged.entry.kind == .decide else { return .notForThisEntry }
        let event = judged.event(
            EventBody.caseDecided, lead: judged.lead.team, accepted: judged.lead.state == .accepted, judged.answered,
            outcome: judged.decision.outcome, in: room)
        post(event, judged, in: room)
        return nil
    }

    mutating func note(_ judged: Judged, in room: RoomView) -> Refusal? {
        guard judged.entry.kind == .read else { return .notForThisEntry }
        post(
            .caseNotified(CaseNotified(caseID: judged.id, about: "noted", entries: [judged.entry.becoming(.done)])),
            judged, in: room)
        return nil
    }

    private mutating func post(_ body: EventBody, _ judged: Judged, in room: RoomView) {
        post(
            body, of: judged.id, referral: judged.row.children.last?.referral, cause: judged.cause, in: room)
    }
}

extension Judged {
    /// The decide entry that the person acted by is answered by what they decided.
    var answered: [EntryChange] { entry.kind == .decide ? [entry.becoming(.done)] : [] }

    func event(
        _ make: (CaseDecision) -> EventBody, lead: TeamName?, accepted: Bool, _ entries: [EntryChange],
        outcome: Outcome? = nil, told: [ChildID] = [], in room: RoomView
    ) -> EventBody {
        make(
            CaseDecision(
                caseID: id, by: decision.by, decision: cause.id, reason: decision.reason, lead: lead,
                leadKind: lead.flatMap { room.team(named: $0)?.kind }, leadAccepted: accepted,
                outcome: outcome ?? decision.outcome, told: told, entries: entries))
    }
}
