import DomainJSON
import DomainModel
import HubConfiguration
import JSON
import Room

extension LadderRung: JSONCodable {
    init(json: JSONValue) throws(JSONError) {
        self.init(afterMilliseconds: try json.required("after"), role: try json.required("role"))
    }
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("after", afterMilliseconds)
        json.field("role", role)
        json.endObject()
    }
}

/// The alert of an obligation while it stands.
struct StandingAlert: Hashable, Sendable, JSONCodable {
    var desk: DeskName
    var role: Role
    var code: String
    var since: Instant
    var arming: Int
    var rung: Int

    init(_ raised: AlertRaised) {
        desk = raised.desk
        role = raised.role
        code = raised.code
        since = raised.since
        arming = raised.arming
        rung = raised.rung
    }

    init(json: JSONValue) throws(JSONError) {
        desk = try json.required("desk")
        role = try json.required("role")
        code = try json.required("code")
        since = try json.required("since")
        arming = try json.required("arming")
        rung = try json.required("rung")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("desk", desk)
        json.field("role", role)
        json.field("code", code)
        json.field("since", since)
        json.field("arming", arming)
        json.field("rung", rung)
        json.endObject()
    }
}

/// A while in which a clock stood still.
struct Suspension: Hashable, Sendable, JSONCodable {
    var from: Instant
    var until: Instant

    init(from: Instant, until: Instant) {
        self.from = from
        self.until = until
    }
    init(json: JSONValue) throws(JSONError) {
        from = try json.required("from")
        until = try json.required("until")
    }
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("from", from)
        json.field("until", until)
        json.endObject()
    }
}

/// An open obligation: its clock as it was last set, and how far up the ladder it is.
struct LedgerRow: Hashable, Sendable, JSONCodable {
    var facts: ObligationFacts
    var authority: AuthorityCode
    var start: Instant
    var budget: String
    var calendar: CalendarName
    /// Nil: the clock could not be set.
    var due: Instant?
    /// Counts how often the clock was set.
    var arming = 1
    var remindAt: Instant?
    var rungs: [LadderRung]
    /// What the rungs are counted from: the due time, or what the desk promised.
    var base: Instant
    /// The alert was raised before anything was due, so that the ladder's first rung is the alert's second.
    var atOnce = false
    /// The next rung of this arming; 0 raises the alert.
    var rung = 0
    /// The desk has taken it: the ladder stops.
    var quiet = false
    var alert: StandingAlert?
    /// Promises for the present due time.
    var promises = 0
    var suspensions: [Suspension] = []
    /// The clock stands still since then: nothing falls due.
    var suspendedSince: Instant?
    /// When the agency goes into its holidays, and its cover is to be asked.
    var leavesAt: Instant?

    init(
        facts: ObligationFacts, authority: AuthorityCode, start: Instant, budget: String, calendar: CalendarName,
        due: Instant?, remindAt: Instant?, rungs: [LadderRung], base: Instant
    ) {
        self.facts = facts
        self.authority = authority
        self.start = start
        self.budget = budget
        self.calendar = calendar
        self.due = due
        self.remindAt = remindAt
        self.rungs = rungs
        self.base = base
    }

    /// The role that the next rung wakes; nil at the ladder's end.
    var nextRole: Role? {
        let index = atOnce ? rung - 1 : rung
        if index < 0 { return .duty }
        return index < rungs.count ? rungs[index].role : nil
    }

    /// When the next rung is due; nil while nothing is.
    var nextRungAt: Instant? {
        guard !quiet, nextRole != nil else { return nil }
        let index = atOnce ? rung - 1 : rung
        return index < 0 ? base : base.adding(milliseconds: rungs[index].afterMilliseconds)
    }

    /// The earliest of reminder, rung and leaving.
    var moment: Instant? {
        guard suspendedSince == nil else { return nil }
        return [remindAt, nextRungAt, leavesAt].compactMap { $0 }.min()
    }

    init(json: JSONValue) throws(JSONError) {
        facts = try json.required("facts")
        authority = try json.required("authority")
        start = try json.required("start")
        budget = try json.required("budget")
        calendar = try json.required("calendar")
        due = try json.optional("due")
        arming = try json.required("arming")
        remindAt = try json.optional("remindAt")
        rungs = try json.list("rungs")
        base = try json.required("base")
        atOnce = try json.optional("atOnce") ?? false
        rung = try json.required("rung")
        quiet = try json.optional("quiet") ?? false
        alert = try json.optional("alert")
        promises = try json.optional("promises") ?? 0
        suspensions = try json.list("suspensions")
        suspendedSince = try json.optional("suspendedSince")
        leavesAt = try json.optional("leavesAt")
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("facts", facts)
        json.field("authority", authority)
        json.field("start", start)
        json.field("budget", budget)
        json.field("calendar", calendar)
        json.field("due", due)
        json.field("arming", arming)
        json.field("remindAt", remindAt)
        json.field("rungs", rungs)
        json.field("base", base)
        json.fieldIfTrue("atOnce", atOnce)
        json.field("rung", rung)
        json.fieldIfTrue("quiet", quiet)
        json.field("alert", alert)
        if promises > 0 { json.field("promises", promises) }
        if !suspensions.isEmpty { json.field("suspensions", suspensions) }
        json.field("suspendedSince", suspendedSince)
        json.field("leavesAt", leavesAt)
        json.endObject()
    }
}

/// What is left of an obligation that ended, so that nothing late opens it again unasked.
struct EndedRow: Hashable, Sendable, JSONCodable {
    var ending: Ending
    var arming: Int

    init(ending: Ending, arming: Int) {
        self.ending = ending
        self.arming = arming
    }
    init(json: JSONValue) throws(JSONError) {
        ending = try json.required("ending")
        arming = try json.required("arming")
    }
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("ending", ending)
        json.field("arming", arming)
        json.endObject()
    }
}
