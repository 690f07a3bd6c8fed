import DomainModel
import JSON

/// Reads a child's sealed part: the person's object as its sender gave it, faulty fields included. Whatever cannot be
/// used is left out, since nothing faulty is matched on; nothing here can fail.
struct ParticularsReader {
    private let parser = JSONParser()

    /// - Parameters:
    ///   - bytes: nil where the key was destroyed: there is nothing left to compare.
    ///   - unusable: schema names of the fields that Intake marked. Some it alone could judge, such as a birth date that
    ///     lay in the future when it came.
    func read(_ bytes: [UInt8]?, unusable: [String]) -> Particulars {
        var person = Particulars(name: PersonName(given: nil, family: nil))
        guard let bytes, let json = try? parser.parse(bytes), json.kind == .object else { return person }
        func text(_ name: StaticString) -> String? {
            guard !unusable.contains("\(name)") else { return nil }
            return json.member(name).flatMap { try? $0.string() }
        }
        func stated<Value>(_ name: StaticString, _ read: (String) -> Value?) -> Stated<Value> {
            Stated(text(name), reading: read)
        }
        person.name = PersonName(given: text("givenName"), family: text("familyName"))
        person.aliases = list(json, "aliases", unusable).map { alias in
            PersonName(given: string(alias, "givenName"), family: string(alias, "familyName"))
        }
        person.birthDate = stated("birthDate") { CivilDate(iso8601: $0) }
        person.birthDateIsEstimated =
            json.member("birthDateEstimated").flatMap { try? $0.boolean() } ?? false
        person.expectedDate = stated("expectedDate") { CivilDate(iso8601: $0) }
        person.sex = stated("sex") { Sex(rawValue: $0) }
        person.nhsNumber = stated("nhsNumber") { NHSNumber($0) }
        person.upn = stated("upn") { UPN($0) }
        if !unusable.contains("address") { person.address = json.member("address").map(address) }
        person.formerAddresses = list(json, "formerAddresses", unusable).map(address)
        return person
    }

    /// What a person's decision says of a birth: the birth date instead of the expected one, and names where they are
    /// given. Nothing faulty counts.
    func add(birthIn bytes: [UInt8]?, to person: inout Particulars) {
        guard let bytes, let json = try? parser.parse(bytes), let born = json.member("born"), born.kind == .object
        else { return }
        if let given = string(born, "givenName") { person.name.given = given }
        if let family = string(born, "familyName") { person.name.family = family }
        func read<Value>(_ name: StaticString, _ read: (String) -> Value?) -> Stated<Value>? {
            guard let text = string(born, name), read(text) != nil else { return nil }
            return Stated(text, reading: read)
        }
        if let date = read("birthDate", { CivilDate(iso8601: $0) }) { person.birthDate = date }
        if let sex = read("sex", { Sex(rawValue: $0) }) { person.sex = sex }
        if let number = read("nhsNumber", { NHSNumber($0) }) { person.nhsNumber = number }
    }

    private func list(_ json: JSONValue, _ name: StaticString, _ unusable: [String]) -> [JSONValue] {
        guard !unusable.contains("\(name)"), let elements = json.member(name).flatMap({ try? $0.elements() }) else {
            return []
        }
        return Array(elements)
    }

    private func string(_ json: JSONValue, _ name: StaticString) -> String? {
        json.member(name).flatMap { try? $0.string() }
    }

    private func address(_ json: JSONValue) -> Address {
        Address(
            isProtected: json.member("protected").flatMap { try? $0.boolean() } ?? false,
            lines: list(json, "lines", []).compactMap { try? $0.string() }, postcode: string(json, "postcode"),
            uprn: string(json, "uprn"))
    }
}
