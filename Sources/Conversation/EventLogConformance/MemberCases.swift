import EventLog

let memberCases: [ConformanceCase] = [
    ConformanceCase("a new participant starts at the first record") { harness in
        let input = try harness.makeTopic("input")
        _ = try harness.log.append([new(input, "a"), new(input, "b")])
        let member = try harness.join("p", input)
        try expectEqual(try harness.log.committed(member.participant, on: TopicPartition(input, 0)), nil, "position")
        try expectEqual(texts(try harness.poll(member, until: 2)), ["a", "b"], "records")
    },
    ConformanceCase("a member that joins again goes on where it had committed") { harness in
        let input = try harness.makeTopic("input", partitions: 2)
        _ = try harness.log.append((0..<10).map { new(input, Int32($0 % 2), "\($0)") })
        let first = try harness.join("p", input)
        let records = try harness.poll(first, until: 10)
        try first.commit(Step(positions: next(after: records.filter { $0.source.partition == 0 })))
        first.leave()
        first.leave()
        let second = try harness.join("p", input)
        let again = try harness.poll(second, until: 5)
        try expectEqual(texts(again), ["1", "3", "5", "7", "9"], "records after joining again")
    },
    ConformanceCase("positions survive a restart") { harness in
        let input = try harness.makeTopic("input")
        _ = try harness.log.append([new(input, "a"), new(input, "b"), new(input, "c")])
        let first = try harness.join("p", input)
        let records = try harness.poll(first, until: 3)
        try first.commit(Step(positions: next(after: Array(records.prefix(2)))))
        let log = try harness.restart()
        let second = try log.join(harness.participant("p"), instance: "1", inputs: [.exact(input)])
        try expectEqual(texts(try harness.poll(second, until: 1)), ["c"], "records after the restart")
    },
    ConformanceCase("two participants read the same input, each at its own pace") { harness in
        let input = try harness.makeTopic("input")
        _ = try harness.log.append((0..<4).map { new(input, "\($0)") })
        let one = try harness.join("p", input)
        let two = try harness.join("q", input)
        let records = try harness.poll(one, until: 4)
        try one.commit(Step(positions: next(after: records)))
        try expectEqual(texts(try harness.poll(two, until: 4)), ["0", "1", "2", "3"], "records of the second")
        try expectEqual(try harness.log.committed(two.participant, on: TopicPartition(input, 0)), nil, "its position")
    },
    ConformanceCase("records that come later are polled, also those of another handle") { harness in
        let input = try harness.makeTopic("input")
        let member = try harness.join("p", input)
        try harness.pollUntilAssigned(member, 1)
        _ = try harness.log.append([new(input, "here")])
        try expectEqual(texts(try harness.poll(member, until: 1)), ["here"], "records of this handle")
        _ = try harness.anotherHandle().append([new(input, "there")])
        try expectEqual(texts(try harness.poll(member, until: 1)), ["there"], "records of the other handle")
    },
    ConformanceCase("a poll with nothing to tell is idle, and does not wait where it is asked not to") { harness in
        let input = try harness.makeTopic("input")
        let member = try harness.join("p", input)
        try harness.pollUntilAssigned(member, 1)
        guard case .idle = try member.poll(ample, wait: .zero) else {
            throw ConformanceFailure("an empty input gave something")
        }
    },
    ConformanceCase("polls keep to the limit of records and take every partition in its turn") { harness in
        let input = try harness.makeTopic("input", partitions: 3)
        _ = try harness.log.append((0..<60).map { new(input, 0, "busy \($0)") })
        _ = try harness.log.append([new(input, 1, "one"), new(input, 2, "two")])
        let member = try harness.join("p", input)
        var batches: [[String]] = []
        _ = try harness.eventually("62 records") { () -> Bool? in
            if case .records(_, let records) = try member.poll(
                ReadLimit(records: 10, bytes: 1 << 20), wait: .milliseconds(20))
            {
                try expect(records.count <= 10, "\(records.count) records at once")
                batches.append(texts(records))
            }
            return batches.reduce(0) { $0 + $1.count } == 62 ? true : nil
        }
        let busy = batches.flatMap { $0 }.filter { $0.hasPrefix("busy") }
        try expectEqual(busy, (0..<60).map { "busy \($0)" }, "order of the busy partition")
    },
    ConformanceCase("a topic that appears later is assigned to those who read its pattern") { harness in
        let first = try harness.makeTopic("agency.one.referrals")
        _ = try harness.makeTopic("agency.one.inbox")
        let base = harness.topic("agency.").name
        let member = try harness.log.join(
            harness.participant("p"), instance: "1", inputs: [.affixes(prefix: base, suffix: ".referrals")])
        try expectEqual(try harness.pollUntilAssigned(member, 1), [TopicPartition(first, 0)], "assigned")
        let other = try harness.anotherHandle()
        let second = harness.topic("agency.two.referrals")
        try other.ensure([TopicSpecification(second, partitions: 1)])
        _ = try other.append([new(second, "from two")])
        try expectEqual(texts(try harness.poll(member, until: 1)), ["from two"], "records of the new topic")
        _ = try harness.log.append([new(first, "from one")])
        try expectEqual(texts(try harness.poll(member, until: 1)), ["from one"], "records of the old topic")
    },
    ConformanceCase("two members of one participant share the partitions, and each is read by one") { harness in
        let input = try harness.makeTopic("input", partitions: 4)
        let one = try harness.join("p", instance: "1", input)
        try harness.pollUntilAssigned(one, 4)
        let two = try harness.join("p", instance: "2", input)
        let second = try harness.pollUntilAssigned(two, 2, others: [one])
        _ = try harness.log.append((0..<8).map { new(input, Int32($0 % 4), "\($0)") })
        let theirs = try harness.poll(two, until: 4)
        let ours = try harness.poll(one, until: 4)
        try expectEqual(Set(theirs.map(\.source)), Set(second), "partitions of the second")
        try expectEqual(Set((ours + theirs).map(\.offset.value)).count, 2, "offsets")
        try expectEqual((texts(ours) + texts(theirs)).sorted(), (0..<8).map { "\($0)" }, "records of both")
    },
    ConformanceCase("when a member leaves, the other gets its partitions") { harness in
        let input = try harness.makeTopic("input", partitions: 2)
        let one = try harness.join("p", instance: "1", input)
        try harness.pollUntilAssigned(one, 2)
        let two = try harness.join("p", instance: "2", input)
        let held = try harness.pollUntilAssigned(two, 1, others: [one])
        _ = try harness.log.append([new(input, held[0].partition, "theirs")])
        try two.commit(Step(positions: next(after: try harness.poll(two, until: 1))))
        two.leave()
        _ = try harness.log.append([new(input, held[0].partition, "ours now")])
        try expectEqual(texts(try harness.poll(one, until: 1)), ["ours now"], "records after the other left")
    },
    ConformanceCase("when a member is killed, the other gets its partitions") { harness in
        let input = try harness.makeTopic("input", partitions: 2)
        let one = try harness.join("p", instance: "1", input)
        try harness.pollUntilAssigned(one, 2)
        let two = try harness.join("p", instance: "2", input)
        let held = try harness.pollUntilAssigned(two, 1, others: [one])
        _ = try harness.log.append([new(input, held[0].partition, "left behind")])
        _ = try harness.poll(two, until: 1)
        try harness.kill(two)
        try expectEqual(texts(try harness.poll(one, until: 1)), ["left behind"], "records of the killed member")
    },
    ConformanceCase("what is held gives nothing until it is released, and the rest goes on") { harness in
        let input = try harness.makeTopic("input", partitions: 2)
        let member = try harness.join("p", input)
        try harness.pollUntilAssigned(member, 2)
        try member.hold([TopicPartition(input, 0)])
        _ = try harness.log.append([new(input, 0, "held"), new(input, 1, "free")])
        try expectEqual(texts(try harness.poll(member, until: 1)), ["free"], "records while one is held")
        guard case .idle = try member.poll(ample, wait: .milliseconds(50)) else {
            throw ConformanceFailure("a held input gave something")
        }
        try member.release(TopicPartition(input, 0), at: nil)
        try expectEqual(texts(try harness.poll(member, until: 1)), ["held"], "records after the release")
    },
    ConformanceCase("a release says where to read on, and the member commits from there") { harness in
        let input = try harness.makeTopic("input")
        _ = try harness.log.append((0..<4).map { new(input, "\($0)") })
        let member = try harness.join("p", input)
        try harness.pollUntilAssigned(member, 1)
        let source = TopicPartition(input, 0)
        try member.hold([source])
        try member.release(source, at: NextOffset(2))
        let records = try harness.poll(member, until: 2)
        try expectEqual(texts(records), ["2", "3"], "records from the position on")
        try member.commit(Step(positions: next(after: records)))
        try expectEqual(try harness.log.committed(member.participant, on: source), NextOffset(4), "position")
    },
]
