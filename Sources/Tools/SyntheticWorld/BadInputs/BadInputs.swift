import DomainModel
public import HubConfiguration

/// Messages that agencies, teams and desks should never send and some day will: every kind in turn, seeded, one after
/// the other. Every free text in them holds ``marker``, so that one search shows whether any got where it must not be.
public struct BadInputs: Sequence, IteratorProtocol, Sendable {
    /// In every free text; six letters that no name, code or id of the hub's contains.
    public static let marker = "QXZJVW"

    private let seed: UInt64
    private let count: Int
    private let prefix: String
    private let directory: HubDirectory
    private let agencies: [(agency: AgencyName, authority: AuthorityCode)]
    private var made = 0

    /// - Parameters:
    ///   - directory: of the hub under test; without agencies there is nothing to send.
    ///   - prefix: before every topic's name.
    public init(seed: UInt64, directory: HubDirectory, prefix: String = "", count: Int) {
        self.seed = seed
        self.count = count
        self.prefix = prefix
        self.directory = directory
        agencies = directory.agencies.compactMap { agency in
            let real = agency.authorities.first ?? directory.authorities.first { $0.gss != .hub }?.gss
            return real.map { (agency.id, $0) }
        }
    }

    public mutating func next() -> BadInput? {
        guard made < count, !agencies.isEmpty else { return nil }
        defer { made += 1 }
        var draws = Draws(seed, UInt64(made))
        var kind = BadInput.Kind.allCases[made % BadInput.Kind.allCases.count]
        // Ten thousand inputs with a thirtieth of 2 MB would be most of a gigabyte and show no more.
        if kind == .twoMegabytes, made / BadInput.Kind.allCases.count % 16 != 0 { kind = .truncated }
        var draft = BadDraft(
            number: made, seed: seed, kind: kind, sender: agencies[draws.below(agencies.count)], directory: directory,
            draws: draws)
        let record = draft.record(prefix: prefix)
        return BadInput(kind: kind, record: record, secrets: draft.secrets)
    }
}
