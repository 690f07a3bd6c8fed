import DomainModel
import HubConfiguration
import JSON
import Room

/// What Intake knows: what it accepted, what it adopted last, and what is in force. Changed by `record`, `repeated` and
/// `adopt` alone, once a decision stands.
struct IntakeState {
    private(set) var submissions = StateTable<EventID, SubmissionRow>(prefix: "S")
    private(set) var adopted = StateTable<AuthorityCode, AdoptionRow>(prefix: "A")
    private(set) var heartbeats = StateTable<String, HeartbeatRow>(prefix: "B")
    /// What was redriven, by dead letter and what it was of.
    private(set) var redriven = StateTable<EventID, RedrivenRow>(prefix: "R")
    private(set) var inForce = Adoptions()
    /// The authorities that were adopted, in the order of their codes: tables offer no walk.
    private(set) var authorities: [AuthorityCode] = []
    private(set) var members = Members()
    private var isIndexed = true

    mutating func record(_ row: SubmissionRow, under key: EventID) { submissions[key] = row }

    mutating func redrive(_ row: RedrivenRow, under key: EventID) { redriven[key] = row }

    /// - Returns: how often it has come again, this time included.
    mutating func repeated(_ key: EventID) -> Int {
        guard var row = submissions[key] else { return 0 }
        row.repeats = row.repeats == .max ? .max : row.repeats + 1
        submissions[key] = row
        return Int(row.repeats)
    }

    mutating func beat(_ agency: AgencyName) {
        heartbeats[agency.text] = HeartbeatRow(count: (heartbeats[agency.text]?.count ?? 0) &+ 1)
    }

    mutating func adopt(_ event: Event) {
        var row = adopted[event.authority] ?? AdoptionRow()
        switch event.body {
        case .configurationAdopted(let facts):
            row.configuration = event.id
            row.configurationHash = facts.hash
        case .policyAdopted(let facts):
            row.policy = event.id
            row.policyHash = facts.hash
        default: return
        }
        inForce.apply(event)
        adopted[event.authority] = row
        note(event.authority)
        isIndexed = false
    }

    private mutating func note(_ authority: AuthorityCode) {
        let place = authorities.firstIndex { $0 >= authority } ?? authorities.endIndex
        if place < authorities.endIndex, authorities[place] == authority { return }
        authorities.insert(authority, at: place)
    }

    /// Brings the index up to what is in force; rows come one by one, so it is made when it is first asked.
    mutating func indexMembers() {
        guard !isIndexed else { return }
        members = Members(authorities.compactMap { inForce.configuration(of: $0) })
        isIndexed = true
    }

    /// What Intake's own events of that authority carry: the version that it used.
    func version(of authority: AuthorityCode) -> String? {
        adopted[authority]?.configurationHash.map { String($0.prefix(16)) }
    }

    mutating func takeChanges() -> [RowChange] {
        var changes: [RowChange] = []
        inForce.takeChanges(into: &changes)
        adopted.takeChanges(into: &changes)
        submissions.takeChanges(into: &changes)
        heartbeats.takeChanges(into: &changes)
        redriven.takeChanges(into: &changes)
        return changes
    }

    mutating func restore(_ row: RowChange, parser: JSONParser) throws(RowError) {
        if try submissions.restore(row, parser: parser) != nil { return }
        if try heartbeats.restore(row, parser: parser) != nil { return }
        if try redriven.restore(row, parser: parser) != nil { return }
        if let taken = try adopted.restore(row, parser: parser) {
            note(taken.key)
        } else if try !inForce.restore(row, parser: parser) {
            throw .unknownTable(row.key.first ?? 0)
        }
        isIndexed = false
    }
}

/// Who may send, found by name. Looked up only, never walked.
struct Members {
    private var agencies: [AgencyName: Agency] = [:]
    private var teams: [TeamName: Team] = [:]
    private var desks: [DeskName: Desk] = [:]
    private var authorities: [AuthorityCode: AuthorityEntry] = [:]
    private var dfeCodes: [String: AuthorityCode] = [:]

    init() {}

    /// - Parameter slices: in the order of the authorities' codes; of two that list an agency, the first counts.
    init(_ slices: [HubDirectory]) {
        for slice in slices {
            for agency in slice.agencies where agencies[agency.id] == nil { agencies[agency.id] = agency }
            for team in slice.teams where teams[team.id] == nil { teams[team.id] = team }
            for desk in slice.desks where desks[desk.id] == nil { desks[desk.id] = desk }
            for entry in slice.authorities {
                authorities[entry.gss] = entry
                if let dfe = entry.dfe, dfeCodes[dfe] == nil { dfeCodes[dfe] = entry.gss }
            }
        }
    }

    func agency(_ name: AgencyName) -> Agency? { agencies[name] }
    func team(_ name: TeamName) -> Team? { teams[name] }
    func desk(_ name: DeskName) -> Desk? { desks[name] }
    func knows(_ authority: AuthorityCode) -> Bool { authorities[authority] != nil }

    /// A GSS code or the DfE's three digits.
    /// - Returns: nil for an authority that this hub does not serve.
    func authority(_ text: String) -> AuthorityCode? {
        if let code = AuthorityCode(gss: text) { return knows(code) ? code : nil }
        return dfeCodes[text]
    }
}
