import EventLog

// What the log no longer holds although it was never read.
extension ServiceLoop {
    /// Where an input goes on that the table or the group left at `position`.
    ///
    /// A position that the log has lost stops the service as soon as it reads on: the first record that is there would
    /// skip others in silence. Only where an operator has named that first record is it begun with, and only if every
    /// one that is skipped so is gone.
    func resumption(of source: TopicPartition, at position: NextOffset) throws(HubError) -> NextOffset {
        guard let accepted = settings.acceptedLosses[source], position < accepted else { return position }
        let end: NextOffset
        do throws(LogError) { end = try log.end(of: source) } catch { throw .log(error) }
        guard accepted <= end, try isLost(source, position), try isLost(source, NextOffset(accepted.value - 1)),
            try !isLost(source, accepted)
        else {
            throw .log(
                .conflict("\(source) does not begin at \(accepted), so nothing was skipped: name its first position"))
        }
        return accepted
    }

    private func isLost(_ source: TopicPartition, _ position: NextOffset) throws(HubError) -> Bool {
        do throws(LogError) {
            _ = try log.read(source, from: position, limit: ReadLimit(records: 1, bytes: settings.batch.bytes))
            return false
        } catch {
            if case .outOfRange = error { return true }
            throw .log(error)
        }
    }
}
