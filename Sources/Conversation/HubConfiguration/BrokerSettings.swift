public import JSON

/// How the hub finds its brokers and comes in. Without `bootstrap` there are none, and the log is the embedded one.
public struct BrokerSettings: Hashable, Sendable, JSONCodable {
    /// `host:port,host:port`; empty: no brokers.
    public var bootstrap: String
    /// Copies of each topic; 3 in service.
    public var replication: Int
    /// What the brokers call who comes in with a certificate; `{principal}` stands for `agency.bd-police`,
    /// `service.intake` and the like.
    public var principals: String
    /// Where all services run in one process, with one certificate: its name, in place of one for each.
    public var servicesPrincipal: String
    /// PEM, as are the two that follow: the authority whose brokers are believed.
    public var caFile: String
    /// The certificate, and behind it those in between.
    public var certificateFile: String
    public var keyFile: String
    /// A file that holds the key's password alone.
    public var keyPasswordFile: String
    /// Further settings of librdkafka by their own names, for all of the hub's clients.
    public var client: [Setting]

    public struct Setting: Hashable, Sendable {
        public var name: String
        public var value: String
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public static let placeholder = "{principal}"

    public init(
        bootstrap: String = "", replication: Int = 3, principals: String = "User:CN=\(placeholder)",
        servicesPrincipal: String = "", caFile: String = "", certificateFile: String = "", keyFile: String = "",
        keyPasswordFile: String = "", client: [Setting] = []
    ) {
        self.bootstrap = bootstrap
        self.replication = replication
        self.principals = principals
        self.servicesPrincipal = servicesPrincipal
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.keyPasswordFile = keyPasswordFile
        self.client = client
    }

    /// Whether the hub lies on brokers at all.
    public var isConfigured: Bool { !bootstrap.isEmpty }

    /// Clients come in encrypted, with a certificate of their own where there is one.
    public var usesTLS: Bool { !caFile.isEmpty || !certificateFile.isEmpty }

    /// Writes that must have arrived before one counts: two in service, so that a broker may die and nothing is lost.
    public var inSyncMin: Int { replication >= 3 ? 2 : 1 }

    public init(json: JSONValue) throws(JSONError) {
        self.init()
        bootstrap = try json.optional("bootstrap") ?? bootstrap
        replication = try json.optional("replication") ?? replication
        principals = try json.optional("principals") ?? principals
        servicesPrincipal = try json.optional("servicesPrincipal") ?? servicesPrincipal
        caFile = try json.optional("caFile") ?? caFile
        certificateFile = try json.optional("certificateFile") ?? certificateFile
        keyFile = try json.optional("keyFile") ?? keyFile
        keyPasswordFile = try json.optional("keyPasswordFile") ?? keyPasswordFile
        if let settings = try json.present("client") {
            do throws(JSONError) {
                for (name, value) in try settings.members() { client.append(try Self.setting(name, value)) }
            } catch {
                throw error.inside("client")
            }
        }
        guard (1...7).contains(replication) else { throw JSONError(expected: "1 to 7 copies").inside("replication") }
        guard principals.contains(Self.placeholder) else {
            throw JSONError(expected: "a name that holds {principal}, as in User:CN={principal}").inside("principals")
        }
        guard certificateFile.isEmpty == keyFile.isEmpty else {
            throw JSONError(expected: "both or neither of certificateFile and keyFile").inside("keyFile")
        }
    }

    /// A secret in a file that many may read, and that `check` quotes, would be a secret no more.
    private static func setting(_ name: String, _ value: JSONValue) throws(JSONError) -> Setting {
        guard !name.contains("password"), name != "ssl.key.pem", name != "sasl.oauthbearer.client.secret" else {
            throw JSONError(expected: "no secret: give its file with keyPasswordFile, or the environment")
        }
        return Setting(name, try value.string())
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("bootstrap", bootstrap)
        json.field("replication", replication)
        json.field("principals", principals)
        json.field("servicesPrincipal", servicesPrincipal)
        json.field("caFile", caFile)
        json.field("certificateFile", certificateFile)
        json.field("keyFile", keyFile)
        json.field("keyPasswordFile", keyPasswordFile)
        json.key("client")
        json.beginObject()
        for setting in client {
            json.key(setting.name)
            json.value(setting.value)
        }
        json.endObject()
        json.endObject()
    }

    /// What the environment says takes the file's place.
    func overridden(by environment: [String: String]) -> BrokerSettings {
        func given(_ name: String) -> String? {
            environment["FRONTDOOR_KAFKA_\(name)"].flatMap { $0.isEmpty ? nil : $0 }
        }
        var settings = self
        if let bootstrap = given("BOOTSTRAP") { settings.bootstrap = bootstrap }
        if let copies = given("REPLICATION").flatMap({ Int($0) }), (1...7).contains(copies) {
            settings.replication = copies
        }
        if let principals = given("PRINCIPALS"), principals.contains(Self.placeholder) {
            settings.principals = principals
        }
        if let name = given("SERVICES_PRINCIPAL") { settings.servicesPrincipal = name }
        if let file = given("CA_FILE") { settings.caFile = file }
        if let file = given("CERTIFICATE_FILE") { settings.certificateFile = file }
        if let file = given("KEY_FILE") { settings.keyFile = file }
        if let file = given("KEY_PASSWORD_FILE") { settings.keyPasswordFile = file }
        return settings
    }
}
