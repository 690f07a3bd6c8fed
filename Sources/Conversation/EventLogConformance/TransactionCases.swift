import EventLog

private func transactions(_ harness: any LogHarness) throws -> any TransactionHarness {
    guard let transactions = harness.transactions else {
        throw ConformanceFailure("the harness opens no transactions; leave these cases out")
    }
    return transactions
}

let transactionCases: [ConformanceCase] = [
    ConformanceCase("OpenHoldsBack: nothing behind an open transaction is read, polled or ended", need: .transactions) {
        harness in
        let input = try harness.makeTopic("input")
        let source = TopicPartition(input, 0)
        let first = try harness.log.append([new(input, "before")])[0]
        let member = try harness.join("p", input)
        try expectEqual(texts(try harness.poll(member, until: 1)), ["before"], "records before")
        let open = try transactions(harness).begin([new(input, "open")])
        let last = try harness.log.append([new(input, "behind")])[0]
        try expectEqual(texts(try harness.log.read(source, from: .start, limit: ample).records), ["before"], "read")
        try expect(try harness.log.end(of: source) <= NextOffset(first.value + 1), "the end lies behind the open one")
        guard case .idle = try member.poll(ample, wait: .milliseconds(20)) else {
            throw ConformanceFailure("a poll gave something from behind an open transaction")
        }
        try open.commit()
        let found = try harness.records(of: source, through: last, in: harness.log)
        try expectEqual(texts(found), ["before", "open", "behind"], "read after the commit")
        try expectEqual(texts(try harness.poll(member, until: 2)), ["open", "behind"], "polled after the commit")
    },
    ConformanceCase("AbortedNeverSeen: an aborted record is skipped by read and poll", need: .transactions) { harness in
        let input = try harness.makeTopic("input")
        let source = TopicPartition(input, 0)
        let open = try transactions(harness).begin([new(input, "aborted")])
        let last = try harness.log.append([new(input, "behind")])[0]
        try open.abort()
        let found = try harness.records(of: source, through: last, in: harness.log)
        try expectEqual(texts(found), ["behind"], "read")
        let member = try harness.join("p", input)
        try expectEqual(texts(try harness.poll(member, until: 1)), ["behind"], "polled")
    },
    ConformanceCase("LateCommitRefused: an aborted transaction cannot be committed", need: .transactions) {
        harness in
        let input = try harness.makeTopic("input")
        let open = try transactions(harness).begin([new(input, "late")])
        try open.abort()
        try expectFencedOrAborted("a late commit") { try open.commit() }
        try expectEqual(texts(try harness.contents(of: TopicPartition(input, 0))), [], "records")
    },
    ConformanceCase("ZombieTransaction: a member fenced with its transaction open commits nothing", need: .transactions)
    { harness in
        let input = try harness.makeTopic("input")
        let room = try harness.makeTopic("room")
        let table = try harness.table("t", partitions: 1)
        _ = try harness.log.append([new(input, "a")])
        let first = try harness.join("p", instance: "1", input)
        let records = try harness.poll(first, until: 1)
        let open = try transactions(harness).begin(
            Step(
                postings: [new(room, "zombie")],
                tableChanges: [TableChange(table, partition: 0, key: bytes("k"), value: bytes("zombie"))],
                positions: next(after: records)), by: first)
        let second = try harness.join("p", instance: "1", input)
        let again = try harness.poll(second, until: 1)
        try expectFencedOrAborted("the zombie's commit") { try open.commit() }
        try second.commit(
            Step(
                postings: [new(room, "successor")],
                tableChanges: [TableChange(table, partition: 0, key: bytes("k"), value: bytes("successor"))],
                positions: next(after: again)))
        try expectEqual(texts(try harness.contents(of: TopicPartition(room, 0))), ["successor"], "room")
        try expectEqual(try harness.present(in: table), ["k=successor"], "table")
    },
    ConformanceCase("OpenTableHeldBack: an open transaction's table changes show with its commit", need: .transactions)
    { harness in
        let input = try harness.makeTopic("input")
        let table = try harness.table("t", partitions: 1)
        _ = try harness.log.append([new(input, "a")])
        let member = try harness.join("p", input)
        let records = try harness.poll(member, until: 1)
        let change = TableChange(table, partition: 0, key: bytes("k"), value: bytes("v"))
        let open = try transactions(harness).begin(
            Step(tableChanges: [change], positions: next(after: records)), by: member)
        let before = try harness.log.changes(of: table, partition: 0, from: .start, limit: ample)
        try expectEqual(before.rows.count, 0, "rows while it is open")
        try expectEqual(try harness.log.committed(member.participant, on: TopicPartition(input, 0)), nil, "position")
        try open.commit()
        _ = try harness.eventually("the row") {
            try harness.present(in: table) == ["k=v"] ? true : nil
        }
        let position = try harness.log.committed(member.participant, on: TopicPartition(input, 0))
        try expectEqual(position, records[0].offset.next, "position after the commit")
    },
]
