import Room
import Sealing

/// What one service has posted, by the input that it answers, as a replay compares it.
///
/// One input may be answered in two partitions: a referral that is assigned leaves the room of the hub for that of an
/// authority. Each partition has an order of its own and between two there is none, so postings are told apart by both:
/// put together partition after partition, they would stand in the order of the partitions and not of the decisions.
struct RecordedPostings {
    /// The postings that answer one input.
    struct Answers {
        fileprivate var byPartition: [(partition: Int32, prints: [Digest32], next: Int)] = []

        /// The next in the order of a partition; nil where there is none left.
        mutating func next(in partition: Int32) -> Digest32? {
            guard let place = byPartition.firstIndex(where: { $0.partition == partition }),
                byPartition[place].next < byPartition[place].prints.count
            else { return nil }
            defer { byPartition[place].next += 1 }
            return byPartition[place].prints[byPartition[place].next]
        }

        /// How many have not been asked for.
        var left: Int { byPartition.reduce(0) { $0 + $1.prints.count - $1.next } }
    }

    private var answers: [InputPosition: Answers] = [:]

    var isEmpty: Bool { answers.isEmpty }
    /// How many inputs are answered that nobody has taken.
    var count: Int { answers.count }
    /// How many of them are so.
    func count(where isSo: (InputPosition) -> Bool) -> Int { answers.keys.count(where: isSo) }

    /// - Parameter partition: where it lies. Within one, called in the order of the log.
    mutating func add(_ print: Digest32, in partition: Int32, answering input: InputPosition) {
        var found = answers[input] ?? Answers()
        if let place = found.byPartition.firstIndex(where: { $0.partition == partition }) {
            found.byPartition[place].prints.append(print)
        } else {
            found.byPartition.append((partition, [print], 0))
        }
        answers[input] = found
    }

    mutating func take(_ input: InputPosition) -> Answers { answers.removeValue(forKey: input) ?? Answers() }
}
