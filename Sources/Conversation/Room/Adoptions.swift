import DomainJSON
public import DomainModel
public import HubConfiguration
public import JSON

/// The configuration and the policy that decide for an authority. By reference, because every participant asks for both
/// at every event, and a copy of either counts dozens of references.
public final class InForce: Sendable {
    public let configuration: HubDirectory
    public let policy: Policy

    init(configuration: HubDirectory, policy: Policy) {
        self.configuration = configuration
        self.policy = policy
    }
}

/// What is in force in a room partition: per authority the configuration and the policy that were adopted last. Every
/// participant keeps one and asks it at each decision, so that a decision uses what was in force at its position.
public struct Adoptions: Sendable {
    private var configurations = StateTable<AuthorityCode, HubDirectory>(prefix: "K")
    private var policies = StateTable<AuthorityCode, Policy>(prefix: "P")
    /// The authorities that have adopted both; there are one or two.
    private var complete: [(authority: AuthorityCode, inForce: InForce)] = []

    public init() {}

    /// - Returns: whether the event was an adoption.
    @discardableResult
    public mutating func apply(_ event: Event) -> Bool {
        switch event.body {
        case .configurationAdopted(let adopted):
            configurations[event.authority] = adopted.content
            complete(event.authority)
            return true
        case .policyAdopted(let adopted):
            policies[event.authority] = adopted.content
            complete(event.authority)
            return true
        default: return false
        }
    }

    private mutating func complete(_ authority: AuthorityCode) {
        complete.removeAll { $0.authority == authority }
        guard let configuration = configurations[authority], let policy = policies[authority] else { return }
        complete.append((authority, InForce(configuration: configuration, policy: policy)))
    }

    /// Nil until both were adopted.
    public func inForce(for authority: AuthorityCode) -> InForce? {
        for entry in complete where entry.authority == authority { return entry.inForce }
        return nil
    }

    public func isComplete(for authority: AuthorityCode) -> Bool { inForce(for: authority) != nil }

    public func configuration(of authority: AuthorityCode) -> HubDirectory? { configurations[authority] }
    public func policy(of authority: AuthorityCode) -> Policy? { policies[authority] }

    public mutating func takeChanges(into changes: inout [RowChange]) {
        configurations.takeChanges(into: &changes)
        policies.takeChanges(into: &changes)
    }

    /// - Returns: whether the row was one of these.
    public mutating func restore(_ row: RowChange, parser: JSONParser) throws(RowError) -> Bool {
        if let (authority, _) = try configurations.restore(row, parser: parser) {
            complete(authority)
            return true
        }
        guard let (authority, _) = try policies.restore(row, parser: parser) else { return false }
        complete(authority)
        return true
    }
}
