import DomainModel
import EventLog
import EventLogConformance
import Testing

@Suite struct MemoryEventLogTests {
    @Test("every case of the conformance suite", arguments: ConformanceCase.all, [false, true])
    func conforms(to each: ConformanceCase, withTransactionMarkers markers: Bool) throws {
        try each.run(MemoryHarness(transactionMarkers: markers))
    }

    @Test func theCasesThatDoNotApplyAreLeftOut() {
        let plain = ConformanceCase.all(carrying: false, clock: false, transactions: false)
        #expect(plain.count < ConformanceCase.all.count)
        #expect(plain.allSatisfy { if case .nothing = $0.need { true } else { false } })
        #expect(Set(ConformanceCase.all.map(\.name)).count == ConformanceCase.all.count)
    }

    @Test func aCommitTakesAnOffsetOfItsOwnWhereItIsAskedTo() throws {
        let log = MemoryEventLog(transactionMarkers: true) { .distantPast }
        let room = Topic("room")
        let source = TopicPartition(room, 0)
        try log.ensure([TopicSpecification(room, partitions: 1)])
        let member = try log.join(ParticipantName("p"), instance: "1", inputs: [])
        try member.commit(
            Step(postings: [NewRecord(source, key: nil, value: [1]), NewRecord(source, key: nil, value: [2])]))
        let offsets = try log.append([NewRecord(source, key: nil, value: [3])])
        #expect(offsets == [Offset(3)])
        let found = try log.read(source, from: .start, limit: ReadLimit(records: 10, bytes: 100))
        #expect(found.records.map(\.offset) == [Offset(0), Offset(1), Offset(3)])
    }

    @Test func theSameCallsGiveTheSameAnswers() throws {
        func play() throws -> [String] {
            let log = MemoryEventLog { Instant(milliseconds: 7) }
            try log.ensure((0..<5).map { TopicSpecification(Topic("t\($0)"), partitions: 3) })
            let members = try (0..<3).map {
                try log.join(ParticipantName("p"), instance: "\($0)", inputs: [.affixes(prefix: "t", suffix: "")])
            }
            for value in 0..<60 {
                _ = try log.append([
                    NewRecord(TopicPartition(Topic("t\(value % 5)"), Int32(value % 3)), key: nil, value: [UInt8(value)])
                ])
            }
            var seen: [String] = []
            for round in 0..<60 {
                seen.append("\(try members[round % 3].poll(ReadLimit(records: 2, bytes: 100), wait: .zero))")
            }
            return seen
        }
        #expect(try play() == play())
    }
}
