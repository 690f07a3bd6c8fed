/// Invariant 3: each topic holds what concerns its owner alone; teams and desks are of the event's authority; the
/// agency of an event is the topic's; who decides is listed.
final class Belonging {
    private let findings: Findings
    private let members: Members
    private let prefix: String
    /// The agency that was given a reference, by the room's own events.
    private var agencyOfReference: [String: String] = [:]
    private var requestAgencies: [String: String] = [:]
    /// Agencies that took a referral back: the receipt names a reference that no event of the room need hold.
    private var withdrew: Set<String> = []
    private var teamOfReference: [String: String] = [:]
    private var deskOfReference: [String: String] = [:]
    private var teamOfEntry: [String: String] = [:]
    private var teamsOfCase: [String: Set<String>] = [:]
    private var decisions: [String: Signatory] = [:]
    private var signed: Set<Signatory> = []
    /// By the position of a decision to redrive what Intake had refused: where that lay.
    private var redrives: [String: String] = [:]
    private var desksOfAlert: [String: Set<String>] = [:]
    private var answered: Set<String> = []
    /// In force at the position that is being read, by authority.
    private var inForce: [String: Members.Configuration] = [:]

    init(_ findings: Findings, _ members: Members, _ plan: CheckPlan) {
        self.findings = findings
        self.members = members
        prefix = plan.prefix
    }

    /// What later records are judged by.
    func prepare(_ record: LogRecord) {
        guard let facts = record.facts else { return }
        switch record.type {
        case "referral.submitted", "referral.corrected":
            if let reference = facts["content"]?.text("reference"), let agency = facts["content"]?.text("agency") {
                agencyOfReference[reference] = agency
            }
        case "referral.withdrawn": if let agency = facts.text("agency") { withdrew.insert(agency) }
        case "return.requested":
            if let request = facts.text("request"), let agency = facts.text("agency") {
                findings.expect(
                    3, requestAgencies[request].map { $0 == agency } ?? true,
                    "a reference given to two agencies: \(record.name)")
                requestAgencies[request] = agency
                agencyOfReference[request] = agency
            }
        case "submission.refused":
            guard let reference = facts.text("reference") else { return }
            if let agency = facts.text("agency") { agencyOfReference[reference] = agency }
            if let team = facts.text("team") { teamOfReference[reference] = team }
            if let desk = facts.text("desk") { deskOfReference[reference] = desk }
        case "decision.submitted":
            if let by = Signatory(facts["by"]) {
                decisions[record.id] = by
                signed.insert(by)
            }
            if let redrive = facts["redrive"], redrive.text("service") == "intake", let input = record.input {
                redrives[input] = redrive.text("origin")
            }
        case "alert.raised", "alert.escalated", "alert.acknowledged", "alert.cleared":
            if let alert = facts.text("alert"), let desk = facts.text("desk") {
                desksOfAlert[alert, default: []].insert(desk)
            }
        case "alert.answered":
            if let alert = facts.text("alert"), let desk = facts.text("desk") { answered.insert("\(desk)/\(alert)") }
        default: break
        }
    }

    // MARK: The room

    func room(_ record: LogRecord) {
        guard let facts = record.facts else { return }
        if let configuration = Members.configuration(record) {
            inForce[record.authority] = configuration
            return
        }
        if record.source == "/service/intake" { sender(record, facts) }
        for change in facts.list("entries") {
            guard let entry = change.text("entry"), let team = change.text("team") else { continue }
            teamOfEntry[entry] = team
            if let id = facts.text("case") { teamsOfCase[id, default: []].insert(team) }
            findings.expect(
                3, inForce[record.authority]?.teams[team] == record.authority,
                "a team of another authority: \(record.name)")
        }
        if record.type.hasPrefix("alert."), let desk = facts.text("desk") {
            findings.expect(
                3, inForce[record.authority]?.desks[desk] == record.authority,
                "a desk of another authority: \(record.name)")
        }
        switch record.type {
        case "decision.submitted":
            let by = Signatory(facts["by"])
            findings.expect(
                3, by.map { inForce[record.authority]?.signatories.contains($0) == true } ?? false,
                "decided by somebody who is not listed: \(record.name)")
        case "alert.answered":
            let listed = inForce[record.authority]?.onCall
            findings.expect(
                3, listed?.contains("\(facts.text("desk") ?? "")/\(facts.text("staff") ?? "")") == true,
                "answered by somebody who is not listed: \(record.name)")
        case "return.submitted", "return.declined", "return.corrected", "return.withdrawn":
            // One whose request is not in the room was forgotten, or comes before it: nobody else's, at least.
            let content = facts["content"] ?? facts
            if let request = content.text("request"), let asked = requestAgencies[request] {
                findings.expect(3, asked == content.text("agency"), "a return by who was not asked: \(record.name)")
            }
        default: if facts["by"] != nil { derived(record, facts) }
        }
    }

