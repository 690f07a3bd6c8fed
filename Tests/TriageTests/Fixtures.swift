import ConfigurationFiles
import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing
import Testing

@testable import Triage

/// A small room of one authority, written by hand: makes the events that others would post, and reads what triage says.
struct Desk {
    static let barking = AuthorityCode(gss: "E09000002")!
    static let birmingham = AuthorityCode(gss: "E08000025")!

    var triage: Triage
    let authority: AuthorityCode
    private(set) var history: [(input: Event, own: [Event])] = []
    private(set) var told: [Outgoing] = []
    private var offset: Int64 = 0
    /// Of a desk that was asked about one referral alone.
    var alone: (rated: CaseRated, asked: [String])?
    /// How much of the history has been handed back.
    private var read = 0
    /// Thursday 9 October 2025, in term.
    var base: Int64 = 1_760_000_000_000

    init(_ authority: AuthorityCode = Desk.barking, adopts: Bool = true) throws {
        self.authority = authority
        triage = Triage(try Shipped.equipment())
        if adopts { try adopt() }
    }

    mutating func adopt() throws {
        let directory = try Shipped.directory()
        let name = try #require(directory.authorities.first { $0.gss == authority }).policy
        receive(.configurationAdopted(ConfigurationAdopted(hash: "", content: directory)))
        receive(.policyAdopted(PolicyAdopted(hash: "", content: try Shipped.policy(name.text))))
    }

    @discardableResult
    mutating func receive(
        _ body: EventBody, subject: Subject = .hub, correlation: ReferralID? = nil, in room: AuthorityCode? = nil
    ) -> [EventBody] {
        offset += 1
        let event = Event(
            id: EventID(bits: UInt128(offset)), source: .intake,
            time: Instant(milliseconds: base + offset),
            authority: room ?? authority, subject: subject, correlation: correlation, body: body,
            position: InputPosition(partition: 3, offset: offset))
        var own: [Event] = []
        for posting in triage.receive(event) {
            switch posting {
            case .room(let event): own.append(event)
            case .outgoing(let outgoing): told.append(outgoing)
            case .deadLetter: Issue.record("triage sets nothing aside")
            }
        }
        history.append((event, own))
        return own.map(\.body)
    }

    /// Hands triage's own ratings back to it, as the room does.
    @discardableResult
    mutating func readBack() -> [EventBody] {
        var said: [EventBody] = []
        for (index, entry) in history.enumerated().dropFirst(read) {
            read = index + 1
            for own in entry.own where own.body.type == .caseRated {
                offset += 1
                var event = own
                event.position = InputPosition(partition: 3, offset: offset)
                for posting in triage.receive(event) {
                    if case .room(let event) = posting { said.append(event.body) }
                }
            }
        }
        return said
    }

    func caseID(_ number: Int) -> CaseID {
        CaseID(authority: authority, number: Identifier(bits: UInt128(number)))
    }

    func rating(_ number: Int) -> Rating? { triage.state.cases[caseID(number)]?.rating }

    /// Submitted and identified with a case, as one.
    @discardableResult
    mutating func refer(_ content: ReferralContent, to number: Int, rereferral: Bool = false) -> [EventBody] {
        receive(.referralSubmitted(ReferralSubmitted(content: content)))
        return identify(content, with: number, rereferral: rereferral)
    }

    @discardableResult
    mutating func identify(
        _ content: ReferralContent, child: Int = 0, with number: Int, rereferral: Bool = false
    ) -> [EventBody] {
        let previous = PreviousReferral(caseID: caseID(999), receivedAt: Instant(milliseconds: 0))
        return receive(
            .childIdentified(
                ChildIdentified(
                    referral: content.referral, child: content.children[child].child,
                    part: content.children[child].part, outcome: .linked, disposition: .joined,
                    caseID: caseID(number), model: "rule-1", score: 0, rereferral: rereferral ? previous : nil)),
            correlation: content.referral)
    }

    @discardableResult
    mutating func close(_ number: Int) -> [EventBody] {
        receive(
            .caseClosed(
                CaseDecision(
                    caseID: caseID(number), by: Desk.manager(authority), decision: EventID(bits: 1),
                    reason: .needsMet)))
    }

