import DomainModel
import HubConfiguration
import Room

// What follows from what other participants post about children and cases.

extension Routing {
    mutating func decide(on identified: ChildIdentified, before: CaseRow?, cause: Event, in room: RoomView) {
        guard identified.disposition != .awaiting, let id = identified.caseID else {
            return askWho(identified, cause: cause, in: room)
        }
        guard let row = state.cases[id] else { return }
        switch row.phase {
        case .awaiting: return
        case .closed:
            guard !row.isLost, row.mergedInto == nil else { return }
            reopen(id, CaseChild(referral: identified.referral, child: identified.child), cause: cause, in: room)
        case .open where before?.children.contains(where: { $0.child == identified.child }) == true:
            // A person confirmed the child where it was: their answer ends the question, and nothing else is new.
            let ended = endedReviews(of: row)
            guard !ended.isEmpty else { return }
            post(
                .caseNotified(CaseNotified(caseID: id, about: "identity-confirmed", entries: ended)), of: id,
                referral: identified.referral, cause: cause, in: room)
        case .open:
            // The case was led before this report came, which is new to whoever leads it.
            let ended = endedReviews(of: row)
            guard let lead = row.lead else { return }
            let read = entry(.read, at: lead.team, about: "new-referral", of: id, cause: cause)
            post(
                .caseNotified(CaseNotified(caseID: id, about: "new-referral", entries: ended + [read])), of: id,
                referral: identified.referral, cause: cause, in: room)
            acknowledge(id, cause: cause, in: room)
        }
    }

    private mutating func askWho(_ identified: ChildIdentified, cause: Event, in room: RoomView) {
        let known = state.referrals[identified.referral]?.state(of: identified.child)
        if let asked = known?.review.flatMap({ state.entries[$0] }) {
            // Asked already: one question per child, shown with those whom it might be now.
            return show(asked.change, cause: cause, input: cause)
        }
        guard let mash = room.mash else { return }
        let change = review(at: mash.id, about: "review", of: identified.child, cause: cause)
        let asked = IdentityRequested(
            referral: identified.referral, child: identified.child, candidates: identified.candidates,
            entries: [change])
        post(
            .identityRequested(asked), subject: .referral(identified.referral), referral: identified.referral,
            cause: cause, in: room)
    }

    /// Something came for a case that was closed meanwhile: it runs again, and is proposed at once.
    private mutating func reopen(_ id: CaseID, _ child: CaseChild, cause: Event, in room: RoomView) {
        post(
            .caseReopened(CaseReopened(caseID: id, referral: child.referral, reason: "referred-meanwhile")), of: id,
            referral: child.referral, cause: cause, in: room)
        route(id, child, cause: cause, in: room)
    }

    mutating func decide(on rated: CaseRated, before: CaseRow?, cause: Event, in room: RoomView) {
        let id = rated.caseID
        // What Triage rated before it read of the merge comes along to the case that goes on.
        guard before?.mergedInto == nil, before?.isLost != true else { return }
        let child = CaseChild(referral: rated.referral, child: rated.child)
        defer { askAboutRating(rated, cause: cause, in: room) }
        let rises = before?.rating.map { rated.rating.isAbove($0) } ?? true
        let reddens = rated.rating.urgency == .red && before?.rating?.urgency != .red
        switch before?.phase {
        case nil, .awaiting: route(id, child, cause: cause, in: room)
        case .closed:
            // What a person rated no higher than before was rated with the close in mind or without knowing of it:
            // neither is a reason to run the case again.
            guard rated.by == nil || rises else { return }
            reopen(id, child, cause: cause, in: room)
        case .open:
            guard let row = state.cases[id], let lead = row.lead else { return }
            if !rises {
                let isOther =
                    before?.rating != rated.rating || before?.danger != rated.danger
                    || before?.proposed != rated.proposed
                if isOther { refresh(id, cause: cause) }
            } else if lead.state == .accepted {
                notify(id, about: "risen", lead: true, mash: reddens, cause: cause, in: room)
            } else if reddens {
                redden(id, row: row, lead: lead, rated: rated, cause: cause, in: room)
            } else {
                refresh(id, cause: cause)
            }
            acknowledge(id, cause: cause, in: room)
        }
    }

