import CommandLine
import ConfigurationFiles
import DomainModel
import HubConfiguration
import SyntheticWorld

enum GenerateCommand {
    static let seed = Option("seed", value: "N", default: UInt64(1), "the same seed gives the same messages")
    static let contacts = Option("contacts", value: "N", default: 2000, "how many contacts")
    static let start = Option(
        "start", value: "TIME", default: "2026-11-16T00:00:00Z", "the first day (RFC 3339)")
    static let days = Option("days", value: "N", default: 7, "over how many days they are spread")
    static let agency = OptionalOption<String>("agency", value: "ID", "only this agency's messages")
    static let clean = Flag("clean", "without faulty fields and messages that must be refused")

    static let command = Command(
        "generate", "writes synthetic referrals, one CloudEvent a line",
        discussion: """
            In the published mix of sources and outcomes; nobody in them exists. Several agencies report one child, \
            children come back, some messages are repeated, corrected, withdrawn or faulty. Without --agency each line \
            has the agency's source, and 'publish' takes the lines of one agency.
            """,
        options: [seed, contacts, start, days, agency, clean], exitCodes: [.ok],
        examples: [
            ("frontdoor generate --contacts 500 --agency bd-police > referrals.jsonl", "what one police force sends"),
            ("frontdoor generate --seed 7 --contacts 100000 --days 365", "a year of a larger hub"),
        ]
    ) { invocation, terminal in
        let configuration = try Common.configuration(invocation)
        guard let start = Instant(rfc3339: invocation[start]) else {
            throw CommandFailure(.usage, "--start is no RFC 3339 time")
        }
        let wanted = try invocation[agency].map { text throws(CommandFailure) in
            try Common.agency(text, in: configuration.directory).id
        }
        let plan = TrafficPlan(
            seed: invocation[seed], directory: configuration.directory, prefix: configuration.settings.topicPrefix,
            contacts: max(0, invocation[contacts]), start: start, days: max(1, invocation[days]),
            mistakes: !invocation[clean])
        var chunk = ""
        for submission in plan where wanted == nil || submission.agency == wanted {
            chunk += String(decoding: submission.jsonLine, as: UTF8.self) + "\n"
            if chunk.utf8.count > 1 << 20 {
                terminal.output.write(chunk)
                chunk = ""
            }
        }
        terminal.output.write(chunk)
        return .ok
    }
}
