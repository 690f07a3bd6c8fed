import DomainModel
import EventLog
import Room
import Sealing

/// What was taken away from a participant instead of being decided, and what therefore waits.
///
/// | row of `hub.table.clock` | value |
/// |---|---|
/// | `!aside <service> <position>` | the reason; a replay leaves that input out for that participant |
/// | `!behind <service> <subject>` | later events about that referral, request or case wait too |
/// | `!again <service> <position>` | the positions of what was given to it when it read that decision to redrive |
struct SetAsideLedger {
    struct Input: Hashable {
        let service: Service
        let position: InputPosition
    }

    private static let asideKey = "!aside "
    private static let behindKey = "!behind "
    private static let againKey = "!again "

    let table: TableName
    /// Decided in this process and not yet committed; outlives a rolled-back step, for it is why that was rolled back.
    private var pending: [Input: SetAsideReason] = [:]
    private var done: [Input: SetAsideReason] = [:]
    private var behind: Set<String> = []
    /// By the decision that did it.
    private var again: [Input: [InputPosition]] = [:]
    private var redriven: Set<Input> = []
    private var changes: [RowChange] = []

    init(table: TableName) { self.table = table }

    /// Nothing was ever set aside on this log: the ordinary case, asked before anything is looked up.
    var isEmpty: Bool { pending.isEmpty && behind.isEmpty }

    mutating func restore(from log: any EventLog) throws(LogError) {
        forgetCommitted()
        try restoreMore(from: log)
    }

    /// Beside what has been restored from elsewhere.
    mutating func restoreMore(from log: any EventLog) throws(LogError) {
        try log.forEachRow(of: table) { key, value in restore(key: key, value: value) }
    }

    /// Before a restore: what is pending stays, for it is why something was rolled back.
    mutating func forgetCommitted() {
        done = [:]
        behind = []
        again = [:]
        redriven = []
        changes = []
    }

    /// Takes one row back; any other than its own is passed over.
    mutating func restore(key: [UInt8], value: [UInt8]) {
        let text = String(decoding: key, as: UTF8.self)
        if text.hasPrefix(SetAsideLedger.behindKey) {
            behind.insert(text)
        } else if text.hasPrefix(SetAsideLedger.againKey) {
            let words = text.split(separator: " ", maxSplits: 2)
            guard words.count == 3, let service = Service(rawValue: String(words[1])),
                let position = InputPosition(words[2])
            else { return }
            let given = String(decoding: value, as: UTF8.self).split(separator: " ").compactMap { InputPosition($0) }
            note(again: given, for: Input(service: service, position: position))
        } else if text.hasPrefix(SetAsideLedger.asideKey) {
            let words = text.split(separator: " ", maxSplits: 2)
            guard words.count == 3, let service = Service(rawValue: String(words[1])),
                let position = InputPosition(words[2])
            else { return }
            done[Input(service: service, position: position)] =
                SetAsideReason(rawValue: String(decoding: value, as: UTF8.self)) ?? .undecidable
        }
    }

    mutating func setAside(_ service: Service, _ position: InputPosition, as reason: SetAsideReason) {
        pending[Input(service: service, position: position)] = reason
    }

    /// Why a participant is not given an input; nil where it is.
    func reason(_ service: Service, _ position: InputPosition) -> SetAsideReason? {
        pending[Input(service: service, position: position)]
    }

    func reason(_ service: Service, _ event: Event) -> SetAsideReason? {
        if let position = event.position, let reason = reason(service, position) { return reason }
        // What puts it right does not wait behind it.
        guard !behind.isEmpty, event.source != .clock, event.redrive(for: service) == nil else { return nil }
        for subject in event.subjectsToWaitFor where behind.contains(SetAsideLedger.name(service, subject)) {
            return .waits
        }
        return nil
    }

    /// What a committed step had set aside: for a replay.
    func wasSetAside(_ service: Service, _ position: InputPosition) -> SetAsideReason? {
        done[Input(service: service, position: position)]
    }

    /// The input goes with this step.
    mutating func take(_ service: Service, _ position: InputPosition, as reason: SetAsideReason, event: Event?) {
        let input = Input(service: service, position: position)
        done[input] = reason
        changes.append(
            RowChange(
                key: Array("\(SetAsideLedger.asideKey)\(service.rawValue) \(position)".utf8),
                value: Array(reason.rawValue.utf8)))
        guard let event, event.source != .clock else { return }
        for subject in event.subjectsToWaitFor {
            let name = SetAsideLedger.name(service, subject)
            if behind.insert(name).inserted { changes.append(RowChange(key: Array(name.utf8), value: [1])) }
        }
    }

    /// What waits, or was set aside and is not redriven, in the order of its positions.
    func open(_ service: Service) -> [(position: InputPosition, reason: SetAsideReason)] {
        done.filter { $0.key.service == service && !redriven.contains($0.key) }
            .map { (position: $0.key.position, reason: $0.value) }.sorted { $0.position < $1.position }
    }

    /// What was given to a participant when it read a decision to redrive: for a replay.
    func wasGiven(_ service: Service, at decision: InputPosition) -> [InputPosition] {
        again[Input(service: service, position: decision)] ?? []
    }