    @discardableResult
    mutating func reopen(_ number: Int, _ reason: String, referral: ReferralID? = nil) -> [EventBody] {
        receive(.caseReopened(CaseReopened(caseID: caseID(number), referral: referral, reason: reason)))
    }

    @discardableResult
    mutating func decide(
        _ rating: Rating?, _ numbers: [Int], by person: NamedPerson? = nil, entry: EntryID? = nil,
        asof: EventID? = nil, seesAll: Bool = true
    ) -> [EventBody] {
        let newest = numbers.first.flatMap { triage.state.cases[caseID($0)]?.seen.last }
        return receive(
            .decisionSubmitted(
                DecisionSubmitted(
                    by: person ?? Desk.manager(authority), verb: .rate, reason: .riskReduced, entry: entry,
                    cases: numbers.map { caseID($0) }, asof: asof ?? (seesAll ? newest : nil), rating: rating)))
    }

    static func manager(_ authority: AuthorityCode) -> NamedPerson {
        let place = authority == barking ? "bd" : "bi"
        return NamedPerson(staff: StaffName("\(place).amara")!, team: TeamName("\(place)-mash")!, role: .mashManager)
    }
}

enum Shipped {
    static func equipment() throws -> Equipment {
        let lists = try ConfigurationSource(folder: nil).document("topics/audiences.yaml").json
        let key = try #require(SecretKey(bytes: (0..<32).map { UInt8($0) }))
        return Equipment(
            open: { _ in nil }, keyed: KeyedHash(key),
            allowLists: try AllowLists(json: try JSONParser().parse(lists)))
    }

    static func directory() throws -> HubDirectory {
        try HubDirectory(json: try JSONParser().parse(try ConfigurationSource(folder: nil).hub().json))
    }

    static func policy(_ name: String) throws -> Policy {
        let document = try ConfigurationSource(folder: nil).document("policies/\(name).yaml")
        return try Policy(json: try JSONParser().parse(document.json))
    }
}

/// A referral of one child; numbers are ids.
func referral(
    _ number: Int, from agency: String = "bd-schools", children: [(Int, AgeBand)] = [(0, .from5to9)],
    _ factors: [String] = [], historic: Bool = false, danger: Bool = false, withhold: [String] = [],
    childWithholds: [String] = [], source: String = "2A"
) -> ReferralContent {
    let id = ReferralID(bits: UInt128(number))
    return ReferralContent(
        referral: id, agency: AgencyName(agency)!, agencyKind: .school, reference: "r", source: ReferralSource(source)!,
        receivedAt: Instant(milliseconds: 0), immediateDanger: danger,
        children: children.map { index, band in
            ChildFacts(
                child: ChildID(bits: UInt128(number * 100 + index)), part: .child(index), ageBand: band,
                withhold: childWithholds.map { AgencyName($0)! })
        },
        concerns: factors.map { concern($0, historic: historic) }, withhold: withhold.map { AgencyName($0)! })
}

func concern(_ factor: String, about part: PartName = .child(0), historic: Bool = false) -> ConcernFacts {
    ConcernFacts(about: part, factor: FactorCode(factor)!, historic: historic)
}

func findings(
    _ request: ReturnRequested, _ factors: [String], kind: ReturnKind = .full, complete: Bool = false,
    identified: Bool = true, from agency: String? = nil
) -> ReturnContent {
    ReturnContent(
        request: request.request, agency: agency.map { AgencyName($0)! } ?? request.agency,
        submission: EventID(bits: 5), kind: kind, complete: complete, identified: identified,
        findings: factors.map { concern($0) })
}

extension [EventBody] {
    var rated: [CaseRated] { compactMap { if case .caseRated(let rated) = $0 { rated } else { nil } } }
    var requested: [ReturnRequested] {
        compactMap { if case .returnRequested(let requested) = $0 { requested } else { nil } }
    }
    var refused: [DecisionRefused] {
        compactMap { if case .decisionRefused(let refused) = $0 { refused } else { nil } }
    }
    var asked: [String] { requested.map(\.agency.text) }
    func request(to agency: String) throws -> ReturnRequested {
        try #require(requested.first { $0.agency.text == agency })
    }
}
