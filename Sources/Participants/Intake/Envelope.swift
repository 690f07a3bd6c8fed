import CloudEvents
import DomainModel
import JSON
import Room

extension CloudEvent {
    /// Reads the envelope and checks what holds for every channel: size, attributes, and that the source is the topic's
    /// owner.
    static func read(_ record: IngressRecord, parser: JSONParser) throws(Refusal) -> CloudEvent {
        if let value = record.value, value.count > Limits.ingressBytesMax { throw Refusal(.tooLarge) }
        let event: CloudEvent
        do throws(CloudEventError) {
            event = try CloudEvent.read(headers: record.headers, value: record.value, parser: parser)
        } catch {
            throw Refusal(error)
        }
        guard event.source == record.topic.source else {
            throw Refusal(.notFromWhoItClaims, at: JSONPointer("source"))
        }
        return event
    }

    /// Everything that the sender put beside id, source and type: kept in the sealed text, and believed in nothing.
    var others: [Attribute] {
        var others: [Attribute] = []
        if let subject { others.append(Attribute("subject", subject)) }
        if let time { others.append(Attribute("time", time.description)) }
        return others + extensions + unusable
    }
}

extension Refusal {
    fileprivate init(_ error: CloudEventError) {
        switch error {
        case .noValue, .noData: self.init(.noContent)
        case .notJSON, .dataBase64NotJSON: self.init(.notJSON, at: error.pointer)
        default: self.init(.notACloudEvent, at: error.pointer)
        }
    }
}

extension IngressTopic {
    /// What a CloudEvent on it must give as its source.
    var source: String {
        switch self {
        case .referrals(let agency), .returns(let agency): "/agency/\(agency)"
        case .decisions(let team): "/team/\(team)"
        case .answers(let desk): "/oncall/\(desk)"
        case .records: Service.delivery.source
        }
    }
}

/// What may come in, by channel.
enum IngressType: String, CaseIterable, Sendable {
    case referralSubmitted = "frontdoor.referral.submitted.v1"
    case referralCorrected = "frontdoor.referral.corrected.v1"
    case referralWithdrawn = "frontdoor.referral.withdrawn.v1"
    case returnSubmitted = "frontdoor.return.submitted.v1"
    case returnCorrected = "frontdoor.return.corrected.v1"
    case returnWithdrawn = "frontdoor.return.withdrawn.v1"
    case heartbeatSent = "frontdoor.heartbeat.sent.v1"
    case decisionSubmitted = "frontdoor.decision.submitted.v1"
    case alertAnswered = "frontdoor.alert.answered.v1"

    var channel: SubmissionChannel {
        switch self {
        case .referralSubmitted, .referralCorrected, .referralWithdrawn: .referrals
        // On the way that a return would take: one of its own would be open while that one is not.
        case .returnSubmitted, .returnCorrected, .returnWithdrawn, .heartbeatSent: .returns
        case .decisionSubmitted: .decisions
        case .alertAnswered: .answers
        }
    }
}
