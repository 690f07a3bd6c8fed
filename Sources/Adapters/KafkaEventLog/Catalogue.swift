import EventLog
import Kafka
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The topics of the cluster as last seen: their partitions and what a record may measure. Asked of the brokers where a
/// topic is not in it.
final class Catalogue: Sendable {
    struct Entry: Sendable {
        let topic: Topic
        let partitions: Int32
        let specification: TopicSpecification

        /// Brokers refuse a record without a key where they compact by key: an empty one says the same there.
        func key(of record: NewRecord) -> [UInt8]? {
            record.key ?? (specification.cleanup == .compact ? [] : nil)
        }

        /// - Throws: what a broker would say, before anything is sent.
        func check(_ target: TopicPartition, bytes: Int) throws(LogError) {
            guard target.partition >= 0, target.partition < partitions else { throw .unknownTopic(target.topic) }
            if bytes > specification.recordBytesMax {
                throw .recordTooLarge(target.topic, bytes: bytes, limit: specification.recordBytesMax)
            }
        }
    }

    /// How long a topic that no broker knows may be on its way from one that does.
    private static let grace = Duration.milliseconds(400)
    /// How long a topic that lost the leader of a partition may take to get another one: until the brokers have missed the
    /// one that died. Nobody who asks for it meanwhile is told that there is none.
    private static let leaderPatience = Duration.seconds(20)
    /// How long what is known of the settings of topics is taken for granted in ``all()``.
    private static let settingsTrust = Duration.seconds(5)
    /// How long a topic just made may take until every broker knows it.
    private static let creationPatience = Duration.seconds(60)

    private struct Known {
        var entries: [Topic: Entry] = [:]
        /// There, and never seen with a leader for every partition.
        var leaderless: Set<Topic> = []
        var settingsRead: ContinuousClock.Instant?
    }

    private let known = Mutex(Known())
    /// One at a time asks the brokers; whoever waited for it finds the answer.
    private let asking = Mutex(())
    private let reader: KafkaReader
    private let settings: KafkaEventLog.Settings

    init(reader: KafkaReader, settings: KafkaEventLog.Settings) {
        self.reader = reader
        self.settings = settings
    }

    /// - Throws: `.unknownTopic` where no broker has it.
    func entry(of source: TopicPartition) throws(LogError) -> Entry {
        if let entry = held(source.topic), source.partition >= 0, source.partition < entry.partitions { return entry }
        let began = ContinuousClock.now
        while true {
            do throws(KafkaError) { try refresh() } catch { throw LogError(error) }
            if let entry = held(source.topic) {
                guard source.partition >= 0, source.partition < entry.partitions else { break }
                return entry
            }
            let isLeaderless = known.withLock { $0.leaderless.contains(source.topic) }
            guard ContinuousClock.now - began < (isLeaderless ? Catalogue.leaderPatience : Catalogue.grace) else {
                break
            }
            usleep(50_000)
        }
        throw .unknownTopic(source.topic)
    }

    private func held(_ topic: Topic) -> Entry? { known.withLock { $0.entries[topic] } }

    /// All topics with their settings, sorted by name.
    func all() throws(KafkaError) -> [TopicSpecification] {
        let isFresh = known.withLock { known in
            known.settingsRead.map { ContinuousClock.now - $0 < Catalogue.settingsTrust } ?? false
        }
        if !isFresh { forget() }
        try refresh()
        return known.withLock { known in known.entries.values.map(\.specification).sorted { $0.topic < $1.topic } }
    }

    /// A limit may have been altered meanwhile: what comes next is looked at anew.
    func forget() { known.withLock { $0.settingsRead = nil } }

    /// Takes over what the brokers have now; settings are asked for of topics that were not known.
    func refresh() throws(KafkaError) {
        let end = ContinuousClock.now + Catalogue.creationPatience
        while true {
            do throws(KafkaError) {
                return try refreshOnce()
            } catch {
                // One broker tells of a topic, and another, asked for its settings, has not heard of it yet.
                guard error.code == .unknownTopicOrPartition, ContinuousClock.now < end else { throw error }
                usleep(20_000)
            }
        }
    }

    private func refreshOnce() throws(KafkaError) {
        try asking.withLock { _ throws(KafkaError) in
            let infos = try reader.topics()
            let (old, keeps) = known.withLock { ($0.entries, $0.settingsRead != nil) }
            let (kept, unknown, leaderless) = Catalogue.sort(infos, known: old, trusting: keeps)
            var entries = kept
            for entry in try describe(unknown) { entries[entry.topic] = entry }
            known.withLock { known in
                known.entries = entries
                known.leaderless = leaderless
                if !keeps { known.settingsRead = .now }
            }
        }
    }

