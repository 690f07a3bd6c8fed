import JSON

// What follows when an event meets a case or a request in a state that its writer could not know of: two participants
// read the same room, and each writes later than it read. Every pair is here, and a test visits each.

/// How far a case is, as triage sees it.
enum CaseStanding: String, Hashable, Sendable, CaseIterable {
    case unknown, unrated, rated, closed
}

/// What may happen to a case.
enum CaseStimulus: String, Hashable, Sendable, CaseIterable {
    /// A child of a referral was identified with it.
    case identified
    /// A child waits for a person to say who it is; no case is named.
    case awaiting
    /// The facts of a referral whose child was identified with it, newer than those known, and telling of more.
    case corrected
    case referralWithdrawn
    case childUnlinked
    /// A person took several children out of its records; one of them is the case's only one.
    case childSplitOff
    /// A person said that the child is another's: the case goes on in that one's.
    case mergedAway
    /// A person said that the child was born.
    case born
    /// A person said that the pregnancy with this child has ended.
    case lost
    /// By a person who has seen all that raised the risk.
    case ratedByPerson
    /// Lower, by a person who names nothing that they have seen, or nothing since the risk rose.
    case loweredUnseen
    case closed
    /// By Deduplication: the child was referred again after the close.
    case reopenedAgain
    /// By Routing: its close had overtaken what was in the room already.
    case reopenedMeanwhile
}

/// What follows for a case.
enum CaseConsequence: Hashable, Sendable {
    case nothing
    /// `case.rated`, never lower than before, and the agencies asked.
    case rates
    /// `case.rated` where the message adds what raises it; else nothing.
    case raises
    /// `case.rated`, whether higher or lower.
    case sets
    case refuses(String)
    /// Closed; its requests are withdrawn, or another case's from now on.
    case closes
    /// Nothing is rated or asked from now on, save where a named person says that the child is not lost.
    case ends
    /// Open and not rated: the referral that reopened it is rated next, by its own content alone.
    case beginsAnew
}

struct CaseCell: Sendable {
    let stimulus: CaseStimulus
    let standing: CaseStanding
    let consequence: CaseConsequence
    let because: String

    init(_ stimulus: CaseStimulus, _ standing: CaseStanding, _ consequence: CaseConsequence, _ because: String) {
        self.stimulus = stimulus
        self.standing = standing
        self.consequence = consequence
        self.because = because
    }

    static let all: [CaseCell] = [
        CaseCell(.identified, .unknown, .rates, "the first that is heard of the case"),
        CaseCell(.identified, .unrated, .rates, "reopened just now, or waiting for an earlier referral's facts"),
        CaseCell(.identified, .rated, .rates, "joined: another report of the same child"),
        CaseCell(.identified, .closed, .rates, "the close overtook it: the episode goes on from its rating"),
        CaseCell(.awaiting, .unknown, .nothing, "rated once a person has said who it is"),
        CaseCell(.awaiting, .unrated, .nothing, "no case is named"),
        CaseCell(.awaiting, .rated, .nothing, "no case is named"),
        CaseCell(.awaiting, .closed, .nothing, "no case is named"),
        CaseCell(.corrected, .unknown, .nothing, "its facts are held until the child is identified"),
        CaseCell(.corrected, .unrated, .rates, "the facts that the rating waited for"),
        CaseCell(.corrected, .rated, .raises, "rating follows a correction upwards only"),
        CaseCell(
            .corrected, .closed, .raises, "what raises a closed case must come before a person: Routing reopens it"),
        CaseCell(.referralWithdrawn, .unknown, .nothing, "a withdrawal lowers nothing"),
        CaseCell(.referralWithdrawn, .unrated, .nothing, "a withdrawal lowers nothing"),
        CaseCell(.referralWithdrawn, .rated, .nothing, "a withdrawal lowers nothing"),
        CaseCell(.referralWithdrawn, .closed, .nothing, "a withdrawal lowers nothing"),
        CaseCell(.childUnlinked, .unknown, .nothing, "there is nothing to undo"),
        CaseCell(.childUnlinked, .unrated, .nothing, "the child is rated on its new case when it is identified there"),
        CaseCell(.childUnlinked, .rated, .nothing, "undoing a link lowers nothing; a person may"),
        CaseCell(.childUnlinked, .closed, .nothing, "undoing a link reopens nothing"),
        CaseCell(.childSplitOff, .unknown, .nothing, "there is nothing to undo"),
        CaseCell(.childSplitOff, .unrated, .nothing, "rated on its new case when it is identified there"),
        CaseCell(.childSplitOff, .rated, .nothing, "nobody is left to judge; the rating stays for a person"),
        CaseCell(.childSplitOff, .closed, .nothing, "undoing a link reopens nothing"),
        CaseCell(.mergedAway, .unknown, .nothing, "nothing of it is kept here"),
        CaseCell(.mergedAway, .unrated, .closes, "its children are rated on the case that goes on"),
        CaseCell(.mergedAway, .rated, .closes, "its rating goes along with its children"),
        CaseCell(.mergedAway, .closed, .nothing, "it is closed already"),
        CaseCell(.born, .unknown, .nothing, "nothing of it is kept here"),
        CaseCell(.born, .unrated, .nothing, "the same child goes on"),
        CaseCell(.born, .rated, .nothing, "the same child goes on"),
        CaseCell(.born, .closed, .nothing, "the same child goes on"),
        CaseCell(.lost, .unknown, .nothing, "nothing of it is kept here"),
        CaseCell(.lost, .unrated, .ends, "nothing is rated or asked any more"),
        CaseCell(.lost, .rated, .ends, "nothing is rated or asked any more"),
        CaseCell(.lost, .closed, .nothing, "it is closed already"),
        CaseCell(.loweredUnseen, .unknown, .refuses("unknown-case"), "the id is wrong, or another authority's"),
        CaseCell(.loweredUnseen, .unrated, .sets, "there is nothing to lower"),
        CaseCell(.loweredUnseen, .rated, .refuses("asof-missing"), "the person looks at what is new first"),
        CaseCell(.loweredUnseen, .closed, .refuses("case-closed"), "closed while they decided"),
        CaseCell(.ratedByPerson, .unknown, .refuses("unknown-case"), "the id is wrong, or another authority's"),
        CaseCell(.ratedByPerson, .unrated, .sets, "a person need not wait for the facts"),
        CaseCell(.ratedByPerson, .rated, .sets, "the one way down"),
        CaseCell(.ratedByPerson, .closed, .refuses("case-closed"), "closed while they decided"),
        CaseCell(.closed, .unknown, .nothing, "nothing of it is kept here"),
        CaseCell(.closed, .unrated, .closes, "a person may close before the facts have come"),
        CaseCell(.closed, .rated, .closes, "the episode ends"),
        CaseCell(.closed, .closed, .nothing, "it is closed already"),
        CaseCell(.reopenedAgain, .unknown, .nothing, "the identification that follows makes it known"),
        CaseCell(.reopenedAgain, .unrated, .nothing, "it is open already"),
        CaseCell(.reopenedAgain, .rated, .nothing, "a rating that came after the close has opened it already"),
        CaseCell(.reopenedAgain, .closed, .beginsAnew, "a rating belongs to its episode"),
        CaseCell(.reopenedMeanwhile, .unknown, .nothing, "nothing of it is kept here"),
        CaseCell(.reopenedMeanwhile, .unrated, .nothing, "it is open already"),
        CaseCell(.reopenedMeanwhile, .rated, .nothing, "the rating that Routing answers has opened it already"),
        CaseCell(.reopenedMeanwhile, .closed, .rates, "the rating stands; the withdrawn requests are asked again"),
    ]
}

