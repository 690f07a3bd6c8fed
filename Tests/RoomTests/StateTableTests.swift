import DomainModel
import JSON
import Room
import Testing

struct StateTableTests {
    typealias Table = StateTable<String, String>
    let parser = JSONParser()

    private func changed(_ table: inout Table) -> [String] {
        var changes: [RowChange] = []
        table.takeChanges(into: &changes)
        return changes.map {
            let key = String(decoding: $0.key, as: UTF8.self)
            return $0.value.map { "\(key)=\(String(decoding: $0, as: UTF8.self))" } ?? key
        }
    }

    @Test func changesComeOnceInTheOrderOfTheFirstChangeWithTheLastValue() {
        var table = Table(prefix: "T")
        table["b"] = "1"
        table["a"] = "2"
        table["b"] = "3"
        table["c"] = nil
        #expect(changed(&table) == [#"Tb="3""#, #"Ta="2""#, "Tc"])
        #expect(changed(&table) == [])
        table["a"] = nil
        #expect(changed(&table) == ["Ta"])
        #expect(table.count == 1)
    }

    @Test func readingIsNoChange() {
        var table = Table(prefix: "T")
        table["a"] = "1"
        _ = changed(&table)
        #expect(table["a"] == "1")
        #expect(table["b"] == nil)
        #expect(changed(&table) == [])
    }

    @Test func aRestoredTableIsTheOneThatWasCommitted() throws {
        var random = SplitMix(state: 11)
        var table = Table(prefix: "T")
        var model: [String: String] = [:]
        var restored = Table(prefix: "T")
        for step in 0..<2000 {
            let key = "k\(Int.random(in: 0..<60, using: &random))"
            let value = Bool.random(using: &random) ? "v\(step)" : nil
            table[key] = value
            model[key] = value
            guard Int.random(in: 0..<20, using: &random) == 0 else { continue }
            var changes: [RowChange] = []
            table.takeChanges(into: &changes)
            for change in changes {
                let taken = try restored.restore(change, parser: parser)
                #expect(taken != nil)
            }
            #expect(restored.count == model.count)
            for number in 0..<60 { #expect(restored["k\(number)"] == model["k\(number)"]) }
        }
        // What came back is no change of its own.
        #expect(changed(&restored) == [])
    }

    /// All keys begin at one of two places of the index, so that nearly every one stands behind others.
    private struct Crowded: RowKey {
        let number: Int
        init(_ number: Int) { self.number = number }
        var rowText: String { String(number) }
        init?(rowText: String) {
            guard let number = Int(rowText) else { return nil }
            self.number = number
        }
        var rowHash: UInt64 { UInt64(number % 2) }
    }

    @Test func keysThatCrowdAtOnePlaceAreFoundWhateverWasTakenAwayBeforeThem() {
        var random = SplitMix(state: 5)
        var table = StateTable<Crowded, String>(prefix: "T")
        var model: [Int: String] = [:]
        for step in 0..<3000 {
            let number = Int.random(in: 0..<90, using: &random)
            let value = Bool.random(using: &random) ? "v\(step)" : nil
            table[Crowded(number)] = value
            model[number] = value
            guard Int.random(in: 0..<7, using: &random) == 0 else { continue }
            var changes: [RowChange] = []
            table.takeChanges(into: &changes)
            #expect(table.count == model.count)
            #expect((0..<90).allSatisfy { table[Crowded($0)] == model[$0] })
        }
    }

    @Test func aCopyIsItsOwn() {
        var table = Table(prefix: "T")
        for number in 0..<40 { table["k\(number)"] = "before" }
        _ = changed(&table)
        table["k1"] = nil
        var copy = table
        copy["k2"] = "after"
        copy["new"] = "after"
        #expect(table["k2"] == "before")
        #expect(table["new"] == nil)
        #expect(changed(&table) == ["Tk1"])
        #expect(table.count == 39)
        #expect(copy["k2"] == "after")
        #expect(changed(&copy) == ["Tk1", #"Tk2="after""#, #"Tnew="after""#])
        #expect((3..<40).allSatisfy { copy["k\($0)"] == "before" })
    }

    @Test func aRowOfAnotherTableIsLeftAlone() throws {
        var table = Table(prefix: "T")
        for key in ["Ua", ""] {
            let row = RowChange(key: Array(key.utf8), value: Array(#""1""#.utf8))
            let taken = try table.restore(row, parser: parser)
            #expect(taken == nil)
        }
        #expect(table.count == 0)
    }

    @Test func aRowThatThisVersionCannotReadStopsIt() {
        var cases = StateTable<CaseID, String>(prefix: "T")
        #expect(throws: RowError.badKey) {
            try cases.restore(RowChange(key: Array("Tx".utf8), value: nil), parser: parser)
        }
        var table = Table(prefix: "T")
        #expect {
            try table.restore(RowChange(key: Array("Ta".utf8), value: Array("7".utf8)), parser: parser)
        } throws: { error in
            if case RowError.badRow = error { true } else { false }
        }
    }

    @Test func keysOfEveryKindAreReadAsTheyAreWritten() {
        let event = EventID(bits: 3)
        #expect(EventID(rowText: event.rowText) == event)
        #expect(CaseID(rowText: Sample.caseID.rowText) == Sample.caseID)
        #expect(AuthorityCode(rowText: Sample.authority.rowText) == Sample.authority)
        #expect(AuthorityCode(rowText: AuthorityCode.hub.rowText) == .hub)
    }
}

struct DueQueueTests {
    private func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

