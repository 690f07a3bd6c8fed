import CloudEvents
import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing

// A refusal is a dead letter with the original, an event in the room, and a word to the sender, all in one step. It
// changes nothing in the table: the corrected message may come with the same id.
extension Intake {
    func refuse(_ record: IngressRecord, _ refusal: Refusal) -> [Posting] {
        let id = Intake.letter(at: record.position)
        let sender = sender(of: record.topic)
        let authority = refusal.authority ?? sender?.authority ?? .hub
        var facts = SubmissionRefused(
            channel: record.topic.channel, reason: refusal.reason.rawValue, pointer: refusal.pointer, deadLetter: id)
        switch sender?.recipient {
        case .agency(let name):
            facts.agency = name
            facts.reference = equipment.keyed.issueReference(authority: authority, for: id, to: name).description
        case .team(let name):
            facts.team = name
            facts.reference = id.description
        case .desk(let name):
            facts.desk = name
            facts.reference = id.description
        case nil: break
        }

        var eventDerivation = Derivation("submission-refused")
        eventDerivation.add(id)
        let event = Event(
            id: eventDerivation.id(), source: .intake, time: record.receivedAt, authority: authority, subject: .hub,
            policyVersion: state.version(of: authority), body: .submissionRefused(facts), input: record.position)

        var postings: [Posting] = [.deadLetter(deadLetter(id, record, facts, authority)), .room(event)]
        // Who is not in the configuration has no topic to be told on.
        if let sender {
            let told = receipts(record, authority).refusal(
                facts, advice: refusal.reason.advice, to: sender.recipient, cause: event.id)
            postings.append(.outgoing(told))
        }
        return postings
    }

    /// The dead letter of what lay there. It names the place, so that a letter and its origin can be told to belong
    /// together.
    static func letter(at position: InputPosition) -> EventID {
        var derivation = Derivation("dead-letter")
        derivation.add(position.topic ?? "")
        derivation.add(position.offset)
        return derivation.id()
    }

    /// Who owns the topic, if the configuration lists them, and the one authority that they belong to, if it is one.
    private func sender(of topic: IngressTopic) -> (recipient: Recipient, authority: AuthorityCode?)? {
        switch topic {
        case .referrals(let name), .returns(let name):
            state.members.agency(name).map { agency in
                let only = agency.authorities.count == 1 ? agency.authorities.first : nil
                return (.agency(name), only.flatMap { state.members.knows($0) ? $0 : nil })
            }
        case .decisions(let name): state.members.team(name).map { (.team(name), $0.authority) }
        case .answers(let name): state.members.desk(name).map { (.desk(name), $0.authority) }
        // The hub's own: the dead letter tells its team.
        case .records: nil
        }
    }

    private func deadLetter(
        _ id: EventID, _ record: IngressRecord, _ facts: SubmissionRefused, _ authority: AuthorityCode
    ) -> DeadLetter {
        let bytes = record.value ?? []
        return DeadLetter(
            id: id, time: record.receivedAt, authority: authority, origin: record.position, reason: facts.reason,
            pointer: facts.pointer, service: .intake,
            original: bytes.count <= Limits.deadLetterOriginalBytesMax ? record.value : nil,
            head: LetterHead(
                topic: record.topic, receivedAt: record.receivedAt, authority: authority, headers: record.headers),
            originalLength: bytes.count, originalHash: Digest.sha256(bytes).description)
    }
}
