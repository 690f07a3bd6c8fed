import CommandLine
import DomainModel
import EventLog
import JSON
import Room

/// Reads topics from their start, for the commands that project them.
struct RoomReader {
    let log: any EventLog
    let topics: HubTopics

    /// Every event of a partition of the room, in order.
    func forEachEvent(partition: Int32, _ body: (Event) -> Void) throws(CommandFailure) {
        let codec = RoomCodec(topics: topics)
        let parser = JSONParser()
        try forEachRecord(of: TopicPartition(topics.events, partition)) { record throws(CommandFailure) in
            do throws(RoomError) {
                if let event = try codec.event(from: record, parser: parser) { body(event) }
            } catch {
                throw CommandFailure(
                    .dataError, "the room's record \(partition)@\(record.offset) cannot be read: \(error)",
                    remedy: "Was it written by a newer version?")
            }
        }
    }

    /// Every event of the room, partition after partition.
    func forEachEvent(_ body: (Event) -> Void) throws(CommandFailure) {
        for partition in 0..<topics.partitions { try forEachEvent(partition: partition, body) }
    }

    func forEachRecord(
        of source: TopicPartition, _ body: (StoredRecord) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        var next = NextOffset.start
        while true {
            let result: ReadResult
            do throws(LogError) {
                result = try log.read(source, from: next, limit: ReadLimit(records: 2000, bytes: 8 << 20))
            } catch {
                throw Common.failure(error)
            }
            for record in result.records { try body(record) }
            guard result.next > next else { return }
            next = result.next
        }
    }

    static func type(of record: StoredRecord) -> String {
        record.headers.first("ce_type").map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
