import DomainJSON
public import DomainModel
public import JSON
import WorkingTime

/// Who is on call at a desk on some days of the week. The people take it in turn, a week each from Monday on, in their
/// order, beginning in the week of `from`.
public struct Shift: Hashable, Sendable, JSONCodable {
    public var days: [Weekday]
    public var open: ClockTime
    /// At or before `open`: on the next morning.
    public var close: ClockTime
    public var people: [StaffName]
    /// The week of this day is the first person's.
    public var from: CivilDate

    public init(days: [Weekday], open: ClockTime, close: ClockTime, people: [StaffName], from: CivilDate) {
        self.days = days
        self.open = open
        self.close = close
        self.people = people
        self.from = from
    }

    public init(json: JSONValue) throws(JSONError) {
        days = try json.list("days")
        open = try json.required("open")
        close = try json.required("close")
        people = try json.list("people")
        from = try json.required("from")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("days", days)
        json.field("open", open)
        json.field("close", close)
        json.field("people", people)
        json.field("from", from)
        json.endObject()
    }
}

/// One person takes another's place for a while: leave, illness, a favour.
public struct Swap: Hashable, Sendable, JSONCodable {
    public var from: Instant
    public var until: Instant
    public var person: StaffName
    public var takes: StaffName

    public init(from: Instant, until: Instant, person: StaffName, takes: StaffName) {
        self.from = from
        self.until = until
        self.person = person
        self.takes = takes
    }

    public init(json: JSONValue) throws(JSONError) {
        from = try json.required("from")
        until = try json.required("until")
        person = try json.required("person")
        takes = try json.required("takes")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("from", from)
        json.field("until", until)
        json.field("person", person)
        json.field("takes", takes)
        json.endObject()
    }
}

/// A stretch of time with the same people on call.
public struct OnCallSpan: Hashable, Sendable {
    public let from: Instant
    public let until: Instant
    public let people: [StaffName]
}

extension Desk {
    /// Who is on call then, in the order of the rota; swaps are applied.
    public func onCall(at instant: Instant) -> [StaffName] {
        var found: [StaffName] = []
        for shift in rota {
            guard let scheduled = shift.person(at: instant) else { continue }
            let swap = swaps.first { $0.takes == scheduled && $0.from <= instant && instant < $0.until }
            let person = swap?.person ?? scheduled
            if !found.contains(person) { found.append(person) }
        }
        return found
    }

    /// Whom of the desk to wake in that role: who is on call in it, else nobody by name.
    public func onCall(as role: Role, at instant: Instant) -> StaffName? {
        onCall(at: instant).first { name in people.contains { $0.id == name && $0.roles.contains(role) } }
    }

    /// The rota from one instant to another, as stretches between hand-overs.
    public func onCallSpans(from start: Instant, until end: Instant) -> [OnCallSpan] {
        var spans: [OnCallSpan] = []
        for (from, until) in stretches(from: start, until: end, besides: []) {
            let people = onCall(at: from)
            if let last = spans.last, last.people == people {
                spans[spans.count - 1] = OnCallSpan(from: last.from, until: until, people: people)
            } else {
                spans.append(OnCallSpan(from: from, until: until, people: people))
            }
        }
        return spans
    }

    /// Stretches within the desk's hours in which nobody with the role `duty` is on call. A desk without a rota has
    /// none: whoever is at it is on duty.
    func gaps(from start: Instant, until end: Instant, in directory: HubDirectory) -> [OnCallSpan] {
        guard !rota.isEmpty else { return [] }
        let hours = calendar.flatMap(directory.workingCalendar) ?? .continuous
        var boundaries: [Instant] = []
        var place = start
        while place < end, let opening = hours.nextOpening(atOrAfter: place) {
            boundaries.append(opening)
            guard let closing = hours.closing(after: opening) else { break }
            boundaries.append(closing)
            place = closing
        }
        var gaps: [OnCallSpan] = []
        for (from, until) in stretches(from: start, until: end, besides: boundaries)
        where hours.isOpen(at: from) && onCall(as: .duty, at: from) == nil {
            if let last = gaps.last, last.until == from {
                gaps[gaps.count - 1] = OnCallSpan(from: last.from, until: until, people: [])
            } else {
                gaps.append(OnCallSpan(from: from, until: until, people: []))
            }
        }
        return gaps
    }

    /// From `start` to `end`, cut wherever a shift or a swap begins or ends.
    private func stretches(from start: Instant, until end: Instant, besides: [Instant]) -> [(Instant, Instant)] {
        var cuts = besides + swaps.flatMap { [$0.from, $0.until] }
        let first = LondonTime.civil(of: start).date.daysSinceEpoch
        let last = LondonTime.civil(of: end).date.daysSinceEpoch
        for day in first - 1...max(first, last) {
            let date = CivilDate(daysSinceEpoch: day)
            for shift in rota where shift.days.contains(where: { $0.number == date.weekday }) {
                cuts.append(shift.opening(on: date))
                cuts.append(shift.closing(on: date))
            }
        }
        let sorted = (cuts.filter { $0 > start && $0 < end } + [start, end]).sorted()
        return zip(sorted, sorted.dropFirst()).filter { $0 < $1 }.map { ($0, $1) }
    }
}

