import DomainModel
import JSON
import Room

/// What Routing knows: a fold over the room, in order. `apply` is the only thing that changes it, and never decides.
struct RoutingState {
    private(set) var adoptions = Adoptions()
    private(set) var cases = StateTable<CaseID, CaseRow>(prefix: "C")
    private(set) var referrals = StateTable<ReferralID, ReferralRow>(prefix: "R")
    private(set) var parts = StateTable<ReferralID, PartsRow>(prefix: "T")
    private(set) var entries = StateTable<EntryID, EntryRow>(prefix: "E")
    /// By the hub's reference.
    private(set) var requests = StateTable<String, ReturnRequested>(prefix: "Q")

    mutating func apply(_ event: Event) {
        if adoptions.apply(event) { return }
        switch event.body {
        case .referralSubmitted(let submitted): take(submitted.content, of: event)
        case .referralTransferred(let transferred): take(transferred.content, of: event)
        case .referralCorrected(let corrected): correct(corrected.content, by: event)
        case .referralWithdrawn(let withdrawn): withdraw(withdrawn.referral, by: event)
        case .caseOpened(let opened): open(opened, by: event)
        case .childIdentified(let identified): identify(identified, by: event)
        case .caseReopened(let reopened): reopen(reopened, by: event)
        case .caseRated(let rated): rate(rated, by: event)
        case .identityUnlinked(let decided), .identitySplit(let decided): move(decided, by: event)
        case .identityConfirmed(let decided): if decided.leavesACase { move(decided, by: event) }
        case .identityMerged(let merged): merge(merged, by: event)
        case .unbornLost(let decided):
            if let id = decided.caseID, cases[id] != nil { cases[id]?.isLost = true }
        case .unbornBorn(let decided): touch(decided.caseID, by: event, risk: false)
        case .returnRequested(let requested): request(requested, by: event)
        case .returnSubmitted(let returned): touch(request: returned.content.request, by: event, risk: false)
        case .returnCorrected(let returned): touch(request: returned.content.request, by: event, risk: false)
        case .returnDeclined(let returned): touch(request: returned.content.request, by: event, risk: true)
        case .returnWithdrawn(let returned): touch(request: returned.request, by: event, risk: false)
        case .caseRouted(let routed): place(routed, by: event)
        case .caseNotified(let notified): change(notified.entries, of: notified.caseID, by: event)
        case .identityRequested(let asked): ask(asked)
        case .caseAccepted(let decided), .caseReturned(let decided), .caseRedirected(let decided),
            .caseSteppedUp(let decided), .caseSteppedDown(let decided), .caseDecided(let decided):
            change(decided.entries, of: decided.caseID, by: event)
        case .caseClosed(let decided), .caseMerged(let decided): close(decided, by: event)
        case .referralAcknowledged(let told): referrals[told.referral]?.acknowledged = true
        default: break
        }
    }

    // MARK: Referrals

    private mutating func hold(_ content: ReferralContent, of event: Event) {
        // A referral that nobody's room is known for is passed on whole; elsewhere Routing shows children and text only.
        let held = event.parts.filter {
            event.authority == .hub || $0.name.kind == .child || $0.name.kind == .text
        }
        parts[content.referral] = PartsRow(parts: held.compactMap { HeldPart($0) })
    }

    private mutating func take(_ content: ReferralContent, of event: Event) {
        // A second coming of the same version must not forget what became of its children.
        if let row = referrals[content.referral], row.authority == event.authority { return }
        referrals[content.referral] = ReferralRow(authority: event.authority, content: content)
        hold(content, of: event)
    }

    private mutating func correct(_ content: ReferralContent, by event: Event) {
        guard var row = referrals[content.referral] else {
            referrals[content.referral] = ReferralRow(authority: event.authority, content: content)
            return hold(content, of: event)
        }
        row.content = ReferralRow.lean(content, in: event.authority)
        for place in row.states.indices {
            row.states[place].missing = row.facts(of: row.states[place].child) == nil
        }
        for child in content.children where row.state(of: child.child) == nil {
            row.states.append(ChildState(child: child.child))
        }
        referrals[content.referral] = row
        hold(content, of: event)
        for state in row.states { touch(state.caseID, by: event, risk: false) }
    }

    private mutating func withdraw(_ referral: ReferralID, by event: Event) {
        guard let row = referrals[referral] else { return }
        referrals[referral]?.withdrawn = true
        for state in row.states { touch(state.caseID, by: event, risk: false) }
    }

    // MARK: Cases

    private mutating func attach(_ child: CaseChild, to id: CaseID) {
        if cases[id] == nil { cases[id] = CaseRow() }
        if cases[id]?.children.contains(child) == false { cases[id]?.children.append(child) }
        let teams = cases[id]?.entries.map(\.team) ?? []
        edit(child) { state in
            state.caseID = id
            for team in teams where !state.shownTo.contains(team) { state.shownTo.append(team) }
        }
    }

