import CommandLine
import EventLog
import SyntheticWorld

extension TrafficPlan {
    /// Appends what is left of the plan, a thousand messages at a time, under a bar of `count` contacts.
    /// - Returns: how many messages it was.
    mutating func publish(_ count: Int, to log: any EventLog, _ terminal: Terminal) throws(LogError) -> Int {
        var progress = Progress("Publishing", total: count, unit: "contacts", terminal: terminal)
        var records: [NewRecord] = []
        var done = 0
        while let submission = next() {
            records.append(submission.record)
            if records.count == 1000 {
                done += try log.append(records).count
                progress.update(done)
                records.removeAll(keepingCapacity: true)
            }
        }
        if !records.isEmpty { done += try log.append(records).count }
        progress.finish()
        return done
    }
}
