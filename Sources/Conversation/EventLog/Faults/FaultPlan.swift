/// A place in the working of a service on brokers where a test may do it harm.
public enum FaultPoint: String, CaseIterable, Sendable {
    /// Records have been polled, and nothing has been decided.
    case afterPoll = "after-poll"
    /// A transaction is open, and nothing has been written.
    case atBegin = "at-begin"
    /// Half of a step's records are on the brokers.
    case midProduce = "mid-produce"
    /// All of them are, and no position.
    case afterFlush = "after-flush"
    /// The positions are as well, and the commit has not been asked for.
    case afterOffsets = "after-offsets"
    /// The commit has been asked for, and its answer has not been waited for.
    case duringCommit = "during-commit"
    /// The brokers have committed, and the service has not taken note of it.
    case afterCommit = "after-commit"
    /// Some or all rows of a table have been read, and the participant has been given none.
    case midRestore = "mid-restore"
    /// Partitions are being taken away, and have not been let go; also when a service stops in order.
    case inRevoke = "in-revoke"
}

/// One fault that a test of real processes asks for, and no other run ever has.
///
/// | form | what happens |
/// |---|---|
/// | `POINT:NTH`, `POINT:SERVICE:NTH` | when the point is reached for the nth time, by any service or by that one |
/// | with `:kill`, or nothing, behind it | the process kills itself: nothing is cleaned up |
/// | with `:stop` | it freezes, until somebody lets it go on: a zombie, if others have taken over |
/// | with `:slow-SECONDS` | the one thread stands still for so long |
/// | `trap:SERVICE:TEXT` | that participant traps on every input in which the text is found |
///
/// Points are counted in one process: one that is started again counts from one.
public enum FaultPlan: Equatable, Sendable {
    public enum Harm: Equatable, Sendable {
        case kill, stop
        case slow(seconds: Int)
    }

    case harm(Harm, at: FaultPoint, of: ParticipantName?, nth: Int)
    case trap(ParticipantName, on: String)

    /// Longer than any limit of the group, and shorter than what a test could wait for.
    public static let secondsMax = 3600

    /// Why a text is no plan.
    public enum Refusal: Error, Equatable, Sendable, CustomStringConvertible {
        case point(String)
        case participant(String, known: [String])
        case number(String)
        case harm(String)
        case form

        public var description: String {
            switch self {
            case .point(let text):
                "there is no point '\(text)': there are \(FaultPoint.allCases.map(\.rawValue).joined(separator: ", ")), and trap"
            case .participant(let text, let known):
                "there is no service '\(text)' with such points: there are \(known.joined(separator: ", "))"
            case .number(let text): "'\(text)' is no count: it begins with 1"
            case .harm(let text):
                "'\(text)' is nothing that could happen: there are kill, stop and slow-SECONDS, 1 to \(FaultPlan.secondsMax)"
            case .form: "it is POINT[:SERVICE]:NTH[:kill|stop|slow-SECONDS] or trap:SERVICE:TEXT"
            }
        }
    }

    /// - Parameter participants: the names of those that there are.
    public init(_ text: String, participants: [String]) throws(Refusal) {
        func known(_ name: Substring) throws(Refusal) -> ParticipantName {
            guard participants.contains(String(name)) else { throw .participant(String(name), known: participants) }
            return ParticipantName(String(name))
        }

        var words = text.split(separator: ":", omittingEmptySubsequences: false)[...]
        guard let first = words.popFirst() else { throw .form }
        if first == "trap" {
            let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, !parts[2].isEmpty else { throw .form }
            self = .trap(try known(parts[1]), on: String(parts[2]))
            return
        }
        guard let point = FaultPoint(rawValue: String(first)) else { throw .point(String(first)) }
        guard var word = words.popFirst() else { throw .form }
        var participant: ParticipantName?
        if word.first?.isLetter == true {
            participant = try known(word)
            guard let next = words.popFirst() else { throw .form }
            word = next
        }
        guard let nth = Int(word), nth > 0 else { throw .number(String(word)) }
        let harm = words.popFirst()
        guard words.isEmpty else { throw .form }
        self = .harm(try harm.map(FaultPlan.harm) ?? .kill, at: point, of: participant, nth: nth)
    }

    private static func harm(_ word: Substring) throws(Refusal) -> Harm {
        switch word {
        case "kill": return .kill
        case "stop": return .stop
        default:
            guard word.hasPrefix("slow-"), let seconds = Int(word.dropFirst(5)), 1...secondsMax ~= seconds else {
                throw .harm(String(word))
            }
            return .slow(seconds: seconds)
        }
    }
}
