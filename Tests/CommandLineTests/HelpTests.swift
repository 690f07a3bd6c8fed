import CommandLine
import Testing

@Suite struct HelpTests {
    @Test func theHelpOfACommandSaysAllThatWasDeclared() {
        #expect(
            Sample.help("demo", "--help") == """
                sample demo: plays a week

                Usage: sample demo [options]

                First paragraph.

                Second paragraph.

                Options:
                  -s, --seed N    the seed (default: 7)
                  --profile NAME  which policy (default: risk)
                  -j, --json      for scripts
                  --config DIR    where it is set up
                  -h, --help      show this text

                Environment:
                  SAMPLE_SEED    used where --seed is not given
                  SAMPLE_CONFIG  used where --config is not given

                Exit codes:
                  0   all went well
                  1   a check or an invariant failed
                  64  the command was used wrongly
                  70  an error in the program itself

                Examples:
                  # another week
                  sample demo --seed 3

                """)
    }

    @Test func theUsageShowsWhatMustBeGiven() throws {
        let text = try #require(Sample.help("publish", "-h"))
        #expect(text.contains("Usage: sample publish --agency ID [options] FILE...\n"))
        #expect(text.contains("--child KEY   which child (may be repeated)"))
        #expect(text.contains("--agency ID   who publishes (required)"))
        #expect(try #require(Sample.help("queue", "-h")).contains("[options] TEAM [LIMIT]"))
    }

    @Test func helpIsFoundInEveryForm() {
        let expected = Sample.help("dead-letters", "list", "--help")
        #expect(expected?.hasPrefix("sample dead-letters list: all of them") == true)
        #expect(Sample.help("help", "dead-letters", "list") == expected)
        #expect(Sample.help("dead-letters", "help", "list") == expected)
    }

    @Test func helpWinsOverAMistakeBeforeIt() {
        #expect(Sample.help("demo", "--sede", "3", "--help") == Sample.help("demo", "--help"))
    }

    @Test func helpAboutWhatDoesNotExistIsAMistake() {
        #expect(Sample.failure("help", "demmo")?.message == "there is no command 'demmo': did you mean demo?")
    }

    @Test func noLineIsWiderThanTheTerminal() {
        let words = Array(repeating: "supercalifragilistic", count: 30).joined(separator: " ")
        let option = Flag("flag", words)
        let program = Program(Command("p", "s", discussion: words, options: [option]) { _, _ in .ok }, version: "1")
        guard case .help(let text, .ok) = program.parse(["--help"], columns: 60) else {
            Issue.record("no help")
            return
        }
        for line in text.split(separator: "\n") { #expect(line.count <= 60) }
    }
}

@Suite struct ProgramTests {
    private func run(_ arguments: String...) async -> (exitCode: ExitCode, output: String, errors: String) {
        let recorder = Recorder()
        let exitCode = await Sample.program.run(
            arguments, environment: [:], terminal: recorder.terminal(isTerminal: false))
        return (exitCode, recorder.output, recorder.errors)
    }

    @Test func theVersionGoesToStandardOutput() async {
        let ended = await run("--version")
        #expect(ended.exitCode == .ok)
        #expect(ended.output == "sample 1.2\n")
    }

    @Test func aForeseenFailureIsReportedWithItsRemedyAndCode() async {
        let ended = await run("publish", "--agency", "a", "f")
        #expect(ended.exitCode == .dataError)
        #expect(ended.output.isEmpty)
        #expect(ended.errors == "sample: line 3 is no JSON\nMend it.\n")
    }

    @Test func theCommandsCodeIsTheProgramsCode() async {
        #expect(await run("dead-letters", "list").exitCode == .checkFailed)
    }

    @Test func helpThatWasAskedForIsOutputAndHelpThatWasNotIsAnError() async {
        #expect(await run("--help").errors.isEmpty)
        let ended = await run("dead-letters")
        #expect(ended.output.isEmpty)
        #expect(ended.exitCode == .usage)
    }

    @Test func theCodesAreThoseOfSysexits() {
        #expect(ExitCode.allCases.map(\.rawValue) == [0, 1, 64, 65, 66, 69, 70, 73, 74, 75, 78])
    }
}
