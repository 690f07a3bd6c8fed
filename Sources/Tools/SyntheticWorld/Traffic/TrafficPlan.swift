public import DomainModel
package import EventLog
public import HubConfiguration
import WorkingTime

/// The contacts of a made-up population, in the order of their sending. Nothing is kept but what may come again: its
/// memory does not grow with the number of contacts.
///
/// The mix of sources is the published one (police 32 %, health 17 %, education 16 %, family or child 9 %, other 26 %),
/// and the concerns are such that policies of the shipped kind give roughly the published outcomes. About 10 % are
/// about a child whom another agency reported within three days; about 2 % are sent twice, 2 % corrected, 0.5 %
/// withdrawn, 3 % have a faulty field, 0.5 % cannot be accepted, 0.3 % name an authority that no hub knows.
///
/// One in a hundred says that a child is in immediate danger; the first contact of a night (22:00 to 06:00 in London)
/// always does, because that is what a duty desk must be seen to answer.
public struct TrafficPlan: Sequence, IteratorProtocol, Sendable {
    public let seed: UInt64
    public let contacts: Int
    public let start: Instant
    public let end: Instant

    private let topicPrefix: String
    private let hasMistakes: Bool
    private let senders: Senders
    private let today: CivilDate
    private var arrivals: Arrivals
    private var draws: Draws
    private var nextArrival: (at: Instant, isOffHours: Bool)?
    private var made = 0
    private var households = 0
    private var hadNightDanger = false
    private var followUps = FollowUps()
    private var reported = Reported()

    /// - Parameters:
    ///   - prefix: before every topic's name.
    ///   - contacts: how many contacts; repeats, corrections and withdrawals come besides.
    ///   - start: of the first day; midnight of a Monday in London shows a whole week.
    ///   - days: over so many the contacts are spread; at least 1.
    ///   - mistakes: with messages that must be refused, faulty fields and unknown authorities.
    public init(
        seed: UInt64, directory: HubDirectory, prefix: String, contacts: Int, start: Instant, days: Int,
        mistakes: Bool = true
    ) {
        self.seed = seed
        self.contacts = Swift.max(0, contacts)
        self.start = start
        end = start.adding(milliseconds: Int64(Swift.max(1, days)) * 86_400_000)
        topicPrefix = prefix
        hasMistakes = mistakes
        arrivals = Arrivals(start: start, days: days)
        senders = Senders(directory, offHoursShare: arrivals.offHoursShare)
        today = LondonTime.civil(of: start).date
        draws = Draws(seed)
        advance()
    }

    /// The next message; nil behind the last.
    public mutating func next() -> Submission? {
        if let arrival = nextArrival {
            if let due = followUps.nextAt, due <= arrival.at {
                return followUps.pop().map { sent($0.contact, $0.kind, $0.at) }
            }
            return contact(at: arrival)
        }
        return followUps.pop().map { sent($0.contact, $0.kind, $0.at) }
    }

    /// The next message of one agency.
    public mutating func next(of agency: AgencyName) -> Submission? {
        while let submission = next() {
            if submission.agency == agency { return submission }
        }
        return nil
    }

    /// When the next message is sent; nil behind the last.
    public var nextAt: Instant? {
        guard let due = followUps.nextAt else { return nextArrival?.at }
        return nextArrival.map { Swift.min($0.at, due) } ?? due
    }

    // MARK: Making contacts

    private mutating func advance() {
        guard made < contacts, !senders.places.isEmpty else {
            nextArrival = nil
            return
        }
        // Each has its own slice of the whole, so that the times rise without being sorted.
        nextArrival = arrivals.instant(at: (Double(made) + draws.unit()) / Double(contacts))
    }

    private mutating func contact(at arrival: (at: Instant, isOffHours: Bool)) -> Submission? {
        defer { advance() }
        guard var contact = drawn(at: arrival.at, offHours: arrival.isOffHours) else {
            made = contacts
            return nil
        }
        if !hadNightDanger, Arrivals.isNight(arrival.at) {
            hadNightDanger = true
            contact.gravity = .danger
        } else if hasMistakes {
            addMistake(to: &contact)
        }
        made += 1
        if !contact.kind.mustBeRefused, contact.kind != .unknownAuthority {
            reported.add(
                .init(
                    household: contact.household, place: contact.place, agency: contact.sender.agency, at: contact.at),
                &draws)
            planFollowUp(of: contact)
        }
        return sent(contact, contact.kind, contact.at)
    }

