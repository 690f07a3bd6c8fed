import CRDKafka

/// How to reach a cluster: the same for every client of a process.
public struct KafkaSettings: Sendable {
    /// Mutual TLS. Files, so that no secret is on a command line or in a configuration that is adopted.
    public struct TLS: Sendable {
        /// Certificates of those whose brokers are trusted, PEM.
        public var authorityFile: String?
        /// This client's certificate, any intermediate ones behind it, PEM.
        public var certificateFile: String?
        public var keyFile: String?
        public var keyPassword: KafkaSecret?

        public init(
            authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil,
            keyPassword: KafkaSecret? = nil
        ) {
            self.authorityFile = authorityFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
            self.keyPassword = keyPassword
        }
    }

    /// `host:port`, several with commas between.
    public var brokers: String
    /// Seen in the brokers' logs and metrics.
    public var clientName: String
    public var tls: TLS?
    /// Further settings by librdkafka's own names, over all others: what this module does not know of is passed on.
    public var extra: [(name: String, value: KafkaSecret)]
    /// What librdkafka has to say, at its level (3 an error, 4 a warning, …): called on the library's threads.
    public var log: (@Sendable (_ level: Int, _ text: String) -> Void)?

    public init(
        brokers: String, clientName: String = "frontdoor", tls: TLS? = nil,
        extra: [(name: String, value: KafkaSecret)] = [], log: (@Sendable (_ level: Int, _ text: String) -> Void)? = nil
    ) {
        self.brokers = brokers
        self.clientName = clientName
        self.tls = tls
        self.extra = extra
        self.log = log
    }
}

/// A text that prints as nothing: it came from a file or the environment and must not get into a log.
public struct KafkaSecret: Sendable, ExpressibleByStringLiteral, CustomStringConvertible, CustomDebugStringConvertible {
    public let text: String
    public init(_ text: String) { self.text = text }
    public init(stringLiteral text: String) { self.text = text }
    public var description: String { "(not shown)" }
    public var debugDescription: String { description }
}

/// A configuration on its way to a client, which takes it over.
struct KafkaConfiguration: ~Copyable {
    private var pointer: OpaquePointer?

    /// What every client has, before what its kind adds.
    init(_ settings: KafkaSettings) throws(KafkaError) {
        try KafkaLibrary.check()
        pointer = rd_kafka_conf_new()
        try set("bootstrap.servers", settings.brokers)
        try set("client.id", settings.clientName)
        // Small requests wait for nothing: Nagle's 40 ms would be in every commit.
        try set("socket.nagle.disable", "true")
        try set("socket.keepalive.enable", "true")
        try set("reconnect.backoff.ms", "50")
        try set("reconnect.backoff.max.ms", "2000")
        if let tls = settings.tls {
            try set("security.protocol", "ssl")
            if let file = tls.authorityFile { try set("ssl.ca.location", file) }
            if let file = tls.certificateFile { try set("ssl.certificate.location", file) }
            if let file = tls.keyFile { try set("ssl.key.location", file) }
            if let password = tls.keyPassword { try set("ssl.key.password", password.text) }
        }
    }

    deinit { if let pointer { rd_kafka_conf_destroy(pointer) } }

    var native: OpaquePointer? { pointer }

    /// Names the setting and never its value in an error.
    func set(_ name: String, _ value: String) throws(KafkaError) {
        let result = rd_kafka_conf_set(pointer, name, value, nil, 0)
        switch result {
        case RD_KAFKA_CONF_OK: return
        case RD_KAFKA_CONF_UNKNOWN:
            throw KafkaError(.invalidArgument, "librdkafka \(KafkaLibrary.version) knows no setting \(name)")
        default: throw KafkaError(.invalidArgument, "the value given for \(name) is not one that it may have")
        }
    }

    func setAll(_ extra: [(name: String, value: KafkaSecret)]) throws(KafkaError) {
        for (name, value) in extra { try set(name, value.text) }
    }

    /// After a client has been made of it, which owns it from then on.
    mutating func handedOver() { pointer = nil }
}

public enum KafkaLibrary {
    /// 2.0.2 of Debian 12: what all rules of this module were measured on. Newer ones must work too.
    public static let oldestVersion: Int32 = 0x02_00_02_00

    public static var version: String { String(cString: rd_kafka_version_str()) }

    /// - Throws: where the library that was found at run time is older than what this was written for.
    public static func check() throws(KafkaError) {
        guard rd_kafka_version() >= oldestVersion else {
            throw KafkaError(.invalidArgument, "librdkafka \(version) is too old: install 2.0.2 or newer")
        }
    }
}
