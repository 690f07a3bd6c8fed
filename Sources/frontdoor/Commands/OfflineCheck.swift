import CommandLine
import ConfigurationFiles
import DomainModel
import EventLog
import Intake
import JSON
import Room
import Sealing

/// `publish --check`: each message is given to Intake itself, over nothing but the configuration, so that what is said
/// here is what the hub would say on arrival.
enum OfflineCheck {
    static func run(
        _ lines: [[UInt8]], sender: Sender, configuration: LoadedConfiguration, topics: HubTopics, terminal: Terminal,
        hash: SecretKey?, asJSON: Bool
    ) throws(CommandFailure) -> ExitCode {
        var draws = SystemDraws()
        // Any key gives ids; only the hub's own tells whether a reference was issued by it.
        let equipment = Equipment(
            open: { $0.opened }, keyed: KeyedHash(hash ?? SecretKey.drawn(from: &draws)),
            allowLists: configuration.allowLists)
        var intake = Intake(equipment)
        let now = Common.now()
        _ = intake.adopt(configuration.directory, policies: configuration.policies, now: now)
        var accepted = 0
        var refused = 0
        var marked = 0
        var unchecked = 0
        for (index, line) in lines.enumerated() {
            let record = sender.record(of: line, topics: topics)
            let stored = StoredRecord(
                source: record.target, offset: Offset(Int64(index)), appendTime: now, key: nil,
                headers: record.headers, value: record.value)
            guard let input = IngressRecord(stored, topics: topics) else { continue }
            var outcome = Outcome()
            for posting in intake.receive(input) { outcome.take(posting) }
            if hash == nil, outcome.refusal == "reference-not-yours" {
                unchecked += 1
            } else if let reason = outcome.refusal {
                refused += 1
                tell(index + 1, "refused", reason, outcome.pointer, terminal, asJSON)
            } else {
                accepted += 1
            }
            if !outcome.marks.isEmpty { marked += 1 }
            for mark in outcome.marks {
                tell(index + 1, "marked", mark.code.rawValue, mark.pointer, terminal, asJSON)
            }
        }
        if !asJSON {
            terminal.print(
                "\(Words.count(lines.count, "message", "messages")): \(Words.count(accepted)) would be accepted, \(Words.count(marked)) of them with fields that cannot be used, and \(Words.count(refused)) refused."
            )
        }
        if unchecked > 0 {
            terminal.remark(
                "\(Words.count(unchecked, "return", "returns")) could not be checked: only a hub's own data folder (--data) tells whether a reference is its own."
            )
        }
        return refused == 0 && marked == 0 ? .ok : .checkFailed
    }

    private struct Outcome {
        var refusal: String?
        var pointer: String?
        var marks: [Mark] = []

        mutating func take(_ posting: Posting) {
            guard case .room(let event) = posting else { return }
            switch event.body {
            case .submissionRefused(let facts):
                refusal = facts.reason
                pointer = facts.pointer
            case .referralSubmitted(let facts): marks = facts.content.marks
            case .referralCorrected(let facts): marks = facts.content.marks
            case .returnSubmitted(let facts): marks = facts.content.marks
            case .returnDeclined(let facts): marks = facts.content.marks
            case .returnCorrected(let facts): marks = facts.content.marks
            default: break
            }
        }
    }

    private static func tell(
        _ line: Int, _ what: String, _ reason: String, _ pointer: String?, _ terminal: Terminal, _ asJSON: Bool
    ) {
        if asJSON {
            var json = JSONText()
            json.field("line", line)
            json.field("outcome", what)
            json.field("reason", reason)
            json.field("pointer", pointer)
            terminal.print(json.finished)
        } else {
            terminal.print("line \(line): \(what): \(reason)" + (pointer.map { " at \($0)" } ?? ""))
        }
    }
}
