/// One entry of a broker's access control list. What no rule allows is denied.
public struct AccessRule: Hashable, Comparable, Sendable, CustomStringConvertible {
    public enum Resource: String, Hashable, Sendable, CaseIterable {
        case topic, group, cluster
        case transactionalID = "transactional id"
    }

    public enum Operation: String, Hashable, Sendable, CaseIterable {
        case all, read, write, create, delete, alter, describe
        case clusterAction = "cluster action"
        case describeConfigs = "describe configs"
        case alterConfigs = "alter configs"
        case idempotentWrite = "idempotent write"
    }

    public var principal: String
    public var resource: Resource
    public var name: String
    /// All names that begin so; else this one alone (`*`: all).
    public var isPrefix: Bool
    public var operation: Operation
    public var host: String
    public var isAllowed: Bool

    public init(
        _ principal: String, may operation: Operation, _ resource: Resource, _ name: String, isPrefix: Bool = false,
        host: String = "*", isAllowed: Bool = true
    ) {
        self.principal = principal
        self.resource = resource
        self.name = name
        self.isPrefix = isPrefix
        self.operation = operation
        self.host = host
        self.isAllowed = isAllowed
    }

    /// `User:CN=agency.bd-police may read topic agency.bd-police.inbox`
    public var description: String {
        let what = isPrefix ? "every \(resource.rawValue) that begins with" : resource.rawValue
        let place = host == "*" ? "" : ", from \(host) alone"
        return "\(principal) \(isAllowed ? "may" : "may not") \(operation.rawValue) \(what) \(name)\(place)"
    }

    public static func < (left: Self, right: Self) -> Bool { left.order < right.order }

    private var order: (String, String, String, String) {
        (principal, resource.rawValue, name, "\(isPrefix) \(operation.rawValue) \(isAllowed) \(host)")
    }
}
