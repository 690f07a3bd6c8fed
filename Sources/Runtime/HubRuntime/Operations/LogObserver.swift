import DomainJSON
public import DomainModel
public import EventLog
import JSON
public import Room

/// What an operator must know of a hub and can be told from its log alone: how far each service is behind, what was set
/// aside and why, and what is overdue. It reads what is new since the last look, and decides nothing.
///
/// What its user may not read on brokers is left out, and the rest is there.
public final class LogObserver {
    public struct Lag: Hashable, Sendable {
        public var service: Service
        public var source: TopicPartition
        public var records: Int64
    }

    public struct Observation: Sendable {
        public var at = Instant.distantPast
        public var lags: [Lag] = []
        /// By reason and by who set it aside, in this order.
        public var deadLetters: [(reason: String, service: String, count: Int)] = []
        /// Alerts that stand, by desk and code.
        public var alerts: [(desk: DeskName, code: String, count: Int)] = []
        /// Of these, obligations whose time is past, by desk and what is owed.
        public var overdue: [(desk: DeskName, kind: String, count: Int)] = []

        public init() {}
    }

    private struct Standing {
        let code: String
        let kind: String
        let due: Instant?
    }
    private struct Letter: Hashable {
        let reason: String
        let service: String
    }

    private let log: any EventLog
    private let topics: HubTopics
    private let services: [Service]
    private let parser = JSONParser()
    private var next: [TopicPartition: NextOffset] = [:]
    private var letters: [Letter: Int] = [:]
    private var standing: [DeskName: [String: Standing]] = [:]

    public init(log: any EventLog, topics: HubTopics, services: [Service]) {
        self.log = log
        self.topics = topics
        self.services = services
    }

    /// - Parameter known: the topics that the configuration names.
    public func observe(_ known: [TopicSpecification], at now: Instant) -> Observation {
        var observation = Observation()
        observation.at = now
        for service in services {
            for source in inputs(of: service, known) {
                if let lag = try? lag(service, source) { observation.lags.append(lag) }
            }
        }
        for partition in 0..<topics.partitions {
            try? readOn(TopicPartition(topics.deadLetters, partition)) { takeLetter($0) }
        }
        for specification in known {
            guard let desk = topics.desk(ofAlerts: specification.topic) else { continue }
            try? readOn(TopicPartition(specification.topic, 0)) { takeAlert($0, desk) }
        }
        observation.deadLetters = letters.map { (reason: $0.key.reason, service: $0.key.service, count: $0.value) }
            .sorted { ($0.reason, $0.service) < ($1.reason, $1.service) }
        for desk in standing.keys.sorted() {
            var codes: [String: Int] = [:]
            var kinds: [String: Int] = [:]
            for alert in (standing[desk] ?? [:]).values {
                codes[alert.code, default: 0] += 1
                if let due = alert.due, due <= now { kinds[alert.kind, default: 0] += 1 }
            }
            for code in codes.keys.sorted() { observation.alerts.append((desk, code, codes[code] ?? 0)) }
            for kind in kinds.keys.sorted() { observation.overdue.append((desk, kind, kinds[kind] ?? 0)) }
        }
        return observation
    }

    private func inputs(of service: Service, _ known: [TopicSpecification]) -> [TopicPartition] {
        let patterns: [TopicPattern]
        switch service {
        case .intake: patterns = topics.ingress
        case .delivery: patterns = topics.delivered
        case .clock: return []
        default: return (0..<topics.partitions).map { TopicPartition(topics.events, $0) }
        }
        return known.filter { specification in patterns.contains { $0.matches(specification.topic) } }
            .map { TopicPartition($0.topic, 0) }
    }

    private func lag(_ service: Service, _ source: TopicPartition) throws(LogError) -> Lag {
        let committed = try log.committed(ParticipantName(service.rawValue), on: source) ?? .start
        let end = try log.end(of: source)
        return Lag(service: service, source: source, records: max(0, end.value - committed.value))
    }

    private func readOn(_ source: TopicPartition, _ take: (StoredRecord) -> Void) throws(LogError) {
        var place = next[source] ?? .start
        while true {
            let read = try log.read(source, from: place, limit: ReadLimit(records: 1000, bytes: 8 << 20))
            for record in read.records { take(record) }
            guard read.next > place else { break }
            place = read.next
            next[source] = place
        }
    }

    private func takeLetter(_ record: StoredRecord) {
        guard let value = record.value, let json = try? parser.parse(value),
            let reason = LogObserver.code(try? json.required("reason")),
            let service = LogObserver.code(try? json.required("service"))
        else { return }
        letters[Letter(reason: reason, service: service), default: 0] += 1
    }

    /// The last record of an alert is its present state; receipts of answers lie among them.
    private func takeAlert(_ record: StoredRecord, _ desk: DeskName) {
        guard let key = record.key.map({ String(decoding: $0, as: UTF8.self) }) else { return }
        guard let value = record.value, let json = try? parser.parse(value) else {
            standing[desk]?[key] = nil
            return
        }
        guard let state: String = try? json.required("state"), let code = LogObserver.code(try? json.required("code"))
        else { return }
        guard state != "cleared", state != "handed-over" else {
            standing[desk]?[key] = nil
            return
        }
        let kind = LogObserver.code(try? json.required("kind")) ?? "other"
        standing[desk, default: [:]][key] = Standing(code: code, kind: kind, due: try? json.required("due"))
    }

    /// A code as the hub's own are: anything else would be somebody's text, and goes into no label.
    static func code(_ text: String?) -> String? {
        guard let text, (1...40).contains(text.utf8.count),
            text.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "-") })
        else { return nil }
        return text
    }
}
