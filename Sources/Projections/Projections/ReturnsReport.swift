public import DomainModel
import Room

/// How timely returns are, by agency and by the rating at which they were asked. Counts and lengths of time only.
public struct ReturnsReport: Sendable {
    public struct Line: Hashable, Sendable {
        public let agency: AgencyName
        public let rating: RAG?
        public var asked = 0
        public var onTime = 0
        public var late = 0
        public var declined = 0
        public var withdrawn = 0
        /// Owed still, within their time.
        public var running = 0
        public var overdue = 0
        /// Of those that came late; nil where none did.
        public var medianLatenessMilliseconds: Int64?

        /// Of what has fallen due: on time, late or overdue. Nil where nothing has.
        public var onTimePercent: Int? {
            let due = onTime + late + overdue
            return due == 0 ? nil : (onTime * 100 + due / 2) / due
        }
    }

    /// By agency, and the gravest rating first.
    public private(set) var lines: [Line] = []

    /// - Parameters:
    ///   - span: requests whose clock began then; an end that is not included.
    ///   - now: what is open and past its time then is overdue.
    public init(_ obligations: ObligationsProjection, from start: Instant, until end: Instant, at now: Instant) {
        var lateness: [[Int64]] = []
        for row in obligations.rows {
            guard row.facts.kind == .informationReturn, let agency = row.facts.agency, row.start >= start,
                row.start < end
            else { continue }
            let place: Int
            if let known = lines.firstIndex(where: { $0.agency == agency && $0.rating == row.facts.rating }) {
                place = known
            } else {
                place = lines.count
                lines.append(Line(agency: agency, rating: row.facts.rating))
                lateness.append([])
            }
            lines[place].asked += 1
            switch row.state {
            case .met where row.onTime == true: lines[place].onTime += 1
            case .met:
                lines[place].late += 1
                lateness[place].append(row.latenessMilliseconds)
            case .declined: lines[place].declined += 1
            case .withdrawn: lines[place].withdrawn += 1
            case .open where row.isOverdue(at: now): lines[place].overdue += 1
            case .open: lines[place].running += 1
            }
        }
        for place in lines.indices { lines[place].medianLatenessMilliseconds = Self.median(lateness[place]) }
        lines.sort { left, right in
            if left.agency != right.agency { return left.agency < right.agency }
            guard let first = left.rating, let second = right.rating else { return left.rating != nil }
            return first > second
        }
    }

    /// The middle one; of an even number the mean of the two in the middle.
    static func median(_ values: [Int64]) -> Int64? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
