import DomainModel
import EventLog
import HubConfiguration
import JSON
import SyntheticWorld

/// A log with what a hub would have sent, and a clock that the test moves.
final class SmallHub {
    let log: MemoryEventLog
    private let clock: Clock

    private final class Clock: @unchecked Sendable { var now = Shipped.monday }

    init() throws {
        let clock = Clock()
        self.clock = clock
        log = MemoryEventLog(clock: { clock.now })
        let directory = try Shipped.directory()
        var topics: [TopicSpecification] = []
        for agency in directory.agencies { topics.append(.init(Topic("agency.\(agency.id).inbox"), partitions: 1)) }
        for team in directory.teams { topics.append(.init(Topic("team.\(team.id).queue"), partitions: 1)) }
        for desk in directory.desks { topics.append(.init(Topic("oncall.\(desk.id).alerts"), partitions: 1)) }
        try log.ensure(topics)
    }

    var now: Instant {
        get { clock.now }
        set { clock.now = newValue }
    }

    func send(_ topic: String, _ type: String, key: String? = nil, _ json: String) throws {
        var headers = Headers()
        headers.append("ce_type", "frontdoor.\(type).v1".utf8)
        let target = TopicPartition(Topic(topic), 0)
        _ = try log.append([
            NewRecord(target, key: key.map { Array($0.utf8) }, headers: headers, value: Array(json.utf8))
        ])
    }

    /// All that the world does until it rests, with the time of each.
    func run(_ world: inout SyntheticWorld) throws -> [(at: Instant, record: NewRecord)] {
        try world.observe(log, now: now)
        var sent: [(at: Instant, record: NewRecord)] = []
        while let next = world.nextAction {
            now = next
            sent += world.perform(now: next).map { (next, $0) }
            try world.observe(log, now: now)
        }
        return sent
    }

    static func world(seed: UInt64 = 1, _ change: (inout WorldBehaviour) -> Void = { _ in }) throws -> SyntheticWorld {
        var behaviour = WorldBehaviour()
        change(&behaviour)
        return SyntheticWorld(
            seed: seed, directory: try Shipped.directory(), prefix: "", plan: try Shipped.plan(contacts: 10),
            behaviour: behaviour)
    }
}

extension NewRecord {
    func field(_ name: String) throws -> String? {
        try JSONParser().parse(value ?? []).member(named: name)?.string()
    }
}
