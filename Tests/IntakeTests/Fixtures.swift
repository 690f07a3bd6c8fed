import ConfigurationFiles
import DomainModel
import EventLog
import HubConfiguration
import JSON
import Room
import Sealing

@testable import Intake

/// Intake with the shipped configuration, fed by hand.
struct Bench {
    static let start = Instant(milliseconds: 1_795_450_000_000)  // 2026-11-23T16:46:40Z
    static let keyed: KeyedHash = {
        guard let key = SecretKey(bytes: [UInt8](repeating: 7, count: 32)) else { fatalError("32 bytes are a key") }
        return KeyedHash(key)
    }()
    static let configuration: LoadedConfiguration = {
        do { return try LoadedConfiguration(ConfigurationSource(folder: nil)) } catch { fatalError("\(error)") }
    }()
    var intake: Intake
    private var offsets: [String: Int64] = [:]
    private(set) var adoptions: [Posting] = []

    init(isAdopted: Bool = true) {
        intake = Intake(Equipment(open: { $0.opened }, keyed: Bench.keyed, allowLists: Bench.configuration.allowLists))
        if isAdopted {
            adoptions = intake.adopt(
                Bench.configuration.directory, policies: Bench.configuration.policies, now: Bench.start)
        }
    }

    /// Takes all rows into a fresh one, as a restart does.
    mutating func restart() throws(RowError) {
        var fresh = Intake(
            Equipment(open: { $0.opened }, keyed: Bench.keyed, allowLists: Bench.configuration.allowLists))
        for row in intake.takeChanges() { try fresh.restore(row) }
        intake = fresh
    }

    mutating func send(_ message: Message) -> [Posting] {
        let offset = offsets[message.topicName, default: 0]
        offsets[message.topicName] = offset + 1
        return intake.receive(message.record(offset: offset))
    }
}

/// A message from outside, faultless until a test spoils it.
struct Message {
    var topic: IngressTopic
    var id: String
    var type: String
    var source: String
    var data: [UInt8]
    var isTombstone = false
    var headers: [(String, String)] = []
    var at = Bench.start

    init(_ topic: IngressTopic, _ type: String, id: String, _ data: String) {
        self.topic = topic
        self.id = id
        self.type = "frontdoor.\(type).v1"
        self.data = Array(data.utf8)
        source = topic.source
    }

    var topicName: String {
        let topics = HubTopics()
        return switch topic {
        case .referrals(let name): topics.referrals(name).name
        case .returns(let name): topics.returns(name).name
        case .decisions(let name): topics.decisions(name).name
        case .answers(let name): topics.answers(name).name
        case .records: topics.records.name
        }
    }

    func record(offset: Int64) -> IngressRecord {
        var all = Headers()
        all.append("ce_specversion", "1.0".utf8)
        all.append("ce_id", id.utf8)
        all.append("ce_source", source.utf8)
        all.append("ce_type", type.utf8)
        for (name, value) in headers { all.append(name: name, value: value.utf8) }
        return IngressRecord(
            topic: topic, position: InputPosition(topic: topicName, partition: 0, offset: offset), receivedAt: at,
            headers: all, value: isTombstone ? nil : data)
    }

    static let police = name(AgencyName("bd-police"))
    static let gps = name(AgencyName("bd-gps"))
    static let mash = name(TeamName("bd-mash"))
    static let desk = name(DeskName("bd-duty"))
    static let barking = code("E09000002")
    static let essex = code("E10000012")

    static func name<Value>(_ value: Value?) -> Value {
        guard let value else { fatalError("a name of the fixtures is none") }
        return value
    }
    static func code(_ text: String) -> AuthorityCode { name(AuthorityCode(gss: text)) }

