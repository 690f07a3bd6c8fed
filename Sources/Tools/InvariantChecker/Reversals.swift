/// Invariant 6: what a named person says about who a child is, is carried through. The child is identified as they said;
/// what was asked and told about it for another's case is taken back; no queue goes on showing it there; and where a
/// family has lost a child, nothing more is owed, asked or told.
final class Reversals {
    private struct Undone {
        let record: String
        let child: String
        let from: String
    }
    private struct Request {
        let child: String
        let caseID: String
        var sentAt: Int64?
        var withdrawnAt: Int64?
        /// The withdrawal says what to do with what was sent.
        var hasWords = false
        var remindedAt: Int64?
    }
    private struct Outcome {
        let caseID: String
        var toldAt: Int64?
        var withdrawnAt: Int64?
    }

    private let findings: Findings
    private let plan: CheckPlan
    private var verbs: [String: String] = [:]
    private var deciders: [String: Signatory] = [:]
    /// Child → the person and case that it must be identified with next.
    private var expected: [String: (person: String?, caseID: String?)] = [:]
    private var undone: [Undone] = []
    private var caseOfChild: [String: String] = [:]
    private var requests: [String: Request] = [:]
    private var requestOrder: [String] = []
    /// `reference part` of a referral → its child.
    private var childOf: [String: String] = [:]
    private var outcomes: [String: Outcome] = [:]
    /// `team case child` → where the queue showed the child last; `team case` → where it was told to delete it last.
    private var shown: [String: (team: String, caseID: String, child: String, at: Int64)] = [:]
    private var told: [String: Int64] = [:]
    private var mergedInto: [String: String] = [:]
    /// Case → the offset of the word that the child was lost.
    private var lost: [String: Int64] = [:]
    private var owed: [String: String] = [:]

    init(_ findings: Findings, _ plan: CheckPlan) {
        self.findings = findings
        self.plan = plan
    }

    private static let verbOf: [String: Set<String>] = [
        "identity.confirmed": ["confirm-identity"], "identity.unlinked": ["unlink"], "identity.split": ["split"],
        "identity.merged": ["merge", "born"], "unborn.born": ["born"], "unborn.lost": ["lost"],
    ]

    // MARK: The room

    func room(_ record: LogRecord) {
        guard let facts = record.facts else { return }
        if let verbs = Reversals.verbOf[record.type] { decided(record, facts, verbs) }
        switch record.type {
        case "decision.submitted":
            verbs[record.id] = facts.text("verb")
            deciders[record.id] = Signatory(facts["by"])
        case "referral.submitted", "referral.corrected", "referral.transferred": remember(facts["content"])
        case "referral.identified": identified(record, facts)
        case "identity.confirmed", "identity.unlinked", "identity.split": moved(record, facts)
        case "identity.merged": merged(record, facts)
        case "unborn.lost": if let id = facts.text("case") { lost[id] = record.offset }
        case "case.reopened": if let id = facts.text("case") { lost[id] = nil }
        case "return.requested":
            guard let request = facts.text("request"), let child = facts.text("child"), let id = facts.text("case")
            else { return }
            requests[request] = Request(child: child, caseID: id)
            requestOrder.append(request)
        case "case.closed": closed(record, facts)
        case "obligation.opened", "obligation.extended", "obligation.met", "obligation.declined",
            "obligation.withdrawn", "obligation.reminded", "alert.raised", "alert.escalated":
            owes(record, facts)
        default: break
        }
    }

    private func decided(_ record: LogRecord, _ facts: Node, _ verbs: Set<String>) {
        let decision = facts.text("decision") ?? ""
        findings.expect(
            6, self.verbs[decision].map(verbs.contains) == true && deciders[decision] == Signatory(facts["by"]),
            "said by nobody's decision: \(record.name)")
    }

    private func remember(_ content: Node?) {
        guard let content, let reference = content.text("reference") else { return }
        for child in content.list("children") {
            if let id = child.text("child"), let part = child.text("part") { childOf["\(reference) \(part)"] = id }
        }
    }

    private func moved(_ record: LogRecord, _ facts: Node) {
        guard let child = facts.text("child") else { return }
        expected[child] = (facts.text("person"), facts.text("case"))
        guard let from = facts.text("previousCase"), from != facts.text("case") else { return }
        undone.append(Undone(record: record.name, child: child, from: from))
    }

    private func merged(_ record: LogRecord, _ facts: Node) {
        guard let kept = facts.text("case"), let gone = facts.text("mergedCase") else { return }
        findings.expect(6, mergedInto[gone] == nil, "merged a second time: \(record.name)")
        mergedInto[gone] = kept
        for child in facts.list("children") {
            guard let id = child.text("child"), caseOfChild[id] != nil else { continue }
            expected[id] = (facts.text("person"), kept)
        }
    }

    private func identified(_ record: LogRecord, _ facts: Node) {
        guard let child = facts.text("child") else { return }
        caseOfChild[child] = facts.text("case")
        findings.expect(
            6, facts.text("case").map { mergedInto[$0] == nil } ?? true,
            "identified with a case that goes on in another: \(record.name)")
        guard let expected = expected.removeValue(forKey: child) else { return }
        findings.expect(
            6,
            expected.caseID == facts.text("case") && (expected.person ?? facts.text("person")) == facts.text("person"),
            "identified as somebody else than the person said: \(record.name)")
    }

