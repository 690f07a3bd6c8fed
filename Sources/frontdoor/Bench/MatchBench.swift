import CommandLine
import DomainModel
import Foundation
import MatchEvaluation
import PersonMatching

/// Matching among very many people: how long a referral takes, how much memory the index has, and whether it decides as
/// well as among few.
enum MatchBench {
    static let distractors = Option("distractors", value: "N", default: 1_000_000, "people beside the known children")
    static let export = OptionalOption<String>(
        "export", value: "DIR", "writes known.csv, distractors included, and referrals.csv there, for another tool")

    static let command = Command(
        "match", "measures matching among a million people",
        discussion: """
            The index is filled with the known children and with distractors, who bear names as common as theirs; then \
            each referral is decided, each one timed. Without files the people are distractors themselves, and the \
            referrals some of them with a slip in the given name.
            """,
        options: [
            MatchCommand.known, MatchCommand.referrals, distractors, export, MatchCommand.model,
            MatchEvaluateCommand.out, Common.json,
        ],
        exitCodes: [.ok, .noInput, .dataError, .cannotCreate],
        examples: [
            ("frontdoor bench match", "time and memory"),
            ("frontdoor bench match --known k.csv --referrals r.csv", "and whether it decides as well"),
        ]
    ) { invocation, terminal in
        let model = try MatchCommand.model(invocation)
        let count = max(0, invocation[distractors])
        let seed = invocation[BenchCommand.seed]
        var truth: HouseholdTruth?
        var file: ChildrenFile
        var referrals: [ChildrenFile.Child]
        var namesakes: [ChildrenFile.Child]
        if let knownPath = invocation[MatchCommand.known].last,
            let referralsPath = invocation[MatchCommand.referrals].last
        {
            let knownTable = try MatchCommand.table(knownPath)
            let referralTable = try MatchCommand.table(referralsPath)
            file = try MatchCommand.children(knownTable, knownPath)
            referrals = try MatchCommand.children(referralTable, referralsPath).children
            truth = HouseholdTruth(known: knownTable, referrals: referralTable)
            namesakes = HouseholdTruth.asTheyAre(knownTable, file)
        } else {
            file = MatchBench.invented(5000, seed: seed)
            namesakes = file.children
            referrals = file.children.enumerated().map { place, child in
                place % 2 == 0 ? child : MatchBench.withSlip(child)
            }
        }
        let before = ProcessUsage.peakMemoryBytes
        var known = KnownChildren(file, model: model)
        let people = Distractors(count, namedAs: namesakes, seed: seed &+ 1)
        var progress = Progress("Adding", total: max(1, count), unit: "people", terminal: terminal)
        let start = ContinuousClock.now
        known.add(people) { progress.update($0) }
        progress.finish()
        let filling = ContinuousClock.now - start
        let memory = ProcessUsage.peakMemoryBytes - before
        if let folder = invocation[export] { try MatchBench.write(file, people, referrals, to: folder) }

        var times: [Double] = []
        // Of the processor alone: on a machine that is busy with other work, time passes and nothing is done.
        var busy: [Double] = []
        var decisions: [ReferralDecision] = []
        for referral in referrals {
            let busyBefore = ProcessUsage.threadSeconds
            let start = ContinuousClock.now
            let decision = known.decide(referral)
            times.append(MatchBench.seconds(ContinuousClock.now - start))
            busy.append(ProcessUsage.threadSeconds - busyBefore)
            decisions.append(decision)
        }
        times.sort()
        busy.sort()
        func quantile(_ share: Double, of times: [Double]) -> Double {
            times.isEmpty ? 0 : times[min(times.count - 1, Int(share * Double(times.count)))]
        }
        let perAdding = MatchBench.seconds(filling) / Double(max(1, count))
        if let path = invocation[MatchEvaluateCommand.out] {
            try MatchCommand.write(decisions.reduce(into: ReferralDecision.header) { $0 += $1.line }, to: path)
        }
        let figures = truth?.figures(decisions)
        if invocation[Common.json] {
            var json = JSONText()
            json.field("people", known.index.count)
            json.field("referrals", referrals.count)
            json.field("memoryBytes", memory)
            json.field("addMicroseconds", perAdding * 1e6)
            json.field("p50Microseconds", quantile(0.5, of: times) * 1e6)
            json.field("p99Microseconds", quantile(0.99, of: times) * 1e6)
            json.field("maxMicroseconds", (times.last ?? 0) * 1e6)
            json.field("cpuP50Microseconds", quantile(0.5, of: busy) * 1e6)
            json.field("cpuP99Microseconds", quantile(0.99, of: busy) * 1e6)
            json.field("cpuMaxMicroseconds", (busy.last ?? 0) * 1e6)
            if let figures {
                json.field("linked", figures.linked)
                json.field("falseAutos", figures.linked - figures.linkedRightly)
                json.field("autoRecall", figures.autoRecall.value)
                json.field("recallWithReview", figures.recallWithReview.value)
                json.field("reviewRate", figures.reviewRate.value)
            }
            terminal.print(json.finished)
            return .ok
        }
        func micro(_ seconds: Double) -> String { String(format: "%.1f µs", seconds * 1e6) }
        var table = Table([.text("Figure"), .longText("Value")])
        table.add(["People", Words.count(known.index.count)])
        table.add(["Memory of the index", Words.bytes(memory)])
        table.add(["Adding one", micro(perAdding)])
        table.add(["Deciding one, median", micro(quantile(0.5, of: times))])
        table.add(["Deciding one, 99 of 100 within", micro(quantile(0.99, of: times))])
        table.add(["Deciding one, the longest", micro(times.last ?? 0)])
        table.add(["CPU time of deciding one, median", micro(quantile(0.5, of: busy))])
        table.add(["CPU time, 99 of 100 within", micro(quantile(0.99, of: busy))])
        table.add(["CPU time, the longest", micro(busy.last ?? 0)])
        if let figures {
            table.add(["False links", figures.falseAutos.text])
            table.add(["Known children linked", figures.autoRecall.text])
            table.add(["Known children linked or put before a person", figures.recallWithReview.text])
            table.add(["Referrals for review", figures.reviewRate.text])
        }
        terminal.print(table)
        return .ok
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    // MARK: People without files

    private static func invented(_ count: Int, seed: UInt64) -> ChildrenFile {
        // Names of many lengths, the first ones commoner, as names are.
        let beginnings = [
            "al", "be", "ca", "da", "el", "fa", "ga", "ha", "is", "jo", "ka", "le", "ma", "no", "ol", "pa",
        ]
        let ends = ["bert", "da", "ris", "na", "mond", "ya", "ton", "la", "vid", "sha", "nor", "mi", "rick", "wen"]
        var draws = SeededDraws(seed)
        func common(_ count: Int) -> Int { min(draws.below(count), draws.below(count)) }
        let names = (0..<count).map { place in
            ChildrenFile.Child(
                id: "N\(place)",
                record: MatchRecord(
                    names: [
                        FoldedName(
                            given: beginnings[common(16)] + ends[common(14)],
                            family: ends[common(14)] + beginnings[common(16)] + ends[common(14)])
                    ], parents: [FoldedName(given: beginnings[common(16)] + ends[common(14)], family: nil)]))
        }
        return ChildrenFile(
            Distractors(count, namedAs: names, seed: seed).enumerated().map {
                ChildrenFile.Child(id: "K\($0.offset)", record: $0.element)
            })
    }

    private static func withSlip(_ child: ChildrenFile.Child) -> ChildrenFile.Child {
        var record = child.record
        if let given = record.names.first?.given, given.utf8.count > 3 {
            record.names[0].given = String(given.dropLast(2) + given.suffix(1))
        }
        record.nhsNumber = nil
        return ChildrenFile.Child(id: child.id, record: record)
    }

    // MARK: For another tool

    private static func write(
        _ file: ChildrenFile, _ people: Distractors, _ referrals: [ChildrenFile.Child], to folder: String
    ) throws(CommandFailure) {
        let header = "rid,given,middle,surname,dob,sex,address,postcode,nhs,upn,parent1\n"
        func line(_ id: String, _ record: MatchRecord) -> String {
            let name = record.names.first
            let parent = record.parents.first.map { "\($0.given ?? "") \($0.family ?? "")" } ?? ""
            let values: [String?] = [
                id, name?.given, name?.middle, name?.family, record.birthDate?.description, record.sex?.rawValue,
                record.addresses.first?.line, record.addresses.first?.postcode, record.nhsNumber?.text,
                record.upn?.text, parent,
            ]
            return values.map { $0 ?? "" }.joined(separator: ",") + "\n"
        }
        var known = header
        for child in file.children { known += line(child.id, child.record) }
        for (place, record) in people.enumerated() { known += line("D\(place + 1)", record) }
        try MatchCommand.write(known, to: folder + "/known.csv")
        var told = header
        for child in referrals { told += line(child.id, child.record) }
        try MatchCommand.write(told, to: folder + "/referrals.csv")
    }
}
