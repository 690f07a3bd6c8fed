import Deduplication
import DomainModel
import HubConfiguration
import JSON
import MatchEvaluation
import PersonMatching
import Room
import Sealing
import Testing

/// The hub's own participant, told of children as referrals tell of them: one sealed part a person, parents as adults.
private struct Hub {
    private(set) var participant: Deduplication
    private var serial: UInt128 = 0
    private let authority: AuthorityCode
    private let agency: AgencyName
    private let manager: NamedPerson

    init() throws {
        authority = try #require(AuthorityCode(gss: "E09000002"))
        agency = try #require(AgencyName("met-police"))
        let mash = try #require(TeamName("barking.mash"))
        let calendar = try #require(CalendarName("always"))
        manager = NamedPerson(staff: try #require(StaffName("a.okafor")), team: mash, role: .mashManager)
        participant = Deduplication(
            Equipment(
                open: { $0.sealed.map { $0.map { $0 ^ 0x5a } } },
                keyed: KeyedHash(try #require(SecretKey(bytes: Array(repeating: 7, count: 32)))),
                allowLists: try AllowLists(json: JSONParser().parse(Array(#"{"types":{}}"#.utf8)))))
        let directory = HubDirectory(
            formatVersion: 1,
            teams: [Team(id: mash, name: "MASH", kind: .mash, authority: authority, calendar: calendar)],
            permissions: [Permission(role: .mashManager, verbs: [.confirmIdentity])])
        let day = try #require(CivilDate(iso8601: "2026-01-01"))
        let policy = Policy(
            formatVersion: 1, id: try #require(PolicyName("test")), version: "1", title: "Test",
            profile: .riskAssessment, agreedBy: "The partners", agreedOn: day, reviewOn: day,
            fallback: Fallback(rating: .amber, level: try #require(LevelOfNeed(3)), reason: "fallback"))
        _ = say(.configurationAdopted(ConfigurationAdopted(hash: "1", content: directory)))
        _ = say(.policyAdopted(PolicyAdopted(hash: "1", content: policy)))
    }

    private mutating func say(_ body: EventBody, parts: [(PartName, [UInt8])] = []) -> [ChildIdentified] {
        serial += 1
        let id = EventID(bits: serial)
        let postings = participant.receive(
            Event(
                id: id, source: .intake, time: Instant(rfc3339: "2026-11-23T10:00:00Z") ?? .distantFuture,
                authority: authority, subject: .hub, body: body,
                parts: parts.map { Part(key: KeyName(event: id, part: $0.0), sealed: $0.1.map { $0 ^ 0x5a }) }))
        return postings.compactMap { posting in
            guard case .room(let event) = posting, case .childIdentified(let facts) = event.body else { return nil }
            return facts
        }
    }

    mutating func refer(_ number: UInt128, _ told: MatchRecord) throws -> ChildIdentified {
        let adults = told.parents.indices.map { AdultFacts(part: .adult($0), relationship: .parent) }
        let content = ReferralContent(
            referral: ReferralID(bits: number), agency: agency, agencyKind: .police, reference: "r",
            source: try #require(ReferralSource("6")),
            receivedAt: Instant(rfc3339: "2026-11-23T10:00:00Z") ?? .distantFuture,
            children: [ChildFacts(child: ChildID(bits: number), part: .child(0), ageBand: .from5to9)], adults: adults)
        let parts =
            [(PartName.child(0), Hub.child(told))]
            + told.parents.enumerated().map { (PartName.adult($0), Hub.adult($1)) }
        return try #require(say(.referralSubmitted(ReferralSubmitted(content: content)), parts: parts).first)
    }

    /// A named person says that the child is somebody new.
    mutating func answer(_ number: UInt128) throws -> ChildIdentified {
        let decision = DecisionSubmitted(
            by: manager, verb: .confirmIdentity, reason: .identityChecked, child: ChildID(bits: number))
        return try #require(say(.decisionSubmitted(decision)).first)
    }

    private static func adult(_ name: FoldedName) -> [UInt8] {
        var json = JSONWriter(reserving: 100)
        json.beginObject()
        json.field("givenName", name.given)
        json.field("familyName", name.family)
        json.endObject()
        return json.bytes
    }

    private static func child(_ told: MatchRecord) -> [UInt8] {
        var json = JSONWriter(reserving: 300)
        json.beginObject()
        if let name = told.names.first {
            let given = [name.given, name.middle].compactMap { $0 }.joined(separator: " ")
            json.field("givenName", given.isEmpty ? nil : given)
            json.field("familyName", name.family)
        }
        json.field("birthDate", told.birthDate?.description)
        json.field("birthDateEstimated", told.birthDateIsEstimated)
        json.field("sex", told.sex?.rawValue)
        json.field("nhsNumber", told.nhsNumber?.text)
        json.field("upn", told.upn?.text)
        if let address = told.addresses.first {
            json.key("address")
            json.beginObject()
            json.field("lines", [address.line].compactMap { $0 })
            json.field("postcode", address.postcode)
            json.endObject()
        }
        json.endObject()
        return json.bytes
    }
}

@Suite struct HubAgreesTests {
    /// What a file cannot tell apart from a message: a further name without a given one.
    private func plain(_ record: MatchRecord) -> MatchRecord {
        var record = record
        for place in record.names.indices where record.names[place].given == nil { record.names[place].middle = nil }
        return record
    }

    /// What 'match evaluate' measures is what the hub does: the known children told in referrals, each referral decided
    /// against the known alone, households and parents and all.
    @Test(arguments: [UInt64(31), 32])
    func theHubDecidesAsTheEvaluator(seed: UInt64) throws {
        let world = Invented(seed: seed, families: 110)
        let known = world.known.map { ChildrenFile.Child(id: $0.child.id, record: plain($0.child.record)) }
        let evaluator = KnownChildren(ChildrenFile(known), model: .shipped)
        var hub = try Hub()
        var ids: [PersonID: String] = [:]
        for (place, child) in known.enumerated() {
            var identified = try hub.refer(UInt128(place + 1), child.record)
            if identified.disposition == .awaiting { identified = try hub.answer(UInt128(place + 1)) }
            try #require(identified.outcome == .new)
            ids[try #require(identified.person)] = child.id
        }
        #expect(ids.count == known.count)
        var outcomes: [IdentityOutcome: Int] = [:]
        var comparedParents = 0
        for referral in world.referrals {
            let record = plain(referral.child.record)
            let expected = evaluator.decide(ChildrenFile.Child(id: referral.child.id, record: record))
            var alone = hub
            let identified = try alone.refer(1_000_000, record)
            #expect(identified.outcome == expected.decision.outcome)
            #expect(identified.candidates.map { ids[$0] } == expected.candidates)
            if identified.outcome == .linked { #expect(identified.person.flatMap { ids[$0] } == expected.person) }
            #expect(identified.score == expected.decision.score)
            let comparisons = expected.decision.comparisons.map { [$0.field.rawValue, $0.level.rawValue] }
            #expect(identified.comparisons.map { [$0.field, $0.level] } == comparisons)
            outcomes[identified.outcome, default: 0] += 1
            if identified.comparisons.contains(where: { $0.field == "parent" }) { comparedParents += 1 }
        }
        #expect(outcomes.values.allSatisfy { $0 >= 20 } && outcomes.count == 3)
        #expect(comparedParents > 30)
    }
}
