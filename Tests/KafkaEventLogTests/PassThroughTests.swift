import EventLog
import Kafka
import KafkaEventLog
import Testing

@Suite(.enabled(if: TestCluster.isWanted, TestCluster.reason))
struct PassThroughTests {
    @Test func whatIsPassedThroughIsTheSameAndOnce() throws {
        let harness = try KafkaHarness(TestCluster.one.get())
        defer { harness.close() }
        let from = harness.topic("from")
        let to = harness.topic("to")
        try harness.log.ensure([TopicSpecification(from, partitions: 2), TopicSpecification(to, partitions: 2)])
        var headers = Headers()
        headers.append("id", Array("header".utf8))
        var records: [NewRecord] = []
        for index in 0..<500 {
            let key: [UInt8]? = index.isMultiple(of: 3) ? nil : [1, 2]
            let value: [UInt8]? = index.isMultiple(of: 5) ? nil : Array("value \(index)".utf8)
            let target = TopicPartition(from, Int32(index % 2))
            records.append(NewRecord(target, key: key, headers: headers, value: value))
        }
        _ = try harness.log.append(records)
        let settings = KafkaSettings(brokers: try TestCluster.one.get().brokers, log: LibraryLog.take)
        let group = harness.own + "pass"
        // In two goes: the second begins where the first has committed.
        let first = try KafkaPassThrough.run(
            settings, from: from, to: to, group: group, records: 200, perTransaction: 64)
        let second = try KafkaPassThrough.run(
            settings, from: from, to: to, group: group, records: 300, perTransaction: 1_000)
        #expect(first.records == 200)
        #expect(second.records == 300)
        #expect(first.commits.count >= 4)
        let ample = ReadLimit(records: 1_000, bytes: 1 << 20)
        for partition in 0..<2 as Range<Int32> {
            let wanted = try harness.log.read(TopicPartition(from, partition), from: .start, limit: ample).records
            let end = try harness.log.end(of: TopicPartition(to, partition))
            var found: [StoredRecord] = []
            var next = NextOffset.start
            while next < end {
                let result = try harness.log.read(TopicPartition(to, partition), from: next, limit: ample)
                found += result.records
                next = result.next
            }
            #expect(found.map(\.value) == wanted.map(\.value))
            #expect(found.map(\.key) == wanted.map(\.key))
            #expect(found.map(\.headers) == wanted.map(\.headers))
        }
    }
}
