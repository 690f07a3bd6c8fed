public import DomainModel
public import WorkingTime

// Outside its terms nobody of a school reads its inbox: what it would be asked goes down its chain of cover.

extension WorkingCalendar {
    /// Whether nobody opens again before a day outside term: already in the holidays, or after the last hours before
    /// them. A weekend within term is none.
    public func isAway(at instant: Instant) -> Bool {
        guard let opening = nextOpening(atOrAfter: instant) else { return true }
        let first = LondonTime.civil(of: instant).date
        let last = LondonTime.civil(of: opening).date
        guard first < last else { return false }
        return (first.daysSinceEpoch..<last.daysSinceEpoch).contains {
            closure(on: CivilDate(daysSinceEpoch: $0)) == .outsideTerm
        }
    }

    /// The closing after which the calendar is away, if that comes between the two instants.
    public func lastClosing(before end: Instant, from start: Instant) -> Instant? {
        var place = start
        while place < end, let closing = closing(after: place), closing < end {
            if isAway(at: closing) { return closing }
            place = closing
        }
        return nil
    }
}

extension HubDirectory {
    /// Who is asked in an agency's place at that instant: the first of its chain that is in session. Nil where the agency
    /// is in session itself, or nobody of its chain is: then it is asked, and its clock says when it is back.
    public func cover(for agency: AgencyName, at instant: Instant) -> AgencyName? {
        guard let entry = agencies.first(where: { $0.id == agency }), !entry.cover.isEmpty,
            workingCalendar(entry.calendar)?.isAway(at: instant) == true
        else { return nil }
        return entry.cover.first { name in
            guard let other = agencies.first(where: { $0.id == name }) else { return false }
            return workingCalendar(other.calendar)?.isAway(at: instant) == false
        }
    }
}

extension HubDirectory {
    /// What is wrong with chains of cover and with how long agencies may be silent.
    public var coverProblems: [String] {
        var problems: [String] = []
        for agency in agencies {
            let place = "agency \(agency.id)"
            let hasTerms = calendars.first { $0.id == agency.calendar }?.terms != nil
            for name in agency.cover {
                guard let other = agencies.first(where: { $0.id == name }) else {
                    problems.append("\(place): there is no agency \(name) to cover for it")
                    continue
                }
                if name == agency.id { problems.append("\(place): it cannot cover for itself") }
                let served =
                    agency.authorities.isEmpty ? authorities.map(\.gss).filter { $0 != .hub } : agency.authorities
                for gss in served where !other.authorities.isEmpty && !other.authorities.contains(gss) {
                    problems.append("\(place): \(name) covers for it but does not serve \(gss)")
                }
            }
            if hasTerms, agency.cover.isEmpty {
                problems.append("\(place): it keeps terms and has no cover, so nobody answers in the holidays")
            }
            if !hasTerms, !agency.cover.isEmpty {
                problems.append("\(place): its calendar has no terms, so its cover is never asked")
            }
            if let last = agency.cover.last.flatMap({ name in agencies.first { $0.id == name } }),
                calendars.first(where: { $0.id == last.calendar })?.terms != nil
            {
                problems.append(
                    "\(place): the last of its cover, \(last.id), keeps terms too; end with one that does not")
            }
            for (setting, text) in [
                ("silentAfter", agency.silentAfter), ("heartbeatWithin", agency.heartbeatWithin),
            ] {
                guard let text else { continue }
                do throws(BudgetError) { _ = try Budget(parsing: text) } catch {
                    problems.append("\(place): \(setting): \(error)")
                }
            }
        }
        return problems
    }
}
