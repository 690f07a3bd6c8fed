/// Invariant 1: every record from outside is accepted, repeated or refused, once; nothing else is Intake's; its sender
/// was told.
final class Arrivals {
    private struct Verdict {
        var accepted = 0
        var repeated = 0
        var refused = 0
        var isMet = false
    }
    private struct Refusal {
        let position: String
        let input: String
        let deadLetter: String?
        let reference: String?
        /// Whom the configuration did not list then has no topic to be told on, though it may list them by now.
        let isOfUnknown: Bool
    }
    private struct Counts {
        var accepted = 0
        var receipts = 0
        var repeats = 0
        var repeatReceipts = 0
        /// Records of the topic that no event of the room answers.
        var silent = 0
        var silentExamples: [String] = []
    }

    private let findings: Findings
    private let members: Members
    private let plan: CheckPlan
    private var ids: Set<String> = []
    /// By the input's position, as text.
    private var verdicts: [String: Verdict] = [:]
    /// By the input's position: the authorities that its heartbeat was told to.
    private var beats: [String: Set<String>] = [:]
    private var refusals: [Refusal] = []
    /// Dead letters of Intake, by origin: their ids.
    private var deadLetters: [String: [String]] = [:]
    /// By audience, owner and reference: how often a refusal was told.
    private var refusalsTold: [String: Int] = [:]
    /// By channel and owner.
    private var counts: [String: Counts] = [:]
    /// By channel, owner and what was accepted: accepted minus told.
    private var untold: [String: Int] = [:]
    private var touched: [String] = []
    /// By the position of a decision to redrive what Intake had refused: where that lay, and what was taken of it.
    private var redrives: [String: (origin: String, taken: Int)] = [:]
    /// What was redriven, whoever had not been able to take it.
    private var redriven: Set<String> = []

    init(_ findings: Findings, _ members: Members, _ plan: CheckPlan) {
        self.findings = findings
        self.members = members
        self.plan = plan
    }

    private static let channels: [String: TopicRole.Ingress] = [
        "referral.submitted": .referrals, "referral.corrected": .referrals, "referral.withdrawn": .referrals,
        "return.submitted": .returns, "return.declined": .returns, "return.corrected": .returns,
        "return.withdrawn": .returns, "decision.submitted": .decisions, "alert.answered": .answers,
    ]

    // MARK: The room

    /// Called for all of the room first: what a decision had taken once more may lie in another partition.
    func prepare(_ record: LogRecord) {
        guard let redrive = record.facts?["redrive"], record.source == "/service/intake", let input = record.input,
            let origin = redrive.text("origin"), let letter = redrive.text("letter")
        else { return }
        let isFirst = redriven.insert("\(redrive.text("service") ?? "") \(origin) \(letter)").inserted
        findings.expect(1, isFirst, "redriven a second time: \(record.position)")
        if redrive.text("service") == "intake" { redrives[input] = (origin, 0) }
    }

    func room(_ record: LogRecord) {
        // The strike's id is the one that comes from a clock: two of one moment are one strike.
        if record.type != "clock.struck" {
            findings.expect(
                1, !record.id.isEmpty && ids.insert(record.id).inserted, "an id a second time: \(record.name)")
        }
        findings.expect(1, record.facts != nil, "an event that cannot be read: \(record.name)")
        guard record.source == "/service/intake", !record.type.hasSuffix(".adopted") else {
            // What the runtime sets aside for one participant has been accepted: it refuses nothing from outside.
            let isSetAside = record.source == "/service/clock" && record.facts?.text("participant") != nil
            if Arrivals.channels[record.type] != nil || record.type == "submission.refused" && !isSetAside {
                findings.expect(1, false, "a submission that is not Intake's: \(record.name)")
            }
            return
        }
        if ["alert.delivered", "alert.failed"].contains(record.type) {
            findings.expect(
                1, record.input.map { role(ofInput: $0) } == .records, "a delivery that nobody noted: \(record.name)")
            return
        }
        if record.type == "heartbeat.sent" { return beat(record) }
        guard let input = record.input, case .ingress(let channel, let owner) = role(ofInput: place(input, record))
        else {
            findings.expect(1, false, "an event of Intake that answers nothing from outside: \(record.name)")
            return
        }
        let key = "\(channel.rawValue)/\(owner)"
        switch record.type {
        case "submission.refused":
            verdicts[input, default: Verdict()].refused += 1
            refusals.append(
                Refusal(
                    position: record.position, input: input, deadLetter: record.facts?.text("deadLetter"),
                    reference: record.facts?.text("reference"),
                    isOfUnknown: record.facts?.text("reason") == "unknown-sender"))
        case "referral.repeated":
            if !isTakenAgain(input, record) { verdicts[input, default: Verdict()].repeated += 1 }
            counts[key, default: Counts()].repeats += 1
        default:
            findings.expect(
                1, Arrivals.channels[record.type] == channel, "accepted from a topic of another kind: \(record.name)")
            if !isTakenAgain(input, record) { verdicts[input, default: Verdict()].accepted += 1 }
            counts[key, default: Counts()].accepted += 1
            if let about = Arrivals.told(record) { change("\(key)/\(about)", by: 1) }
        }
    }

