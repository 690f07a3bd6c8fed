import EventLog

/// The races between members, each by its name.
let fencingCases: [ConformanceCase] = [
    ConformanceCase("SameInstanceFencesTheFirst: the first can neither commit nor poll") { harness in
        let input = try harness.makeTopic("input")
        let room = try harness.makeTopic("room")
        _ = try harness.log.append([new(input, "a")])
        let first = try harness.join("p", instance: "1", input)
        let records = try harness.poll(first, until: 1)
        let second = try harness.join("p", instance: "1", input)
        try harness.pollUntilAssigned(second, 1)
        let step = Step(postings: [new(room, "zombie")], positions: next(after: records))
        try expectFenced("a commit of the first") { try first.commit(step) }
        try expectFenced("a poll of the first") {
            _ = try harness.eventually("the end of the first") { () -> Bool? in
                _ = try first.poll(ample, wait: .milliseconds(20))
                return nil
            }
        }
        try expectEqual(texts(try harness.contents(of: TopicPartition(room, 0))), [], "postings of the first")
    },
    ConformanceCase("ZombiePostsOnce: what the first read is decided once, by the second") { harness in
        let input = try harness.makeTopic("input")
        let room = try harness.makeTopic("room")
        _ = try harness.log.append([new(input, "a"), new(input, "b")])
        let first = try harness.join("p", instance: "1", input)
        let stale = try harness.poll(first, until: 2)
        let second = try harness.join("p", instance: "1", input)
        let records = try harness.poll(second, until: 2)
        try second.commit(
            Step(postings: records.map { new(room, text($0.value)) }, positions: next(after: records)))
        try expectFenced("the late commit of the first") {
            try first.commit(Step(postings: stale.map { new(room, text($0.value)) }, positions: next(after: stale)))
        }
        try expectEqual(texts(try harness.contents(of: TopicPartition(room, 0))), ["a", "b"], "postings")
    },
    ConformanceCase("FencedTableWrite: a step of table changes alone is refused as well") { harness in
        let input = try harness.makeTopic("input")
        let table = try harness.table("t", partitions: 1)
        let first = try harness.join("p", instance: "1", input)
        try harness.pollUntilAssigned(first, 1)
        let second = try harness.join("p", instance: "1", input)
        try harness.pollUntilAssigned(second, 1)
        let change = TableChange(table, partition: 0, key: bytes("k"), value: bytes("zombie"))
        try expectFenced("a table change of the first") { try first.commit(Step(tableChanges: [change])) }
        try expectEqual(try harness.present(in: table), [], "table")
    },
    ConformanceCase("RevokedBlocksCommit: a member that lost a partition cannot commit for it") { harness in
        let input = try harness.makeTopic("input", partitions: 2)
        let room = try harness.makeTopic("room")
        _ = try harness.log.append([new(input, 0, "a"), new(input, 1, "b")])
        let one = try harness.join("p", instance: "1", input)
        let records = try harness.poll(one, until: 2)
        let two = try harness.join("p", instance: "2", input)
        let lost = try harness.pollUntilAssigned(two, 1, others: [one])
        let stale = records.filter { lost.contains($0.source) }
        try expectFencedOrAborted("a commit for a partition lost") {
            try one.commit(Step(postings: [new(room, "stale")], positions: next(after: stale)))
        }
        try expectEqual(texts(try harness.contents(of: TopicPartition(room, 0))), [], "postings")
        try expectEqual(try harness.log.committed(one.participant, on: lost[0]), nil, "position")
    },
    ConformanceCase("NeverAssigned: a member cannot commit for an input that it does not hold") { harness in
        let input = try harness.makeTopic("input")
        let foreign = try harness.makeTopic("foreign")
        let member = try harness.join("p", input)
        try harness.pollUntilAssigned(member, 1)
        try expectFencedOrAborted("a commit for another input") {
            try member.commit(Step(positions: [(TopicPartition(foreign, 0), NextOffset(0))]))
        }
        try expectEqual(try harness.log.committed(member.participant, on: TopicPartition(foreign, 0)), nil, "position")
    },
    ConformanceCase("LeftThenCommit: a member that has left cannot commit") { harness in
        let input = try harness.makeTopic("input")
        let room = try harness.makeTopic("room")
        _ = try harness.log.append([new(input, "a")])
        let member = try harness.join("p", input)
        let records = try harness.poll(member, until: 1)
        member.leave()
        try expectFencedOrAborted("a commit after leaving") {
            try member.commit(Step(postings: [new(room, "late")], positions: next(after: records)))
        }
        try expectEqual(texts(try harness.contents(of: TopicPartition(room, 0))), [], "postings")
    },
    ConformanceCase("OtherParticipantUntouched: a participant's fencing does not reach another") { harness in
        let input = try harness.makeTopic("input")
        _ = try harness.log.append([new(input, "a")])
        let other = try harness.join("q", instance: "1", input)
        let records = try harness.poll(other, until: 1)
        let first = try harness.join("p", instance: "1", input)
        try harness.pollUntilAssigned(first, 1)
        let second = try harness.join("p", instance: "1", input)
        try harness.pollUntilAssigned(second, 1)
        try other.commit(Step(positions: next(after: records)))
        let position = try harness.log.committed(other.participant, on: TopicPartition(input, 0))
        try expectEqual(position, records[0].offset.next, "position of the other participant")
    },
    ConformanceCase("Generations: an instance fenced time after time still goes on where it was") { harness in
        let input = try harness.makeTopic("input")
        _ = try harness.log.append((0..<5).map { new(input, "\($0)") })
        var earlier: [any LogMember] = []
        for generation in 0..<5 {
            let member = try harness.join("p", instance: "1", input)
            let records = try harness.poll(member, until: 5 - generation)
            try expectEqual(text(records[0].value), "\(generation)", "first record of generation \(generation)")
            try member.commit(Step(positions: next(after: [records[0]])))
            earlier.append(member)
        }
        for (generation, member) in earlier.dropLast().enumerated() {
            try expectFenced("a commit of generation \(generation)") {
                try member.commit(Step(positions: [(TopicPartition(input, 0), .start)]))
            }
        }
    },
]
