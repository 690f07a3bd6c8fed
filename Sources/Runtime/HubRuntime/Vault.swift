import DomainModel
public import EventLog
public import Room
public import Sealing
import Synchronization

/// The hub's secrets, from files or the environment, never from the command line.
public struct HubSecrets: Sendable {
    /// Wraps the keys of sealed parts; may be rotated.
    public let masters: MasterKeyring
    /// Makes the hub's ids of what outsiders name; never rotated, as the same message must always get the same id.
    public let hash: SecretKey

    public init(masters: MasterKeyring, hash: SecretKey) {
        self.masters = masters
        self.hash = hash
    }
}

/// Seals and opens parts. Knows the keys that it drew and those in the table of keys; a key that it lacks, or that does
/// not fit, is looked for in the table once more before it counts as absent.
public final class Vault: Sendable {
    private struct Inside: ~Copyable {
        var keys = PartKeyRing()
        var next: [NextOffset]
        let sealer = Sealer()
        var draws: DrawnAhead
        var absent: KeyName?
        var failure: LogError?
    }

    private let inside: Mutex<Inside>
    private let masters: MasterKeyring
    private let log: any EventLog
    private let topics: HubTopics

    public init(log: any EventLog, topics: HubTopics, masters: MasterKeyring, draws: any Draws & Sendable) {
        self.log = log
        self.topics = topics
        self.masters = masters
        inside = Mutex(
            Inside(next: Array(repeating: .start, count: Int(topics.partitions)), draws: DrawnAhead(draws)))
    }

    /// Seals an opened part under a key of its own, and gives the row that keeps the key.
    func seal(_ part: Part, partition: Int32) -> (sealed: [UInt8], row: TableChange) {
        inside.withLock { inside in
            let key = PartKey.drawn(from: &inside.draws)
            let nonce = Nonce.drawn(from: &inside.draws)
            let sealed = inside.sealer.seal(part.opened ?? [], key: key, nonce: nonce, binding: part.key)
            let wrapped = masters.wrap(key, named: part.key, with: inside.sealer, draws: &inside.draws)
            inside.keys.add(key, named: part.key)
            return (sealed, TableChange(topics.keys, partition: partition, key: part.key.bytes, value: wrapped))
        }
    }

    /// - Parameter near: the partition of the room that it was read from, where a key that is not yet known is looked
    ///   for first: one that came with the event lies there, and each partition asked costs a way to the brokers.
    /// - Returns: nil where the key is absent; ``absentKey`` then names it and the runtime stops.
    public func open(_ part: Part, near: Int32? = nil) -> [UInt8]? { open(part, near: near, isBrought: false) }

    /// Opens what somebody has brought and calls sealed by this hub.
    /// - Returns: nil where it is not, which stops nothing.
    public func openBrought(_ part: Part) -> [UInt8]? { open(part, near: nil, isBrought: true) }

    private func open(_ part: Part, near: Int32?, isBrought: Bool) -> [UInt8]? {
        if let opened = part.opened { return opened }
        guard let sealed = part.sealed else { return nil }
        return inside.withLock { inside in
            if let opened = opened(sealed, part.key, inside) { return opened }
            var failure: LogError?
            if let near { failure = readKeys(of: near, into: &inside) }
            if let opened = opened(sealed, part.key, inside) { return opened }
            failure = readAllKeys(into: &inside) ?? failure
            if let opened = opened(sealed, part.key, inside) { return opened }
            if isBrought { return nil }
            if failure == nil, inside.keys.contains(part.key) {
                // Drawn here for a step that came to nothing, after the row of the process that took over had been read:
                // it is the rows that count.
                for partition in inside.next.indices { inside.next[partition] = .start }
                failure = readAllKeys(into: &inside)
                if let opened = opened(sealed, part.key, inside) { return opened }
            }
            // Where the table could not be read, nothing is known of the key.
            if let failure { inside.failure = failure } else { inside.absent = part.key }
            return nil
        }
    }

    private func opened(_ sealed: [UInt8], _ name: KeyName, _ inside: borrowing Inside) -> [UInt8]? {
        inside.keys[name].flatMap { key in try? inside.sealer.open(sealed, key: key, binding: name) }
    }

    private func readAllKeys(into inside: inout Inside) -> LogError? {
        var failure: LogError?
        for partition in 0..<topics.partitions { failure = readKeys(of: partition, into: &inside) ?? failure }
        return failure
    }

    /// A key that was needed and not there, or that did not fit. Nothing destroys keys yet, so this is never in order.
    public var absentKey: KeyName? { inside.withLock { $0.absent } }

    /// Why the table of keys could not be read. It stays: what was decided meanwhile lacked a name, so this process must
    /// commit nothing of it and begin anew.
    public var failure: LogError? { inside.withLock { $0.failure } }

    /// - Returns: why not all that is there could be read.
    private func readKeys(of partition: Int32, into inside: inout Inside) -> LogError? {
        var isComplete = false
        while !isComplete {
            let changes: TableChanges
            do throws(LogError) {
                changes = try log.changes(
                    of: topics.keys, partition: partition, from: inside.next[Int(partition)],
                    limit: ReadLimit(records: 10_000, bytes: 4 << 20))
            } catch {
                return error
            }
            for row in changes.rows {
                guard let name = KeyName(bytes: row.key), let wrapped = row.value,
                    let key = try? masters.unwrap(wrapped, named: name, with: inside.sealer)
                else { continue }
                inside.keys.add(key, named: name)
            }
            inside.next[Int(partition)] = changes.next
            isComplete = changes.isComplete
        }
        return nil
    }
}

/// Draws for many parts at once: most of what a draw costs is asking.
///
/// Never copied: a copy would hand out the same bytes again, and a nonce that serves twice gives both texts away. So it
/// stands in the vault alone, under its lock, and what was handed out is wiped at once.
private struct DrawnAhead: Draws, Sendable {
    private static let bytesAhead = 4096

    private var source: any Draws & Sendable
    private var bytes: [UInt8] = []
    private var place = 0

    init(_ source: any Draws & Sendable) { self.source = source }

    mutating func draw(count: Int) -> [UInt8] {
        guard count <= DrawnAhead.bytesAhead else { return source.draw(count: count) }
        if bytes.count - place < count {
            bytes = source.draw(count: DrawnAhead.bytesAhead)
            place = 0
        }
        let drawn = Array(bytes[place..<place + count])
        for index in place..<place + count { bytes[index] = 0 }
        place += count
        return drawn
    }
}
