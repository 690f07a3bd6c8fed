public import DomainModel
public import EventLog

/// The names of the hub's topics and tables, with the prefix of a shared cluster, and the partition of an authority.
public struct HubTopics: Hashable, Sendable {
    public let prefix: String
    /// The room's partition count: one for all of the hub's own topics, never changed once there are events.
    public let partitions: Int32

    public init(prefix: String = "", partitions: Int32 = 12) {
        self.prefix = prefix
        self.partitions = partitions
    }

    public var events: Topic { Topic("\(prefix)hub.events") }
    public var deadLetters: Topic { Topic("\(prefix)hub.dead-letters") }
    /// What Delivery notes, on its way into the room.
    public var records: Topic { Topic("\(prefix)hub.records") }

    public func referrals(_ agency: AgencyName) -> Topic { Topic("\(prefix)agency.\(agency).referrals") }
    public func returns(_ agency: AgencyName) -> Topic { Topic("\(prefix)agency.\(agency).returns") }
    public func inbox(_ agency: AgencyName) -> Topic { Topic("\(prefix)agency.\(agency).inbox") }
    public func queue(_ team: TeamName) -> Topic { Topic("\(prefix)team.\(team).queue") }
    public func decisions(_ team: TeamName) -> Topic { Topic("\(prefix)team.\(team).decisions") }
    public func alerts(_ desk: DeskName) -> Topic { Topic("\(prefix)oncall.\(desk).alerts") }
    public func answers(_ desk: DeskName) -> Topic { Topic("\(prefix)oncall.\(desk).answers") }

    /// - Returns: nil where the topic is not a desk's alerts.
    public func desk(ofAlerts topic: Topic) -> DeskName? {
        owner(of: topic, "oncall.", ".alerts").flatMap { DeskName($0) }
    }

    /// - Returns: nil where the topic is not an agency's inbox.
    public func agency(ofInbox topic: Topic) -> AgencyName? {
        owner(of: topic, "agency.", ".inbox").flatMap { AgencyName($0) }
    }

    private func owner(of topic: Topic, _ before: String, _ after: String) -> Substring? {
        let before = prefix + before
        guard topic.name.hasPrefix(before), topic.name.hasSuffix(after) else { return nil }
        guard topic.name.utf8.count > before.utf8.count + after.utf8.count else { return nil }
        return topic.name.dropFirst(before.count).dropLast(after.count)
    }

    public func topic(of recipient: Recipient) -> Topic {
        switch recipient {
        case .agency(let agency): inbox(agency)
        case .team(let team): queue(team)
        case .desk(let desk): alerts(desk)
        }
    }

    /// All that Intake reads, by pattern, so that a new agency is found without a restart.
    public var ingress: [TopicPattern] {
        [
            .affixes(prefix: "\(prefix)agency.", suffix: ".referrals"),
            .affixes(prefix: "\(prefix)agency.", suffix: ".returns"),
            .affixes(prefix: "\(prefix)team.", suffix: ".decisions"),
            .affixes(prefix: "\(prefix)oncall.", suffix: ".answers"),
            .exact(records),
        ]
    }

    /// All that Delivery reads: whom a desk's or an agency's tools must tell.
    public var delivered: [TopicPattern] {
        [
            .affixes(prefix: "\(prefix)oncall.", suffix: ".alerts"),
            .affixes(prefix: "\(prefix)agency.", suffix: ".inbox"),
        ]
    }

    /// Who owns an ingress topic and what comes in on it: the agency of an event is the topic's, never the payload's.
    public func ingress(_ topic: Topic) -> IngressTopic? {
        guard topic.name.hasPrefix(prefix) else { return nil }
        if topic == records { return .records }
        let name = topic.name.dropFirst(prefix.count)
        guard let first = name.firstIndex(of: "."), let last = name.lastIndex(of: "."), first < last else { return nil }
        let owner = name[name.index(after: first)..<last]
        switch (name[..<first], name[name.index(after: last)...]) {
        case ("agency", "referrals"): return AgencyName(owner).map { .referrals($0) }
        case ("agency", "returns"): return AgencyName(owner).map { .returns($0) }
        case ("team", "decisions"): return TeamName(owner).map { .decisions($0) }
        case ("oncall", "answers"): return DeskName(owner).map { .answers($0) }
        default: return nil
        }
    }

    public func room(of authority: AuthorityCode) -> TopicPartition {
        TopicPartition(events, partition(of: authority))
    }

    /// As Java's Kafka client would choose it for the key: the clients of all agencies agree on it.
    public func partition(of authority: AuthorityCode) -> Int32 {
        let hash = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 9) { buffer in
            let count = authority.write(to: buffer)
            return Murmur2.hash(UnsafeBufferPointer(rebasing: buffer[..<count]))
        }
        return Int32((hash & 0x7fff_ffff) % UInt32(partitions))
    }

    /// `intake` → `hub.table.intake`, as the log names it.
    public func table(_ service: Service) -> TableName { TableName("\(prefix)hub.table.\(service.rawValue)") }
    public var keys: TableName { TableName("\(prefix)hub.table.keys") }
}

public enum IngressTopic: Hashable, Sendable {
    case referrals(AgencyName)
    case returns(AgencyName)
    case decisions(TeamName)
    case answers(DeskName)
    case records

    public var channel: SubmissionChannel {
        switch self {
        case .referrals: .referrals
        case .returns: .returns
        case .decisions: .decisions
        case .answers: .answers
        case .records: .records
        }
    }
}

/// MurmurHash2, 32 bits, with Kafka's seed: the default partitioner of Java's client.
public enum Murmur2 {
    public static func hash(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBufferPointer { hash($0) } }

    public static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        let mixer: UInt32 = 0x5bd1_e995
        var hash = 0x9747_b28c ^ UInt32(truncatingIfNeeded: bytes.count)
        var place = 0
        while place + 4 <= bytes.count {
            var word =
                UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2]) << 16
                | UInt32(bytes[place + 3]) << 24
            word = word &* mixer
            word ^= word >> 24
            word = word &* mixer
            hash = hash &* mixer
            hash ^= word
            place += 4
        }
        let rest = bytes.count - place
        if rest >= 3 { hash ^= UInt32(bytes[place + 2]) << 16 }
        if rest >= 2 { hash ^= UInt32(bytes[place + 1]) << 8 }
        if rest >= 1 {
            hash ^= UInt32(bytes[place])
            hash = hash &* mixer
        }
        hash ^= hash >> 13
        hash = hash &* mixer
        hash ^= hash >> 15
        return hash
    }
}
