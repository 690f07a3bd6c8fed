import DomainModel
import EventLog
import HubConfiguration
import JSON

/// An agency as far as it answers requests.
struct AgencyOffice {
    let agency: Agency
    let hours: Hours
    /// What it was asked and has not settled, by the hub's reference.
    var requests: [String: Request] = [:]
    var sent = 0
    var beats = 0

    init(_ agency: Agency, hours: Hours) {
        self.agency = agency
        self.hours = hours
    }

    struct Request {
        var urgency: RAG
        var draws: Draws
        var isPlanned: Bool
        /// The CloudEvents id of what was sent; a correction names it.
        var answeredBy: String?
    }
}

enum ReturnManner: Sendable {
    case full, partial, partialAndMore, nothingKnown, declined, unidentified, corrected, withdrawn
}

extension SyntheticWorld {
    mutating func inbox(_ type: WorldType, _ json: JSONValue, _ agency: Int, _ at: Instant, _ draws: Draws) {
        guard let reference = json.text("reference") else { return }
        var draws = draws
        switch type {
        case .returnRequested:
            // Sent again after a correction: whoever is on it goes on.
            guard agencies[agency].requests[reference] == nil else { return }
            let urgency = json.urgency ?? .amber
            let isForgotten = draws.happens(behaviour.returnsForgotten)
            if !isForgotten {
                plan(
                    .answer(agency: agency, reference: reference, manner(&draws)),
                    at: answerTime(agency, urgency, from: at, &draws))
            }
            agencies[agency].requests[reference] = AgencyOffice.Request(
                urgency: urgency, draws: draws, isPlanned: !isForgotten)
        case .obligationReminded:
            guard let request = agencies[agency].requests[reference], !request.isPlanned,
                draws.happens(behaviour.returnsAfterReminder)
            else { return }
            agencies[agency].requests[reference]?.isPlanned = true
            let minutes = 20 + 60 * draws.stretch()
            plan(
                .answer(agency: agency, reference: reference, draws.happens(0.7) ? .full : .nothingKnown),
                at: agencies[agency].hours.after(at, workingMinutes: minutes))
        case .requestWithdrawn: agencies[agency].requests[reference] = nil
        default: break
        }
    }

    private func manner(_ draws: inout Draws) -> ReturnManner {
        let chance = draws.unit()
        var sum = behaviour.returnsDeclined
        if chance < sum { return .declined }
        sum += behaviour.returnsUnidentified
        if chance < sum { return .unidentified }
        sum += behaviour.returnsNil
        if chance < sum { return .nothingKnown }
        sum += behaviour.returnsPartial
        if chance < sum { return draws.happens(0.5) ? .partial : .partialAndMore }
        return .full
    }

    /// A third of the usual budget is the usual time; one in eight takes three times as long, and is late.
    private func answerTime(_ agency: Int, _ urgency: RAG, from at: Instant, _ draws: inout Draws) -> Instant {
        let hours = agencies[agency].hours
        let stretch = draws.stretch()
        switch urgency {
        case .red:
            // Most keep somebody for what cannot wait till the office opens.
            let isReached = hours.isOpen(at: at) || draws.happens(0.85)
            return isReached
                ? at.adding(milliseconds: Int64(70 * stretch * 60_000))
                : hours.after(at, workingMinutes: 30 * stretch)
        case .amber: return hours.after(at, workingMinutes: 150 * stretch)
        default: return hours.after(at, workingMinutes: 420 * stretch)
        }
    }

