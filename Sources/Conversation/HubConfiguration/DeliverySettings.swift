import DomainJSON
public import DomainModel
public import JSON

/// One tool of a desk or of an agency, to which Delivery sends. Secrets are never in the file itself: they are read
/// from another file, or from the environment.
public struct SinkSettings: Hashable, Sendable, JSONCodable {
    public var id: SinkName
    public var kind: DeliveryChannel
    /// Whose alerts it is sent.
    public var desks: [DeskName]
    /// Who is told by it that their inbox holds something new.
    public var agencies: [AgencyName]
    /// Only alerts that are for one of these roles; empty for all.
    public var roles: [Role]
    /// Alertmanager: every peer. Chat: the webhook, where it is no secret. E-mail: `smtps://host`, or `smtp://host:587`
    /// with STARTTLS.
    public var urls: [String]
    public var urlFile: String
    public var urlEnvironment: String
    public var user: String
    public var passwordFile: String
    public var passwordEnvironment: String
    /// Sent as `Authorization: Bearer`.
    public var tokenFile: String
    public var tokenEnvironment: String
    /// Certificates that are trusted, beside which none is; empty for the system's.
    public var caFile: String
    public var proxy: String
    /// Of e-mail.
    public var from: String
    public var to: [String]
    /// Who is told as well, in case nobody of `to` is there.
    public var cover: [String]

    public init(id: SinkName, kind: DeliveryChannel, desks: [DeskName] = [], agencies: [AgencyName] = []) {
        self.id = id
        self.kind = kind
        self.desks = desks
        self.agencies = agencies
        roles = []
        urls = []
        urlFile = ""
        urlEnvironment = ""
        user = ""
        passwordFile = ""
        passwordEnvironment = ""
        tokenFile = ""
        tokenEnvironment = ""
        caFile = ""
        proxy = ""
        from = ""
        to = []
        cover = []
    }

    public init(json: JSONValue) throws(JSONError) {
        self.init(id: try json.required("id"), kind: try json.required("kind"))
        desks = try json.list("desks")
        agencies = try json.list("agencies")
        roles = try json.list("roles")
        urls = try json.list("urls")
        urlFile = try json.optional("urlFile") ?? ""
        urlEnvironment = try json.optional("urlEnvironment") ?? ""
        user = try json.optional("user") ?? ""
        passwordFile = try json.optional("passwordFile") ?? ""
        passwordEnvironment = try json.optional("passwordEnvironment") ?? ""
        tokenFile = try json.optional("tokenFile") ?? ""
        tokenEnvironment = try json.optional("tokenEnvironment") ?? ""
        caFile = try json.optional("caFile") ?? ""
        proxy = try json.optional("proxy") ?? ""
        from = try json.optional("from") ?? ""
        to = try json.list("to")
        cover = try json.list("cover")
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("id", id)
        json.field("kind", kind)
        json.field("desks", desks)
        json.field("agencies", agencies)
        json.field("roles", roles)
        json.field("urls", urls)
        json.field("urlFile", urlFile)
        json.field("urlEnvironment", urlEnvironment)
        json.field("user", user)
        json.field("passwordFile", passwordFile)
        json.field("passwordEnvironment", passwordEnvironment)
        json.field("tokenFile", tokenFile)
        json.field("tokenEnvironment", tokenEnvironment)
        json.field("caFile", caFile)
        json.field("proxy", proxy)
        json.field("from", from)
        json.field("to", to)
        json.field("cover", cover)
        json.endObject()
    }
}

/// How people are told: `delivery` of `hub.yaml`. Like the settings it is a matter of one machine, not adopted and not
/// in the room.
public struct DeliverySettings: Hashable, Sendable, JSONCodable {
    public var sinks: [SinkSettings]
    /// What a message about an alert links to; `{reference}` stands for the alert. Empty: no link.
    public var link: String
    /// Where an agency signs in.
    public var signIn: String
    /// This hub's name among those that share an Alertmanager.
    public var hub: String
    /// How often what stands is posted to Alertmanager again, seconds.
    public var repostSeconds: Int
    /// How long a resolved alert is still posted as resolved, seconds: a peer that was down meanwhile learns of it.
    public var resolvedSeconds: Int
    /// What a tool may take to answer, seconds.
    public var timeoutSeconds: Int
    /// The wait after a first failure, seconds; it doubles up to the largest.
    public var backoffSeconds: Int
    public var backoffSecondsMax: Int
    /// How often the sign of life is given, seconds.
    public var aliveSeconds: Int
    /// How long a sign of life holds, seconds: a hub that stands still is noticed after it.
    public var aliveHoldsSeconds: Int
    /// A file for node_exporter's textfile collector; empty: none beside the data folder's own.
    public var metricsFile: String

    public init() {
        sinks = []
        link = ""
        signIn = ""
        hub = "frontdoor"
        repostSeconds = 60
        resolvedSeconds = 900
        timeoutSeconds = 10
        backoffSeconds = 2
        backoffSecondsMax = 300
        aliveSeconds = 30
        aliveHoldsSeconds = 180
        metricsFile = ""
    }

