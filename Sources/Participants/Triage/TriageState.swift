import DomainModel
import HubConfiguration
import JSON
import Room

/// What triage knows of one room partition. A fold: ``apply(_:)`` alone changes it, and never decides.
struct TriageState: Sendable {
    private(set) var adoptions = Adoptions()
    private(set) var referrals = StateTable<ReferralID, ReferralRow>(prefix: "R")
    var cases = StateTable<CaseID, CaseRow>(prefix: "C")
    private(set) var requests = StateTable<RequestKey, RequestRow>(prefix: "Q")

    // MARK: Questions

    func standing(of caseID: CaseID) -> CaseStanding {
        guard let row = cases[caseID] else { return .unknown }
        if row.isClosed || row.isLost { return .closed }
        return row.rating == nil ? .unrated : .rated
    }

    func facts(of referral: ReferralID) -> ReferralFacts? { referrals[referral]?.facts }

    /// Whether that child of that referral is already part of the case's present episode.
    func isMember(_ child: ChildID, of referral: ReferralID, on caseID: CaseID) -> Bool {
        cases[caseID]?.members.contains { $0.child == child && $0.referral == referral && !$0.isFormer } ?? false
    }

    /// Whether a referral of the present episode says that a child is in immediate danger.
    func danger(on caseID: CaseID) -> Bool {
        cases[caseID]?.members.contains { !$0.isFormer && facts(of: $0.referral)?.danger == true } ?? false
    }

    /// What the present episode of a case already knows about the child: told by referrals, found by returns. Each is
    /// put as said of `part` or of an adult, so that it can be counted together with what that part's message says.
    func known(on caseID: CaseID, besides referral: ReferralID?, as part: PartName) -> [ConcernFacts] {
        guard let row = cases[caseID] else { return [] }
        var known: [ConcernFacts] = []
        func add(_ held: HeldConcern, of child: PartName?) {
            var concern = held.facts
            guard concern.concerns(child) else { return }
            if concern.about.kind != .adult { concern.about = part }
            known.append(concern)
        }
        for member in row.members where !member.isFormer && member.referral != referral {
            guard let facts = facts(of: member.referral), let child = facts.child(member.child) else { continue }
            for concern in facts.concerns { add(concern, of: child.part) }
        }
        for key in row.requests {
            for finding in requests[key]?.findings ?? [] { add(finding, of: nil) }
        }
        return known
    }

    /// Whom not to ask about a case at that urgency: whoever must not be told, whoever has told us, and whoever has
    /// been asked at least as urgently and not answered yet.
    func notToAsk(on caseID: CaseID, at urgency: RAG) -> [AgencyName] {
        guard let row = cases[caseID] else { return [] }
        var agencies = neverToAsk(on: caseID)
        for key in row.requests {
            guard let request = requests[key], request.standing == .open, request.rating >= urgency else { continue }
            agencies.append(request.agency)
        }
        return agencies
    }

    /// Who must not be told, and who told.
    func neverToAsk(on caseID: CaseID) -> [AgencyName] {
        guard let row = cases[caseID] else { return [] }
        var agencies: [AgencyName] = []
        for member in row.members {
            guard let facts = facts(of: member.referral) else { continue }
            agencies += facts.withhold
            agencies += facts.child(member.child)?.withhold ?? []
            if !member.isFormer { agencies.append(facts.agency) }
        }
        return agencies
    }

    // MARK: The fold

    mutating func apply(_ event: Event) {
        if adoptions.apply(event) { return }
        // Nobody is identified in the pseudo-authority: what lies there is rated where it is transferred to.
        guard event.authority != .hub else { return }
        if case .caseRated(let rated) = event.body, event.source == .triage, readBack(rated.caseID, event.id) { return }
        let risk = raisesRisk(event)
        fold(event)
        touch(by: event, risk: risk)
    }

