import DomainModel
import HubConfiguration
import JSON
import Room

/// Reads the people of a message: marks what cannot be used, and takes no more than what the open facts may hold.
struct PeopleReader {
    let members: Members
    /// The day of receipt, in UTC: an hour of British Summer Time may give the day before London's, which an age band in
    /// years bears.
    let today: CivilDate

    /// A person's fields that only sealed parts hold. Nothing is taken: the matcher reads the part itself, by the same
    /// rules.
    func check(_ person: JSONValue, at place: Place, marks: inout Marks) {
        names(person, at: place, marks: &marks)
        if let aliases = marks.list(person, "aliases", at: place) {
            for (index, alias) in aliases.enumerated() {
                let place = place.at("aliases").at(index)
                if alias.kind == .object {
                    names(alias, at: place, marks: &marks)
                } else {
                    marks.add(place, .wrongType)
                }
            }
        }
        _ = marks.flag(person, "birthDateEstimated", at: place, faulty: true)
        _ = marks.code(person, "sex", at: place) { Sex(rawValue: $0) }
        number(person, "nhsNumber", at: place, marks: &marks) { NHSNumber($0) != nil }
        number(person, "upn", at: place, marks: &marks) { UPN($0) != nil }
        marks.checkText(person, "laChildId", max: 10, at: place)
        if let former = marks.list(person, "formerAddresses", at: place) {
            for (index, address) in former.enumerated() {
                _ = isProtected(address, at: place.at("formerAddresses").at(index), marks: &marks)
            }
        }
    }

    private func names(_ person: JSONValue, at place: Place, marks: inout Marks) {
        marks.checkText(person, "givenName", max: TextLimits.nameBytesMax, at: place)
        marks.checkText(person, "familyName", max: TextLimits.nameBytesMax, at: place)
    }

    private func number(
        _ person: JSONValue, _ name: StaticString, at place: Place, marks: inout Marks, _ holds: (String) -> Bool
    ) {
        guard let text = marks.text(person, name, max: TextLimits.codeBytesMax, at: place) else { return }
        if !holds(text) { marks.add(place, name, .badCheckDigit) }
    }

    func ageBand(_ child: JSONValue, at place: Place, marks: inout Marks) -> AgeBand {
        let birth = marks.date(child, "birthDate", latest: today, at: place)
        _ = marks.date(child, "expectedDate", latest: nil, at: place)
        if let birth { return AgeBand(birth: birth, on: today) }
        return child.member("birthDate") == nil && child.member("expectedDate") != nil ? .unborn : .unknown
    }

    func address(_ person: JSONValue, at place: Place, marks: inout Marks) -> Bool {
        guard let address = person.member("address") else { return false }
        return isProtected(address, at: place.at("address"), marks: &marks)
    }

    /// Whether the address is one that never leaves. A `protected` that cannot be read counts as set: taken for ordinary,
    /// it would tell where someone hides.
    private func isProtected(_ address: JSONValue, at place: Place, marks: inout Marks) -> Bool {
        guard address.kind == .object else {
            marks.add(place, .wrongType)
            return true
        }
        let isProtected = marks.flag(address, "protected", at: place, faulty: true) ?? false
        if let lines = marks.list(address, "lines", at: place) {
            for (index, line) in lines.enumerated() {
                if line.kind != .string { marks.add(place.at("lines").at(index), .wrongType) }
            }
        }
        marks.checkText(address, "postcode", max: 10, at: place)
        marks.checkText(address, "uprn", max: 12, at: place)
        return isProtected
    }

    /// Who must not be told. Only names that the configuration lists: any other text could be anything.
    func withhold(_ object: JSONValue, at place: Place, marks: inout Marks) throws(Refusal) -> [AgencyName] {
        guard let elements = marks.list(object, "withhold", at: place) else { return [] }
        guard elements.count <= Limits.withholdMax else { throw Refusal(.tooMany, at: place.pointer("withhold")) }
        var names: [AgencyName] = []
        for (index, element) in elements.enumerated() {
            let text = try? element.string()
            if let text, let name = AgencyName(text), members.agency(name) != nil {
                if !names.contains(name) { names.append(name) }
            } else {
                marks.add(place.at("withhold").at(index), text == nil ? .wrongType : .unknownCode)
            }
        }
        return names
    }

    func adult(_ adult: JSONValue, index: Int, at place: Place, marks: inout Marks) throws(Refusal) -> AdultFacts {
        guard adult.kind == .object else {
            marks.add(place, .wrongType)
            return AdultFacts(part: .adult(index), relationship: .other)
        }
        check(adult, at: place, marks: &marks)
        marks.checkText(adult, "key", max: Limits.senderIdBytesMax, at: place)
        _ = marks.date(adult, "birthDate", latest: today, at: place)
        _ = address(adult, at: place, marks: &marks)
        return AdultFacts(
            part: .adult(index),
            relationship: marks.code(adult, "relationship", at: place) { AdultRelationship(rawValue: $0) } ?? .other,
            parentalResponsibility: responsibility(adult, at: place, marks: &marks),
            withhold: try withhold(adult, at: place, marks: &marks))
    }

    private func responsibility(_ adult: JSONValue, at place: Place, marks: inout Marks) -> Bool? {
        guard let value = adult.member("parentalResponsibility") else { return nil }
        guard let flag = try? value.boolean() else {
            marks.add(place, "parentalResponsibility", .wrongType)
            return nil
        }
        return flag
    }
}
