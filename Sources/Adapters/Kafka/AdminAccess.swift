import CRDKafka

/// One entry of the brokers' access control list.
public struct KafkaAccessRule: Hashable, Sendable {
    /// Numbered as in the protocol.
    public enum Resource: Int32, Hashable, Sendable, CaseIterable {
        case topic = 2
        case group = 3
        case cluster = 4
        case transactionalID = 5
    }

    /// Numbered as in the protocol.
    public enum Operation: Int32, Hashable, Sendable, CaseIterable {
        case all = 2
        case read, write, create, delete, alter, describe, clusterAction, describeConfigs, alterConfigs
        case idempotentWrite
    }

    public var resource: Resource
    public var name: String
    /// All names that begin so.
    public var isPrefix: Bool
    /// As the brokers have it: `User:CN=agency.bd-police`.
    public var principal: String
    /// `*`: wherever it comes from.
    public var host: String
    public var operation: Operation
    public var isAllowed: Bool

    public init(
        resource: Resource, name: String, isPrefix: Bool, principal: String, host: String = "*", operation: Operation,
        isAllowed: Bool = true
    ) {
        self.resource = resource
        self.name = name
        self.isPrefix = isPrefix
        self.principal = principal
        self.host = host
        self.operation = operation
        self.isAllowed = isAllowed
    }
}

extension KafkaAdmin {
    /// So many rules in one request: each is a record of the controllers' log.
    private static let rulesMax = 500

    /// All rules about topics, groups, transactional ids and the cluster.
    /// - Returns: nil where the brokers have no authorizer.
    public func accessRules() throws(KafkaError) -> [KafkaAccessRule]? {
        let (verdict, rules) = try askAboutAccess("reading access rules", .describe) {
            AccessWire.describeAll(into: &$0)
        } _: { reader throws(WireReader.Fault) in
            try AccessWire.described(&reader)
        }
        if KafkaError.Code(rawValue: Int32(verdict.code)) == .securityDisabled { return nil }
        try Self.check(verdict, "reading access rules")
        return rules
    }

    /// - Throws: the first that the brokers refused. Others of the same call may hold.
    public func createAccessRules(_ rules: [KafkaAccessRule]) throws(KafkaError) {
        try change(rules, .create, "making access rules") { reader throws(WireReader.Fault) in
            try AccessWire.created(&reader)
        }
    }

    /// Takes away exactly these.
    public func deleteAccessRules(_ rules: [KafkaAccessRule]) throws(KafkaError) {
        try change(rules, .delete, "taking away access rules") { reader throws(WireReader.Fault) in
            try AccessWire.deleted(&reader)
        }
    }

    private func change(
        _ rules: [KafkaAccessRule], _ call: AccessWire.Call, _ what: String,
        _ read: (inout WireReader) throws(WireReader.Fault) -> [AccessWire.Verdict]
    ) throws(KafkaError) {
        var rest = rules[...]
        while !rest.isEmpty {
            let some = Array(rest.prefix(Self.rulesMax))
            let verdicts = try askAboutAccess(what, call, { AccessWire.rules(some, into: &$0) }, read)
            guard verdicts.count == some.count else {
                throw KafkaError(.state, "\(what): \(verdicts.count) answers to \(some.count) rules")
            }
            for verdict in verdicts { try Self.check(verdict, what) }
            rest = rest.dropFirst(Self.rulesMax)
        }
    }

    private func askAboutAccess<Value>(
        _ what: String, _ call: AccessWire.Call, _ write: (inout WireWriter) -> Void,
        _ read: (inout WireReader) throws(WireReader.Fault) -> Value
    ) throws(KafkaError) -> Value {
        guard !settings.extra.contains(where: { $0.name == "security.protocol" && $0.value.text.hasPrefix("sasl") })
        else {
            throw KafkaError(
                .invalidArgument,
                "\(what): only plain or by TLS; with SASL make them with kafka-acls.sh, as 'topics list --rules' says")
        }
        let connection = try BrokerConnection(settings)
        var answer = try connection.ask(
            AccessWire.request(call, number: 1, clientName: settings.clientName, write))
        do throws(WireReader.Fault) {
            return try read(&answer)
        } catch {
            throw KafkaError(.transport, "\(what): an answer that cannot be read")
        }
    }

    private static func check(_ verdict: AccessWire.Verdict, _ what: String) throws(KafkaError) {
        guard verdict.code != 0 else { return }
        let code = KafkaError.Code(rawValue: Int32(verdict.code))
        throw KafkaError(code, "\(what): \(verdict.text.isEmpty ? code.name : verdict.text)")
    }
}
