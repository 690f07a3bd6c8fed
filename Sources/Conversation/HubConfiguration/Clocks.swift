import DomainJSON
public import DomainModel
public import JSON

/// What may begin, meet or hold up a clock of the policy.
public enum ClockEvent: String, Hashable, Sendable, CaseIterable, JSONCodable {
    // What begins the kinds whose beginning is the hub's own business.
    case referralReceived = "referral-received"
    case requestSent = "request-sent"
    case leadProposed = "lead-proposed"
    case reviewNeeded = "review-needed"
    case messageRefused = "message-refused"
    case dangerOrRed = "danger-or-red"
    case lastHeard = "last-heard"
    case lastHeartbeat = "last-heartbeat"
    // What meets them.
    case referrerAcknowledged = "referrer-acknowledged"
    case returned
    case personDecided = "person-decided"
    case teamDecided = "team-decided"
    case reviewed
    case sentAgain = "sent-again"
    case personAnswered = "person-answered"
    case heardAgain = "heard-again"
    case heartbeatSent = "heartbeat-sent"
    // The steps of a case that a policy may hang a clock on.
    case leadAccepted = "lead-accepted"
    case steppedUp = "stepped-up"
    case strategyDiscussion = "strategy-discussion"
    case assessmentCompleted = "assessment-completed"
    case conferenceHeld = "conference-held"
    case caseClosed = "case-closed"
    /// A named person has stopped the clock for a while, with a reason.
    case heldUp = "held-up"
}

extension ObligationKind {
    /// What begins and meets it; nil where the policy says.
    public var fixed: (starts: [ClockEvent], stops: [ClockEvent])? {
        switch self {
        case .informationReturn: ([.requestSent], [.returned])
        case .acknowledge: ([.referralReceived], [.referrerAcknowledged])
        case .decide: ([.referralReceived], [.personDecided])
        case .respond: ([.leadProposed], [.teamDecided])
        case .resubmit: ([.messageRefused], [.sentAgain])
        case .answer: ([.dangerOrRed], [.personAnswered])
        case .review: ([.reviewNeeded], [.reviewed])
        case .signal: ([.lastHeard], [.heardAgain])
        case .heartbeat: ([.lastHeartbeat], [.heartbeatSent])
        case .assessment, .conference: nil
        }
    }
}

extension ClockEvent {
    /// A clock that the policy hangs on a case may begin with it.
    public var mayStart: Bool {
        switch self {
        case .leadAccepted, .steppedUp, .strategyDiscussion, .assessmentCompleted, .conferenceHeld: true
        default: false
        }
    }

    public var mayStop: Bool {
        switch self {
        case .assessmentCompleted, .conferenceHeld, .caseClosed, .strategyDiscussion: true
        default: false
        }
    }
}

/// How long an obligation may take. The first rule that matches kind and rating counts.
public struct ClockRule: Hashable, Sendable, JSONCodable {
    public var kind: ObligationKind
    /// Empty: any.
    public var ratings: [RAG]
    /// Only for what agencies of these kinds owe. Empty: any.
    public var agencies: [AgencyKind]
    /// What begins it; empty: what always begins one of its kind.
    public var starts: [ClockEvent]
    /// What meets it; empty: what always meets one of its kind.
    public var stops: [ClockEvent]
    /// What holds it up. Empty: nothing does.
    public var suspends: [ClockEvent]
    /// Counted from the child's first referral, not from what began it.
    public var fromReferral: Bool
    /// Which team of the authority owes it, where the kind leaves that open.
    public var owner: TeamKind?
    /// Such as `4h`, `6wh`, `1wd`, `3d`, `15m`.
    public var budget: String
    /// Nil: the calendar of whoever owes it.
    public var calendar: CalendarName?
    /// A reminder when so much of the time is used up; nil: none.
    public var reminderPercent: Int?
    public var ladder: String

    public init(
        kind: ObligationKind, ratings: [RAG] = [], agencies: [AgencyKind] = [], starts: [ClockEvent] = [],
        stops: [ClockEvent] = [], suspends: [ClockEvent] = [], fromReferral: Bool = false, owner: TeamKind? = nil,
        budget: String, calendar: CalendarName? = nil,
        reminderPercent: Int? = nil, ladder: String
    ) {
        self.kind = kind
        self.ratings = ratings
        self.agencies = agencies
        self.starts = starts
        self.stops = stops
        self.suspends = suspends
        self.fromReferral = fromReferral
        self.owner = owner
        self.budget = budget
        self.calendar = calendar
        self.reminderPercent = reminderPercent
        self.ladder = ladder
    }

    public init(json: JSONValue) throws(JSONError) {
        kind = try json.required("kind")
        ratings = try json.list("ratings")
        agencies = try json.list("agencies")
        starts = try json.list("starts")
        stops = try json.list("stops")
        suspends = try json.list("suspends")
        fromReferral = try json.optional("fromReferral") ?? false
        owner = try json.optional("owner")
        budget = try json.required("budget")
        calendar = try json.optional("calendar")
        reminderPercent = try json.optional("reminderPercent")
        ladder = try json.required("ladder")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("kind", kind)
        json.field("ratings", ratings)
        json.field("agencies", agencies)
        json.field("starts", starts)
        json.field("stops", stops)
        json.field("suspends", suspends)
        json.fieldIfTrue("fromReferral", fromReferral)
        json.field("owner", owner)
        json.field("budget", budget)
        json.field("calendar", calendar)
        json.field("reminderPercent", reminderPercent)
        json.field("ladder", ladder)
        json.endObject()
    }
}

/// One step of a ladder: whom to wake, how long after the due time.
public struct Rung: Hashable, Sendable, JSONCodable {
    /// A budget in elapsed time.
    public var after: String
    public var role: Role

    public init(after: String, role: Role) {
        self.after = after
        self.role = role
    }

    public init(json: JSONValue) throws(JSONError) {
        after = try json.required("after")
        role = try json.required("role")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("after", after)
        json.field("role", role)
        json.endObject()
    }
}

/// What happens from the due time on. The first rung is the alert.
public struct Ladder: Hashable, Sendable, JSONCodable {
    public var id: String
    public var rungs: [Rung]

    public init(id: String, rungs: [Rung] = []) {
        self.id = id
        self.rungs = rungs
    }

    public init(json: JSONValue) throws(JSONError) {
        id = try json.required("id")
        rungs = try json.list("rungs")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", id)
        json.field("rungs", rungs)
        json.endObject()
    }
}

/// How far a desk may put off what is owed by answering its alert.
public struct SnoozeRule: Hashable, Sendable, JSONCodable {
    /// Empty: any, and what has no rating.
    public var ratings: [RAG]
    /// The longest promise, a budget in elapsed time; it is also what an answer without a time commits to.
    public var longest: String
    /// So many promises for one due time; then the ladder goes on whatever is answered.
    public var most: Int

    public init(ratings: [RAG] = [], longest: String, most: Int) {
        self.ratings = ratings
        self.longest = longest
        self.most = most
    }

    public init(json: JSONValue) throws(JSONError) {
        ratings = try json.list("ratings")
        longest = try json.required("longest")
        most = try json.required("most")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("ratings", ratings)
        json.field("longest", longest)
        json.field("most", most)
        json.endObject()
    }
}
