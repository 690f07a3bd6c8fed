/// How one child of a referral was identified.
public enum IdentityOutcome: String, Hashable, Sendable, CaseIterable {
    case linked, new, review
}

/// What became of the case when a child was identified.
public enum CaseDisposition: String, Hashable, Sendable, CaseIterable {
    case opened, joined, reopened
    /// The child waits for a person to say who this is; no case is touched till then.
    case awaiting
}

public enum EntryKind: String, Hashable, Sendable, CaseIterable {
    /// Who leads: exactly one per open case from `routed` on.
    case lead
    /// MACPT's child protection beside a Family Help lead, after a step-up.
    case protect
    /// Something that the MASH must decide.
    case decide
    /// New information for the lead.
    case read
}

public enum EntryState: String, Hashable, Sendable, CaseIterable {
    case proposed, accepted, done, withdrawn
    public var isOpen: Bool { self == .proposed || self == .accepted }
}

/// What a person may decide. Routing owns the first eight, Triage `rate`, Deduplication the identity verbs
/// (`confirmIdentity` to `lost`), Deadlines `acceptDecline`, `challenge` and the steps and stops of statutory clocks,
/// Routing `assign`. `redrive` is Intake's and the runtime's.
public enum DecisionVerb: String, Hashable, Sendable, CaseIterable {
    case accept, close, redirect, decide
    case giveBack = "return"
    case stepUp = "step-up"
    case stepDown = "step-down"
    /// A `read` entry was read.
    case note
    case rate
    case confirmIdentity = "confirm-identity"
    case unlink
    /// Several children of a person's records are somebody else.
    case split
    /// Two persons are one.
    case merge
    /// An unborn child was born.
    case born
    /// A pregnancy has ended without a birth.
    case lost
    case acceptDecline = "accept-decline"
    case challenge
    /// A strategy discussion has initiated s47 enquiries.
    case strategyDiscussion = "strategy-discussion"
    case completeAssessment = "complete-assessment"
    case holdConference = "hold-conference"
    /// A clock is stopped for a while, or runs on.
    case suspend, resume
    /// The hub's review team gives a referral with an unknown authority to the right one.
    case assign
    /// What was set aside, or refused, is taken once more: Intake's, and the runtime's of the participant in question.
    case redrive
}

/// The front-door outcome that a decision settles on.
public enum Outcome: String, Hashable, Sendable, CaseIterable {
    case noFurtherAction = "no-further-action"
    case advice
    case earlyHelp = "early-help"
    case familyHelp = "family-help"
    case protection
}

/// Why a person decided so; the words are theirs and stay sealed, the code is for the figures.
public enum DecisionReason: String, Hashable, Sendable, CaseIterable {
    case thresholdMet = "threshold-met"
    case thresholdNotMet = "threshold-not-met"
    case wrongTeam = "wrong-team"
    case riskRisen = "risk-risen"
    case riskReduced = "risk-reduced"
    case needsMet = "needs-met"
    case duplicate
    case moreInformation = "more-information-needed"
    case identityChecked = "identity-checked"
    case wrongLink = "wrong-link"
    case samePerson = "same-person"
    case birth, loss
    case lawfulBasis = "lawful-basis"
    case other
}

public enum ObligationKind: String, Hashable, Sendable, CaseIterable {
    /// An agency's information return.
    case informationReturn = "return"
    /// The referrer is told (KCSIE 2025 §62: one working day).
    case acknowledge
    /// A named person decides the response (the same limit, a clock of its own).
    case decide
    /// The team proposed to answers.
    case respond
    /// A sender whose message was refused sends again.
    case resubmit
    /// Immediate danger or Red: a named person of the desk answers.
    case answer
    /// The MASH accepts or challenges a decline, or settles who an unidentified person is.
    case review
    /// An agency that was heard of and has fallen silent: a message.
    case signal
    /// An agency whose system gives a regular sign of life and has stopped: the next one.
    case heartbeat
    /// A statutory assessment is completed (Working Together 2023: 45 working days from the referral).
    case assessment
    /// The initial child protection conference is held (Working Together 2023: 15 working days from the strategy
    /// discussion at which s47 enquiries were initiated).
    case conference
}

public enum SubmissionChannel: String, Hashable, Sendable, CaseIterable {
    case referrals, returns, decisions, answers
    /// What the hub's own Delivery notes.
    case records
}

/// The kinds of tools by which people are told.
public enum DeliveryChannel: String, Hashable, Sendable, CaseIterable {
    case alertmanager, chat, teams, email
}
