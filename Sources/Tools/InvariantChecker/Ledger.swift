import DomainModel

/// Invariant 5: obligations open once and end once; alerts are raised once, stand while they should, and are cleared;
/// danger and what cannot be timed wake somebody at once.
final class Ledger {
    private struct Obligation {
        var isOpen = true
        /// A named person has stopped its clock.
        var isSuspended = false
        var arming: Int
        var due: Instant?
        var position: String
        /// An alert stands: raised, and not cleared since.
        var alert: String?
        /// `arming` of each raise, `arming/rung` of each escalation.
        var raised: Set<Int> = []
        var escalated: Set<String> = []
    }
    private struct Danger {
        let record: String
        let authority: String
        let referral: String
        let time: String
        let order: Int
    }
    private struct Answer {
        let authority: String
        let time: String
        let order: Int
    }

    private let findings: Findings
    private let plan: CheckPlan
    private var obligations: [String: Obligation] = [:]
    private var order: [String] = []
    private var dangers: [Danger] = []
    /// Alerts of `answer` obligations, by the referral that they are about, and the cases that they name.
    private var answers: [String: [Answer]] = [:]
    private var answeredCases: Set<String> = []
    private var lost: Set<String> = []
    private var reds: [(record: String, caseID: String, referral: String)] = []
    /// The last event of each alert in the room, and on the desk's topic.
    private var lastInRoom: [String: String] = [:]
    private var lastAtDesk: [String: [String: String]] = [:]
    private var places = 0

    /// A strike comes after the moment that it is for; so long may what is due wait for it.
    private static let graceMilliseconds: Int64 = 60_000

    init(_ findings: Findings, _ plan: CheckPlan) {
        self.findings = findings
        self.plan = plan
    }

    // MARK: The room

    func room(_ record: LogRecord) {
        places += 1
        guard let facts = record.facts else { return }
        switch record.type {
        case "referral.submitted", "referral.corrected", "referral.transferred":
            guard let content = facts["content"], content.isTrue("immediateDanger") else { return }
            dangers.append(
                Danger(
                    record: record.name, authority: record.authority, referral: content.text("referral") ?? "",
                    time: record.time, order: places))
        case "case.rated":
            guard facts["rating"]?.text("urgency") == "red", facts["previous"]?.text("urgency") != "red",
                // Rated before Triage had read that the family lost the child: nobody is woken for it any more.
                !lost.contains(facts.text("case") ?? "")
            else { return }
            reds.append((record.name, facts.text("case") ?? "", facts.text("referral") ?? ""))
        case "unborn.lost": if let id = facts.text("case") { lost.insert(id) }
        case "case.reopened": if let id = facts.text("case") { lost.remove(id) }
        case "obligation.opened": opened(record, facts)
        case "obligation.extended": extended(record, facts)
        case "obligation.met", "obligation.declined", "obligation.withdrawn": ended(record, facts)
        case "alert.raised": raised(record, facts)
        case "alert.escalated": escalated(record, facts)
        case "alert.acknowledged": acknowledged(record, facts)
        case "alert.cleared": cleared(record, facts)
        default: break
        }
    }

    private static func due(_ facts: Node) -> Instant? { facts.text("due").flatMap { Instant(rfc3339: $0) } }

    private func opened(_ record: LogRecord, _ facts: Node) {
        guard let id = facts["facts"]?.text("obligation") else { return unreadable(record) }
        findings.expect(5, obligations[id] == nil, "opened a second time: \(record.name)")
        guard obligations[id] == nil else { return }
        obligations[id] = Obligation(
            arming: facts.integer("arming") ?? 1, due: Ledger.due(facts), position: record.position)
        order.append(id)
    }

    private func extended(_ record: LogRecord, _ facts: Node) {
        guard let id = facts["facts"]?.text("obligation"), let arming = facts.integer("arming") else {
            return unreadable(record)
        }
        findings.expect(
            5, obligations[id].map { arming > $0.arming } ?? false, "extended without a new arming: \(record.name)")
        obligations[id]?.isOpen = true
        obligations[id]?.arming = arming
        obligations[id]?.due = Ledger.due(facts)
        obligations[id]?.isSuspended = facts.text("suspendedSince") != nil
    }

    private func ended(_ record: LogRecord, _ facts: Node) {
        guard let id = facts["facts"]?.text("obligation") else { return unreadable(record) }
        findings.expect(5, obligations[id]?.isOpen == true, "ended without being open: \(record.name)")
        obligations[id]?.isOpen = false
    }

