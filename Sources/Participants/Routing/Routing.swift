public import DomainModel
import HubConfiguration
import JSON
public import Room
import Sealing

/// Who leads and who supports: puts each rated child into the queue of the team that the policy points to, and carries
/// out what named people decide. It proposes; it never lowers a rating and never closes a case.
///
/// From its first `case.routed` on, an open case has exactly one open lead entry at every moment, because each event
/// that moves the lead carries the end of the old entry and the new one together.
///
/// What leaves the room: the state of each entry to its team's queue; requests, withdrawn requests, acknowledgements and
/// outcomes to agencies. Until the configuration and the policy of an authority are adopted, nothing is posted for it.
///
/// Events of another's lag: ``StalePairs``.
public struct Routing: Participant {
    public static let service = Service.routing
    public static let opensParts = true

    let equipment: Equipment
    let parser = JSONParser()
    private(set) var state = RoutingState()
    /// What the present input has led to so far.
    private var postings: [Posting] = []

    public init(_ equipment: Equipment) { self.equipment = equipment }

    public mutating func receive(_ input: Event) -> [Posting] {
        postings.removeAll()
        let before = caseBefore(input)
        let leaving = Leaving.child(by: input, in: state)
        state.apply(input)
        if let inForce = state.adoptions.inForce(for: input.authority) {
            let room = RoomView(inForce: inForce, authority: input.authority)
            decide(input, before: before, in: room)
            if let leaving, input.authority != .hub { decide(on: leaving, cause: input, in: room) }
        }
        defer { postings.removeAll() }
        return postings
    }

    public mutating func replay(_ input: Event, own: [Event]) {
        state.apply(input)
        for event in own { state.apply(event) }
    }

    /// Nothing in Routing waits for time.
    public var nextDue: Instant? { nil }

    public mutating func takeChanges() -> [RowChange] { state.takeChanges() }

    public mutating func restore(_ row: RowChange) throws(RowError) { try state.restore(row, parser: parser) }

    // MARK: Deciding

    /// The case as it stood before: whether risk has risen, or a child is new in it, is a comparison.
    private func caseBefore(_ input: Event) -> CaseRow? {
        switch input.body {
        case .caseRated(let rated): state.cases[rated.caseID]
        case .childIdentified(let identified): identified.caseID.flatMap { state.cases[$0] }
        default: nil
        }
    }

    private mutating func decide(_ input: Event, before: CaseRow?, in room: RoomView) {
        // The pseudo-authority leads nobody: its review team only says where a referral belongs.
        if input.authority == .hub { return reviewUnknownAuthority(input, in: room) }
        switch input.body {
        case .childIdentified(let identified): decide(on: identified, before: before, cause: input, in: room)
        case .caseRated(let rated): decide(on: rated, before: before, cause: input, in: room)
        case .identityMerged(let merged): decide(on: merged, cause: input, in: room)
        case .unbornBorn(let decided): decide(onBorn: decided, cause: input, in: room)
        case .unbornLost(let decided): decide(onLost: decided, cause: input, in: room)
        case .referralCorrected(let corrected): decide(onCorrected: corrected.content, cause: input, in: room)
        case .referralWithdrawn(let withdrawn): decide(onWithdrawn: withdrawn.referral, cause: input, in: room)
        case .returnRequested(let requested): send(requested, cause: input)
        case .returnSubmitted(let returned): decide(onReturn: returned.content, cause: input, in: room)
        case .returnCorrected(let returned): decide(onReturn: returned.content, cause: input, in: room)
        case .returnDeclined(let returned): decide(onDeclined: returned.content, cause: input, in: room)
        case .returnWithdrawn(let returned): decide(onReturnWithdrawn: returned.request, cause: input, in: room)
        case .decisionSubmitted(let decision): judge(decision, cause: input, in: room)
        default: break
        }
    }

    // MARK: Posting

    /// Appends the event, applies it, and shows every entry that it changes to its team.
    @discardableResult
    mutating func post(
        _ body: EventBody, of id: CaseID, referral: ReferralID? = nil, cause: Event, in room: RoomView
    ) -> Event {
        post(body, subject: .caseID(id), referral: referral, cause: cause, in: room)
    }

    @discardableResult
    mutating func post(
        _ body: EventBody, subject: Subject, referral: ReferralID?, authority: AuthorityCode? = nil,
        parts: [Part] = [], cause: Event, in room: RoomView
    ) -> Event {
        let changes = body.entries
        // Two events of one type about one case can follow from one input; their first entries differ.
        let distinct = changes.first?.entry.bits ?? 0
        let correlation: ReferralID? = referral ?? cause.correlation
        var event = cause.followed(
            by: Routing.service, body, subject: subject, correlation: .some(correlation),
            policyVersion: room.policy.version, parts: parts, distinct: distinct)
        if let authority { event.authority = authority }
        postings.append(.room(event))
        state.apply(event)
        for change in changes { show(change, cause: event, input: cause) }
        return event
    }

    mutating func send(
        _ type: OutgoingType, to recipient: Recipient, subject: String, key: String? = nil, cause: Event,
        what: String? = nil, data: [UInt8]
    ) {
        var derivation = Derivation("outgoing")
        derivation.add(cause.id)
        derivation.add(type.rawValue)
        switch recipient {
        case .agency(let agency): derivation.add(agency)
        case .team(let team): derivation.add(team)
        case .desk(let desk): derivation.add(desk)
        }
        derivation.add(subject)
        if let what { derivation.add(what) } else { derivation.addNone() }
        let id: EventID = derivation.id()
        postings.append(
            .outgoing(
                Outgoing(
                    recipient: recipient, id: id, source: Routing.service, type: type, subject: subject,
                    time: cause.time, authority: cause.authority, key: key ?? id.description, data: data)))
    }
}

/// What is in force in the room of one authority, as a decision asks it.
struct RoomView {
    let inForce: InForce
    let authority: AuthorityCode

    var directory: HubDirectory { _read { yield inForce.configuration } }
    var policy: Policy { _read { yield inForce.policy } }

    /// The first team of that kind that the configuration lists for the authority.
    func team(_ kind: TeamKind) -> Team? {
        directory.teams.first { $0.kind == kind && $0.authority == authority }
    }

    func team(named name: TeamName) -> Team? {
        directory.teams.first { $0.id == name && $0.authority == authority }
    }

    /// Who decides what nobody leads: the MASH, in the pseudo-authority the review team.
    var mash: Team? {
        if authority == .hub { return team(.hubReview) }
        return team(.mash) ?? directory.teams.first { $0.authority == authority }
    }

    func may(_ person: NamedPerson, _ verb: DecisionVerb) -> Bool {
        directory.permissions.contains { $0.role == person.role && $0.verbs.contains(verb) }
    }
}

extension EventBody {
    /// The entries that the event changes, where it is one of Routing's.
    var entries: [EntryChange] {
        switch self {
        case .caseRouted(let routed): routed.entries
        case .caseNotified(let notified): notified.entries
        case .identityRequested(let asked): asked.entries
        case .caseReopened(let reopened): reopened.entries
        case .caseAccepted(let decided), .caseReturned(let decided), .caseRedirected(let decided),
            .caseSteppedUp(let decided), .caseSteppedDown(let decided), .caseClosed(let decided),
            .caseDecided(let decided), .caseMerged(let decided):
            decided.entries
        default: []
        }
    }
}
