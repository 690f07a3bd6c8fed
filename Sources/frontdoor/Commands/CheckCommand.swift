import CommandLine
import ConfigurationFiles
import DomainModel
import EventLog
import Foundation
import HubConfiguration
import Kafka
import OperationsDoor
import Provisioning
import Room
import WorkingTime

enum CheckCommand {
    static let command = Command(
        "check", "says what is wrong with the configuration, and what to do",
        discussion: "Reads hub.yaml, the policies and topics/, and looks at the data folder. Changes nothing.",
        options: [Common.data, Common.json], exitCodes: [.ok, .checkFailed, .configuration],
        examples: [
            ("frontdoor check", "checks what is compiled in"),
            ("frontdoor check --config /etc/frontdoor", "checks a folder before it is used"),
        ]
    ) { invocation, terminal in
        let source = ConfigurationSource(folder: invocation[Common.config])
        var problems: [String] = []
        do throws(ConfigurationProblem) {
            let configuration = try LoadedConfiguration(source)
            problems += try UnknownSettings.problems(source)
            problems += directoryProblems(configuration.directory)
            problems += configuration.delivery.problems(configuration.directory)
            let address = configuration.settings.operationsAddress
            if !address.isEmpty, !OperationsDoor.isAddress(address) {
                problems.append("settings, operationsAddress: \(OperationsDoor.Failure.noAddress)")
            }
            let today = LondonTime.civil(of: Common.now()).date
            problems += configuration.directory.calendarProblems(on: today)
            problems += configuration.directory.sharedAddressProblems()
            problems += configuration.directory.rotaProblems(at: Common.now())
            problems += configuration.directory.coverProblems
            for policy in configuration.policies {
                problems += policy.problems(on: today, directory: configuration.directory).map {
                    "policy \(policy.id): \($0)"
                }
            }
            for entry in configuration.directory.authorities
            where !configuration.policies.contains(where: { $0.id == entry.policy }) {
                problems.append("authority \(entry.gss): there is no policy \(entry.policy)")
            }
            problems += topicProblems(invocation, configuration)
        } catch {
            problems.append(error.description)
        }
        if invocation[Common.json] {
            for problem in problems {
                var json = JSONText()
                json.field("problem", problem)
                terminal.print(json.finished)
            }
        } else if problems.isEmpty {
            terminal.print("Nothing is wrong.")
        } else {
            for problem in problems { terminal.print("- " + problem) }
            terminal.print(Words.count(problems.count, "problem", "problems") + ".")
        }
        return problems.isEmpty ? .ok : .checkFailed
    }

    /// What the fields cannot say one by one: names that nobody has, and authorities without what they need.
    static func directoryProblems(_ directory: HubDirectory) -> [String] {
        var problems: [String] = []
        func twice<Element, ID: Hashable & CustomStringConvertible>(
            _ elements: [Element], _ what: String, _ id: (Element) -> ID
        ) {
            var seen: Set<ID> = []
            for element in elements where !seen.insert(id(element)).inserted {
                problems.append("\(what) \(id(element)) is there twice")
            }
        }
        twice(directory.authorities, "authority") { $0.gss }
        twice(directory.agencies, "agency") { $0.id }
        twice(directory.teams, "team") { $0.id }
        twice(directory.desks, "desk") { $0.id }
        twice(directory.calendars, "calendar") { $0.id }
        let calendars = directory.calendars.map(\.id)
        for agency in directory.agencies {
            if !calendars.contains(agency.calendar) {
                problems.append("agency \(agency.id): there is no calendar \(agency.calendar)")
            }
            if agency.sources.isEmpty { problems.append("agency \(agency.id): it may state no referral source") }
            for gss in agency.authorities where !directory.authorities.contains(where: { $0.gss == gss }) {
                problems.append("agency \(agency.id): there is no authority \(gss)")
            }
        }
        for team in directory.teams {
            if !calendars.contains(team.calendar) {
                problems.append("team \(team.id): there is no calendar \(team.calendar)")
            }
            if team.people.isEmpty { problems.append("team \(team.id): nobody is in it, so nobody can decide") }
            if !directory.authorities.contains(where: { $0.gss == team.authority }) {
                problems.append("team \(team.id): there is no authority \(team.authority)")
            }
        }
        if !directory.authorities.contains(where: { $0.gss == .hub }) {
            problems.append("there is no authority 'hub': what names an unknown authority would reach nobody")
        }
        for entry in directory.authorities {
            guard let desk = directory.desks.first(where: { $0.id == entry.desk }) else {
                problems.append("authority \(entry.gss): there is no desk \(entry.desk), so nobody would be woken")
                continue
            }
            if desk.authority != entry.gss {
                problems.append("authority \(entry.gss): the desk \(desk.id) belongs to \(desk.authority)")
            }
            if desk.people.isEmpty { problems.append("desk \(desk.id): nobody is on it, so nobody would be woken") }
            let needed: [TeamKind] = entry.gss == .hub ? [.hubReview] : [.mash, .familyHelp, .macpt, .earlyHelp]
            for kind in needed
            where !directory.teams.contains(where: { $0.authority == entry.gss && $0.kind == kind }) {
                problems.append("authority \(entry.gss): it has no team of kind \(kind.rawValue)")
            }
        }
        for role in Role.allCases where !directory.permissions.contains(where: { $0.role == role }) && role != .duty {
            problems.append("permissions: the role \(role.rawValue) is not listed, so it may decide nothing")
        }
        return problems
    }

