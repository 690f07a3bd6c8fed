import DomainModel

/// Invariant 2: one lead for every open case at every moment, and an end for every child; the queues say the same.
final class Leads {
    private enum Phase { case awaiting, routed, closed }
    private enum Owner: Hashable {
        case caseID(String)
        case child(String)
    }
    private struct CaseState {
        var phase = Phase.awaiting
        var leads = 0
        var closedBySomebody = false
    }
    private struct Entry {
        var owner: Owner
        var team: String
        var isLead: Bool
        var state: String
        var isOpen: Bool { state == "proposed" || state == "accepted" }
    }
    private struct Child {
        var referral: String
        var authority: String
        var position: String
        var firstSeen: Instant?
        /// From the last identification; nil while it waits for a person.
        var caseID: String?
        var wasIdentified = false
        var openReviews = 0
    }

    private let findings: Findings
    private let plan: CheckPlan
    private var cases: [String: CaseState] = [:]
    private var caseOrder: [String] = []
    private var entries: [String: Entry] = [:]
    private var entryOrder: [String] = []
    /// Under authority and child: after a transfer the child has an end in both rooms.
    private var children: [String: Child] = [:]
    private var childOrder: [String] = []
    /// Referrals that their room has read as submitted.
    private var submitted: Set<String> = []
    /// Referrals that the hub's own review gave to an authority, or closed by a named person.
    private var settled: Set<String> = []
    /// What the queue says last: team and state, by entry.
    private var shown: [String: (team: String, state: String?, position: String)] = [:]

    init(_ findings: Findings, _ plan: CheckPlan) {
        self.findings = findings
        self.plan = plan
    }

    private static func isOpen(_ state: String) -> Bool { state == "proposed" || state == "accepted" }

    // MARK: The room

    func room(_ record: LogRecord) {
        guard let facts = record.facts else { return }
        switch record.type {
        case "referral.submitted", "referral.corrected": arrived(record, facts["content"])
        case "referral.transferred":
            arrived(record, facts["content"])
            if let referral = facts["content"]?.text("referral") { settled.insert(referral) }
        case "referral.identified": identified(record, facts)
        case "identity.requested":
            guard let child = facts.text("child") else { return }
            // In the hub's own room one question stands for all children of the referral.
            change(facts, owner: .child("\(record.authority)/\(child)"), record)
        case let type where type.hasPrefix("case."): moved(record, facts)
        default: break
        }
    }

    private func arrived(_ record: LogRecord, _ content: Node?) {
        guard let content, let referral = content.text("referral") else { return }
        if record.type != "referral.corrected" { submitted.insert("\(record.authority)/\(referral)") }
        for child in content.list("children") {
            guard let id = child.text("child") else { continue }
            see("\(record.authority)/\(id)", referral, record)
        }
    }

    private func see(_ key: String, _ referral: String, _ record: LogRecord) {
        guard children[key] == nil else { return }
        children[key] = Child(
            referral: referral, authority: record.authority, position: record.position, firstSeen: record.instant)
        childOrder.append(key)
    }

    private func identified(_ record: LogRecord, _ facts: Node) {
        guard let child = facts.text("child"), let referral = facts.text("referral") else { return }
        let key = "\(record.authority)/\(child)"
        findings.expect(2, children[key] != nil, "identified, but in no referral: \(record.name)")
        see(key, referral, record)
        children[key]?.wasIdentified = true
        children[key]?.caseID = facts.text("case")
        let isAwaiting = facts.text("disposition") == "awaiting"
        findings.expect(
            2, isAwaiting == (facts.text("case") == nil), "identified with no case, or one too many: \(record.name)")
    }

    private func moved(_ record: LogRecord, _ facts: Node) {
        guard let id = facts.text("case") else { return }
        if cases[id] == nil {
            cases[id] = CaseState()
            caseOrder.append(id)
        }
        change(facts, owner: .caseID(id), record)
        switch record.type {
        case "case.routed": cases[id]?.phase = .routed
        case "case.closed", "case.merged":
            cases[id]?.phase = .closed
            cases[id]?.closedBySomebody = Signatory(facts["by"]) != nil
            if record.authority == "hub", let referral = record.correlation { settled.insert(referral) }
        case "case.reopened":
            // Two may say so, each at its own position: what is led already stays led.
            if cases[id]?.phase == .closed { cases[id]?.phase = .awaiting }
        default: break
        }
        guard let now = cases[id] else { return }
        switch now.phase {
        case .awaiting: break
        case .routed: findings.expect(2, now.leads == 1, "\(now.leads) leads of an open case after \(record.name)")
        case .closed: findings.expect(2, now.leads == 0, "\(now.leads) leads of a closed case after \(record.name)")
        }
    }

