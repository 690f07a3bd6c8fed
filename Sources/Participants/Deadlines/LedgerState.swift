import DomainModel
import HubConfiguration
import JSON
import Room

/// All that Deadlines remembers. `apply` is its only mutator besides restoring, and the same for inputs and own events.
///
/// | prefix | table | key |
/// |---|---|---|
/// | `O` | open obligations | obligation |
/// | `Z` | ended ones | obligation |
/// | `R` | referrals | referral |
/// | `H` | children | child |
/// | `C` | cases | case |
/// | `Q` | requests, and returns held for one | the hub's reference |
/// | `N` | which request an entry is about | entry |
/// | `A` | whose an alert is | alert |
/// | `S` | what a sender owes again | agency `/` channel |
/// | `G` | when an agency was last heard, by messages and by heartbeats | authority `/` agency, authority `/` agency `/heartbeat` |
/// | `K` `P` | adopted configuration and policy | authority |
struct LedgerState: Sendable {
    private(set) var open = StateTable<ObligationID, LedgerRow>(prefix: "O")
    private(set) var ended = StateTable<ObligationID, EndedRow>(prefix: "Z")
    private(set) var referrals = StateTable<ReferralID, ReferralRow>(prefix: "R")
    private(set) var children = StateTable<ChildID, ChildRow>(prefix: "H")
    private(set) var cases = StateTable<CaseID, CaseRow>(prefix: "C")
    private(set) var requests = StateTable<String, RequestRow>(prefix: "Q")
    /// Which request a decide entry of the MASH is about.
    private(set) var entries = StateTable<EntryID, String>(prefix: "N")
    private(set) var alerts = StateTable<AlertID, ObligationID>(prefix: "A")
    private(set) var resubmits = StateTable<String, [ObligationID]>(prefix: "S")
    private(set) var heard = StateTable<String, HeardRow>(prefix: "G")
    private var adoptions = Adoptions()

    // Made from the rows, and again at a restore.
    private(set) var waiting = DueQueue<ObligationID>()
    /// References for which a return is held.
    private(set) var held = DueQueue<String>()
    /// Agencies by when they count as silent, by messages and by heartbeats.
    private(set) var quiet = DueQueue<String>()
    /// Clocks that could not be set: looked at again when something is adopted.
    private(set) var unset = DueQueue<ObligationID>()
    private var settings: [AuthorityCode: Setting] = [:]

    /// Nil until both configuration and policy of the authority were adopted: nothing is posted for it before.
    func setting(_ authority: AuthorityCode) -> Setting? { settings[authority] }

    mutating func apply(_ event: Event) {
        if let sign = event.sign { hear(sign, event) }
        switch event.body {
        case .configurationAdopted, .policyAdopted: adopt(event)
        case .submissionRefused(let refused): note(refused, event.authority)
        case .childIdentified(let identified): note(identified)
        case .caseOpened(let opened):
            cases[opened.caseID, default: CaseRow()].closed = false
            cases[opened.caseID, default: CaseRow()].receivedAt = opened.receivedAt
        case .caseReopened(let reopened):
            cases[reopened.caseID, default: CaseRow()].closed = false
            cases[reopened.caseID, default: CaseRow()].receivedAt = event.time
            cases[reopened.caseID, default: CaseRow()].decided = false
            if cases[reopened.caseID]?.lost == true { cases[reopened.caseID]?.lost = false }
        case .identityConfirmed(let decided), .identityUnlinked(let decided), .identitySplit(let decided):
            attach(decided.child, to: decided.caseID)
        case .identityMerged(let merged): merge(merged)
        case .unbornLost(let decided):
            guard let caseID = decided.caseID else { return }
            cases[caseID, default: CaseRow()].lost = true
            cases[caseID, default: CaseRow()].closed = true
        case .caseMerged(let decision): cases[decision.caseID, default: CaseRow()].closed = true
        case .caseRated(let rated): note(rated, event.id)
        case .caseAccepted(let decision), .caseSteppedUp(let decision), .caseSteppedDown(let decision),
            .caseDecided(let decision):
            cases[decision.caseID, default: CaseRow()].decided = true
        case .caseClosed(let decision):
            cases[decision.caseID, default: CaseRow()].decided = true
            cases[decision.caseID, default: CaseRow()].closed = true
        case .caseNotified(let notified): note(notified)
        case .returnRequested(let requested): note(requested, event.authority)
        case .returnSubmitted(let submitted): stand(submitted.content, replacing: nil, event)
        case .returnDeclined(let declined): stand(declined.content, replacing: nil, event)
        case .returnCorrected(let corrected): stand(corrected.content, replacing: corrected.earlier, event)
        case .returnWithdrawn(let withdrawn): takeBack(withdrawn)
        case .obligationOpened(let opened): begin(opened, event)
        case .obligationExtended(let extended): extend(extended, event)
        case .obligationReminded(let reminded): change(reminded.facts.obligation) { $0.remindAt = nil }
        case .obligationMet(let met): end(met.facts, .met)
        case .obligationWithdrawn(let withdrawn): end(withdrawn.facts, .withdrawn)
        case .obligationDeclined(let declined): end(declined.facts, .declined)
        case .alertRaised(let raised), .alertEscalated(let raised): ring(raised)
        case .alertAcknowledged(let answered): acknowledge(answered, at: event.time)
        case .alertCleared(let cleared):
            alerts[cleared.alert] = nil
            change(cleared.obligation) { $0.alert = nil }
        default: break
        }
    }

