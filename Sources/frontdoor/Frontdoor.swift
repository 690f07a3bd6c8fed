import CommandLine

/// The command. Everything that it does is one file a subcommand, in Commands/.
@main
struct Frontdoor {
    static let version = "0.1.0"

    static func main() async {
        await Program(root, version: version).main()
    }

    static var root: Command {
        Command(
            "frontdoor", "the event hub of a multi-agency safeguarding front door",
            discussion: """
                Agencies publish referrals and returns; the hub works out who each child is, triages the concern, \
                proposes it to a team, and wakes on-call staff when an answer is overdue. People decide.

                With no broker configured, everything runs in one process over a log in one folder.
                """,
            options: [Common.config],
            examples: [
                ("frontdoor demo", "plays one synthetic week of three authorities and checks what came of it"),
                ("frontdoor run", "runs the hub over the log in its data folder"),
                ("frontdoor publish --agency bd-police referrals.jsonl", "publishes what a police force has to say"),
                ("frontdoor queue bd-mash", "what waits for a team"),
            ],
            subcommands: [
                DemoCommand.command, RunCommand.command, PublishCommand.command, GenerateCommand.command,
                InboxCommand.command, QueueCommand.command, DecideCommand.command, ThreadCommand.command,
                ObligationsCommand.command,
                AlertsCommand.command, DeadLettersCommand.command, DueCommand.command, CalendarCommand.command,
                RotaCommand.command, CheckCommand.command, VerifyCommand.command, AliveCommand.command,
                ReplayCommand.command, TopicsCommand.command, MatchCommand.command, SimulateCommand.command,
                BenchCommand.command,
            ])
    }
}
