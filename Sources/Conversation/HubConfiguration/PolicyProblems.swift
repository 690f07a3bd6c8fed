public import DomainModel
import WorkingTime

extension Policy {
    /// The reason that stands in the events where no rule applies; no rule may have it as its id.
    public static let fallbackReason = "fallback"

    /// What is wrong with a policy, as sentences for whoever maintains it; empty where nothing is. A policy with
    /// problems still works: nothing here stops the hub.
    ///
    /// - Parameters:
    ///   - day: today, for review dates and for gateways in force.
    ///   - directory: the whole configuration, for calendars, agencies, teams and desks.
    public func problems(on day: CivilDate, directory: HubDirectory) -> [String] {
        heading(on: day) + ofRules() + ofAsks(directory) + ofRoutes(directory) + ofClocks(directory)
            + ofLadders(directory) + ofSnoozes() + ofOutcomes() + ofGateways(on: day, directory)
    }

    /// The authorities that follow this policy, without the hub's own.
    private func followers(_ directory: HubDirectory) -> [AuthorityEntry] {
        directory.authorities.filter { $0.policy == id && $0.gss != .hub }
    }

    private func heading(on day: CivilDate) -> [String] {
        var problems: [String] = []
        if version.isEmpty { problems.append("version is empty: every rating names the version that gave it") }
        if agreedBy.isEmpty { problems.append("agreedBy is empty: a policy is a partnership's, who agreed it?") }
        if agreedOn > day { problems.append("agreedOn lies in the future: \(agreedOn)") }
        if reviewOn <= agreedOn { problems.append("reviewOn (\(reviewOn)) is not after agreedOn (\(agreedOn))") }
        if reviewOn < day { problems.append("the review date has passed: it was \(reviewOn)") }
        return problems
    }

    private func ofRules() -> [String] {
        var problems: [String] = []
        var seen: [String] = []
        for (index, rule) in rules.enumerated() {
            let place = "rules[\(index)]"
            if rule.id.isEmpty { problems.append("\(place) has an empty id: it stands in events as the reason") }
            if rule.id == Policy.fallbackReason {
                problems.append("\(place) is called \(rule.id), as what no rule covers is")
            }
            if seen.contains(rule.id) { problems.append("\(place): the id \(rule.id) is used twice") }
            seen.append(rule.id)
            if rule.when == Condition() { problems.append("\(place) (\(rule.id)) always applies: it has no criterion") }
            if rule.reason.isEmpty { problems.append("\(place) (\(rule.id)) gives people no reason") }
            if let least = rule.when.concernsAtLeast, least < 1 {
                problems.append("\(place) (\(rule.id)): concernsAtLeast is below 1")
            }
        }
        let reds = rules.contains { $0.when == Condition(immediateDanger: true) && $0.rating == .red }
        if !reds { problems.append("no rule rates immediate danger red") }
        for (index, condition) in atOnce.enumerated() {
            if condition == Condition() { problems.append("atOnce[\(index)] wakes the desk for every referral") }
            if condition.rereferral != nil {
                problems.append("atOnce[\(index)] asks for a re-referral, which nobody knows on submission")
            }
        }
        return problems
    }

    private func ofAsks(_ directory: HubDirectory) -> [String] {
        var problems: [String] = []
        for (index, ask) in asks.enumerated() {
            let place = "asks[\(index)]"
            if ask.ratings.isEmpty { problems.append("\(place) names no rating, so it asks nobody") }
            if ask.topics.isEmpty { problems.append("\(place) asks about no topic") }
            if ask.purpose.isEmpty || ask.necessity.isEmpty {
                problems.append("\(place) gives no purpose or necessity: a request without them is not lawful sharing")
            }
            for authority in followers(directory) {
                for kind in ask.kinds where !directory.serves(kind, authority.gss) {
                    problems.append("\(place): no agency of the kind \(kind.rawValue) serves \(authority.name)")
                }
            }
        }
        return problems
    }

    private func ofRoutes(_ directory: HubDirectory) -> [String] {
        var problems: [String] = []
        let catchAll = routes.firstIndex { $0.ratings.isEmpty && $0.levels.isEmpty }
        if let catchAll {
            if catchAll < routes.count - 1 {
                problems.append("routes[\(catchAll)] matches everything, so those after it are never reached")
            }
        } else {
            problems.append("routes has no last rule that matches everything: some child would have no lead")
        }
        for (index, route) in routes.enumerated() {
            for authority in followers(directory) {
                let has = directory.teams.contains { $0.authority == authority.gss && $0.kind == route.lead }
                if !has {
                    problems.append(
                        "routes[\(index)]: \(authority.name) has no team of the kind \(route.lead.rawValue)")
                }
            }
        }
        return problems
    }