    private mutating func adopt(_ event: Event) {
        adoptions.apply(event)
        compile(event.authority)
        expectHeartbeats(event)
    }

    private mutating func compile(_ authority: AuthorityCode) {
        guard let directory = adoptions.configuration(of: authority), let policy = adoptions.policy(of: authority)
        else { return }
        let setting = Setting(authority, directory, policy)
        settings[authority] = setting
        var watched = quiet
        while let key = watched.next(at: .distantFuture) {
            guard let row = heard[key], row.authority == authority else { continue }
            // Watched no more, or by another measure.
            quiet.set(key, due: setting.silence(row.sign, since: row.last))
        }
    }

    /// Who is to send heartbeats is missed from here on, whether or not the first ever comes.
    private mutating func expectHeartbeats(_ event: Event) {
        guard let setting = settings[event.authority] else { return }
        for agency in setting.beating {
            let sign = Sign(agency: agency, kind: .heartbeat)
            let key = sign.key(in: event.authority)
            guard quiet.moment(of: key) == nil, open[sign.obligation(in: event.authority)] == nil else { continue }
            heard[key] = HeardRow(sign, authority: event.authority, last: event.time)
            quiet.set(key, due: setting.silence(sign, since: event.time))
        }
    }

    private mutating func hear(_ sign: Sign, _ event: Event) {
        guard let setting = settings[event.authority], setting.watch(sign) != nil else { return }
        let key = sign.key(in: event.authority)
        if let last = heard[key]?.last, last >= event.time { return }
        heard[key] = HeardRow(sign, authority: event.authority, last: event.time)
        quiet.set(key, due: setting.silence(sign, since: event.time))
    }

    // MARK: Inputs

    static func channelKey(_ agency: AgencyName, _ channel: SubmissionChannel) -> String {
        "\(agency.text)/\(channel.rawValue)"
    }

    private mutating func note(_ refused: SubmissionRefused, _ authority: AuthorityCode) {
        guard let agency = refused.agency, settings[authority] != nil else { return }
        resubmits[Self.channelKey(agency, refused.channel), default: []]
            .append(Names.resubmit(refused.deadLetter, agency: agency))
    }

    private mutating func note(_ identified: ChildIdentified) {
        children[identified.child, default: ChildRow()].referral = identified.referral
        if let caseID = identified.caseID { attach(identified.child, to: caseID) }
        if identified.disposition == .opened || identified.disposition == .reopened, let caseID = identified.caseID {
            cases[caseID, default: CaseRow()].closed = false
            if identified.disposition == .reopened { cases[caseID, default: CaseRow()].decided = false }
        }
    }

    /// Moves what is owed about the child to its case.
    private mutating func attach(_ child: ChildID, to caseID: CaseID?) {
        guard let caseID else { return }
        let earlier = children[child]?.caseID
        children[child, default: ChildRow()].caseID = caseID
        if let earlier, earlier != caseID { cases[earlier]?.members.removeAll { $0 == child } }
        if cases[caseID]?.members.contains(child) != true {
            cases[caseID, default: CaseRow()].members.append(child)
        }
        guard let decide = children[child]?.decide, open[decide] != nil else { return }
        if let earlier, earlier != caseID { cases[earlier]?.open.removeAll { $0 == decide } }
        open[decide]?.facts.caseID = caseID
        join(decide, to: caseID)
    }

