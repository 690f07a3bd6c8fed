import ConfigurationFiles
import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing
import Testing

@testable import Deadlines

/// The shipped configuration, and words for what the tests talk about.
enum Given {
    static let shipped: LoadedConfiguration = {
        do { return try LoadedConfiguration(ConfigurationSource(folder: nil)) } catch { fatalError("\(error)") }
    }()
    static var directory: HubDirectory { shipped.directory }
    static let barking = authority("E09000002")
    static let police = name(AgencyName.self, "bd-police")
    static let school = name(AgencyName.self, "bd-schools")
    static let mash = name(TeamName.self, "bd-mash")
    static let familyHelp = name(TeamName.self, "bd-family-help")
    static let macpt = name(TeamName.self, "bd-macpt")
    static let desk = name(DeskName.self, "bd-duty")
    static let amara = NamedPerson(staff: name(StaffName.self, "bd.amara"), team: mash, role: .mashManager)
    static let carol = NamedPerson(staff: name(StaffName.self, "bd.carol"), team: familyHelp, role: .teamManager)
    static let officer = name(StaffName.self, "bd.amara")

    /// Tuesday 24 November 2026, 10:00 in London.
    static let start = instant("2026-11-24T10:00:00Z")

    static func name<Subject>(_: Name<Subject>.Type, _ text: String) -> Name<Subject> {
        guard let name = Name<Subject>(text) else { fatalError("no name: \(text)") }
        return name
    }
    static func authority(_ text: String) -> AuthorityCode {
        guard let code = AuthorityCode(gss: text) else { fatalError("no authority: \(text)") }
        return code
    }
    static func instant(_ text: String) -> Instant {
        guard let instant = Instant(rfc3339: text) else { fatalError("no instant: \(text)") }
        return instant
    }
    static func id<Subject>(_ bits: Int) -> Identifier<Subject> { Identifier(bits: UInt128(bits)) }
    static func caseID(_ bits: Int, _ authority: AuthorityCode = barking) -> CaseID {
        CaseID(authority: authority, number: id(bits))
    }

    static func policy(of authority: AuthorityCode) -> Policy {
        let id = shipped.directory.authorities.first { $0.gss == authority }?.policy
        guard let policy = shipped.policies.first(where: { $0.id == id }) else { fatalError("no policy") }
        return policy
    }

    static var equipment: Equipment {
        guard let key = SecretKey(bytes: Array(repeating: 7, count: 32)) else { fatalError("no key") }
        return Equipment(open: { _ in nil }, keyed: KeyedHash(key), allowLists: shipped.allowLists)
    }

    static func referral(
        _ bits: Int = 1, danger: Bool = false, children: [Int] = [11], concerns: [ConcernFacts] = [],
        band: AgeBand = .from5to9, agency: AgencyName = police, at time: Instant = start
    ) -> ReferralContent {
        ReferralContent(
            referral: id(bits), agency: agency, agencyKind: .police, reference: "ref-\(bits)", source: source("6"),
            receivedAt: time, immediateDanger: danger,
            children: children.enumerated().map { ChildFacts(child: id($1), part: .child($0), ageBand: band) },
            adults: [AdultFacts(part: .adult(0), relationship: .parent)], concerns: concerns)
    }
    static func source(_ code: String) -> ReferralSource {
        guard let source = ReferralSource(code) else { fatalError("no source: \(code)") }
        return source
    }
    static func factor(_ code: String) -> FactorCode {
        guard let factor = FactorCode(code) else { fatalError("no factor: \(code)") }
        return factor
    }

    static func identified(
        child: Int = 11, referral: Int = 1, _ disposition: CaseDisposition = .opened, case number: Int? = 21
    ) -> EventBody {
        .childIdentified(
            ChildIdentified(
                referral: id(referral), child: id(child), part: .child(0),
                outcome: number == nil ? .review : .new, disposition: disposition, caseID: number.map { caseID($0) },
                person: id(31), model: "test", score: 0))
    }