    private mutating func edit(_ child: CaseChild, _ edit: (inout ChildState) -> Void) {
        guard let place = referrals[child.referral]?.states.firstIndex(where: { $0.child == child.child }) else {
            return
        }
        if var state = referrals[child.referral]?.states[place] {
            edit(&state)
            referrals[child.referral]?.states[place] = state
        }
    }

    private mutating func open(_ opened: CaseOpened, by event: Event) {
        attach(CaseChild(referral: opened.referral, child: opened.child), to: opened.caseID)
        touch(opened.caseID, by: event, risk: true)
    }

    private mutating func identify(_ identified: ChildIdentified, by event: Event) {
        guard let id = identified.caseID else { return }
        let child = CaseChild(referral: identified.referral, child: identified.child)
        // A child whom a person confirmed where it was is no new referral.
        let isNew = cases[id]?.children.contains(child) != true
        attach(child, to: id)
        touch(id, by: event, risk: isNew)
    }

    private mutating func reopen(_ reopened: CaseReopened, by event: Event) {
        if cases[reopened.caseID] == nil { cases[reopened.caseID] = CaseRow() }
        // Reopened twice, by Deduplication and by Routing, is reopened once.
        if cases[reopened.caseID]?.phase == .closed { cases[reopened.caseID]?.phase = .awaiting }
        cases[reopened.caseID]?.isLost = false
        touch(reopened.caseID, by: event, risk: true)
    }

    private mutating func rate(_ rated: CaseRated, by event: Event) {
        // A rating of a case that is known attaches nobody: the child may have been unlinked since it was made.
        if cases[rated.caseID] == nil {
            attach(CaseChild(referral: rated.referral, child: rated.child), to: rated.caseID)
        }
        guard let before = cases[rated.caseID] else { return }
        let rises = before.rating.map { rated.rating.isAbove($0) } ?? true
        cases[rated.caseID]?.rating = rated.rating
        cases[rated.caseID]?.reasons = rated.reasons
        cases[rated.caseID]?.danger = rated.danger
        cases[rated.caseID]?.proposed = rated.proposed
        touch(rated.caseID, by: event, risk: rises)
    }

    /// A person takes the child from one case to another, which may be new. Where nobody leads there, it is rated as it
    /// was for now: a child must not be without a lead because of a mistake of the hub's.
    private mutating func move(_ decided: IdentityDecided, by event: Event) {
        let child = CaseChild(referral: decided.referral, child: decided.child)
        let asked = referrals[child.referral]?.state(of: child.child)?.requests ?? []
        edit(child) { state in
            state.caseID = nil
            state.shownTo = []
            state.requests = []
            state.wasTold = false
        }
        var carried: Rating?
        if let id = decided.previousCase, let row = cases[id] {
            if row.phase == .open { carried = row.rating }
            if row.children.contains(child) { cases[id]?.children.removeAll { $0 == child } }
            cases[id]?.requests.removeAll { asked.contains($0) }
            touch(id, by: event, risk: true)
        }
        guard let id = decided.caseID, id != decided.previousCase else { return }
        attach(child, to: id)
        for request in asked { requests[request]?.caseID = id }
        if let carried, cases[id]?.phase == .awaiting {
            let known = cases[id]?.rating
            cases[id]?.rating = known?.raised(to: carried) ?? carried
        }
        touch(id, by: event, risk: true)
    }

    /// All that was the second case's is the first's; its entries end by the event that follows.
    private mutating func merge(_ merged: IdentitiesMerged, by event: Event) {
        guard let gone = cases[merged.mergedCase] else { return }
        for child in gone.children {
            // What the second case showed and told of its own child was right.
            edit(child) { state in
                state.shownTo = []
                state.wasTold = false
            }
            attach(child, to: merged.caseID)
        }
        if cases[merged.caseID] == nil { cases[merged.caseID] = CaseRow() }
        for request in gone.requests {
            requests[request]?.caseID = merged.caseID
            if cases[merged.caseID]?.requests.contains(request) == false {
                cases[merged.caseID]?.requests.append(request)
            }
        }
        if cases[merged.caseID]?.phase != .open, gone.phase == .open {
            cases[merged.caseID]?.rating = gone.rating
            cases[merged.caseID]?.reasons = gone.reasons
            cases[merged.caseID]?.danger = gone.danger
        }
        cases[merged.mergedCase]?.mergedInto = merged.caseID
        cases[merged.mergedCase]?.requests = []
        touch(merged.caseID, by: event, risk: true)
        touch(merged.mergedCase, by: event, risk: true)
    }

    /// The case that an id means now.
    func resolved(_ id: CaseID) -> CaseID {
        var id = id
        for _ in 0..<Limits.redirectsMax {
            guard let next = cases[id]?.mergedInto else { return id }
            id = next
        }
        return id
    }

    private mutating func place(_ routed: CaseRouted, by event: Event) {
        if cases[routed.caseID] == nil { cases[routed.caseID] = CaseRow() }
        cases[routed.caseID]?.phase = .open
        change(routed.entries, of: routed.caseID, by: event)
    }