    /// Whatever is owed for the second case is owed for the first.
    private mutating func merge(_ merged: IdentitiesMerged) {
        let owed = cases[merged.mergedCase]?.open ?? []
        for child in (cases[merged.mergedCase]?.members ?? []) + merged.children.map(\.child) {
            attach(child, to: merged.caseID)
        }
        for obligation in owed {
            if let request = open[obligation]?.facts.request { requests[request]?.caseID = merged.caseID }
            open[obligation]?.facts.caseID = merged.caseID
            join(obligation, to: merged.caseID)
        }
        cases[merged.mergedCase, default: CaseRow()].open = []
        cases[merged.mergedCase]?.closed = true
        cases[merged.mergedCase]?.mergedInto = merged.caseID
    }

    /// The case that an id means now.
    func resolved(_ caseID: CaseID) -> CaseID {
        var caseID = caseID
        for _ in 0..<Limits.redirectsMax {
            guard let next = cases[caseID]?.mergedInto else { return caseID }
            caseID = next
        }
        return caseID
    }

    private mutating func join(_ obligation: ObligationID, to caseID: CaseID) {
        if cases[caseID]?.open.contains(obligation) != true {
            cases[caseID, default: CaseRow()].open.append(obligation)
        }
    }

    private mutating func note(_ rated: CaseRated, _ event: EventID) {
        let urgency = rated.rating.urgency
        cases[rated.caseID, default: CaseRow()].rating = urgency
        for obligation in cases[rated.caseID]?.open ?? [] { open[obligation]?.facts.rating = urgency }
        guard var referral = referrals[rated.referral], referral.answer != nil,
            !referral.ratings.contains(where: { $0.caseID == rated.caseID })
        else { return }
        referral.ratings.append(FirstRating(caseID: rated.caseID, event: event))
        referrals[rated.referral] = referral
    }

    private mutating func note(_ notified: CaseNotified) {
        guard let request = notified.request else { return }
        for entry in notified.entries where entry.kind == .decide {
            if entry.state.isOpen {
                entries[entry.entry] = request
            } else if entries[entry.entry] != nil {
                entries[entry.entry] = nil
            }
        }
    }

    private mutating func note(_ requested: ReturnRequested, _ authority: AuthorityCode) {
        let key = requested.request
        var row = requests[key] ?? RequestRow(request: key, agency: requested.agency, authority: authority)
        row.caseID = resolved(requested.caseID)
        row.child = requested.child
        row.referral = requested.referral
        row.rating = requested.rating
        row.heldSince = nil
        held.set(key, due: nil)
        requests[key] = row
    }

    private mutating func stand(_ content: ReturnContent, replacing earlier: EventID?, _ event: Event) {
        let key = content.request
        guard settings[event.authority] != nil else { return }
        var row = requests[key] ?? RequestRow(request: key, agency: content.agency, authority: event.authority)
        if row.caseID == nil, row.heldSince == nil, row.review == nil {
            row.heldSince = event.time
            held.set(key, due: event.time.adding(milliseconds: Limits.earlyHeldMilliseconds))
        }
        row.standing.removeAll { $0.submission == earlier || $0.submission == content.submission }
        row.standing.append(StandingReturn(submission: content.submission, verdict: Verdict(content)))
        requests[key] = row
    }

    private mutating func takeBack(_ withdrawn: ReturnWithdrawn) {
        let key = withdrawn.request
        guard var row = requests[key] else { return }
        row.standing.removeAll { $0.submission == withdrawn.earlier }
        if row.heldSince != nil, row.standing.isEmpty {
            requests[key] = nil
            held.set(key, due: nil)
        } else {
            requests[key] = row
        }
    }

    // MARK: Own events

    private mutating func begin(_ opened: ObligationOpened, _ event: Event) {
        set(
            opened.facts, start: opened.start, budget: opened.budget, calendar: opened.calendar, due: opened.due,
            arming: opened.arming, event)
    }

