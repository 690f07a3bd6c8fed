import DomainModel
public import EventLog
import HubConfiguration
import JSON
public import Room
import Sealing

/// Replays a log: every posting of every participant is decided again from the recorded inputs and compared, and every
/// table is rebuilt and compared with the one that is there.
///
/// Sealed parts are compared opened, since keys and nonces are drawn. What an outgoing topic no longer holds
/// (compaction, retention) cannot be compared and is counted apart. So is what Intake made of messages that retention has
/// deleted, and what it made of later ones of the same topic where it differs: a repeat of what is gone looks like the
/// first.
public final class Verifier {
    public struct Report: Hashable, Sendable {
        public var inputs = 0
        public var postings = 0
        public var rows = 0
        /// Postings that were decided again and are no longer in their outgoing topic, and messages that are no longer in
        /// theirs, or rest on such.
        public var expired = 0
        public var differences = 0
        /// The first few differences, in words; positions and types only.
        public var examples: [String] = []

        public var agrees: Bool { differences == 0 }

        /// Takes back what has been noted since an earlier state, as what can no longer be known.
        mutating func excuse(since earlier: Report) {
            guard differences > earlier.differences else { return }
            differences = earlier.differences
            examples = earlier.examples
            expired += 1
        }

        mutating func note(_ text: String) {
            differences += 1
            if examples.count < 20 { examples.append(text) }
        }
    }

    private let log: any EventLog
    private let topics: HubTopics
    private let codec: RoomCodec
    private let equipment: Equipment
    private let parser = JSONParser()
    /// Records per read. The decisions must not depend on it; the tests run several.
    private let batch: ReadLimit
    private var report = Report()
    private var outgoing: [EventID: Digest32] = [:]
    /// What left the room and has not been decided again so far; at the end nobody decided it.
    private var undecided: Set<EventID> = []
    /// Without its own: where old ingress records have expired, nothing explains the receipts for them.
    private var undecidedOfIntake: Set<EventID> = []
    private var asides: SetAsideLedger
    private var leaving = LeavingTopics()

    public init(
        log: any EventLog, topics: HubTopics, equipment: Equipment,
        batch: ReadLimit = ReadLimit(records: 1000, bytes: 8 << 20)
    ) {
        self.log = log
        self.topics = topics
        self.equipment = equipment
        self.batch = batch
        codec = RoomCodec(topics: topics)
        asides = SetAsideLedger(table: topics.table(.clock))
    }

    public func run(
        intake: IngressHost?, hosts: [RoomHost], progress: (String) -> Void = { _ in }
    ) throws(HubError) -> Report {
        do throws(LogError) {
            try asides.restore(from: log)
            for host in hosts { try restoreAsides(of: host.service, partitions: topics.partitions) }
            if let intake { try restoreAsides(of: intake.service, partitions: 1) }
        } catch {
            throw .log(error)
        }
        progress("reading what left the room")
        try readOutgoing(of: hosts.map(\.service))
        for host in hosts {
            progress("replaying \(host.service.rawValue)")
            var recorded = try recordedPostings(of: host.service)
            for partition in 0..<topics.partitions {
                try replay(host, partition: partition, recorded: &recorded)
            }
            if !recorded.isEmpty {
                report.note("\(host.service.rawValue): postings of \(recorded.count) unknown inputs are there")
            }
        }
        if let intake {
            progress("replaying intake")
            try replay(intake)
        } else {
            undecidedOfIntake = []
        }
        let (expired, lost) = leaving.settled()
        report.expired += expired
        for text in lost { report.note("\(text) is not there") }
        let strangers = undecided.count + undecidedOfIntake.count
        if strangers > 0 { report.note("\(strangers) records that left the room come of no decision") }
        return report
    }

    /// On a log where each service commits its own steps, what it set aside stands in its own table.
    private func restoreAsides(of service: Service, partitions: Int32) throws(LogError) {
        for partition in 0..<partitions {
            try log.forEachRow(of: topics.table(service), partition: partition) { key, value in
                if key.first == ServiceMarks.prefix { asides.restore(key: key, value: value) }
            }
        }
    }

    // MARK: The participants of the room

