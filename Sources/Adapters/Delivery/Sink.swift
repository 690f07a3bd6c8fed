import DomainModel
public import HubConfiguration

/// A sink with its secrets, ready to be called. Made by whoever may read files and the environment.
public struct Sink: Sendable {
    let settings: SinkSettings
    let urls: [String]
    let access: Access

    public init(_ settings: SinkSettings, urls: [String], password: String, token: String) {
        self.settings = settings
        self.urls = urls
        access = Access(
            user: settings.user, password: password, token: token, caFile: settings.caFile, proxy: settings.proxy)
    }

    /// Each peer of an Alertmanager is a target of its own: what one has been told says nothing of another.
    func name(of place: Int) -> SinkName {
        place == 0 ? settings.id : SinkName("\(settings.id.text.prefix(36)).\(place + 1)") ?? settings.id
    }

    func target(_ place: Int) -> Target {
        Target(
            name: name(of: place), channel: settings.kind, desks: settings.desks, agencies: settings.agencies,
            roles: settings.roles.map(\.rawValue))
    }
}

extension Messages {
    func call(_ sink: Sink, place: Int, _ rows: [OutboxRow], at now: Instant) -> Call {
        let url = sink.urls[place]
        let content: Call.Content
        switch sink.settings.kind {
        case .alertmanager:
            return Call(url: Self.alerts(at: url), content: .post(alertmanager(rows, at: now)), access: sink.access)
        case .chat: content = .post(rows.first.map { chat($0) } ?? [])
        case .teams: content = .post(rows.first.map { teams($0) } ?? [])
        case .email:
            let to = sink.settings.to + sink.settings.cover
            let envelope = Envelope(from: sink.settings.from, to: to)
            content = .mail(
                from: sink.settings.from, to: to,
                rows.first.map { mail($0, sink: sink.name(of: place), envelope, at: now) } ?? [])
        }
        return Call(url: url, content: content, access: sink.access)
    }

    /// Where a peer takes alerts, from its address.
    static func alerts(at url: String) -> String { (url.hasSuffix("/") ? url : url + "/") + "api/v2/alerts" }
}
