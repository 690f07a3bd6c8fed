import CloudEvents
public import DomainModel
public import HubConfiguration
import JSON
public import Room
import Sealing

/// Reads all that comes from outside, and posts it in the room of its authority: once, in one form, with its personal
/// parts apart. Refuses little and loses nothing: what cannot be read becomes a dead letter, and its sender is told.
///
/// One instance is active over all ingress topics. Its table holds what it accepted (to know repeats and the rooms of
/// corrections) and what it adopted. What an agency's id or key says goes no further than the sealed parts: the hub's
/// ids are keyed hashes.
public struct Intake: IngressParticipant {
    public static let service = Service.intake

    let equipment: Equipment
    let parser = JSONParser()
    var state = IntakeState()

    public init(_ equipment: Equipment) {
        self.equipment = equipment
    }

    public mutating func receive(_ record: IngressRecord) -> [Posting] {
        state.indexMembers()
        do throws(Refusal) {
            return try accept(record)
        } catch {
            return refuse(record, error)
        }
    }

    public mutating func setAside(_ record: IngressRecord, as reason: SetAsideReason) -> [Posting] {
        state.indexMembers()
        return refuse(record, Refusal(reason == .tooLarge ? .tooLarge : .undecidable))
    }

    public mutating func adopt(_ directory: HubDirectory, policies: [Policy], now: Instant) -> [Posting] {
        var postings: [Posting] = []
        for entry in directory.authorities.sorted(by: { $0.gss < $1.gss }) {
            let events = Adoption.events(
                for: entry, of: directory, policies: policies, last: state.adopted[entry.gss],
                keyed: equipment.keyed, now: now)
            for event in events {
                state.adopt(event)
                postings.append(.room(event))
            }
        }
        return postings
    }

    public mutating func takeChanges() -> [RowChange] { state.takeChanges() }

    public mutating func restore(_ row: RowChange) throws(RowError) {
        try state.restore(row, parser: parser)
    }

    /// Every check comes before the first change of state: a refusal leaves no trace but its dead letter.
    mutating func accept(_ record: IngressRecord) throws(Refusal) -> [Posting] {
        let known =
            switch record.topic {
            case .referrals(let agency), .returns(let agency): state.members.agency(agency) != nil
            case .decisions(let team): state.members.team(team) != nil
            case .answers(let desk): state.members.desk(desk) != nil
            case .records: true
            }
        guard known else { throw Refusal(.unknownSender) }
        let event = try CloudEvent.read(record, parser: parser)
        if record.topic == .records { return [.room(try noted(event, record))] }
        guard let type = IngressType(rawValue: event.type), type.channel == record.topic.channel else {
            throw Refusal(.unknownType, at: JSONPointer("type"))
        }
        let data: JSONValue
        do { data = try parser.parse(event.data) } catch { throw Refusal(.notJSON, at: error.pointer) }
        guard data.kind == .object else { throw Refusal(.fieldUnreadable, at: .root) }
        if type == .heartbeatSent, case .returns(let agency) = record.topic {
            return try heartbeat(data, record, of: agency)
        }
        var submission = Submission(record: record, type: type, event: event, data: data, keyed: equipment.keyed)
        submission.earlierRow = submission.earlier.flatMap { state.submissions[$0] }

        if let row = state.submissions[submission.key] {
            guard row.content == submission.content else {
                throw Refusal(.sameIdOtherContent, at: JSONPointer("id"), authority: row.authority)
            }
            return again(submission, row)
        }
        switch record.topic {
        case .referrals(let agency): return try referral(submission, from: agency)
        case .returns(let agency): return try returned(submission, from: agency)
        case .decisions(let team): return try decision(submission, of: team)
        case .answers(let desk): return try answer(submission, of: desk)
        case .records: return []
        }
    }

    func policy(of authority: AuthorityCode) -> Policy? { state.inForce.policy(of: authority) }

    func receipts(_ record: IngressRecord, _ authority: AuthorityCode) -> Receipts {
        Receipts(lists: equipment.allowLists, time: record.receivedAt, authority: authority)
    }

    /// An event of Intake's own for a record from outside, with its parts still plain.
    func event(
        _ id: EventID, _ body: EventBody, subject: Subject, of authority: AuthorityCode, for record: IngressRecord,
        correlation: ReferralID? = nil, parts: [(name: PartName, bytes: [UInt8])] = []
    ) throws(Refusal) -> Event {
        // Measured only where the message is long enough to matter: a list of two bytes an element can give a mark of
        // fifty for each.
        if let value = record.value, value.count > Limits.eventBytesMax / 64 {
            try check(body, partBytes: parts.reduce(0) { $0 + $1.bytes.count })
        }
        return Event(
            id: id, source: .intake, time: record.receivedAt, authority: authority, subject: subject,
            correlation: correlation, policyVersion: state.version(of: authority), body: body,
            parts: parts.map {
                Part(key: KeyName(event: id, part: $0.name), sealed: nil, opened: $0.bytes)
            },
            input: record.position)
    }

    /// Whether the event will be one that every reader of the room can hold. Sealed bytes stand in base 64, four for
    /// three.
    private func check(_ body: EventBody, partBytes: Int) throws(Refusal) {
        var facts = JSONWriter(reserving: 8192)
        body.writeFacts(to: &facts)
        let size = partBytes / 3 * 4 + facts.bytes.count + Limits.eventBytesMax / 16
        if size > Limits.eventBytesMax { throw Refusal(.tooLarge) }
    }
}
