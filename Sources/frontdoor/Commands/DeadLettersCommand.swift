import CommandLine
import DomainModel
import EventLog
import HubRuntime
import JSON
import Room
import Sealing

enum DeadLettersCommand {
    static let id = Argument<String>("ID", "a dead letter's id, as 'list' prints it")
    static let open = Flag("open", "also opens the original; it may hold personal data")

    static let command = Command(
        "dead-letters", "shows what could not be read, and why",
        options: [Common.data, Common.json],
        examples: [
            ("frontdoor dead-letters list", "all, with their reasons"),
            ("frontdoor dead-letters show 0abc… --open", "one, with what was sent"),
        ],
        subcommands: [
            Command(
                "list", "lists them with reason and origin", exitCodes: [.ok, .noInput],
                examples: [("frontdoor dead-letters list --json", "for a script")]
            ) { invocation, terminal in
                try await withLetters(invocation) { letters, _ in
                    if invocation[Common.json] {
                        for letter in letters { terminal.print(json(letter)) }
                    } else if letters.isEmpty {
                        terminal.print("There are no dead letters.")
                    } else {
                        var table = Table([
                            .text("Time"), .text("Reason"), .longText("Field"), .text("Origin"), .number("Bytes"),
                            .text("ID"),
                        ])
                        for letter in letters {
                            table.add([
                                letter.time.description, letter.reason, letter.pointer ?? "-", letter.origin,
                                Words.count(letter.length), letter.id.description,
                            ])
                        }
                        terminal.print(table)
                    }
                    return .ok
                }
            },
            Command(
                "show", "shows one; with --open the original too", arguments: [id], options: [open],
                exitCodes: [.ok, .noInput, .configuration],
                examples: [("frontdoor dead-letters show 0abc… --open", "with what was sent")]
            ) { invocation, terminal in
                try await withLetters(invocation) { letters, vault throws(CommandFailure) in
                    guard let wanted = EventID(invocation[id]), let letter = letters.first(where: { $0.id == wanted })
                    else {
                        throw CommandFailure(
                            .noInput, "there is no dead letter of that id",
                            remedy: "'frontdoor dead-letters list' prints the ids.")
                    }
                    terminal.print(json(letter))
                    if invocation[open] {
                        guard let original = letter.original, let bytes = try vault().open(original.part) else {
                            throw CommandFailure(
                                .noInput, "the original was not kept: it was over the limit of a dead letter")
                        }
                        terminal.print(Terminal.harmless(String(decoding: bytes, as: UTF8.self)))
                    }
                    return .ok
                }
            },
        ])

    private static func withLetters(
        _ invocation: Invocation,
        _ body:
            @escaping @Sendable ([RecordedDeadLetter], () throws(CommandFailure) -> Vault) throws(CommandFailure) ->
            ExitCode
    ) async throws -> ExitCode {
        let configuration = try Common.configuration(invocation)
        let settings = Common.settings(invocation, configuration)
        return try await Common.onOwnThread {
            let log = try HubLog.existing(settings, for: .reading)
            let topics = Common.topics(settings)
            let codec = RoomCodec(topics: topics)
            let reader = RoomReader(log: log, topics: topics)
            let parser = JSONParser()
            var letters: [RecordedDeadLetter] = []
            for partition in 0..<topics.partitions {
                try reader.forEachRecord(of: TopicPartition(topics.deadLetters, partition)) {
                    record throws(CommandFailure) in
                    if let letter = codec.deadLetter(from: record, parser: parser) { letters.append(letter) }
                }
            }
            letters.sort { ($0.time, $0.id) < ($1.time, $1.id) }
            let code = try body(letters) { () throws(CommandFailure) in
                let secrets = try Secrets.load(settings)
                return Vault(log: log, topics: topics, masters: secrets.masters, draws: SystemDraws())
            }
            log.close()
            return code
        }
    }

    private static func json(_ letter: RecordedDeadLetter) -> String {
        var json = JSONText()
        json.field("id", letter.id.description)
        json.field("time", letter.time.description)
        json.field("authority", letter.authority.description)
        json.field("reason", letter.reason)
        json.field("pointer", letter.pointer)
        json.field("origin", letter.origin)
        json.field("service", letter.service)
        json.field("bytes", letter.length)
        return json.finished
    }
}