    private func ofClocks(_ directory: HubDirectory) -> [String] {
        var problems: [String] = []
        for (index, clock) in clocks.enumerated() {
            let place = "clocks[\(index)] (\(clock.kind.rawValue))"
            if let error = Policy.error(inBudget: clock.budget) { problems.append("\(place): \(error)") }
            if let calendar = clock.calendar, !directory.calendars.contains(where: { $0.id == calendar }) {
                problems.append("\(place): there is no calendar \(calendar)")
            }
            if !ladders.contains(where: { $0.id == clock.ladder }) {
                problems.append("\(place): there is no ladder \(clock.ladder)")
            }
            problems += ofTable(clock, place, directory)
            if let percent = clock.reminderPercent, !(1...99).contains(percent) {
                problems.append("\(place): reminderPercent must lie between 1 and 99")
            }
        }
        for kind in ObligationKind.allCases {
            // What the policy hangs on a case, or watches, is its own choice.
            guard kind.fixed != nil, kind != .signal, kind != .heartbeat else { continue }
            let covered = RAG.allCases.filter { rating in
                // Nobody is asked at a rating that no ask names, so no return is owed at it.
                kind != .informationReturn || asks.contains { $0.ratings.contains(rating) }
            }
            for rating in covered {
                let has = clocks.contains {
                    $0.kind == kind && $0.agencies.isEmpty && ($0.ratings.isEmpty || $0.ratings.contains(rating))
                }
                if !has { problems.append("clocks has no rule for \(kind.rawValue) at \(rating.rawValue)") }
            }
        }
        if directory.agencies.contains(where: { $0.silentAfter != nil }),
            !clocks.contains(where: { $0.kind == .signal })
        {
            problems.append("clocks has no rule for signal, and hub.yaml says of an agency how long it may be silent")
        }
        if directory.agencies.contains(where: { $0.heartbeatWithin != nil }),
            !clocks.contains(where: { $0.kind == .heartbeat })
        {
            problems.append("clocks has no rule for heartbeat, and hub.yaml says of an agency that it sends them")
        }
        return problems
    }

    /// What starts, stops and suspends it, and whose it is.
    private func ofTable(_ clock: ClockRule, _ place: String, _ directory: HubDirectory) -> [String] {
        var problems: [String] = []
        if let fixed = clock.kind.fixed {
            if !clock.starts.isEmpty, clock.starts != fixed.starts {
                problems.append(
                    "\(place): it always starts with \(fixed.starts.map(\.rawValue).joined(separator: ", "))")
            }
            if !clock.stops.isEmpty, clock.stops != fixed.stops {
                problems.append("\(place): it is always met by \(fixed.stops.map(\.rawValue).joined(separator: ", "))")
            }
            if clock.fromReferral, fixed.starts != [.referralReceived] {
                problems.append("\(place): only what starts with a referral is counted from it")
            }
            if let owner = clock.owner, ![.acknowledge, .decide, .review].contains(clock.kind) || owner != .mash {
                problems.append(
                    "\(place): whose it is follows from its kind, so owner may only be mash, where it is so")
            }
        } else {
            if clock.starts.isEmpty { problems.append("\(place): nothing starts it") }
            if clock.stops.isEmpty { problems.append("\(place): nothing stops it") }
            for event in clock.starts where !event.mayStart {
                problems.append("\(place): \(event.rawValue) cannot start it")
            }
            for event in clock.stops where !event.mayStop {
                problems.append("\(place): \(event.rawValue) cannot stop it")
            }
            if let owner = clock.owner {
                for authority in followers(directory)
                where !directory.teams.contains(where: { $0.authority == authority.gss && $0.kind == owner }) {
                    problems.append("\(place): \(authority.name) has no team of the kind \(owner.rawValue)")
                }
            }
        }
        for event in clock.suspends where event != .heldUp {
            problems.append("\(place): \(event.rawValue) cannot suspend it; only held-up can")
        }
        if !clock.suspends.isEmpty, clock.ratings == [.red] || clock.kind == .answer {
            problems.append("\(place): what is Red or dangerous is never suspended")
        }
        if clock.ratings.contains(.red), !runsOn(clock, directory) {
            problems.append("\(place): a Red must run on past closing; give it hours, or a calendar that never closes")
        }
        if !clock.agencies.isEmpty, ![.informationReturn, .resubmit, .signal, .heartbeat].contains(clock.kind) {
            problems.append("\(place): agencies do not owe it, so it cannot be theirs alone")
        }
        return problems
    }

