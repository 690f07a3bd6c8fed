public import DomainModel
import JSON
import PersonMatching
public import Room

/// Says per child of a referral who this is and which case that makes or joins.
///
/// It links only what is certain, puts before a named person whatever may be a known child, and never undoes or makes a
/// link of its own once a person has spoken. A person has one case for ever: a referral after its close reopens it.
///
/// Reads referrals, identity decisions, cases closed and reopened; opens the children's parts. Posts per child
/// `case.opened` or `case.reopened` where there is one, then `referral.identified`.
public struct Deduplication: Participant {
    public static let service = Service.deduplication
    public static let opensParts = true

    let equipment: Equipment
    private(set) var state: DeduplicationState
    private var postings: [Posting] = []
    private let parser = JSONParser()

    public init(_ equipment: Equipment) {
        self.equipment = equipment
        state = DeduplicationState(open: { $0.opened ?? equipment.open($0) }, keyed: equipment.keyed)
    }

    public mutating func receive(_ input: Event) -> [Posting] {
        postings.removeAll(keepingCapacity: true)
        let before = recordsBefore(input)
        state.apply(input)
        switch input.body {
        case .clockStruck:
            for referral in state.released { identifyChildren(of: referral, cause: input) }
        case _ where !state.decides(for: input.authority): break
        case .referralSubmitted(let submitted): identifyChildren(of: submitted.content.referral, cause: input)
        case .referralTransferred(let transferred):
            identifyChildren(of: transferred.content.referral, cause: input)
        case .referralCorrected(let corrected):
            reconsider(before, cause: input)
            identifyChildren(of: corrected.content.referral, cause: input)
        case .decisionSubmitted(let decision):
            switch decision.verb {
            case .confirmIdentity, .unlink, .split, .merge, .born, .lost: decideIdentity(decision, cause: input)
            default: break
            }
        default: break
        }
        return postings
    }

    public mutating func replay(_ input: Event, own: [Event]) {
        state.apply(input)
        for event in own { state.apply(event) }
    }

    public var nextDue: Instant? { state.waiting.first }

    public mutating func takeChanges() -> [RowChange] { state.takeChanges() }
    public mutating func restore(_ row: RowChange) throws(RowError) { try state.restore(row, parser: parser) }

    // MARK: Posting

    /// Posts and folds at once, so that the next decision of the same step sees it. The authority is the referral's:
    /// a strike of the clock is the partition's.
    mutating func post(_ event: Event, authority: AuthorityCode) {
        var event = event
        event.authority = authority
        postings.append(.room(event))
        state.apply(event)
    }

    mutating func post(_ event: Event) { post(event, authority: event.authority) }

    mutating func post(_ outgoing: Outgoing) { postings.append(.outgoing(outgoing)) }
}