extension Shift {
    fileprivate func opening(on date: CivilDate) -> Instant { Shift.instant(date, open.minutes) }

    fileprivate func closing(on date: CivilDate) -> Instant {
        Shift.instant(close.minutes > open.minutes ? date : date.adding(days: 1), close.minutes)
    }

    private static func instant(_ date: CivilDate, _ minutes: Int) -> Instant {
        let midnight = minutes == 1440
        return LondonTime.instant(
            of: CivilDateTime(
                date: midnight ? date.adding(days: 1) : date, millisecondsOfDay: midnight ? 0 : minutes * 60_000))
    }

    /// Whose shift it is then; a night belongs to the day on which it began.
    fileprivate func person(at instant: Instant) -> StaffName? {
        guard !people.isEmpty else { return nil }
        let today = LondonTime.civil(of: instant).date
        for date in [today, today.adding(days: -1)]
        where days.contains(where: { $0.number == date.weekday }) && opening(on: date) <= instant
            && instant < closing(on: date)
        {
            return people[turn(on: date)]
        }
        return nil
    }

    private func turn(on date: CivilDate) -> Int {
        let monday = date.daysSinceEpoch - (date.weekday - 1)
        let first = from.daysSinceEpoch - (from.weekday - 1)
        let weeks = (monday - first) / 7
        return ((weeks % people.count) + people.count) % people.count
    }
}

extension HubDirectory {
    /// What is wrong with desks' hours and rotas: names that nobody has, times that no desk is there for, and gaps.
    ///
    /// - Parameter now: the gaps of the next `rotaDays` are looked for.
    public func rotaProblems(at now: Instant) -> [String] {
        var problems: [String] = []
        for desk in desks {
            let place = "desk \(desk.id)"
            if let calendar = desk.calendar, !calendars.contains(where: { $0.id == calendar }) {
                problems.append("\(place): there is no calendar \(calendar)")
            }
            let known = desk.people.map(\.id)
            for name in desk.rota.flatMap(\.people) + desk.swaps.map(\.person) where !known.contains(name) {
                problems.append("\(place): \(name) is on the rota but not among its people")
            }
            for (index, shift) in desk.rota.enumerated() {
                if shift.people.isEmpty { problems.append("\(place): rota[\(index)] names nobody") }
                if shift.days.isEmpty { problems.append("\(place): rota[\(index)] is on no day") }
            }
            for swap in desk.swaps where swap.from >= swap.until {
                problems.append("\(place): the swap of \(swap.takes) by \(swap.person) ends before it begins")
            }
            let end = now.adding(milliseconds: Int64(Self.rotaDays) * 86_400_000)
            for gap in desk.gaps(from: now, until: end, in: self).prefix(Self.gapsShown) {
                problems.append(
                    "\(place): nobody with the role duty is on call from \(gap.from) until \(gap.until)")
            }
        }
        for entry in authorities {
            guard let day = desks.first(where: { $0.id == entry.desk }) else { continue }
            if let night = entry.outOfHours {
                guard let desk = desks.first(where: { $0.id == night }) else {
                    problems.append("authority \(entry.gss): there is no desk \(night) for out of hours")
                    continue
                }
                if desk.authority != entry.gss {
                    problems.append("authority \(entry.gss): the desk \(night) belongs to \(desk.authority)")
                }
                if desk.people.isEmpty {
                    problems.append("desk \(night): nobody is on it, so nobody would be woken out of hours")
                }
                if day.calendar == nil {
                    problems.append(
                        "authority \(entry.gss): \(entry.desk) has no calendar, so it never hands over to \(night)")
                }
                problems += uncovered(day, desk, at: now)
            } else if let calendar = day.calendar.flatMap(workingCalendar), !calendar.isContinuous {
                problems.append(
                    "authority \(entry.gss): \(entry.desk) closes and no outOfHours desk is named, so a Red at night would wake a closed desk"
                )
            }
        }
        return problems
    }

    /// Times at which neither desk is there.
    private func uncovered(_ day: Desk, _ night: Desk, at now: Instant) -> [String] {
        guard let days = day.calendar.flatMap(workingCalendar), let nights = night.calendar.flatMap(workingCalendar)
        else { return [] }
        let end = now.adding(milliseconds: Int64(Self.rotaDays) * 86_400_000)
        var place = now
        while place < end {
            if days.isOpen(at: place) {
                guard let closing = days.closing(after: place) else { return [] }
                place = closing
            } else if nights.isOpen(at: place) {
                guard let closing = nights.closing(after: place) else { return [] }
                place = closing
            } else {
                let next = [days, nights].compactMap { $0.nextOpening(atOrAfter: place) }.min()
                return [
                    "neither \(day.id) nor \(night.id) is open from \(place) until \(next?.description ?? "the end")"
                ]
            }
        }
        return []
    }

    /// Days ahead in which gaps are looked for: four weeks, the notice that a rota is changed with.
    static let rotaDays = 28
    /// Of one desk; a rota that is all gaps need not be listed hour by hour.
    static let gapsShown = 5
}
