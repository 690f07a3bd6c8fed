/// Invariant 4: automation never lowers a rating and never closes a case.
final class Ratings {
    private struct Rating {
        let urgency: Int
        let level: Int

        init?(_ node: Node?) {
            guard let text = node?.text("urgency"),
                let rank = ["blue", "green", "amber", "red"].firstIndex(of: text), let level = node?.integer("level")
            else { return nil }
            urgency = rank
            self.level = level
        }
    }

    private let findings: Findings
    /// Of the present episode of each case.
    private var ratings: [String: Rating] = [:]
    /// The verb of each decision, by its id.
    private var verbs: [String: String] = [:]
    /// Closings and what they name as their decision: judged at the end, when all decisions are known.
    private var closings: [(record: String, decision: String?, by: Signatory?)] = []
    private var deciders: [String: Signatory] = [:]

    init(_ findings: Findings) { self.findings = findings }

    func room(_ record: LogRecord) {
        guard let facts = record.facts else { return }
        switch record.type {
        case "decision.submitted":
            verbs[record.id] = facts.text("verb")
            deciders[record.id] = Signatory(facts["by"])
        case "case.rated": rated(record, facts)
        case "case.closed":
            closings.append((record.name, facts.text("decision"), Signatory(facts["by"])))
            if let id = facts.text("case") { ratings[id] = nil }
        case "case.reopened": if let id = facts.text("case") { ratings[id] = nil }
        default: break
        }
    }

    private func rated(_ record: LogRecord, _ facts: Node) {
        guard let id = facts.text("case"), let rating = Rating(facts["rating"]) else {
            findings.expect(4, false, "a rating that cannot be read: \(record.name)")
            return
        }
        if facts["by"] == nil {
            let before = ratings[id]
            findings.expect(
                4, before.map { rating.urgency >= $0.urgency && rating.level >= $0.level } ?? true,
                "lowered by nobody: \(record.name)")
        } else {
            findings.expect(4, Signatory(facts["by"]) != nil, "rated by somebody without a name: \(record.name)")
        }
        ratings[id] = rating
    }

    func finish() {
        for closing in closings {
            let isDecided = closing.decision.map { verbs[$0] == "close" && deciders[$0] == closing.by } ?? false
            findings.expect(4, closing.by != nil && isDecided, "closed by nobody's decision: \(closing.record)")
        }
    }
}
