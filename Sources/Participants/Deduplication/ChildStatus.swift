import JSON

extension ChildRow {
    // In a file of its own: where the codes of the domain are in sight, there are two ways to write a listed code.
    enum Status: String, Hashable, Sendable, CaseIterable, JSONCodable {
        /// Read, and not yet identified: lasts no longer than one step.
        case read
        /// A named person is asked who this is.
        case awaiting
        case identified
    }
}
