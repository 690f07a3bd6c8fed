import CommandLine
import DomainModel
import MatchEvaluation
import PersonMatching

enum MatchExplainCommand {
    static let rid = Option<String>(required: "rid", value: "R", "which referral of the file")

    static let command = Command(
        "explain", "shows one decision in full: whom it compared with, and what each field weighed",
        discussion: """
            The weights of a column sum exactly to its score. No value of anybody's is printed, only how the fields \
            compare. Personal evidence is what tells a child from a brother or sister; what stands beside is what tells \
            it from a namesake born on the same day.
            """,
        options: [
            MatchCommand.known, MatchCommand.referrals, rid, MatchCommand.model, MatchCommand.shared, Common.json,
        ],
        exitCodes: [.ok, .noInput, .dataError],
        examples: [
            ("frontdoor match explain --known known.csv --referrals referrals.csv --rid R7", "why R7 came out so")
        ]
    ) { invocation, terminal in
        guard let knownPath = invocation[MatchCommand.known].last,
            let referralsPath = invocation[MatchCommand.referrals].last
        else { throw CommandFailure(.usage, "give --known and --referrals") }
        let model = try MatchCommand.model(invocation)
        let referrals = try MatchCommand.children(try MatchCommand.table(referralsPath), referralsPath).children
        var known = KnownChildren(
            try MatchCommand.children(try MatchCommand.table(knownPath), knownPath), model: model)
        for address in try MatchCommand.sharedAddresses(invocation) { known.list(shared: address) }
        guard let referral = referrals.first(where: { $0.id == invocation[rid] }) else {
            throw CommandFailure(.noInput, "\(referralsPath) has no rid '\(invocation[rid])'")
        }
        let decision = known.decide(referral)
        let weighed = known.explain(referral)
        if invocation[Common.json] {
            terminal.print(json(decision, weighed))
        } else {
            show(decision, weighed, terminal)
        }
        return .ok
    }

    private static func show(_ decision: ReferralDecision, _ weighed: [KnownChildren.Weighed], _ terminal: Terminal) {
        let whom = decision.person.map { " to \($0)" } ?? ""
        terminal.print(
            "\(decision.id): \(decision.decision.outcome.rawValue)\(whom) (model \(decision.decision.model))")
        if !decision.candidates.isEmpty {
            terminal.print("Put before a person: " + decision.candidates.joined(separator: ", "))
        }
        if weighed.isEmpty { terminal.print("Nobody known shares a key with it.") }
        for one in weighed {
            terminal.print()
            terminal.print("\(one.id): \(Sentence.text(of: one.comparisons))")
            var table = Table([.text("Field"), .text("Level"), .number("Bits")])
            for line in one.comparisons {
                table.add([
                    line.field.rawValue, line.field == .prior ? "one of so many" : line.level.rawValue,
                    ReferralDecision.bits(line.milliBits),
                ])
            }
            table.add(["score", "", ReferralDecision.bits(one.score)])
            terminal.print(table)
            terminal.print(
                "Personal evidence \(ReferralDecision.bits(one.personal)), beside name and birth date "
                    + ReferralDecision.bits(one.beside))
        }
    }

    private static func json(_ decision: ReferralDecision, _ weighed: [KnownChildren.Weighed]) -> String {
        var json = JSONText()
        json.field("rid", decision.id)
        json.field("outcome", decision.decision.outcome.rawValue)
        json.field("person", decision.person)
        json.list("candidates", decision.candidates)
        json.field("model", decision.decision.model)
        let people = weighed.map { one in
            var person = JSONText()
            person.field("rid", one.id)
            person.field("milliBits", one.score)
            person.field("personal", one.personal)
            person.field("beside", one.beside)
            person.field("sentence", Sentence.text(of: one.comparisons))
            let lines = one.comparisons.map { line in
                var inner = JSONText()
                inner.field("field", line.field.rawValue)
                inner.field("level", line.level.rawValue)
                inner.field("milliBits", line.milliBits)
                return inner.finished
            }
            person.raw("comparisons", Array("[\(lines.joined(separator: ","))]".utf8))
            return person.finished
        }
        json.raw("compared", Array("[\(people.joined(separator: ","))]".utf8))
        return json.finished
    }
}
