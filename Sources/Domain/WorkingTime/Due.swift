public import DomainModel

/// Why a day has no opening.
public enum ClosureReason: Hashable, Sendable {
    /// The weekly hours have none on that weekday.
    case regular
    case bankHoliday
    /// One of the calendar's closed dates.
    case closedDate
    case outsideTerm
}

/// One step of how a due time was worked out, in the order in which a person would say it.
public enum WorkingStep: Hashable, Sendable {
    case received(Instant)
    /// The start lies outside opening; counted from the next opening.
    case outsideOpening(countedFrom: Instant)
    /// Elapsed time, round the clock.
    case elapsed(milliseconds: Int64)
    /// Time within one stretch of opening. `atClosing`: the stretch was counted to its end.
    case counted(milliseconds: Int64, from: Instant, until: Instant, atClosing: Bool)
    /// Several whole stretches of opening, summed up.
    case countedOpenings(count: Int, milliseconds: Int64, first: CivilDate, last: CivilDate)
    /// Time within opening on both days and those between, less what was suspended.
    case countedWithinOpening(milliseconds: Int64, first: CivilDate, last: CivilDate)
    /// Days closed, from first to last, for one reason.
    case closed(first: CivilDate, last: CivilDate, reason: ClosureReason)
    /// Days on which the calendar does not open anyway, summed up.
    case closedRegularly(days: Int)
    /// Further days closed for other reasons, summed up.
    case closedBesides(days: Int)
    /// So many working days counted, up to this one.
    case workingDays(count: Int, last: CivilDate)
    /// The same local time so many days on.
    case days(count: Int, last: CivilDate)
    /// The clocks went forward or back while an elapsed budget ran, so that the clock shows another hour than expected.
    case clocksChanged(at: Instant, isForward: Bool)
    /// The local time that was wanted is skipped by the clocks; the first instant after the gap was taken.
    case skippedTime(at: Instant)
    /// The local time that was wanted comes twice; the first was taken.
    case repeatedTime(at: Instant)
    /// The local time that was wanted lies outside that day's hours.
    case movedIntoOpening(from: Instant, to: Instant)
    /// The clock was stopped.
    case suspended(from: Instant, until: Instant)
    /// Further times that the clock was stopped, summed up.
    case suspendedBesides(count: Int)
    case due(Instant)
    /// When it must be there, where a beginning is asked for.
    case wanted(Instant)
    /// The latest beginning that was asked for.
    case begin(Instant)
}

/// A due time and its working.
public struct Due: Hashable, Sendable {
    public let instant: Instant
    /// From `.received` to `.due`, or from `.wanted` to `.begin`; a dozen or so steps however long the budget.
    public let working: [WorkingStep]

    init(instant: Instant, working: [WorkingStep]) {
        self.instant = instant
        self.working = working
    }

    /// The working in English, one phrase per step, in local time: `received Wed 23 Dec 2026 15:10`, …
    public var words: [String] {
        var year: Int?
        switch working.first {
        case .received(let start)?, .wanted(let start)?: year = LondonTime.civil(of: start).date.year
        default: break
        }
        return working.map { Words.phrase($0, year: year) }
    }
}

extension Due: CustomStringConvertible {
    /// The words in one line, parted by semicolons.
    public var description: String { words.joined(separator: "; ") }
}
