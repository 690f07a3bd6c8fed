/// Invariant 10: what leaves the room has the fields of its list and no other, goes to nobody from whom it is withheld,
/// and holds nothing by which two agencies could find out that both were concerned.
final class Leaving {
    private struct Request {
        let agency: String
        let referral: String
        let child: String
    }
    private struct Referral {
        var source: String
        var authority: String
        /// In every version so far: a later one may lift what an earlier one withheld.
        var withhold: Set<String>
        var withholdOfChild: [String: Set<String>]
        var protected: Set<String>
    }

    private let findings: Findings
    private var requests: [String: Request] = [:]
    private var referrals: [String: Referral] = [:]
    private var referralOfReference: [String: String] = [:]
    /// By authority: source and words that some adopted policy allows.
    private var words: [String: Set<String>] = [:]
    /// Inbox → agency, for ids, references and subjects.
    private var inboxOf: [String: String] = [:]

    init(_ findings: Findings) { self.findings = findings }

    // MARK: The room

    func room(_ record: LogRecord) {
        guard let facts = record.facts else { return }
        switch record.type {
        case "referral.submitted", "referral.corrected", "referral.transferred":
            if let content = facts["content"] { remember(content, record) }
        case "return.requested":
            guard let request = facts.text("request") else { return }
            requests[request] = Request(
                agency: facts.text("agency") ?? "", referral: facts.text("referral") ?? "",
                child: facts.text("child") ?? "")
        case "policy.adopted":
            for outcome in facts["content"]?.list("outcomes") ?? [] {
                guard let text = outcome.text("words") else { continue }
                for source in outcome.list("sources") {
                    words[record.authority, default: []].insert("\(source.text ?? "")\u{0}\(text)")
                }
            }
        default: break
        }
    }

    private func remember(_ content: Node, _ record: LogRecord) {
        guard let id = content.text("referral") else { return }
        let own = { (node: Node) in Set(node.list("withhold").compactMap(\.text)) }
        // Whoever must not be told because of an adult is told of none of the children.
        let names = { (node: Node) in node.list("adults").reduce(own(node)) { $0.union(own($1)) } }
        var referral =
            referrals[id]
            ?? Referral(
                source: "", authority: "", withhold: names(content), withholdOfChild: [:], protected: [])
        referral.source = content.text("source") ?? ""
        referral.authority = record.authority
        referral.withhold.formIntersection(names(content))
        for child in content.list("children") {
            guard let key = child.text("child") else { continue }
            let own = names(child)
            referral.withholdOfChild[key] = referral.withholdOfChild[key]?.intersection(own) ?? own
            if child.isTrue("protectedAddress") {
                referral.protected.insert(key)
            } else {
                referral.protected.remove(key)
            }
        }
        referrals[id] = referral
        if let reference = content.text("reference") { referralOfReference[reference] = id }
    }

    // MARK: What left the room

    func outgoing(_ record: LogRecord, _ audience: TopicRole.Audience) {
        let odd = record.oddHeaders.filter { !AllowedFields.headers.contains($0) }
        findings.expect(10, odd.isEmpty, "\(odd.count) headers that may not leave: \(record.name)")
        if audience == .agency { unlinked(record) }
        guard let value = record.value else {
            findings.expect(10, record.isTombstone, "a value that cannot be read: \(record.name)")
            return
        }
        guard let allowed = AllowedFields.of(record.type, to: audience) else {
            findings.expect(10, false, "a type that this audience is not sent: \(record.position)")
            return
        }
        let beyond = Leaving.paths(of: value, beyond: allowed)
        findings.expect(10, beyond == 0, "\(beyond) fields beyond the list: \(record.name)")
        switch (audience, record.type) {
        case (.agency, "return.requested"): asked(record, value)
        case (.agency, "referral.concluded"): concluded(record, value)
        default: break
        }
    }

    /// How many leaves stand at a path that is not on the list. The elements of a list share one path.
    private static func paths(of value: Node, beyond allowed: Set<String>) -> Int {
        var count = 0
        func visit(_ node: Node, _ path: String) {
            switch node.kind {
            case .object:
                node.forEachMember { name, member in
                    let name = name.text ?? ""
                    visit(member, path.isEmpty ? name : "\(path).\(name)")
                }
            case .array: for element in node.elements { visit(element, path) }
            default: if !allowed.contains(path) { count += 1 }
            }
        }
        visit(value, "")
        return count
    }

    private func asked(_ record: LogRecord, _ value: Node) {
        guard let request = value.text("reference").flatMap({ requests[$0] }) else {
            findings.expect(10, false, "a request that the room does not know: \(record.name)")
            return
        }
        let referral = referrals[request.referral]
        let isWithheld =
            referral?.withhold.contains(request.agency) == true
            || referral?.withholdOfChild[request.child]?.contains(request.agency) == true
        findings.expect(10, !isWithheld, "told whom it is withheld from: \(record.name)")
        let isProtected = referral?.protected.contains(request.child) == true
        findings.expect(
            10, !isProtected || value["child"]?["address"] == nil, "a protected address has left: \(record.name)")
        // One list of particulars is one child.
        findings.expect(10, value["child"]?.kind == .object, "not the particulars of one child: \(record.name)")
    }

    /// The outcome in words of the policy for that class of referrer; where it has none, nothing is sent.
    private func concluded(_ record: LogRecord, _ value: Node) {
        let referral = value.text("reference").flatMap { referralOfReference[$0] }.flatMap { referrals[$0] }
        let allowed = referral.flatMap { referral in
            value.text("words").map { words[referral.authority]?.contains("\(referral.source)\u{0}\($0)") == true }
        }
        findings.expect(10, allowed == true, "words that the policy does not allow this referrer: \(record.name)")
    }

    private func unlinked(_ record: LogRecord) {
        var names = ["id \(record.id)", "subject \(record.subject)"]
        if let reference = record.value?.text("reference") { names.append("subject \(reference)") }
        for name in names {
            let holder = inboxOf[name] ?? record.topic
            inboxOf[name] = holder
            findings.expect(10, holder == record.topic, "shared with another agency's inbox: \(record.name)")
        }
        var hasCase = CaseNames.stand(in: Array(record.subject.utf8)[...])
        if let value = record.value {
            hasCase = hasCase || CaseNames.stand(in: value.document.bytes[...])
        }
        findings.expect(10, !hasCase, "a case's id in an inbox: \(record.name)")
    }
}

/// Finds ids of cases in texts: the code of an authority (`E` and eight digits, or `hub`), a hyphen, and 26 letters and
/// digits. A reference of the hub's is shorter behind the code.
enum CaseNames {
    private static let numberLength = 26

    static func stand(in text: ArraySlice<UInt8>) -> Bool {
        var place = text.startIndex
        while place < text.endIndex {
            guard text[place] == UInt8(ascii: "-"), place + numberLength < text.endIndex else {
                place += 1
                continue
            }
            let number = text[(place + 1)...(place + numberLength)]
            if number.allSatisfy({ Markers.isDigit($0) || ($0 >= 97 && $0 <= 122) }),
                isAuthority(text[text.startIndex..<place])
            {
                return true
            }
            place += 1
        }
        return false
    }

    private static func isAuthority(_ before: ArraySlice<UInt8>) -> Bool {
        if before.suffix(3).elementsEqual("hub".utf8) { return true }
        let code = before.suffix(9)
        guard code.count == 9, let first = code.first, Markers.isLetter(first) else { return false }
        return code.dropFirst().allSatisfy(Markers.isDigit)
    }
}
