public import DomainModel
import HubConfiguration
import JSON
public import Room
import Sealing

/// Rates each identified child by the policy in force, and asks the agencies that the policy names.
///
/// It reads facts alone and never a name. What it does by itself only ever raises a rating; lowering one is a named
/// person's decision (`rate`). Nothing waits for time here. While an authority has no policy and configuration in
/// force, nothing is posted for it: Intake adopts both before anything else comes into a room.
///
/// What an event means for a case or a request that a lagging writer could not know of stands in ``CaseCell/all`` and
/// ``RequestCell/all``.
public struct Triage: Participant {
    public static let service = Service.triage
    public static let opensParts = false

    private(set) var state = TriageState()
    let equipment: Equipment
    private let parser = JSONParser()

    public init(_ equipment: Equipment) { self.equipment = equipment }

    public var nextDue: Instant? { nil }

    public mutating func receive(_ input: Event) -> [Posting] {
        guard input.authority != .hub, var step = Step(input, state.adoptions) else {
            state.apply(input)
            return []
        }
        switch input.body {
        // An own rating read back: only where it lies in the room is new.
        case .caseRated where input.source == .triage: state.apply(input)
        case .referralSubmitted(let submitted): facts(submitted.content, &step)
        case .referralTransferred(let transferred): facts(transferred.content, &step)
        case .referralCorrected(let corrected): facts(corrected.content, &step)
        case .childIdentified(let identified): self.identified(identified, &step)
        case .returnSubmitted(let submitted): findings(submitted.content, &step)
        case .returnCorrected(let corrected): findings(corrected.content, &step)
        case .returnDeclined(let declined): findings(declined.content, &step)
        case .caseReopened(let reopened): self.reopened(reopened, &step)
        case .identityUnlinked(let decided), .identitySplit(let decided), .identityConfirmed(let decided):
            state.apply(input)
            if decided.leavesACase, let left = decided.previousCase { review(left, &step) }
        case .decisionSubmitted(let decision):
            state.apply(input)
            decided(decision, &step)
        case .obligationExtended(let extended):
            state.apply(input)
            self.extended(extended, &step)
        default: state.apply(input)
        }
        return step.postings
    }

    public mutating func replay(_ input: Event, own: [Event]) {
        state.apply(input)
        for event in own { state.apply(event) }
    }

    public mutating func takeChanges() -> [RowChange] { state.takeChanges() }

    public mutating func restore(_ row: RowChange) throws(RowError) { try state.restore(row, parser: parser) }

    // MARK: What is told

    /// A referral's facts. As a rule its children are identified later; those that were before are rated now. A later
    /// version is judged by what it adds.
    private mutating func facts(_ content: ReferralContent, _ step: inout Step) {
        let before = state.facts(of: content.referral)
        state.apply(step.input)
        guard let facts = state.facts(of: content.referral), facts != before else { return }
        for child in facts.children {
            guard let place = state.referrals[content.referral]?.place(of: child.child) else { continue }
            if before == nil {
                rate(child, of: content.referral, facts, place, &step)
            } else {
                let earlier = before?.child(child.child).flatMap { earlierChild in
                    before.map { account(of: $0, content.referral, earlierChild, place) }
                }
                raise(by: account(of: facts, content.referral, child, place), since: earlier, on: place.caseID, &step)
            }
        }
    }

    private mutating func identified(_ identified: ChildIdentified, _ step: inout Step) {
        let before = state.referrals[identified.referral]?.place(of: identified.child)
        let carried = state.referrals[identified.referral]?.left(by: identified.child)?.rating
        let wasMember =
            identified.placedOn.map { state.isMember(identified.child, of: identified.referral, on: $0) } ?? false
        state.apply(step.input)
        guard identified.placedOn != nil, let facts = state.facts(of: identified.referral),
            let child = facts.child(identified.child),
            let place = state.referrals[identified.referral]?.place(of: identified.child)
        else { return }
        // Identified again with the same case, after a correction: nothing but what that added may raise it.
        if wasMember, let before {
            raise(
                by: account(of: facts, identified.referral, child, place),
                since: account(of: facts, identified.referral, child, before), on: place.caseID, &step)
        } else {
            rate(child, of: identified.referral, facts, place, carrying: carried, &step)
        }
    }

