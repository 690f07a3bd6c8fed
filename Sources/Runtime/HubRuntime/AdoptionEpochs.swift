import DomainModel
import HubConfiguration
import Room

/// What was in force when Intake read each of its inputs, told from the room alone.
///
/// An adoption lands in the partition of each authority whose content it changed, and all of it carries one time. What
/// Intake posted in a partition behind it was decided by it or a later one. An input that left nothing in the room was
/// read under the same as the one before it in its topic.
struct AdoptionEpochs {
    private var events: [Event] = []
    private var times: [InputPosition: Instant] = [:]
    /// The last adoption of the partition that is being read.
    private var latest: Instant?
    private var partition: Int32?

    /// Takes Intake's events partition by partition, each in its order.
    mutating func take(_ event: Event) {
        if event.position?.partition != partition {
            partition = event.position?.partition
            latest = nil
        }
        switch event.body {
        case .configurationAdopted, .policyAdopted:
            events.append(event)
            latest = max(latest ?? event.time, event.time)
        default:
            guard let input = event.input, let latest else { return }
            times[input] = max(times[input] ?? latest, latest)
        }
    }

    /// When what an input was decided by was adopted; nil where the room does not say.
    func time(of input: InputPosition) -> Instant? { times[input] }

    /// What was in force from each adoption on, in their order; one that changed a single authority leaves the rest.
    func stages() -> [Stage] {
        var stages: [Stage] = []
        var configurations: [AuthorityCode: HubDirectory] = [:]
        var policies: [AuthorityCode: Policy] = [:]
        let ordered = events.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        for (_, event) in ordered {
            switch event.body {
            case .configurationAdopted(let adopted): configurations[event.authority] = adopted.content
            case .policyAdopted(let adopted): policies[event.authority] = adopted.content
            default: break
            }
            if stages.last?.time == event.time { stages.removeLast() }
            // From what stands alone: who was taken out of an authority's configuration is in no slice any more.
            var stage = Stage(time: event.time)
            for authority in configurations.keys.sorted() {
                if let content = configurations[authority] { stage.directory.merge(content) }
                guard let policy = policies[authority] else { continue }
                stage.policies.removeAll { $0.id == policy.id }
                stage.policies.append(policy)
            }
            stages.append(stage)
        }
        return stages
    }

    struct Stage {
        var time: Instant
        var directory = HubDirectory(formatVersion: 1)
        var policies: [Policy] = []
    }
}