    static func referral(_ id: String = "r-1", _ data: String = Samples.referral) -> Message {
        Message(.referrals(police), "referral.submitted", id: id, data)
    }
    static func correction(_ id: String, of earlier: String, more: String = "") -> Message {
        Message(
            .referrals(police), "referral.corrected", id: id,
            #"{"earlier":"\#(earlier)","localAuthority":"E09000002","children":[{"key":"a"}]\#(more)}"#)
    }
    static func withdrawal(_ id: String, of earlier: String) -> Message {
        Message(
            .referrals(police), "referral.withdrawn", id: id, #"{"earlier":"\#(earlier)","reason":"sent-in-error"}"#)
    }
    /// What the hub would have asked this agency.
    static func request(_ number: UInt128 = 1, to agency: AgencyName = gps, of authority: AuthorityCode = barking)
        -> String
    {
        Bench.keyed.issueReference(
            authority: authority, for: Identifier<RequestSubject>(bits: number), to: agency
        ).description
    }
    static func returned(_ id: String = "t-1", request: String = request(), _ fields: String = #""kind":"full""#)
        -> Message
    {
        Message(.returns(gps), "return.submitted", id: id, #"{"request":"\#(request)",\#(fields)}"#)
    }
    static func decision(
        _ id: String = "d-1", _ fields: String = #""person":"bd.amara","verb":"accept","reason":"threshold-met""#
    ) -> Message {
        Message(.decisions(mash), "decision.submitted", id: id, "{\(fields)}")
    }
    static func answer(
        _ id: String = "a-1", _ fields: String = #""alert":"00000000000000000000000001","person":"bd.ines""#
    ) -> Message {
        Message(.answers(desk), "alert.answered", id: id, "{\(fields)}")
    }
}

enum Samples {
    static let referral = """
        {"localAuthority":"E09000002","referralSource":"6","children":[
          {"key":"a","givenName":"Ana","familyName":"Test","birthDate":"2019-05-01","nhsNumber":"9434765919"},
          {"key":"b","expectedDate":"2027-02-01"}],
         "adults":[{"key":"m","relationship":"parent","parentalResponsibility":true,"givenName":"Mo"}],
         "concerns":[{"about":"a","factor":"16A","narrative":"words"},{"about":"m","factor":"4B"}],
         "narrative":"more words"}
        """
}

/// What a message became; exactly one of these.
enum Fate: Hashable { case accepted, repeated, refused, several, nothing }

extension [Posting] {
    var events: [Event] { compactMap { if case .room(let event) = $0 { event } else { nil } } }
    var outgoing: [Outgoing] { compactMap { if case .outgoing(let sent) = $0 { sent } else { nil } } }
    var deadLetters: [DeadLetter] { compactMap { if case .deadLetter(let letter) = $0 { letter } else { nil } } }

    var refusal: SubmissionRefused? {
        for event in events { if case .submissionRefused(let facts) = event.body { return facts } }
        return nil
    }
    var referral: ReferralContent? {
        for event in events {
            switch event.body {
            case .referralSubmitted(let facts): return facts.content
            case .referralCorrected(let facts): return facts.content
            default: break
            }
        }
        return nil
    }
    var returned: ReturnContent? {
        for event in events {
            switch event.body {
            case .returnSubmitted(let facts): return facts.content
            case .returnDeclined(let facts): return facts.content
            case .returnCorrected(let facts): return facts.content
            default: break
            }
        }
        return nil
    }
    /// A part's plain bytes as text.
    func part(_ name: PartName) -> String? {
        events.first?.part(name)?.opened.map { String(decoding: $0, as: UTF8.self) }
    }
    /// What the one outgoing record says.
    var told: String { outgoing.first.map { String(decoding: $0.data, as: UTF8.self) } ?? "" }

    var fate: Fate {
        let isTold = outgoing.count == 1
        switch (events.count, deadLetters.count) {
        case (1, 1): return refusal != nil ? .refused : .several
        case (1, 0):
            if case .heartbeatSent = events[0].body { return outgoing.isEmpty ? .accepted : .several }
            if case .referralRepeated = events[0].body { return isTold ? .repeated : .several }
            return isTold && refusal == nil ? .accepted : .several
        case (0, 0): return isTold ? (told.contains(#""repeated":true"#) ? .repeated : .several) : .nothing
        default: return .several
        }
    }
}
