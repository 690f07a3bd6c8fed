import EventLog

/// Commits a step that posts to `room`, changes `table` and moves on, and lets the case look at what became of it.
private func step(_ room: Topic, _ table: TableName, _ label: String, after records: [StoredRecord]) -> Step {
    Step(
        postings: [new(room, 0, "\(label) to 0"), new(room, 1, "\(label) to 1")],
        tableChanges: [TableChange(table, partition: 0, key: bytes("k"), value: bytes(label))],
        positions: next(after: records))
}

private func expectNothing(_ harness: any LogHarness, _ room: Topic, _ table: TableName, on source: TopicPartition)
    throws
{
    for partition in 0..<2 as Range<Int32> {
        let found = try harness.contents(of: TopicPartition(room, partition))
        try expectEqual(texts(found), [], "postings to \(partition)")
    }
    try expectEqual(try harness.present(in: table), [], "table")
    try expectEqual(try harness.log.committed(harness.participant("p"), on: source), nil, "position")
}

let stepCases: [ConformanceCase] = [
    ConformanceCase("a step commits postings, table changes and positions, and survives a restart") { harness in
        let input = try harness.makeTopic("input")
        let room = try harness.makeTopic("room", partitions: 2)
        let table = try harness.table("t", partitions: 1)
        _ = try harness.log.append([new(input, "a"), new(input, "b")])
        let member = try harness.join("p", input)
        let records = try harness.poll(member, until: 2)
        try member.commit(step(room, table, "done", after: records))
        let again = try harness.restart()
        for partition in 0..<2 as Range<Int32> {
            let found = try harness.contents(of: TopicPartition(room, partition), in: again)
            try expectEqual(texts(found), ["done to \(partition)"], "postings")
        }
        try expectEqual(try harness.present(in: table, in: again), ["k=done"], "table")
        let position = try again.committed(harness.participant("p"), on: TopicPartition(input, 0))
        try expectEqual(position, records[1].offset.next, "position")
    },
    ConformanceCase("nothing is visible of a step before its commit") { harness in
        let input = try harness.makeTopic("input")
        let room = try harness.makeTopic("room", partitions: 2)
        let table = try harness.table("t", partitions: 1)
        _ = try harness.log.append([new(input, "a")])
        let member = try harness.join("p", input)
        _ = try harness.poll(member, until: 1)
        try expectNothing(harness, room, table, on: TopicPartition(input, 0))
    },
    ConformanceCase("a step with one record too large leaves nothing of itself, and the next commits") { harness in
        let input = try harness.makeTopic("input")
        let room = try harness.makeTopic("room", partitions: 2, bytesMax: 20_000)
        let table = try harness.table("t", partitions: 1)
        let source = TopicPartition(input, 0)
        _ = try harness.log.append([new(input, "a")])
        let member = try harness.join("p", input)
        let records = try harness.poll(member, until: 1)
        var bad = step(room, table, "bad", after: records)
        bad.postings.append(new(room, 1, String(repeating: "x", count: 40_000)))
        let error = try refusal(of: "a step with a record of 40,000 bytes") { try member.commit(bad) }
        guard case .recordTooLarge(room, _, _) = error else { throw ConformanceFailure("found \(error)") }
        try expectNothing(harness, room, table, on: source)
        try member.rewind()
        let again = try harness.poll(member, until: 1)
        try member.commit(step(room, table, "good", after: again))
        try expectEqual(texts(try harness.contents(of: TopicPartition(room, 1))), ["good to 1"], "postings")
        try expectEqual(try harness.present(in: table), ["k=good"], "table")
    },
    ConformanceCase("a step to a topic that does not exist leaves nothing of itself") { harness in
        let input = try harness.makeTopic("input")
        let room = try harness.makeTopic("room", partitions: 2)
        let table = try harness.table("t", partitions: 1)
        _ = try harness.log.append([new(input, "a")])
        let member = try harness.join("p", input)
        let records = try harness.poll(member, until: 1)
        var bad = step(room, table, "bad", after: records)
        let unknown = harness.topic("unknown")
        bad.postings.append(new(unknown, "x"))
        let error = try refusal(of: "a step to an unknown topic") { try member.commit(bad) }
        try expectEqual(error, .unknownTopic(unknown), "error")
        try expectNothing(harness, room, table, on: TopicPartition(input, 0))
    },
    ConformanceCase("a member killed before its commit leaves nothing, and its successor reads again") {
        harness in
        let input = try harness.makeTopic("input")
        let room = try harness.makeTopic("room", partitions: 2)
        let table = try harness.table("t", partitions: 1)
        _ = try harness.log.append([new(input, "a"), new(input, "b")])
        let first = try harness.join("p", input)
        _ = try harness.poll(first, until: 2)
        try harness.kill(first)
        try expectNothing(harness, room, table, on: TopicPartition(input, 0))
        let second = try harness.join("p", input)
        let records = try harness.poll(second, until: 2)
        try expectEqual(texts(records), ["a", "b"], "records of the successor")
        try second.commit(step(room, table, "done", after: records))
    },
    ConformanceCase("steps post in the order of their commits, and one step in the order given") { harness in
        let input = try harness.makeTopic("input")
        let room = try harness.makeTopic("room")
        _ = try harness.log.append((0..<30).map { new(input, "\($0)") })
        let member = try harness.join("p", input)
        var read = 0
        while read < 30 {
            let records = try harness.poll(member, until: 5, limit: ReadLimit(records: 5, bytes: 1 << 20))
            read += records.count
            try member.commit(
                Step(
                    postings: records.flatMap { record in
                        ["x", "y"].map { new(room, text(record.value) + $0) }
                    }, positions: next(after: records)))
        }
        let found = texts(try harness.contents(of: TopicPartition(room, 0)))
        try expectEqual(found, (0..<30).flatMap { ["\($0)x", "\($0)y"] }, "postings")
    },
    ConformanceCase("rewind reads again from the committed position") { harness in
        let input = try harness.makeTopic("input")
        _ = try harness.log.append((0..<6).map { new(input, "\($0)") })
        let member = try harness.join("p", input)
        let records = try harness.poll(member, until: 6)
        try member.commit(Step(positions: next(after: Array(records.prefix(2)))))
        try member.rewind()
        try expectEqual(texts(try harness.poll(member, until: 4)), ["2", "3", "4", "5"], "records after the rewind")
    },
]