    private mutating func fold(_ event: Event) {
        switch event.body {
        case .referralSubmitted(let submitted): hold(submitted.content, isCorrection: false)
        case .referralTransferred(let transferred): hold(transferred.content, isCorrection: false)
        case .referralCorrected(let corrected): hold(corrected.content, isCorrection: true)
        case .childIdentified(let identified): place(identified, by: event.id)
        case .identityUnlinked(let decided), .identitySplit(let decided), .identityConfirmed(let decided):
            if decided.leavesACase { displace(decided.child, of: decided.referral) }
        case .identityMerged(let merged): merge(merged, by: event.id)
        case .unbornLost(let decided): if let caseID = decided.caseID { cases[caseID]?.isLost = true }
        case .caseRated(let rated): rate(rated, by: event.id)
        case .returnRequested(let requested): ask(requested, by: event.id)
        case .returnSubmitted(let submitted): hear(submitted.content, by: event.id)
        case .returnCorrected(let corrected): hear(corrected.content, by: event.id)
        case .returnDeclined(let declined): hear(declined.content, by: event.id)
        case .returnWithdrawn(let withdrawn): takeBack(withdrawn, by: event.id)
        case .caseClosed(let closed): close(closed.caseID, by: event.id)
        case .caseReopened(let reopened): reopen(reopened, by: event.id)
        default: return
        }
    }

    private mutating func hold(_ content: ReferralContent, isCorrection: Bool) {
        var row = referrals[content.referral] ?? ReferralRow()
        guard isCorrection || row.facts == nil else { return }
        row.facts = ReferralFacts(content, isCorrected: isCorrection)
        referrals[content.referral] = row
    }

    private mutating func place(_ identified: ChildIdentified, by event: EventID) {
        guard let caseID = identified.placedOn else { return }
        if referrals[identified.referral]?.place(of: identified.child)?.caseID != caseID {
            displace(identified.child, of: identified.referral)
        }
        var row = referrals[identified.referral] ?? ReferralRow()
        row.places.removeAll { $0.child == identified.child }
        row.places.append(
            ChildPlace(child: identified.child, caseID: caseID, rereferral: identified.rereferral != nil))
        referrals[identified.referral] = row

        var known =
            cases[caseID] ?? CaseRow(child: identified.child, referral: identified.referral, newest: event)
        known.child = identified.child
        known.referral = identified.referral
        known.newest = event
        if identified.rereferral != nil { known.rereferral = true }
        known.members.removeAll { $0.child == identified.child && $0.referral == identified.referral }
        known.members.append(CaseMember(referral: identified.referral, child: identified.child))
        cases[caseID] = known
        arrive(identified.child, of: identified.referral, on: caseID)
    }

    /// What was found out about the child comes along to its case.
    private mutating func arrive(_ child: ChildID, of referral: ReferralID, on caseID: CaseID) {
        guard let left = referrals[referral]?.left(by: child) else { return }
        referrals[referral]?.left.removeAll { $0.child == child }
        for key in left.requests {
            requests[key]?.caseID = caseID
            if cases[caseID]?.requests.contains(key) == false { cases[caseID]?.requests.append(key) }
        }
    }

    private mutating func displace(_ child: ChildID, of referral: ReferralID) {
        guard var row = referrals[referral], let place = row.place(of: child) else { return }
        row.places.removeAll { $0.child == child }
        referrals[referral] = row
        guard var former = cases[place.caseID] else { return }
        // Nobody is asked about a child on another's case any more; what has been answered about it stays known.
        let own = former.requests.filter { requests[$0]?.child == child }
        former.requests.removeAll { own.contains($0) }
        for key in own where requests[key]?.standing == .open { requests[key]?.standing = .withdrawn }
        leave(child, of: referral, rating: former.isClosed ? nil : former.rating, requests: own)
        former.members.removeAll { $0.child == child && $0.referral == referral }
        // The case's rating stays: undoing a link lowers nothing, a person does.
        if former.child == child, let last = former.members.last {
            former.child = last.child
            former.referral = last.referral
        }
        cases[place.caseID] = former
    }

    private mutating func leave(_ child: ChildID, of referral: ReferralID, rating: Rating?, requests: [RequestKey]) {
        referrals[referral]?.left.removeAll { $0.child == child }
        referrals[referral]?.left.append(LeftCase(child: child, rating: rating, requests: requests))
    }

    /// Both were one child's all along: what was asked and told of it stays, on the case that goes on.
    private mutating func merge(_ merged: IdentitiesMerged, by event: EventID) {
        guard var gone = cases[merged.mergedCase] else { return }
        var kept =
            cases[merged.caseID] ?? CaseRow(child: gone.child, referral: gone.referral, newest: event)
        for key in gone.requests {
            requests[key]?.caseID = merged.caseID
            if !kept.requests.contains(key) { kept.requests.append(key) }
        }
        kept.newest = event
        cases[merged.caseID] = kept
        for child in merged.children {
            guard referrals[child.referral]?.place(of: child.child) != nil else { continue }
            referrals[child.referral]?.places.removeAll { $0.child == child.child }
            leave(child.child, of: child.referral, rating: gone.isClosed ? nil : gone.rating, requests: [])
        }
        gone.requests = []
        gone.members = []
        gone.isClosed = true
        gone.newest = event
        cases[merged.mergedCase] = gone
    }

