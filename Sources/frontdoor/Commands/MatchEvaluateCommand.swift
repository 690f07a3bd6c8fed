import CommandLine
import DomainModel
import Foundation
import MatchEvaluation
import PersonMatching

enum MatchEvaluateCommand {
    static let febrl = OptionalOption<String>(
        "febrl", value: "FILE", "a file in FEBRL's form: finds its pairs, or links it with a second one")
    static let second = OptionalArgument<String>("SECOND", "with --febrl: the file to link with")
    static let withoutID = Flag("without-id", "with --febrl: leaves soc_sec_id aside")
    static let out = OptionalOption<String>("out", value: "FILE", "decisions, or with --febrl pairs, as a table")
    static let seed = Option("seed", value: "N", default: UInt64(1), "with --febrl: of the random pairs")

    static let command = Command(
        "evaluate", "decides about every referral of a file, and says how well where the truth is told",
        discussion: """
            Each referral is compared with the known children alone. --out has the columns rid, outcome (linked, new or \
            review), person, candidates (best first), score and margin (bits). With --febrl the columns are a, b, score; \
            one setting serves every file, the weights are learned from the file's own pairs, and the identifier is \
            compared as it stands, without the NHS number's check.
            """,
        arguments: [second],
        options: [
            MatchCommand.known, MatchCommand.referrals, febrl, withoutID, MatchCommand.model, MatchCommand.shared, seed,
            out, Common.json,
        ],
        exitCodes: [.ok, .noInput, .dataError, .cannotCreate],
        examples: [
            (
                "frontdoor match evaluate --known known.csv --referrals referrals.csv --out decisions.csv",
                "households"
            ),
            ("frontdoor match evaluate --febrl dataset3.csv --out pairs.csv", "finds the pairs of one file"),
            ("frontdoor match evaluate --febrl dataset4a.csv dataset4b.csv", "links two files"),
        ]
    ) { invocation, terminal in
        if let first = invocation[febrl] { return try link(first, invocation[second], invocation, terminal) }
        guard let knownPath = invocation[MatchCommand.known].last,
            let referralsPath = invocation[MatchCommand.referrals].last, invocation[second] == nil
        else { throw CommandFailure(.usage, "give --known and --referrals, or --febrl") }
        return try decide(knownPath, referralsPath, invocation, terminal)
    }

    // MARK: Households

    private static func decide(
        _ knownPath: String, _ referralsPath: String, _ invocation: Invocation, _ terminal: Terminal
    ) throws(CommandFailure) -> ExitCode {
        let model = try MatchCommand.model(invocation)
        let knownTable = try MatchCommand.table(knownPath)
        let referralTable = try MatchCommand.table(referralsPath)
        let referrals = try MatchCommand.children(referralTable, referralsPath).children
        var known = KnownChildren(try MatchCommand.children(knownTable, knownPath), model: model)
        for address in try MatchCommand.sharedAddresses(invocation) { known.list(shared: address) }
        var progress = Progress("Deciding", total: referrals.count, unit: "referrals", terminal: terminal)
        var decisions: [ReferralDecision] = []
        decisions.reserveCapacity(referrals.count)
        for referral in referrals {
            decisions.append(known.decide(referral))
            progress.update(decisions.count)
        }
        progress.finish()
        if let path = invocation[out] {
            var text = ReferralDecision.header
            for decision in decisions { text += decision.line }
            try MatchCommand.write(text, to: path)
        }
        let truth = HouseholdTruth(known: knownTable, referrals: referralTable)
        if invocation[Common.json] {
            terminal.print(json(decisions, truth, model))
        } else {
            show(decisions, truth, model, terminal)
        }
        return .ok
    }

    private static func outcomes(_ decisions: [ReferralDecision]) -> (linked: Int, new: Int, review: Int) {
        var counts = (linked: 0, new: 0, review: 0)
        for decision in decisions {
            switch decision.decision.outcome {
            case .linked: counts.linked += 1
            case .new: counts.new += 1
            case .review: counts.review += 1
            }
        }
        return counts
    }

    private static func show(
        _ decisions: [ReferralDecision], _ truth: HouseholdTruth?, _ model: MatchModel, _ terminal: Terminal
    ) {
        let counts = outcomes(decisions)
        terminal.print(
            "\(Words.count(decisions.count, "referral", "referrals")): \(counts.linked) linked, \(counts.new) new, "
                + "\(counts.review) for review (model \(model.version))")
        guard let truth else {
            terminal.print("The files do not tell the truth (column eid), so nothing is said of how well.")
            return
        }
        let all = truth.figures(decisions)
        var table = Table([.text("Figure"), .longText("Value (counts; 95 % interval)")])
        table.add(["Precision of links", all.precision.text])
        table.add(["False links", all.falseAutos.text])
        table.add(["Known children linked", all.autoRecall.text])
        table.add(["Known children linked or put before a person", all.recallWithReview.text])
        table.add(["Referrals for review", all.reviewRate.text])
        terminal.print(table)
        var kinds = Table([
            .text("Kind"), .number("Referrals"), .number("Known"), .number("Linked"), .number("False"),
            .number("Review"), .longText("False links of links"),
        ])
        for (kind, figures) in truth.figuresByKind(decisions) {
            kinds.add([
                kind, String(figures.referrals), String(figures.known), String(figures.linked),
                String(figures.linked - figures.linkedRightly), String(figures.reviews), figures.falseAutos.text,
            ])
        }
        terminal.print()
        terminal.print(kinds)
    }

