import CommandLine
import EventLog

/// A topic from outside, and the first position that it still has: `agency.bd-police.referrals@57`.
struct AcceptedLoss: OptionValue {
    let source: TopicPartition
    let first: NextOffset

    static func parse(_ text: String) -> AcceptedLoss? {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let first = Int64(parts[1]), first > 0 else { return nil }
        // Every topic from outside has one partition.
        return AcceptedLoss(source: TopicPartition(Topic(String(parts[0])), 0), first: NextOffset(first))
    }

    static let expectation = "a topic and the first position that it still has, as agency.bd-police.referrals@57"
    var typed: String { "\(source.topic)@\(first)" }
}
