import EventLog

private func carrying(_ harness: any LogHarness) throws -> any CarryingLog {
    guard let log = harness.log as? any CarryingLog else {
        throw ConformanceFailure("the log does not carry; leave these cases out")
    }
    return log
}

let carryingCases: [ConformanceCase] = [
    ConformanceCase("steps of several members commit as one, in the order given", need: .carrying) { harness in
        let log = try carrying(harness)
        let input = try harness.makeTopic("input")
        let room = try harness.makeTopic("room")
        _ = try log.append([new(input, "a")])
        let one = try harness.join("p", input)
        let two = try harness.join("q", room)
        let records = try harness.poll(one, until: 1)
        try harness.pollUntilAssigned(two, 1)
        let end = try log.end(of: TopicPartition(room, 0))
        try log.commit(
            [
                (one, Step(postings: [new(room, "from one")], positions: next(after: records))),
                (
                    two,
                    Step(
                        postings: [new(room, "from two")],
                        positions: [(TopicPartition(room, 0), NextOffset(end.value + 1))])
                ),
            ], expecting: [(TopicPartition(room, 0), end)])
        try expectEqual(texts(try harness.contents(of: TopicPartition(room, 0))), ["from one", "from two"], "room")
        try expectEqual(
            try log.committed(one.participant, on: TopicPartition(input, 0)), records[0].offset.next, "first position")
        try expectEqual(
            try log.committed(two.participant, on: TopicPartition(room, 0)), NextOffset(end.value + 1),
            "second position")
    },
    ConformanceCase("EndMoved: an append before the commit is a conflict, and nothing is committed", need: .carrying) {
        harness in
        let log = try carrying(harness)
        let input = try harness.makeTopic("input")
        let room = try harness.makeTopic("room")
        let table = try harness.table("t", partitions: 1)
        _ = try log.append([new(input, "a")])
        let one = try harness.join("p", input)
        let records = try harness.poll(one, until: 1)
        let room0 = TopicPartition(room, 0)
        let end = try log.end(of: room0)
        _ = try harness.anotherHandle().append([new(room, "between")])
        let step = Step(
            postings: [new(room, "carried")],
            tableChanges: [TableChange(table, partition: 0, key: bytes("k"), value: bytes("v"))],
            positions: next(after: records))
        let error = try refusal(of: "a commit to an end that has moved") {
            try log.commit([(one, step)], expecting: [(room0, end)])
        }
        guard case .conflict = error else { throw ConformanceFailure("expected conflict, found \(error)") }
        try expectEqual(texts(try harness.contents(of: room0)), ["between"], "room")
        try expectEqual(try harness.present(in: table), [], "table")
        try expectEqual(try log.committed(one.participant, on: TopicPartition(input, 0)), nil, "position")
        try log.commit([(one, step)], expecting: [(room0, try log.end(of: room0))])
        try expectEqual(texts(try harness.contents(of: room0)), ["between", "carried"], "room after the second try")
    },
    ConformanceCase("OneFencedAllRefused: one fenced member refuses the steps of all", need: .carrying) { harness in
        let log = try carrying(harness)
        let input = try harness.makeTopic("input")
        let room = try harness.makeTopic("room")
        _ = try log.append([new(input, "a")])
        let one = try harness.join("p", input)
        let zombie = try harness.join("q", input)
        let records = try harness.poll(one, until: 1)
        let stale = try harness.poll(zombie, until: 1)
        let successor = try harness.join("q", input)
        try harness.pollUntilAssigned(successor, 1)
        try expectFenced("a commit with a fenced member") {
            try log.commit(
                [
                    (one, Step(postings: [new(room, "one")], positions: next(after: records))),
                    (zombie, Step(postings: [new(room, "zombie")], positions: next(after: stale))),
                ], expecting: [])
        }
        try expectEqual(texts(try harness.contents(of: TopicPartition(room, 0))), [], "room")
        try expectEqual(try log.committed(one.participant, on: TopicPartition(input, 0)), nil, "position")
    },
    ConformanceCase("OneTooLargeAllRefused: a later step's faulty record refuses the steps of all", need: .carrying) {
        harness in
        let log = try carrying(harness)
        let input = try harness.makeTopic("input")
        let room = try harness.makeTopic("room", bytesMax: 20_000)
        _ = try log.append([new(input, "a")])
        let one = try harness.join("p", input)
        let two = try harness.join("q", input)
        let records = try harness.poll(one, until: 1)
        try harness.pollUntilAssigned(two, 1)
        let error = try refusal(of: "a commit with a record of 40,000 bytes in its second step") {
            try log.commit(
                [
                    (one, Step(postings: [new(room, "one")], positions: next(after: records))),
                    (two, Step(postings: [new(room, String(repeating: "x", count: 40_000))])),
                ], expecting: [])
        }
        guard case .recordTooLarge(room, _, _) = error else { throw ConformanceFailure("found \(error)") }
        try expectEqual(texts(try harness.contents(of: TopicPartition(room, 0))), [], "room")
        try expectEqual(try log.committed(one.participant, on: TopicPartition(input, 0)), nil, "position")
    },
]