    private mutating func close(_ decided: CaseDecision, by event: Event) {
        change(decided.entries, of: decided.caseID, by: event)
        guard cases[decided.caseID] != nil else { return }
        cases[decided.caseID]?.phase = .closed
        cases[decided.caseID]?.entries = []
        cases[decided.caseID]?.requests = []
        for child in cases[decided.caseID]?.children ?? [] where decided.told.contains(child.child) {
            edit(child) { $0.wasTold = true }
        }
    }

    // MARK: Entries

    private mutating func ask(_ asked: IdentityRequested) {
        for change in asked.entries {
            if entries[change.entry] == nil {
                entries[change.entry] = EntryRow(change: change, referral: asked.referral, child: asked.child)
            } else {
                entries[change.entry]?.change = change
            }
            edit(CaseChild(referral: asked.referral, child: asked.child)) {
                $0.review = change.state.isOpen ? change.entry : nil
            }
        }
    }

    private mutating func change(_ changes: [EntryChange], of id: CaseID, by event: Event) {
        for change in changes {
            if let known = entries[change.entry] {
                entries[change.entry]?.change = change
                if let referral = known.referral, let child = known.child {
                    // It stood before there was a case, and belongs to none.
                    edit(CaseChild(referral: referral, child: child)) {
                        $0.review = change.state.isOpen ? change.entry : nil
                    }
                    continue
                }
            } else {
                entries[change.entry] = EntryRow(change: change, caseID: id)
            }
            guard let row = cases[id] else { continue }
            if change.state.isOpen { note(change.team, of: row.children) }
            if let place = row.entries.firstIndex(where: { $0.entry == change.entry }) {
                if change.state.isOpen {
                    cases[id]?.entries[place] = change
                } else {
                    cases[id]?.entries.remove(at: place)
                }
            } else if change.state.isOpen {
                cases[id]?.entries.append(change)
            }
        }
        touch(id, by: event, risk: false)
    }

    // MARK: Requests

    private mutating func request(_ requested: ReturnRequested, by event: Event) {
        var requested = requested
        requested.caseID = resolved(requested.caseID)
        requests[requested.request] = requested
        guard let row = cases[requested.caseID], row.phase != .closed else { return }
        let child = CaseChild(referral: requested.referral, child: requested.child)
        // Triage had not read yet that the child was taken from the case: it asks again where the child is.
        guard row.children.contains(child) else {
            if let id = referrals[child.referral]?.state(of: child.child)?.caseID {
                requests[requested.request]?.caseID = id
            }
            return
        }
        // Who is sent nothing has nothing to be taken back.
        if isAskable(requested) {
            if !row.requests.contains(requested.request) {
                cases[requested.caseID]?.requests.append(requested.request)
            }
            edit(child) { state in
                if !state.requests.contains(requested.request) { state.requests.append(requested.request) }
            }
        }
        touch(requested.caseID, by: event, risk: false)
    }

    /// Whether the agency is sent the request: not where the case was closed or the child moved meanwhile, nor where the
    /// agency must not be told of the child.
    func isAskable(_ requested: ReturnRequested) -> Bool {
        let id = resolved(requested.caseID)
        guard let row = cases[id], row.phase != .closed, !row.isLost,
            row.children.contains(CaseChild(referral: requested.referral, child: requested.child))
        else { return false }
        return row.children.allSatisfy {
            referrals[$0.referral]?.withholds($0.child, from: requested.agency) != true
        }
    }

    private mutating func note(_ team: TeamName, of children: [CaseChild]) {
        for child in children where referrals[child.referral]?.state(of: child.child)?.shownTo.contains(team) == false {
            edit(child) { $0.shownTo.append(team) }
        }
    }

    private mutating func touch(request: String, by event: Event, risk: Bool) {
        touch(requests[request]?.caseID, by: event, risk: risk)
    }

    private mutating func touch(_ id: CaseID?, by event: Event, risk: Bool) {
        guard let id, cases[id] != nil else { return }
        cases[id]?.touch(event.id, risk: risk)
    }

    // MARK: Rows

    mutating func takeChanges() -> [RowChange] {
        var changes: [RowChange] = []
        adoptions.takeChanges(into: &changes)
        cases.takeChanges(into: &changes)
        referrals.takeChanges(into: &changes)
        parts.takeChanges(into: &changes)
        entries.takeChanges(into: &changes)
        requests.takeChanges(into: &changes)
        return changes
    }

    mutating func restore(_ row: RowChange, parser: JSONParser) throws(RowError) {
        if try adoptions.restore(row, parser: parser) { return }
        if try cases.restore(row, parser: parser) != nil { return }
        if try referrals.restore(row, parser: parser) != nil { return }
        if try parts.restore(row, parser: parser) != nil { return }
        if try entries.restore(row, parser: parser) != nil { return }
        if try requests.restore(row, parser: parser) != nil { return }
        throw .unknownTable(row.key.first ?? 0)
    }
}

extension Rating {
    /// Higher in urgency or in level of need.
    func isAbove(_ other: Rating) -> Bool { raised(to: other) != other }
}