    static func opened(case number: Int = 21, at time: Instant = start) -> EventBody {
        .caseOpened(
            CaseOpened(
                caseID: caseID(number), person: id(31), child: id(11), referral: id(1), receivedAt: time))
    }

    static func rated(
        _ urgency: RAG, from previous: RAG? = nil, case number: Int = 21, referral: Int = 1
    ) -> EventBody {
        .caseRated(
            CaseRated(
                caseID: caseID(number), child: id(11), referral: id(referral),
                rating: Rating(urgency, level: .targeted),
                previous: previous.map { Rating($0, level: .targeted) }))
    }

    static func requested(
        _ request: String = "req-1", of agency: AgencyName = police, rating: RAG = .amber, case number: Int = 21
    ) -> EventBody {
        .returnRequested(
            ReturnRequested(
                request: request, agency: agency, caseID: caseID(number), child: id(11), referral: id(1),
                rating: rating, purpose: "safeguarding-assessment", necessity: "assess-level-of-need"))
    }

    static func content(
        _ request: String = "req-1", _ kind: ReturnKind = .full, complete: Bool = false, identified: Bool = true,
        submission: Int = 41, agency: AgencyName = police
    ) -> ReturnContent {
        ReturnContent(
            request: request, agency: agency, submission: id(submission), kind: kind, complete: complete,
            identified: identified)
    }

    static func routed(
        to team: TeamName = familyHelp, entry: Int = 51, case number: Int = 21, rating: RAG = .amber,
        withdrawing earlier: (Int, TeamName)? = nil
    ) -> EventBody {
        var entries: [EntryChange] = []
        if let earlier {
            entries.append(EntryChange(entry: id(earlier.0), team: earlier.1, kind: .lead, state: .withdrawn))
        }
        entries.append(EntryChange(entry: id(entry), team: team, kind: .lead, state: .proposed))
        return .caseRouted(
            CaseRouted(
                caseID: caseID(number), child: id(11), referral: id(1), lead: team, leadKind: .familyHelp,
                rating: Rating(rating, level: .targeted), entries: entries))
    }

    static func decision(by person: NamedPerson, _ entries: [EntryChange] = [], case number: Int = 21) -> CaseDecision {
        CaseDecision(
            caseID: caseID(number), by: person, decision: id(61), reason: .thresholdMet, entries: entries)
    }

    static func refused(
        _ reason: String = "not-json", letter: Int = 71, of agency: AgencyName? = police,
        on channel: SubmissionChannel = .referrals
    ) -> EventBody {
        .submissionRefused(
            SubmissionRefused(
                channel: channel, agency: agency, reason: reason, deadLetter: id(letter), reference: "refused-\(letter)"
            ))
    }
}

/// A partition with Deadlines alone in it. Keeps what it read and posted, as the room would.
struct Thread {
    var deadlines = Deadlines(Given.equipment)
    private(set) var history: [(input: Event, own: [Event])] = []
    private(set) var outgoing: [Outgoing] = []
    private var offset: Int64 = 0
    var now = Given.start

    /// - Parameter adopting: nil: nothing is adopted.
    init(adopting authorities: [AuthorityCode] = [Given.barking]) {
        for authority in authorities {
            adopt(Given.directory, authority)
            read(
                .policyAdopted(PolicyAdopted(hash: "p", content: Given.policy(of: authority))), authority: authority)
        }
    }

    mutating func adopt(_ directory: HubDirectory, _ authority: AuthorityCode = Given.barking) {
        read(.configurationAdopted(ConfigurationAdopted(hash: "c", content: directory)), authority: authority)
    }

    @discardableResult
    mutating func read(
        _ body: EventBody, at time: Instant? = nil, authority: AuthorityCode = Given.barking, cause: EventID? = nil
    ) -> [Event] {
        if let time { now = time }
        offset += 1
        let event = Event(
            id: Given.id(1_000_000 + Int(offset)), source: .intake, time: now, authority: authority, subject: .hub,
            causation: cause, body: body, position: InputPosition(partition: 3, offset: offset))
        return read(event)
    }