    /// A return's findings are concerns like any other.
    private mutating func findings(_ content: ReturnContent, _ step: inout Step) {
        guard let key = RequestKey(content.request), let request = state.requests[key],
            request.agency == content.agency, let row = state.cases[request.caseID],
            let facts = state.facts(of: row.referral), let child = facts.child(row.child)
        else {
            state.apply(step.input)
            return
        }
        var told = facts.content(of: row.referral)
        told.immediateDanger = false
        let teller = step.configuration.agencies.first { $0.id == content.agency }
        if let source = teller?.sources.first { told.source = source }
        let known = state.known(on: request.caseID, besides: nil, as: child.part)
        func account(of findings: [ConcernFacts]) -> Account {
            var told = told
            told.concerns = findings
            for index in told.concerns.indices where told.concerns[index].about.kind != .adult {
                told.concerns[index].about = child.part
            }
            return Account(
                content: told, child: child, rereferral: row.rereferral, known: known, tellsConcernsOnly: true)
        }
        let before = account(of: request.findings.map(\.facts))
        state.apply(step.input)
        raise(
            by: account(of: content.findings), since: before, on: request.caseID, toldBy: content.agency, &step)
    }

    /// Where the close had overtaken something, the episode goes on: its rating stands, and as its requests were
    /// withdrawn with the close, the agencies are asked again.
    private mutating func reopened(_ reopened: CaseReopened, _ step: inout Step) {
        let wasClosed = state.cases[reopened.caseID]?.isClosed == true
        state.apply(step.input)
        guard wasClosed, let row = state.cases[reopened.caseID], let rating = row.rating else { return }
        let referral = reopened.referral ?? row.referral
        let rated = CaseRated(
            caseID: reopened.caseID, child: row.child, referral: referral, rating: rating, previous: rating,
            reasons: row.reasons, danger: state.danger(on: reopened.caseID), rereferral: row.rereferral)
        post(rated, &step)
        ask(about: rated, &step)
    }

    // MARK: Rating

    private func account(
        of facts: ReferralFacts, _ referral: ReferralID, _ child: ChildFacts, _ place: ChildPlace
    ) -> Account {
        Account(
            content: facts.content(of: referral), child: child, rereferral: place.rereferral,
            known: state.known(on: place.caseID, besides: referral, as: child.part))
    }

    /// Rates a child newly on a case: always said, so that routing and clocks learn of it, and never lower than the
    /// case was, nor than the child was on a case that it has been taken from: a person is asked about that.
    private mutating func rate(
        _ child: ChildFacts, of referral: ReferralID, _ facts: ReferralFacts, _ place: ChildPlace,
        carrying carried: Rating? = nil, _ step: inout Step
    ) {
        guard let row = state.cases[place.caseID], !row.isLost else { return }
        let alone =
            Assessment(account(of: facts, referral, child, place).rules(of: step.policy))
            ?? Assessment(step.policy.fallback)
        var assessment = alone.together(with: row)
        if let carried, assessment.rating.raised(to: carried) != assessment.rating {
            return rate(child, of: referral, on: place, carrying: carried, beyond: assessment, &step)
        }
        // Of a child that has been rated before, elsewhere, the rating goes on.
        if let carried, row.rating == nil, !row.isClosed { assessment.previous = carried }
        // A case that was closed is rated as for the first time: its earlier Red woke somebody for what is over.
        let rated = CaseRated(
            caseID: place.caseID, child: child.child, referral: referral, rating: assessment.rating,
            previous: row.isClosed ? nil : row.rating ?? assessment.previous, reasons: assessment.reasons,
            danger: state.danger(on: place.caseID), rereferral: place.rereferral)
        post(rated, &step)
        ask(about: rated, &step)
    }

