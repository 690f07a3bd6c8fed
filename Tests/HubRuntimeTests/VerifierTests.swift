import DomainModel
import EventLog
import Room
import Sealing
import Testing

@testable import HubRuntime

/// `verify` finds what was changed behind the hub's back.
@Suite struct VerifierTests {
    private let clock = StillClock()

    private func good() throws -> (log: MemoryEventLog, process: Process) {
        let log = memory(clock)
        let process = Process(log, clock: clock)
        try process.start()
        _ = try log.append((0..<5).map { Given.referral($0, danger: $0 == 2) })
        try process.drain()
        try process.hub.stop()
        return (log, process)
    }

    /// The same log written by hand, but for what `change` makes of it.
    private func copy(
        _ log: MemoryEventLog, record change: (StoredRecord, Event?) -> [NewRecord]? = { _, _ in nil },
        row changeRow: (TableName, [UInt8], [UInt8]) -> [UInt8]? = { $2 }
    ) throws -> MemoryEventLog {
        let other = memory(clock)
        try other.ensure(log.topics())
        let codec = RoomCodec(topics: Given.topics)
        for specification in try log.topics() {
            for record in try log.all(specification) {
                let event =
                    specification.topic == Given.topics.events
                    ? try codec.event(from: record, parser: Given.parser) : nil
                let same = NewRecord(record.source, key: record.key, headers: record.headers, value: record.value)
                _ = try other.append(change(record, event) ?? [same])
            }
        }
        for service in Service.allCases where service != .clock {
            let name = ParticipantName(service.rawValue)
            let inputs = service == .intake ? Given.topics.ingress : [.exact(Given.topics.events)]
            let member = try other.join(name, instance: "one", inputs: inputs)
            guard case .assigned(let sources) = try member.poll(ReadLimit(records: 1, bytes: 1), wait: .zero) else {
                throw LogError.fatal("nothing was assigned")
            }
            var step = Step()
            for source in sources {
                if let next = try log.committed(name, on: source) { step.positions.append((source, next)) }
            }
            var tables = [Given.topics.table(service)]
            if service == .intake { tables.append(Given.topics.keys) }
            for table in tables {
                for row in try log.rows(of: table) {
                    guard let value = changeRow(table, row.key, row.value) else { continue }
                    step.tableChanges.append(
                        TableChange(table, partition: row.partition, key: row.key, value: value))
                }
            }
            try member.commit(step)
        }
        return other
    }

    @Test(arguments: [1, 7, 1000]) func aGoodLogAgrees(batch: Int) throws {
        let (log, process) = try good()
        let copied = try copy(log)
        for log in [log, copied] {
            let report = try log.verified(by: process, batch: batch)
            #expect(report.agrees, "\(report.examples)")
            #expect(report.inputs > 50 && report.rows > 20 && report.expired == 0)
        }
    }

    @Test func aChangedPostingIsFound() throws {
        let (log, process) = try good()
        let codec = RoomCodec(topics: Given.topics)
        var changed = 0
        let other = try copy(
            log,
            record: { _, event in
                guard var event, case .caseRated(var rated) = event.body, changed == 0 else { return nil }
                changed += 1
                rated.danger.toggle()
                event.body = .caseRated(rated)
                return [codec.record(of: event)]
            })
        #expect(changed == 1)
        let report = try other.verified(by: process)
        #expect(!report.agrees)
        #expect(report.examples.contains { $0.contains("triage") && $0.contains("differs") })
    }

    @Test func whatIsGoneFromAnInboxWithoutReasonWasLost() throws {
        let (log, process) = try good()
        var gone = 0
        let other = try copy(
            log,
            record: { record, _ in
                guard record.source.topic.name.hasSuffix(".inbox"), gone == 0 else { return nil }
                gone += 1
                return []
            })
        #expect(gone == 1)
        let report = try other.verified(by: process)
        #expect(report.differences == 1 && report.expired == 0)
        #expect(report.examples.contains { $0.contains("is not there") })
    }

    @Test func retentionAndCompactionExplainWhatTheyTake() {
        let inbox = TopicPartition(Topic("agency.a.inbox"), 0)
        let queue = TopicPartition(Topic("team.a.queue"), 0)
        func stored(_ source: TopicPartition, _ offset: Int64, _ key: UInt8) -> StoredRecord {
            StoredRecord(
                source: source, offset: Offset(offset), appendTime: clock.now, key: [key], headers: Headers(), value: []
            )
        }
        var leaving = LeavingTopics()
        leaving.know(TopicSpecification(inbox.topic, partitions: 1))
        leaving.know(TopicSpecification(queue.topic, partitions: 1, cleanup: .compact))
        leaving.read(stored(inbox, 2, 1))
        leaving.read(stored(queue, 5, 1))
        func miss(_ target: TopicPartition, _ key: UInt8, _ text: String, value: [UInt8]? = []) {
            let record = NewRecord(target, key: [key], value: value)
            leaving.decided(record)
            leaving.miss(record, text)
        }
        miss(inbox, 7, "expired")
        miss(inbox, 8, "expired as well")
        miss(inbox, 9, "one more than lay there")
        miss(queue, 1, "replaced by a later one")
        miss(queue, 2, "of a key that is not there")
        miss(queue, 3, "taken away at last")
        miss(queue, 3, "which took it away", value: nil)
        miss(TopicPartition(Topic("agency.b.inbox"), 0), 1, "of a topic that is not there")
        let (expired, lost) = leaving.settled()
        #expect(expired == 5)
        #expect(lost == ["one more than lay there", "of a key that is not there", "of a topic that is not there"])
    }