/// How far a request is.
enum RequestStanding: String, Hashable, Sendable, CaseIterable, JSONCodable {
    case open, answered
    /// The agency will not answer, or could not tell who is meant.
    case declined
    /// Its case was closed. What comes in spite of that is still heard.
    case withdrawn
}

/// What an agency may send about a request.
enum RequestStimulus: String, Hashable, Sendable, CaseIterable {
    case submitted, declined, corrected, withdrawn
    /// From another agency than the one that was asked.
    case fromAnother
}

struct RequestCell: Sendable {
    let stimulus: RequestStimulus
    /// Nil: the request is unknown.
    let standing: RequestStanding?
    /// Nil: unknown as before.
    let becomes: RequestStanding?
    /// Whether findings may raise the case.
    let raises: Bool
    let because: String

    init(
        _ stimulus: RequestStimulus, _ standing: RequestStanding?, becomes: RequestStanding?, raises: Bool,
        _ because: String
    ) {
        self.stimulus = stimulus
        self.standing = standing
        self.becomes = becomes
        self.raises = raises
        self.because = because
    }

    static let all: [RequestCell] = [
        RequestCell(.submitted, nil, becomes: nil, raises: false, "Deadlines puts it before the MASH"),
        RequestCell(.submitted, .open, becomes: .answered, raises: true, "as asked"),
        RequestCell(.submitted, .answered, becomes: .answered, raises: true, "more than was owed, and heard"),
        RequestCell(.submitted, .declined, becomes: .answered, raises: true, "they think better of it"),
        RequestCell(.submitted, .withdrawn, becomes: .withdrawn, raises: true, "late, but a risk is a risk"),
        RequestCell(.declined, nil, becomes: nil, raises: false, "Deadlines puts it before the MASH"),
        RequestCell(.declined, .open, becomes: .declined, raises: true, "a decline may still tell of a concern"),
        RequestCell(.declined, .answered, becomes: .declined, raises: true, "the later word counts"),
        RequestCell(.declined, .declined, becomes: .declined, raises: true, "said again"),
        RequestCell(.declined, .withdrawn, becomes: .withdrawn, raises: true, "the case was closed first"),
        RequestCell(.corrected, nil, becomes: nil, raises: false, "Deadlines puts it before the MASH"),
        RequestCell(.corrected, .open, becomes: .answered, raises: true, "after a partial return or a withdrawal"),
        RequestCell(.corrected, .answered, becomes: .answered, raises: true, "upwards only"),
        RequestCell(.corrected, .declined, becomes: .answered, raises: true, "they think better of it"),
        RequestCell(.corrected, .withdrawn, becomes: .withdrawn, raises: true, "late, but a risk is a risk"),
        RequestCell(.withdrawn, nil, becomes: nil, raises: false, "there is nothing to take back"),
        RequestCell(.withdrawn, .open, becomes: .open, raises: false, "it is owed as before"),
        RequestCell(.withdrawn, .answered, becomes: .open, raises: false, "owed again; the rating stays"),
        RequestCell(.withdrawn, .declined, becomes: .open, raises: false, "owed again"),
        RequestCell(.withdrawn, .withdrawn, becomes: .withdrawn, raises: false, "the case was closed first"),
        RequestCell(.fromAnother, nil, becomes: nil, raises: false, "Deadlines puts it before the MASH"),
        RequestCell(.fromAnother, .open, becomes: .open, raises: false, "only who was asked may answer"),
        RequestCell(.fromAnother, .answered, becomes: .answered, raises: false, "only who was asked may answer"),
        RequestCell(.fromAnother, .declined, becomes: .declined, raises: false, "only who was asked may answer"),
        RequestCell(.fromAnother, .withdrawn, becomes: .withdrawn, raises: false, "only who was asked may answer"),
    ]
}
