import DomainModel
import EventLog
import HubConfiguration
import JSON

/// An on-call desk.
struct DeskOffice {
    let desk: Desk
    var alerts: [String: Alert] = [:]
    var sent = 0

    init(_ desk: Desk) { self.desk = desk }

    struct Alert {
        var arming: Int
        var isAnswered: Bool
        var person: StaffName
        var hasPromised: Bool
    }

    func person(_ role: Role?) -> StaffName? {
        (desk.people.first { person in role.map { person.roles.contains($0) } ?? false } ?? desk.people.first)?.id
    }
}

extension SyntheticWorld {
    mutating func alert(
        _ type: WorldType, _ json: JSONValue, key: String, _ desk: Int, _ at: Instant, _ draws: Draws
    ) {
        guard let id = json.text("alert") ?? (key.isEmpty ? nil : key) else { return }
        switch type {
        case .alertRaised, .alertEscalated: called(id, json, desk, at, draws, isEscalated: type == .alertEscalated)
        case .alertAcknowledged: desks[desk].alerts[id]?.isAnswered = true
        case .alertCleared: desks[desk].alerts[id] = nil
        default: break
        }
    }

    private mutating func called(
        _ id: String, _ json: JSONValue, _ desk: Int, _ at: Instant, _ draws: Draws, isEscalated: Bool
    ) {
        let role = json.text("role").flatMap { Role(rawValue: $0) }
        guard let person = desks[desk].person(role) else { return }
        let arming = json.number("arming") ?? 0
        let known = desks[desk].alerts[id]
        if let known, known.arming == arming, known.isAnswered { return }
        var alert = DeskOffice.Alert(
            arming: arming, isAnswered: false, person: person, hasPromised: known?.hasPromised ?? false)
        defer { desks[desk].alerts[id] = alert }

        var draws = draws
        let code = json.text("code") ?? ""
        let isUrgent = ["danger", "at-once", "red"].contains(code)
        let waits = isUrgent ? behaviour.dangersAnsweredLate : behaviour.alertsIgnoredAtFirst
        // Who is called a second time comes.
        if !isEscalated, draws.happens(waits) { return }
        let minutes = isUrgent ? 2 + 5 * min(draws.stretch(), 3) : 10 + 40 * draws.stretch()
        let answered = at.adding(milliseconds: Int64(minutes * 60_000))
        // A promise kept once: a second on the same matter would put it off for ever.
        let promises = !isUrgent && !alert.hasPromised && draws.happens(behaviour.alertsPromised)
        if promises { alert.hasPromised = true }
        let until = promises ? answered.adding(seconds: Int64(2 + draws.below(4)) * 3600) : nil
        plan(.reply(desk: desk, alert: id, arming: arming, until: until), at: answered)
    }

    mutating func reply(_ desk: Int, _ alert: String, _ arming: Int, _ until: Instant?, at: Instant) -> NewRecord? {
        // Cleared meanwhile, or answered by somebody.
        guard let called = desks[desk].alerts[alert], called.arming == arming, !called.isAnswered else { return nil }
        desks[desk].alerts[alert]?.isAnswered = true
        desks[desk].sent += 1
        var json = JSONWriter()
        json.beginObject()
        json.field("alert", alert)
        json.field("person", called.person.text)
        if let until { json.field("until", until.description) }
        json.field("note", "Taken on.")
        json.endObject()
        let name = desks[desk].desk.id.text
        return message(
            "oncall.\(name).answers", root: "/oncall/", name, number: desks[desk].sent,
            type: "frontdoor.alert.answered.v1", at: at, value: json.bytes)
    }
}
