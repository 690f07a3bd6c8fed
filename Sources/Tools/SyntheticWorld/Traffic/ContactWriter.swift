import DomainModel
import EventLog
import HubConfiguration
import JSON

/// Writes the message of a contact. The same contact gives the same bytes: a repeat is one, a correction differs in what
/// it corrects. One writer for one message.
struct ContactWriter: ~Copyable {
    let seed: UInt64
    let today: CivilDate
    let senders: Senders
    private var json = JSONWriter(reserving: 2048)

    init(seed: UInt64, today: CivilDate, senders: Senders) {
        self.seed = seed
        self.today = today
        self.senders = senders
    }

    /// - Returns: the value, and how many children it names.
    mutating func referral(_ contact: Contact, earlier: String?) -> (value: [UInt8], children: Int) {
        var draws = Draws(seed ^ 0x7265_6665, UInt64(contact.number))
        let household = Household(number: contact.household, seed: seed, today: today)
        let children = Contact.children(of: household, &draws)
        let place = senders.places[contact.place]

        json.beginObject()
        if let earlier { json.field("earlier", earlier) }
        authority(of: contact, place, &draws)
        json.field("referralSource", contact.sender.source.code)
        json.fieldIfTrue("immediateDanger", contact.isDanger)
        json.key("children")
        json.beginArray()
        for index in children {
            write(household.children[index], key: index, of: household, contact, isFirst: index == children[0], &draws)
        }
        json.endArray()
        adults(of: household, contact, &draws)
        concerns(contact, household, children, &draws)
        json.field("narrative", contact.version == 0 ? "A synthetic contact." : "A synthetic contact, put right.")
        referrer(contact, &draws)
        withhold(contact, place, &draws)
        sharing(contact, &draws)
        json.endObject()
        return (json.bytes, children.count)
    }

    mutating func withdrawal(_ contact: Contact, earlier: String) -> [UInt8] {
        var draws = Draws(seed ^ 0x7769_7468, UInt64(contact.number))
        json.beginObject()
        json.field("earlier", earlier)
        json.field("reason", draws.pick(["sent-in-error", "wrong-person", "superseded", "other"]))
        json.endObject()
        return json.bytes
    }

    // MARK: Parts of a referral

    private mutating func authority(of contact: Contact, _ place: Senders.Place, _ draws: inout Draws) {
        if contact.kind == .unknownAuthority {
            json.field("localAuthority", "E06999\(100 + contact.number % 900)")
        } else if let dfe = place.dfe, draws.happens(0.2) {
            json.field("localAuthority", dfe)
        } else {
            json.field("localAuthority", place.authority.description)
        }
    }

    private mutating func write(
        _ child: Household.Child, key: Int, of household: Household, _ contact: Contact, isFirst: Bool,
        _ draws: inout Draws
    ) {
        let fault = isFirst ? contact.fault : nil
        json.beginObject()
        json.key("key")
        json.value(plain: 8) { buffer in
            for (place, byte) in "child-".utf8.enumerated() { buffer[place] = byte }
            buffer[6] = UInt8(49 + key)
            return 7
        }
        if child.birthDate != nil {
            json.field("givenName", spelt(child.givenName, contact, &draws))
            if draws.happens(0.03) { alias(child, &draws) }
        }
        json.field("familyName", child.familyName)
        if fault == .birthDate {
            json.key("birthDate")
            json.date(today.year - 6, 2, 31)
        } else if let born = child.birthDate {
            json.key("birthDate")
            json.date(born)
        }
        if let expected = child.expectedDate {
            json.key("expectedDate")
            json.date(expected)
        }
        json.field("sex", fault == .sex ? "Q" : child.birthDate == nil ? "U" : child.isGirl ? "F" : "M")
        identifiers(child, contact, fault, &draws)
        if draws.happens(0.9) { address(child.livesApart ? 1 : 0, of: household) }
        json.endObject()
    }

    /// Two agencies seldom spell alike.
    private func spelt(_ name: String, _ contact: Contact, _ draws: inout Draws) -> String {
        let slips = draws.happens(contact.kind == .referral ? 0.01 : 0.08)
        return slips && name.utf8.count > 3 ? String(name.dropLast()) : name
    }

    private mutating func alias(_ child: Household.Child, _ draws: inout Draws) {
        json.key("aliases")
        json.beginArray()
        json.beginObject()
        json.field("givenName", child.givenName)
        json.field("familyName", Names.families[draws.below(Names.families.count)])
        json.endObject()
        json.endArray()
    }

    private mutating func identifiers(
        _ child: Household.Child, _ contact: Contact, _ fault: Contact.Fault?, _ draws: inout Draws
    ) {
        let knowsNHS: Double
        switch Senders.category(of: contact.sender.source) {
        case 0: knowsNHS = 0.55
        case 1: knowsNHS = 0.98
        case 2: knowsNHS = 0.75
        case 3: knowsNHS = 0.35
        default: knowsNHS = 0.65
        }
        let isKnown = draws.happens(knowsNHS)
        if fault == .nhsNumber {
            // The last digit is one off whatever the right one is.
            let number = child.nhsNumber ?? 9_990_000_018
            json.key("nhsNumber")
            json.digits(number - number % 10 + (number + 1) % 10, 10)
        } else if let number = child.nhsNumber, isKnown {
            json.key("nhsNumber")
            json.digits(number, 10)
        }
        if let number = child.pupilNumber, contact.sender.source.code.first == "2" {
            json.key("upn")
            json.value(plain: 13) { TestUPN.write(number, to: $0) }
        }
    }

