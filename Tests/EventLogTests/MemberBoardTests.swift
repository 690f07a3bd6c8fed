import EventLog
import Testing

@Suite struct MemberBoardTests {
    private let participant = ParticipantName("intake")
    private func topic(_ name: String, _ partitions: Int32) -> TopicSpecification {
        TopicSpecification(Topic(name), partitions: partitions)
    }
    private let every: [TopicPattern] = [.affixes(prefix: "t.", suffix: "")]

    private func settle(_ board: inout MemberBoard, _ ids: [MemberBoard.MemberID]) throws -> [[TopicPartition]] {
        // Each move settles at least one partition; more rounds than partitions would mean that it never ends.
        for _ in 0..<100 {
            var isQuiet = true
            for id in ids where try board.next(for: id) != nil { isQuiet = false }
            if isQuiet { break }
        }
        return try ids.map { try board.holding(of: $0) }
    }

    @Test func partitionsGoByRangeOverTheInstancesInOrder() throws {
        var board = MemberBoard()
        board.topicsChanged(to: [topic("t.a", 7)])
        let b = board.join(participant, instance: "b", inputs: every)
        let a = board.join(participant, instance: "a", inputs: every)
        let held = try settle(&board, [a, b])
        #expect(held[0].map(\.partition) == [0, 1, 2, 3])
        #expect(held[1].map(\.partition) == [4, 5, 6])
    }

    @Test func twelveTopicsOfOnePartitionGoToOneOfThreeMembers() throws {
        var board = MemberBoard()
        board.topicsChanged(to: (10..<22).map { topic("t.\($0)", 1) })
        let ids = ["a", "b", "c"].map { board.join(participant, instance: $0, inputs: every) }
        #expect(try settle(&board, ids).map(\.count) == [12, 0, 0])
    }

    @Test func aPartitionIsGivenOnlyWhenItsHolderHasLetGo() throws {
        var board = MemberBoard()
        board.topicsChanged(to: [topic("t.a", 2)])
        let a = board.join(participant, instance: "a", inputs: every)
        guard case .assigned? = try board.next(for: a) else { throw LogError.fatal("not assigned") }
        let b = board.join(participant, instance: "b", inputs: every)
        let second = TopicPartition(Topic("t.a"), 1)
        #expect(try board.next(for: b) == nil)
        try board.check(a, holds: [(second, .start)])
        guard case .revoked([second])? = try board.next(for: a) else { throw LogError.fatal("not revoked") }
        #expect(throws: LogError.self) { try board.check(a, holds: [(second, .start)]) }
        guard case .assigned([second])? = try board.next(for: b) else { throw LogError.fatal("not assigned") }
    }

    @Test func aTopicThatAppearsRevokesNothing() throws {
        var board = MemberBoard()
        board.topicsChanged(to: [topic("t.b", 1)])
        let a = board.join(participant, instance: "a", inputs: every)
        _ = try settle(&board, [a])
        board.topicsChanged(to: [topic("t.a", 1), topic("t.b", 1), topic("other", 1)])
        let gained = TopicPartition(Topic("t.a"), 0)
        guard case .assigned([gained])? = try board.next(for: a) else { throw LogError.fatal("not assigned") }
        #expect(try board.next(for: a) == nil)
    }
}