    private mutating func extend(_ extended: ObligationExtended, _ event: Event) {
        let id = extended.facts.obligation
        let standing = open[id]
        let setting = settings[event.authority]
        let rule = setting?.clock(extended.facts)
        let calendar = rule?.calendar ?? setting?.calendar(ofOwner: extended.facts.agency, extended.facts.team)
        ended[id] = nil
        if var standing, extended.reason == Reason.suspended || extended.reason == Reason.outsideTerm {
            standing.arming = extended.arming
            standing.suspendedSince = extended.suspendedSince
            standing.leavesAt = nil
            open[id] = standing
            schedule(id)
            return
        }
        if let standing, extended.reason == Reason.calendarChanged {
            set(
                extended.facts, start: standing.start, budget: standing.budget,
                calendar: calendar ?? standing.calendar, due: extended.due, arming: extended.arming, event)
            keep(standing.suspensions, on: id)
        } else if let standing, extended.reason == Reason.policyChanged || extended.reason == Reason.resumed {
            set(
                extended.facts, start: standing.start,
                budget: rule.flatMap { setting?.budget(extended.facts, $0) } ?? "",
                calendar: calendar ?? Reckoner.unset, due: extended.due, arming: extended.arming, event)
            var suspensions = standing.suspensions
            if extended.reason == Reason.resumed, let since = standing.suspendedSince {
                suspensions.append(Suspension(from: since, until: event.time))
            }
            keep(suspensions, on: id)
        } else {
            // Under another rule, or once more, the clock counts from this event on; one that is set at last counts
            // from where it should have.
            let start = extended.reason == Reason.clockSet ? standing?.start : nil
            set(
                extended.facts, start: start ?? extended.start ?? event.time,
                budget: rule.flatMap { setting?.budget(extended.facts, $0) } ?? "",
                calendar: calendar ?? Reckoner.unset, due: extended.due, arming: extended.arming, event)
        }
        // What has been raised stands till its all-clear.
        if let alert = standing?.alert { open[id]?.alert = alert }
    }

    private mutating func keep(_ suspensions: [Suspension], on id: ObligationID) {
        if !suspensions.isEmpty { open[id]?.suspensions = suspensions }
    }

    private mutating func set(
        _ facts: ObligationFacts, start: Instant, budget: String, calendar: CalendarName, due: Instant?, arming: Int,
        _ event: Event
    ) {
        let id = facts.obligation
        let setting = settings[event.authority]
        let rule = setting?.clock(facts)
        var remindAt: Instant?
        if let due, let setting, facts.sign == nil {
            remindAt = Reckoner.reminder(
                percent: rule?.reminderPercent, from: start, due: due, budget: budget, calendar: calendar, setting)
        }
        var row = LedgerRow(
            facts: facts, authority: event.authority, start: start, budget: budget, calendar: calendar, due: due,
            remindAt: remindAt, rungs: rule?.rungs ?? [LadderRung(afterMilliseconds: 0, role: .duty)],
            base: due ?? event.time)
        row.arming = arming
        if facts.kind == .informationReturn, let agency = facts.agency, let due {
            row.leavesAt = setting?.leaves(agency, from: max(start, event.time), before: due)
        }
        open[id] = row
        index(facts)
        schedule(id)
    }

    private mutating func index(_ facts: ObligationFacts) {
        let id = facts.obligation
        if let caseID = facts.caseID, facts.kind != .answer, facts.kind != .acknowledge { join(id, to: caseID) }
        switch facts.kind {
        case .acknowledge:
            if let referral = facts.referral { referrals[referral, default: ReferralRow()].acknowledge = id }
        case .answer:
            // The one for danger, which joins the first ratings; not one about the hub's own failure.
            if facts.caseID == nil, let referral = facts.referral, let desk = facts.desk,
                id == Names.answer(referral, desk: desk)
            {
                referrals[referral, default: ReferralRow()].answer = id
            }
        case .decide:
            guard let child = facts.child else { return }
            children[child, default: ChildRow()].decide = id
            if let referral = facts.referral {
                children[child]?.referral = referral
                if referrals[referral]?.children.contains(child) != true {
                    referrals[referral, default: ReferralRow()].children.append(child)
                }
            }
        case .review:
            if let request = facts.request {
                requests[request]?.review = id
                requests[request]?.heldSince = nil
                held.set(request, due: nil)
            } else if let child = facts.child {
                children[child, default: ChildRow()].review = id
            }
        case .signal, .heartbeat:
            if let sign = facts.sign, let row = open[id] { quiet.set(sign.key(in: row.authority), due: nil) }
        case .informationReturn, .respond, .resubmit, .assessment, .conference: break
        }
    }

    private mutating func end(_ facts: ObligationFacts, _ ending: Ending) {
        let id = facts.obligation
        guard let row = open[id] else { return }
        open[id] = nil
        ended[id] = EndedRow(ending: ending, arming: row.arming)
        waiting.set(id, due: nil)
        unset.set(id, due: nil)
        if let caseID = row.facts.caseID, cases[caseID] != nil { cases[caseID]?.open.removeAll { $0 == id } }
        if facts.kind == .resubmit, let agency = facts.agency {
            settle(id, Self.channelKey(agency, .referrals))
            settle(id, Self.channelKey(agency, .returns))
        }
    }

