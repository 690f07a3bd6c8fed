import DomainModel
import Room

/// Where an obligation may stand when an event of another's lag comes.
enum Standing: Int, Hashable, Sendable, CaseIterable {
    /// Deadlines has not heard of it.
    case unknown
    case open
    /// Its alert stands.
    case overdue
    /// The desk has answered the alert without a promise.
    case acknowledged
    case met
    case declined
    case withdrawn
}

/// One row of the table: what Deadlines posts in the room when the event comes, for each standing of the obligation of
/// that kind. A nil cell cannot be: no such obligation comes to stand so.
struct StalePair: Sendable {
    let kind: ObligationKind
    let event: StaleEvent
    /// By standing: unknown, open, overdue, acknowledged, met, declined, withdrawn.
    let posts: [[EventType]?]
    let because: String

    init(_ kind: ObligationKind, _ event: StaleEvent, _ posts: [[EventType]?], _ because: String) {
        self.kind = kind
        self.event = event
        self.posts = posts
        self.because = because
    }
}

/// What comes, as far as it makes a difference to the obligation.
enum StaleEvent: String, Hashable, Sendable, CaseIterable {
    case requested, returnedInFull, returnedInPart, returnDeclined, returnWithdrawn
    case acknowledged, corrected, identified, identityRequested, identityConfirmed
    case accepted, returned, closed, entryWithdrawn, rose, answered, promised, resubmitted
    case declineAccepted, challenged, struck
    /// A person takes the child from the case.
    case unlinked
    /// The case goes on in another.
    case merged
    /// The family has lost the child.
    case lost
    case strategyDiscussion, completed, conferenceHeld
    case heartbeat
}

/// Each participant decides at its own position, and its posting lands later: so anything may come for an obligation in
/// any standing. This is what follows, for each pair; a test visits every cell.
enum StalePairs {
    private static let none: [EventType] = []
    private static let met: [EventType] = [.obligationMet]
    private static let metAndCleared: [EventType] = [.obligationMet, .alertCleared]
    private static let withdrawn: [EventType] = [.obligationWithdrawn]
    private static let withdrawnAndCleared: [EventType] = [.obligationWithdrawn, .alertCleared]

    /// What ends an open obligation and finds any other ended or unheard of.
    private static let meets: [[EventType]?] = [none, met, metAndCleared, metAndCleared, none, nil, none]
    private static let never: [[EventType]?] = [none, none, none, none, none, nil, none]

