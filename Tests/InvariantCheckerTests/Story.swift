import DomainModel
import EventLog
import InvariantChecker

/// One record of a log written by hand.
struct Line {
    /// How tests find it: unique where they do.
    var name: String
    var topic: String
    var key: String
    var headers: [(String, String)]
    var value: String?

    func replacing(_ old: String, with new: String) -> Line {
        var line = self
        line.value = value.map { Story.replace(old, with: new, in: $0) }
        line.headers = headers.map { ($0.0, Story.replace(old, with: new, in: $0.1)) }
        return line
    }
}

/// A log in the making. Tests take the good one and spoil it in one place.
struct Story {
    var lines: [Line] = []
    static let room = "hub.events"
    static let authority = "E09000002"

    static func replace(_ old: String, with new: String, in text: String) -> String {
        var result = ""
        var rest = text[...]
        while let range = rest.firstRange(of: old) {
            result += rest[..<range.lowerBound] + new
            rest = rest[range.upperBound...]
        }
        return result + rest
    }

    /// The id that the story gives whatever it calls so: 26 letters of an id's alphabet.
    static func id(_ name: String) -> String {
        var text = ""
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        let letters = Array("0123456789abcdefghjkmnpqrstvwxyz")
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for _ in 0..<26 {
            hash = hash &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            text.append(letters[Int(hash >> 59)])
        }
        return text
    }

    static func caseID(_ name: String) -> String { "\(authority)-\(id(name))" }
    static func reference(_ name: String) -> String { "\(authority)-\(id(name).prefix(13))-\(id(name).suffix(4))" }

    mutating func event(
        _ type: String, _ name: String, at time: String, by service: String, input: String? = nil,
        authority: String = Story.authority, sealed: String? = nil, _ facts: String
    ) {
        var headers = [
            ("ce_specversion", "1.0"), ("ce_id", Story.id(name)), ("ce_source", "/service/\(service)"),
            ("ce_type", "frontdoor.\(type).v1"), ("ce_subject", "hub"), ("ce_time", time),
            ("ce_localauthority", authority),
        ]
        if let input { headers.append(("ce_inputposition", input)) }
        let parts = sealed.map { ",\"sealed\":\($0)" } ?? ""
        lines.append(
            Line(
                name: name, topic: Story.room, key: Story.id(name), headers: headers,
                value: "{\"facts\":\(facts)\(parts)}"))
    }

    mutating func out(
        _ type: String, _ name: String, to topic: String, subject: String, key: String? = nil, _ data: String
    ) {
        let headers = [
            ("ce_specversion", "1.0"), ("ce_id", Story.id(name)), ("ce_source", "/service/routing"),
            ("ce_type", "frontdoor.\(type).v1"), ("ce_subject", subject), ("ce_time", "2026-11-02T09:00:00Z"),
            ("ce_localauthority", Story.authority), ("content-type", "application/json"),
        ]
        lines.append(Line(name: name, topic: topic, key: key ?? Story.id(name), headers: headers, value: data))
    }

    /// What an outsider sent: nothing of it is read by the checker but where it lies.
    mutating func ingress(_ topic: String, _ name: String) {
        lines.append(Line(name: name, topic: topic, key: "x", headers: [], value: "{\"givenName\":\"Zebedee\"}"))
    }

    // MARK: Spoiling

    func index(_ name: String) -> Int {
        guard let place = lines.firstIndex(where: { $0.name == name }) else { preconditionFailure("no line \(name)") }
        return place
    }
    func without(_ name: String) -> Story {
        var story = self
        story.lines.remove(at: index(name))
        return story
    }
    /// The record a second time, at the end of its topic.
    func repeating(_ name: String, as newID: String? = nil) -> Story {
        var story = self
        var line = lines[index(name)]
        if let newID { line = line.replacing(Story.id(name), with: Story.id(newID)) }
        story.lines.append(line)
        return story
    }
    func changing(_ name: String, _ old: String, to new: String) -> Story {
        var story = self
        let place = index(name)
        story.lines[place] = lines[place].replacing(old, with: new)
        precondition(
            story.lines[place].value != lines[place].value
                || !story.lines[place].headers.elementsEqual(lines[place].headers, by: ==), "nothing changed in \(name)"
        )
        return story
    }
    func with(header: String, _ value: String, on name: String) -> Story {
        var story = self
        story.lines[index(name)].headers.append((header, value))
        return story
    }
    func adding(_ change: (inout Story) -> Void) -> Story {
        var story = self
        change(&story)
        return story
    }
    /// The record at the end of its topic.
    func movingLast(_ name: String) -> Story {
        var story = self
        story.lines.append(story.lines.remove(at: index(name)))
        return story
    }
    func moving(_ name: String, to topic: String) -> Story {
        var story = self
        story.lines[index(name)].topic = topic
        return story
    }

    // MARK: Judging

    static let markers = ["Zebedee", "O'Quirke", "2019-04-30", "ZZ1 9ZZ", "Mary Ann Threlkeld", "943 476 5919"]

    func log() throws -> MemoryEventLog {
        let log = MemoryEventLog { Instant(milliseconds: 1_793_000_000_000) }
        var topics: [String] = []
        for line in lines where !topics.contains(line.topic) { topics.append(line.topic) }
        try log.ensure(topics.map { TopicSpecification(Topic($0), partitions: 1) })
        for line in lines {
            var headers = Headers()
            for (name, value) in line.headers { headers.append(name: name, value: Array(value.utf8)) }
            _ = try log.append([
                NewRecord(
                    TopicPartition(Topic(line.topic), 0), key: Array(line.key.utf8), headers: headers,
                    value: line.value.map { Array($0.utf8) })
            ])
        }
        return log
    }

    func report(atRest: Bool = true, now: String = "2026-11-02T12:00:00Z") throws -> InvariantReport {
        let plan = CheckPlan(
            markers: Story.markers, expectAtRest: atRest, now: Instant(rfc3339: now) ?? .distantPast)
        return try InvariantChecker(log: log(), plan: plan).run { _ in }
    }

    /// The numbers that failed.
    func failures(atRest: Bool = true, now: String = "2026-11-02T12:00:00Z") throws -> [Int] {
        try report(atRest: atRest, now: now).results.filter { $0.failed > 0 }.map(\.number)
    }
}