    /// What a service posted, whichever partition it lies in.
    private func recordedPostings(of service: Service) throws(HubError) -> RecordedPostings {
        var recorded = RecordedPostings()
        for partition in 0..<topics.partitions {
            try forEachEvent(in: TopicPartition(topics.events, partition)) { event throws(HubError) in
                guard event.source == service, let input = event.input else { return }
                recorded.add(try fingerprint(event), in: partition, answering: input)
            }
        }
        return recorded
    }

    /// Compares a posting that was decided again with the next one that lies where it belongs.
    private func compare(
        _ event: Event, with expected: inout RecordedPostings.Answers, by service: Service, at position: InputPosition
    ) throws(HubError) {
        report.postings += 1
        guard let there = expected.next(in: topics.partition(of: event.authority)) else {
            report.note("\(service.rawValue) at \(position): \(event.body.type.rawValue) is not there")
            return
        }
        if there != (try fingerprint(event)) {
            report.note("\(service.rawValue) at \(position): \(event.body.type.rawValue) differs")
        }
    }

    private func replay(
        _ kind: RoomHost, partition: Int32, recorded: inout RecordedPostings
    ) throws(HubError) {
        let room = TopicPartition(topics.events, partition)
        let host = kind.fresh()
        host.reset(equipment, partitions: topics.partitions)
        var rows: [[UInt8]: [UInt8]?] = [:]
        let end = try committed(kind.service, on: room)
        try forEachEvent(in: room) { event throws(HubError) in
            guard !event.isApplied(by: kind.service), let position = event.position, position.offset < end.value
            else { return }
            report.inputs += 1
            // What had been set aside was given to it here, on a person's word.
            for place in asides.wasGiven(kind.service, at: position) {
                guard let earlier = try self.event(at: place) else {
                    report.note("\(kind.service.rawValue) at \(position): what was redriven is not there")
                    continue
                }
                try decide(earlier, host, recorded: &recorded)
            }
            // It was never given to the participant, so there is nothing that it could have posted.
            if asides.wasSetAside(kind.service, position) == nil { try decide(event, host, recorded: &recorded) }
            for change in host.takeChanges(partition: partition) { rows[change.key] = change.value }
        }
        try compare(rows, with: topics.table(kind.service), partition: partition)
    }

    private func decide(_ event: Event, _ host: RoomHost, recorded: inout RecordedPostings) throws(HubError) {
        guard let position = event.position else { return }
        var expected = recorded.take(position)
        for posting in host.postings(on: event, at: position) {
            switch posting {
            case .room(let event): try compare(event, with: &expected, by: host.service, at: position)
            case .outgoing(let sent): compare(sent, at: position)
            case .deadLetter: break
            }
        }
        if expected.left > 0 {
            report.note("\(host.service.rawValue) at \(position): \(expected.left) more are there")
        }
    }

    private func event(at place: InputPosition) throws(HubError) -> Event? {
        guard let record = try record(at: place) else { return nil }
        return try? codec.event(from: record, parser: parser)
    }

    private func record(at place: InputPosition) throws(HubError) -> StoredRecord? {
        let source = TopicPartition(place.topic.map { Topic($0) } ?? topics.events, place.partition)
        do throws(LogError) {
            let read = try log.read(
                source, from: NextOffset(place.offset), limit: ReadLimit(records: 1, bytes: batch.bytes))
            return read.records.first.flatMap { $0.offset.value == place.offset ? $0 : nil }
        } catch {
            throw .log(error)
        }
    }

    // MARK: Intake

