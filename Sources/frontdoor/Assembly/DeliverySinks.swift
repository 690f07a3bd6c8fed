import CommandLine
import Delivery
import Foundation
import HubConfiguration

/// The sinks of `hub.yaml` with their secrets, which come from files or the environment.
enum DeliverySinks {
    static func load(
        _ settings: DeliverySettings, environment: [String: String]
    ) throws(CommandFailure) -> [Sink] {
        var sinks: [Sink] = []
        for sink in settings.sinks {
            func secret(_ file: String, _ variable: String, _ what: String) throws(CommandFailure) -> String {
                var text = ""
                if !file.isEmpty {
                    guard let contents = FileManager.default.contents(atPath: file) else {
                        throw CommandFailure(
                            .configuration, "delivery, sink \(sink.id): the file of its \(what) cannot be read",
                            remedy: "hub.yaml names it; may the hub's user read it?")
                    }
                    text = String(decoding: contents, as: UTF8.self)
                } else if !variable.isEmpty {
                    guard let value = environment[variable], !value.isEmpty else {
                        throw CommandFailure(
                            .configuration, "delivery, sink \(sink.id): \(variable) is not set in the environment",
                            remedy: "hub.yaml names it for its \(what).")
                    }
                    text = value
                }
                return text.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            let url = try secret(sink.urlFile, sink.urlEnvironment, "address")
            let urls = url.isEmpty ? sink.urls : [url]
            guard !urls.isEmpty else {
                throw CommandFailure(
                    .configuration, "delivery, sink \(sink.id): it has no address",
                    remedy: "'frontdoor check' says more.")
            }
            sinks.append(
                Sink(
                    sink, urls: urls, password: try secret(sink.passwordFile, sink.passwordEnvironment, "password"),
                    token: try secret(sink.tokenFile, sink.tokenEnvironment, "token")))
        }
        return sinks
    }
}
