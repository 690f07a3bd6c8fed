import DomainModel
import Room

/// Where a case may stand in Routing when an event of another's lag comes.
enum CaseStanding: Int, Hashable, Sendable, CaseIterable {
    /// Routing has not heard of the case.
    case unknown
    /// Opened or reopened, and not yet rated.
    case awaiting
    /// In a team's queue, and no person has accepted it.
    case proposed
    case accepted
    case closed
}

/// What comes: an event, or a decision by its verb.
enum Trigger: Hashable, Sendable {
    case event(EventType)
    case decision(DecisionVerb)
}

/// One row of the table of stale pairs: what Routing posts in the room for the trigger, for each standing of the case.
/// What is sent out besides follows from those events, or (`sends`) from the trigger itself.
struct StalePair: Sendable {
    let trigger: Trigger
    /// By standing: unknown, awaiting, proposed, accepted, closed.
    let posts: [[EventType]]
    /// To agencies, by standing.
    let sends: [[OutgoingType]]
    let because: String

    init(_ trigger: Trigger, _ posts: [[EventType]], sends: [[OutgoingType]] = [[], [], [], [], []], _ because: String)
    {
        self.trigger = trigger
        self.posts = posts
        self.sends = sends
        self.because = because
    }
}

/// Each participant decides at its own position, and its posting lands later: so anything may come for a case in any
/// standing. This is what follows, for each pair; a test visits every cell.
enum StalePairs {
    private static let nothing: [[EventType]] = [[], [], [], [], []]
    private static let refused: [[EventType]] = Array(repeating: [.decisionRefused], count: 5)

    /// Routing's own types are never an input, with one exception: a referral transferred from another room.
    static let own: [EventType] = [
        .caseRouted, .caseNotified, .identityRequested, .caseAccepted, .caseReturned, .caseRedirected, .caseSteppedUp,
        .caseSteppedDown, .caseClosed, .caseDecided, .caseMerged, .decisionRefused, .referralAcknowledged,
    ]