    private mutating func rate(_ rated: CaseRated, by event: EventID) {
        guard var row = cases[rated.caseID] else { return }
        row.rating = rated.rating
        row.reasons = rated.reasons
        if rated.by != nil { row.isJudged = true }
        row.isClosed = false
        row.newest = event
        cases[rated.caseID] = row
    }

    private mutating func ask(_ requested: ReturnRequested, by event: EventID) {
        guard let key = RequestKey(requested.request), var row = cases[requested.caseID] else { return }
        requests[key] = RequestRow(
            caseID: requested.caseID, child: requested.child, agency: requested.agency, rating: requested.rating)
        if !row.requests.contains(key) { row.requests.append(key) }
        row.newest = event
        cases[requested.caseID] = row
    }

    private mutating func hear(_ content: ReturnContent, by event: EventID) {
        guard let key = RequestKey(content.request), var row = requests[key], row.agency == content.agency else {
            return
        }
        row.findings = content.findings.map { HeldConcern($0) }
        if row.standing != .withdrawn { row.standing = content.standing }
        requests[key] = row
        note(row.caseID, newest: event)
    }

    private mutating func takeBack(_ withdrawn: ReturnWithdrawn, by event: EventID) {
        guard let key = RequestKey(withdrawn.request), var row = requests[key], row.agency == withdrawn.agency else {
            return
        }
        if row.standing != .withdrawn { row.standing = .open }
        row.findings = []
        requests[key] = row
        note(row.caseID, newest: event)
    }

    private mutating func close(_ caseID: CaseID, by event: EventID) {
        guard var row = cases[caseID], !row.isClosed else { return }
        for key in row.requests where requests[key]?.standing == .open {
            requests[key]?.standing = .withdrawn
        }
        row.requests = []
        row.isClosed = true
        row.newest = event
        cases[caseID] = row
    }

    private mutating func reopen(_ reopened: CaseReopened, by event: EventID) {
        guard var row = cases[reopened.caseID], row.isClosed || row.isLost else { return }
        row.isClosed = false
        row.isLost = false
        row.newest = event
        if !reopened.goesOn {
            row.rating = nil
            row.reasons = []
            row.isJudged = false
            row.rereferral = false
            for index in row.members.indices { row.members[index].isFormer = true }
        }
        cases[reopened.caseID] = row
    }

    private mutating func note(_ caseID: CaseID, newest event: EventID) {
        guard var row = cases[caseID] else { return }
        row.newest = event
        cases[caseID] = row
    }

    // MARK: Rows

    mutating func takeChanges() -> [RowChange] {
        var changes: [RowChange] = []
        adoptions.takeChanges(into: &changes)
        referrals.takeChanges(into: &changes)
        cases.takeChanges(into: &changes)
        requests.takeChanges(into: &changes)
        return changes
    }

    mutating func restore(_ row: RowChange, parser: JSONParser) throws(RowError) {
        if try adoptions.restore(row, parser: parser) { return }
        if try referrals.restore(row, parser: parser) != nil { return }
        if try cases.restore(row, parser: parser) != nil { return }
        if try requests.restore(row, parser: parser) != nil { return }
        throw .unknownTable(row.key.first ?? 0)
    }
}

extension ChildIdentified {
    /// The case that the child is on from now; nil while a person has yet to say who it is.
    var placedOn: CaseID? { disposition == .awaiting ? nil : caseID }
}

extension CaseReopened {
    /// The close had overtaken something that was already in the room, so the episode goes on as it was. Otherwise the
    /// child was referred again, and a new episode begins.
    var goesOn: Bool { reason == "referred-meanwhile" }
}

extension ReturnContent {
    /// How far a return leaves its request. A partial one that is not all there will be leaves it open.
    var standing: RequestStanding {
        if kind == .declined || !identified { return .declined }
        return kind == .partial && !complete ? .open : .answered
    }
}
