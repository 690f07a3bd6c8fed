/// Who takes part, as the room's own adoptions say.
final class Members {
    struct Configuration {
        /// Everyone listed, as they may sign.
        var signatories: Set<Signatory> = []
        /// Team → its authority.
        var teams: [String: String] = [:]
        var desks: [String: String] = [:]
        /// `desk/staff` of everyone on call.
        var onCall: Set<String> = []
        var agencies: Set<String> = []
    }

    /// Owners that some adoption lists: they must be told of what they sent.
    private(set) var agencies: Set<String> = []
    private(set) var teams: Set<String> = []
    private(set) var desks: Set<String> = []
    /// Everyone ever listed: a decision is carried out after it was made, maybe under a newer configuration.
    private(set) var everyone: Set<Signatory> = []

    static func configuration(_ record: LogRecord) -> Configuration? {
        guard record.type == "configuration.adopted", let content = record.facts?["content"] else { return nil }
        var configuration = Configuration()
        for agency in content.list("agencies") {
            if let id = agency.text("id") { configuration.agencies.insert(id) }
        }
        for team in content.list("teams") {
            guard let id = team.text("id"), let authority = team.text("authority") else { continue }
            configuration.teams[id] = authority
            for person in team.list("people") {
                guard let staff = person.text("id") else { continue }
                for role in person.list("roles") {
                    guard let role = role.text else { continue }
                    configuration.signatories.insert(Signatory(staff: staff, team: id, role: role))
                }
            }
        }
        for desk in content.list("desks") {
            guard let id = desk.text("id"), let authority = desk.text("authority") else { continue }
            configuration.desks[id] = authority
            for person in desk.list("people") {
                if let staff = person.text("id") { configuration.onCall.insert("\(id)/\(staff)") }
            }
        }
        return configuration
    }

    func room(_ record: LogRecord) {
        guard let configuration = Members.configuration(record) else { return }
        agencies.formUnion(configuration.agencies)
        teams.formUnion(configuration.teams.keys)
        desks.formUnion(configuration.desks.keys)
        everyone.formUnion(configuration.signatories)
    }

    func lists(_ channel: TopicRole.Ingress, _ owner: String) -> Bool {
        switch channel {
        case .referrals, .returns: agencies.contains(owner)
        case .decisions: teams.contains(owner)
        case .answers: desks.contains(owner)
        }
    }
}
