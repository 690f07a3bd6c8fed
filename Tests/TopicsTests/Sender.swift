import ConfigurationFiles
import DomainModel
import EventLog
import JSON
import Room
import Sealing
import Testing

@testable import Intake

/// Intake with the shipped configuration and allow-lists, and senders that publish the examples.
struct Sender {
    static let keyed: KeyedHash = {
        guard let key = SecretKey(bytes: [UInt8](repeating: 7, count: 32)) else {
            preconditionFailure("32 bytes are a key")
        }
        return KeyedHash(key)
    }()
    static let now = Instant(milliseconds: 1_795_439_280_000)  // 2026-11-23T13:08:00Z

    var intake: Intake
    let adopted: [Posting]
    private var offset: Int64 = 0

    init() throws {
        let configuration = try LoadedConfiguration(ConfigurationSource(folder: nil))
        intake = Intake(Equipment(open: { $0.opened }, keyed: Self.keyed, allowLists: configuration.allowLists))
        adopted = intake.adopt(configuration.directory, policies: configuration.policies, now: Self.now)
    }

    /// Publishes an example as the sender that its type belongs to, each with an id of its own.
    mutating func publish(_ example: Example) throws -> [Posting] {
        let gps = RoomExampleTests.known(AgencyName("bd-gps"))
        var bytes = try example.bytes()
        let data = try JSONParser().parse(bytes)
        let topics = HubTopics()
        let topic: Topic
        switch example.type.prefix(while: { $0 != "." }) {
        case "referral": topic = topics.referrals(RoomExampleTests.known(AgencyName("bd-police")))
        case "heartbeat": topic = topics.returns(gps)
        case "return":
            topic = topics.returns(gps)
            // An example cannot hold a reference that this hub's key made; put one in its place.
            if let stated = try data.member("request")?.string() {
                let issued = Self.keyed.issueReference(
                    authority: RoomExampleTests.authority, for: RequestID(bits: 1), to: gps)
                bytes = Array(
                    String(decoding: bytes, as: UTF8.self).replacing(stated, with: issued.description).utf8)
            }
        case "decision":
            let isHub = try data.member("person")?.string().hasPrefix("hub.") == true
            topic = topics.decisions(RoomExampleTests.known(TeamName(isHub ? "hub-review" : "bd-mash")))
        default: topic = topics.answers(RoomExampleTests.known(DeskName("bd-duty")))
        }
        let owner = try #require(topics.ingress(topic))
        var headers = Headers()
        headers.append("ce_specversion", "1.0".utf8)
        headers.append("ce_id", example.path.utf8)
        headers.append("ce_source", owner.source.utf8)
        headers.append("ce_type", "frontdoor.\(example.type).v1".utf8)
        offset += 1
        return intake.receive(
            IngressRecord(
                topic: owner, position: InputPosition(topic: topic.name, partition: 0, offset: offset),
                receivedAt: Self.now, headers: headers, value: bytes))
    }
}
