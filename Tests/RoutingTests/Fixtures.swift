import ConfigurationFiles
import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing

@testable import Routing

/// A room with one participant in it: events go in, and what Routing posts is kept and checked as it comes.
struct House {
    static let authority = AuthorityCode(gss: "E09000002") ?? .hub
    static let shipped: LoadedConfiguration? = try? LoadedConfiguration(ConfigurationSource(folder: nil))
    static let equipment = Equipment(
        // In these tests a sealed part is its plain bytes.
        open: { $0.sealed }, keyed: KeyedHash(SecretKey(bytes: Array(repeating: 7, count: 32)) ?? House.drawn()),
        allowLists: shipped?.allowLists ?? AllowLists())

    private static func drawn() -> SecretKey {
        var draws = SeededDraws(seed: 1)
        return SecretKey.drawn(from: &draws)
    }

    var routing: Routing
    var offset: Int64 = 0
    var events: [Event] = []
    var outgoing: [Outgoing] = []
    /// The postings of the last input.
    var last: [Posting] = []
    var rows: [[UInt8]: RowChange] = [:]
    var inputs: [Event] = []

    init(adopting: Bool = true, at authority: AuthorityCode = House.authority) {
        routing = Routing(House.equipment)
        if adopting { adopt(authority) }
    }

    mutating func adopt(_ authority: AuthorityCode) {
        guard let shipped = House.shipped,
            let policy = shipped.policies.first(where: { $0.id.text == "needs-assessment" })
        else { return }
        feed(
            .configurationAdopted(ConfigurationAdopted(hash: "c", content: shipped.directory.slice(for: authority))),
            subject: .hub, at: authority)
        feed(.policyAdopted(PolicyAdopted(hash: "p", content: policy)), subject: .hub, at: authority)
    }

    // MARK: Ids

    static func id<Subject>(_ name: String, _ number: Int = 0) -> Identifier<Subject> {
        var derivation = Derivation("test")
        derivation.add(name)
        derivation.add(number)
        return derivation.id()
    }

    static func caseID(_ number: Int, at authority: AuthorityCode = House.authority) -> CaseID {
        CaseID(authority: authority, number: id("case", number))
    }

    /// `nil` is never met: the texts are literals of the tests.
    static func team(_ text: String) -> TeamName { TeamName(text) ?? TeamName("x")! }
    static func agency(_ text: String) -> AgencyName { AgencyName(text) ?? AgencyName("x")! }

    static func person(_ staff: String, _ team: String, _ role: Role) -> NamedPerson {
        NamedPerson(staff: StaffName(staff) ?? StaffName("x")!, team: House.team(team), role: role)
    }

    static let carol = person("bd.carol", "bd-family-help", .teamManager)
    static let dev = person("bd.dev", "bd-family-help", .practitioner)
    static let ewa = person("bd.ewa", "bd-macpt", .teamManager)
    static let grace = person("bd.grace", "bd-early-help", .teamManager)
    static let amara = person("bd.amara", "bd-mash", .mashManager)
    static let beth = person("bd.beth", "bd-mash", .mashPractitioner)
    static let hana = person("hub.hana", "hub-review", .hubReviewer)

    static func rating(_ urgency: RAG, _ level: Int) -> Rating {
        Rating(urgency, level: LevelOfNeed(level) ?? .universal)
    }

    // MARK: Feeding

    @discardableResult
    mutating func feed(
        _ body: EventBody, subject: Subject, by service: Service = .intake,
        at authority: AuthorityCode = House.authority,
        parts: [Part] = [], correlation: ReferralID? = nil
    ) -> EventID {
        offset += 1
        let event = Event(
            id: House.id("event", Int(offset)), source: service,
            time: Instant(milliseconds: 1_790_000_000_000 + offset * 1000), authority: authority, subject: subject,
            correlation: correlation, body: body, parts: parts, position: InputPosition(partition: 3, offset: offset))
        receive(event)
        return event.id
    }

    mutating func receive(_ event: Event) {
        inputs.append(event)
        last = routing.receive(event)
        for posting in last {
            switch posting {
            case .room(let event): events.append(event)
            case .outgoing(let record): outgoing.append(record)
            case .deadLetter: break
            }
        }
        for row in routing.takeChanges() { rows[row.key] = row }
    }

    static func part(_ event: Int, _ name: PartName, _ json: String) -> Part {
        Part(key: KeyName(event: House.id("referral", event), part: name), sealed: Array(json.utf8))
    }

    static func content(
        _ number: Int, children: Int = 1, agency: String = "bd-schools", source: String = "2A",
        withhold: [AgencyName] = []
    ) -> ReferralContent {
        ReferralContent(
            referral: id("referral", number), agency: House.agency(agency), agencyKind: .school,
            reference: "REF-\(number)", source: ReferralSource(source) ?? ReferralSource("10")!,
            receivedAt: Instant(milliseconds: 1_790_000_000_000),
            children: (0..<children).map {
                ChildFacts(child: child(number, $0), part: .child($0), ageBand: .from5to9, protectedAddress: false)
            },
            concerns: [ConcernFacts(about: .child(0), factor: FactorCode("16A"), historic: false)],
            withhold: withhold)
    }

