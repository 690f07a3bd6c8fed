import DomainModel
import HubConfiguration
import Room
import WorkingTime

/// One rung of a ladder as it is counted: elapsed time after the due time, and whom to wake.
struct LadderRung: Hashable, Sendable {
    var afterMilliseconds: Int64
    var role: Role
}

/// A clock rule of the policy, read once at its adoption. By reference, since each obligation looks through them.
final class Clock: Sendable {
    let rule: ClockRule
    /// Nil where the text is no budget.
    let budget: Budget?
    let rungs: [LadderRung]

    init(rule: ClockRule, budget: Budget?, rungs: [LadderRung]) {
        self.rule = rule
        self.budget = budget
        self.rungs = rungs
    }

    var kind: ObligationKind { rule.kind }
    var text: String { rule.budget }
    var calendar: CalendarName? { rule.calendar }
    var reminderPercent: Int? { rule.reminderPercent }
}

/// How far a desk may put off what is owed.
struct Snooze: Sendable {
    let ratings: [RAG]
    let longestMilliseconds: Int64
    let most: Int
}

/// How long an agency may be without a sign of life of one kind.
struct Watch: Sendable {
    let text: String
    let budget: Budget
    let calendar: CalendarName
}

/// What is in force for one authority, compiled at adoption so that no event has to look through the configuration.
/// Made from the adopted rows alone; never a row itself.
final class Setting: Sendable {
    let desk: DeskName?
    /// The MASH, or the review team of the hub's own authority.
    let reviewTeam: TeamName?
    let policyVersion: String
    private let outOfHours: DeskName?
    private let clocks: [Clock]
    private let snoozes: [Snooze]
    private let atOnce: [Condition]
    private let calendars: [CalendarName: WorkingCalendar]
    private let agencies: [AgencyName: Agency]
    private let teams: [TeamName: Team]
    private let teamsByKind: [TeamKind: TeamName]
    private let desks: [Desk]
    /// Who is to send heartbeats by what hub.yaml says of it, in its order.
    let beating: [AgencyName]
    private let watches: [Sign: Watch]
    /// The signs that are watched for, in the order of hub.yaml.
    let watched: [Sign]
    private let permissions: [Permission]

