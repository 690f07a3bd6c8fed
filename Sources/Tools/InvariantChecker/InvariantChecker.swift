public import DomainModel
public import EventLog

/// What the caller knows that the log cannot say.
public struct CheckPlan: Sendable {
    /// Before every topic's name, on a shared cluster.
    public var prefix: String
    /// Personal values (names, birth dates as `2019-04-30`, NHS numbers, postcodes, words of narratives) that must
    /// stand nowhere in the open. Compared as written, at the borders of words. A word that the hub itself uses (`May` in the
    /// working of a due time) is no marker.
    public var markers: [String]
    /// All input was read and nothing is left to do: then what is missing is missing for good.
    public var expectAtRest: Bool
    /// The moment up to which clocks have struck.
    public var now: Instant

    public init(prefix: String = "", markers: [String] = [], expectAtRest: Bool = true, now: Instant) {
        self.prefix = prefix
        self.markers = markers
        self.expectAtRest = expectAtRest
        self.now = now
    }
}

/// The independent judge: reads the log alone and derives from its records whether the invariants hold. Shares no code
/// with the participants, the runtime or the codecs that it judges.
public final class InvariantChecker {
    private let log: any EventLog
    private let plan: CheckPlan
    private let document = Document()
    private let findings = Findings()

    public init(log: any EventLog, plan: CheckPlan) {
        self.log = log
        self.plan = plan
    }

    /// - Throws: `LogError` where the log cannot be read.
    public func run(progress: (String) -> Void) throws -> InvariantReport {
        let topics = try log.topics()
        let members = Members()
        let arrivals = Arrivals(findings, members, plan)
        let leads = Leads(findings, plan)
        let belonging = Belonging(findings, members, plan)
        let ratings = Ratings(findings)
        let ledger = Ledger(findings, plan)
        let openness = Openness(findings, plan)
        let leaving = Leaving(findings)
        let reversals = Reversals(findings, plan)

        func each(
            _ role: (TopicRole) -> Bool, parsed: Bool = true, judged: Bool = true,
            _ body: (LogRecord, TopicRole) throws -> Void
        ) throws {
            for specification in topics {
                let found = TopicRole(specification.topic.name, prefix: plan.prefix)
                guard role(found) else { continue }
                for partition in 0..<specification.partitions {
                    try read(TopicPartition(specification.topic, partition), parsed: parsed) { stored, record in
                        if parsed, judged { openness.keyAndHeaders(of: stored, record) }
                        try body(record, found)
                    }
                }
            }
        }

        openness.names(of: topics)
        progress("reading the room")
        // Adoptions and submissions first: an event may name what lies in another partition.
        try each({ $0 == .room }, judged: false) { record, _ in
            members.room(record)
            arrivals.prepare(record)
            belonging.prepare(record)
        }
        try each({ $0 == .room }) { record, _ in
            arrivals.room(record)
            leads.room(record)
            belonging.room(record)
            ratings.room(record)
            ledger.room(record)
            openness.room(record)
            leaving.room(record)
            reversals.room(record)
        }
        progress("reading dead letters and what came in")
        try each({ $0 == .deadLetters }) { record, _ in
            arrivals.deadLetter(record)
            openness.deadLetter(record)
        }
        try each({ if case .ingress = $0 { true } else { false } }, parsed: false) { record, role in
            guard case .ingress(let channel, let owner) = role else { return }
            arrivals.ingress(record, channel, owner: owner)
        }
        progress("reading what left the room")
        try each({ if case .outgoing = $0 { true } else { false } }) { record, role in
            guard case .outgoing(let audience, let owner) = role else { return }
            arrivals.outgoing(record, audience, owner: owner)
            belonging.outgoing(record, audience, owner: owner)
            openness.outgoing(record, audience)
            leaving.outgoing(record, audience)
            reversals.outgoing(record, audience, owner: owner)
            switch audience {
            case .agency: break
            case .team: leads.queue(record, team: owner)
            case .desk: ledger.alerts(record)
            }
        }
        progress("judging")
        arrivals.finish()
        leads.finish()
        ratings.finish()
        ledger.finish()
        reversals.finish()
        return findings.report
    }

    /// One batch of a read: small beside the memory of the demo, large beside the cost of a call.
    private static let batch = ReadLimit(records: 1000, bytes: 4 << 20)

    private func read(
        _ source: TopicPartition, parsed: Bool, _ body: (StoredRecord, LogRecord) throws -> Void
    ) throws {
        var next = NextOffset.start
        let end = try log.end(of: source)
        while next < end {
            let result = try log.read(source, from: next, limit: InvariantChecker.batch)
            for stored in result.records {
                let value = parsed ? stored.value.flatMap { document.read($0) } : nil
                try body(stored, LogRecord(stored, value: value))
            }
            guard next < result.next else { return }
            next = result.next
        }
    }
}
