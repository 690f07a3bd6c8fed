import CommandLine
import ConfigurationFiles
import Delivery
import DomainModel
import Foundation
import HubConfiguration
import Room

/// Whether the hub gets on, for a script or a monitoring tool that asks from outside.
enum AliveCommand {
    static let metrics = Flag("metrics", "prints the metrics as Prometheus reads them, and judges nothing")

    static let command = Command(
        "alive", "says whether the hub gets on",
        discussion: """
            A running hub notes every few seconds when Intake, Deadlines and Delivery last got on. This reads the note \
            of the data folder, and ends with 1 where one of them stands still, as after the hub was killed. The same \
            goes to Alertmanager by itself: see the article Delivery.
            """,
        options: [Common.data, metrics, Common.json], exitCodes: [.ok, .checkFailed, .noInput],
        examples: [
            ("frontdoor alive || page-somebody", "in a timer of another user than the hub's"),
            ("frontdoor alive --metrics", "for Prometheus"),
        ]
    ) { invocation, terminal in
        let configuration = try Common.configuration(invocation)
        let settings = Common.settings(invocation, configuration)
        guard let contents = FileManager.default.contents(atPath: DeliveryThreads.aliveFile(settings)) else {
            throw CommandFailure(
                .noInput, "no hub has noted a sign of life in \(settings.dataFolder)",
                remedy: "Give its folder with --data; has 'frontdoor run' been started there?")
        }
        let text = String(decoding: contents, as: UTF8.self)
        if invocation[metrics] {
            for line in text.split(separator: "\n") { terminal.print(String(line)) }
            return .ok
        }
        let now = Common.now()
        let holds = Int64(configuration.delivery.aliveHoldsSeconds) * 1000
        var isAlive = true
        var table = Table([.text("Service"), .text("Last got on"), .number("Seconds ago"), .text("State")])
        for (service, last) in Alive.services(in: text) {
            let gotOn = Alive.isAlive(last, holds: holds, at: now)
            isAlive = isAlive && gotOn
            let ago = max(0, now.milliseconds(since: last) / 1000)
            if invocation[Common.json] {
                var json = JSONText()
                json.field("service", service.rawValue)
                json.field("last", last)
                json.field("alive", gotOn)
                terminal.print(json.finished)
            } else {
                table.add([service.rawValue, last.description, String(ago), gotOn ? "alive" : "STANDS STILL"])
            }
        }
        if !invocation[Common.json] { terminal.print(table) }
        return isAlive ? .ok : .checkFailed
    }
}
