import DomainModel
import EventLog
import Room

/// What a service writes into its own table beside its state, in the same commits.
///
/// | row | value |
/// |---|---|
/// | `!next <input>` | the position behind what the state has seen: wins over what the log remembers for the group |
/// | `!start <input>` | a position, how often a service has begun there without getting any further, and the care taken |
/// | `!try <service> <position>` | how often one record, taken alone, may have ended the process |
///
/// A trap ends the process, so only the next one can notice it. What was in flight is then taken as before once more,
/// since most ends have nothing to do with the input; where that ends it too, it is taken in smaller and smaller
/// chunks, so that one at fault is found in a few starts and, where none is, a few dozen commits go by until all is as
/// before. The last chunk is one record, with a mark before it, and behind the third that ended it the input is set
/// aside. A rebalance leaves the same traces as an end does, so only what happened to a record alone counts against it.
struct ServiceMarks {
    /// Rows that begin so are no state: `verify` does not rebuild them.
    static let prefix = UInt8(ascii: "!")
    private static let nextKey = "!next "
    private static let startKey = "!start "
    private static let tryKey = "!try "

    /// Records before `end` are taken at most so many to a commit.
    struct Care: Equatable {
        let chunk: Int
        let end: NextOffset

        init(_ chunk: Int, end: NextOffset) {
            self.chunk = chunk
            self.end = end
        }
    }

    private struct Start: Equatable {
        var position: NextOffset
        var count: Int
        var care: Care?

        var text: String {
            let care = care.map { " \($0.chunk) \($0.end)" } ?? ""
            return "\(position) \(count)\(care)"
        }

        init(position: NextOffset, count: Int, care: Care? = nil) {
            self.position = position
            self.count = count
            self.care = care
        }

        init?(_ text: String) {
            let numbers = text.split(separator: " ").compactMap { Int64($0) }
            guard numbers.count == 2 || numbers.count == 4 else { return nil }
            position = NextOffset(numbers[0])
            count = Int(numbers[1])
            care = numbers.count == 4 ? Care(Int(numbers[2]), end: NextOffset(numbers[3])) : nil
        }
    }

    private var nexts: [TopicPartition: NextOffset] = [:]
    private var starts: [TopicPartition: Start] = [:]
    private var tries: [String: Int] = [:]
    private var changes: [RowChange] = []

    mutating func restore(key: [UInt8], value: [UInt8]) {
        let name = String(decoding: key, as: UTF8.self)
        let text = String(decoding: value, as: UTF8.self)
        if name.hasPrefix(ServiceMarks.nextKey) {
            guard let source = ServiceMarks.source(name.dropFirst(ServiceMarks.nextKey.count)), let next = Int64(text)
            else { return }
            nexts[source] = NextOffset(next)
        } else if name.hasPrefix(ServiceMarks.startKey) {
            guard let source = ServiceMarks.source(name.dropFirst(ServiceMarks.startKey.count)),
                let start = Start(text)
            else { return }
            starts[source] = start
        } else if name.hasPrefix(ServiceMarks.tryKey) {
            tries[name] = Int(text)
        }
    }

    func next(of source: TopicPartition) -> NextOffset? { nexts[source] }

    /// With what care the input is to be taken, by what the last service that began there wrote.
    func care(of source: TopicPartition) -> Care? { starts[source]?.care }

    /// A service begins at a position.
    /// - Parameter batch: how many records it takes into one commit where no care is needed.
    /// - Parameter behind: the position behind so many records from there, or behind the last where there are fewer; the
    ///   position itself where there is none. Whatever ended those who began there then was no record: without this, a
    ///   quiet night of restarts would be held against the first referral of the morning. Records are counted and not
    ///   offsets, of which ends of transactions and what was aborted take any number.
    mutating func begin(
        _ source: TopicPartition, at position: NextOffset, batch: Int,
        behind: (_ records: Int) throws(LogError) -> NextOffset
    ) throws(LogError) -> Care? {
        var start = Start(position: position, count: 1)
        if let found = starts[source], try behind(1) > position {
            start.count = found.position == position ? found.count + 1 : 2
            // What may have been in flight: as many records as were taken at once.
            if let care = found.care, position < care.end {
                start.care = Care(ServiceMarks.part(of: care.chunk), end: try behind(care.chunk))
            } else if start.count >= Limits.attemptsMax {
                start.care = Care(ServiceMarks.part(of: batch), end: try behind(batch))
            }
        }
        // Some record was tried alone and is not finished: so it goes on.
        if !tries.isEmpty { start.care = Care(1, end: try behind(Limits.careParts)) }
        starts[source] = start
        put(ServiceMarks.startKey + source.description, start.text)
        return start.care
    }

    private static func part(of chunk: Int) -> Int { max(1, chunk / Limits.careParts) }

    /// A service stops in order: what comes next begins as new.
    mutating func end(_ source: TopicPartition) {
        guard starts.removeValue(forKey: source) != nil else { return }
        put(ServiceMarks.startKey + source.description, nil)
    }

    mutating func moved(_ source: TopicPartition, to next: NextOffset) {
        nexts[source] = next
        put(ServiceMarks.nextKey + source.description, next.description)
        guard var start = starts[source], let care = start.care, next >= care.end else { return }
        start.care = nil
        starts[source] = start
        put(ServiceMarks.startKey + source.description, start.text)
    }

    func tried(_ service: Service, _ position: InputPosition) -> Int {
        tries[ServiceMarks.name(service, position)] ?? 0
    }

    mutating func trying(_ service: Service, _ position: InputPosition) {
        let name = ServiceMarks.name(service, position)
        let count = (tries[name] ?? 0) + 1
        tries[name] = count
        put(name, "\(count)")
    }

    mutating func finished(_ service: Service, _ position: InputPosition) {
        guard !tries.isEmpty else { return }
        let name = ServiceMarks.name(service, position)
        if tries.removeValue(forKey: name) != nil { put(name, nil) }
    }

    mutating func takeChanges() -> [RowChange] {
        defer { changes.removeAll(keepingCapacity: true) }
        return changes
    }

    private mutating func put(_ name: String, _ value: String?) {
        changes.append(RowChange(key: Array(name.utf8), value: value.map { Array($0.utf8) }))
    }

    private static func name(_ service: Service, _ position: InputPosition) -> String {
        "\(tryKey)\(service.rawValue) \(position)"
    }

    private static func source(_ text: some StringProtocol) -> TopicPartition? {
        guard let slash = text.lastIndex(of: "/"), let partition = Int32(text[text.index(after: slash)...]) else {
            return nil
        }
        return TopicPartition(Topic(String(text[..<slash])), partition)
    }
}
