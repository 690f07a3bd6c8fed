import DomainModel
import JSON
import Room

// Alertmanager's API v2: a list of alerts, each known by its labels, which may not change while it stands. One for each
// step of the ladder, since Alertmanager tells by labels whom to wake.
extension Messages {
    /// - Parameter now: what stands is posted as lasting from here on.
    func alertmanager(_ rows: [OutboxRow], at now: Instant) -> [UInt8] {
        var json = JSONWriter(reserving: 1024 * rows.count)
        json.beginArray()
        for row in rows {
            guard let alert = row.alert else { continue }
            for rung in row.rungs { write(alert, rung, row, at: now, to: &json) }
        }
        json.endArray()
        return json.bytes
    }

    private func write(
        _ alert: AlertFacts, _ rung: RungRow, _ row: OutboxRow, at now: Instant, to json: inout JSONWriter
    ) {
        func may(_ field: String) -> Bool { lists.letsToolsKnow(field) }
        json.beginObject()
        json.key("labels")
        json.beginObject()
        json.field("alertname", may("code") ? "Frontdoor" + Self.joined(rung.code) : "FrontdoorAlert")
        json.field("hub", hub)
        json.field("desk", alert.desk)
        json.field("severity", Self.severity(rung.code))
        if may("agency") { json.field("agency", rung.agency) }
        if may("team") { json.field("team", rung.team) }
        if may("kind") { json.field("owed", rung.owed) }
        if may("role") { json.field("role", rung.role) }
        if may("rung") { json.field("step", String(rung.rung + 1)) }
        json.field("reference", reference(of: alert))
        json.field("thread", thread(of: row))
        json.endObject()
        let said = said(row)
        json.key("annotations")
        json.beginObject()
        json.field("summary", said.title)
        json.field("description", said.facts.map { "\($0.name): \($0.value)" }.joined(separator: "\n"))
        if may("state") { json.field("state", alert.state) }
        json.endObject()
        json.field("startsAt", alert.since)
        // It may not end before it begins, and an end that is past is what resolves it.
        let end = row.clearedAt.map { max($0, alert.since.adding(milliseconds: 1)) }
        json.field("endsAt", end ?? now.adding(milliseconds: DeliveryLimits.standsMilliseconds))
        if !said.link.isEmpty { json.field("generatorURL", said.link) }
        json.endObject()
    }

    static func severity(_ code: String) -> String {
        ["danger", "at-once", "red", "undecidable", "clock-not-set"].contains(code) ? "critical" : "warning"
    }

    /// `clock-not-set` as `ClockNotSet`.
    static func joined(_ code: String) -> String {
        code.split(separator: "-").map { Words.capitalised(String($0)) }.joined()
    }
}
