import DomainModel
import HubConfiguration
import WorkingTime

/// When somebody works, and so when they do what takes them a while.
struct Hours {
    private let calendar: WorkingCalendar

    /// A calendar that cannot be built is taken as always open: what is wrong with it is not the world's to say.
    init(_ name: CalendarName, in directory: HubDirectory) {
        calendar = (try? directory.calendars.first { $0.id == name }?.workingCalendar(in: directory)) ?? .continuous
    }

    func isOpen(at instant: Instant) -> Bool { calendar.isOpen(at: instant) }

    /// So many minutes of working time later, always within opening hours.
    func after(_ start: Instant, workingMinutes: Double) -> Instant {
        var rest = Int64(max(0, workingMinutes) * 60_000)
        var now = start
        // A bound on the days walked: whoever is closed for longer does it at the end of them.
        for _ in 0..<60 {
            guard let opening = calendar.nextOpening(atOrAfter: now) else { return now }
            guard let closing = calendar.closing(after: opening) else { return opening.adding(milliseconds: rest) }
            let span = closing.milliseconds(since: opening)
            if rest < span { return opening.adding(milliseconds: rest) }
            rest -= span
            now = closing
        }
        return now
    }
}
