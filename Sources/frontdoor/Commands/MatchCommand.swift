import CommandLine
import Foundation
import MatchEvaluation
import PersonMatching

/// `frontdoor match`: who is this child, on files. The hub itself decides with the same index and the same model.
enum MatchCommand {
    static let known = RepeatedOption<String>("known", value: "K.csv", "children already known")
    static let referrals = RepeatedOption<String>("referrals", value: "R.csv", "children of incoming referrals")
    static let model = OptionalOption<String>(
        "model", value: "FILE", "a model to use in place of the one compiled in")
    static let shared = OptionalOption<String>(
        "shared", value: "FILE", "addresses that say nothing of a household (columns address, postcode)")

    static let command = Command(
        "match", "works out who a child is, on files, and shows how the hub linked children",
        discussion: """
            'log' reads the hub's own log; the others read files. The columns of the files are rid, given, middle, surname, dob, sex, address, postcode, nhs, upn, parent1, \
            parent2, in any order; any but rid may be missing. Columns that tell the truth (eid, kind, known_family) are \
            read only after everything is decided, to say how well it went.
            """,
        examples: [
            (
                "frontdoor match evaluate --known known.csv --referrals referrals.csv",
                "how well children are told apart"
            ),
            ("frontdoor match explain --known known.csv --referrals referrals.csv --rid R7", "one decision, in full"),
            ("frontdoor match log --case E09000002-0abc…", "how the children of a case came to it"),
        ],
        subcommands: [
            MatchEvaluateCommand.command, MatchExplainCommand.command, MatchTrainCommand.command,
            MatchLogCommand.command,
        ])

    // MARK: Files

    static func table(_ path: String) throws(CommandFailure) -> CommaSeparated {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(.noInput, "the file \(path) cannot be read")
        }
        do throws(CommaSeparated.Fault) {
            return try CommaSeparated([UInt8](data))
        } catch {
            throw CommandFailure(.dataError, "\(path), line \(error.line): \(error.what)")
        }
    }

    static func children(_ table: CommaSeparated, _ path: String) throws(CommandFailure) -> ChildrenFile {
        do throws(CommaSeparated.Fault) {
            return try ChildrenFile(table)
        } catch {
            throw CommandFailure(.dataError, "\(path): \(error.what)")
        }
    }

    static func model(_ invocation: Invocation) throws(CommandFailure) -> MatchModel {
        guard let path = invocation[model] else { return .shipped }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(.noInput, "the file \(path) cannot be read")
        }
        do throws(MatchModel.Fault) {
            return try MatchModel(text: String(decoding: data, as: UTF8.self))
        } catch {
            throw CommandFailure(.dataError, "\(path), line \(error.line): \(error.what)")
        }
    }

    static func sharedAddresses(_ invocation: Invocation) throws(CommandFailure) -> [FoldedAddress] {
        guard let path = invocation[shared] else { return [] }
        let table = try table(path)
        guard table.column("address") != nil || table.column("postcode") != nil else {
            throw CommandFailure(.dataError, "\(path): neither a column 'address' nor 'postcode'")
        }
        do throws(CommaSeparated.Fault) {
            try table.requireColumnsOnce()
        } catch {
            throw CommandFailure(.dataError, "\(path): \(error.what)")
        }
        return table.rows.map { row in
            FoldedAddress(
                line: table.value(row, table.column("address")), postcode: table.value(row, table.column("postcode")))
        }
    }

    static func write(_ text: String, to path: String) throws(CommandFailure) {
        guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
            throw CommandFailure(.cannotCreate, "the file \(path) cannot be made")
        }
    }
}