    /// Intake's decisions depend on the order within a topic and on what was adopted when it read the input, not on the
    /// order between topics.
    private func replay(_ kind: IngressHost) throws(HubError) {
        var recorded = RecordedPostings()
        var epochs = AdoptionEpochs()
        var redrives = RedrivesInOrder()
        for partition in 0..<topics.partitions {
            try forEachEvent(in: TopicPartition(topics.events, partition)) { event throws(HubError) in
                guard event.source == .intake else { return }
                epochs.take(event)
                redrives.take(event)
                if let input = event.input { recorded.add(try fingerprint(event), in: partition, answering: input) }
            }
        }
        let host = kind.fresh()
        host.reset(equipment)
        let stages = epochs.stages()
        let ingress = try ingressTopics()
        let isWhole = ingress.allSatisfy { $0.firstKept == 0 }
        let starts = Dictionary(uniqueKeysWithValues: ingress.map { ($0.source.topic.name, $0.firstKept) })
        var inForce: Int?
        func adopt(_ stage: Int) {
            guard stages.indices.contains(stage), stage != inForce else { return }
            _ = host.adopt(stages[stage].directory, policies: stages[stage].policies, now: stages[stage].time)
            inForce = stage
        }
        func firstKept(_ input: InputPosition) -> Int64 {
            input.topic.flatMap { starts[$0] } ?? 0
        }
        func decide(_ input: IngressRecord) throws(HubError) {
            report.inputs += 1
            let before = report
            defer { if firstKept(input.position) > 0 { report.excuse(since: before) } }
            var expected = recorded.take(input.position)
            let postings: [Posting]
            if let reason = asides.wasSetAside(kind.service, input.position) {
                postings = host.setAside(input, as: reason)
            } else {
                postings = host.receive(input)
            }
            for posting in postings {
                switch posting {
                case .room(let event): try compare(event, with: &expected, by: .intake, at: input.position)
                case .outgoing(let sent): compare(sent, at: input.position)
                case .deadLetter: break
                }
            }
            if expected.left > 0 {
                report.note("intake at \(input.position): \(expected.left) more are there")
            }
        }
        var nexts: [Topic: (offset: NextOffset, stage: Int)] = [:]
        func decideAll(of source: TopicPartition, before end: NextOffset) throws(HubError) {
            try forEachRecord(in: source, from: nexts[source.topic]?.offset ?? .start) { record throws(HubError) in
                let begun = nexts[source.topic] ?? (.start, 0)
                guard record.offset.value < end.value, record.offset.value >= begun.offset.value,
                    let input = IngressRecord(record, topics: topics)
                else { return }
                nexts[source.topic] = (record.offset.next, begun.stage)
                // A message that was refused, redriven and then sent again is a repeat of what was redriven.
                while let decision = redrives.next(before: input.position, of: source.topic.name) {
                    guard let topic = decision.topic else { continue }
                    try decideAll(
                        of: TopicPartition(Topic(topic), decision.partition), before: NextOffset(decision.offset + 1))
                }
                let told = epochs.time(of: input.position).flatMap { time in stages.lastIndex { $0.time <= time } }
                let stage = max(begun.stage, told ?? 0)
                nexts[source.topic]?.stage = stage
                adopt(stage)
                try decide(input)
            }
        }
        for (source, _) in ingress { try decideAll(of: source, before: try committed(.intake, on: source)) }
        let gone = recorded.count { $0.offset < firstKept($0) }
        report.expired += gone
        if recorded.count > gone { report.note("intake: \(recorded.count - gone) inputs are not there") }
        if !isWhole { undecidedOfIntake = [] }
    }

    /// All topics from outside, with the offset of the first record that each still has.
    private func ingressTopics() throws(HubError) -> [(source: TopicPartition, firstKept: Int64)] {
        do throws(LogError) {
            var found: [(source: TopicPartition, firstKept: Int64)] = []
            for specification in try log.topics() where topics.ingress(specification.topic) != nil {
                let source = TopicPartition(specification.topic, 0)
                let first = try log.read(source, from: .start, limit: ReadLimit(records: 1, bytes: 1)).records.first
                if let first {
                    found.append((source, first.offset.value))
                } else {
                    found.append((source, try log.end(of: source).value))
                }
            }
            return found
        } catch {
            throw .log(error)
        }
    }

    // MARK: Comparing

    private func compare(_ sent: Outgoing, at position: InputPosition) {
        report.postings += 1
        undecided.remove(sent.id)
        undecidedOfIntake.remove(sent.id)
        let record = codec.record(of: sent)
        leaving.decided(record)
        guard let there = outgoing[sent.id] else {
            leaving.miss(record, "\(sent.source.rawValue) at \(position): \(sent.type.rawValue)")
            return
        }
        if there != Verifier.fingerprint(record.headers, record.value ?? []) {
            report.note("\(sent.source.rawValue) at \(position): \(sent.type.rawValue) differs from what was sent")
        }
    }

