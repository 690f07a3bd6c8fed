import JSON

/// Where one case stands in Routing.
enum CasePhase: String, Hashable, Sendable, CaseIterable, JSONCodable {
    /// Opened or reopened, and not yet proposed to anyone.
    case awaiting
    /// Open, with exactly one open lead entry.
    case open
    case closed
}
