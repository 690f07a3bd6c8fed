import CommandLine
import MatchEvaluation
import PersonMatching

enum MatchTrainCommand {
    static let seed = Option("seed", value: "N", default: UInt64(1), "of the random pairs")
    static let pairs = Option("pairs", value: "N", default: 2_000_000, "random pairs a file of known children")
    static let out = OptionalOption<String>(
        "out", value: "FILE", "where the model is written; default: standard output")

    static let command = Command(
        "train", "learns the weights of a model from files, without looking at any truth",
        discussion: """
            How often a field compares so between two records of one child (m) is learned from pairs of a known child and \
            a referral that agree on the NHS number; between unrelated children (u) from random pairs of known children \
            who share no household; between brothers and sisters (s) from pairs of one household. --known and --referrals \
            may be given several times, in the same order. The same files, seed and binary give the same model.
            """,
        options: [MatchCommand.known, MatchCommand.referrals, seed, pairs, out],
        exitCodes: [.ok, .noInput, .dataError, .cannotCreate],
        examples: [
            ("frontdoor match train --known k.csv --referrals r.csv --out model.yaml", "a model of one authority")
        ]
    ) { invocation, terminal in
        let known = invocation[MatchCommand.known]
        let referrals = invocation[MatchCommand.referrals]
        guard !known.isEmpty, known.count == referrals.count else {
            throw CommandFailure(.usage, "give --known and --referrals, as often one as the other")
        }
        var sets: [Training.Set] = []
        for (one, other) in zip(known, referrals) {
            sets.append(
                Training.Set(
                    known: try MatchCommand.children(try MatchCommand.table(one), one),
                    referrals: try MatchCommand.children(try MatchCommand.table(other), other)))
        }
        var training = Training(seed: invocation[seed], pairsPerSet: max(1, invocation[pairs]))
        var progress = Progress("Learning", total: sets.count, unit: "files", terminal: terminal)
        let model = training.learn(sets, progress: { progress.update($0) })
        progress.finish()
        var text = """
            # The weights by which children are told apart, in thousandths of a bit: against unrelated children, and
            # against brothers and sisters. Made by 'frontdoor match train'; Documentation.docc/Matching.md says how.
            # Behind each: how often the level was seen between records of one child (m), of unrelated children (u),
            # of brothers and sisters (s).

            """
        for figure in training.figures { text += "# \(Words.count(figure.count)) \(figure.what)\n" }
        text += model.text { training.remark($0, $1) }
        if let path = invocation[out] {
            try MatchCommand.write(text, to: path)
            terminal.remark("\(model.version) is in \(path)")
        } else {
            terminal.output.write(text)
        }
        return .ok
    }
}
