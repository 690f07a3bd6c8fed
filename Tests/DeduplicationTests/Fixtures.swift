import DomainJSON
import DomainModel
import HubConfiguration
import JSON
import PersonMatching
import Room
import Sealing
import Testing

@testable import Deduplication

/// A child as a sender writes it.
struct Told {
    var key: UInt128
    var given: String? = nil
    var family: String? = nil
    var born: String? = nil
    var nhs: String? = nil
    var postcode: String? = nil
    var line: String? = nil
    var uprn: String? = nil
    var expected: String? = nil

    var child: ChildID { ChildID(bits: key) }

    var bytes: [UInt8] {
        var json = JSONWriter(reserving: 200)
        json.beginObject()
        json.field("key", "k\(key)")
        json.field("givenName", given)
        json.field("familyName", family)
        json.field("birthDate", born)
        json.field("expectedDate", expected)
        json.field("nhsNumber", nhs)
        if postcode != nil || uprn != nil {
            json.key("address")
            json.beginObject()
            if let line { json.field("lines", [line]) }
            json.field("postcode", postcode)
            json.field("uprn", uprn)
            json.endObject()
        }
        json.field("unknown", 7)
        json.endObject()
        return json.bytes
    }
}

/// A valid NHS number from a small number.
func nhs(_ seed: Int) -> String {
    for nine in (seed * 30)..<(seed * 30 + 30) {
        for check in 0...9 where NHSNumber("\(400_000_000 + nine)\(check)") != nil {
            return "\(400_000_000 + nine)\(check)"
        }
    }
    return ""
}

func at(_ text: String) -> Instant { Instant(rfc3339: text) ?? .distantFuture }
func referral(_ number: UInt128) -> ReferralID { ReferralID(bits: number) }

struct Names {
    let authority: AuthorityCode
    let other: AuthorityCode
    let mash: TeamName
    let familyHelp: TeamName
    let manager: NamedPerson
    let practitioner: NamedPerson
    let stranger: NamedPerson
    let agency: AgencyName
    let policy: Policy
    let directory: HubDirectory