    /// The child keeps the rating that it had on the case that it has left. Not the reasons for it: those may be of
    /// another child's life.
    private mutating func rate(
        _ child: ChildFacts, of referral: ReferralID, on place: ChildPlace, carrying carried: Rating,
        beyond assessment: Assessment, _ step: inout Step
    ) {
        guard let row = state.cases[place.caseID] else { return }
        let rated = CaseRated(
            caseID: place.caseID, child: child.child, referral: referral, rating: assessment.rating.raised(to: carried),
            previous: row.isClosed ? nil : row.rating ?? carried, proposed: assessment.rating,
            reasons: (assessment.reasons + [Triage.carriedOver]).sorted(), danger: state.danger(on: place.caseID),
            rereferral: place.rereferral)
        post(rated, &step)
        ask(about: rated, &step)
    }

    /// The reason of a rating that a child had before it was moved.
    static let carriedOver = "carried-over"

    /// A child was taken from the case. What remains is judged anew; where that is lower, the rating stays and a named
    /// person is asked.
    private mutating func review(_ caseID: CaseID, _ step: inout Step) {
        guard let row = state.cases[caseID], !row.isClosed, !row.isLost, let rating = row.rating else { return }
        var rules: [RatingRule] = []
        var remains = false
        for member in row.members where !member.isFormer {
            guard let facts = state.facts(of: member.referral), let child = facts.child(member.child),
                let place = state.referrals[member.referral]?.place(of: member.child)
            else { continue }
            remains = true
            rules += account(of: facts, member.referral, child, place).rules(of: step.policy)
            for key in row.requests {
                guard let request = state.requests[key], !request.findings.isEmpty else { continue }
                rules += findings(request, facts, member.referral, child, row).rules(of: step.policy)
            }
        }
        // A case that nobody is left on goes to the MASH as it is.
        guard remains else { return }
        var found: [RatingRule] = []
        for rule in rules where !found.contains(where: { $0.id == rule.id }) { found.append(rule) }
        let assessment = Assessment(found) ?? Assessment(step.policy.fallback)
        guard assessment.rating.raised(to: rating) != assessment.rating else { return }
        let rated = CaseRated(
            caseID: caseID, child: row.child, referral: row.referral, rating: rating, previous: rating,
            proposed: assessment.rating, reasons: row.reasons, danger: state.danger(on: caseID),
            rereferral: row.rereferral)
        post(rated, &step)
    }

    private func findings(
        _ request: RequestRow, _ facts: ReferralFacts, _ referral: ReferralID, _ child: ChildFacts, _ row: CaseRow
    ) -> Account {
        var told = facts.content(of: referral)
        told.immediateDanger = false
        told.concerns = request.findings.map(\.facts)
        for index in told.concerns.indices where told.concerns[index].about.kind != .adult {
            told.concerns[index].about = child.part
        }
        return Account(
            content: told, child: child, rereferral: row.rereferral,
            known: state.known(on: request.caseID, besides: nil, as: child.part), tellsConcernsOnly: true)
    }

    /// Raises a case by what a message adds; says nothing where that raises nothing. What a named person has judged
    /// already is not counted against them again.
    private mutating func raise(
        by account: Account, since earlier: Account?, on caseID: CaseID, toldBy teller: AgencyName? = nil,
        _ step: inout Step
    ) {
        guard let row = state.cases[caseID], !row.isLost, let previous = row.rating else { return }
        var rules = account.rules(of: step.policy)
        if row.isJudged, let judged = earlier?.rules(of: step.policy) {
            rules.removeAll { rule in judged.contains { $0.id == rule.id } }
        }
        guard let assessment = Assessment(rules)?.together(with: row), assessment.rating != previous else { return }
        let rating = assessment.rating
        let rated = CaseRated(
            caseID: caseID, child: account.child.child, referral: account.content.referral, rating: rating,
            previous: previous, reasons: assessment.reasons, danger: state.danger(on: caseID),
            rereferral: row.rereferral)
        post(rated, &step)
        if rating.urgency > previous.urgency || row.isClosed { ask(about: rated, except: teller, &step) }
    }