    private mutating func settle(_ id: ObligationID, _ key: String) {
        guard let place = resubmits[key]?.firstIndex(of: id) else { return }
        resubmits[key]?.remove(at: place)
        if resubmits[key]?.isEmpty == true { resubmits[key] = nil }
    }

    private mutating func ring(_ raised: AlertRaised) {
        let id = raised.facts.obligation
        alerts[raised.alert] = id
        change(id) { row in
            // A clock that could not be set has no due time to come: the ladder's first rung is this one.
            // Neither has silence, which is noticed when its time is past.
            if raised.rung == 0 {
                row.atOnce = !AlertCode.isOfPastTime(raised.code) && row.due != nil
            }
            row.alert = StandingAlert(raised)
            row.rung = raised.rung + 1
        }
    }

    private mutating func acknowledge(_ answered: AlertAcknowledged, at now: Instant) {
        change(answered.obligation) { row in
            // Put off as often as the policy allows: who answers has answered, and the ladder goes on.
            if answered.isSpent { return }
            if answered.until != nil { row.promises += 1 }
            guard let until = answered.until ?? row.due.flatMap({ $0 > now ? $0 : nil }) else {
                row.quiet = true
                return
            }
            // Armed again: for what was promised, else for the due time that is still to come.
            row.arming += 1
            row.base = until
            row.rung = 0
            row.atOnce = row.facts.kind == .answer
            row.quiet = false
        }
    }

    private mutating func change(_ id: ObligationID, _ change: (inout LedgerRow) -> Void) {
        guard var row = open[id] else { return }
        change(&row)
        open[id] = row
        schedule(id)
    }

    private mutating func schedule(_ id: ObligationID) {
        guard let row = open[id] else { return }
        waiting.set(id, due: row.moment)
        unset.set(id, due: row.due == nil ? row.start : nil)
    }

    // MARK: Rows

    mutating func takeChanges() -> [RowChange] {
        var changes: [RowChange] = []
        adoptions.takeChanges(into: &changes)
        open.takeChanges(into: &changes)
        ended.takeChanges(into: &changes)
        referrals.takeChanges(into: &changes)
        children.takeChanges(into: &changes)
        cases.takeChanges(into: &changes)
        requests.takeChanges(into: &changes)
        entries.takeChanges(into: &changes)
        alerts.takeChanges(into: &changes)
        resubmits.takeChanges(into: &changes)
        heard.takeChanges(into: &changes)
        return changes
    }

    mutating func restore(_ row: RowChange, parser: JSONParser) throws(RowError) {
        if let restored = try open.restore(row, parser: parser) {
            if restored.row == nil {
                waiting.set(restored.key, due: nil)
                unset.set(restored.key, due: nil)
            } else {
                schedule(restored.key)
                if let row = restored.row, let sign = row.facts.sign {
                    quiet.set(sign.key(in: row.authority), due: nil)
                }
            }
            return
        }
        if let restored = try requests.restore(row, parser: parser) {
            let since = restored.row?.heldSince
            held.set(restored.key, due: since?.adding(milliseconds: Limits.earlyHeldMilliseconds))
            return
        }
        if let restored = try heard.restore(row, parser: parser) {
            settle(silenceOf: restored.key)
            return
        }
        if try ended.restore(row, parser: parser) != nil { return }
        if try referrals.restore(row, parser: parser) != nil { return }
        if try children.restore(row, parser: parser) != nil { return }
        if try cases.restore(row, parser: parser) != nil { return }
        if try entries.restore(row, parser: parser) != nil { return }
        if try alerts.restore(row, parser: parser) != nil { return }
        if try resubmits.restore(row, parser: parser) != nil { return }
        guard try adoptions.restore(row, parser: parser) else { throw .unknownTable(row.key.first ?? 0) }
        if let authority = AuthorityCode(gss: String(decoding: row.key.dropFirst(), as: UTF8.self)) {
            compile(authority)
        }
    }

    /// Rows come back in any order: the setting that says how long an agency may be silent may come after.
    private mutating func settle(silenceOf key: String) {
        guard let row = heard[key] else { return quiet.set(key, due: nil) }
        guard open[row.sign.obligation(in: row.authority)] == nil else { return }
        // Without a setting as yet it counts as silent from the end of time: `compile` looks at it again.
        quiet.set(
            key, due: settings[row.authority].map { $0.silence(row.sign, since: row.last) } ?? .distantFuture)
    }
}
