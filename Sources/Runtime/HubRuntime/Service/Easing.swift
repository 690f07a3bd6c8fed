import DomainModel
import EventLog

/// How much of a batch is taken at once: less where the log takes long for a commit.
///
/// On brokers a transaction has a time-out. Where they are slow, a step that is not written within it would be undone and
/// tried again for ever, and the reading would stand still instead of slowing down. Smaller steps are sure to end, and
/// what they decide is the same. Nobody knows beforehand how quick the brokers are: the first steps are small, and grow.
struct Easing: Equatable {
    /// A commit that takes longer is a slow one; nil where none is.
    private let slowMilliseconds: Int64?
    /// Batches are halved so often.
    private(set) var halvings: Int

    private static let halvingsAtStart = 4
    /// A batch is more than one record, and none so large that this would leave more than one of it.
    private static let halvingsMax = 14
    /// What was not done in time needs far less, at once: each trial of it costs a whole time-out.
    private static let halvingsForAnUndone = 3

    init(slowMilliseconds: Int64?) {
        self.slowMilliseconds = slowMilliseconds
        halvings = slowMilliseconds == nil ? 0 : Easing.halvingsAtStart
    }

    /// - Parameter took: how long a commit took, nanoseconds.
    mutating func note(commit took: Int64, isDone: Bool) {
        guard let slowMilliseconds else { return }
        let slow = slowMilliseconds * 1_000_000
        if took > slow {
            halvings = min(Easing.halvingsMax, halvings + (isDone ? 1 : Easing.halvingsForAnUndone))
        } else if isDone, halvings > 0, took <= slow / 4 {
            halvings -= 1
        }
    }

    func of(_ batch: ReadLimit) -> ReadLimit {
        ReadLimit(records: max(1, batch.records >> halvings), bytes: max(1, batch.bytes >> halvings))
    }
}
