import DomainJSON
import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing

/// Reads what a team decided and what a desk answered. Strict where referrals are lenient: they come from the hub's own
/// tools, and one that was half read would do something else than the person decided. What cannot be read is refused at
/// once, and the person is there to send it again. No name is taken that the configuration does not list: it could be
/// any text.
struct DecisionReader {
    let members: Members
    /// Of the team's authority: which role may decide what.
    let permissions: [Permission]

    static let decisionText = TextPart(
        kept: ["note", "born"],
        taken: [
            "person", "verb", "reason", "entry", "cases", "asof", "to", "authority", "outcome", "rating", "child",
            "children", "candidate", "request", "at", "clock", "letter",
        ])
    static let answerText = TextPart(kept: ["note"], taken: ["alert", "person", "until"])

    func decision(_ data: JSONValue, of team: Team) throws(Refusal) -> DecisionSubmitted {
        let staff: StaffName = try read { () throws(JSONError) in try data.required("person") }
        guard let person = team.people.first(where: { $0.id == staff }) else {
            throw Refusal(.personNotOfThisTeam, at: JSONPointer("person"))
        }
        let verb: DecisionVerb = try read { () throws(JSONError) in try data.required("verb") }
        guard let role = person.roles.first(where: { permits($0, verb) }) else {
            throw Refusal(.roleMayNot, at: JSONPointer("verb"))
        }
        let by = NamedPerson(staff: staff, team: team.id, role: role)
        let decision = try read { () throws(JSONError) in
            DecisionSubmitted(
                by: by, verb: verb, reason: try data.optional("reason") ?? .other, entry: try data.optional("entry"),
                cases: try data.list("cases"), asof: try data.optional("asof"), to: try self.team(data),
                authority: try authority(data), outcome: try data.optional("outcome"),
                rating: try data.optional("rating"), child: try data.optional("child"),
                children: try data.list("children"), person: try data.optional("candidate"),
                request: try request(data)?.description, at: try data.optional("at"),
                clock: try data.optional("clock"))
        }
        guard decision.cases.count <= Limits.casesPerDecisionMax else {
            throw Refusal(.tooMany, at: JSONPointer("cases"))
        }
        guard decision.children.count <= Limits.casesPerDecisionMax else {
            throw Refusal(.tooMany, at: JSONPointer("children"))
        }
        if let index = decision.cases.firstIndex(where: { $0.authority != team.authority }) {
            throw Refusal(.otherAuthority, at: JSONPointer("cases").appending(index: index))
        }
        if let to = decision.to, members.team(to)?.authority != team.authority {
            throw Refusal(.otherAuthority, at: JSONPointer("to"))
        }
        if let request = decision.request, HubReference(request)?.authority != team.authority {
            throw Refusal(.otherAuthority, at: JSONPointer("request"))
        }
        return decision
    }

    func answer(_ data: JSONValue, of desk: Desk) throws(Refusal) -> AlertAnswered {
        let answer = try read { () throws(JSONError) in
            AlertAnswered(
                alert: try data.required("alert"), desk: desk.id, staff: try data.required("person"),
                until: try data.optional("until"))
        }
        guard desk.people.contains(where: { $0.id == answer.staff }) else {
            throw Refusal(.personNotOfThisDesk, at: JSONPointer("person"))
        }
        return answer
    }

    private func permits(_ role: Role, _ verb: DecisionVerb) -> Bool {
        permissions.contains { $0.role == role && $0.verbs.contains(verb) }
    }

    private func team(_ data: JSONValue) throws(JSONError) -> TeamName? {
        guard let name: TeamName = try data.optional("to") else { return nil }
        guard members.team(name) != nil else {
            throw JSONError(expected: "a team of the configuration").inside("to")
        }
        return name
    }

    private func authority(_ data: JSONValue) throws(JSONError) -> AuthorityCode? {
        guard let text: String = try data.optional("authority") else { return nil }
        guard let code = members.authority(text) else {
            throw JSONError(expected: "an authority of the configuration").inside("authority")
        }
        return code
    }

    private func request(_ data: JSONValue) throws(JSONError) -> HubReference? {
        guard let text: String = try data.optional("request") else { return nil }
        guard let reference = HubReference(text) else {
            throw JSONError(expected: "a reference as the hub writes it").inside("request")
        }
        return reference
    }

    private func read<Value>(_ body: () throws(JSONError) -> Value) throws(Refusal) -> Value {
        do { return try body() } catch { throw Refusal(error) }
    }
}
