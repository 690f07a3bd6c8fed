import DomainModel
import EventLog
import HubConfiguration
import JSON
import Room
import Sealing
import Testing

/// The examples of the room's events through the codec; `check_topics.py` runs them through the schemas.
struct RoomExampleTests {
    static let authority = known(AuthorityCode(gss: "E09000002"))
    static func known<Value>(_ value: Value?) -> Value {
        guard let value else { preconditionFailure("a name of the fixtures is none") }
        return value
    }

    @Test func everyTypeHasASchemaAndExamples() {
        let types = EventType.allCases.map(\.rawValue).sorted()
        #expect(Tree.schemas(of: "room") == types)
        for type in types {
            #expect(Example.good("room").contains { $0.type == type }, "\(type) has no good example")
            #expect(Example.bad("room").contains { $0.type == type }, "\(type) has no bad example")
        }
    }

    /// Facts and sealed parts of an example as an event.
    static func event(_ example: Example, number: Int) throws -> Event {
        let json = try JSONParser().parse(try example.bytes())
        let type = try #require(EventType(rawValue: example.type))
        var parts: [Part] = []
        if let sealed = json.member("sealed") {
            for (_, part) in try sealed.members() { parts.append(try HeldPart(json: part).part) }
        }
        return Event(
            id: EventID(bits: UInt128(number) << 64 | 0x5eed), source: type == .clockStruck ? .clock : .intake,
            time: Instant(milliseconds: 1_795_439_280_123), authority: authority,
            subject: .caseID(CaseID(authority: authority, number: Identifier(bits: 7))), causation: EventID(bits: 1),
            correlation: ReferralID(bits: 2), policyVersion: "2026-11-01",
            body: try EventBody(type, facts: try #require(json.member("facts"))), parts: parts,
            input: InputPosition(partition: 3, offset: 1041))
    }

    @Test(arguments: Example.good("room"))
    func aGoodOneIsReadAndWrittenAgainAsItWas(_ example: Example) throws {
        let event = try Self.event(example, number: 1)
        let codec = RoomCodec(topics: HubTopics())
        let record = codec.record(of: event)
        let written = try canonical(try JSONParser().parse(try #require(record.value)))
        #expect(written == (try canonical(try JSONParser().parse(try example.bytes()))))
    }

    @Test(arguments: Example.good("room"))
    func anEventOfEveryTypeComesBackFromItsRecord(_ example: Example) throws {
        var event = try Self.event(example, number: 1)
        let codec = RoomCodec(topics: HubTopics())
        let record = codec.record(of: event)
        let stored = StoredRecord(
            source: record.target, offset: Offset(1042), appendTime: event.time, key: record.key,
            headers: record.headers, value: record.value)
        event.position = InputPosition(partition: record.target.partition, offset: 1042)
        #expect(try codec.event(from: stored, parser: JSONParser()) == event)
    }

    @Test(arguments: Example.bad("room"))
    func aBadOneIsRefusedAtItsFault(_ example: Example) throws {
        let fault = try #require(try Example.faults()[example.path])
        let json = try JSONParser().parse(try example.bytes())
        let type = try #require(EventType(rawValue: example.type))
        var found: String?
        do throws(JSONError) {
            guard let facts = json.member("facts") else { throw JSONError(expected: "the facts").inside("facts") }
            _ = try EventBody(type, facts: facts)
        } catch {
            found = error.inside("facts").pointer.description
        }
        #expect(found == fault)
    }

    /// What the codec knows and no example shows could drift from its schema unseen.
    @Test func everyFieldOfEveryEventStandsInAnExample() throws {
        var coverage = Coverage()
        for example in Example.good("room") { coverage.visit(try Self.event(example, number: 1).body) }
        // What says where a listed address is stands in the file alone: an event that held it would give a refuge away.
        let ofTheFileAlone = ["kind", "line", "postcode", "uprn"].map { "SharedAddress.\($0)" }
        #expect(coverage.missing == ofTheFileAlone, "no good example fills the others")
        #expect(coverage.fields > 150)
    }
}

/// Which stored properties were seen with something in them.
private struct Coverage {
    private var seen: [String: Bool] = [:]
    var fields: Int { seen.count }
    var missing: [String] { seen.filter { !$0.value }.map(\.key).sorted() }

    mutating func visit(_ value: Any) {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional, .collection, .enum: for child in mirror.children { visit(child.value) }
        case .struct:
            for child in mirror.children {
                guard let label = child.label else { continue }
                let name = "\(mirror.subjectType).\(label)"
                seen[name] = seen[name] == true || isFilled(child.value)
                visit(child.value)
            }
        default: break
        }
    }

    private func isFilled(_ value: Any) -> Bool {
        if let flag = value as? Bool { return flag }
        let mirror = Mirror(reflecting: value)
        return mirror.displayStyle == .optional || mirror.displayStyle == .collection ? !mirror.children.isEmpty : true
    }
}

/// The lists of codes in `common.json` against those of the code.
struct CodeListTests {
    static let lists: [String: [String]] = [
        "rag": RAG.allCases.map(\.rawValue), "sex": Sex.allCases.map(\.rawValue),
        "agencyKind": AgencyKind.allCases.map(\.rawValue), "teamKind": TeamKind.allCases.map(\.rawValue),
        "role": Role.allCases.map(\.rawValue), "ageBand": AgeBand.allCases.map(\.rawValue),
        "adultRelationship": AdultRelationship.allCases.map(\.rawValue),
        "returnKind": ReturnKind.allCases.map(\.rawValue), "declineReason": DeclineReason.allCases.map(\.rawValue),
        "withdrawalReason": WithdrawalReason.allCases.map(\.rawValue), "markCode": MarkCode.allCases.map(\.rawValue),
        "identityOutcome": IdentityOutcome.allCases.map(\.rawValue),
        "caseDisposition": CaseDisposition.allCases.map(\.rawValue), "entryKind": EntryKind.allCases.map(\.rawValue),
        "entryState": EntryState.allCases.map(\.rawValue), "decisionVerb": DecisionVerb.allCases.map(\.rawValue),
        "outcome": Outcome.allCases.map(\.rawValue), "decisionReason": DecisionReason.allCases.map(\.rawValue),
        "clockEvent": ClockEvent.allCases.map(\.rawValue),
        "obligationKind": ObligationKind.allCases.map(\.rawValue),
        "submissionChannel": SubmissionChannel.allCases.map(\.rawValue),
        "deliveryChannel": DeliveryChannel.allCases.map(\.rawValue), "weekday": Weekday.allCases.map(\.rawValue),
        "policyProfile": PolicyProfile.allCases.map(\.rawValue), "service": Service.allCases.map(\.rawValue),
        "referralSource": ReferralSource.listed, "factor": FactorCode.listed,
    ]

    @Test(arguments: lists.keys.sorted())
    func theSchemasListTheCodesOfTheCode(_ name: String) throws {
        let json = try JSONParser().parse(try Tree.bytes("topics/schemas/common.json"))
        let shape = try #require(json.member("$defs")?.member(named: name))
        let listed = try [String](json: try #require(shape.member("enum")))
        #expect(listed.sorted() == Self.lists[name]?.sorted())
    }
}
