import DomainJSON
public import DomainModel
public import HubConfiguration
public import JSON

/// What is in force in a room partition: per authority the configuration and the policy that were adopted last. Every
/// participant keeps one and asks it at each decision, so that a decision uses what was in force at its position.
public struct Adoptions: Sendable {
    private var configurations = StateTable<AuthorityCode, HubDirectory>(prefix: "K")
    private var policies = StateTable<AuthorityCode, Policy>(prefix: "P")

    public init() {}

    /// - Returns: whether the event was an adoption.
    @discardableResult
    public mutating func apply(_ event: Event) -> Bool {
        switch event.body {
        case .configurationAdopted(let adopted):
            configurations[event.authority] = adopted.content
            return true
        case .policyAdopted(let adopted):
            policies[event.authority] = adopted.content
            return true
        default: return false
        }
    }

    /// Whether both were adopted, without a copy of either.
    public func isComplete(for authority: AuthorityCode) -> Bool {
        configurations.contains(authority) && policies.contains(authority)
    }

    public func configuration(of authority: AuthorityCode) -> HubDirectory? { configurations[authority] }
    public func policy(of authority: AuthorityCode) -> Policy? { policies[authority] }

    public mutating func takeChanges(into changes: inout [RowChange]) {
        configurations.takeChanges(into: &changes)
        policies.takeChanges(into: &changes)
    }

    /// - Returns: whether the row was one of these.
    public mutating func restore(_ row: RowChange, parser: JSONParser) throws(RowError) -> Bool {
        if try configurations.restore(row, parser: parser) != nil { return true }
        return try policies.restore(row, parser: parser) != nil
    }
}
