import CommandLine
import DomainModel
import EventLog
import HubConfiguration
import HubRuntime
import JSON
import Room
import Sealing

enum DeadLettersCommand {
    static let id = Argument<String>("ID", "a dead letter's id, as 'list' prints it")
    static let open = Flag("open", "also opens the original; it may hold personal data")

    static let command = Command(
        "dead-letters", "shows what could not be read, and why; has it taken once more",
        options: [Common.data, Common.json],
        examples: [
            ("frontdoor dead-letters list", "all, by their causes"),
            ("frontdoor dead-letters show 0abc… --open", "one, with what was sent"),
            (
                "frontdoor dead-letters redrive 0abc… --dry-run --by bd.amara",
                "what would come of it if it were taken once more"
            ),
        ],
        subcommands: [list, show, RedriveCommand.command])

    private static let list = Command(
        "list", "lists them by cause, with where each came from and what became of it", exitCodes: [.ok, .noInput],
        examples: [("frontdoor dead-letters list --json", "for a script")]
    ) { invocation, terminal in
        try await Letters.read(invocation) { letters, _ in
            if invocation[Common.json] {
                for letter in letters.sorted { terminal.print(json(letter)) }
            } else if letters.all.isEmpty {
                terminal.print("There are no dead letters.")
            } else {
                for cause in letters.causes { print(cause, terminal) }
            }
            return .ok
        }
    }

    private static func print(_ cause: Letters.Cause, _ terminal: Terminal) {
        let open = cause.letters.count { $0.standing == .open }
        terminal.print(
            terminal.styled(cause.words, .bold)
                + ": \(Words.count(cause.letters.count, "letter", "letters")), \(Words.count(open)) open")
        var table = Table([
            .text("Time"), .text("Standing"), .longText("Field"), .text("Origin"), .number("Bytes"), .text("ID"),
        ])
        for letter in cause.letters {
            table.add([
                letter.record.time.description, letter.standing.rawValue, letter.record.pointer ?? "-",
                letter.record.origin, Words.count(letter.record.length), letter.record.id.description,
            ])
        }
        terminal.print(table)
    }

    private static let show = Command(
        "show", "shows one; with --open the original too", arguments: [id], options: [open],
        exitCodes: [.ok, .noInput, .configuration],
        examples: [("frontdoor dead-letters show 0abc… --open", "with what was sent")]
    ) { invocation, terminal in
        try await Letters.read(invocation) { letters, place throws(CommandFailure) in
            let letter = try letters.named(invocation[id])
            terminal.print(json(letter))
            if invocation[open] {
                guard let original = letter.record.original, let bytes = try place.vault().open(original.part) else {
                    throw CommandFailure(
                        .noInput, "the original was not kept: it was over the limit of a dead letter")
                }
                terminal.print(Terminal.harmless(String(decoding: bytes, as: UTF8.self)))
            }
            return .ok
        }
    }

    static func json(_ letter: Letters.Letter) -> String {
        var json = JSONText()
        json.field("id", letter.record.id.description)
        json.field("time", letter.record.time.description)
        json.field("authority", letter.record.authority.description)
        json.field("reason", letter.record.reason)
        json.field("pointer", letter.record.pointer)
        json.field("origin", letter.record.origin)
        json.field("service", letter.record.service)
        json.field("bytes", letter.record.length)
        json.field("standing", letter.standing.rawValue)
        json.field("redrivenBy", letter.redrivenBy)
        return json.finished
    }
}
