import DomainModel
import EventLog
import HubConfiguration
import JSON
import WorkingTime

extension AgencyOffice {
    /// How often its system gives a sign of life: twice in the time within which one is expected. Nil: it gives none.
    var beatMinutes: Int64? {
        guard let budget = agency.heartbeatWithin.flatMap({ try? Budget(parsing: $0) }) else { return nil }
        let minutes =
            switch budget.unit {
            case .days, .workingDays: budget.value * 1440
            case .hours, .workingHours: budget.value * 60
            case .minutes: budget.value
            case .seconds: budget.value / 60
            }
        return Int64(max(1, minutes / 2))
    }
}

extension SyntheticWorld {
    mutating func beat(_ agency: Int, at: Instant) -> NewRecord? {
        guard let minutes = agencies[agency].beatMinutes else { return nil }
        plan(.beat(agency: agency), at: at.adding(seconds: minutes * 60))
        agencies[agency].beats += 1
        let number = agencies[agency].beats
        var draws = Draws(seed ^ UInt64(agency), UInt64(number) << 8 | 0xff)
        if draws.happens(behaviour.heartbeatsMissed) { return nil }
        let name = agencies[agency].agency.id.text
        let headers = MessageHeaders.make(
            id: "\(messageID(number))-beat", source: "/agency/", name, type: "frontdoor.heartbeat.sent.v1", time: at)
        return NewRecord(
            TopicPartition(Topic("\(topicPrefix)agency.\(name).returns"), 0), key: nil, headers: headers,
            value: Array("{}".utf8))
    }
}