    /// A rise to Red moves a lead that is only proposed, in one event; the MASH decides at the same time.
    private mutating func redden(
        _ id: CaseID, row: CaseRow, lead: EntryChange, rated: CaseRated, cause: Event, in room: RoomView
    ) {
        guard let proposal = room.proposal(for: rated.rating) else { return }
        guard proposal.lead.id != lead.team else {
            notify(id, about: "risen", lead: false, mash: true, cause: cause, in: room)
            return refresh(id, cause: cause)
        }
        var changes = movingLead(of: row, id, to: proposal.lead.id, ending: .withdrawn, cause: cause)
        if proposal.decide != nil, let mash = room.mash {
            changes.append(entry(.decide, at: mash.id, about: "risen", of: id, cause: cause))
        }
        let routed = CaseRouted(
            caseID: id, child: rated.child, referral: rated.referral, lead: proposal.lead.id,
            leadKind: proposal.lead.kind, rating: rated.rating, entries: changes)
        post(.caseRouted(routed), of: id, referral: rated.referral, cause: cause, in: room)
    }

    // MARK: Later versions of a referral

    mutating func decide(onCorrected content: ReferralContent, cause: Event, in room: RoomView) {
        guard let row = state.referrals[content.referral] else { return }
        // Two children of one referral may be one person, and so one case.
        var done: [CaseID] = []
        for child in row.states {
            guard let id = child.caseID, !done.contains(id), let held = state.cases[id], held.phase == .open else {
                continue
            }
            done.append(id)
            if row.states.contains(where: { $0.caseID == id && $0.missing }) {
                notify(id, about: "child-missing", lead: false, mash: true, cause: cause, in: room)
            }
            if held.lead?.state == .accepted {
                notify(id, about: "corrected", lead: true, mash: false, cause: cause, in: room)
            } else {
                refresh(id, cause: cause)
            }
            resend(id, of: content.referral, cause: cause)
        }
    }

    mutating func decide(onWithdrawn referral: ReferralID, cause: Event, in room: RoomView) {
        guard let row = state.referrals[referral] else { return }
        var done: [CaseID] = []
        for child in row.states {
            guard let id = child.caseID, !done.contains(id), state.cases[id]?.phase == .open else { continue }
            done.append(id)
            notify(id, about: "withdrawn-by-referrer", lead: false, mash: true, cause: cause, in: room)
        }
    }

    // MARK: Returns

    mutating func decide(onReturn content: ReturnContent, cause: Event, in room: RoomView) {
        guard let id = state.requests[content.request]?.caseID, let row = state.cases[id], row.phase == .open else {
            return
        }
        if !content.identified {
            return notify(
                id, about: "unidentified", request: content.request, lead: false, mash: true, cause: cause, in: room)
        }
        let tells = content.kind == .full || content.kind == .partial || !content.findings.isEmpty
        guard tells, let lead = row.lead else { return }
        if lead.state == .accepted {
            notify(id, about: "new-return", request: content.request, lead: true, mash: false, cause: cause, in: room)
        } else {
            refresh(id, cause: cause)
        }
    }

    mutating func decide(onDeclined content: ReturnContent, cause: Event, in room: RoomView) {
        guard let id = state.requests[content.request]?.caseID, state.cases[id]?.phase == .open else { return }
        notify(id, about: "declined", request: content.request, lead: false, mash: true, cause: cause, in: room)
    }

    mutating func decide(onReturnWithdrawn request: String, cause: Event, in room: RoomView) {
        guard let id = state.requests[request]?.caseID, let row = state.cases[id], row.phase == .open else { return }
        // Whoever was told of the return is told that its sender took it back.
        guard row.lead?.state == .accepted else { return refresh(id, cause: cause) }
        notify(id, about: "return-withdrawn", request: request, lead: true, mash: false, cause: cause, in: room)
    }
}