    public init(json: JSONValue) throws(JSONError) {
        self.init()
        sinks = try json.list("sinks")
        link = try json.optional("link") ?? link
        signIn = try json.optional("signIn") ?? signIn
        hub = try json.optional("hub") ?? hub
        repostSeconds = try Self.seconds(json, "repostSeconds") ?? repostSeconds
        resolvedSeconds = try Self.seconds(json, "resolvedSeconds") ?? resolvedSeconds
        timeoutSeconds = try Self.seconds(json, "timeoutSeconds") ?? timeoutSeconds
        backoffSeconds = try Self.seconds(json, "backoffSeconds") ?? backoffSeconds
        backoffSecondsMax = try Self.seconds(json, "backoffSecondsMax") ?? backoffSecondsMax
        aliveSeconds = try Self.seconds(json, "aliveSeconds") ?? aliveSeconds
        aliveHoldsSeconds = try Self.seconds(json, "aliveHoldsSeconds") ?? aliveHoldsSeconds
        metricsFile = try json.optional("metricsFile") ?? metricsFile
        guard backoffSeconds <= backoffSecondsMax else {
            throw JSONError(expected: "at least backoffSeconds").inside("backoffSecondsMax")
        }
        // One lost post must not look like a hub that stands still.
        guard aliveHoldsSeconds >= 3 * aliveSeconds else {
            throw JSONError(expected: "at least three times aliveSeconds").inside("aliveHoldsSeconds")
        }
    }

    private static func seconds(_ json: JSONValue, _ name: StaticString) throws(JSONError) -> Int? {
        guard let value: Int = try json.optional(name) else { return nil }
        guard (1...86_400).contains(value) else { throw JSONError(expected: "1 to 86,400 seconds").inside(name) }
        return value
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("sinks", sinks)
        json.field("link", link)
        json.field("signIn", signIn)
        json.field("hub", hub)
        json.field("repostSeconds", repostSeconds)
        json.field("resolvedSeconds", resolvedSeconds)
        json.field("timeoutSeconds", timeoutSeconds)
        json.field("backoffSeconds", backoffSeconds)
        json.field("backoffSecondsMax", backoffSecondsMax)
        json.field("aliveSeconds", aliveSeconds)
        json.field("aliveHoldsSeconds", aliveHoldsSeconds)
        json.field("metricsFile", metricsFile)
        json.endObject()
    }

    /// What is wrong with it, beside the directory that it names.
    public func problems(_ directory: HubDirectory) -> [String] {
        var problems: [String] = []
        for (index, sink) in sinks.enumerated() {
            let name = "delivery, sink \(sink.id)"
            if sinks[..<index].contains(where: { $0.id == sink.id }) { problems.append("\(name) is there twice") }
            for desk in sink.desks where !directory.desks.contains(where: { $0.id == desk }) {
                problems.append("\(name): there is no desk \(desk)")
            }
            for agency in sink.agencies where !directory.agencies.contains(where: { $0.id == agency }) {
                problems.append("\(name): there is no agency \(agency)")
            }
            if sink.desks.isEmpty, sink.agencies.isEmpty { problems.append("\(name): it is for no desk and no agency") }
            problems += sink.problems.map { "\(name): \($0)" }
        }
        guard !sinks.isEmpty else { return problems }
        for desk in directory.desks where !sinks.contains(where: { $0.desks.contains(desk.id) }) {
            problems.append("desk \(desk.id): no sink takes its alerts, so nobody is told of them")
        }
        return problems
    }
}

extension SinkSettings {
    fileprivate var problems: [String] {
        var problems: [String] = []
        let ways = [!urls.isEmpty, !urlFile.isEmpty, !urlEnvironment.isEmpty].filter { $0 }.count
        if ways != 1 { problems.append("it needs one of urls, urlFile and urlEnvironment") }
        if kind != .alertmanager, urls.count > 1 { problems.append("it has more than one url") }
        if kind == .alertmanager, !agencies.isEmpty { problems.append("Alertmanager is for desks alone") }
        for url in urls {
            let isMail = url.hasPrefix("smtp://") || url.hasPrefix("smtps://")
            let isWeb = url.hasPrefix("http://") || url.hasPrefix("https://")
            if kind == .email ? !isMail : !isWeb { problems.append("a url of another kind of tool") }
            if kind == .chat || kind == .teams, url.hasPrefix("http://"), !Self.isLoopback(url) {
                problems.append("a webhook beyond this machine needs https")
            }
        }
        if kind == .email {
            if from.isEmpty || to.isEmpty { problems.append("e-mail needs from and to") }
            for address in [from] + to + cover where !address.isEmpty && !Self.isAddress(address) {
                problems.append("an address that is none")
            }
        }
        return problems
    }

    private static func isLoopback(_ url: String) -> Bool {
        let rest = url.dropFirst("http://".count)
        return ["127.0.0.1", "localhost", "[::1]"].contains { host in
            rest.hasPrefix(host) && (rest.dropFirst(host.count).first.map { $0 == ":" || $0 == "/" } ?? true)
        }
    }

    /// Good enough to keep control characters and lists out of a header.
    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
            && text.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"<>,;\"\\".utf8.contains($0) }
    }
}
