import DomainModel
import JSON
import Testing

@testable import Projections

/// A queue is the last record of each entry: the most urgent first, then the oldest.
@Suite struct QueueTests {
    private let parser = JSONParser()

    private func record(
        _ entry: Int, _ state: EntryState = .proposed, _ urgency: String = "amber", minute: Int64 = 0
    ) -> [UInt8] {
        let id: EntryID = Given.id(entry)
        let at = Given.minutes(minute)
        return Array(
            """
            {"entry":"\(id)","case":"\(Given.caseID(21))","kind":"lead","state":"\(state.rawValue)",\
            "rating":{"urgency":"\(urgency)","level":3},"receivedAt":"\(at)","child":{"givenName":"Ana"},\
            "siblings":[{"case":"\(Given.caseID(22))"}]}
            """.utf8)
    }

    private func queue(_ records: [[UInt8]]) throws -> QueueProjection {
        var queue = QueueProjection()
        for record in records { try queue.take(record, parser: parser) }
        return queue
    }

    @Test func theMostUrgentStandsFirstThenTheOldest() throws {
        let queue = try queue([
            record(1, .proposed, "green", minute: 0), record(2, .proposed, "amber", minute: 9),
            record(3, .proposed, "red", minute: 20), record(4, .proposed, "amber", minute: 3),
        ])
        #expect(queue.open.map(\.entry) == [3, 4, 2, 1].map { Given.id($0) })
    }

    @Test func theLastRecordOfAnEntryIsItsState() throws {
        let queue = try queue([record(1), record(2), record(1, .withdrawn), record(2, .accepted, "red")])
        #expect(queue.rows.count == 2)
        #expect(queue.rows.map(\.state) == [.withdrawn, .accepted])
        #expect(queue.open.map(\.entry) == [Given.id(2)])
        #expect(queue.open.first?.rating?.urgency == .red)
    }

    @Test func aRowCarriesWhatTheTeamMaySee() throws {
        let row = try #require(queue([record(1)]).rows.first)
        #expect(row.givenName == "Ana")
        #expect(row.caseID == Given.caseID(21))
        #expect(row.siblings == [Given.caseID(22)])
        #expect(row.receivedAt == Given.start)
    }

    @Test func whatIsNoEntryIsAnErrorAndChangesNothing() throws {
        var queue = try queue([record(1)])
        let before = queue.rows
        #expect(throws: JSONError.self) { try queue.take(Array("{}".utf8), parser: parser) }
        #expect(throws: JSONError.self) { try queue.take(Array("{".utf8), parser: parser) }
        #expect(queue.rows == before)
    }
}