    static func child(_ referral: Int, _ index: Int = 0) -> ChildID { id("child", referral * 100 + index) }

    mutating func refer(
        _ content: ReferralContent, number: Int, parts: [Part]? = nil, at authority: AuthorityCode = House.authority
    ) {
        let standard =
            content.children.indices.map {
                House.part(number, .child($0), #"{"key":"k\#($0)","givenName":"Given\#($0)","familyName":"Family"}"#)
            } + [House.part(number, .text, #"{"narrative":"N","concerns":[{"about":"child-0","narrative":"C"}]}"#)]
        feed(
            .referralSubmitted(ReferralSubmitted(content: content)), subject: .referral(content.referral),
            at: authority, parts: parts ?? standard, correlation: content.referral)
    }

    mutating func identify(
        _ referral: Int, _ index: Int = 0, as disposition: CaseDisposition, case number: Int?
    ) {
        let id = number.map { House.caseID($0) }
        if disposition == .opened, let id {
            feed(
                .caseOpened(
                    CaseOpened(
                        caseID: id, person: House.id("person", referral), child: House.child(referral, index),
                        referral: House.id("referral", referral), receivedAt: .distantPast)),
                subject: .caseID(id), by: .deduplication)
        }
        feed(
            .childIdentified(
                ChildIdentified(
                    referral: House.id("referral", referral), child: House.child(referral, index),
                    part: .child(index), outcome: disposition == .awaiting ? .review : .new, disposition: disposition,
                    caseID: id, candidates: disposition == .awaiting ? [House.id("person", 9)] : [], model: "m",
                    score: 0)),
            subject: .referral(House.id("referral", referral)), by: .deduplication)
    }

    @discardableResult
    mutating func rate(
        _ number: Int, _ urgency: RAG, _ level: Int, referral: Int = 1, index: Int = 0, by person: NamedPerson? = nil
    ) -> EventID {
        feed(
            .caseRated(
                CaseRated(
                    caseID: House.caseID(number), child: House.child(referral, index),
                    referral: House.id("referral", referral), rating: House.rating(urgency, level),
                    reasons: ["neglect"], by: person, danger: false, rereferral: false)),
            subject: .caseID(House.caseID(number)), by: .triage)
    }

    mutating func request(_ text: String, agency: String, case number: Int, referral: Int = 1) {
        feed(
            .returnRequested(
                ReturnRequested(
                    request: text, agency: House.agency(agency), caseID: House.caseID(number),
                    child: House.child(referral), referral: House.id("referral", referral), rating: .amber,
                    topics: ["known-concerns"], purpose: "safeguarding-assessment", necessity: "assess-level-of-need")),
            subject: .request(text), by: .triage)
    }

    @discardableResult
    mutating func decide(
        _ verb: DecisionVerb, by person: NamedPerson, entry: EntryID? = nil, cases: [CaseID] = [],
        asof: EventID? = nil, to: TeamName? = nil, authority: AuthorityCode? = nil, outcome: Outcome? = nil,
        at room: AuthorityCode = House.authority
    ) -> EventID {
        feed(
            .decisionSubmitted(
                DecisionSubmitted(
                    by: person, verb: verb, reason: .other, entry: entry, cases: cases, asof: asof, to: to,
                    authority: authority, outcome: outcome)),
            subject: .hub, at: room)
    }

    // MARK: Looking

    func row(_ number: Int) -> CaseRow? { routing.state.cases[House.caseID(number)] }
    func lead(_ number: Int) -> EntryChange? { row(number)?.lead }
    func newest(_ number: Int) -> EventID? { row(number)?.newest }
    func entry(_ number: Int, _ kind: EntryKind) -> EntryChange? { row(number)?.entries.first { $0.kind == kind } }

    var posted: [EventType] {
        last.compactMap { posting in
            if case .room(let event) = posting { event.body.type } else { nil }
        }
    }

    var sent: [Outgoing] {
        last.compactMap { posting in
            if case .outgoing(let record) = posting { record } else { nil }
        }
    }

    var refusal: String? {
        for posting in last {
            if case .room(let event) = posting, case .decisionRefused(let refused) = event.body {
                return refused.reason
            }
        }
        return nil
    }

    /// A referral of one child, opened as a case, rated and so proposed.
    static func proposed(_ urgency: RAG = .amber, _ level: Int = 3) -> House {
        var house = House()
        house.refer(House.content(1), number: 1)
        house.identify(1, as: .opened, case: 1)
        house.rate(1, urgency, level)
        return house
    }

    static func accepted() -> House {
        var house = House.proposed()
        house.decide(.accept, by: House.carol, entry: house.lead(1)?.entry)
        return house
    }
}

extension Outgoing {
    var text: String { String(decoding: data, as: UTF8.self) }
}
