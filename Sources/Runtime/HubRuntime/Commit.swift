import EventLog
import Room

/// What one commit holds. Handed over whole: the deciding thread keeps none of it.
///
/// Unchecked because a member is not Sendable. Of a member, a commit reads only what was set when it joined, while the
/// deciding thread polls it.
struct Commit: @unchecked Sendable {
    let log: any CarryingLog
    let topics: HubTopics
    let steps: [(member: any LogMember, step: Step)]
    let expecting: [(TopicPartition, NextOffset)]
    let meter: ServiceMeter

    /// A recipient that an earlier configuration named, on a log that never had its topic, gets one: what is decided
    /// for it must land, and nothing else may wait for it.
    func write() throws(LogError) {
        var created: Set<Topic> = []
        meter.beginCommit()
        var isDone = false
        defer { meter.endCommit(isDone: isDone) }
        while true {
            do throws(LogError) {
                try log.commit(steps, expecting: expecting)
                isDone = true
                return
            } catch {
                guard case .unknownTopic(let topic) = error, created.insert(topic).inserted,
                    let cleanup = topics.cleanup(ofOutgoing: topic)
                else { throw error }
                try log.ensure([TopicSpecification(topic, partitions: 1, cleanup: cleanup)])
            }
        }
    }
}

extension HubTopics {
    /// - Returns: nil for a topic that is no inbox, queue or alerts.
    func cleanup(ofOutgoing topic: Topic) -> TopicSpecification.Cleanup? {
        guard topic.name.hasPrefix(prefix) else { return nil }
        let name = topic.name.dropFirst(prefix.count)
        if name.hasPrefix("agency."), name.hasSuffix(".inbox") { return .delete }
        if name.hasPrefix("team.") && name.hasSuffix(".queue") || name.hasPrefix("oncall.") && name.hasSuffix(".alerts")
        {
            return .compact
        }
        return nil
    }
}
