import CommandLine
import ConfigurationFiles
import DomainModel
import EventLog
import HubConfiguration
import JSON
import Projections
import Room

enum QueueCommand {
    static let team = Argument<String>("TEAM", "the team's id in hub.yaml")
    static let all = Flag("all", "also what is done or withdrawn")

    static let command = Command(
        "queue", "shows what waits for a team",
        discussion: """
            The most urgent first, then the oldest. An entry is a proposal until a named person of the team decides: \
            'frontdoor decide' with the entry's id. The last five decisions that could not stand are shown below, with \
            the reason, and the last five links that were undone on cases that the queue showed. With --json each entry is printed as the team's topic holds it.
            """,
        arguments: [team], options: [Common.data, all, Common.json],
        exitCodes: [.ok, .noInput],
        examples: [
            ("frontdoor queue bd-mash", "what waits for that team"),
            ("frontdoor queue bd-family-help --json", "the same for a script"),
        ]
    ) { invocation, terminal in
        let configuration = try Common.configuration(invocation)
        let settings = Common.settings(invocation, configuration)
        let topics = Common.topics(settings)
        let wanted = try Common.team(invocation[team], in: configuration.directory)
        return try await Common.onOwnThread {
            let log = try HubLog.existing(settings, for: .reading)
            let projection = try read(wanted.id, RoomReader(log: log, topics: topics))
            let rows = invocation[all] ? projection.rows : projection.open
            if invocation[Common.json] {
                for row in rows { terminal.print(String(decoding: row.data, as: UTF8.self)) }
            } else if rows.isEmpty {
                terminal.print("Nothing waits for \(wanted.name).")
            } else {
                var table = Table([
                    .text("Rating"), .text("Kind"), .text("State"), .text("Received"), .longText("Child"),
                    .text("About"), .text("Entry"),
                ])
                for row in rows {
                    let name = [row.givenName, row.familyName].compactMap { $0 }.joined(separator: " ")
                    table.add([
                        row.rating.map { "\($0.urgency.rawValue) \($0.level.level)" } ?? "-", row.kind.rawValue,
                        row.state.rawValue, row.receivedAt?.description ?? "-",
                        name.isEmpty ? "-" : Terminal.harmless(name),
                        row.proposedRating.map {
                            "\(row.about ?? ""): would be \($0.urgency.rawValue) \($0.level.level)"
                        }
                            ?? row.about ?? "-", row.entry.description,
                    ])
                }
                terminal.print(table)
            }
            if !invocation[Common.json] {
                for withdrawal in projection.withdrawals.suffix(5) {
                    terminal.print("Withdrawn on case \(withdrawal.caseID): \(withdrawal.words)")
                }
                for refusal in projection.refusals.suffix(5) {
                    terminal.print(
                        "Refused: \(refusal.verb ?? "a decision") by \(refusal.person ?? "a person"): \(refusal.reason)"
                            + (refusal.entry.map { ", entry \($0)" } ?? ""))
                }
            }
            log.close()
            return .ok
        }
    }

    static func read(_ team: TeamName, _ reader: RoomReader) throws(CommandFailure) -> QueueProjection {
        var projection = QueueProjection()
        let parser = JSONParser()
        try reader.forEachRecord(of: TopicPartition(reader.topics.queue(team), 0)) { record throws(CommandFailure) in
            guard let value = record.value else { return }
            let type = RoomReader.type(of: record)
            do throws(JSONError) {
                if type == OutgoingType.entryUpdated.name { try projection.take(value, parser: parser) }
                if type == OutgoingType.decisionRefused.name { try projection.takeRefusal(value, parser: parser) }
                if type == OutgoingType.linkWithdrawn.name { try projection.takeWithdrawal(value, parser: parser) }
            } catch {
                throw CommandFailure(.dataError, "an entry of \(team)'s queue cannot be read: \(error.pointer)")
            }
        }
        return projection
    }
}
