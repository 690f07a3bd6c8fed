import EventLog
import Synchronization

/// A step with what proves that its member may commit it.
struct OwnedStep: Sendable {
    let id: MemberBoard.MemberID
    let participant: ParticipantName
    let instance: String
    let generation: Int64
    let step: Step
}

enum Work: Sendable {
    case ensure([TopicSpecification])
    case append([NewRecord])
    case commit([OwnedStep], expecting: [(TopicPartition, NextOffset)])
    case join(ParticipantName, instance: String)
}

enum Outcome: Sendable {
    case done
    case appended([Offset])
    case joined(generation: Int64)
}

/// One caller's work, on its way into the next transaction together with that of others.
final class Ticket: Sendable {
    let work: Work
    private let outcome = Mutex<Result<Outcome, LogError>?>(nil)

    init(_ work: Work) { self.work = work }

    var result: Result<Outcome, LogError>? { outcome.withLock { $0 } }
    func settle(_ result: Result<Outcome, LogError>) { outcome.withLock { $0 = result } }
}
