import DomainModel
import HubConfiguration
import WorkingTime

/// One rung of a ladder as it is counted: elapsed time after the due time, and whom to wake.
struct LadderRung: Hashable, Sendable {
    var afterMilliseconds: Int64
    var role: Role
}

/// A clock rule of the policy, read once at its adoption.
struct Clock: Sendable {
    let kind: ObligationKind
    let ratings: [RAG]
    let text: String
    /// Nil where the text is no budget.
    let budget: Budget?
    let calendar: CalendarName?
    let reminderPercent: Int?
    let rungs: [LadderRung]
}

/// What is in force for one authority, compiled at adoption so that no event has to look through the configuration.
/// Made from the adopted rows alone; never a row itself.
struct Setting: Sendable {
    let desk: DeskName?
    /// The MASH, or the review team of the hub's own authority.
    let reviewTeam: TeamName?
    let policyVersion: String
    private let clocks: [Clock]
    private let atOnce: [Condition]
    private let calendars: [CalendarName: WorkingCalendar]
    private let agencies: [AgencyName: CalendarName]
    private let teams: [TeamName: CalendarName]
    private let permissions: [Permission]

    init(_ authority: AuthorityCode, _ directory: HubDirectory, _ policy: Policy) {
        desk =
            directory.authorities.first { $0.gss == authority }?.desk
            ?? directory.desks.first { $0.authority == authority }?.id
        let own = directory.teams.filter { $0.authority == authority }
        reviewTeam = (own.first { $0.kind == .mash } ?? own.first { $0.kind == .hubReview })?.id
        policyVersion = policy.version
        clocks = policy.clocks.map { rule in
            let ladder = policy.ladders.first { $0.id == rule.ladder }
            return Clock(
                kind: rule.kind, ratings: rule.ratings, text: rule.budget, budget: try? Budget(parsing: rule.budget),
                calendar: rule.calendar, reminderPercent: rule.reminderPercent, rungs: Setting.rungs(of: ladder))
        }
        atOnce = policy.atOnce
        var calendars: [CalendarName: WorkingCalendar] = [:]
        for entry in directory.calendars { calendars[entry.id] = try? entry.workingCalendar(in: directory) }
        self.calendars = calendars
        agencies = Dictionary(directory.agencies.map { ($0.id, $0.calendar) }, uniquingKeysWith: { first, _ in first })
        teams = Dictionary(directory.teams.map { ($0.id, $0.calendar) }, uniquingKeysWith: { first, _ in first })
        permissions = directory.permissions
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

    /// The first rule that matches counts.
    func clock(_ kind: ObligationKind, _ rating: RAG?) -> Clock? {
        clocks.first { rule in
            guard rule.kind == kind else { return false }
            guard !rule.ratings.isEmpty else { return true }
            guard let rating else { return false }
            return rule.ratings.contains(rating)
        }
    }

    func calendar(_ name: CalendarName) -> WorkingCalendar? { calendars[name] }

    /// The calendar of whoever owes it. An agency that serves elsewhere is counted on the review team's hours.
    func calendar(ofOwner agency: AgencyName?, _ team: TeamName?) -> CalendarName? {
        if let agency, let own = agencies[agency] { return own }
        if let team, let own = teams[team] { return own }
        return reviewTeam.flatMap { teams[$0] }
    }

    /// Whether something that the policy wants to be told at once is stated.
    func callsAtOnce(_ holds: (Condition) -> Bool) -> Bool { atOnce.contains(where: holds) }

    func allows(_ role: Role, _ verb: DecisionVerb) -> Bool {
        permissions.contains { $0.role == role && $0.verbs.contains(verb) }
    }
}
