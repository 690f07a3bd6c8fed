import CommandLine
import Testing

@Suite struct ParsingTests {
    @Test func anOptionThatIsNotGivenHasItsDefault() throws {
        let invocation = try #require(Sample.invocation("demo"))
        #expect(invocation[Sample.seed] == 7)
        #expect(invocation[Sample.profile] == .risk)
        #expect(invocation[Sample.json] == false)
        #expect(invocation[Sample.config] == nil)
        #expect(!invocation.isGiven(Sample.seed))
    }

    @Test(arguments: [["--seed", "12"], ["--seed=12"], ["-s", "12"], ["-s=12"]])
    func aValueFollowsAfterABlankOrAnEqualsSign(words: [String]) throws {
        guard case .run(_, let invocation) = Sample.program.parse(["demo"] + words) else {
            Issue.record("not run")
            return
        }
        #expect(invocation[Sample.seed] == 12)
    }

    @Test func aValueMayHoldAnEqualsSignAndBeginWithDashes() throws {
        #expect(Sample.invocation("demo", "--config=--a=b")?[Sample.config] == "--a=b")
    }

    @Test func optionsOfTheProgramStandBeforeOrAfterTheSubcommand() {
        #expect(Sample.invocation("--config", "here", "demo")?[Sample.config] == "here")
        #expect(Sample.invocation("demo", "--config", "here")?[Sample.config] == "here")
    }

    @Test func aRepeatedOptionKeepsItsOrder() {
        let invocation = Sample.invocation("publish", "--agency", "school", "--child", "b", "f", "--child", "a")
        #expect(invocation?[Sample.child] == ["b", "a"])
        #expect(invocation?[Sample.files] == ["f"])
    }

    @Test func twoDashesEndTheOptions() {
        #expect(Sample.invocation("publish", "--agency", "a", "--", "--help", "-x")?[Sample.files] == ["--help", "-x"])
    }

    @Test func aSingleDashAndANegativeNumberAreArguments() {
        #expect(Sample.invocation("publish", "--agency", "a", "-")?[Sample.files] == ["-"])
        #expect(Sample.invocation("queue", "macpt", "-5")?[Sample.limit] == -5)
    }

    @Test func anOptionalArgumentMayBeLeftOut() {
        let invocation = Sample.invocation("queue", "macpt")
        #expect(invocation?[Sample.team] == "macpt")
        #expect(invocation?[Sample.limit] == nil)
    }

    @Test func theEnvironmentStandsInForAnOptionThatIsNotGiven() {
        let environment = ["SAMPLE_SEED": "99"]
        #expect(Sample.invocation("demo", environment: environment)?[Sample.seed] == 99)
        #expect(Sample.invocation("demo", "--seed", "1", environment: environment)?[Sample.seed] == 1)
        #expect(Sample.invocation("demo", environment: ["SAMPLE_SEED": ""])?[Sample.seed] == 7)
    }

    @Test func aFaultyVariableIsNamed() {
        let failure = Sample.failure("demo", environment: ["SAMPLE_SEED": "often"])
        #expect(failure?.message == "the variable SAMPLE_SEED needs a whole number from 0 up")
    }

    @Test(arguments: [
        (["demo", "--sede", "3"], "unknown option --sede: did you mean --seed?"),
        (["demo", "--prof", "risk"], "unknown option --prof: did you mean --profile?"),
        (["demo", "--xyzzy"], "unknown option --xyzzy"),
        (["demo", "-q"], "unknown option -q"),
        (["dmeo"], "there is no command 'dmeo': did you mean demo?"),
        (["weather"], "there is no command 'weather'"),
        (["demo", "--seed"], "--seed needs a value: --seed N"),
        (["demo", "--seed", "--json"], "--seed needs a value: --seed N"),
        (["demo", "--seed", "many"], "--seed needs a whole number from 0 up"),
        (["demo", "--profile", "best"], "--profile needs one of risk, needs"),
        (["demo", "--seed", "1", "--seed", "2"], "--seed is given twice"),
        (["demo", "--json=yes"], "--json takes no value"),
        (["demo", "extra"], "there is no room for 'extra'"),
        (["publish", "file"], "--agency ID is missing"),
        (["publish", "--agency", "a"], "FILE is missing"),
        (["queue", "macpt", "few"], "LIMIT needs a whole number"),
        (["dead-letters", "lst"], "there is no command 'lst': did you mean list?"),
    ])
    func aMistakeIsNamedAndEndsWith64(words: [String], message: String) {
        guard case .failure(let failure) = Sample.program.parse(words) else {
            Issue.record("was accepted")
            return
        }
        #expect(failure.message == message)
        #expect(failure.exitCode == .usage)
        #expect(failure.exitCode.rawValue == 64)
        #expect(failure.remedy.hasSuffix("--help'."))
    }

    @Test func aSubcommandThatIsMissingShowsTheHelpAsAMistake() {
        guard case .help(let text, .usage) = Sample.program.parse([]) else {
            Issue.record("no help")
            return
        }
        #expect(text.contains("publish"))
    }
}
