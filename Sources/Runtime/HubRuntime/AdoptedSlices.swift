public import DomainModel
public import HubConfiguration
public import Room

/// The directory and the policies put together again from the slices that were adopted authority by authority.
public struct AdoptedSlices {
    public private(set) var directory = HubDirectory(formatVersion: 1)
    public private(set) var policies: [Policy] = []
    /// Of the last configuration taken.
    public private(set) var time = Instant.distantPast

    public init() {}

    public mutating func take(_ event: Event) {
        switch event.body {
        case .configurationAdopted(let adopted):
            directory.merge(adopted.content)
            time = event.time
        case .policyAdopted(let adopted):
            policies.removeAll { $0.id == adopted.content.id }
            policies.append(adopted.content)
        default: break
        }
    }
}
