import EventLog

let readCases: [ConformanceCase] = [
    ConformanceCase("an empty partition reads as nothing from the start") { harness in
        let topic = try harness.makeTopic("a")
        let source = TopicPartition(topic, 0)
        let found = try harness.log.read(source, from: .start, limit: ample)
        try expectEqual(found.records.count, 0, "records")
        try expectEqual(found.next, .start, "next")
        try expectEqual(try harness.log.end(of: source), .start, "end")
    },
    ConformanceCase("reads are limited by count, and go on where the last one ended") { harness in
        let topic = try harness.makeTopic("a")
        let source = TopicPartition(topic, 0)
        let last = try harness.log.append((0..<25).map { new(topic, "\($0)") })[24]
        var sizes: [Int] = []
        var found: [StoredRecord] = []
        var next = NextOffset.start
        _ = try harness.eventually("25 records in tens") { () -> Bool? in
            let result = try harness.log.read(source, from: next, limit: ReadLimit(records: 10, bytes: 1 << 20))
            if !result.records.isEmpty { sizes.append(result.records.count) }
            try expect(result.records.count <= 10, "\(result.records.count) records")
            found += result.records
            next = result.next
            return next >= last.next ? true : nil
        }
        try expectEqual(texts(found), (0..<25).map { "\($0)" }, "records")
        try expect(sizes.count >= 3, "25 records came in \(sizes)")
    },
    ConformanceCase("reads are limited by bytes, and one record comes however large") { harness in
        let topic = try harness.makeTopic("a")
        let source = TopicPartition(topic, 0)
        let last = try harness.log.append((0..<9).map { _ in new(topic, String(repeating: "x", count: 1_000)) })[8]
        var found = 0
        var next = NextOffset.start
        _ = try harness.eventually("9 records by bytes") { () -> Bool? in
            let result = try harness.log.read(source, from: next, limit: ReadLimit(records: 100, bytes: 2_500))
            try expect(result.records.count <= 2, "\(result.records.count) records of 1,000 bytes within 2,500")
            found += result.records.count
            next = result.next
            return next >= last.next ? true : nil
        }
        try expectEqual(found, 9, "records")
        let one = try harness.log.read(source, from: .start, limit: ReadLimit(records: 100, bytes: 10))
        try expectEqual(one.records.count, 1, "records within 10 bytes")
    },
    ConformanceCase("a position behind the end is out of range") { harness in
        let topic = try harness.makeTopic("a")
        _ = try harness.log.append([new(topic, "x")])
        let source = TopicPartition(topic, 0)
        let error = try refusal(of: "a read from 1,000") {
            _ = try harness.log.read(source, from: NextOffset(1_000), limit: ample)
        }
        try expectEqual(error, .outOfRange(source, NextOffset(1_000)), "error")
    },
    ConformanceCase("the end lies behind the last record, and reading from it gives nothing") { harness in
        let topic = try harness.makeTopic("a")
        let source = TopicPartition(topic, 0)
        let last = try harness.log.append([new(topic, "x"), new(topic, "y")])[1]
        let end = try harness.eventually("the end") {
            let end = try harness.log.end(of: source)
            return end >= last.next ? end : nil
        }
        try expectEqual(try harness.log.read(source, from: end, limit: ample).records.count, 0, "records at the end")
    },
]
