import ConfigurationFiles
import DomainModel
import EventLog
import HubConfiguration
import JSON
import SyntheticWorld

enum Shipped {
    static func directory() throws -> HubDirectory {
        let document = try ConfigurationSource(folder: nil).hub()
        return try HubDirectory(json: JSONParser().parse(document.json))
    }

    /// 00:00 in London on Monday 2 November 2026, in winter time.
    static let monday = Instant(milliseconds: 1_793_577_600_000)

    static func plan(
        seed: UInt64 = 1, contacts: Int = 2000, days: Int = 7, prefix: String = "", mistakes: Bool = true
    ) throws -> TrafficPlan {
        TrafficPlan(
            seed: seed, directory: try directory(), prefix: prefix, contacts: contacts, start: monday, days: days,
            mistakes: mistakes)
    }
}

extension StoredRecord {
    init(_ record: NewRecord, offset: Int64, at: Instant) {
        self.init(
            source: record.target, offset: Offset(offset), appendTime: at, key: record.key, headers: record.headers,
            value: record.value)
    }
}

extension Headers {
    func text(_ name: StaticString) -> String? { first(name).map { String(decoding: $0, as: UTF8.self) } }
}