    static let table: [StalePair] = [
        // A child joins a case, by Deduplication's view of it.
        StalePair(
            .event(.childIdentified),
            [
                [], [], [.caseNotified, .referralAcknowledged], [.caseNotified, .referralAcknowledged],
                [.caseReopened, .caseRouted, .referralAcknowledged],
            ],
            "A case not yet led waits for its rating; whoever leads is told; one closed meanwhile runs again."),
        StalePair(.event(.caseOpened), nothing, "It is proposed when it is rated."),
        StalePair(.event(.caseReopened), nothing, "A closed one waits for its rating; an open one is open already."),
        // A rating, raised to Red by the policy.
        StalePair(
            .event(.caseRated),
            [
                [.caseRouted, .referralAcknowledged], [.caseRouted, .referralAcknowledged], [.caseRouted],
                [.caseNotified], [.caseReopened, .caseRouted],
            ],
            "The first is the proposal; a rise moves what is only proposed, and tells who has accepted."),
        StalePair(
            .event(.returnRequested), nothing,
            sends: [[], [.returnRequested], [.returnRequested], [.returnRequested], []],
            "Nobody is asked about a case that was closed meanwhile."),
        StalePair(
            .event(.returnSubmitted), [[], [], [], [.caseNotified], []],
            "A proposed lead sees it in its entry; an accepted one is told; on a closed case only a rise does anything."
        ),
        StalePair(
            .event(.returnCorrected), [[], [], [], [.caseNotified], []], "As the return itself."),
        StalePair(
            .event(.returnWithdrawn), [[], [], [], [.caseNotified], []], "Who was told of it is told."),
        StalePair(
            .event(.returnDeclined), [[], [], [.caseNotified], [.caseNotified], []],
            "The MASH accepts or challenges it, while the case is open."),
        StalePair(
            .event(.referralCorrected), [[], [], [], [.caseNotified], []],
            sends: [[], [], [.returnRequested], [.returnRequested], []],
            "Who was asked gets the particulars as they are now. A proposed lead sees the new version; an accepted one is told. No correction closes or reopens."
        ),
        StalePair(
            .event(.referralWithdrawn), [[], [], [.caseNotified], [.caseNotified], []],
            "The MASH decides what it means; a withdrawal closes nothing."),
        // The link of the case's only child is undone.
        StalePair(
            .event(.identityUnlinked), [[], [], [.caseRouted, .caseRouted], [.caseRouted, .caseRouted], []],
            sends: [[], [], [.requestWithdrawn], [.requestWithdrawn], [.requestWithdrawn, .outcomeWithdrawn]],
            "What stays behind goes to the MASH, whose person closes it; the child is proposed in the same step."),
        StalePair(
            .event(.identitySplit), [[], [], [.caseRouted, .caseRouted], [.caseRouted, .caseRouted], []],
            sends: [[], [], [.requestWithdrawn], [.requestWithdrawn], [.requestWithdrawn, .outcomeWithdrawn]],
            "As an unlink, for each child."),
        // The case is merged into one that is led.
        StalePair(
            .event(.identityMerged),
            [
                [], [.caseMerged, .caseNotified], [.caseMerged, .caseNotified], [.caseMerged, .caseNotified],
                [.caseMerged, .caseNotified],
            ],
            "Its entries end in the case that goes on, whose lead is told and whose MASH is asked."),
        StalePair(
            .event(.unbornBorn), [[], [], [.caseNotified], [.caseNotified], []], "Whoever leads is told."),
        StalePair(
            .event(.unbornLost), [[], [.caseClosed], [.caseClosed], [.caseClosed], []],
            sends: [[], [], [.requestWithdrawn], [.requestWithdrawn], []],
            "Nobody is asked or told anything more, and no outcome goes out."),
        StalePair(
            .event(.identityConfirmed), nothing,
            "The identification that follows says which case. Where it takes the child from one, as an unlink."),
        StalePair(.event(.referralSubmitted), nothing, "Its parts are held till its children are identified."),
        StalePair(.event(.referralTransferred), nothing, "As submitted."),
        StalePair(.event(.referralRepeated), nothing, "It got its receipt."),
        StalePair(.event(.alertAnswered), nothing, "Deadlines'."),
        StalePair(.event(.heartbeatSent), nothing, "Deadlines'."),
        StalePair(.event(.submissionRefused), nothing, "Deadlines'."),
        StalePair(.event(.clockStruck), nothing, "Nothing waits for time here."),
        StalePair(.event(.configurationAdopted), nothing, "In force from the next event on."),
        StalePair(.event(.policyAdopted), nothing, "In force from the next event on: nothing is routed anew."),
        StalePair(.event(.obligationOpened), nothing, "Deadlines'."),
        StalePair(.event(.obligationMet), nothing, "Deadlines'."),
        StalePair(.event(.obligationExtended), nothing, "Deadlines'."),
        StalePair(.event(.obligationWithdrawn), nothing, "Deadlines'."),
        StalePair(.event(.obligationDeclined), nothing, "Deadlines'."),
        StalePair(.event(.obligationReminded), nothing, "Deadlines'."),
        StalePair(.event(.alertRaised), nothing, "Deadlines'."),
        StalePair(.event(.alertEscalated), nothing, "Deadlines'."),
        StalePair(.event(.alertAcknowledged), nothing, "Deadlines'."),
        StalePair(.event(.alertCleared), nothing, "Deadlines'."),
        StalePair(.event(.alertDelivered), nothing, "Delivery's."),
        StalePair(.event(.alertFailed), nothing, "Delivery's."),
        // Decisions on the lead entry, by its team, by one who has seen the newest.
        StalePair(
            .decision(.accept),
            [[.decisionRefused], [.decisionRefused], [.caseAccepted], [.decisionRefused], [.decisionRefused]],
            "Once."),
        StalePair(.decision(.giveBack), whereLed(.caseReturned), "The MASH leads from then on."),
        StalePair(.decision(.redirect), whereLed(.caseRedirected), "To a team of this authority."),
        StalePair(
            .decision(.close), whereLed(.caseClosed),
            sends: [[], [], [.requestWithdrawn, .referralConcluded], [.requestWithdrawn, .referralConcluded], []],
            "Who was asked is asked no more; the referrer is told what the policy allows."),
        StalePair(.decision(.stepUp), whereLed(.caseSteppedUp), "The MACPT is added."),
        StalePair(.decision(.stepDown), whereLed(.caseSteppedDown), "To the next less intensive team."),
        StalePair(.decision(.decide), refused, "A lead is not decided by that verb."),
        StalePair(.decision(.note), refused, "A lead is not noted."),
        StalePair(.decision(.assign), refused, "Only a referral without an authority is assigned."),
        StalePair(.decision(.rate), nothing, "Triage's."),
        StalePair(.decision(.confirmIdentity), nothing, "Deduplication's."),
        StalePair(.decision(.unlink), nothing, "Deduplication's."),
        StalePair(.decision(.split), nothing, "Deduplication's."),
        StalePair(.decision(.merge), nothing, "Deduplication's."),
        StalePair(.decision(.born), nothing, "Deduplication's."),
        StalePair(.decision(.lost), nothing, "Deduplication's."),
        StalePair(.decision(.acceptDecline), nothing, "Deadlines'; a decide entry about a decline is done by it."),
        StalePair(.decision(.challenge), nothing, "Deadlines'; a decide entry about a decline is done by it."),
        StalePair(.decision(.strategyDiscussion), nothing, "Deadlines': it starts a clock."),
        StalePair(.decision(.completeAssessment), nothing, "Deadlines': it stops a clock."),
        StalePair(.decision(.holdConference), nothing, "Deadlines': it stops a clock."),
        StalePair(.decision(.suspend), nothing, "Deadlines'."),
        StalePair(.decision(.resume), nothing, "Deadlines'."),
        StalePair(.decision(.redrive), nothing, "Intake's and the runtime's."),
    ]

    private static func whereLed(_ type: EventType) -> [[EventType]] {
        [[.decisionRefused], [.decisionRefused], [type], [type], [.decisionRefused]]
    }
}
