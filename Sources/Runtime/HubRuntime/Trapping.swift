import DomainModel
public import Room

/// A participant that ends the process on every input in which a text is found: what a fault in its code would do, so
/// that a test of real processes can see what comes of it. The hub has none unless a test asks for it.
public final class TrappingHostOf<P: Participant>: HostOf<P> {
    private let text: String

    public init(_ participant: P.Type, on text: String) {
        self.text = text
        super.init(participant)
    }

    override func receive(_ event: Event, partition: Int32) -> [Posting] {
        let referral = event.correlation?.description ?? ""
        if [event.id.description, event.subject.description, referral].contains(where: { $0.contains(text) }) {
            preconditionFailure("\(service.rawValue) was told to trap on this input")
        }
        return super.receive(event, partition: partition)
    }
}

/// The same for Intake, which sees what a sender wrote.
public final class TrappingIngressHostOf<P: IngressParticipant>: IngressHostOf<P> {
    private let text: String

    public init(_ participant: P.Type, on text: String) {
        self.text = text
        super.init(participant)
    }

    override func receive(_ record: IngressRecord) -> [Posting] {
        if String(decoding: record.value ?? [], as: UTF8.self).contains(text) {
            preconditionFailure("\(service.rawValue) was told to trap on this input")
        }
        return super.receive(record)
    }
}