    @discardableResult
    mutating func read(_ event: Event) -> [Event] {
        var own: [Event] = []
        for posting in deadlines.receive(event) {
            switch posting {
            case .room(let event): own.append(event)
            case .outgoing(let record): outgoing.append(record)
            case .deadLetter: Issue.record("Deadlines has no dead letters")
            }
        }
        history.append((event, own))
        return own
    }

    @discardableResult
    mutating func strike(_ time: String) -> [Event] { strike(Given.instant(time)) }

    @discardableResult
    mutating func strike(_ time: Instant) -> [Event] {
        read(.clockStruck(ClockStruck(now: time)), at: time, authority: .hub)
    }

    @discardableResult
    mutating func refer(_ content: ReferralContent = Given.referral()) -> [Event] {
        read(.referralSubmitted(ReferralSubmitted(content: content)))
    }

    @discardableResult
    mutating func give(_ content: ReturnContent = Given.content(), at time: Instant? = nil) -> [Event] {
        read(
            content.kind == .declined
                ? .returnDeclined(ReturnDeclined(content: content))
                : .returnSubmitted(ReturnSubmitted(content: content)),
            at: time)
    }

    @discardableResult
    mutating func answer(
        _ alert: AlertID, until: Instant? = nil, at time: Instant? = nil, desk: DeskName = Given.desk
    ) -> [Event] {
        read(
            .alertAnswered(AlertAnswered(alert: alert, desk: desk, staff: Given.officer, until: until)), at: time)
    }

    var everything: [Event] { history.flatMap(\.own) }

    /// The last state of each alert's record, in the order of their first.
    var alerts: [(key: String, type: OutgoingType)] {
        var order: [String] = []
        var last: [String: OutgoingType] = [:]
        for record in outgoing {
            guard case .desk = record.recipient else { continue }
            if last.updateValue(record.type, forKey: record.key) == nil { order.append(record.key) }
        }
        return order.map { ($0, last[$0] ?? .alertCleared) }
    }
}

extension [Event] {
    var types: [EventType] { map(\.body.type) }

    func opened(_ kind: ObligationKind) -> [ObligationOpened] {
        compactMap {
            guard case .obligationOpened(let opened) = $0.body, opened.facts.kind == kind else { return nil }
            return opened
        }
    }
    var met: [ObligationMet] {
        compactMap {
            guard case .obligationMet(let met) = $0.body else { return nil }
            return met
        }
    }
    var withdrawn: [ObligationEnded] {
        compactMap {
            guard case .obligationWithdrawn(let ended) = $0.body else { return nil }
            return ended
        }
    }
    var extended: [ObligationExtended] {
        compactMap {
            guard case .obligationExtended(let extended) = $0.body else { return nil }
            return extended
        }
    }
    var answers: [AlertAcknowledged] {
        compactMap {
            guard case .alertAcknowledged(let answer) = $0.body else { return nil }
            return answer
        }
    }
    /// Raised and escalated.
    var rung: [AlertRaised] {
        compactMap {
            switch $0.body {
            case .alertRaised(let raised), .alertEscalated(let raised): raised
            default: nil
            }
        }
    }
    var cleared: [AlertCleared] {
        compactMap {
            guard case .alertCleared(let cleared) = $0.body else { return nil }
            return cleared
        }
    }
}

extension [Event] {
    /// Without what is said because an agency has been quiet: in these scenes most are.
    var besidesSilence: [Event] {
        let silent = Names.signal(Given.police, in: Given.barking)
        return filter { event in
            switch event.body {
            case .obligationOpened(let opened): opened.facts.obligation != silent
            case .obligationExtended(let extended): extended.facts.obligation != silent
            case .obligationMet(let met): met.facts.obligation != silent
            case .alertRaised(let raised), .alertEscalated(let raised): raised.facts.obligation != silent
            case .alertCleared(let cleared): cleared.obligation != silent
            default: true
            }
        }
    }
}