    private mutating func address(_ index: Int, of household: Household) {
        let street = household.streets[min(index, household.streets.count - 1)]
        json.key("address")
        json.beginObject()
        json.fieldIfTrue("protected", household.isProtected && index == 0)
        json.key("lines")
        json.beginArray()
        json.value("\(street.number) \(street.street)")
        json.endArray()
        json.key("postcode")
        json.value(utf8: street.postcode)
        json.endObject()
    }

    private mutating func adults(of household: Household, _ contact: Contact, _ draws: inout Draws) {
        json.key("adults")
        json.beginArray()
        for (index, adult) in household.adults.enumerated() {
            json.beginObject()
            json.field("key", index == 0 ? "adult-1" : "adult-2")
            json.field("relationship", adult.relationship)
            json.field("parentalResponsibility", adult.parentalResponsibility)
            json.field("givenName", adult.givenName)
            json.field("familyName", adult.familyName)
            json.field("sex", adult.isWoman ? "F" : "M")
            if draws.happens(0.8) { address(adult.address, of: household) }
            json.endObject()
        }
        json.endArray()
    }

    private mutating func concerns(
        _ contact: Contact, _ household: Household, _ children: [Int], _ draws: inout Draws
    ) {
        json.key("concerns")
        json.beginArray()
        for (place, child) in children.enumerated() {
            let gravity = place == 0 ? contact.gravity : Gravity.ofSibling(&draws)
            for concern in gravity.concerns(age: household.children[child].age(on: today), &draws) {
                write(concern, about: child, &draws)
            }
        }
        if contact.fault == .factor {
            write(StatedConcern(factor: "99Z", words: "Coded by an old list."), about: children[0], &draws)
        }
        if contact.version > 0 {
            write(StatedConcern(factor: "20", words: "Added in the correction."), about: children[0], &draws)
        }
        json.endArray()
    }

    private mutating func write(_ concern: StatedConcern, about child: Int, _ draws: inout Draws) {
        json.beginObject()
        json.key("about")
        if concern.aboutAdult { json.value("adult-1" as StaticString) } else { json.value("child-\(child + 1)") }
        json.field("factor", concern.factor)
        json.fieldIfTrue("historic", concern.isHistoric)
        if draws.happens(0.6) {
            json.key("eventDate")
            json.date(today.adding(days: concern.isHistoric ? -900 - draws.below(900) : -draws.below(20) - 1))
        }
        json.fieldIfTrue("opinion", draws.happens(0.15))
        json.fieldIfTrue("thirdParty", draws.happens(0.1))
        json.fieldIfTrue("doNotDisclose", draws.happens(0.02))
        json.field("narrative", concern.words)
        json.endObject()
    }

    private mutating func referrer(_ contact: Contact, _ draws: inout Draws) {
        // Who calls without a name has none to give.
        guard contact.sender.source.code != "9" else { return }
        let given = Names.girls[draws.below(Names.girls.count)]
        let family = Names.families[draws.below(Names.families.count)]
        json.key("referrer")
        json.beginObject()
        json.field("name", "\(given) \(family)")
        if !contact.sender.source.isPublic { json.field("role", Names.roles[draws.below(Names.roles.count)]) }
        // Numbers that the regulator keeps for plays: they reach nobody.
        json.field("phone", "01632 960\(100 + draws.below(900))")
        json.endObject()
    }

    private mutating func withhold(_ contact: Contact, _ place: Senders.Place, _ draws: inout Draws) {
        guard draws.happens(0.015), let agency = draws.pick(place.agencies), agency != contact.sender.agency else {
            return
        }
        json.key("withhold")
        json.beginArray()
        json.value(agency.text)
        json.endArray()
    }

    private mutating func sharing(_ contact: Contact, _ draws: inout Draws) {
        guard !contact.sender.source.isPublic else { return }
        json.key("sharing")
        json.beginObject()
        json.field("consent", draws.pick(["not-sought", "not-sought", "given", "given", "refused", "not-applicable"]))
        let isTold = !contact.isDanger && draws.happens(0.8)
        json.field("parentsInformed", isTold ? "yes" : "deferred")
        if !isTold { json.field("notInformedReason", draws.pick(["risk-to-child", "not-contactable"])) }
        json.field("article6", "6(1)(e)")
        json.field("article9", "9(2)(g)")
        json.field("regime", contact.sender.source.code == "6" && draws.happens(0.3) ? "dpa-2018-part-3" : "uk-gdpr")
        json.field("gateway", "ca2004-s11")
        json.field("necessity", "To find out what help the child needs.")
        json.endObject()
    }
}