    /// One heartbeat is told to each authority that its agency serves, and answered by no receipt.
    private func beat(_ record: LogRecord) {
        if let input = record.input, redrives[input] != nil {
            redrives[input]?.taken = 1
            return
        }
        guard let input = record.input, case .ingress(.returns, let owner) = role(ofInput: input) else {
            findings.expect(1, false, "a heartbeat that is no agency's: \(record.name)")
            return
        }
        findings.expect(1, record.facts?.text("agency") == owner, "a heartbeat of another agency: \(record.name)")
        let isFirst = verdicts[input] == nil
        if isFirst { verdicts[input] = Verdict(accepted: 1) }
        let authorities = beats[input, default: []]
        findings.expect(
            1, isFirst || !authorities.isEmpty, "a heartbeat that became something else as well: \(record.name)")
        findings.expect(
            1, beats[input, default: []].insert(record.authority).inserted, "a heartbeat twice: \(record.name)")
    }

    /// Where that lay which an event answers: what was redriven, where it came from at first.
    private func place(_ input: String, _ record: LogRecord) -> String {
        guard record.facts?["redrive"] == nil, let redrive = redrives[input] else { return input }
        return redrive.origin
    }

    private func isTakenAgain(_ input: String, _ record: LogRecord) -> Bool {
        guard record.facts?["redrive"] == nil, redrives[input] != nil else { return false }
        redrives[input]?.taken += 1
        return true
    }

    private func role(ofInput input: String) -> TopicRole {
        guard let slash = input.lastIndex(of: "/") else { return .other }
        return TopicRole(String(input[..<slash]), prefix: plan.prefix)
    }

    /// What the receipt of an accepted event names it by; nil where only the number of receipts can be compared.
    private static func told(_ record: LogRecord) -> String? {
        switch record.type {
        case "referral.submitted", "referral.corrected": record.facts?["content"]?.text("reference")
        case "return.submitted", "return.declined", "return.corrected": record.facts?["content"]?.text("request")
        case "return.withdrawn": record.facts?.text("request")
        case "decision.submitted": record.id
        case "alert.answered": record.facts?.text("alert")
        default: nil
        }
    }

    private func change(_ key: String, by amount: Int) {
        if untold[key] == nil { touched.append(key) }
        untold[key, default: 0] += amount
    }

    // MARK: Other topics

    func deadLetter(_ record: LogRecord) {
        guard record.value?.text("service") == "intake" || record.source == "/service/intake" else { return }
        guard let origin = record.value?.text("origin") else {
            findings.expect(1, false, "a dead letter without its origin: \(record.position)")
            return
        }
        deadLetters[origin, default: []].append(record.id)
    }

    func ingress(_ record: LogRecord, _ channel: TopicRole.Ingress, owner: String) {
        let position = record.position
        let key = "\(channel.rawValue)/\(owner)"
        guard var verdict = verdicts[position] else {
            counts[key, default: Counts()].silent += 1
            if counts[key, default: Counts()].silentExamples.count < 3 {
                counts[key]?.silentExamples.append(position)
            }
            return
        }
        verdict.isMet = true
        verdicts[position] = verdict
        findings.expect(
            1, verdict.accepted + verdict.repeated + verdict.refused == 1,
            "accepted \(verdict.accepted), repeated \(verdict.repeated), refused \(verdict.refused) times: \(position)")
        let letters = deadLetters[position]?.count ?? 0
        findings.expect(1, letters == verdict.refused, "\(letters) dead letters of one record: \(position)")
    }

