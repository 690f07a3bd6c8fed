import DomainModel
import EventLog
import Foundation
import JSON
import Room
import Sealing
import Testing

/// Runs `Tests/topics/check_topics.py` over the tree, and over records that the codec wrote.
struct OutsideCheckTests {
    static let python = ProcessInfo.processInfo.environment["FRONTDOOR_TEST_PYTHON"].flatMap { $0.isEmpty ? nil : $0 }
    static let isCI = ProcessInfo.processInfo.environment["CI"] == "true"

    @Test(
        .enabled(
            if: python != nil || isCI,
            "FRONTDOOR_TEST_PYTHON names no Python with jsonschema and PyYAML; deploy/test makes one"))
    func schemasExamplesAndWhatTheCodecWritesAgree() throws {
        let python = try #require(Self.python, "CI may skip nothing: set FRONTDOOR_TEST_PYTHON, as deploy/test does")
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "frontdoor-samples-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (index, record) in try Self.records().enumerated() {
            try Data(try Self.sample(record)).write(to: folder.appendingPathComponent("\(index).json"))
        }
        let check = Process()
        check.executableURL = URL(fileURLWithPath: python)
        check.arguments = [
            Tree.root.appendingPathComponent("Tests/topics/check_topics.py").path, Tree.root.path, "--samples",
            folder.path,
        ]
        let output = Pipe()
        check.standardOutput = output
        check.standardError = output
        try check.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        check.waitUntilExit()
        #expect(check.terminationStatus == 0, "\(said)")
        #expect(said.contains("records of the codec"), "\(said)")
    }

    /// An event of every type, and all that Intake posts for every example of what comes from outside.
    static func records() throws -> [NewRecord] {
        let codec = RoomCodec(topics: HubTopics())
        var records: [NewRecord] = []
        for (index, example) in Example.good("room").enumerated() {
            records.append(codec.record(of: try RoomExampleTests.event(example, number: index)))
        }
        var sender = try Sender()
        var postings = sender.adopted
        for example in Example.all(of: "ingress") { postings += try sender.publish(example) }
        for example in Example.good("ingress") { postings += try sender.publish(example) }
        for posting in postings {
            switch posting {
            case .room(var event):
                for index in event.parts.indices { event.parts[index].sealed = [1, 2, 3, 4] }
                records.append(codec.record(of: event))
            case .outgoing(let outgoing): records.append(codec.record(of: outgoing))
            case .deadLetter(let letter):
                let original = HeldPart(key: .init(event: letter.id, part: .original), sealed: [1, 2, 3])
                records.append(codec.record(of: letter, original: original))
            }
        }
        return records
    }

    private static func sample(_ record: NewRecord) throws -> [UInt8] {
        let topic = record.target.topic.name
        let channel =
            switch (topic.prefix(while: { $0 != "." }), topic) {
            case (_, "hub.events"): "room"
            case (_, "hub.dead-letters"): "dead-letters"
            case ("oncall", _): "desk"
            case (let owner, _): String(owner)
            }
        let type = String(decoding: try #require(record.headers.first("ce_type")), as: UTF8.self)
        var json = JSONWriter(reserving: 4096)
        json.beginObject()
        json.field("channel", channel)
        json.field("type", String(type.dropFirst("frontdoor.".count).dropLast(".v1".count)))
        json.key("headers")
        json.beginObject()
        record.headers.forEach { name, value in
            json.key(String(decoding: name, as: UTF8.self))
            json.value(String(decoding: value, as: UTF8.self))
        }
        json.endObject()
        json.field("value", try JSONParser().parse(try #require(record.value)))
        json.endObject()
        return json.bytes
    }
}