    /// Topics of an existing log that differ from the catalogue, and a data folder that cannot be used.
    private static func topicProblems(_ invocation: Invocation, _ configuration: LoadedConfiguration) -> [String] {
        let settings = Common.settings(invocation, configuration)
        if settings.kafka.isConfigured { return brokerProblems(invocation, configuration, settings) }
        guard FileManager.default.fileExists(atPath: settings.dataFolder + "/log.sqlite") else { return [] }
        do throws(CommandFailure) {
            let log = try HubLog.existing(settings, for: .reading)
            defer { log.close() }
            _ = try Secrets.load(settings)
            let existing: [TopicSpecification]
            do throws(LogError) { existing = try log.topics() } catch { throw Common.failure(error) }
            var problems: [String] = []
            for wanted in configuration.catalogue.specifications(
                for: configuration.directory, topics: Common.topics(settings))
            {
                guard let there = existing.first(where: { $0.topic == wanted.topic }) else { continue }
                if there.partitions != wanted.partitions {
                    problems.append(
                        "topic \(wanted.topic) has \(there.partitions) partitions and the configuration wants \(wanted.partitions): a partition count is never changed, so set roomPartitions back"
                    )
                }
            }
            return problems
        } catch {
            return [error.message]
        }
    }

    /// What is otherwise on the brokers than the catalogue says, in few lines: `topics check` has them all.
    private static func brokerProblems(
        _ invocation: Invocation, _ configuration: LoadedConfiguration, _ settings: HubSettings
    ) -> [String] {
        var problems: [String] = []
        if settings.kafka.inSyncMin < 2 {
            problems.append(
                "kafka.replication is \(settings.kafka.replication): right for a trial; in service a broker that is lost must not be the only one that has a referral, so set 3"
            )
        }
        do {
            let blueprint = try Blueprint(
                configuration.catalogue, directory: configuration.directory, topics: Common.topics(settings),
                brokers: settings.kafka)
            let admin = try KafkaAdmin(Common.kafka(settings, environment: invocation.environment))
            let present = try ClusterState(admin, for: blueprint)
            admin.close()
            let plan = TopicPlan(blueprint, present: present, needsAuthorizer: settings.kafka.usesTLS)
            for (count, what) in [
                (plan.creations.count, "topics are missing on the brokers"),
                (plan.alterations.count, "topics are set otherwise than the catalogue says"),
                (plan.permissions.count, "access rules are missing"),
                (plan.excess.count, "access rules allow what the catalogue does not"),
            ] where count > 0 {
                problems.append("\(Words.count(count)) \(what): 'frontdoor topics apply' shows which")
            }
            problems += plan.findings.filter(\.isDrift).map(\.description)
        } catch {
            problems.append("the brokers cannot be looked at: \(error)")
        }
        return problems
    }
}