    func outgoing(_ record: LogRecord, _ audience: TopicRole.Audience, owner: String) {
        guard let value = record.value else { return }
        if record.type == "submission.refused" {
            if let reference = value.text("reference") {
                refusalsTold["\(audience.rawValue)/\(owner)/\(reference)", default: 0] += 1
            }
            return
        }
        let channel: TopicRole.Ingress
        let about: String?
        switch (audience, record.type) {
        case (.agency, "referral.received"): (channel, about) = (.referrals, value.text("reference"))
        case (.agency, "return.received"): (channel, about) = (.returns, value.text("reference"))
        case (.team, "decision.received"): (channel, about) = (.decisions, value.text("decision"))
        case (.desk, "answer.received"): (channel, about) = (.answers, value.text("alert"))
        default: return
        }
        let key = "\(channel.rawValue)/\(owner)"
        if value.isTrue("repeated") {
            counts[key, default: Counts()].repeatReceipts += 1
            return
        }
        counts[key, default: Counts()].receipts += 1
        // A withdrawal's receipt names the referral's reference, and its event does not: counted above alone.
        if let about, untold["\(key)/\(about)"] != nil { change("\(key)/\(about)", by: -1) }
    }

    // MARK: Judging

    func finish() {
        for (input, verdict) in verdicts.sorted(by: { $0.key < $1.key }) where !verdict.isMet {
            findings.expect(1, false, "in the room, but no such record came in: \(input)")
        }
        judgeRefusals()
        judgeRedrives()
        for key in touched.sorted() {
            let left = untold[key] ?? 0
            // Withdrawals of a referral are told under its own reference, on top of what was counted.
            let holds = key.hasPrefix("referrals/") ? left <= 0 : left == 0
            findings.expect(1, holds, "accepted and told do not match: \(key)")
        }
        for (key, count) in counts.sorted(by: { $0.key < $1.key }) {
            findings.expect(
                1, count.accepted == count.receipts, "\(count.accepted) accepted, \(count.receipts) receipts: \(key)")
            let isReferrals = key.hasPrefix("referrals/")
            let repeats = isReferrals ? count.repeats : count.repeatReceipts
            if isReferrals {
                findings.expect(
                    1, count.repeats == count.repeatReceipts,
                    "\(count.repeats) repeats, \(count.repeatReceipts) receipts of repeats: \(key)")
            }
            // A repeat of a return, a decision or an answer leaves a receipt and nothing in the room.
            let expected = isReferrals ? 0 : repeats
            let holds = plan.expectAtRest ? count.silent == expected : count.silent >= expected
            findings.passed(1, count.silent)
            findings.expect(
                1, holds,
                "\(count.silent) records without a word in the room, \(expected) of them repeats: \(key), such as "
                    + count.silentExamples.joined(separator: ", "))
        }
    }

    /// What a person had taken once more was refused before, and one thing came of it.
    private func judgeRedrives() {
        for (input, redrive) in redrives.sorted(by: { $0.key < $1.key }) {
            findings.expect(1, deadLetters[redrive.origin] != nil, "redriven, and never refused: \(input)")
            guard case .ingress(let channel, let owner) = role(ofInput: redrive.origin) else { continue }
            // A repeat of what is no referral leaves its receipt alone.
            if channel != .referrals, redrive.taken == 0 {
                counts["\(channel.rawValue)/\(owner)", default: Counts()].silent += 1
            } else {
                findings.expect(1, redrive.taken == 1, "\(redrive.taken) events of what was redriven: \(input)")
            }
        }
    }

    private func judgeRefusals() {
        for refusal in refusals {
            let letters = deadLetters[refusal.input] ?? []
            findings.expect(
                1, refusal.deadLetter.map { letters == [$0] } ?? false,
                "a refusal without its dead letter: \(refusal.position)")
            guard case .ingress(let channel, let owner) = role(ofInput: refusal.input), members.lists(channel, owner),
                !refusal.isOfUnknown
            else { continue }
            let audience: TopicRole.Audience =
                switch channel {
                case .referrals, .returns: .agency
                case .decisions: .team
                case .answers: .desk
                }
            let told = refusal.reference.map { refusalsTold["\(audience.rawValue)/\(owner)/\($0)"] ?? 0 } ?? 0
            findings.expect(1, told == 1, "a refusal told \(told) times: \(refusal.position)")
        }
    }
}
