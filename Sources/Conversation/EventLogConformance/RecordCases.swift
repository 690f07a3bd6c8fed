import Dispatch
import DomainModel
import EventLog
import Synchronization

let recordCases: [ConformanceCase] = [
    ConformanceCase("appended records stand in the order given, and survive a restart") { harness in
        let topic = try harness.makeTopic("a")
        let source = TopicPartition(topic, 0)
        let values = (0..<50).map { "record \($0)" }
        let offsets = try harness.log.append(values.map { new(topic, $0) })
        try expectEqual(offsets.count, 50, "offsets given")
        try expect(zip(offsets, offsets.dropFirst()).allSatisfy { $0 < $1 }, "offsets do not rise: \(offsets)")
        let stored = try harness.contents(of: source)
        try expectEqual(texts(stored), values, "values")
        try expectEqual(stored.map(\.offset), offsets, "offsets read")
        let again = try harness.restart()
        try expectEqual(texts(try harness.contents(of: source, in: again)), values, "values after the restart")
    },
    ConformanceCase("one append to several partitions keeps the order within each") { harness in
        let topic = try harness.makeTopic("a", partitions: 3)
        let offsets = try harness.log.append((0..<30).map { new(topic, Int32($0 % 3), "\($0)") })
        for partition in 0..<3 {
            let stored = try harness.contents(of: TopicPartition(topic, Int32(partition)))
            try expectEqual(texts(stored), (0..<10).map { "\($0 * 3 + partition)" }, "partition \(partition)")
            let given = (0..<10).map { offsets[$0 * 3 + partition] }
            try expectEqual(stored.map(\.offset), given, "offsets of partition \(partition)")
        }
    },
    ConformanceCase("what another handle appends is read here, and the other way round") { harness in
        let topic = try harness.makeTopic("a")
        let source = TopicPartition(topic, 0)
        let other = try harness.anotherHandle()
        _ = try other.append([new(topic, "theirs")])
        _ = try harness.log.append([new(topic, "ours")])
        try expectEqual(texts(try harness.contents(of: source)), ["theirs", "ours"], "read here")
        try expectEqual(texts(try harness.contents(of: source, in: other)), ["theirs", "ours"], "read there")
    },
    ConformanceCase("keys, headers and values are kept byte for byte") { harness in
        let topic = try harness.makeTopic("a")
        let every = (0...255).map { UInt8($0) }
        var headers = Headers()
        headers.append("name", bytes("first"))
        headers.append("name", bytes("second"))
        headers.append("empty", [])
        headers.append("binary", every)
        let source = TopicPartition(topic, 0)
        let records = [
            NewRecord(source, key: every, headers: headers, value: every),
            NewRecord(source, key: [], value: []),
            NewRecord(source, key: nil, value: bytes("no key")),
            NewRecord(source, key: bytes("tombstone"), headers: headers, value: nil),
            NewRecord(source, key: nil, value: nil),
        ]
        _ = try harness.log.append(records)
        let stored = try harness.contents(of: source)
        try expectEqual(stored.count, records.count, "records")
        for (found, wanted) in zip(stored, records) {
            try expectEqual(found.key, wanted.key, "key")
            try expectEqual(found.headers, wanted.headers, "headers")
            try expectEqual(found.value, wanted.value, "value")
        }
    },
    ConformanceCase("a record over the topic's limit is refused, and nothing of its call is stored") { harness in
        let topic = try harness.makeTopic("a", bytesMax: 20_000)
        let large = String(repeating: "x", count: 40_000)
        let error = try refusal(of: "a record of 40,000 bytes") {
            _ = try harness.log.append([new(topic, "small"), new(topic, large)])
        }
        guard case .recordTooLarge(topic, _, _) = error else { throw ConformanceFailure("found \(error)") }
        _ = try harness.log.append([new(topic, String(repeating: "y", count: 10_000))])
        try expectEqual(try harness.contents(of: TopicPartition(topic, 0)).count, 1, "records")
    },
    ConformanceCase("a topic that does not exist is an error to append to and to read") { harness in
        let unknown = harness.topic("unknown")
        let appended = try refusal(of: "an append") { _ = try harness.log.append([new(unknown, "x")]) }
        try expectEqual(appended, .unknownTopic(unknown), "append")
        let read = try refusal(of: "a read") {
            _ = try harness.log.read(TopicPartition(unknown, 0), from: .start, limit: ample)
        }
        try expectEqual(read, .unknownTopic(unknown), "read")
        let topic = try harness.makeTopic("a", partitions: 2)
        let partition = try refusal(of: "partition 2 of 2") { _ = try harness.log.append([new(topic, 2, "x")]) }
        try expectEqual(partition, .unknownTopic(topic), "partition")
    },
    ConformanceCase("ensure creates what is missing, lists it, and changes nothing that is there") { harness in
        let first = try harness.makeTopic("a", partitions: 2, cleanup: .compact)
        _ = try harness.log.append([new(first, 1, "kept")])
        let second = harness.topic("b")
        try harness.log.ensure([
            TopicSpecification(second, partitions: 3), TopicSpecification(first, partitions: 2, cleanup: .compact),
        ])
        let found = try harness.log.topics().filter { $0.topic == first || $0.topic == second }
        try expectEqual(found.map(\.topic), [first, second].sorted(), "topics")
        try expectEqual(found.map(\.partitions), first < second ? [2, 3] : [3, 2], "partitions")
        try expectEqual(found.first { $0.topic == first }?.cleanup, .compact, "cleanup")
        try expectEqual(texts(try harness.contents(of: TopicPartition(first, 1))), ["kept"], "records")
    },
    ConformanceCase("four threads append at once: each one's order is kept, nothing is lost or doubled") { harness in
        let topic = try harness.makeTopic("a")
        let failures = Mutex<[String]>([])
        let log = harness.log
        let group = DispatchGroup()
        for thread in 0..<4 {
            DispatchQueue(label: "appender \(thread)").async(group: group) {
                for batch in 0..<25 {
                    do {
                        _ = try log.append((0..<4).map { new(topic, "\(thread) \(batch * 4 + $0)") })
                    } catch {
                        failures.withLock { $0.append("\(error)") }
                    }
                }
            }
        }
        group.wait()
        try expectEqual(failures.withLock { $0 }, [], "failures")
        let stored = texts(try harness.contents(of: TopicPartition(topic, 0)))
        try expectEqual(stored.count, 400, "records")
        for thread in 0..<4 {
            let own = stored.filter { $0.hasPrefix("\(thread) ") }
            try expectEqual(own, (0..<100).map { "\(thread) \($0)" }, "thread \(thread)")
        }
    },
    ConformanceCase("append times never fall within a partition") { harness in
        let topic = try harness.makeTopic("a")
        for value in 0..<20 { _ = try harness.log.append([new(topic, "\(value)")]) }
        let times = try harness.contents(of: TopicPartition(topic, 0)).map(\.appendTime)
        try expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }, "append times fall: \(times)")
    },
    ConformanceCase("append times are the clock's, and stand still where it goes back", need: .clock) { harness in
        let topic = try harness.makeTopic("a", partitions: 2)
        let base = Int64(1_800_000_000_000)
        for (clock, partition) in [(0, 0), (5_000, 0), (2_000, 0), (2_000, 1), (9_000, 0)] as [(Int64, Int32)] {
            harness.setClock(Instant(milliseconds: base + clock))
            _ = try harness.log.append([new(topic, partition, "x")])
        }
        let first = try harness.contents(of: TopicPartition(topic, 0)).map { $0.appendTime.milliseconds - base }
        try expectEqual(first, [0, 5_000, 5_000, 9_000], "append times")
        let second = try harness.contents(of: TopicPartition(topic, 1)).map { $0.appendTime.milliseconds - base }
        try expectEqual(second, [2_000], "append times of the other partition")
    },
]