    private func runsOn(_ clock: ClockRule, _ directory: HubDirectory) -> Bool {
        guard clock.kind.fixed != nil else { return true }
        guard let budget = try? Budget(parsing: clock.budget) else { return true }
        switch budget.unit {
        case .hours, .minutes, .seconds, .days: return true
        case .workingHours, .workingDays:
            guard let name = clock.calendar else { return false }
            return directory.workingCalendar(name)?.isContinuous ?? true
        }
    }

    private func ofSnoozes() -> [String] {
        var problems: [String] = []
        for (index, rule) in snoozes.enumerated() {
            let place = "snoozes[\(index)]"
            if let error = Policy.error(inBudget: rule.longest) { problems.append("\(place): \(error)") }
            if let budget = try? Budget(parsing: rule.longest), [.workingHours, .workingDays].contains(budget.unit) {
                problems.append("\(place): longest is counted in elapsed time, in h, m, s or d")
            }
            if rule.most < 1 { problems.append("\(place): most is below 1, so no promise could be made") }
            if rule.ratings.isEmpty, index < snoozes.count - 1 {
                problems.append("\(place) matches everything, so those after it are never reached")
            }
        }
        if !snoozes.contains(where: \.ratings.isEmpty) {
            problems.append("snoozes has no last rule for any rating: an answer could put off for good")
        }
        return problems
    }

    private func ofLadders(_ directory: HubDirectory) -> [String] {
        var problems: [String] = []
        var seen: [String] = []
        for ladder in ladders {
            let place = "ladder \(ladder.id)"
            if ladder.id.isEmpty { problems.append("a ladder has an empty id") }
            if seen.contains(ladder.id) { problems.append("\(place) is there twice") }
            seen.append(ladder.id)
            if ladder.rungs.isEmpty { problems.append("\(place) has no rung: nobody would be told") }
            for (index, rung) in ladder.rungs.enumerated() {
                // At the due time itself; a budget is at least one of its unit.
                let atOnce = ["0s", "0m", "0h"].contains(rung.after)
                if !atOnce, let error = Policy.error(inBudget: rung.after) {
                    problems.append("\(place), rung \(index): \(error)")
                }
                for authority in followers(directory) {
                    let desk = directory.desks.first { $0.id == authority.desk }
                    let has = desk?.people.contains { $0.roles.contains(rung.role) } ?? false
                    if !has {
                        problems.append(
                            "\(place), rung \(index): nobody at \(authority.desk) has the role \(rung.role.rawValue)")
                    }
                }
            }
        }
        return problems
    }

    private func ofOutcomes() -> [String] {
        outcomes.enumerated().compactMap { index, outcome in
            if outcome.words.isEmpty { return "outcomes[\(index)] has no words" }
            return outcome.sources.isEmpty ? "outcomes[\(index)] names no source, so nobody is told" : nil
        }
    }

    private func ofGateways(on day: CivilDate, _ directory: HubDirectory) -> [String] {
        var problems: [String] = []
        var seen: [String] = []
        for gateway in gateways {
            if gateway.id.isEmpty { problems.append("a gateway has an empty id") }
            if seen.contains(gateway.id) { problems.append("the gateway \(gateway.id) is there twice") }
            seen.append(gateway.id)
            if gateway.source.isEmpty { problems.append("the gateway \(gateway.id) names no source") }
            for code in gateway.authorities where !directory.authorities.contains(where: { $0.gss == code }) {
                problems.append("the gateway \(gateway.id) is for \(code), which is no authority of this hub")
            }
        }
        for authority in followers(directory) {
            let has = gateways.contains { gateway in
                guard let from = gateway.inForceFrom, from <= day else { return false }
                return gateway.authorities.isEmpty || gateway.authorities.contains(authority.gss)
            }
            if !has { problems.append("no gateway is in force for \(authority.name) on \(day)") }
        }
        return problems
    }

    private static func error(inBudget text: String) -> String? {
        do throws(BudgetError) {
            _ = try Budget(parsing: text)
            return nil
        } catch {
            return error.description
        }
    }
}

extension HubDirectory {
    fileprivate func serves(_ kind: AgencyKind, _ authority: AuthorityCode) -> Bool {
        agencies.contains { agency in
            agency.kind == kind && (agency.authorities.isEmpty || agency.authorities.contains(authority))
        }
    }
}