    /// Posts a rating and applies it.
    mutating func post(_ rated: CaseRated, _ step: inout Step) {
        say(.caseRated(rated), subject: .caseID(rated.caseID), referral: rated.referral, rated.child.bits, &step)
    }

    /// The one way of an own event into the room: said and applied in the same breath.
    mutating func say(
        _ body: EventBody, subject: Subject, referral: ReferralID?, _ distinct: UInt128, _ step: inout Step
    ) {
        let event = step.input.followed(
            by: .triage, body, subject: subject, correlation: .some(referral ?? step.input.correlation),
            policyVersion: step.policy.version, distinct: distinct)
        state.apply(event)
        step.postings.append(.room(event))
    }

    // MARK: Asking

    /// Asks the agencies that the policy names for the urgency now.
    mutating func ask(about rated: CaseRated, except teller: AgencyName? = nil, _ step: inout Step) {
        let urgency = rated.rating.urgency
        var excluded = state.notToAsk(on: rated.caseID, at: urgency)
        if let teller { excluded.append(teller) }
        let asks = step.policy.asks(
            at: urgency, in: step.configuration, of: step.input.authority, except: excluded
        ).covered(in: step.configuration, at: step.input.time, except: excluded)
        for ask in asks {
            request(ask, rated.caseID, rated.child, rated.referral, at: urgency, &step)
        }
    }

    private mutating func request(
        _ ask: Ask, _ caseID: CaseID, _ child: ChildID, _ referral: ReferralID, at urgency: RAG, _ step: inout Step
    ) {
        var derivation = Derivation("request")
        derivation.add(caseID)
        derivation.add(ask.agency)
        derivation.add(step.input.id)
        let id: RequestID = derivation.id()
        let request = equipment.keyed.issueReference(
            authority: step.input.authority, for: id, to: ask.agency
        ).description
        let requested = ReturnRequested(
            request: request, agency: ask.agency, caseID: caseID, child: child, referral: referral, rating: urgency,
            topics: ask.topics, purpose: ask.purpose, necessity: ask.necessity, coverFor: ask.coverFor)
        say(.returnRequested(requested), subject: .request(request), referral: referral, id.bits, &step)
    }

    /// Whoever was asked goes into the holidays without having answered: its cover is asked the same.
    private mutating func extended(_ extended: ObligationExtended, _ step: inout Step) {
        guard let cover = extended.cover, let away = extended.facts.agency, let caseID = extended.facts.caseID,
            let key = extended.facts.request.flatMap({ RequestKey($0) }), let row = state.requests[key],
            row.standing == .open, let of = state.cases[caseID], !of.isClosed,
            let child = extended.facts.child, let referral = extended.facts.referral,
            !state.neverToAsk(on: caseID).contains(cover)
        else { return }
        let asks = step.policy.asks(
            at: row.rating, in: step.configuration, of: step.input.authority,
            except: step.configuration.agencies.map(\.id).filter { $0 != away })
        guard var ask = asks.first else { return }
        ask.agency = cover
        ask.coverFor = away
        request(ask, caseID, child, referral, at: row.rating, &step)
    }
}

/// One input, what was in force when it came, and what is answered to it.
struct Step {
    let input: Event
    private let inForce: InForce
    var postings: [Posting] = []

    var policy: Policy { _read { yield inForce.policy } }
    var configuration: HubDirectory { _read { yield inForce.configuration } }

    /// Nil while nothing has been adopted for the authority.
    init?(_ input: Event, _ adoptions: Adoptions) {
        guard let inForce = adoptions.inForce(for: input.authority) else { return nil }
        self.input = input
        self.inForce = inForce
    }
}