    mutating func answer(_ agency: Int, _ reference: String, _ how: ReturnManner, at: Instant) -> NewRecord? {
        guard var request = agencies[agency].requests[reference] else { return nil }
        var draws = request.draws
        agencies[agency].sent += 1
        let number = agencies[agency].sent
        var type: StaticString = "frontdoor.return.submitted.v1"
        var json = JSONWriter()
        json.beginObject()
        json.field("request", reference)
        switch how {
        case .withdrawn:
            type = "frontdoor.return.withdrawn.v1"
            json.field("earlier", request.answeredBy)
            json.field("reason", "wrong-person")
        case .corrected:
            type = "frontdoor.return.corrected.v1"
            json.field("earlier", request.answeredBy)
            writeReturn(.full, &json, &draws)
        default: writeReturn(how, &json, &draws)
        }
        json.endObject()

        request.answeredBy = messageID(number)
        follow(agency, reference, how, at, &draws, &request)
        request.draws = draws
        agencies[agency].requests[reference] = request
        let name = agencies[agency].agency.id.text
        return message(
            "agency.\(name).returns", root: "/agency/", name, number: number, type: type, at: at, value: json.bytes)
    }

    /// What the agency still means to do about a request that it has answered.
    private mutating func follow(
        _ agency: Int, _ reference: String, _ how: ReturnManner, _ at: Instant, _ draws: inout Draws,
        _ request: inout AgencyOffice.Request
    ) {
        let hours = agencies[agency].hours
        switch how {
        case .partialAndMore:
            let more = hours.after(at, workingMinutes: 60 + 120 * draws.stretch())
            plan(.answer(agency: agency, reference: reference, .full), at: more)
        case .declined, .unidentified, .withdrawn:
            // Where the hub asks again, a reminder leads to another answer.
            request.isPlanned = false
        case .full, .partial, .nothingKnown:
            let chance = draws.unit()
            let later = hours.after(at, workingMinutes: 30 + 180 * draws.stretch())
            if chance < behaviour.returnsCorrected {
                plan(.answer(agency: agency, reference: reference, .corrected), at: later)
            } else if chance < behaviour.returnsCorrected + behaviour.returnsWithdrawn {
                plan(.answer(agency: agency, reference: reference, .withdrawn), at: later)
            }
        case .corrected: break
        }
    }

    private func writeReturn(_ how: ReturnManner, _ json: inout JSONWriter, _ draws: inout Draws) {
        switch how {
        case .nothingKnown:
            json.field("kind", "nil")
            searched(&json)
        case .declined:
            json.field("kind", "declined")
            json.field(
                "declineReason",
                draws.pick(["no-lawful-basis", "not-proportionate", "prejudice-to-investigation", "not-our-record"]))
        case .unidentified:
            json.field("kind", "partial")
            json.key("identified")
            json.value(false)
            searched(&json)
        case .partial, .partialAndMore:
            json.field("kind", "partial")
            json.fieldIfTrue("complete", how == .partial)
            finding(&json, &draws)
        case .full, .corrected, .withdrawn:
            json.field("kind", "full")
            json.fieldIfTrue("complete", true)
            searched(&json)
            finding(&json, &draws)
        }
        json.key("sharing")
        json.beginObject()
        json.field("article6", "6(1)(e)")
        json.field("article9", "9(2)(g)")
        json.field("gateway", "ca2004-s11")
        json.endObject()
    }

    private func searched(_ json: inout JSONWriter) {
        json.key("searched")
        json.beginArray()
        json.beginObject()
        json.field("system", "case records")
        json.field("person", "the child and the adults named")
        json.endObject()
        json.endArray()
    }

    private func finding(_ json: inout JSONWriter, _ draws: inout Draws) {
        let isGrave = draws.happens(behaviour.returnsRaisingRisk)
        guard isGrave || draws.happens(0.6) else { return }
        json.key("findings")
        json.beginArray()
        json.beginObject()
        json.field("about", "child")
        json.field("factor", isGrave ? draws.pick(["18C", "19C", "16A"]) : "20")
        json.fieldIfTrue("historic", !isGrave && draws.happens(0.3))
        json.field("narrative", isGrave ? "Known here, and grave." : "Known here; nothing that worries.")
        json.endObject()
        json.endArray()
    }
}