    private func raised(_ record: LogRecord, _ facts: Node) {
        guard let about = facts["facts"], let id = about.text("obligation"), let arming = facts.integer("arming"),
            let alert = facts.text("alert")
        else { return unreadable(record) }
        if about.text("kind") == "answer" {
            let answer = Answer(authority: record.authority, time: record.time, order: places)
            if let referral = about.text("referral") { answers[referral, default: []].append(answer) }
            if let caseID = about.text("case") { answeredCases.insert(caseID) }
        }
        lastInRoom[alert] = "alert.raised"
        guard var obligation = obligations[id] else {
            findings.expect(5, false, "raised for what is not owed: \(record.name)")
            return
        }
        findings.expect(5, obligation.isOpen, "raised after the end: \(record.name)")
        findings.expect(5, obligation.raised.insert(arming).inserted, "raised twice for one arming: \(record.name)")
        obligation.arming = max(obligation.arming, arming)
        obligation.alert = alert
        obligations[id] = obligation
    }

    private func escalated(_ record: LogRecord, _ facts: Node) {
        guard let id = facts["facts"]?.text("obligation"), let arming = facts.integer("arming"),
            let rung = facts.integer("rung"), let alert = facts.text("alert")
        else { return unreadable(record) }
        lastInRoom[alert] = "alert.escalated"
        guard var obligation = obligations[id] else {
            findings.expect(5, false, "escalated for what is not owed: \(record.name)")
            return
        }
        findings.expect(
            5, obligation.isOpen && obligation.alert != nil, "escalated without an alert that stands: \(record.name)")
        findings.expect(
            5, obligation.escalated.insert("\(arming)/\(rung)").inserted, "escalated twice to one rung: \(record.name)")
        obligations[id] = obligation
    }

    private func acknowledged(_ record: LogRecord, _ facts: Node) {
        guard let id = facts.text("obligation"), let alert = facts.text("alert") else { return unreadable(record) }
        lastInRoom[alert] = "alert.acknowledged"
        findings.expect(5, obligations[id]?.alert != nil, "acknowledged, but no alert stands: \(record.name)")
        // A promise arms the obligation again for the promised moment.
        guard let until = facts.text("until").flatMap({ Instant(rfc3339: $0) }) else { return }
        obligations[id]?.arming += 1
        obligations[id]?.due = until
    }

    private func cleared(_ record: LogRecord, _ facts: Node) {
        guard let id = facts.text("obligation"), let alert = facts.text("alert") else { return unreadable(record) }
        lastInRoom[alert] = "alert.cleared"
        findings.expect(5, obligations[id]?.alert == alert, "cleared, but no such alert stands: \(record.name)")
        obligations[id]?.alert = nil
    }

    private func unreadable(_ record: LogRecord) {
        findings.expect(5, false, "cannot be read: \(record.name)")
    }

    // MARK: The desks

    func alerts(_ record: LogRecord) {
        guard record.type.hasPrefix("alert."), let alert = record.value?.text("alert") else { return }
        // Another desk has it now, and its record is the present one.
        let type = record.value?.text("state") == "handed-over" ? nil : record.type
        lastAtDesk[alert, default: [:]][record.topic] = type
    }

    // MARK: Judging

    func finish() {
        for id in order {
            guard let obligation = obligations[id] else { continue }
            if !obligation.isOpen {
                findings.expect(
                    5, obligation.alert == nil, "ended, and its alert stands: obligation from \(obligation.position)")
            } else if plan.expectAtRest {
                judgeOpen(obligation)
            }
        }
        guard plan.expectAtRest else { return }
        for danger in dangers {
            // By the same moment as the referral, or by an earlier version of it that said so already.
            let woken = answers[danger.referral]?.contains {
                $0.authority == danger.authority && ($0.time == danger.time || $0.order < danger.order)
            }
            findings.expect(5, woken == true, "danger that woke nobody at once: \(danger.record)")
        }
        for red in reds {
            findings.expect(
                5, answeredCases.contains(red.caseID) || answers[red.referral] != nil,
                "a Red that woke nobody: \(red.record)")
        }
        for (alert, type) in lastInRoom.sorted(by: { $0.key < $1.key }) {
            findings.expect(
                5, lastAtDesk[alert]?.values.contains(type) == true,
                "a desk that was not told of \(type): alert \(alert)")
        }
        for alert in lastAtDesk.keys.sorted() where lastInRoom[alert] == nil {
            findings.expect(5, false, "a desk was told what the room does not know: alert \(alert)")
        }
    }

    private func judgeOpen(_ obligation: Obligation) {
        if obligation.isSuspended { return }
        guard let due = obligation.due else {
            findings.expect(
                5, obligation.alert != nil, "no due time and no alert: obligation from \(obligation.position)")
            return
        }
        let isOverdue = due.milliseconds + Ledger.graceMilliseconds < plan.now.milliseconds
        findings.expect(
            5, !isOverdue || obligation.alert != nil, "overdue and no alert: obligation from \(obligation.position)")
    }
}
