import JSON

/// What the library counts, as numbers: told every ``intervalMilliseconds`` by each client that was asked to.
public struct KafkaStatistics: Sendable {
    public static let intervalMilliseconds = 5_000

    /// Set by the library: `rdkafka#producer-2`.
    public var client = ""
    /// Since the client was made.
    public var requestsSent: Int64 = 0
    public var bytesSent: Int64 = 0
    public var bytesReceived: Int64 = 0
    public var recordsSent: Int64 = 0
    public var recordsReceived: Int64 = 0
    /// On their way: enqueued, not yet acknowledged.
    public var recordsQueued: Int64 = 0
    /// The slowest broker's, in microseconds, over the last interval.
    public var roundTripMedian: Int64 = 0
    public var roundTrip99: Int64 = 0
    public var brokersUp = 0
    public var rebalances: Int64 = 0
    /// Records between where this consumer stands and the end of what may be read, over its partitions.
    public var lag: Int64 = 0

    public init() {}

    /// - Returns: nil where the text is not what the library writes.
    init?(_ json: UnsafeBufferPointer<UInt8>) {
        guard let root = try? JSONParser().parse(json) else { return nil }
        self.init()
        client = (try? root.member("name")?.string()) ?? ""
        requestsSent = KafkaStatistics.number(root, "tx")
        bytesSent = KafkaStatistics.number(root, "tx_bytes")
        bytesReceived = KafkaStatistics.number(root, "rx_bytes")
        recordsSent = KafkaStatistics.number(root, "txmsgs")
        recordsReceived = KafkaStatistics.number(root, "rxmsgs")
        recordsQueued = KafkaStatistics.number(root, "msg_cnt")
        if let group = root.member("cgrp") { rebalances = KafkaStatistics.number(group, "rebalance_cnt") }
        if let brokers = try? root.member("brokers")?.members() {
            for (_, broker) in brokers {
                if (try? broker.member("state")?.string()) == "UP" { brokersUp += 1 }
                guard let times = broker.member("rtt") else { continue }
                roundTripMedian = max(roundTripMedian, KafkaStatistics.number(times, "p50"))
                roundTrip99 = max(roundTrip99, KafkaStatistics.number(times, "p99"))
            }
        }
        if let topics = try? root.member("topics")?.members() {
            for (_, topic) in topics {
                guard let partitions = try? topic.member("partitions")?.members() else { continue }
                for (_, partition) in partitions {
                    lag += max(0, KafkaStatistics.number(partition, "consumer_lag_stored"))
                }
            }
        }
    }

    private static func number(_ value: JSONValue, _ name: StaticString) -> Int64 {
        (try? value.member(name)?.integer()) ?? 0
    }

    static func configure(_ configuration: borrowing KafkaConfiguration, isWanted: Bool) throws(KafkaError) {
        if isWanted { try configuration.set("statistics.interval.ms", String(intervalMilliseconds)) }
    }

    static func listener(_ tell: @escaping @Sendable (KafkaStatistics) -> Void)
        -> @Sendable (UnsafeBufferPointer<UInt8>) -> Void
    {
        { json in
            if let statistics = KafkaStatistics(json) { tell(statistics) }
        }
    }
}
