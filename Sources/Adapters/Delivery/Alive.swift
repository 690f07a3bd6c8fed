public import DomainModel
import JSON
public import Room

/// The dead man's handle. For each service Alertmanager is told two things in one post:
///
/// - `FrontdoorAlive`, which ends soon and is told anew as long as the service gets on;
/// - `FrontdoorSilent`, which stands for days, and is inhibited while `FrontdoorAlive` of the same service stands.
///
/// Alertmanager sends no all-clear for what is inhibited. So when a service gets on again after it was silent for so long
/// that somebody may have been woken, a third is told for a few minutes, `FrontdoorBack`.
///
/// When the hub dies nothing need be sent any more: `FrontdoorAlive` ends by itself, and what it held down wakes
/// somebody. So Alertmanager alone is enough. It keeps alerts in memory, so one that is restarted while the hub is dead
/// has forgotten both: have two peers, or Prometheus watch the metrics as well.
public enum Alive {
    /// The body of one post.
    static func alerts(
        _ services: [(service: Service, last: Instant)], failing: [SinkName] = [],
        back: [(service: Service, since: Instant)] = [], hub: String, holds: Int64, at now: Instant
    ) -> [UInt8] {
        var json = JSONWriter(reserving: 2048)
        json.beginArray()
        for sink in failing {
            write(
                "FrontdoorSinkFailing", "sink", sink.text, hub, severity: "warning",
                "\(sink) takes nothing that it is sent: who relies on it is not told",
                end: now.adding(milliseconds: holds), to: &json)
        }
        for (service, since) in back {
            write(
                "FrontdoorBack", "service", service.rawValue, hub, severity: "info",
                "The hub's \(service.rawValue) gets on again: what was due meanwhile is told now",
                end: since.adding(milliseconds: DeliveryLimits.backMilliseconds), to: &json)
        }
        for (service, last) in services {
            if isAlive(last, holds: holds, at: now) {
                write(
                    "FrontdoorAlive", "service", service.rawValue, hub, severity: "none",
                    "The hub's \(service.rawValue) gets on", end: now.adding(milliseconds: holds), to: &json)
            }
            write(
                "FrontdoorSilent", "service", service.rawValue, hub, severity: "critical",
                "No sign of life from the hub's \(service.rawValue): alerts may not be reaching you",
                end: now.adding(milliseconds: DeliveryLimits.standsMilliseconds), to: &json)
        }
        json.endArray()
        return json.bytes
    }

    public static func isAlive(_ last: Instant, holds: Int64, at now: Instant) -> Bool {
        // A clock that was set back makes nobody dead.
        now.milliseconds(since: last) < holds
    }

    private static func write(
        _ name: String, _ label: StaticString, _ value: String, _ hub: String, severity: String, _ summary: String,
        end: Instant, to json: inout JSONWriter
    ) {
        json.beginObject()
        json.key("labels")
        json.beginObject()
        json.field("alertname", name)
        json.field("hub", hub)
        json.field(label, value)
        json.field("severity", severity)
        json.endObject()
        json.key("annotations")
        json.beginObject()
        json.field("summary", summary)
        json.endObject()
        json.field("endsAt", end)
        json.endObject()
    }

    /// The same for Prometheus, in its text format: by way of node_exporter's textfile collector.
    public static func metrics(
        _ services: [(service: Service, last: Instant)], failing: [SinkName] = [], hub: String
    ) -> String {
        var text = """
            # HELP frontdoor_alive_timestamp_seconds When a service of the hub last got on, seconds since 1970.
            # TYPE frontdoor_alive_timestamp_seconds gauge

            """
        for (service, last) in services {
            text +=
                "frontdoor_alive_timestamp_seconds{hub=\"\(hub)\",service=\"\(service.rawValue)\"} \(last.milliseconds / 1000)\n"
        }
        guard !failing.isEmpty else { return text }
        text += """
            # HELP frontdoor_sink_failing A tool that has taken nothing of what it was sent for some time.
            # TYPE frontdoor_sink_failing gauge

            """
        for sink in failing { text += "frontdoor_sink_failing{hub=\"\(hub)\",sink=\"\(sink)\"} 1\n" }
        return text
    }

    /// Reads ``metrics(_:failing:hub:)`` back.
    public static func services(in text: String) -> [(service: Service, last: Instant)] {
        text.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("frontdoor_alive_timestamp_seconds{"), let space = line.lastIndex(of: " "),
                let seconds = Int64(line[line.index(after: space)...]),
                let name = line.split(separator: "service=\"").last?.prefix(while: { $0 != "\"" }),
                let service = Service(rawValue: String(name))
            else { return nil }
            return (service, Instant(milliseconds: seconds * 1000))
        }
    }
}
