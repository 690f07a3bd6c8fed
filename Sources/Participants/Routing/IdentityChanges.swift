import DomainModel
import HubConfiguration
import Room

// What follows where a named person says that a child is somebody else, that two are one, or what became of an unborn
// child. Entries move in the step in which the person's word is read, so that no child is without a lead in between.

/// A child that a person takes from a case, with who has seen it there: asked before the event is folded in.
struct Leaving {
    let decided: IdentityDecided
    let from: CaseID
    /// Teams whose queue showed the child on that case.
    let teams: [TeamName]
    /// What agencies were asked about the child for that case.
    let requests: [String]
    /// The child's referrer was told an outcome of that case.
    let wasTold: Bool

    /// Not an initializer, which would be handed a copy of the state.
    static func child(by input: Event, in state: RoutingState) -> Leaving? {
        switch input.body {
        case .identityUnlinked(let decided), .identitySplit(let decided), .identityConfirmed(let decided):
            guard let from = decided.previousCase, decided.leavesACase,
                let child = state.referrals[decided.referral]?.state(of: decided.child)
            else { return nil }
            return Leaving(
                decided: decided, from: from, teams: child.shownTo, requests: child.requests, wasTold: child.wasTold)
        default: return nil
        }
    }
}

extension Routing {
    static let sentInError =
        "This request was sent in error and is withdrawn. Please delete it, and whatever you have noted because of it."
    static let outcomeInError =
        "The outcome that you were told for this child was sent in error and is withdrawn. Please delete it."
    static let linkInError =
        "A referral that this case showed was linked to it in error, and the link is withdrawn. Please delete whatever you have kept of it."
    /// To whoever was asked about a child whom the family has lost. Never why.
    static let notNeeded =
        "An answer to this request is not needed any more, and nothing further will be asked. Please do not contact the family because of it."

    // MARK: Undoing a link

    /// A named person undid a link, or said that the child is another's. Whoever saw it is told to delete it, never whose
    /// it was. What stays behind is never lowered or closed by itself: the MASH is asked.
    mutating func decide(on leaving: Leaving, cause: Event, in room: RoomView) {
        leaveBehind(leaving, cause: cause, in: room)
        withdraw(leaving.requests, words: Routing.sentInError, cause: cause)
        if leaving.wasTold { withdrawOutcome(leaving.decided, cause: cause) }
        for team in leaving.teams {
            var writer = OutgoingWriter(equipment.allowLists, .linkWithdrawn, to: .team)
            writer.field("case", leaving.from)
            writer.field("words", Routing.linkInError)
            send(
                .linkWithdrawn, to: .team(team), subject: leaving.from.description, cause: cause,
                what: leaving.decided.child.description, data: writer.finish())
        }
        guard let id = leaving.decided.caseID, let row = state.cases[id] else { return }
        let child = CaseChild(referral: leaving.decided.referral, child: leaving.decided.child)
        switch row.phase {
        case .awaiting: if row.rating != nil { route(id, child, cause: cause, in: room) }
        case .open:
            notify(id, about: "new-referral", lead: true, mash: false, cause: cause, in: room)
            acknowledge(id, cause: cause, in: room)
        // Deduplication reopens it next.
        case .closed: break
        }
    }

    /// A case that no referral is left in goes to the MASH as its lead too, because what its team took on was about
    /// somebody else. No open entry goes on showing the child.
    private mutating func leaveBehind(_ leaving: Leaving, cause: Event, in room: RoomView) {
        let id = leaving.from
        guard let row = state.cases[id], row.phase == .open, let lead = row.lead, let mash = room.mash else { return }
        defer { showAgain(row.entries, of: id, cause: cause) }
        guard row.children.isEmpty, lead.team != mash.id, let rating = row.rating else {
            // One question for all the children of a split.
            let isAsked = row.entries.contains { $0.kind == .decide && $0.about == "unlinked" }
            return notify(
                id, about: "unlinked", lead: lead.state == .accepted && lead.team != mash.id, mash: !isAsked,
                cause: cause, in: room)
        }
        var changes = movingLead(of: row, id, to: mash.id, ending: .withdrawn, cause: cause)
        if let protect = row.protect, protect.team != mash.id { changes.append(protect.becoming(.withdrawn)) }
        changes.append(entry(.decide, at: mash.id, about: "unlinked", of: id, cause: cause))
        let routed = CaseRouted(
            caseID: id, child: leaving.decided.child, referral: leaving.decided.referral, lead: mash.id,
            leadKind: mash.kind, rating: rating, entries: changes)
        post(.caseRouted(routed), of: id, referral: leaving.decided.referral, cause: cause, in: room)
    }

