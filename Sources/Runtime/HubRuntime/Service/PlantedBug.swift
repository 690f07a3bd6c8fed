import EventLog
import Room

/// Bugs that are planted on purpose, to see that the tests of the whole hub would find them. Nothing in the hub's own
/// command sets one.
package enum PlantedBug: String, CaseIterable, Sendable {
    /// Now and then a position is committed one behind where it should be: whoever counts offsets does that.
    case skipOffsets = "skip-offsets"
    /// Positions are committed before the decisions are, as a consumer that acknowledges what it read does.
    case commitEarly = "commit-early"
    /// Who has lost an input commits for it all the same: a transaction without the generation of its reader.
    case noFencing = "no-fencing"
}

extension ServiceLoop {
    /// Every so many commits a position is counted wrong.
    private static let commitsBetweenSkips = 16

    /// Called where positions are about to be committed.
    func plantSkip() {
        guard settings.plant == .skipOffsets, status.commits % ServiceLoop.commitsBetweenSkips == 7 else { return }
        for index in shelves.indices {
            for place in shelves[index].inputs.indices
            where shelves[index].inputs[place].cursor != shelves[index].inputs[place].committed {
                shelves[index].inputs[place].cursor = NextOffset(shelves[index].inputs[place].cursor.value + 1)
                return
            }
        }
    }

    /// Called before a batch is decided on.
    func plantEarlyCommit(_ batch: Gathered) throws(HubError) {
        guard settings.plant == .commitEarly, let member else { return }
        var step = Step()
        for (source, records) in batch {
            guard let place = place(of: source), let last = records.last else { continue }
            let next = last.offset.next
            step.positions.append((source, next))
            var marks = shelves[place.shelf].marks
            marks.moved(source, to: next)
            for change in marks.takeChanges() {
                step.tableChanges.append(
                    TableChange(
                        table, partition: shelves[place.shelf].partition, key: change.key, value: change.value))
            }
        }
        do throws(LogError) { try member.commit(step) } catch { throw .log(error) }
    }
}
