/// What follows where an event meets a state that its poster did not know: every participant decides at its own
/// position, and what it posts lands later. Data, so that a test can visit every cell.
struct StalePair: Sendable {
    enum Input: String, Hashable, Sendable, CaseIterable {
        case submitted, transferred, corrected, withdrawn
        /// The clock, after the limit of holding.
        case struck
        case confirmed, unlinked, split
        /// The case is to end in another that is open.
        case merged
        case born, lost
        case caseClosed, caseReopened
    }

    /// Of the referral, the child or the case that the event names.
    enum Standing: String, Hashable, Sendable, CaseIterable {
        case unknown
        // A referral's.
        case correctionHeld, withdrawalHeld, known, withdrawn
        // A child's: its person's only record; linked to others' records; before a person with no case yet; before a
        // person because of a correction, with the case that it has.
        case alone, linked, awaiting, askedAgain
        // An unborn child's.
        case unborn, born, lost
        // A case's.
        case open, closed, merged
    }

    enum Consequence: Hashable, Sendable {
        /// Posts who the children are.
        case identifies
        /// Keeps it until its referral comes, or the limit.
        case holds
        /// Keeps what it says and posts nothing.
        case notes
        /// Posts that a person said so; who the child is stays.
        case says
        case nothing
        case refuses(IdentityRefusal)
    }

    let input: Input
    let standing: Standing
    let follows: Consequence
    let why: StaticString

    private init(_ input: Input, _ standing: Standing, _ follows: Consequence, _ why: StaticString) {
        self.input = input
        self.standing = standing
        self.follows = follows
        self.why = why
    }

    static func standings(of input: Input) -> [Standing] {
        switch input {
        case .submitted, .transferred, .corrected, .withdrawn, .struck:
            [.unknown, .correctionHeld, .withdrawalHeld, .known, .withdrawn]
        case .confirmed, .unlinked, .split: [.unknown, .alone, .linked, .awaiting, .askedAgain]
        case .merged: [.unknown, .open, .closed, .merged]
        case .born, .lost: [.unknown, .alone, .awaiting, .unborn, .born, .lost]
        case .caseClosed, .caseReopened: [.unknown, .open, .closed]
        }
    }

