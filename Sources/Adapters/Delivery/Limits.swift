import DomainModel

/// Delivery's own limits, each with its unit and its reason.
enum DeliveryLimits {
    /// What stands is posted as lasting so long, milliseconds: eight days, so that between two posts it never has less
    /// than seven left, and a dead hub does not look like an alert that was resolved.
    static let standsMilliseconds: Int64 = 8 * 86_400_000
    /// What tells somebody something that is over is tried so long, milliseconds: a day; then it is noted as failed. An
    /// alert that stands is tried for ever.
    static let triedMilliseconds: Int64 = 86_400_000
    /// An Alertmanager holds what was posted as standing until then, so it is told of a clear for as long.
    static func tried(_ channel: DeliveryChannel) -> Int64 {
        channel == .alertmanager ? standsMilliseconds : triedMilliseconds
    }
    /// Rows of Alertmanager in one post: one that is refused is found in six halvings.
    static let postRowsMax = 64
    /// Failures in a row from which on a tool counts as failing: about a minute with the waits as shipped.
    static let failuresThatCount = 5
    /// A wait that a tool asks for counts up to this, milliseconds: an hour.
    static let askedWaitMillisecondsMax: Int64 = 3_600_000
    /// Records read before what came of them is committed.
    static let readRecordsMax = 1000
    static let readBytesMax = 8 << 20
    /// Positions that moved past nothing of interest are committed at most so often, milliseconds.
    static let positionsMilliseconds: Int64 = 1000
    /// How long a loop with nothing to do waits, milliseconds: the bound on how late a stop is noticed.
    static let idleMilliseconds: Int64 = 200
    /// How long it is told that a service gets on again, milliseconds: five minutes, which any route has told by then.
    static let backMilliseconds: Int64 = 300_000
    /// How long a stop waits for calls under way, milliseconds.
    static let stopMilliseconds: Int64 = 2000
    /// How long it waits for the network before it looks at the log again, milliseconds.
    static let networkMilliseconds: Int64 = 20
}
