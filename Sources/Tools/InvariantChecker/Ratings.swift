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
    /// What a child was rated on a case that a person took it from: on its own case it is rated no lower by a rule.
    private var carried: [String: (rating: Rating, from: String)] = [:]

    init(_ findings: Findings) { self.findings = findings }

    func room(_ record: LogRecord) {
        guard let facts = record.facts else { return }
        switch record.type {
        case "decision.submitted":
            verbs[record.id] = facts.text("verb")
            deciders[record.id] = Signatory(facts["by"])
        case "case.rated": rated(record, facts)
        case "identity.unlinked", "identity.split", "identity.confirmed":
            guard let child = facts.text("child"), let from = facts.text("previousCase"), from != facts.text("case"),
                let rating = ratings[from]
            else { return }
            carried[child] = (rating, from)
        case "identity.merged":
            guard let from = facts.text("mergedCase"), let rating = ratings[from] else { return }
            for child in facts.list("children") {
                if let id = child.text("child") { carried[id] = (rating, from) }
            }
        case "unborn.lost": if let child = facts.text("child") { carried[child] = nil }
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
        goesOn(record, facts, rating, of: id)
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

    private func goesOn(_ record: LogRecord, _ facts: Node, _ rating: Rating, of id: String) {
        if facts["by"] != nil {
            // Decided before the child was taken away, and said after: it came along as the person rated it.
            for (child, held) in carried where held.from == id { carried[child] = (rating, id) }
        }
        guard let child = facts.text("child"), let held = carried[child], held.from != id else { return }
        carried[child] = nil
        guard facts["by"] == nil else { return }
        findings.expect(
            4, rating.urgency >= held.rating.urgency && rating.level >= held.rating.level,
            "a child's rating fell as it was moved: \(record.name)")
    }

    func finish() {
        for closing in closings {
            let ends = closing.decision.map { verbs[$0] == "close" || verbs[$0] == "lost" } ?? false
            let isDecided = ends && closing.decision.map { deciders[$0] == closing.by } ?? false
            findings.expect(4, closing.by != nil && isDecided, "closed by nobody's decision: \(closing.record)")
        }
    }
}