    private func change(_ facts: Node, owner: Owner, _ record: LogRecord) {
        for change in facts.list("entries") {
            guard let id = change.text("entry"), let team = change.text("team"), let state = change.text("state") else {
                findings.expect(2, false, "an entry that cannot be read: \(record.name)")
                continue
            }
            let isLead = change.text("kind") == "lead"
            if let known = entries[id] {
                findings.expect(
                    2, known.team == team && known.isLead == isLead, "an entry that changed hands: \(record.name)")
                // An entry that has ended does not come back: a new one is made.
                findings.expect(2, known.isOpen || !Leads.isOpen(state), "an ended entry opened again: \(record.name)")
                count(known, by: known.isOpen ? -1 : 0)
                entries[id]?.state = state
            } else {
                entries[id] = Entry(owner: owner, team: team, isLead: isLead, state: state)
                entryOrder.append(id)
            }
            if let now = entries[id] { count(now, by: now.isOpen ? 1 : 0) }
        }
    }

    private func count(_ entry: Entry, by amount: Int) {
        switch entry.owner {
        case .caseID(let id): if entry.isLead { cases[id]?.leads += amount }
        case .child(let id): children[id]?.openReviews += amount
        }
    }

    // MARK: The queues

    func queue(_ record: LogRecord, team: String) {
        if record.type == "entry.updated", let value = record.value {
            guard let entry = value.text("entry") else {
                findings.expect(2, false, "a queue record without its entry: \(record.name)")
                return
            }
            shown[entry] = (team, value.text("state"), record.position)
        }
    }

    // MARK: Judging

    func finish() {
        for id in entryOrder {
            guard let entry = entries[id] else { continue }
            guard let shown = shown[id] else {
                findings.expect(2, !plan.expectAtRest, "an entry that no queue shows: \(id)")
                continue
            }
            let agrees = shown.team == entry.team && (shown.state == entry.state || !plan.expectAtRest)
            findings.expect(2, agrees, "a queue that differs from the room: entry \(id) at \(shown.position)")
        }
        for (id, shown) in shown.sorted(by: { $0.key < $1.key }) where entries[id] == nil {
            findings.expect(2, !plan.expectAtRest, "a queue shows what the room does not know: \(shown.position)")
        }
        for id in caseOrder {
            guard let state = cases[id], state.phase == .closed else { continue }
            findings.expect(2, state.closedBySomebody, "closed by nobody: case \(id)")
        }
        guard plan.expectAtRest else { return }
        for key in childOrder {
            guard let child = children[key] else { continue }
            findings.expect(2, hasEnd(child), "a child without an end, from \(child.position)")
        }
    }

    private func hasEnd(_ child: Child) -> Bool {
        if let id = child.caseID {
            switch cases[id]?.phase {
            case .routed: return cases[id]?.leads == 1
            case .closed: return cases[id]?.closedBySomebody == true
            case .awaiting, nil: return false
            }
        }
        if child.authority == "hub" { return settled.contains(child.referral) || isAsked(child.referral) }
        if child.openReviews > 0 { return true }
        // A correction whose first version has not come is held: two days, then a person takes it.
        guard !child.wasIdentified, !submitted.contains("\(child.authority)/\(child.referral)") else { return false }
        guard let since = child.firstSeen else { return false }
        return plan.now.milliseconds(since: since) <= 2 * 86_400_000
    }

    private lazy var asked: Set<String> = Set(
        children.values.filter { $0.authority == "hub" && $0.openReviews > 0 }.map(\.referral))

    /// Whether an open entry of the hub's own review asks where the referral belongs.
    private func isAsked(_ referral: String) -> Bool { asked.contains(referral) }
}
