import DomainModel
import JSON
import Room

/// How an obligation ended.
enum Ending: String, Hashable, Sendable, CaseIterable, JSONCodable {
    case met, declined, withdrawn
}

/// What a return says about its request.
enum Verdict: String, Hashable, Sendable, CaseIterable, JSONCodable {
    /// Full, nil, or a partial one that is all there will be.
    case complete
    /// More is to come.
    case partial
    case declined
    /// The agency cannot tell who is meant, which is not a nil.
    case unidentified

    init(_ content: ReturnContent) {
        if content.kind == .declined {
            self = .declined
        } else if !content.identified {
            self = .unidentified
        } else {
            self = content.kind == .partial && !content.complete ? .partial : .complete
        }
    }
}
