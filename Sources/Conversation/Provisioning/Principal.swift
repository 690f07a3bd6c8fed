public import DomainModel
public import HubConfiguration

/// Who comes to the brokers, as the catalogue writes it: `agency:bd-police`, `service:intake`, `command`.
public enum Principal: Hashable, Comparable, Sendable, CustomStringConvertible {
    case agency(AgencyName)
    case team(TeamName)
    case desk(DeskName)
    /// A participant, by the name of its consumer group.
    case service(String)
    /// The operator's tool, which reads.
    case command

    public init?(catalogue text: some StringProtocol) {
        guard let colon = text.firstIndex(of: ":") else {
            guard text == "command" else { return nil }
            self = .command
            return
        }
        let name = text[text.index(after: colon)...]
        switch text[..<colon] {
        case "agency":
            guard let agency = AgencyName(name) else { return nil }
            self = .agency(agency)
        case "team":
            guard let team = TeamName(name) else { return nil }
            self = .team(team)
        case "desk":
            guard let desk = DeskName(name) else { return nil }
            self = .desk(desk)
        case "service":
            guard !name.isEmpty, name.utf8.allSatisfy({ (97...122).contains($0) || $0 == 45 }) else { return nil }
            self = .service(String(name))
        default: return nil
        }
    }

    /// `agency.bd-police`: of letters that a certificate, a file and a Kubernetes resource may have as a name. The
    /// first dot parts it, so an id with dots stays whole.
    public var description: String {
        switch self {
        case .agency(let name): "agency.\(name)"
        case .team(let name): "team.\(name)"
        case .desk(let name): "desk.\(name)"
        case .service(let name): "service.\(name)"
        case .command: "command"
        }
    }

    /// Comes from outside the hub, with a client of its own choice.
    public var isOutside: Bool {
        switch self {
        case .agency, .team, .desk: true
        case .service, .command: false
        }
    }

    public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

/// What the brokers call a principal: with mutual TLS the distinguished name of its certificate.
public struct PrincipalNames: Hashable, Sendable {
    /// Holds `{principal}`.
    public var pattern: String
    /// One name for all services, where one process with one certificate runs them; empty: each its own.
    public var services: String

    public init(pattern: String = "User:CN=\(BrokerSettings.placeholder)", services: String = "") {
        self.pattern = pattern
        self.services = services
    }

    public init(_ settings: BrokerSettings) {
        self.init(pattern: settings.principals, services: settings.servicesPrincipal)
    }

    public func name(of principal: Principal) -> String {
        if case .service = principal, !services.isEmpty { return services }
        return pattern.split(separator: BrokerSettings.placeholder, omittingEmptySubsequences: false)
            .joined(separator: principal.description)
    }
}
