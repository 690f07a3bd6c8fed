import EventLog
import Room

/// What a service writes into its own table beside its state, in the same commits.
///
/// | row | value |
/// |---|---|
/// | `!next <input>` | the position behind what the state has seen: wins over what the log remembers for the group |
/// | `!start <input>` | a position, and how often a service has begun there without getting any further |
/// | `!try <service> <position>` | how often one record, taken alone, may have ended the process |
///
/// A trap ends the process, so only the next one can notice it. What was in flight is then taken as before once more,
/// since most ends have nothing to do with the input; where that ends it too, records are taken one by one with a mark
/// before each, and behind the third that ended it the input is set aside. A rebalance leaves the same traces as an end
/// does, so only what happened to a record alone counts against it.
struct ServiceMarks {
    /// Rows that begin so are no state: `verify` does not rebuild them.
    static let prefix = UInt8(ascii: "!")
    private static let nextKey = "!next "
    private static let startKey = "!start "
    private static let tryKey = "!try "

    struct Start: Equatable {
        var position: NextOffset
        var count: Int
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
            let words = text.split(separator: " ")
            guard let source = ServiceMarks.source(name.dropFirst(ServiceMarks.startKey.count)), words.count == 2,
                let position = Int64(words[0]), let count = Int(words[1])
            else { return }
            starts[source] = Start(position: NextOffset(position), count: count)
        } else if name.hasPrefix(ServiceMarks.tryKey) {
            tries[name] = Int(text)
        }
    }

    func next(of source: TopicPartition) -> NextOffset? { nexts[source] }

    /// Whether some record was tried alone and not finished.
    var hasTries: Bool { !tries.isEmpty }

    /// A service begins at a position.
    /// - Parameter isAtEnd: whether no record lies there. Whatever ended those who began there before, it was no record:
    ///   without this, a quiet night of restarts would be held against the first referral of the morning.
    /// - Returns: how often one has begun there now; two where one began elsewhere and never said that it stopped.
    mutating func begin(
        _ source: TopicPartition, at position: NextOffset, isAtEnd: () throws(LogError) -> Bool
    ) throws(LogError) -> Int {
        var count = 1
        if let found = starts[source], try !isAtEnd() { count = found.position == position ? found.count + 1 : 2 }
        starts[source] = Start(position: position, count: count)
        put(ServiceMarks.startKey + source.description, "\(position) \(count)")
        return count
    }

    /// A service stops in order: what comes next begins as new.
    mutating func end(_ source: TopicPartition) {
        guard starts.removeValue(forKey: source) != nil else { return }
        put(ServiceMarks.startKey + source.description, nil)
    }

    mutating func moved(_ source: TopicPartition, to next: NextOffset) {
        nexts[source] = next
        put(ServiceMarks.nextKey + source.description, next.description)
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
