import DomainModel
import JSON
import Room

// Sealed parts, opened for the moment of writing what may leave. Nothing of this is kept.

/// A child as its sender wrote it; each field a text as it came, usable or not.
struct PlainPerson {
    struct Name {
        var given: String?
        var family: String?
    }

    var name = Name()
    var aliases: [Name] = []
    var birthDate: String?
    var birthDateEstimated: Bool?
    var expectedDate: String?
    var sex: String?
    var nhsNumber: String?
    var upn: String?
    var laChildID: String?
    var addressLines: [String] = []
    var postcode: String?
    var hasAddress = false
    var isProtected = false

    init(json: JSONValue) {
        name = PlainPerson.name(of: json)
        for alias in PlainPerson.elements(json.member("aliases")) { aliases.append(PlainPerson.name(of: alias)) }
        birthDate = PlainPerson.text(json.member("birthDate"))
        birthDateEstimated = try? json.member("birthDateEstimated")?.boolean()
        expectedDate = PlainPerson.text(json.member("expectedDate"))
        sex = PlainPerson.text(json.member("sex"))
        nhsNumber = PlainPerson.text(json.member("nhsNumber"))
        upn = PlainPerson.text(json.member("upn"))
        laChildID = PlainPerson.text(json.member("laChildId"))
        guard let address = json.member("address") else { return }
        hasAddress = true
        // Whatever is neither false nor absent protects: a "yes" in a field of true and false must not publish a refuge.
        if let said = address.member("protected") { isProtected = (try? said.boolean()) ?? true }
        for line in PlainPerson.elements(address.member("lines")) {
            if let text = PlainPerson.text(line) { addressLines.append(text) }
        }
        postcode = PlainPerson.text(address.member("postcode"))
    }

    private static func name(of json: JSONValue) -> Name {
        Name(given: text(json.member("givenName")), family: text(json.member("familyName")))
    }

    private static func elements(_ json: JSONValue?) -> [JSONValue] {
        guard let elements = try? json?.elements() else { return [] }
        return Array(elements)
    }

    /// A text, or a number as text.
    fileprivate static func text(_ json: JSONValue?) -> String? {
        guard let json else { return nil }
        if let text = try? json.string() { return text.isEmpty ? nil : text }
        if let number = try? json.integer() { return String(number) }
        return nil
    }
}

/// The free text of a referral or return.
struct PlainText {
    struct Concern {
        var about: String?
        var narrative: String?
    }

    var narrative: String?
    var concerns: [Concern] = []

    init(json: JSONValue) {
        narrative = PlainPerson.text(json.member("narrative"))
        guard let elements = try? json.member("concerns")?.elements() else { return }
        for element in elements {
            concerns.append(
                Concern(
                    about: PlainPerson.text(element.member("about")),
                    narrative: PlainPerson.text(element.member("narrative"))))
        }
    }
}

/// One concern with its words, as a queue shows it.
struct PlainConcern {
    var about: String?
    var facts: ConcernFacts?
    var narrative: String?
    /// Marked third-party or not to be disclosed: the words stay in the hub.
    var isRestricted: Bool { facts?.thirdParty == true || facts?.doNotDisclose == true }

    /// About this child or an adult, and not about a sibling.
    func isShown(with child: PartName) -> Bool {
        guard let about = about.flatMap({ PartName($0) }) else { return false }
        return about.kind != .child || about == child
    }

    /// Words and facts belong together by their place. Where their numbers differ that is not sure, and words beside
    /// the wrong factor would be worse than words by themselves. Those then come apart, and only where nothing in the
    /// message is marked as not to be disclosed, because nobody could say which words that marks.
    static func joined(_ facts: [ConcernFacts], _ text: PlainText?) -> [PlainConcern] {
        let words = text?.concerns ?? []
        if facts.count == words.count {
            return facts.indices.map {
                PlainConcern(about: facts[$0].about.description, facts: facts[$0], narrative: words[$0].narrative)
            }
        }
        let bare = facts.map { PlainConcern(about: $0.about.description, facts: $0) }
        guard !facts.contains(where: { $0.thirdParty || $0.doNotDisclose }) else { return bare }
        return bare + words.map { PlainConcern(about: $0.about, narrative: $0.narrative) }
    }
}

extension Routing {
    /// - Returns: nil where the part is not there, or its key was destroyed.
    func person(_ name: PartName, of referral: ReferralID) -> PlainPerson? {
        guard let part = state.parts[referral]?.part(name) else { return nil }
        return read(part).map { PlainPerson(json: $0) }
    }

    func text(of referral: ReferralID) -> PlainText? {
        guard let part = state.parts[referral]?.part(.text) else { return nil }
        return text(part)
    }

    func text(_ part: Part) -> PlainText? { read(part).map { PlainText(json: $0) } }

    /// Valid till the parser reads again, so that each reader takes out what it needs at once.
    private func read(_ part: Part) -> JSONValue? {
        guard let bytes = part.opened ?? equipment.open(part) else { return nil }
        return try? parser.parse(bytes)
    }
}