    /// What follows from a decision is by the person who took it.
    private func derived(_ record: LogRecord, _ facts: Node) {
        guard let by = Signatory(facts["by"]), members.everyone.contains(by), signed.contains(by) else {
            findings.expect(3, false, "decided by somebody who is not listed: \(record.name)")
            return
        }
        guard let decision = facts.text("decision") else { return findings.passed(3) }
        findings.expect(3, decisions[decision] == by, "another person than the decision's: \(record.name)")
    }

    /// Whoever owns the topic sent it, whatever it claims; what a decision had taken once more, whoever owns the one
    /// where it was refused.
    private func sender(_ record: LogRecord, _ facts: Node) {
        let again = facts["redrive"] == nil ? record.input.flatMap { redrives[$0] } : nil
        guard let input = again ?? record.input, let slash = input.lastIndex(of: "/"),
            case .ingress(let channel, let owner) = TopicRole(String(input[..<slash]), prefix: prefix)
        else { return }
        let claimed: String? =
            switch channel {
            case .referrals, .returns: facts["content"]?.text("agency") ?? facts.text("agency")
            case .decisions: facts["by"]?.text("team") ?? facts.text("team")
            case .answers: facts.text("desk")
            }
        // Whom the configuration does not list is refused, and named by nothing.
        let mayBeNobody = record.type == "submission.refused" && !members.lists(channel, owner)
        findings.expect(
            3, claimed == owner || (claimed == nil && mayBeNobody),
            "from another topic than its sender's: \(record.name)")
    }

    // MARK: What left the room

    func outgoing(_ record: LogRecord, _ audience: TopicRole.Audience, owner: String) {
        guard let value = record.value else { return }
        if audience == .agency {
            findings.expect(
                3, record.subject == value.text("reference"), "a subject that is not its own: \(record.name)")
        }
        let holds: Bool
        switch (audience, record.type) {
        case (.agency, "return.requested"), (.agency, "request.withdrawn"):
            holds = value.text("reference").map { requestAgencies[$0] == owner } ?? false
        case (.agency, "referral.received"):
            let known = value.text("reference").flatMap { agencyOfReference[$0] }
            holds = known == owner || (known == nil && withdrew.contains(owner))
        case (.agency, _): holds = value.text("reference").map { agencyOfReference[$0] == owner } ?? false
        case (.team, "entry.updated"): holds = value.text("entry").map { teamOfEntry[$0] == owner } ?? false
        case (.team, "decision.received"), (.team, "decision.refused"):
            holds = value.text("decision").map { decisions[$0]?.team == owner } ?? false
        case (.team, "link.withdrawn"):
            holds = value.text("case").map { teamsOfCase[$0]?.contains(owner) == true } ?? false
        case (.team, "submission.refused"):
            holds = value.text("reference").map { teamOfReference[$0] == owner } ?? false
        case (.desk, "answer.received"):
            holds = value.text("alert").map { answered.contains("\(owner)/\($0)") } ?? false
        case (.desk, "submission.refused"):
            holds = value.text("reference").map { deskOfReference[$0] == owner } ?? false
        case (.desk, _): holds = value.text("alert").map { desksOfAlert[$0]?.contains(owner) == true } ?? false
        case (.team, _): holds = false
        }
        findings.expect(3, holds, "not its owner's: \(record.name)")
    }
}
