import CommandLine
import ConfigurationFiles
import DomainModel
import EventLog
import HubRuntime
import Room
import Sealing

enum VerifyCommand {
    static let batch = Option(
        "batch", value: "N", default: 1000, "records read at once; the outcome must not depend on it")

    static let command = Command(
        "verify", "replays a log and compares every decision with the recorded one",
        discussion: """
            Each participant starts from nothing, is given its inputs in the order of the room, and decides again. Every \
            posting is compared with the one recorded at that position, sealed parts opened, and every rebuilt table \
            with the one that is there. A difference means that something other than the room decided.
            """,
        options: [Common.data, batch, Common.json], exitCodes: [.ok, .checkFailed, .noInput, .configuration],
        examples: [("frontdoor verify --data frontdoor-data", "replays the log in that folder")]
    ) { invocation, terminal in
        let configuration = try Common.configuration(invocation)
        let settings = Common.settings(invocation, configuration)
        return try await Common.onOwnThread {
            let log = try HubLog.existing(settings, for: .reading)
            let secrets = try Secrets.load(settings)
            let topics = Common.topics(settings)
            let vault = Vault(log: log, topics: topics, masters: secrets.masters, draws: SystemDraws())
            let equipment = Equipment(
                open: { vault.open($0) }, openBrought: { vault.openBrought($0) }, keyed: KeyedHash(secrets.hash),
                allowLists: configuration.allowLists)
            let verifier = Verifier(
                log: log, topics: topics, equipment: equipment,
                batch: ReadLimit(records: max(1, invocation[batch]), bytes: Limits.batchBytesMax))
            let report: Verifier.Report
            do throws(HubError) {
                report = try verifier.run(intake: OpenHub.intake(), hosts: OpenHub.hosts()) { terminal.remark($0) }
            } catch {
                throw Common.failure(error)
            }
            if invocation[Common.json] {
                terminal.print(
                    "{\"inputs\":\(report.inputs),\"postings\":\(report.postings),\"rows\":\(report.rows),\"expired\":\(report.expired),\"differences\":\(report.differences)}"
                )
            } else {
                terminal.print(
                    "\(Words.count(report.inputs)) inputs decided again, \(Words.count(report.postings)) postings and \(Words.count(report.rows)) rows compared."
                )
                if report.expired > 0 {
                    terminal.print(
                        "\(Words.count(report.expired)) are no longer in their topics and were not compared.")
                }
                for example in report.examples { terminal.print("  " + example) }
                terminal.print(
                    report.agrees
                        ? terminal.styled("All equal.", .green)
                        : terminal.styled("\(Words.count(report.differences, "difference", "differences")).", .red))
            }
            log.close()
            return report.agrees ? .ok : .checkFailed
        }
    }
}