    /// What was set aside is given to its participant with this step, and nothing waits behind it any more.
    mutating func take(_ release: Release, for service: Service, at decision: InputPosition) {
        let positions = release.events.compactMap(\.position)
        note(again: positions, for: Input(service: service, position: decision))
        changes.append(
            RowChange(
                key: Array("\(SetAsideLedger.againKey)\(service.rawValue) \(decision)".utf8),
                value: Array(positions.map(\.description).joined(separator: " ").utf8)))
        for subject in release.subjects {
            let name = SetAsideLedger.name(service, subject)
            if behind.remove(name) != nil { changes.append(RowChange(key: Array(name.utf8), value: nil)) }
        }
    }

    private mutating func note(again positions: [InputPosition], for decision: Input) {
        again[decision] = positions
        for position in positions { redriven.insert(Input(service: decision.service, position: position)) }
    }

    mutating func takeChanges() -> [RowChange] {
        // Positions are taken once: what is committed need not be kept to be compared with.
        if !changes.isEmpty { pending.removeAll() }
        defer { changes.removeAll() }
        return changes
    }

    private static func name(_ service: Service, _ subject: Subject) -> String {
        "\(behindKey)\(service.rawValue) \(subject)"
    }
}

extension Event {
    /// What later events would be about, were they about the same: a referral, a request or a case. An authority or the
    /// hub is none: behind a strike or an adoption all would wait.
    var subjectsToWaitFor: [Subject] {
        var subjects: [Subject] = []
        switch subject {
        case .referral, .request, .caseID: subjects.append(subject)
        case .authority, .hub: break
        }
        if let correlation, subject != .referral(correlation) { subjects.append(.referral(correlation)) }
        if case .decisionSubmitted(let decision) = body {
            for caseID in decision.cases where subject != .caseID(caseID) { subjects.append(.caseID(caseID)) }
        }
        return subjects
    }
}

extension Hub {
    /// Refuses a record from outside, as Intake refuses any other.
    func setAside(_ record: IngressRecord, as reason: SetAsideReason, into stage: inout Stage) {
        guard let intake else { return }
        for posting in intake.setAside(record, as: reason) {
            stage.add(posting, by: intake.service, input: record.position, ends: ends)
        }
        attempts.finished(intake.service, record.position)
        asides.take(intake.service, record.position, as: reason, event: nil)
    }

    /// Takes an event of the room away from one participant. The event stays in the room and the others go on.
    func setAside(_ event: Event, for host: RoomHost, as reason: SetAsideReason, into stage: inout Stage) {
        guard let position = event.position else { return }
        for posting in SetAsidePostings.all(event, for: host.service, as: reason, at: position) {
            stage.add(posting, by: .clock, ends: ends)
        }
        attempts.finished(host.service, position)
        asides.take(host.service, position, as: reason, event: event)
    }
}

/// What is posted where an event is taken away from a participant.
enum SetAsidePostings {
    /// A dead letter, and word to the room; what only waits behind another is not told again.
    static func all(
        _ event: Event, for service: Service, as reason: SetAsideReason, at position: InputPosition
    ) -> [Posting] {
        let letter = deadLetter(event, for: service, as: reason, at: position)
        guard reason != .waits, !event.isNoticeOfSetAside else { return [.deadLetter(letter)] }
        return [.deadLetter(letter), .room(notice(of: letter, event))]
    }

    /// The dead letter of an event that was taken away from a participant.
    static func letter(of event: Event, for service: Service) -> EventID {
        var derivation = Derivation("set-aside")
        derivation.add(service.rawValue)
        derivation.add(event.id)
        return derivation.id()
    }

    private static func deadLetter(
        _ event: Event, for service: Service, as reason: SetAsideReason, at position: InputPosition
    ) -> DeadLetter {
        DeadLetter(
            id: letter(of: event, for: service), time: event.time, authority: event.authority, origin: position,
            reason: reason.rawValue, service: service, original: nil, originalLength: 0,
            originalHash: Digest.sha256([]).description)
    }

    /// Tells the room, and so the desk. It is the runtime's own, like a strike: no participant skips it as its own.
    private static func notice(of letter: DeadLetter, _ event: Event) -> Event {
        var derivation = Derivation("set-aside-notice")
        derivation.add(letter.id)
        let facts = SubmissionRefused(
            channel: event.body.channel, reason: letter.reason, deadLetter: letter.id,
            participant: letter.service.rawValue)
        return Event(
            id: derivation.id(), source: .clock, time: event.time, authority: event.authority, subject: event.subject,
            causation: event.id, correlation: event.correlation, body: .submissionRefused(facts), input: event.position)
    }
}

extension Event {
    fileprivate var isNoticeOfSetAside: Bool {
        if case .submissionRefused(let facts) = body { facts.participant != nil } else { false }
    }
}

extension EventBody {
    /// The kind of submission that it goes back to; what people and participants decide counts as a decision.
    fileprivate var channel: SubmissionChannel {
        switch type {
        case .referralSubmitted, .referralCorrected, .referralWithdrawn, .referralRepeated, .referralTransferred:
            .referrals
        case .returnSubmitted, .returnDeclined, .returnCorrected, .returnWithdrawn, .heartbeatSent: .returns
        case .alertAnswered: .answers
        default: .decisions
        }
    }
}
