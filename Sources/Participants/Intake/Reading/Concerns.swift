import DomainModel
import HubConfiguration
import JSON
import Room

/// Reads concerns: the `concerns` of a referral, the `findings` of a return.
struct ConcernReader {
    let today: CivilDate

    /// - Parameter person: whom a stated `about` means; nil where it names nobody.
    func concern(
        _ concern: JSONValue, at place: Place, default subject: PartName, marks: inout Marks,
        person: (String) -> PartName?
    ) -> ConcernFacts {
        guard concern.kind == .object else {
            marks.add(place, .wrongType)
            return ConcernFacts(about: subject)
        }
        var about = subject
        if let stated = concern.member("about") {
            if let text = try? stated.string() {
                if let named = person(text) { about = named } else { marks.add(place, "about", .unknownPerson) }
            } else {
                marks.add(place, "about", .wrongType)
            }
        }
        marks.checkText(concern, "narrative", max: TextLimits.narrativeBytesMax, at: place)
        return ConcernFacts(
            about: about,
            factor: marks.code(concern, "factor", at: place) { FactorCode($0) },
            // What cannot be read counts as the more serious: current, a fact, and not to be passed on.
            historic: marks.flag(concern, "historic", at: place, faulty: false) ?? false,
            eventDate: marks.date(concern, "eventDate", latest: today, at: place),
            opinion: marks.flag(concern, "opinion", at: place, faulty: false) ?? false,
            thirdParty: marks.flag(concern, "thirdParty", at: place, faulty: true) ?? false,
            doNotDisclose: marks.flag(concern, "doNotDisclose", at: place, faulty: true) ?? false)
    }
}

/// Reads why it was lawful to share. Codes only: anything else stays in the sealed text.
struct SharingReader {
    static let consent = ["not-sought", "given", "refused", "withdrawn", "not-applicable"]
    static let informed = ["yes", "no", "deferred"]
    static let reasons = ["risk-to-child", "risk-to-another", "prejudice-to-investigation", "not-contactable"]
    /// UK GDPR article 6(1) and 9(2), by letter.
    static let article6 = ["6(1)(a)", "6(1)(b)", "6(1)(c)", "6(1)(d)", "6(1)(e)", "6(1)(f)"]
    static let article9 = [
        "9(2)(a)", "9(2)(b)", "9(2)(c)", "9(2)(d)", "9(2)(e)", "9(2)(f)", "9(2)(g)", "9(2)(h)", "9(2)(i)", "9(2)(j)",
    ]
    /// UK GDPR article 10: under official authority, or authorised by law (Data Protection Act 2018, Schedule 1).
    static let article10 = ["official-authority", "authorised-by-law"]
    static let regimes = ["uk-gdpr", "dpa-2018-part-3"]

    let policy: Policy?
    let authority: AuthorityCode
    let today: CivilDate

    func read(_ data: JSONValue, marks: inout Marks) -> SharingRecord? {
        guard let sharing = data.member("sharing") else { return nil }
        guard sharing.kind == .object else {
            marks.add(.root, "sharing", .wrongType)
            return nil
        }
        let place = Place.root.at("sharing")
        func listed(_ codes: [String]) -> (String) -> String? { { codes.contains($0) ? $0 : nil } }
        let record = SharingRecord(
            consent: marks.code(sharing, "consent", at: place, listed(Self.consent)),
            agreement: marks.code(sharing, "agreement", at: place, listed(Self.consent)),
            parentsInformed: marks.code(sharing, "parentsInformed", at: place, listed(Self.informed)),
            notInformedReason: marks.code(sharing, "notInformedReason", at: place, listed(Self.reasons)),
            article6: marks.code(sharing, "article6", at: place, listed(Self.article6)),
            article9: marks.code(sharing, "article9", at: place, listed(Self.article9)),
            article10: marks.code(sharing, "article10", at: place, listed(Self.article10)),
            regime: marks.code(sharing, "regime", at: place, listed(Self.regimes)),
            gateway: gateway(sharing, at: place, marks: &marks))
        marks.checkText(sharing, "purpose", max: TextLimits.narrativeBytesMax, at: place)
        marks.checkText(sharing, "necessity", max: TextLimits.narrativeBytesMax, at: place)
        return record
    }

    /// A gateway of the authority's policy, in force on the day of receipt.
    private func gateway(_ sharing: JSONValue, at place: Place, marks: inout Marks) -> String? {
        let listed = marks.code(sharing, "gateway", at: place) { id in policy?.gateways.first { $0.id == id } }
        guard let listed else { return nil }
        guard let from = listed.inForceFrom, from <= today,
            listed.authorities.isEmpty || listed.authorities.contains(authority)
        else {
            marks.add(place, "gateway", .gatewayNotInForce)
            return nil
        }
        return listed.id
    }
}
