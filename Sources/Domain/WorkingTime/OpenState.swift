public import DomainModel

/// What a calendar is at one instant, and what comes next.
public struct OpenState: Hashable, Sendable {
    public let at: Instant
    public let isOpen: Bool
    /// Why the local day has no hours; nil where it has some, or the calendar is open.
    public let closure: ClosureReason?
    /// The instant itself where it is open. Nil: none within `WorkingTimeLimits.closedDaysMax` days.
    public let nextOpening: Instant?
    /// The first closing after; nil: none, as round the clock.
    public let nextClosing: Instant?

    /// In English, one phrase a fact, in local time.
    public var words: [String] {
        let year = LondonTime.civil(of: at).date.year
        var words = ["at \(Words.moment(at))", isOpen ? "open" : "closed"]
        switch closure {
        case .regular: words[1] += ": no opening hours on that day"
        case .bankHoliday: words[1] += ": a bank holiday"
        case .closedDate: words[1] += ": a closed date"
        case .outsideTerm: words[1] += ": outside term"
        case nil: break
        }
        if isOpen {
            words.append(nextClosing.map { "closes \(Words.moment($0, year: year))" } ?? "does not close")
        } else {
            words.append(nextOpening.map { "opens \(Words.moment($0, year: year))" } ?? "does not open again")
        }
        return words
    }
}

extension WorkingCalendar {
    public func state(at instant: Instant) -> OpenState {
        let isOpen = isOpen(at: instant)
        return OpenState(
            at: instant, isOpen: isOpen,
            closure: isOpen ? nil : timetable?.closure(on: LondonTime.dayAndTime(of: instant).day),
            nextOpening: nextOpening(atOrAfter: instant), nextClosing: closing(after: instant))
    }

    /// Why nobody is there on the whole of that local day; nil where the calendar has hours then.
    public func closure(on date: CivilDate) -> ClosureReason? { timetable?.closure(on: date.daysSinceEpoch) }
}
