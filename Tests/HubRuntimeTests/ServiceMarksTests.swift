import DomainModel
import EventLog
import Room
import Testing

@testable import HubRuntime

/// What a service writes about its own starts, and with what care it goes on by it.
@Suite struct ServiceMarksTests {
    private static let source = TopicPartition(Topic("hub.events"), 3)

    /// The marks of the next service, as read from the rows that the last one wrote.
    private final class Table {
        private var rows: [(key: [UInt8], value: [UInt8])] = []

        func take(_ marks: inout ServiceMarks) {
            for change in marks.takeChanges() {
                rows.removeAll { $0.key == change.key }
                if let value = change.value { rows.append((change.key, value)) }
            }
        }

        var marks: ServiceMarks {
            var marks = ServiceMarks()
            for row in rows { marks.restore(key: row.key, value: row.value) }
            return marks
        }
    }

    /// Starts once, and ends without a word behind `position`.
    /// - Parameter gap: offsets before each record that no record has.
    private func start(
        _ table: Table, at position: Int64, batch: Int = 4_000, end: Int64 = 1_000_000, gap: Int64 = 0
    ) throws -> ServiceMarks.Care? {
        var marks = table.marks
        let care = try marks.begin(ServiceMarksTests.source, at: NextOffset(position), batch: batch) { records in
            NextOffset(min(end, position + Int64(records) * (gap + 1)))
        }
        table.take(&marks)
        #expect(table.marks.care(of: ServiceMarksTests.source) == care, "as written, so read")
        return care
    }

    @Test func whatEndsAtOnePlaceIsTakenInSmallerAndSmallerChunks() throws {
        let table = Table()
        #expect(try start(table, at: 10) == nil)
        #expect(try start(table, at: 10) == nil, "most ends have nothing to do with the input")
        #expect(try start(table, at: 10) == .init(200, end: NextOffset(4_010)))
        #expect(try start(table, at: 210) == .init(10, end: NextOffset(410)), "one chunk was fine")
        #expect(try start(table, at: 230) == .init(1, end: NextOffset(240)))
        #expect(try start(table, at: 231) == .init(1, end: NextOffset(232)))
    }

    /// A batch that was undone by brokers, or the ends of other transactions, lie before the next record: it is found all
    /// the same.
    @Test func offsetsThatNoRecordHasDoNotHideTheNext() throws {
        let table = Table()
        for _ in 0..<2 { _ = try start(table, at: 10, gap: 99) }
        #expect(try start(table, at: 10, gap: 99) == .init(200, end: NextOffset(400_010)))
        #expect(try start(table, at: 10, gap: 99) == .init(10, end: NextOffset(20_010)))
        #expect(try start(table, at: 10, gap: 99) == .init(1, end: NextOffset(1_010)))
        #expect(try start(table, at: 10, gap: 99) == .init(1, end: NextOffset(110)))
    }

    @Test func endsAtDifferentPlacesAskForNoCare() throws {
        let table = Table()
        for number in 0..<50 { #expect(try start(table, at: Int64(number)) == nil) }
    }

    @Test func careEndsWithTheLastRecordThatWasThere() throws {
        let table = Table()
        for _ in 0..<2 { _ = try start(table, at: 10, end: 30) }
        #expect(try start(table, at: 10, end: 30) == .init(200, end: NextOffset(30)))
        var marks = table.marks
        marks.moved(ServiceMarksTests.source, to: NextOffset(29))
        #expect(marks.care(of: ServiceMarksTests.source) != nil)
        marks.moved(ServiceMarksTests.source, to: NextOffset(30))
        #expect(marks.care(of: ServiceMarksTests.source) == nil)
        table.take(&marks)
        #expect(try start(table, at: 30, end: 40) == nil, "it is forgotten in the table as well")
    }

    @Test func whereNoRecordLiesNothingIsHeldAgainstTheNext() throws {
        let table = Table()
        for _ in 0..<9 { #expect(try start(table, at: 10, end: 10) == nil) }
        #expect(try start(table, at: 10, end: 11) == nil, "the first referral of the morning")
    }

    @Test func aStopInOrderBeginsAnew() throws {
        let table = Table()
        for _ in 0..<3 { _ = try start(table, at: 10) }
        var marks = table.marks
        marks.end(ServiceMarksTests.source)
        table.take(&marks)
        #expect(try start(table, at: 10) == nil)
        #expect(try start(table, at: 10) == nil)
    }

    @Test func whatWasTriedAloneGoesOnAlone() throws {
        let table = Table()
        _ = try start(table, at: 10)
        var marks = table.marks
        marks.trying(.routing, InputPosition(topic: nil, partition: 3, offset: 10))
        table.take(&marks)
        #expect(try start(table, at: 10) == .init(1, end: NextOffset(30)))
    }
}