    /// Of what the brokers tell: what is known already, what there is to learn, and what cannot be used yet.
    ///
    /// A broker that died takes no topic with it: one that was known stays so while a partition of it has no leader.
    static func sort(_ infos: [KafkaTopicInfo], known old: [Topic: Entry], trusting keeps: Bool)
        -> (entries: [Topic: Entry], unknown: [KafkaTopicInfo], leaderless: Set<Topic>)
    {
        var entries: [Topic: Entry] = [:]
        var unknown: [KafkaTopicInfo] = []
        var leaderless: Set<Topic> = []
        for info in infos {
            if let entry = old[info.topic], entry.partitions == info.partitions, keeps || !info.isReady {
                entries[info.topic] = entry
            } else if info.isReady {
                unknown.append(info)
            } else {
                leaderless.insert(info.topic)
            }
        }
        return (entries, unknown, leaderless)
    }

    private func describe(_ infos: [KafkaTopicInfo]) throws(KafkaError) -> [Entry] {
        guard !infos.isEmpty else { return [] }
        let admin = try KafkaAdmin(settings.kafka)
        let found = try Catalogue.settings(of: infos[...], admin)
        admin.close()
        return zip(infos, found).map { info, settings in
            Entry(
                topic: info.topic, partitions: info.partitions, specification: Catalogue.specification(info, settings))
        }
    }

    /// On a cluster that others share, a topic may be seen whose settings may not: it is taken as Kafka's defaults are.
    private static func settings(of infos: ArraySlice<KafkaTopicInfo>, _ admin: borrowing KafkaAdmin) throws(KafkaError)
        -> [[KafkaResourceSetting]]
    {
        do throws(KafkaError) {
            return try admin.settings(ofTopics: infos.map(\.topic.name))
        } catch {
            guard error.code == .topicDenied else { throw error }
            if infos.count == 1 { return [[]] }
            let middle = infos.startIndex + infos.count / 2
            return try settings(of: infos[..<middle], admin) + settings(of: infos[middle...], admin)
        }
    }

    private static func specification(_ info: KafkaTopicInfo, _ settings: [KafkaResourceSetting]) -> TopicSpecification
    {
        func value(_ name: String) -> String? { settings.first { $0.name == name }?.value }
        let bytes = value("max.message.bytes").flatMap { Int($0) } ?? 1_048_588
        let retention = value("retention.ms").flatMap { Int64($0) }
        return TopicSpecification(
            info.topic, partitions: info.partitions,
            cleanup: value("cleanup.policy")?.contains("compact") == true ? .compact : .delete,
            retentionMilliseconds: retention.flatMap { $0 < 0 ? nil : $0 },
            // Kafka counts what it puts around a record.
            recordBytesMax: max(1, bytes - KafkaLimits.recordOverheadBytes),
            appendTime: value("message.timestamp.type") == "LogAppendTime")
    }

    /// Makes what is missing, and returns when it can be written and read.
    func ensure(_ topics: [TopicSpecification]) throws(LogError) {
        do throws(KafkaError) {
            var missing = topics.filter { held($0.topic) == nil }
            guard !missing.isEmpty else { return }
            try refresh()
            missing = missing.filter { held($0.topic) == nil }
            guard !missing.isEmpty else { return }
            let admin = try KafkaAdmin(settings.kafka)
            try admin.create(missing.map(newTopic))
            admin.close()
            let end = ContinuousClock.now + Catalogue.creationPatience
            while true {
                try refresh()
                guard let absent = missing.first(where: { held($0.topic) == nil }) else { return }
                guard ContinuousClock.now < end else {
                    throw KafkaError(.timedOut, "topic \(absent.topic) was made and has no leader")
                }
                usleep(10_000)
            }
        } catch {
            throw LogError(error)
        }
    }

    /// What was acknowledged must outlive a broker, whoever made the topic; the rest of what 'topics apply' sets is drift
    /// that it mends.
    private func newTopic(_ wanted: TopicSpecification) -> KafkaNewTopic {
        var given = [
            ("cleanup.policy", wanted.cleanup.rawValue),
            ("retention.ms", String(wanted.retentionMilliseconds ?? -1)),
            ("max.message.bytes", String(wanted.recordBytesMax)),
            ("message.timestamp.type", wanted.appendTime ? "LogAppendTime" : "CreateTime"),
            ("unclean.leader.election.enable", "false"),
        ]
        // Without a number of copies the brokers decide on both.
        if let replication = settings.replication {
            given.append(("min.insync.replicas", String(replication > 2 ? 2 : 1)))
        }
        return KafkaNewTopic(
            name: wanted.topic.name, partitions: wanted.partitions, replication: settings.replication ?? -1,
            settings: given)
    }
}