    private mutating func drawn(at: Instant, offHours: Bool) -> Contact? {
        var kind = Submission.Kind.referral
        var place = draws.below(senders.places.count)
        var household: Int?
        var sender: Senders.Sender?
        let chance = draws.unit()
        if chance < 0.11, let recent = reported.recent(before: at, &draws),
            let other = senders.sender(at: recent.place, offHours: offHours, other: recent.agency, &draws)
        {
            (kind, household, place, sender) = (.reportedElsewhere, recent.household, recent.place, other)
        } else if (0.11..<0.17).contains(chance), let past = reported.past(before: at, &draws) {
            (kind, household, place) = (.referredAgain, past.household, past.place)
        }
        guard let sender = sender ?? senders.sender(at: place, offHours: offHours, &draws) else { return nil }
        if household == nil { households += 1 }
        return Contact(
            number: made, household: household ?? households, place: place, sender: sender, at: at,
            gravity: Gravity.drawn(&draws), kind: kind)
    }

    private mutating func addMistake(to contact: inout Contact) {
        switch draws.unit() {
        case ..<0.002: contact.kind = .truncated
        case ..<0.0035: contact.kind = .wrongAgency
        case ..<0.005: contact.kind = .unknownType
        case ..<0.008: contact.kind = .unknownAuthority
        case ..<0.038: contact.fault = draws.pick(Contact.Fault.allCases)
        default: break
        }
    }

    private mutating func planFollowUp(of contact: Contact) {
        let kind: Submission.Kind
        switch draws.unit() {
        case ..<0.02: kind = .repeated
        case ..<0.04: kind = .corrected
        case ..<0.045: kind = .withdrawn
        default: return
        }
        // A repeat is a client that had no answer; people take hours to see what was wrong.
        let minutes = kind == .repeated ? 1 + draws.below(40) : 30 + draws.below(1800)
        var later = contact
        if kind == .corrected { later.version = 1 }
        let at = Swift.min(contact.at.adding(seconds: Int64(minutes) * 60), end.adding(milliseconds: -1))
        followUps.add(later, kind, at: Swift.max(at, contact.at))
    }

    // MARK: Writing messages

    private mutating func sent(_ contact: Contact, _ kind: Submission.Kind, _ at: Instant) -> Submission {
        let id = messageID(contact.number)
        var writer = ContactWriter(seed: seed, today: today, senders: senders)
        var type: StaticString = "frontdoor.referral.submitted.v1"
        var messageID = id
        var value: [UInt8]
        var children = 0
        switch kind {
        case .corrected:
            type = "frontdoor.referral.corrected.v1"
            messageID += "-2"
            (value, children) = writer.referral(contact, earlier: id)
        case .withdrawn:
            type = "frontdoor.referral.withdrawn.v1"
            messageID += "-w"
            value = writer.withdrawal(contact, earlier: id)
        default: (value, children) = writer.referral(contact, earlier: nil)
        }
        var claimed = contact.sender.agency
        switch kind {
        case .truncated: value.removeLast(value.count / 3)
        case .wrongAgency: claimed = senders.places[contact.place].agencies.first { $0 != claimed } ?? claimed
        case .unknownType: type = "frontdoor.referral.whispered.v1"
        default: break
        }
        let headers = MessageHeaders.make(
            id: messageID, source: "/agency/", claimed.text, type: type, time: kind == .repeated ? contact.at : at)
        let topic = Topic("\(topicPrefix)agency.\(contact.sender.agency).referrals")
        return Submission(
            at: at, record: NewRecord(TopicPartition(topic, 0), key: nil, headers: headers, value: value), kind: kind,
            agency: contact.sender.agency, authority: senders.places[contact.place].authority,
            source: contact.sender.source, immediateDanger: contact.isDanger, isFaulty: contact.fault != nil,
            children: children)
    }

    private func messageID(_ number: Int) -> String { "\(String(seed, radix: 36))-\(number)" }
}

/// The headers of CloudEvents' binary mode.
package enum MessageHeaders {
    package static func make(id: String, source root: String, _ name: String, type: StaticString, time: Instant)
        -> Headers
    {
        var headers = Headers(reserving: 256)
        headers.append("ce_specversion", "1.0".utf8)
        headers.append("ce_id", id.utf8)
        headers.append("ce_source", (root + name).utf8)
        headers.append("ce_type", UnsafeBufferPointer(start: type.utf8Start, count: type.utf8CodeUnitCount))
        headers.append("ce_time", time.description.utf8)
        headers.append("content-type", "application/json".utf8)
        return headers
    }
}