    init(_ authority: AuthorityCode, _ directory: HubDirectory, _ policy: Policy) {
        let entry = directory.authorities.first { $0.gss == authority }
        desk = entry?.desk ?? directory.desks.first { $0.authority == authority }?.id
        outOfHours = entry?.outOfHours
        desks = directory.desks.filter { $0.authority == authority }
        let own = directory.teams.filter { $0.authority == authority }
        reviewTeam = (own.first { $0.kind == .mash } ?? own.first { $0.kind == .hubReview })?.id
        policyVersion = policy.version
        clocks = policy.clocks.map { rule in
            let ladder = policy.ladders.first { $0.id == rule.ladder }
            return Clock(rule: rule, budget: try? Budget(parsing: rule.budget), rungs: Setting.rungs(of: ladder))
        }
        snoozes = policy.snoozes.map { rule in
            Snooze(ratings: rule.ratings, longestMilliseconds: Setting.elapsed(rule.longest), most: rule.most)
        }
        atOnce = policy.atOnce
        var calendars: [CalendarName: WorkingCalendar] = [:]
        for entry in directory.calendars { calendars[entry.id] = try? entry.workingCalendar(in: directory) }
        self.calendars = calendars
        agencies = Dictionary(directory.agencies.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        teams = Dictionary(directory.teams.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        teamsByKind = Dictionary(own.map { ($0.kind, $0.id) }, uniquingKeysWith: { first, _ in first })
        permissions = directory.permissions
        // The hub's own room hears of an agency only what names no authority: no ground to miss it there.
        let watches = authority == .hub ? [:] : Setting.watches(directory.agencies, policy)
        self.watches = watches
        watched = directory.agencies.flatMap { agency in
            [Sign(agency: agency.id, kind: .message), Sign(agency: agency.id, kind: .heartbeat)]
        }.filter { watches[$0] != nil }
        beating = authority == .hub ? [] : directory.agencies.filter { $0.heartbeatWithin != nil }.map(\.id)
    }

    private static func watches(_ agencies: [Agency], _ policy: Policy) -> [Sign: Watch] {
        var watches: [Sign: Watch] = [:]
        for agency in agencies {
            for (kind, own) in [(Sign.Kind.message, agency.silentAfter), (.heartbeat, agency.heartbeatWithin)] {
                let rule = policy.clocks.first { rule in
                    rule.kind == kind.obligation && (rule.agencies.isEmpty || rule.agencies.contains(agency.kind))
                }
                guard let text = own ?? rule?.budget, let budget = try? Budget(parsing: text) else { continue }
                watches[Sign(agency: agency.id, kind: kind)] = Watch(
                    text: text, budget: budget, calendar: rule?.calendar ?? agency.calendar)
            }
        }
        return watches
    }

    /// A policy without the ladder still wakes somebody: overdue and silent is the one thing that may not be.
    private static func rungs(of ladder: Ladder?) -> [LadderRung] {
        guard let ladder, !ladder.rungs.isEmpty else { return [LadderRung(afterMilliseconds: 0, role: .duty)] }
        var rungs: [LadderRung] = []
        for rung in ladder.rungs {
            let after = max(rungs.last?.afterMilliseconds ?? 0, elapsed(rung.after))
            rungs.append(LadderRung(afterMilliseconds: after, role: rung.role))
        }
        return rungs
    }

    /// Milliseconds of a rung's `after`. `0m` is no budget but means at once, and so does what cannot be read.
    private static func elapsed(_ text: String) -> Int64 {
        guard let budget = try? Budget(parsing: text) else { return 0 }
        return switch budget.unit {
        case .days, .workingDays: Int64(budget.value) * 86_400_000
        case .hours, .workingHours: Int64(budget.value) * 3_600_000
        case .minutes: Int64(budget.value) * 60_000
        case .seconds: Int64(budget.value) * 1000
        }
    }

    // MARK: Clocks

    /// The first rule that matches counts.
    func clock(_ facts: ObligationFacts) -> Clock? {
        let agency = facts.agency.flatMap { agencies[$0]?.kind }
        let team = facts.team.flatMap { teams[$0]?.kind }
        return clocks.first { clock in
            let rule = clock.rule
            guard rule.kind == facts.kind else { return false }
            if !rule.agencies.isEmpty, !(agency.map { rule.agencies.contains($0) } ?? false) { return false }
            if rule.kind.fixed == nil, let owner = rule.owner, owner != team { return false }
            guard !rule.ratings.isEmpty else { return true }
            return facts.rating.map { rule.ratings.contains($0) } ?? false
        }
    }

    /// The clocks that the policy hangs on a case, in its order.
    var hung: [Clock] { clocks.filter { $0.kind.fixed == nil } }

    /// The length of time of an obligation: the policy's, but for how long an agency may be silent.
    func budget(_ facts: ObligationFacts, _ clock: Clock) -> String {
        guard let sign = facts.sign, let watch = watches[sign] else { return clock.text }
        return watch.text
    }

    func calendar(_ name: CalendarName) -> WorkingCalendar? { calendars[name] }

    /// The calendar of whoever owes it. An agency that serves elsewhere is counted on the review team's hours.
    func calendar(ofOwner agency: AgencyName?, _ team: TeamName?) -> CalendarName? {
        if let agency, let own = agencies[agency] { return own.calendar }
        if let team, let own = teams[team] { return own.calendar }
        return reviewTeam.flatMap { teams[$0]?.calendar }
    }

    func team(_ kind: TeamKind) -> TeamName? { teamsByKind[kind] }
    func kind(of team: TeamName) -> TeamKind? { teams[team]?.kind }

    /// The closing after which an agency is away in its holidays, if that comes before the due time and it has cover.
    func leaves(_ agency: AgencyName, from start: Instant, before due: Instant) -> Instant? {
        guard let entry = agencies[agency], !entry.cover.isEmpty, let calendar = calendars[entry.calendar] else {
            return nil
        }
        return calendar.lastClosing(before: due, from: start)
    }

    /// The first of an agency's chain of cover that is in session.
    func cover(of agency: AgencyName, at instant: Instant) -> AgencyName? {
        agencies[agency]?.cover.first { name in
            agencies[name].flatMap { calendars[$0.calendar] }.map { !$0.isAway(at: instant) } ?? false
        }
    }

    func watch(_ sign: Sign) -> Watch? { watches[sign] }

    // MARK: Desks

    /// Whom to wake then for what cannot wait: the duty desk, outside its hours the Emergency Duty Team's.
    func dutyDesk(at instant: Instant) -> DeskName? {
        guard let outOfHours, let hours = desks.first(where: { $0.id == desk })?.calendar,
            let calendar = calendars[hours], !calendar.isOpen(at: instant)
        else { return desk }
        return outOfHours
    }

    /// Any desk of the authority may answer for another: a hand-over must not leave an alert that nobody may take.
    func isOwn(_ desk: DeskName) -> Bool { desks.contains { $0.id == desk } }

    func onCall(_ desk: DeskName, as role: Role, at instant: Instant) -> StaffName? {
        desks.first { $0.id == desk }?.onCall(as: role, at: instant)
    }

    /// The first rule that matches counts; nil: the hub's own limit.
    func snooze(_ rating: RAG?) -> Snooze? {
        snoozes.first { rule in
            rule.ratings.isEmpty || (rating.map { rule.ratings.contains($0) } ?? false)
        }
    }

    /// Whether something that the policy wants to be told at once is stated.
    func callsAtOnce(_ holds: (Condition) -> Bool) -> Bool { atOnce.contains(where: holds) }

    func allows(_ role: Role, _ verb: DecisionVerb) -> Bool {
        permissions.contains { $0.role == role && $0.verbs.contains(verb) }
    }
}