    private func compare(_ rows: [[UInt8]: [UInt8]?], with table: TableName, partition: Int32) throws(HubError) {
        var left = rows
        let present: [(key: [UInt8], value: [UInt8])]
        do throws(LogError) {
            present = try log.presentRows(of: table, partition: partition, limit: batch)
        } catch {
            throw .log(error)
        }
        // A service's marks are no state that could be rebuilt.
        for row in present where row.key.first != ServiceMarks.prefix {
            report.rows += 1
            guard let rebuilt = left.removeValue(forKey: row.key), rebuilt == row.value else {
                report.note("\(table)/\(partition): a row of kind \(Verifier.kind(row.key)) differs when rebuilt")
                continue
            }
        }
        let missing = left.values.count { $0 != nil }
        if missing > 0 { report.note("\(table)/\(partition): \(missing) rebuilt rows are not in the table") }
    }

    private static func kind(_ key: [UInt8]) -> String { String(decoding: key.prefix(1), as: UTF8.self) }

    private func fingerprint(_ event: Event) throws(HubError) -> Digest32 {
        var plain = event
        for index in plain.parts.indices { plain.parts[index].sealed = equipment.open(plain.parts[index]) ?? [] }
        let record = codec.record(of: plain)
        return Verifier.fingerprint(record.headers, record.value ?? [])
    }

    private static func fingerprint(_ headers: Headers, _ value: [UInt8]) -> Digest32 {
        var derivation = Derivation("fingerprint")
        derivation.add(headers.bytes)
        derivation.add(value)
        return derivation.digest()
    }

    // MARK: Reading

    /// - Parameter services: those that are replayed.
    private func readOutgoing(of services: [Service]) throws(HubError) {
        let all: [TopicSpecification]
        do throws(LogError) { all = try log.topics() } catch { throw .log(error) }
        for specification in all {
            let name = specification.topic.name
            // Another hub on the same brokers has topics with another prefix.
            guard topics.cleanup(ofOutgoing: specification.topic) != nil else { continue }
            leaving.know(specification)
            try forEachRecord(in: TopicPartition(specification.topic, 0)) { record throws(HubError) in
                leaving.read(record)
                guard let id = record.headers.first("ce_id"),
                    let event = EventID(String(decoding: id, as: UTF8.self))
                else { return }
                let print = Verifier.fingerprint(record.headers, record.value ?? [])
                if let there = outgoing[event], there != print {
                    report.note("\(name)@\(record.offset): an id is there twice, with other content")
                }
                outgoing[event] = print
                let source = record.headers.first("ce_source").map { String(decoding: $0, as: UTF8.self) }
                if source == Service.intake.source {
                    undecidedOfIntake.insert(event)
                } else if services.contains(where: { $0.source == source }) {
                    undecided.insert(event)
                }
            }
            do throws(LogError) {
                leaving.end(specification.topic, at: try log.end(of: TopicPartition(specification.topic, 0)))
            } catch {
                throw .log(error)
            }
        }
    }

    private func forEachEvent(
        in source: TopicPartition, _ body: (Event) throws(HubError) -> Void
    ) throws(HubError) {
        try forEachRecord(in: source) { record throws(HubError) in
            let event: Event?
            do throws(RoomError) {
                event = try codec.event(from: record, parser: parser)
            } catch {
                throw .room(source.partition, record.offset, error)
            }
            if let event { try body(event) }
        }
    }

    private func forEachRecord(
        in source: TopicPartition, from start: NextOffset = .start, _ body: (StoredRecord) throws(HubError) -> Void
    ) throws(HubError) {
        var next = start
        while true {
            let result: ReadResult
            do throws(LogError) {
                result = try log.read(source, from: next, limit: batch)
            } catch {
                throw .log(error)
            }
            for record in result.records { try body(record) }
            guard result.next > next else { return }
            next = result.next
        }
    }

    private func committed(_ service: Service, on source: TopicPartition) throws(HubError) -> NextOffset {
        do throws(LogError) {
            return try log.committed(ParticipantName(service.rawValue), on: source) ?? .start
        } catch {
            throw .log(error)
        }
    }
}
