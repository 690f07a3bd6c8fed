import DomainModel
import HubConfiguration
import Room
import WorkingTime

/// A clock as it was set, or could not be.
struct Reckoned: Sendable {
    var budget: String
    var calendar: CalendarName
    /// Nil: the clock could not be set; the working says why.
    var due: Instant?
    var working: [String]
}

/// Sets clocks. Remembers the last few answers, because the requests of one referral ask the same; a memory of a pure
/// function, so that it changes no answer.
struct Reckoner: Sendable {
    private struct Question: Equatable {
        var start: Instant
        var budget: String
        var calendar: CalendarName
        var authority: AuthorityCode
        var suspensions: [Suspension]
    }
    private static let memory = 8
    private var known: [(Question, Reckoned)] = []
    private var next = 0

    /// Stands on events where no calendar is named.
    static let unset: CalendarName = {
        guard let name = CalendarName("not-set") else { preconditionFailure("a name of letters and a hyphen is one") }
        return name
    }()

    /// What is in force has changed.
    mutating func forget() {
        known.removeAll(keepingCapacity: true)
        next = 0
    }

    mutating func reckon(
        _ facts: ObligationFacts, from start: Instant, suspended suspensions: [Suspension] = [],
        _ authority: AuthorityCode, _ setting: Setting
    ) -> Reckoned {
        guard let clock = setting.clock(facts) else {
            return Reckoned(
                budget: "", calendar: Self.unset, due: nil, working: ["the policy has no clock for this obligation"])
        }
        let text = setting.budget(facts, clock)
        guard let calendar = clock.calendar ?? setting.calendar(ofOwner: facts.agency, facts.team) else {
            return Reckoned(
                budget: text, calendar: Self.unset, due: nil, working: ["whoever owes it has no calendar"])
        }
        return reckon(text, calendar, from: start, suspended: suspensions, authority, setting)
    }

    mutating func reckon(
        _ text: String, _ calendar: CalendarName, from start: Instant, suspended suspensions: [Suspension] = [],
        _ authority: AuthorityCode, _ setting: Setting
    ) -> Reckoned {
        let question = Question(
            start: start, budget: text, calendar: calendar, authority: authority, suspensions: suspensions)
        if let found = known.first(where: { $0.0 == question }) { return found.1 }
        let answer = Self.answer(question, setting)
        if known.count < Self.memory {
            known.append((question, answer))
        } else {
            known[next] = (question, answer)
            next = (next + 1) % Self.memory
        }
        return answer
    }

    private static func answer(_ question: Question, _ setting: Setting) -> Reckoned {
        var answer = Reckoned(budget: question.budget, calendar: question.calendar, due: nil, working: [])
        guard let calendar = setting.calendar(question.calendar) else {
            answer.working = ["the configuration has no such calendar, or one that never opens"]
            return answer
        }
        do throws(BudgetError) {
            let budget = try Budget(parsing: question.budget)
            do throws(DueError) {
                let due = try WorkingTime.due(
                    from: question.start, budget: budget, calendar: calendar,
                    suspensions: question.suspensions.filter { $0.from < $0.until }.map { $0.from..<$0.until })
                answer.due = due.instant
                answer.working = due.words
            } catch {
                answer.working = [error.description]
            }
        } catch {
            answer.working = [error.description]
        }
        return answer
    }

    /// When so much of the time is used up: of time within opening where the budget counts that, else of elapsed time.
    static func reminder(
        percent: Int?, from start: Instant, due: Instant, budget: String, calendar name: CalendarName,
        _ setting: Setting
    ) -> Instant? {
        guard let percent, percent > 0, percent <= 100, start < due else { return nil }
        let counted = (try? Budget(parsing: budget)).map { $0.unit == .workingHours || $0.unit == .workingDays }
        guard counted == true, let calendar = setting.calendar(name), !calendar.isContinuous else {
            return start.adding(milliseconds: due.milliseconds(since: start) / 100 * Int64(percent))
        }
        var remaining = WorkingTime.elapsed(from: start, to: due, calendar: calendar) / 100 * Int64(percent)
        var place = start
        while place < due {
            guard let opening = calendar.nextOpening(atOrAfter: place), let closing = calendar.closing(after: opening)
            else { return due }
            let available = closing.milliseconds(since: opening)
            if remaining <= available { return min(due, opening.adding(milliseconds: remaining)) }
            remaining -= available
            place = closing
        }
        return due
    }
}