    init() throws {
        authority = try #require(AuthorityCode(gss: "E09000002"))
        other = try #require(AuthorityCode(gss: "E09000012"))
        mash = try #require(TeamName("barking.mash"))
        familyHelp = try #require(TeamName("barking.family-help"))
        let elsewhere = try #require(TeamName("hackney.mash"))
        let staff = try #require(StaffName("a.okafor"))
        manager = NamedPerson(staff: staff, team: mash, role: .mashManager)
        practitioner = NamedPerson(staff: staff, team: familyHelp, role: .practitioner)
        stranger = NamedPerson(staff: staff, team: elsewhere, role: .mashManager)
        agency = try #require(AgencyName("met-police"))
        let calendar = try #require(CalendarName("always"))
        let day = try #require(CivilDate(iso8601: "2026-01-01"))
        policy = Policy(
            formatVersion: 1, id: try #require(PolicyName("test")), version: "1", title: "Test",
            profile: .riskAssessment, agreedBy: "The partners", agreedOn: day, reviewOn: day,
            fallback: Fallback(rating: .amber, level: try #require(LevelOfNeed(3)), reason: "fallback"))
        directory = HubDirectory(
            formatVersion: 1,
            teams: [
                Team(id: mash, name: "MASH", kind: .mash, authority: authority, calendar: calendar),
                Team(id: familyHelp, name: "Help", kind: .familyHelp, authority: authority, calendar: calendar),
                Team(id: elsewhere, name: "MASH", kind: .mash, authority: other, calendar: calendar),
            ],
            permissions: [
                Permission(role: .mashManager, verbs: [.confirmIdentity, .unlink, .split, .merge, .born, .lost]),
                Permission(role: .practitioner, verbs: [.accept]),
            ])
    }
}

/// A room with Deduplication alone in it.
struct Desk {
    let names: Names
    private(set) var participant: Deduplication
    private(set) var log: [(input: Event, postings: [Posting])] = []
    private(set) var rows: [[UInt8]: [UInt8]] = [:]
    private(set) var rowOrder: [[UInt8]] = []
    private var serial: UInt128 = 1_000_000

    static func equipment() throws -> Equipment {
        let lists = try JSONParser().parse(
            Array(
                #"{"types":{"decision.refused":{"team":["decision","verb","reason","entry","case","newest"]}}}"#.utf8))
        return Equipment(
            open: { part in part.sealed.map { $0.map { $0 ^ 0x5a } } },
            keyed: KeyedHash(try #require(SecretKey(bytes: Array(repeating: 7, count: 32)))),
            allowLists: try AllowLists(json: lists))
    }

    init(adopted: Bool = true) throws {
        names = try Names()
        participant = Deduplication(try Desk.equipment())
        guard adopted else { return }
        for authority in [names.authority, names.other] {
            say(.configurationAdopted(ConfigurationAdopted(hash: "1", content: names.directory)), in: authority)
            say(.policyAdopted(PolicyAdopted(hash: "1", content: names.policy)), in: authority)
        }
    }

    /// Hands an event of another's to the participant.
    @discardableResult
    mutating func say(
        _ body: EventBody, in authority: AuthorityCode? = nil, now: Instant = at("2026-11-23T10:00:00Z"),
        parts: [Part] = []
    ) -> [Posting] {
        serial += 1
        let event = Event(
            id: EventID(bits: serial), source: .intake, time: now, authority: authority ?? names.authority,
            subject: .hub, body: body, parts: parts, position: InputPosition(partition: 0, offset: Int64(log.count)))
        let postings = participant.receive(event)
        log.append((event, postings))
        keep(participant.takeChanges())
        return postings
    }

    private mutating func keep(_ changes: [RowChange]) {
        for change in changes {
            if rows[change.key] == nil { rowOrder.append(change.key) }
            rows[change.key] = change.value
        }
    }

    /// As after a restart: the rows alone, in an order that is not that of their writing.
    mutating func restart() throws {
        participant = Deduplication(try Desk.equipment())
        for key in rowOrder.reversed() {
            if let value = rows[key] { try participant.restore(RowChange(key: key, value: value)) }
        }
    }

    /// The mother, where one is given, is the first adult.
    var mother: Told?

    func content(_ number: UInt128, _ told: [Told], received: Instant, marks: [Mark] = []) throws -> ReferralContent {
        ReferralContent(
            referral: referral(number), agency: names.agency, agencyKind: .police, reference: "r",
            source: try #require(ReferralSource("6")), receivedAt: received,
            children: told.enumerated().map {
                ChildFacts(
                    child: $1.child, part: .child($0),
                    ageBand: $1.expected == nil ? $1.born.map { $0 >= "2026" } == true ? .under1 : .from5to9 : .unborn)
            }, adults: mother == nil ? [] : [AdultFacts(part: .adult(0), relationship: .parent)], marks: marks)
    }

    func parts(_ told: [Told]) -> [Part] {
        let children = told.enumerated().map { (PartName.child($0), $1) }
        return (children + (mother.map { [(PartName.adult(0), $0)] } ?? [])).map { name, person in
            Part(key: KeyName(event: EventID(bits: serial + 1), part: name), sealed: person.bytes.map { $0 ^ 0x5a })
        }
    }

    @discardableResult
    mutating func refer(
        _ number: UInt128, _ told: Told..., received: String = "2026-11-23T10:00:00Z",
        in authority: AuthorityCode? = nil, marks: [Mark] = []
    ) throws -> [Posting] {
        let content = try content(number, told, received: at(received), marks: marks)
        return say(
            .referralSubmitted(ReferralSubmitted(content: content)), in: authority, now: at(received),
            parts: parts(told))
    }

    @discardableResult
    mutating func correct(
        _ number: UInt128, _ told: Told..., received: String = "2026-11-23T10:00:00Z", marks: [Mark] = []
    ) throws -> [Posting] {
        let content = try content(number, told, received: at(received), marks: marks)
        return say(
            .referralCorrected(ReferralCorrected(content: content)), now: at(received), parts: parts(told))
    }

    @discardableResult
    mutating func withdraw(_ number: UInt128) -> [Posting] {
        say(
            .referralWithdrawn(
                ReferralWithdrawn(referral: referral(number), agency: names.agency, reason: .sentInError)))
    }

    @discardableResult
    mutating func decide(
        _ verb: DecisionVerb, _ child: ChildID?, with children: [ChildID] = [], cases: [CaseID] = [],
        person: PersonID? = nil, by: NamedPerson? = nil, in authority: AuthorityCode? = nil, text: String? = nil
    ) -> [Posting] {
        say(
            .decisionSubmitted(
                DecisionSubmitted(
                    by: by ?? names.manager, verb: verb, reason: .identityChecked, cases: cases, child: child,
                    children: children, person: person)),
            in: authority,
            parts: text.map { text in
                [Part(key: KeyName(event: EventID(bits: serial + 1), part: .text), sealed: text.utf8.map { $0 ^ 0x5a })]
            } ?? [])
    }

    @discardableResult
    mutating func close(_ caseID: CaseID) -> [Posting] {
        say(
            .caseClosed(
                CaseDecision(caseID: caseID, by: names.manager, decision: EventID(bits: 5), reason: .needsMet)))
    }

    @discardableResult
    mutating func reopen(_ caseID: CaseID) -> [Posting] {
        say(.caseReopened(CaseReopened(caseID: caseID, reason: "referred-meanwhile")))
    }

    @discardableResult
    mutating func strike(_ now: Instant) -> [Posting] { say(.clockStruck(ClockStruck(now: now)), in: .hub, now: now) }

    /// All that was posted about who a child is, in order.
    var identified: [ChildIdentified] { log.flatMap { $0.postings.identified } }
    func last(_ child: Told) -> ChildIdentified? { identified.last { $0.child == child.child } }
}

extension Array where Element == Posting {
    var events: [Event] {
        compactMap { if case .room(let event) = $0 { event } else { nil } }
    }
    var types: [EventType] { events.map(\.body.type) }
    var identified: [ChildIdentified] {
        events.compactMap { if case .childIdentified(let facts) = $0.body { facts } else { nil } }
    }
    var refusals: [String] {
        events.compactMap { if case .decisionRefused(let facts) = $0.body { facts.reason } else { nil } }
    }
    var outgoing: [Outgoing] {
        compactMap { if case .outgoing(let record) = $0 { record } else { nil } }
    }
}