    private func closed(_ record: LogRecord, _ facts: Node) {
        guard let id = facts.text("case") else { return }
        let children = facts.list("told").compactMap(\.text)
        if lost[id] != nil {
            findings.expect(6, children.isEmpty, "an outcome about a child that was lost: \(record.name)")
        }
        for child in children { outcomes[child] = Outcome(caseID: id) }
    }

    private func owes(_ record: LogRecord, _ facts: Node) {
        guard let about = facts["facts"], let obligation = about.text("obligation") else { return }
        switch record.type {
        case "obligation.opened", "obligation.extended": owed[obligation] = about.text("case")
        case "obligation.met", "obligation.declined", "obligation.withdrawn": owed[obligation] = nil
        default:
            guard let id = about.text("case"), let lostAt = lost[id] else { return }
            // What answers an earlier record was decided before the word was read.
            let answers =
                record.input.flatMap { Int64($0[($0.lastIndex(of: "@") ?? $0.startIndex)...].dropFirst()) } ?? 0
            findings.expect(6, answers < lostAt, "said of a child that was lost: \(record.name)")
        }
    }

    // MARK: What left the room

    func outgoing(_ record: LogRecord, _ audience: TopicRole.Audience, owner: String) {
        guard let value = record.value else { return }
        switch (audience, record.type) {
        case (.agency, "return.requested"): note(value) { $0.sentAt = record.offset }
        case (.agency, "obligation.reminded"): note(value) { $0.remindedAt = record.offset }
        case (.agency, "request.withdrawn"):
            note(value) {
                $0.withdrawnAt = record.offset
                $0.hasWords = value.text("words") != nil
            }
        case (.agency, "referral.concluded"): note(outcome: value) { $0.toldAt = record.offset }
        case (.agency, "outcome.withdrawn"): note(outcome: value) { $0.withdrawnAt = record.offset }
        case (.team, "entry.updated"):
            guard let id = value.text("case") else { return }
            for referral in value.list("referrals") {
                for child in referral.list("children").compactMap(\.text) {
                    shown["\(owner) \(id) \(child)"] = (owner, id, child, record.offset)
                }
            }
        case (.team, "link.withdrawn"):
            if let id = value.text("case") { told["\(owner) \(id)"] = record.offset }
        default: break
        }
    }

    private func note(_ value: Node, _ change: (inout Request) -> Void) {
        guard let reference = value.text("reference"), var request = requests[reference] else { return }
        change(&request)
        requests[reference] = request
    }

    private func note(outcome value: Node, _ change: (inout Outcome) -> Void) {
        guard let reference = value.text("reference"), let part = value.text("child"),
            let child = childOf["\(reference) \(part)"], var outcome = outcomes[child]
        else { return }
        change(&outcome)
        outcomes[child] = outcome
    }

    // MARK: Judging

    func finish() {
        guard plan.expectAtRest else { return }
        for (child, _) in expected.sorted(by: { $0.key < $1.key }) {
            findings.expect(6, false, "said to be somebody, and not identified since: child \(child)")
        }
        // One that has come back is where it belongs.
        var gone: Set<String> = []
        for one in undone where caseOfChild[one.child] != one.from { gone.insert("\(one.from) \(one.child)") }
        for one in undone where gone.contains("\(one.from) \(one.child)") { judge(one) }
        for key in requestOrder {
            guard let request = requests[key], gone.contains("\(request.caseID) \(request.child)") else { continue }
            guard let sentAt = request.sentAt else {
                findings.passed(6)
                continue
            }
            findings.expect(
                6, request.withdrawnAt.map { $0 > sentAt && request.hasWords } ?? false,
                "asked about a child on another's case, and not taken back: request of case \(request.caseID)")
        }
        for (key, one) in shown.sorted(by: { $0.key < $1.key }) where gone.contains("\(one.caseID) \(one.child)") {
            let toldAt = told["\(one.team) \(one.caseID)"]
            findings.expect(
                6, toldAt.map { $0 > one.at } ?? false, "a queue still shows a child on another's case: \(key)")
        }
        for id in lost.keys.sorted() { judgeLost(id) }
    }

    private func judge(_ one: Undone) {
        guard let outcome = outcomes[one.child], outcome.caseID == one.from, let toldAt = outcome.toldAt else {
            return findings.passed(6)
        }
        findings.expect(
            6, outcome.withdrawnAt.map { $0 > toldAt } ?? false, "an outcome of another's case stands: \(one.record)")
    }

    private func judgeLost(_ id: String) {
        for key in requestOrder {
            guard let request = requests[key], request.caseID == id, let sentAt = request.sentAt else { continue }
            // One that was answered and withdrawn with the case's close before is over; any other is taken back.
            let endedAt = request.withdrawnAt ?? -1
            findings.expect(
                6, endedAt > sentAt && (request.remindedAt ?? -1) < endedAt,
                "still asked about a child that was lost: request of case \(id)")
        }
        findings.expect(6, !owed.values.contains(id), "still owed for a child that was lost: case \(id)")
    }
}
