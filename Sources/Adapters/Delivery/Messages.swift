import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing
import WorkingTime

/// What is said to a tool: a reference, who owes what since when, and a link. No name of a child, no address, no birth
/// date, no case, nothing that a person wrote. Built from the fields that the allow-list lets tools know, and from
/// names of organisations in the configuration.
struct Messages: Sendable {
    let lists: AllowLists
    let directory: HubDirectory
    let link: String
    let signIn: String
    let hub: String

    init(_ settings: DeliverySettings, _ directory: HubDirectory, _ lists: AllowLists) {
        self.lists = lists
        self.directory = directory
        link = settings.link
        signIn = settings.signIn
        hub = settings.hub
    }

    /// What may be said of an alert, in words.
    struct Said: Hashable, Sendable {
        var title: String
        /// In their order.
        var facts: [(name: String, value: String)]
        var link: String

        static func == (left: Said, right: Said) -> Bool {
            left.title == right.title && left.link == right.link && left.facts.map(\.name) == right.facts.map(\.name)
                && left.facts.map(\.value) == right.facts.map(\.value)
        }

        func hash(into hasher: inout Hasher) { hasher.combine(title) }
    }

    func said(_ row: OutboxRow) -> Said {
        if let notice = row.notice { return said(notice, row) }
        guard let alert = row.alert else { return Said(title: "", facts: [], link: "") }
        func may(_ field: String) -> Bool { lists.letsToolsKnow(field) }
        let what = may("code") ? Words.code(alert.code) : "alert"
        let title =
            switch may("state") ? alert.state : "raised" {
            case "cleared": "All clear: \(what)"
            case "handed-over": "Handed over to another desk: \(what)"
            case "acknowledged": "Answered: \(what)"
            case "escalated": "Nobody has answered: \(what)"
            default: Words.capitalised(what)
            }
        var facts: [(String, String)] = []
        if let owner = owner(of: alert) { facts.append(("Who", owner)) }
        if may("kind") { facts.append(("Owes", Words.owed(alert.owed))) }
        if may("since") { facts.append(("Since", Words.london(alert.since))) }
        if may("due"), let due = alert.due { facts.append(("Due", Words.london(due))) }
        if may("role") { facts.append(("For", "\(deskName(alert.desk)), \(Words.plain(alert.role))")) }
        if may("rung"), alert.rung > 0 { facts.append(("Step", String(alert.rung + 1))) }
        facts.append(("Reference", reference(of: alert)))
        return Said(title: title, facts: facts, link: link(to: alert))
    }

    /// Nothing of what it is about, and no reference of any kind: the mailbox is often shared.
    private func said(_ notice: NoticeFacts, _ row: OutboxRow) -> Said {
        let agency = directory.agencies.first { $0.id == notice.agency }?.name ?? notice.agency.text
        let title =
            switch notice.told {
            case "reminded": "You have a request that is waiting for you: sign in"
            case "withdrawn": "One of your requests has changed: sign in"
            default: "You have a request: sign in"
            }
        return Said(title: title, facts: [("For", Words.line(agency))], link: signIn)
    }

    func reference(of alert: AlertFacts) -> String { alert.alert.description }

    /// One for each case, so that a tool can keep together what belongs together; says nothing of the case to anybody
    /// outside.
    func thread(of row: OutboxRow) -> String {
        var derivation = Derivation("delivery-thread")
        if let caseID = row.alert?.caseID {
            derivation.add(caseID)
        } else if let referral = row.alert?.referral {
            derivation.add(referral)
        } else if let notice = row.notice {
            derivation.add(notice.agency)
            derivation.add(notice.reference)
        } else if let alert = row.alert {
            derivation.add(alert.alert)
        }
        let id: EventID = derivation.id()
        return id.description
    }

    func link(to alert: AlertFacts) -> String {
        link.split(separator: "{reference}", omittingEmptySubsequences: false).joined(separator: reference(of: alert))
    }

    func deskName(_ desk: DeskName) -> String {
        Words.line(directory.desks.first { $0.id == desk }?.name ?? desk.text)
    }

    private func owner(of alert: AlertFacts) -> String? {
        if lists.letsToolsKnow("agency"), let agency = alert.agency {
            return Words.line(directory.agencies.first { $0.id == agency }?.name ?? agency.text)
        }
        if lists.letsToolsKnow("team"), let team = alert.team {
            return Words.line(directory.teams.first { $0.id == team }?.name ?? team.text)
        }
        return nil
    }
}

/// Words for people on call, who may have been asleep.
enum Words {
    static func code(_ code: String) -> String {
        switch code {
        case "danger": "a child may be in immediate danger"
        case "at-once": "something that must be answered at once"
        case "red": "rated Red"
        case "overdue": "overdue"
        case "silent": "an agency has fallen silent"
        case "no-heartbeat": "an agency's system gives no sign of life"
        case "declined": "an agency will not answer on a Red case"
        case "unidentified": "an agency cannot tell who is meant on a Red case"
        case "undecidable": "the hub failed on a message and set it aside"
        case "clock-not-set": "a due time could not be worked out"
        default: plain(code)
        }
    }

    static func owed(_ kind: String) -> String {
        switch ObligationKind(rawValue: kind) {
        case .informationReturn: "a return"
        case .acknowledge: "an acknowledgement to the referrer"
        case .decide: "a decision"
        case .respond: "a response to the proposal"
        case .resubmit: "its message again"
        case .answer: "an answer to this alert"
        case .review: "a review"
        case .signal: "a sign of life"
        case .heartbeat: "a heartbeat of its system"
        case .assessment: "an assessment"
        case .conference: "an initial child protection conference"
        case nil: plain(kind)
        }
    }

    static func plain(_ code: String) -> String { String(code.map { $0 == "-" ? " " : $0 }) }

    static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    /// One line without control characters: names go into headers and texts.
    static func line(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
    }

    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// As London's clocks show it: `Tue 17 Nov 2026, 11:55`.
    static func london(_ instant: Instant) -> String {
        let civil = LondonTime.civil(of: instant)
        let minutes = civil.millisecondsOfDay / 60_000
        return
            "\(day(civil.date)) \(civil.date.day) \(month(civil.date)) \(civil.date.year), \(two(minutes / 60)):\(two(minutes % 60))"
    }

    /// As mail has it, in UTC: `Tue, 17 Nov 2026 11:55:00 +0000`.
    static func mail(_ instant: Instant) -> String {
        let days = instant.milliseconds / 86_400_000
        let date = CivilDate(daysSinceEpoch: Int(days))
        let seconds = Int(instant.milliseconds - days * 86_400_000) / 1000
        let time = "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        return "\(day(date)), \(date.day) \(month(date)) \(date.year) \(time) +0000"
    }

    private static func day(_ date: CivilDate) -> String {
        // 1970-01-01 was a Thursday.
        days[(date.daysSinceEpoch + 3) % 7]
    }

    private static func month(_ date: CivilDate) -> String { months[date.month - 1] }
}
