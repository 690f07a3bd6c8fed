import CommandLine
import ConfigurationFiles
import DomainModel
import EventLog
import HubConfiguration
import Room

enum InboxCommand {
    static let agency = Argument<String>("AGENCY", "the agency's id in hub.yaml")
    static let from = Option("from", value: "N", default: 0, "the first position to show")

    static let command = Command(
        "inbox", "shows what the hub has sent to an agency",
        discussion: """
            Receipts, refusals, requests, reminders, acknowledgements and outcomes, oldest first, as the agency's own \
            client reads them from its topic.
            """,
        arguments: [agency], options: [Common.data, from, Common.json], exitCodes: [.ok, .noInput],
        examples: [
            ("frontdoor inbox bd-police", "all that the police were sent"),
            ("frontdoor inbox bd-police --from 120 --json", "what is new since a position, for a script"),
        ]
    ) { invocation, terminal in
        let configuration = try Common.configuration(invocation)
        let settings = Common.settings(invocation, configuration)
        let topics = Common.topics(settings)
        let wanted = try Common.agency(invocation[agency], in: configuration.directory)
        return try await Common.onOwnThread {
            let log = try HubLog.existing(settings, for: .reading)
            let source = TopicPartition(topics.inbox(wanted.id), 0)
            var shown = 0
            try RoomReader(log: log, topics: topics).forEachRecord(of: source) { record throws(CommandFailure) in
                guard record.offset.value >= Int64(invocation[from]), let value = record.value else { return }
                shown += 1
                let type = RoomReader.type(of: record)
                let data = String(decoding: value, as: UTF8.self)
                if invocation[Common.json] {
                    var json = JSONText()
                    json.field("position", Int(record.offset.value))
                    json.field("type", type)
                    json.raw("data", value)
                    terminal.print(json.finished)
                } else {
                    let words = type.split(separator: ".").dropFirst().dropLast().joined(separator: " ")
                    terminal.print(
                        "\(terminal.styled(String(record.offset.value), .faint))  \(record.appendTime)  "
                            + "\(terminal.styled(words, .bold))  \(Terminal.harmless(data))")
                }
            }
            if shown == 0, !invocation[Common.json] { terminal.print("Nothing has been sent to \(wanted.name).") }
            log.close()
            return .ok
        }
    }
}
