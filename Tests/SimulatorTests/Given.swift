import ConfigurationFiles
import Deadlines
import Deduplication
import HubRuntime
import Intake
import Room
import Routing
import Simulator
import Triage

enum Given {
    static let hub: SimulatedHub = {
        do {
            let shipped = try LoadedConfiguration(ConfigurationSource(folder: nil))
            let topics = HubTopics(partitions: 4)
            return SimulatedHub(
                directory: shipped.directory, policies: shipped.policies, allowLists: shipped.allowLists,
                topics: topics,
                specifications: shipped.catalogue.specifications(for: shipped.directory, topics: topics),
                intake: { IngressHostOf(Intake.self) },
                hosts: {
                    [HostOf(Deduplication.self), HostOf(Triage.self), HostOf(Routing.self), HostOf(Deadlines.self)]
                })
        } catch {
            fatalError("the shipped configuration cannot be read: \(error)")
        }
    }()
}
