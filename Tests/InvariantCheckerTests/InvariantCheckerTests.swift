import InvariantChecker
import Testing

@Suite struct InvariantCheckerTests {
    @Test func aGoodLogHoldsAndEveryInvariantWasChecked() throws {
        let report = try Story.good().report()
        #expect(report.results.map(\.number) == [1, 2, 3, 4, 5, 6, 7, 10])
        for result in report.results {
            #expect(result.failed == 0, "\(result.number): \(result.examples)")
            #expect(result.checked > 0, "\(result.number)")
        }
        #expect(report.holds)
    }

    @Test func anEmptyLogShowsNothing() throws {
        #expect(try !Story().report().holds)
    }

    @Test func anExampleNamesAPlaceAndNoValue() throws {
        let story = Story.good().changing("r1", #""part":"child-0""#, to: #""part":"Zebedee""#)
        let examples = try story.report().results.flatMap(\.examples)
        #expect(!examples.isEmpty)
        #expect(examples.allSatisfy { !$0.contains("Zebedee") })
    }

    /// It came by the topic of the team that decided so.
    @Test func whatIsTakenOnceMoreIsFromItsFirstSender() throws {
        func failed(_ agency: String) throws -> Int {
            let input = "team.bd-macpt.decisions/0@9"
            let origin = "agency.bd-police.referrals/0@2"
            let story = Story.good().adding {
                $0.event(
                    "decision.submitted", "redrive", at: "2026-11-02T12:00:00Z", by: "intake", input: input,
                    #"{"by":\#(Story.macpt),"verb":"redrive","redrive":{"letter":"\#(Story.id("letter"))","origin":"\#(origin)","service":"intake"}}"#
                )
                $0.event(
                    "heartbeat.sent", "beat", at: "2026-11-02T12:00:00Z", by: "intake", input: input,
                    #"{"agency":"\#(agency)"}"#)
            }
            return try #require(try story.report().results.first { $0.number == 3 }).failed
        }
        #expect(try failed("bd-police") == 0)
        #expect(try failed("bd-gps") == 1)
        #expect(try failed("bd-macpt") == 1)
    }

    /// Each case: what is spoilt, and the invariant that must notice.
    static let spoilt: [(String, Int, @Sendable (Story) -> Story)] = [
        // 1
        ("input dropped", 1, { $0.adding { $0.ingress("agency.bd-police.referrals", "lost") } }),
        ("input accepted twice", 1, { $0.repeating("r2", as: "r2-again") }),
        ("event twice", 1, { $0.repeating("routed-2") }),
        ("receipt missing", 1, { $0.without("receipt-r2") }),
        ("receipt of a decision missing", 1, { $0.without("receipt-accept") }),
        ("receipt of a repeat missing", 1, { $0.without("receipt-repeat") }),
        ("receipt of a repeated return missing", 1, { $0.without("receipt-return-repeat") }),
        ("refusal not told", 1, { $0.without("told-refused") }),
        ("refusal without dead letter", 1, { $0.without("letter") }),
        ("dead letter without refusal", 1, { $0.without("refused") }),
        ("out of nowhere", 1, { $0.changing("r2", "referrals/0@0", to: "referrals/0@7") }),
        ("accepted by another service", 1, { $0.changing("answered", "/service/intake", to: "/service/triage") }),
        // 2
        ("never routed", 2, { $0.without("routed-2").without("shown-lead2-proposed") }),
        ("never identified", 2, { $0.without("identified-c2").without("review").without("shown-review2-proposed") }),
        (
            "two leads", 2,
            {
                $0.changing("routed-1", #""kind":"decide""#, to: #""kind":"lead""#)
            }
        ),
        ("no lead for a moment", 2, { $0.changing("accepted", #""state":"accepted""#, to: #""state":"done""#) }),
        ("queue stays behind", 2, { $0.without("shown-lead1-done") }),
        ("queue never shows", 2, { $0.without("shown-lead2-proposed") }),
        ("queue of another team", 2, { $0.moving("shown-lead2-proposed", to: "team.bd-mash.queue") }),
        ("closed by nobody", 2, { $0.changing("closed", #""by":\#(Story.macpt),"#, to: "") }),
        (
            "review taken back", 2,
            {
                $0.changing("review", "proposed", to: "withdrawn").changing(
                    "shown-review2-proposed", "proposed", to: "withdrawn")
            }
        ),
        // 3
        ("a request in another's inbox", 3, { $0.moving("sent-request", to: "agency.bd-school.inbox") }),
        ("a receipt in another's inbox", 3, { $0.moving("receipt-r2", to: "agency.bd-gps.inbox") }),
        ("an entry in another's queue", 3, { $0.moving("shown-decide1-proposed", to: "team.bd-family-help.queue") }),
        ("a claimed agency", 3, { $0.changing("r2", #""agency":"bd-school""#, to: #""agency":"bd-gps""#) }),
        ("a stranger decides", 3, { $0.changing("accept", "bd.ewa", to: "bd.nobody") }),
        ("a role that is not theirs", 3, { $0.changing("accept", "team-manager", to: "practitioner") }),
        (
            "another signs", 3,
            { $0.changing("closed", Story.macpt, to: Story.by("bd.carol", "bd-family-help", "team-manager")) }
        ),
        ("a stranger answers", 3, { $0.changing("answered", "bd.ines", to: "bd.ewa") }),
        (
            "a team of elsewhere", 3,
            {
                $0.changing(
                    "configuration", #""bd-family-help","authority":"E09000002""#,
                    to: #""bd-family-help","authority":"E10000012""#)
            }
        ),
        ("a desk of elsewhere", 3, { $0.changing("raised-answer-1", #""desk":"bd-duty""#, to: #""desk":"ex-duty""#) }),
        ("a return by another", 3, { $0.changing("return1", #""agency":"bd-gps""#, to: #""agency":"bd-school""#) }),
        // 4
        ("urgency lowered", 4, { $0.adding { $0.rate("case2", "c3", "r2", "blue", 2, name: "lowered") } }),
        ("level lowered", 4, { $0.adding { $0.rate("case2", "c3", "r2", "amber", 1, name: "lowered") } }),
        ("closed by the hub", 4, { $0.changing("closed", #""by":\#(Story.macpt),"#, to: "") }),
        ("closed without a decision to close", 4, { $0.changing("close", #""verb":"close""#, to: #""verb":"note""#) }),
        (
            "rating falls as the child is moved", 4,
            { $0.changing("rated-c4-again", #""level":2"#, to: #""level":1"#) }
        ),
        // 5
        ("opened twice", 5, { $0.repeating("opened-decide", as: "again") }),
        ("ended twice", 5, { $0.repeating("met-decide", as: "again") }),
        ("raised twice", 5, { $0.repeating("raised-return3-1", as: "again") }),
        ("not cleared", 5, { $0.without("cleared-answer").without("desk-cleared-answer") }),
        (
            "raised after the end", 5,
            { $0.adding { $0.raise("decide", "decide", at: "2026-11-02T11:00:00Z", code: "overdue") } }
        ),
        ("overdue in silence", 5, { $0.without("raised-return3-1").without("desk-raised-return3") }),
        ("desk not told", 5, { $0.without("desk-raised-return3") }),
        (
            "danger wakes nobody", 5,
            { story in
                [
                    "opened-answer", "raised-answer-1", "desk-raised-answer", "alert-acknowledged",
                    "desk-acknowledged-answer",
                    "met-answer", "cleared-answer", "desk-cleared-answer",
                ].reduce(story) { $0.without($1) }
            }
        ),
        ("danger wakes late", 5, { $0.changing("raised-answer-1", "09:00:00", to: "09:10:00") }),
        (
            "no clock and no alert", 5,
            { $0.adding { $0.open("unset", "review", at: "2026-11-02T11:00:00Z", due: nil) } }
        ),
        ("Red wakes nobody", 5, { $0.adding { $0.rate("case2", "c3", "r2", "red", 4, name: "risen") } }),
        // 6
        ("undone by another decision", 6, { $0.changing("unlink", #""verb":"unlink""#, to: #""verb":"rate""#) }),
        ("identified as another", 6, { $0.changing("identified-c4-again", Story.id("p4"), to: Story.id("p3")) }),
        ("request not taken back", 6, { $0.without("taken-back-q4") }),
        (
            "request taken back without a word", 6,
            { $0.changing("taken-back-q4", #","words":"Please delete it.""#, to: "") }
        ),
        ("team not told of the link", 6, { $0.without("told-family-help") }),
        (
            "queue goes on showing the child", 6,
            {
                $0.changing("shown-lead6-without-c4", Story.id("c6"), to: Story.id("c4")).movingLast(
                    "shown-lead6-without-c4")
            }
        ),
        ("still owed for a lost child", 6, { $0.without("withdrawn-decide-c5") }),
        ("still asked about a lost child", 6, { $0.without("taken-back-q5") }),
        (
            "reminded of a lost child", 6,
            {
                $0.adding { story in
                    story.event(
                        "obligation.reminded", "reminded-c5", at: "2026-11-02T11:00:00Z", by: "deadlines",
                        input: "room/0@999",
                        #"{\#(Story.owed("decide-c5", "decide", #""case":"\#(Story.caseID("case5"))""#)),"due":"2026-11-03T10:55:00Z","arming":1}"#
                    )
                }
            }
        ),
        (
            "outcome told of a lost child", 6,
            { $0.changing("closed-5", #""reason":"loss""#, to: #""reason":"loss","told":["\#(Story.id("c5"))"]"#) }
        ),
        // 7
        (
            "a name in facts", 7,
            { $0.changing("rated-1", #""urgency":"red""#, to: #""urgency":"red","why":"said of Zebedee""#) }
        ),
        (
            "an escaped name in facts", 7,
            { $0.changing("rated-1", #""urgency":"red""#, to: #""urgency":"red","why":"Zebede\u0065""#) }
        ),
        (
            "a name of several words", 7,
            { $0.changing("told-refused", "Send it again.", to: "Ask Mary Ann Threlkeld.") }
        ),
        ("a birth date in an alert", 7, { $0.changing("desk-raised-return3", "overdue", to: "2019-04-30") }),
        (
            "an NHS number in a key", 7,
            { story in
                story.adding { $0.lines[$0.index("routed-2")].key = "9434765919" }
            }
        ),
        ("an NHS number with blanks", 7, { $0.changing("letter", "not-json", to: "not 401 023 2137") }),
        ("an NHS number as a number", 7, { $0.changing("rated-1", #""level":4"#, to: #""level":4,"n":4010232137"#) }),
        ("an e-mail in a header", 7, { $0.with(header: "ce_sender", "someone@example.org", on: "routed-2") }),
        (
            "a postcode in a receipt", 7,
            { $0.changing("receipt-r2", #""children":2"#, to: #""children":2,"at":"ZZ19ZZ""#) }
        ),
        ("a name in a request beside the child", 7, { $0.changing("sent-request", "section 47", to: "for Zebedee") }),
        ("a name in a topic's name", 7, { $0.adding { $0.ingress("agency.Zebedee.referrals", "named") } }),
        (
            "a part that is not sealed", 7,
            {
                $0.changing("r1", "q83vEjRWeJq83vEjRWeJ", to: "eyJnaXZlbk5hbWUiOiJaZWJlZGVlIn0=")
            }
        ),
        // 10
        (
            "narrative in a request", 10,
            { $0.changing("sent-request", #""rating":"red""#, to: #""rating":"red","narrative":"x""#) }
        ),
        (
            "a second child in a request", 10,
            { $0.changing("sent-request", #""rating":"red""#, to: #""rating":"red","siblings":[{"givenName":"x"}]"#) }
        ),
        ("an unknown type", 10, { $0.changing("told-refused", "submission.refused", to: "case.rated") }),
        ("a correlation in an inbox", 10, { $0.with(header: "ce_correlationid", Story.id("r1"), on: "sent-request") }),
        ("a trace in a queue", 10, { $0.with(header: "traceparent", "00-1-1-00", on: "shown-lead2-proposed") }),
        ("a shared id", 10, { $0.changing("receipt-r2", Story.id("receipt-r2"), to: Story.id("receipt-r1")) }),
        ("a shared reference", 10, { $0.changing("receipt-r2", Story.reference("r2"), to: Story.reference("r1")) }),
        ("a case's id in an inbox", 10, { $0.changing("told-refused", "Send it again.", to: Story.caseID("case1")) }),
        (
            "a protected address", 10,
            {
                $0.changing(
                    "sent-request-c3", #""givenName":"Zebedee""#,
                    to: #""givenName":"Zebedee","address":{"lines":["x"]}"#)
            }
        ),
        (
            "told whom it is withheld from", 10,
            { $0.changing("r1", #""withhold":["bd-school"]"#, to: #""withhold":["bd-gps"]"#) }
        ),
        ("words for another class of referrer", 10, { $0.changing("policy", #"["6"]"#, to: #"["2A"]"#) }),
        ("words of nobody's policy", 10, { $0.changing("concluded", "It was looked at", to: "It was read") }),
    ]

    @Test(arguments: spoilt.indices)
    func aSpoiltLogIsCaught(_ place: Int) throws {
        let (what, number, spoil) = InvariantCheckerTests.spoilt[place]
        let failed = try spoil(Story.good()).failures()
        #expect(failed.contains(number), "\(what): only \(failed) failed")
    }

    /// Whatever a person may do, or lag may bring, is no failure.
    static let lawful: [(String, @Sendable (Story) -> Story)] = [
        (
            "a person lowers a rating",
            { $0.adding { $0.rate("case2", "c3", "r2", "blue", 1, name: "lowered", by: Story.macpt) } }
        ),
        ("the hub raises one", { $0.adding { $0.rate("case2", "c3", "r2", "amber", 3, name: "raised") } }),
        (
            "a case that ran again is rated anew",
            { story in
                story.adding {
                    $0.event(
                        "case.reopened", "reopened", at: "2026-11-02T11:30:00Z", by: "routing",
                        #"{"case":"\#(Story.caseID("case1"))","reason":"referred-again","entries":[]}"#)
                    $0.rate("case1", "c1", "r1", "green", 2, name: "rated-again")
                    $0.event(
                        "case.routed", "routed-again", at: "2026-11-02T11:30:00Z", by: "routing",
                        #"{"case":"\#(Story.caseID("case1"))","lead":"bd-mash","entries":[\#(Story.entry("lead3", "bd-mash", "lead", "proposed"))]}"#
                    )
                    $0.show("lead3", "bd-mash", "lead", "proposed")
                }
            }
        ),
        (
            "an obligation is armed again and its alert raised again",
            { story in
                story.adding {
                    $0.clear("return3", at: "2026-11-02T11:10:00Z")
                    $0.event(
                        "obligation.extended", "extended", at: "2026-11-02T11:10:00Z", by: "deadlines",
                        #"{\#(Story.owed("return3", "return")),"due":"2026-11-02T11:30:00Z","arming":2,"reason":"calendar-changed"}"#
                    )
                    $0.raise("return3", "return", at: "2026-11-02T11:30:00Z", code: "overdue", arming: 2)
                }
            }
        ),
    ]

    @Test(arguments: lawful.indices)
    func whatIsLawfulHolds(_ place: Int) throws {
        let (what, change) = InvariantCheckerTests.lawful[place]
        let report = try change(Story.good()).report()
        #expect(report.holds, "\(what): \(report.results.flatMap(\.examples))")
    }

    @Test func whatIsStillToComeIsNoFailureWhileTheHubRuns() throws {
        let story = Story.good().adding { $0.ingress("agency.bd-police.referrals", "not-read-yet") }
            .without("routed-2").without("shown-lead2-proposed")
        #expect(try story.failures(atRest: false).isEmpty)
        #expect(try story.failures() == [1, 2])
    }
}
