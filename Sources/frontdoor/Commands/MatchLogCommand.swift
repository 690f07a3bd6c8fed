import CommandLine
import DomainModel
import EventLog
import Projections
import Room

/// Who linked whom, when, and why.
enum MatchLogCommand {
    static let caseID = OptionalOption<String>(
        "case", value: "ID", "only what brought a child to this case or took one from it")
    static let child = OptionalOption<String>("child", value: "ID", "only what was said of this child of a referral")

    static let command = Command(
        "log", "prints who linked which child to whom, when and why",
        discussion: """
            One line for each link, by a rule with its version or by a named person with the reason; nothing of it is ever \
            changed or taken away. Ids and codes only. With --json each line has all its fields.
            """,
        options: [Common.data, caseID, child, Common.json], exitCodes: [.ok, .noInput],
        examples: [
            ("frontdoor match log", "all links of the hub"),
            ("frontdoor match log --case E09000002-0abc…", "how the children of that case came to it"),
        ]
    ) { invocation, terminal in
        let configuration = try Common.configuration(invocation)
        let settings = Common.settings(invocation, configuration)
        let wanted = try invocation[caseID].map { text throws(CommandFailure) in
            guard let id = CaseID(text) else {
                throw CommandFailure(
                    .usage, "that is no case id", remedy: "A case id is a GSS code, a hyphen and 26 characters.")
            }
            return id
        }
        let child = try invocation[child].map { text throws(CommandFailure) in
            guard let id = ChildID(text) else { throw CommandFailure(.usage, "that is no child's id") }
            return id
        }
        return try await Common.onOwnThread {
            let log = try HubLog.existing(settings, for: .reading)
            let reader = RoomReader(log: log, topics: Common.topics(settings))
            let projection = LinkLogProjection()
            var lines: [LinkLogProjection.Line] = []
            try reader.forEachEvent { event in
                guard let line = projection.line(for: event), wanted.map({ line.concerns($0) }) ?? true,
                    child.map({ line.child == $0 }) ?? true
                else { return }
                lines.append(line)
            }
            log.close()
            if invocation[Common.json] {
                for line in lines { terminal.print(line.json) }
            } else if lines.isEmpty {
                terminal.print("No link of that kind is in this log.")
            } else {
                var table = Table([
                    .text("When"), .text("What"), .text("By"), .text("Why"), .text("Child"), .longText("Case"),
                ])
                for line in lines {
                    table.add([
                        line.time.description, line.what, line.by,
                        line.reason ?? line.score.map { "\($0) mbit" } ?? "-", line.child?.description ?? "-",
                        [line.previousCase?.description, line.caseID?.description].compactMap { $0 }
                            .joined(separator: " → "),
                    ])
                }
                terminal.print(table)
            }
            return .ok
        }
    }
}

extension LinkLogProjection.Line {
    fileprivate func concerns(_ wanted: CaseID) -> Bool { caseID == wanted || previousCase == wanted }

    fileprivate var json: String {
        var json = JSONText()
        json.field("time", time.description)
        json.field("what", what)
        json.field("by", by)
        json.field("reason", reason)
        json.field("score", score.map { String($0) })
        json.field("child", child?.description)
        json.field("person", person?.description)
        json.field("previous", previous?.description)
        json.field("case", caseID?.description)
        json.field("previousCase", previousCase?.description)
        json.field("id", id.description)
        return json.finished
    }
}