    static let all: [StalePair] = [
        StalePair(.submitted, .unknown, .identifies, "The ordinary case."),
        StalePair(.submitted, .correctionHeld, .identifies, "The correction is the later version; both's children."),
        StalePair(.submitted, .withdrawalHeld, .identifies, "A withdrawal closes nothing; people decide."),
        StalePair(.submitted, .known, .nothing, "The limit had passed, and a correction stood for it."),
        StalePair(.submitted, .withdrawn, .nothing, "As known."),
        StalePair(.transferred, .unknown, .identifies, "Read as submitted."),
        StalePair(.transferred, .correctionHeld, .identifies, "A correction overtook the transfer."),
        StalePair(.transferred, .withdrawalHeld, .identifies, "A withdrawal overtook the transfer."),
        StalePair(.transferred, .known, .nothing, "Transferred twice, or submitted here as well."),
        StalePair(.transferred, .withdrawn, .nothing, "As known."),
        StalePair(.corrected, .unknown, .holds, "Not refused for being early."),
        StalePair(.corrected, .correctionHeld, .holds, "The later one takes its place; the limit runs on."),
        StalePair(.corrected, .withdrawalHeld, .holds, "Beside the withdrawal."),
        StalePair(.corrected, .known, .notes, "Who the child is stays unless its particulars say otherwise."),
        StalePair(.corrected, .withdrawn, .notes, "A withdrawn referral is still on its case."),
        StalePair(.withdrawn, .unknown, .holds, "Not refused for being early."),
        StalePair(.withdrawn, .correctionHeld, .holds, "Beside the correction."),
        StalePair(.withdrawn, .withdrawalHeld, .holds, "Once is enough."),
        StalePair(.withdrawn, .known, .notes, "No later referral is a re-referral of it."),
        StalePair(.withdrawn, .withdrawn, .nothing, "Once is enough."),
        StalePair(.struck, .unknown, .nothing, "Nothing waits."),
        StalePair(.struck, .correctionHeld, .identifies, "Taken as submitted, marked early."),
        StalePair(.struck, .withdrawalHeld, .nothing, "What never came cannot be taken back; it is let go."),
        StalePair(.struck, .known, .nothing, "Nothing waits."),
        StalePair(.struck, .withdrawn, .nothing, "Nothing waits."),
        StalePair(.confirmed, .unknown, .refuses(.unknownChild), "People see a child only after it was read here."),
        StalePair(.confirmed, .alone, .refuses(.notAwaiting), "Somebody else has answered."),
        StalePair(.confirmed, .linked, .refuses(.notAwaiting), "Somebody else has answered."),
        StalePair(.confirmed, .awaiting, .identifies, "The ordinary case."),
        StalePair(.confirmed, .askedAgain, .identifies, "Keeps its case, or leaves it for another's."),
        StalePair(.unlinked, .unknown, .refuses(.unknownChild), "As for a confirmation."),
        StalePair(.unlinked, .alone, .refuses(.notLinked), "Unlinked already, or never linked."),
        StalePair(.unlinked, .linked, .identifies, "A person and a case of its own."),
        StalePair(.unlinked, .awaiting, .refuses(.stillAwaiting), "The review's answer says it."),
        StalePair(.unlinked, .askedAgain, .refuses(.stillAwaiting), "The review's answer undoes the link as well."),
        StalePair(.split, .unknown, .refuses(.unknownChild), "As for a confirmation."),
        StalePair(.split, .alone, .refuses(.notOnePerson), "Nothing would be left to split it from."),
        StalePair(.split, .linked, .identifies, "Together a person and a case of their own."),
        StalePair(.split, .awaiting, .refuses(.stillAwaiting), "The review's answer says it."),
        StalePair(.split, .askedAgain, .refuses(.stillAwaiting), "The review's answer undoes the link as well."),
        StalePair(.merged, .unknown, .refuses(.unknownCase), "The id is wrong, or another authority's."),
        StalePair(.merged, .open, .identifies, "Its children are the other's from here on."),
        StalePair(.merged, .closed, .identifies, "What was before is part of the other's history now."),
        StalePair(.merged, .merged, .refuses(.alreadyOne), "Somebody else has said so already."),
        StalePair(.born, .unknown, .refuses(.unknownChild), "As for a confirmation."),
        StalePair(.born, .alone, .refuses(.notUnborn), "It has a birth date."),
        StalePair(.born, .awaiting, .refuses(.stillAwaiting), "Whose child it is comes first."),
        StalePair(.born, .unborn, .says, "The same person goes on."),
        StalePair(.born, .born, .refuses(.alreadyBorn), "Somebody else has said so already."),
        StalePair(.born, .lost, .refuses(.alreadyLost), "A new report, confirmed by a person, says otherwise first."),
        StalePair(.lost, .unknown, .refuses(.unknownChild), "As for a confirmation."),
        StalePair(.lost, .alone, .refuses(.notUnborn), "It has a birth date."),
        StalePair(.lost, .awaiting, .refuses(.stillAwaiting), "Whose child it is comes first."),
        StalePair(.lost, .unborn, .says, "All clocks and contact end."),
        StalePair(.lost, .born, .refuses(.alreadyBorn), "Somebody has said that it was born."),
        StalePair(.lost, .lost, .refuses(.alreadyLost), "Once is enough."),
        StalePair(.caseClosed, .unknown, .nothing, "Of a partition before this state: no case is known by it."),
        StalePair(.caseClosed, .open, .notes, "The next referral reopens it."),
        StalePair(.caseClosed, .closed, .nothing, "Closed by two entries of one decision."),
        StalePair(.caseReopened, .unknown, .nothing, "As for a close."),
        StalePair(.caseReopened, .open, .nothing, "Routing and this participant both reopened it."),
        StalePair(.caseReopened, .closed, .notes, "A referral had joined it before its close was read here."),
    ]
}
