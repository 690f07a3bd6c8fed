import CommandLine
import DomainModel
import EventLog
import Projections
import Room

enum ThreadCommand {
    static let caseID = Argument<String>("CASE", "a case id, such as a queue entry names")

    static let command = Command(
        "thread", "prints all that has happened to a case, like a chat",
        discussion: """
            Facts only: no name, no address and nothing that a person wrote is opened for it. A case that was merged into \
            another is shown as the one that goes on; a referral that was taken from a case is no longer in its thread.
            """,
        arguments: [caseID], options: [Common.data, Common.json], exitCodes: [.ok, .noInput],
        examples: [("frontdoor thread E09000002-0abc…", "the thread of that case")]
    ) { invocation, terminal in
        let configuration = try Common.configuration(invocation)
        let settings = Common.settings(invocation, configuration)
        guard let wanted = CaseID(invocation[caseID]) else {
            throw CommandFailure(
                .usage, "that is no case id", remedy: "A case id is a GSS code, a hyphen and 26 characters.")
        }
        return try await Common.onOwnThread {
            let log = try HubLog.existing(settings, for: .reading)
            let lines = try read(wanted, RoomReader(log: log, topics: Common.topics(settings)))
            guard !lines.isEmpty else {
                throw CommandFailure(.noInput, "no case \(wanted) is in this log")
            }
            if invocation[Common.json] {
                for line in lines {
                    var json = JSONText()
                    json.field("time", line.time.description)
                    json.field("speaker", line.speaker)
                    json.field("text", line.text)
                    json.field("id", line.id.description)
                    terminal.print(json.finished)
                }
            } else {
                show(lines, caseID: wanted, terminal)
            }
            log.close()
            return .ok
        }
    }

    static func read(_ caseID: CaseID, _ reader: RoomReader) throws(CommandFailure) -> [ThreadProjection.Line] {
        let partition = reader.topics.partition(of: caseID.authority)
        var thread = ThreadProjection(caseID: caseID)
        try reader.forEachEvent(partition: partition) { thread.follow($0) }
        try reader.forEachEvent(partition: partition) { thread.take($0) }
        var lines: [ThreadProjection.Line] = []
        guard thread.isKnown else { return lines }
        try reader.forEachEvent(partition: partition) { event in
            if let line = thread.line(for: event) { lines.append(line) }
        }
        return lines
    }

    static func show(_ lines: [ThreadProjection.Line], caseID: CaseID, _ terminal: Terminal) {
        terminal.print(terminal.styled("Case \(caseID)", .bold))
        let width = lines.map(\.speaker.count).max() ?? 0
        var day = ""
        for line in lines {
            let text = line.time.description
            if text.prefix(10) != day {
                day = String(text.prefix(10))
                terminal.print(terminal.styled("-- \(day) --", .faint))
            }
            let name = line.speaker + String(repeating: " ", count: width - line.speaker.count)
            terminal.print("\(text.dropFirst(11).prefix(8))  \(terminal.styled(name, .bold))  \(line.text)")
        }
    }
}
