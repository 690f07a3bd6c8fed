import CloudEvents
import CommandLine
import ConfigurationFiles
import DomainModel
import EventLog
import Foundation
import HubConfiguration
import HubRuntime
import JSON
import Room

enum PublishCommand {
    static let agency = OptionalOption<String>("agency", value: "ID", "publishes as this agency")
    static let team = OptionalOption<String>("team", value: "ID", "publishes decisions as this team")
    static let desk = OptionalOption<String>("desk", value: "ID", "publishes answers as this desk")
    static let check = Flag("check", "checks every message and publishes nothing")
    static let file = Argument<String>("FILE", "one CloudEvent in JSON a line; - for standard input")

    static let command = Command(
        "publish", "publishes messages from a file, as an agency, team or desk",
        discussion: """
            Each line is one CloudEvent in structured JSON. With --check each is put through what the hub would do with \
            it on arrival, and what would be refused or marked is told with its line and field.
            """,
        arguments: [file], options: [Common.data, agency, team, desk, check, Common.json],
        exitCodes: [.ok, .checkFailed, .dataError, .noInput, .inputOutput],
        examples: [
            ("frontdoor publish --agency bd-police referrals.jsonl", "publishes all lines"),
            ("frontdoor publish --agency bd-police --check referrals.jsonl", "checks them without publishing"),
        ]
    ) { invocation, terminal in
        let configuration = try Common.configuration(invocation)
        let settings = Common.settings(invocation, configuration)
        let topics = Common.topics(settings)
        let sender = try Sender(invocation, configuration.directory)
        let lines = try read(invocation[file])
        if invocation[check] {
            return try OfflineCheck.run(
                lines, sender: sender, configuration: configuration, topics: topics, terminal: terminal,
                hash: FileManager.default.fileExists(atPath: settings.dataFolder + "/log.sqlite")
                    ? try Secrets.load(settings).hash : nil,
                asJSON: invocation[Common.json])
        }
        return try await Common.onOwnThread {
            let log = try HubLog.existing(settings, for: .appending)
            var progress = Progress("Publishing", total: lines.count, unit: "messages", terminal: terminal)
            var batch: [NewRecord] = []
            var done = 0
            do throws(LogError) {
                for (index, line) in lines.enumerated() {
                    batch.append(sender.record(of: line, topics: topics))
                    if batch.count == 200 || index == lines.count - 1 {
                        done += try log.append(batch).count
                        batch.removeAll(keepingCapacity: true)
                        progress.update(done)
                    }
                }
            } catch {
                throw Common.failure(error)
            }
            progress.finish()
            if invocation[Common.json] {
                terminal.print("{\"published\":\(done)}")
            } else {
                terminal.print("Published \(Words.count(done, "message", "messages")); receipts come to the inbox.")
            }
            log.close()
            return .ok
        }
    }

    static func read(_ path: String) throws(CommandFailure) -> [[UInt8]] {
        let contents: Data?
        if path == "-" {
            contents = try? FileHandle.standardInput.readToEnd() ?? Data()
        } else {
            contents = FileManager.default.contents(atPath: path)
        }
        guard let contents else {
            throw CommandFailure(.noInput, "the file \(path) cannot be read", remedy: "Does it exist? May you read it?")
        }
        return contents.split(separator: UInt8(ascii: "\n")).map { [UInt8]($0) }
    }
}

/// As whom to publish, and so to which topic.
struct Sender: Sendable {
    enum Kind: Sendable {
        case agency(AgencyName)
        case team(TeamName)
        case desk(DeskName)
    }
    let kind: Kind

    init(_ invocation: Invocation, _ directory: HubDirectory) throws(CommandFailure) {
        switch (invocation[PublishCommand.agency], invocation[PublishCommand.team], invocation[PublishCommand.desk]) {
        case (let agency?, nil, nil): kind = .agency(try Common.agency(agency, in: directory).id)
        case (nil, let team?, nil): kind = .team(try Common.team(team, in: directory).id)
        case (nil, nil, let desk?): kind = .desk(try Common.desk(desk, in: directory).id)
        default:
            throw CommandFailure(
                .usage, "say as whom to publish: one of --agency, --team or --desk",
                remedy: "For example: frontdoor publish --agency bd-police referrals.jsonl")
        }
    }

    /// Where a line goes: referrals of an agency, and its returns and heartbeats, lie on two topics, told apart by the
    /// type.
    func record(of line: [UInt8], topics: HubTopics) -> NewRecord {
        var headers = Headers()
        headers.append("content-type", "application/cloudevents+json".utf8)
        return NewRecord(TopicPartition(topic(of: line, topics: topics), 0), key: nil, headers: headers, value: line)
    }

    func topic(of line: [UInt8], topics: HubTopics) -> Topic {
        switch kind {
        case .agency(let agency):
            let type = (try? JSONParser().parse(line))?.member("type").flatMap { try? $0.string() } ?? ""
            let isReturn = type.hasPrefix("frontdoor.return.") || type.hasPrefix("frontdoor.heartbeat.")
            return isReturn ? topics.returns(agency) : topics.referrals(agency)
        case .team(let team): return topics.decisions(team)
        case .desk(let desk): return topics.answers(desk)
        }
    }
}