    static let table: [StalePair] = [
        // What an agency was asked.
        StalePair(
            .informationReturn, .requested, [[.obligationOpened], none, none, none, none, none, none],
            "A request is made once. What came before it was held, and meets it at once."),
        StalePair(
            .informationReturn, .returnedInFull, [none, met, metAndCleared, metAndCleared, none, none, none],
            "Before its request it is held. A second one is for Triage alone; after a decline it ends the review."),
        StalePair(
            .informationReturn, .returnedInPart, [none, none, none, none, none, none, none],
            "More is to come: the clock runs on."),
        StalePair(
            .informationReturn, .returnDeclined,
            [
                none, [.obligationDeclined, .obligationOpened],
                [.obligationDeclined, .alertCleared, .obligationOpened],
                [.obligationDeclined, .alertCleared, .obligationOpened], none, none, none,
            ],
            "Ends the agency's clock and comes before the MASH; what was given stays given."),
        StalePair(
            .informationReturn, .returnWithdrawn,
            [none, none, none, none, [.obligationExtended], [.obligationWithdrawn, .obligationExtended], none],
            "Owed again, and the review of a decline with it; nothing where the request itself was taken back."),
        StalePair(
            .informationReturn, .closed,
            [none, withdrawn, withdrawnAndCleared, withdrawnAndCleared, none, withdrawn, none],
            "Nobody is asked about a closed case; the review of a decline goes with it."),
        // The referrer is told.
        StalePair(
            .acknowledge, .acknowledged, [none, met, metAndCleared, metAndCleared, none, nil, nil],
            "Once. Routing acknowledges only what is in the room, so nothing is held for it."),
        StalePair(
            .acknowledge, .corrected, [[.obligationOpened, .obligationOpened], none, none, none, none, nil, nil],
            "What is owed for the referral is not owed twice; a first version unheard of is read as submitted."),
        // A named person decides the response.
        StalePair(.decide, .accepted, meets, "By a named person, whatever the clock says."),
        StalePair(.decide, .closed, meets, "As accepted."),
        StalePair(.decide, .returned, never, "Settles no response."),
        StalePair(.decide, .rose, never, "Automation decides nothing; the budget does not depend on the rating."),
        StalePair(
            .decide, .identified,
            [none, withdrawn, withdrawnAndCleared, withdrawnAndCleared, none, nil, none],
            "The child joins a case that a person has decided already."),
        // The team proposed to answers.
        StalePair(.respond, .accepted, meets, "By a person of that team."),
        StalePair(.respond, .returned, meets, "To give it back is an answer."),
        StalePair(.respond, .closed, meets, "By a person of that team."),
        StalePair(
            .respond, .entryWithdrawn, [none, withdrawn, withdrawnAndCleared, withdrawnAndCleared, none, nil, none],
            "The proposal was moved; the new one has a clock of its own."),
        // The desk answers.
        StalePair(
            .answer, .answered,
            [none, nil, [.alertAcknowledged, .obligationMet, .alertCleared], nil, none, nil, nil],
            "An answer to what is not there any more changes nothing: Intake's receipt said that it came."),
        StalePair(.answer, .promised, [none, nil, [.alertAcknowledged], nil, none, nil, nil], "Arms again."),
        StalePair(
            .answer, .corrected,
            [
                [.obligationOpened, .alertRaised, .obligationOpened, .obligationOpened], nil, none, nil, none, nil, nil,
            ], "One for each referral."),
        StalePair(
            .answer, .closed, [none, nil, none, nil, none, nil, nil],
            "A person of the desk answers, whatever became of the case."),
        // The MASH settles it.
        StalePair(
            .review, .identityRequested, [[.obligationOpened], none, none, none, none, nil, nil],
            "Once; not for a child that was identified meanwhile."),
        StalePair(
            .review, .identityConfirmed, [none, met, metAndCleared, metAndCleared, none, nil, nil], "Once."),
        StalePair(
            .review, .declineAccepted,
            [[.decisionRefused], met, metAndCleared, metAndCleared, [.decisionRefused], nil, [.decisionRefused]],
            "What is not open cannot be judged; the team is told so."),
        StalePair(
            .review, .challenged,
            [
                [.decisionRefused], [.obligationMet, .obligationExtended],
                [.obligationMet, .alertCleared, .obligationExtended],
                [.obligationMet, .alertCleared, .obligationExtended], [.decisionRefused], nil, [.decisionRefused],
            ], "The agency owes it again."),
        // A sender sends again.
        StalePair(
            .resubmit, .resubmitted, [none, met, metAndCleared, nil, none, nil, none],
            "By the next accepted submission on that channel."),
        StalePair(
            .resubmit, .answered,
            [none, none, [.alertAcknowledged, .obligationWithdrawn, .alertCleared], nil, none, nil, none],
            "A person has it now: nobody can make the sender send."),
        // Who the child is, and what became of it.
        StalePair(
            .informationReturn, .unlinked,
            [none, withdrawn, withdrawnAndCleared, withdrawnAndCleared, none, withdrawn, none],
            "Asked for another's case: the child's own case asks anew. The review of a decline goes with it."),
        StalePair(
            .informationReturn, .merged, [none, none, none, none, none, none, none],
            "Owed for the case that goes on, by the same clock."),
        StalePair(
            .informationReturn, .lost,
            [none, withdrawn, withdrawnAndCleared, withdrawnAndCleared, none, withdrawn, none],
            "Nobody is reminded of a child that its family has lost."),
        StalePair(
            .decide, .unlinked, [none, none, none, none, [.obligationExtended], nil, [.obligationExtended]],
            "What was decided was decided about another's case: owed again. What is open moves with the child."),
        StalePair(.decide, .merged, never, "Moves with the child."),
        StalePair(
            .decide, .lost, [none, withdrawn, withdrawnAndCleared, withdrawnAndCleared, none, nil, none],
            "All clocks end."),
        StalePair(
            .respond, .lost, [none, withdrawn, withdrawnAndCleared, withdrawnAndCleared, none, nil, none],
            "All clocks end."),
        StalePair(
            .acknowledge, .lost, [none, withdrawn, withdrawnAndCleared, withdrawnAndCleared, none, nil, nil],
            "Nothing more goes out about the child. A referral of further children keeps it."),
        // A desk answers what is overdue; and time passes.
        StalePair(
            .informationReturn, .answered, [none, none, [.alertAcknowledged], [.alertAcknowledged], none, none, none],
            "Acknowledged, and owed all the same; each answer is on the thread."),
        StalePair(
            .informationReturn, .promised, [none, none, [.alertAcknowledged], [.alertAcknowledged], none, none, none],
            "Arms again for then."),
        // An agency gives a sign of life.
        StalePair(
            .signal, .returnWithdrawn, [none, nil, metAndCleared, metAndCleared, none, nil, nil],
            "Whatever it sends, it is there again."),
        StalePair(
            .signal, .heartbeat, [none, nil, none, none, none, nil, nil],
            "A machine's sign of life does not hide that nobody sends anything."),
        StalePair(
            .heartbeat, .heartbeat, [none, nil, metAndCleared, metAndCleared, none, nil, nil],
            "Its system is well again."),
        StalePair(
            .heartbeat, .returnWithdrawn, [none, nil, none, none, none, nil, nil],
            "Somebody sends; whether the system is well is another matter."),
        // The clocks of the statute.
        StalePair(
            .assessment, .accepted, [[.obligationOpened], none, none, none, none, nil, [.obligationExtended]],
            "Once an episode; closed and reopened, the case is assessed anew."),
        StalePair(
            .assessment, .closed,
            [none, withdrawn, withdrawnAndCleared, withdrawnAndCleared, none, nil, none], "As the policy says."),
        StalePair(
            .assessment, .completed, [[.decisionRefused], met, metAndCleared, metAndCleared, none, nil, none],
            "By a named person; without a case there is nothing to complete."),
        StalePair(
            .conference, .strategyDiscussion,
            [[.obligationOpened], none, none, none, [.obligationExtended], nil, [.obligationExtended]],
            "Another enquiry has another conference."),
        StalePair(
            .conference, .conferenceHeld, [[.decisionRefused], met, metAndCleared, metAndCleared, none, nil, none],
            "By a named person."),
        StalePair(
            .informationReturn, .struck, [none, none, none, none, none, none, none],
            "A second strike at the same instant finds nothing."),
    ]
}