    private static func json(
        _ decisions: [ReferralDecision], _ truth: HouseholdTruth?, _ model: MatchModel
    ) -> String {
        let counts = outcomes(decisions)
        var json = JSONText()
        json.field("model", model.version)
        json.field("referrals", decisions.count)
        json.field("linked", counts.linked)
        json.field("new", counts.new)
        json.field("review", counts.review)
        if let truth {
            json.raw("figures", Array(figures(truth.figures(decisions), kind: nil).utf8))
            let kinds = truth.figuresByKind(decisions).map { figures($0.figures, kind: $0.kind) }
            json.raw("kinds", Array("[\(kinds.joined(separator: ","))]".utf8))
        }
        return json.finished
    }

    private static func figures(_ figures: HouseholdFigures, kind: String?) -> String {
        var json = JSONText()
        json.field("kind", kind)
        json.field("referrals", figures.referrals)
        json.field("known", figures.known)
        json.field("linked", figures.linked)
        json.field("falseAutos", figures.linked - figures.linkedRightly)
        json.field("reviews", figures.reviews)
        func share(_ name: StaticString, _ share: Share) {
            var inner = JSONText()
            inner.field("value", share.value)
            inner.field("count", share.count)
            inner.field("total", share.total)
            inner.field("low", share.interval.low)
            inner.field("high", share.interval.high)
            json.raw(name, Array(inner.finished.utf8))
        }
        share("precision", figures.precision)
        share("falseAutoRate", figures.falseAutos)
        share("autoRecall", figures.autoRecall)
        share("recallWithReview", figures.recallWithReview)
        share("reviewRate", figures.reviewRate)
        return json.finished
    }

    // MARK: FEBRL

    private static func link(
        _ first: String, _ second: String?, _ invocation: Invocation, _ terminal: Terminal
    ) throws(CommandFailure) -> ExitCode {
        func file(_ path: String) throws(CommandFailure) -> LinkageFile {
            let table = try MatchCommand.table(path)
            do throws(CommaSeparated.Fault) {
                return try LinkageFile(table, withoutID: invocation[withoutID])
            } catch {
                throw CommandFailure(.dataError, "\(path): \(error.what)")
            }
        }
        let one = try file(first)
        var other: LinkageFile?
        if let second { other = try file(second) }
        var linkage = Linkage(seed: invocation[seed])
        var progress = Progress("Comparing", total: 1000, unit: "thousandths", terminal: terminal)
        let pairs = linkage.link(one, other) { done, total in progress.update(done * 1000 / max(1, total)) }
        progress.finish()
        if let path = invocation[out] {
            var text = "a,b,score\n"
            let right = other ?? one
            for pair in pairs {
                let (first, second) = (one.ids[pair.first], right.ids[pair.second])
                text +=
                    "\(CommaSeparated.quoted(first)),\(CommaSeparated.quoted(second)),"
                    + "\(ReferralDecision.bits(pair.milliBits))\n"
            }
            try MatchCommand.write(text, to: path)
        }
        let figures = LinkageFigures(pairs, one, other)
        if invocation[Common.json] {
            var json = JSONText()
            json.field("records", one.count + (other?.count ?? 0))
            json.field("compared", linkage.comparedCount)
            json.field("pairs", pairs.count)
            if let figures {
                json.field("truePairs", figures.all)
                json.field("rightPairs", figures.right)
                json.field("precision", figures.precision.value)
                json.field("recall", figures.recall.value)
                json.field("f1", figures.f1)
            }
            terminal.print(json.finished)
            return .ok
        }
        terminal.print(
            "\(Words.count(one.count + (other?.count ?? 0), "record", "records")): \(Words.count(pairs.count)) pairs of "
                + "one person, of \(Words.count(linkage.comparedCount)) compared")
        guard let figures else {
            terminal.print("The ids do not tell whose a record is, so nothing is said of how well.")
            return .ok
        }
        var table = Table([.text("Figure"), .longText("Value (counts; 95 % interval)")])
        table.add(["Precision", figures.precision.text])
        table.add(["Recall", figures.recall.text])
        table.add(["F1", String(format: "%.4f", figures.f1)])
        terminal.print(table)
        return .ok
    }
}
