import EventLog

/// A member with one input, for the sake of its steps.
private func writer(_ harness: any LogHarness) throws -> any LogMember {
    let input = try harness.makeTopic("input")
    let member = try harness.join("p", input)
    try harness.pollUntilAssigned(member, 1)
    return member
}

private func put(_ table: TableName, _ key: String, _ value: String?, partition: Int32 = 0) -> TableChange {
    TableChange(table, partition: partition, key: bytes(key), value: value.map(bytes))
}

let tableCases: [ConformanceCase] = [
    ConformanceCase("a table restores to the last change of each key") { harness in
        let table = try harness.table("t", partitions: 1)
        let member = try writer(harness)
        try member.commit(Step(tableChanges: [put(table, "a", "1"), put(table, "b", "1"), put(table, "c", "1")]))
        try member.commit(Step(tableChanges: [put(table, "b", "2"), put(table, "a", nil)]))
        try member.commit(Step(tableChanges: [put(table, "d", "1"), put(table, "d", "2"), put(table, "e", nil)]))
        try expectEqual(try harness.present(in: table), ["b=2", "c=1", "d=2"], "table")
        let again = try harness.restart()
        try expectEqual(try harness.present(in: table, in: again), ["b=2", "c=1", "d=2"], "after the restart")
    },
    ConformanceCase("a table that nothing was written to is empty and complete") { harness in
        let table = try harness.table("t", partitions: 1)
        let found = try harness.rows(of: table)
        try expectEqual(found.rows.count, 0, "rows")
    },
    ConformanceCase("a key taken away and put again is there once") { harness in
        let table = try harness.table("t", partitions: 1)
        let member = try writer(harness)
        for value in ["1", nil, "2", nil, "3"] { try member.commit(Step(tableChanges: [put(table, "a", value)])) }
        try expectEqual(try harness.present(in: table), ["a=3"], "table")
    },
    ConformanceCase("changes from a position are those made since, deletions among them") { harness in
        let table = try harness.table("t", partitions: 1)
        let member = try writer(harness)
        try member.commit(Step(tableChanges: [put(table, "a", "1"), put(table, "b", "1"), put(table, "c", "1")]))
        let before = try harness.rows(of: table)
        try expectEqual(try harness.rows(of: table, from: before.next).rows.count, 0, "changes since")
        try member.commit(Step(tableChanges: [put(table, "b", "2"), put(table, "a", nil), put(table, "d", "1")]))
        let since = try harness.eventually("three changes") {
            let found = try harness.rows(of: table, from: before.next)
            return found.rows.count >= 3 ? found : nil
        }
        try expectEqual(
            since.rows.map { "\(text($0.key))=\(text($0.value))" }, ["b=2", "a=nil", "d=1"], "changes since")
        try expect(since.next > before.next, "the position stays at \(since.next)")
    },
    ConformanceCase("tables and partitions are apart, and keys and values any bytes") { harness in
        let one = try harness.table("one", partitions: 2)
        let two = try harness.table("two", partitions: 2)
        let member = try writer(harness)
        try member.commit(
            Step(tableChanges: [
                put(one, "k", "one 0"), put(one, "k", "one 1", partition: 1), put(two, "k", "two 0"),
                TableChange(two, partition: 1, key: [], value: []),
                TableChange(two, partition: 1, key: [0, 255, 0], value: (0...255).map { UInt8($0) }),
            ]))
        try expectEqual(try harness.present(in: one), ["k=one 0"], "one/0")
        try expectEqual(try harness.present(in: one, partition: 1), ["k=one 1"], "one/1")
        try expectEqual(try harness.present(in: two), ["k=two 0"], "two/0")
        let rows = try harness.rows(of: two, partition: 1).rows
        try expectEqual(rows.count, 2, "rows of two/1")
        try expect(rows.contains { $0.key.isEmpty && $0.value == [] }, "the empty key with the empty value is gone")
        try expect(
            rows.contains { $0.key == [0, 255, 0] && $0.value == (0...255).map { UInt8($0) } }, "binary row is gone")
    },
    ConformanceCase("ten thousand rows, some overwritten, restore in parts") { harness in
        let table = try harness.table("t", partitions: 1)
        let member = try writer(harness)
        for batch in 0..<10 {
            let changes = (0..<1_000).map { put(table, "key \(batch * 1_000 + $0)", "first") }
            try member.commit(Step(tableChanges: changes))
        }
        try member.commit(
            Step(tableChanges: stride(from: 0, to: 10_000, by: 7).map { put(table, "key \($0)", "second") }))
        var values: [String: String] = [:]
        var next = NextOffset.start
        _ = try harness.eventually("ten thousand rows in parts") { () -> Bool? in
            let found = try harness.log.changes(
                of: table, partition: 0, from: next, limit: ReadLimit(records: 512, bytes: 1 << 20))
            try expect(found.rows.count <= 512, "\(found.rows.count) rows at once")
            for (key, value) in found.rows { values[text(key)] = text(value) }
            next = found.next
            return found.isComplete ? true : nil
        }
        try expectEqual(values.count, 10_000, "rows")
        for row in 0..<10_000 {
            try expectEqual(values["key \(row)"], row % 7 == 0 ? "second" : "first", "row \(row)")
        }
    },
]
