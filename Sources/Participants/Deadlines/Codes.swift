/// What alerts are called.
enum AlertCode {
    static let overdue = "overdue"
    static let danger = "danger"
    static let atOnce = "at-once"
    static let red = "red"
    static let clockNotSet = "clock-not-set"
    static let declined = "declined"
    static let unidentified = "unidentified"
    static let unmatchedReturn = "unmatched-return"
    static let conflictingRepeat = "conflicting-repeat"
    static let undecidable = "undecidable"
    static let silent = "silent"
    static let noHeartbeat = "no-heartbeat"

    /// Raised when its time is past: the ladder's first rung is this one. Everything else is said before anything is due.
    static func isOfPastTime(_ code: String) -> Bool { code == overdue || code == silent || code == noHeartbeat }
}

/// Why a clock was set anew, or an obligation or alert ended.
enum Reason {
    static let ratingRisen = "rating-risen"
    static let calendarChanged = "calendar-changed"
    static let policyChanged = "policy-changed"
    static let suspended = "suspended"
    static let resumed = "resumed"
    static let outsideTerm = "outside-term"
    static let rerouted = "rerouted"
    static let silent = "silent"
    static let notWatched = "not-watched"
    static let reopened = "reopened"
    static let strategyDiscussion = "strategy-discussion"
    static let clockSet = "clock-set"
    static let returnWithdrawn = "return-withdrawn"
    static let returned = "returned"
    static let challenged = "challenged"
    static let unlinked = "unlinked"
    /// What an agency was asked about a child on another's case.
    static let linkWithdrawn = "link-withdrawn"
    /// A family has lost the child: nothing is said of why, here or anywhere.
    static let ended = "ended"
    static let again = "again"
    static let matched = "matched"
    static let askedAgain = "asked-again"
    static let caseClosed = "case-closed"
    static let joinedDecidedCase = "joined-decided-case"
    static let entryWithdrawn = "entry-withdrawn"
    static let transferred = "transferred"
    static let escalated = "escalated"
    static let declined = "declined"
    static let unidentified = "unidentified"
    static let met = "met"
}