    @Test func aMissingPostingIsFound() throws {
        let (log, process) = try good()
        // The last event of a partition: what stands before it keeps its place.
        var last: EventID?
        for event in try log.events() where event.source == .deadlines { last = event.id }
        let gone = try #require(last)
        let codec = RoomCodec(topics: Given.topics)
        var other = try copy(log, record: { _, event in event?.id == gone ? [] : nil })
        #expect(try !other.verified(by: process).agrees)
        // One among others: taken out and another event in its place, so that nothing else moves.
        let strike = codec.record(of: Strike.event(partition: 0, now: clock.now))
        other = try copy(
            log,
            record: { record, event in
                guard event?.id == gone else { return nil }
                var filler = strike
                filler.target = record.source
                return [filler]
            })
        let report = try other.verified(by: process)
        #expect(report.examples.contains { $0.contains("deadlines") && $0.contains("is not there") })
    }

    @Test func anExtraPostingIsFound() throws {
        let (log, process) = try good()
        let codec = RoomCodec(topics: Given.topics)
        let other = try copy(log)
        var extra = try #require(log.events().first { $0.body.type == .caseRouted })
        extra.id = EventID(bits: 5)
        _ = try other.append([codec.record(of: extra)])
        let report = try other.verified(by: process)
        #expect(report.examples.contains { $0.contains("routing") && $0.contains("more are there") })
    }

    @Test func aChangedOrMissingRowIsFound() throws {
        let (log, process) = try good()
        for removes in [false, true] {
            var changed = 0
            let other = try copy(
                log,
                row: { table, _, value in
                    guard table == Given.topics.table(.routing), changed == 0 else { return value }
                    changed += 1
                    return removes ? nil : value + Array(" ".utf8)
                })
            #expect(changed == 1)
            let report = try other.verified(by: process)
            #expect(report.differences == 1)
            #expect(report.examples.first?.contains("hub.table.routing") == true)
        }
    }

    @Test func anIntakeThatDecidedOtherwiseIsFound() throws {
        let (log, process) = try good()
        let other = try copy(
            log,
            record: { record, _ in
                guard Given.topics.ingress(record.source.topic) != nil, record.offset.value == 1 else { return nil }
                return [Given.referral(9)]
            })
        let report = try other.verified(by: process)
        #expect(report.examples.contains { $0.hasPrefix("intake") })
    }

    /// A referral that names no authority is assigned to one whose partition comes before the hub's own: what Routing
    /// posts on the one decision lies in both, and was decided in the other order.
    @Test func whatOneDecisionPostsInTwoRoomsIsComparedInEach() throws {
        let log = memory(clock)
        let process = Process(log, clock: clock)
        try process.start()
        func message(_ topic: Topic, _ source: String, _ type: String, _ data: String) -> NewRecord {
            var headers = Headers()
            headers.append("ce_specversion", "1.0".utf8)
            headers.append("ce_id", "m-1".utf8)
            headers.append(name: "ce_source", value: source.utf8)
            headers.append(name: "ce_type", value: "frontdoor.\(type).v1".utf8)
            return NewRecord(TopicPartition(topic, 0), key: nil, headers: headers, value: Array(data.utf8))
        }
        _ = try log.append([
            message(
                Given.topics.referrals(Given.police), "/agency/\(Given.police)", "referral.submitted",
                #"{"localAuthority":"E06000099","children":[{"key":"a","givenName":"Una"}],"concerns":[{"about":"a","factor":"16A"}]}"#
            )
        ])
        try process.drain()
        let asked = try log.events().compactMap { event -> IdentityRequested? in
            if case .identityRequested(let facts) = event.body { facts } else { nil }
        }
        let entry = try #require(asked.first?.entries.first?.entry)
        let team = Given.name(TeamName.self, "hub-review")
        _ = try log.append([
            message(
                Given.topics.decisions(team), "/team/hub-review", "decision.submitted",
                #"{"person":"hub.hana","verb":"assign","reason":"other","authority":"E10000012","entry":"\#(entry)"}"#)
        ])
        try process.drain()
        try process.hub.stop()
        let posted = try log.events().filter { $0.source == .routing && $0.input != nil }
        let transferred = try #require(posted.first { $0.body.type == .referralTransferred })
        let decided = try #require(posted.first { $0.body.type == .caseDecided })
        #expect(transferred.input == decided.input)
        #expect(Given.topics.partition(of: transferred.authority) < Given.topics.partition(of: decided.authority))
        let report = try log.verified(by: process)
        #expect(report.agrees, "\(report.examples)")
    }

    @Test func postingsAreToldApartByInputAndPartition() {
        let input = InputPosition(partition: 3, offset: 31)
        func print(_ number: Int64) -> Digest32 {
            var derivation = Derivation("test")
            derivation.add(number)
            return derivation.digest()
        }
        var recorded = RecordedPostings()
        recorded.add(print(2), in: 0, answering: input)
        recorded.add(print(1), in: 3, answering: input)
        recorded.add(print(3), in: 3, answering: input)
        recorded.add(print(4), in: 3, answering: InputPosition(partition: 3, offset: 32))
        #expect(recorded.count == 2)
        var answers = recorded.take(input)
        #expect(answers.left == 3)
        #expect(answers.next(in: 3) == print(1))
        #expect(answers.next(in: 0) == print(2))
        #expect(answers.next(in: 0) == nil)
        #expect(answers.next(in: 1) == nil)
        #expect(answers.left == 1)
        #expect(recorded.take(input).left == 0)
        #expect(recorded.count == 1)
    }
}