    /// Those of the entries that are open still.
    private mutating func showAgain(_ entries: [EntryChange], of id: CaseID, cause: Event) {
        for change in state.cases[id]?.entries ?? [] where entries.contains(where: { $0.entry == change.entry }) {
            show(change, cause: cause, input: cause)
        }
    }

    private mutating func withdrawOutcome(_ decided: IdentityDecided, cause: Event) {
        guard let row = state.referrals[decided.referral], let facts = row.facts(of: decided.child) else { return }
        var writer = OutgoingWriter(equipment.allowLists, .outcomeWithdrawn, to: .agency)
        writer.field("reference", row.content.reference)
        writer.field("child", facts.part)
        writer.field("words", Routing.outcomeInError)
        send(
            .outcomeWithdrawn, to: .agency(row.content.agency), subject: row.content.reference, cause: cause,
            what: facts.part.description, data: writer.finish())
    }

    // MARK: A rating that would be lower

    /// Where undoing a link would lower a rating, the rating stays and the MASH is asked, once; its person's rating, of
    /// whatever height, is the answer.
    mutating func askAboutRating(_ rated: CaseRated, cause: Event, in room: RoomView) {
        let id = rated.caseID
        guard let row = state.cases[id], row.phase == .open else { return }
        let asked = row.entries.first { $0.kind == .decide && $0.about == Routing.ratingReview }
        if rated.by != nil {
            guard let asked else { return }
            let notified = CaseNotified(caseID: id, about: "rated", entries: [asked.becoming(.done)])
            post(.caseNotified(notified), of: id, referral: rated.referral, cause: cause, in: room)
        } else if rated.proposed != nil, asked == nil {
            notify(id, about: Routing.ratingReview, lead: false, mash: true, cause: cause, in: room)
        }
    }

    static let ratingReview = "rating-review"

    // MARK: Merging

    /// The second case ends in the first. Where the first is led, its lead stays and the MASH is asked who should go on;
    /// where it is not, the second's lead is proposed to in the same step.
    mutating func decide(on merged: IdentitiesMerged, cause: Event, in room: RoomView) {
        guard let gone = state.cases[merged.mergedCase], let kept = state.cases[merged.caseID] else { return }
        let ended = CaseDecision(
            caseID: merged.mergedCase, by: merged.by, decision: merged.decision, reason: merged.reason,
            into: merged.caseID, entries: gone.entries.map { $0.becoming(.withdrawn) })
        let referral = kept.children.last?.referral
        post(.caseMerged(ended), of: merged.mergedCase, referral: referral, cause: cause, in: room)
        if kept.phase == .open {
            notify(merged.caseID, about: "merged", lead: true, mash: true, cause: cause, in: room)
            return showAgain(kept.entries, of: merged.caseID, cause: cause)
        }
        guard gone.phase == .open, let lead = gone.lead, let team = room.team(named: lead.team),
            let child = kept.children.last, let rating = kept.rating
        else { return }
        var changes = [entry(.lead, at: team.id, of: merged.caseID, cause: cause)]
        if let protect = gone.protect {
            changes.append(entry(.protect, at: protect.team, of: merged.caseID, cause: cause))
        }
        if let mash = room.mash, mash.id != team.id {
            changes.append(entry(.decide, at: mash.id, about: "merged", of: merged.caseID, cause: cause))
        }
        let routed = CaseRouted(
            caseID: merged.caseID, child: child.child, referral: child.referral, lead: team.id, leadKind: team.kind,
            rating: rating, entries: changes)
        post(.caseRouted(routed), of: merged.caseID, referral: child.referral, cause: cause, in: room)
    }

    // MARK: Unborn children

    mutating func decide(onBorn decided: IdentityDecided, cause: Event, in room: RoomView) {
        guard let id = decided.caseID, state.cases[id]?.phase == .open else { return }
        notify(id, about: "born", lead: true, mash: false, cause: cause, in: room)
    }

    /// Nobody is asked, reminded or told anything more about the child. Whoever was asked is told that nothing is needed,
    /// and no referrer an outcome.
    mutating func decide(onLost decided: IdentityDecided, cause: Event, in room: RoomView) {
        guard let id = decided.caseID, let row = state.cases[id], row.phase != .closed else { return }
        let entries = row.entries.map { $0.becoming($0.kind == .lead ? .done : .withdrawn) }
        let requests = row.requests
        let closed = CaseDecision(
            caseID: id, by: decided.by, decision: decided.decision, reason: decided.reason, entries: entries)
        let event = post(.caseClosed(closed), of: id, referral: decided.referral, cause: cause, in: room)
        withdraw(requests, words: Routing.notNeeded, cause: event)
    }
}
