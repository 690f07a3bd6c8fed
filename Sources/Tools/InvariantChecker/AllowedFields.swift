/// What may leave the room, written by hand from the design and held apart from the hub's own lists: the one place
/// where both must be wrong for a field to slip out.
enum AllowedFields {
    static let headers: Set = [
        "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "ce_localauthority", "content-type",
        "ce_datacontenttype",
    ]

    static func of(_ type: String, to audience: TopicRole.Audience) -> Set<String>? {
        switch audience {
        case .agency: agency[type]
        case .team: team[type]
        case .desk: desk[type]
        }
    }

    private static let marks = ["marks.pointer", "marks.code"]
    private static let refusal: Set = ["reference", "receivedAt", "channel", "reason", "pointer", "advice", "notice"]

    private static let agency: [String: Set<String>] = [
        "referral.received": Set(["reference", "receivedAt", "children", "repeated", "notice"] + marks),
        "return.received": Set(["reference", "receivedAt", "kind", "repeated", "notice"] + marks),
        "submission.refused": refusal,
        // The particulars of the one child, what is asked, why: nothing about the referral that led to it.
        "return.requested": [
            "reference", "asked", "purpose", "necessity", "rating", "notice", "due", "child.givenName",
            "child.familyName", "child.birthDate", "child.expectedDate", "child.sex", "child.nhsNumber", "child.upn",
            "child.address.lines", "child.address.postcode",
        ],
        "request.withdrawn": ["reference", "words", "notice"],
        "obligation.reminded": ["reference", "owed", "due", "notice"],
        "referral.acknowledged": ["reference", "words", "notice"],
        "referral.concluded": ["reference", "child", "words", "notice"],
        "outcome.withdrawn": ["reference", "child", "words", "notice"],
    ]

    private static let team: [String: Set<String>] = [
        "decision.received": ["decision", "receivedAt", "repeated", "notice"],
        "decision.refused": [
            "decision", "person", "verb", "reason", "case", "entry", "newest", "entries.entry", "entries.kind",
            "entries.state", "entries.about",
        ],
        "submission.refused": refusal,
        // That it was wrong, and never whose it was.
        "link.withdrawn": ["case", "words"],
        // A team that works on a child sees the child and what was said of it; of siblings no more than their cases.
        "entry.updated": [
            "entry", "kind", "state", "about", "case", "rating.urgency", "rating.level",
            "proposedRating.urgency", "proposedRating.level", "reasons", "danger", "asof",
            "receivedAt", "immediateDanger", "referrals.referral", "referrals.agency", "referrals.source",
            "referrals.receivedAt", "referrals.children", "siblings.case", "childId", "candidates", "child.part",
            "child.ageBand",
            "child.givenName", "child.familyName", "child.aliases.givenName", "child.aliases.familyName",
            "child.birthDate", "child.birthDateEstimated", "child.expectedDate", "child.sex", "child.nhsNumber",
            "child.upn", "child.laChildId", "child.address", "narrative", "concerns.about", "concerns.factor",
            "concerns.historic", "concerns.eventDate", "concerns.opinion", "concerns.restricted", "concerns.narrative",
            "return.request", "return.agency", "return.kind", "return.identified", "return.declineReason",
            "return.narrative", "return.findings.about", "return.findings.factor", "return.findings.historic",
            "return.findings.eventDate", "return.findings.opinion", "return.findings.restricted",
            "return.findings.narrative",
        ],
    ]

    private static let alert: Set = [
        "alert", "obligation", "code", "state", "kind", "agency", "team", "case", "referral", "rating", "role", "since",
        "due", "arming", "rung", "onCall", "answeredBy", "promise", "spent",
    ]

    private static let desk: [String: Set<String>] = [
        "alert.raised": alert, "alert.escalated": alert, "alert.cleared": alert,
        "alert.acknowledged": alert.union(["until"]),
        "answer.received": ["alert", "receivedAt", "repeated", "notice"],
        "submission.refused": refusal,
    ]
}
