import CloudEvents
import CommandLine
import DomainModel
import EventLog
import HubConfiguration
import JSON
import Sealing

/// Messages that the command itself publishes for a person: CloudEvents in binary mode, as any client would.
enum Publishing {
    /// An id for a message that a person sends from this command: random, as one key press is one message.
    static func newID() -> String {
        var draws = SystemDraws()
        var bits: UInt128 = 0
        for byte in draws.draw(count: 16) { bits = bits << 8 | UInt128(byte) }
        return Identifier<EventSubject>(bits: bits).description
    }

    static func record(to topic: Topic, source: String, type: String, id: String, data: [UInt8]) -> NewRecord {
        var headers = HeaderWriter()
        headers.id(id)
        headers.attribute("ce_source", source)
        headers.attribute("ce_type", type)
        headers.time(Common.now())
        return NewRecord(TopicPartition(topic, 0), key: nil, headers: headers.finish(), value: data)
    }

    static func send(_ record: NewRecord, settings: HubSettings) throws(CommandFailure) {
        let log = try HubLog.existing(settings, for: .appending)
        do throws(LogError) {
            _ = try log.append([record])
        } catch {
            throw Common.failure(error)
        }
        log.close()
    }
}
