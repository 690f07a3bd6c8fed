public import DomainModel
import JSON
public import Room

/// The dead man's handle. For each service Alertmanager is told two things in one post:
///
/// - `FrontdoorAlive`, which ends soon and is told anew as long as the service gets on;
/// - `FrontdoorSilent`, which stands for days, and is inhibited while `FrontdoorAlive` of the same service stands.
///
/// When the hub dies nothing need be sent any more: `FrontdoorAlive` ends by itself, and what it held down wakes
/// somebody. So Alertmanager alone is enough. It keeps alerts in memory, so one that is restarted while the hub is dead
/// has forgotten both: have two peers, or Prometheus watch the metrics as well.
public enum Alive {
    /// The body of one post.
    static func alerts(
        _ services: [(service: Service, last: Instant)], hub: String, holds: Int64, at now: Instant
    ) -> [UInt8] {
        var json = JSONWriter(reserving: 2048)
        json.beginArray()
        for (service, last) in services {
            if isAlive(last, holds: holds, at: now) {
                write(
                    "FrontdoorAlive", service, hub, severity: "none", "The hub's \(service.rawValue) gets on",
                    start: nil,
                    end: now.adding(milliseconds: holds), to: &json)
            }
            write(
                "FrontdoorSilent", service, hub, severity: "critical",
                "No sign of life from the hub's \(service.rawValue): alerts may not be reaching you", start: nil,
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
        _ name: String, _ service: Service, _ hub: String, severity: String, _ summary: String, start: Instant?,
        end: Instant, to json: inout JSONWriter
    ) {
        json.beginObject()
        json.key("labels")
        json.beginObject()
        json.field("alertname", name)
        json.field("hub", hub)
        json.field("service", service.rawValue)
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
    static func metrics(_ services: [(service: Service, last: Instant)], hub: String) -> String {
        var text = """
            # HELP frontdoor_alive_timestamp_seconds When a service of the hub last got on, seconds since 1970.
            # TYPE frontdoor_alive_timestamp_seconds gauge

            """
        for (service, last) in services {
            text +=
                "frontdoor_alive_timestamp_seconds{hub=\"\(hub)\",service=\"\(service.rawValue)\"} \(last.milliseconds / 1000)\n"
        }
        return text
    }

    /// Reads ``metrics(_:hub:)`` back.
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
