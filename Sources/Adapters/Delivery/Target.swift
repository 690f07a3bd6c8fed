import DomainModel
import HubConfiguration

/// One place that is sent to: a sink, or one peer of an Alertmanager.
struct Target: Hashable, Sendable {
    var name: SinkName
    var channel: DeliveryChannel
    var desks: [DeskName]
    var agencies: [AgencyName]
    var roles: [String]

    func takes(_ row: OutboxRow) -> Bool {
        if let alert = row.alert { return desks.contains(alert.desk) }
        return row.notice.map { agencies.contains($0.agency) } ?? false
    }

    /// Whether anybody of this target's roles was to be woken.
    func isFor(_ row: OutboxRow) -> Bool {
        roles.isEmpty || row.alert == nil || row.rungs.contains { roles.contains($0.role) }
    }
}

/// Why something did not arrive.
struct Failure: Hashable, Sendable {
    enum Reason: String, Hashable, Sendable, CaseIterable {
        case timedOut = "timed-out"
        case unreachable
        case notTrusted = "not-trusted"
        case refused
        case overloaded
        case broken
        /// It was tried for as long as it is of use.
        case expired
    }

    var reason: Reason
    /// The tool takes others, and not this one.
    var isOfItem = false
    /// The wait that the tool asks for, milliseconds.
    var asked: Int64?
}

enum CallOutcome: Hashable, Sendable {
    case delivered
    case failed(Failure)
}