    private func taken(_ queue: inout DueQueue<String>, _ now: Int64) -> String? { queue.next(at: at(now)) }

    @Test func theEarliestComesFirstAndTiesGoByKey() {
        var queue = DueQueue<String>()
        for (key, due) in [("c", 5), ("b", 7), ("a", 7), ("d", 9)] { queue.set(key, due: at(Int64(due))) }
        #expect(queue.first == at(5))
        #expect(taken(&queue, 4) == nil)
        #expect(queue.peek(at: at(8)) == "c")
        #expect((0..<3).map { _ in taken(&queue, 8) } == ["c", "a", "b"])
        #expect(taken(&queue, 8) == nil)
        #expect(queue.first == at(9))
        #expect(queue.count == 1)
    }

    @Test func whatWasMovedOrRemovedIsDueOnlyWhereItIsNow() {
        var queue = DueQueue<String>()
        queue.set("a", due: at(1))
        queue.set("a", due: at(10))
        #expect(queue.first == at(10))
        queue.set("a", due: at(3))
        #expect(queue.first == at(3))
        queue.set("b", due: at(2))
        queue.set("b", due: nil)
        #expect(taken(&queue, 20) == "a")
        #expect(taken(&queue, 20) == nil)
        #expect(queue.first == nil)
        // Its earlier moment was left in the heap; it must not come back when set again.
        queue.set("a", due: at(30))
        #expect(taken(&queue, 20) == nil)
        #expect(queue.count == 1)
    }

    /// Against the plainest model: all that is set, sorted.
    @Test(arguments: [1, 2, 3, 4, 5])
    func itAgreesWithANaiveModel(_ seed: UInt64) {
        var random = SplitMix(state: seed)
        var queue = DueQueue<Int>()
        var model: [Int: Int64] = [:]
        func earliest(_ now: Int64) -> Int? {
            model.filter { $0.value <= now }.min { ($0.value, $0.key) < ($1.value, $1.key) }?.key
        }
        for _ in 0..<3000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<6:
                let key = Int.random(in: 0..<40, using: &random)
                let due = Int64.random(in: 0..<50, using: &random)
                queue.set(key, due: at(due))
                model[key] = due
            case 6..<8:
                let key = Int.random(in: 0..<40, using: &random)
                queue.set(key, due: nil)
                model[key] = nil
            default:
                let now = Int64.random(in: 0..<50, using: &random)
                #expect(queue.peek(at: at(now)) == earliest(now))
                let next = queue.next(at: at(now))
                #expect(next == earliest(now))
                if let next { model[next] = nil }
            }
            #expect(queue.count == model.count)
            #expect(queue.first == model.values.min().map { at($0) })
        }
    }
}
