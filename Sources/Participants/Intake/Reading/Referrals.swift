import CloudEvents
import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing

/// A referral as it was read: the facts, and the plain bytes of its parts.
struct ReadReferral {
    var content: ReferralContent
    var parts: [(name: PartName, bytes: [UInt8])]
}

/// Reads the data of `referral.submitted` and `referral.corrected`. A function of the message, of what is in force, and
/// of what Intake knows of the earlier version.
struct ReferralReader {
    let members: Members
    let policy: Policy?
    let keyed: KeyedHash
    let agency: Agency
    let authority: AuthorityCode
    let authorityMark: MarkCode?
    let referral: ReferralID
    /// Of the first version.
    let receivedAt: Instant

    func read(_ data: JSONValue, others: [CloudEvent.Attribute]) throws(Refusal) -> ReadReferral {
        let today = CivilDate(daysSinceEpoch: Int(receivedAt.milliseconds / 86_400_000))
        let people = PeopleReader(members: members, today: today)
        var marks = Marks()
        var text = TextPart(
            kept: ["narrative", "referrer", "sharing"],
            taken: [
                "localAuthority", "referralSource", "immediateDanger", "children", "adults", "concerns", "withhold",
                "earlier",
            ])
        if let authorityMark {
            marks.add(.root, "localAuthority", authorityMark)
            text.faulty.append("localAuthority")
        }
        let source = source(data, marks: &marks, text: &text)
        let danger = immediateDanger(data, marks: &marks, text: &text)

        var parts: [(name: PartName, bytes: [UInt8])] = []
        var keys: [(key: String, part: PartName)] = []
        var children: [ChildFacts] = []
        for (index, child) in try list(data, "children", max: Limits.childrenPerReferralMax).enumerated() {
            let place = Place.root.at("children").at(index)
            let key = try key(of: child, at: place)
            guard !keys.contains(where: { $0.key == key }) else {
                throw Refusal(.keyTwice, at: place.pointer("key"))
            }
            keys.append((key, .child(index)))
            people.check(child, at: place, marks: &marks)
            children.append(
                ChildFacts(
                    child: childID(key), part: .child(index), ageBand: people.ageBand(child, at: place, marks: &marks),
                    protectedAddress: people.address(child, at: place, marks: &marks),
                    withhold: try people.withhold(child, at: place, marks: &marks)))
            parts.append((.child(index), child.serialised()))
        }
        guard !children.isEmpty else { throw Refusal(.fieldUnreadable, at: JSONPointer("children")) }

        var adults: [AdultFacts] = []
        if let elements = try marked(data, "adults", max: Limits.adultsPerReferralMax, &marks, &text) {
            for (index, adult) in elements.enumerated() {
                let place = Place.root.at("adults").at(index)
                adults.append(try people.adult(adult, index: index, at: place, marks: &marks))
                if let key = try? adult.member("key")?.string() { keys.append((key, .adult(index))) }
                parts.append((.adult(index), adult.serialised()))
            }
        }

        var concerns: [ConcernFacts] = []
        var words: [(about: PartName, stated: JSONValue)] = []
        if let elements = try marked(data, "concerns", max: Limits.concernsPerReferralMax, &marks, &text) {
            let reader = ConcernReader(today: today)
            for (index, concern) in elements.enumerated() {
                let place = Place.root.at("concerns").at(index)
                let facts = reader.concern(concern, at: place, default: .child(0), marks: &marks) { key in
                    keys.first { $0.key == key }?.part
                }
                concerns.append(facts)
                words.append((facts.about, concern))
            }
        }

        let withhold = try people.withhold(data, at: .root, marks: &marks)
        if withhold.count != (try? data.member("withhold")?.elements().count) ?? 0 { text.faulty.append("withhold") }
        marks.checkText(data, "narrative", max: TextLimits.narrativeBytesMax, at: .root)
        let sharing = SharingReader(policy: policy, authority: authority, today: today).read(data, marks: &marks)
        if let bytes = text.write(data, concerns: words, others: others, isAlways: true) {
            parts.append((.text, bytes))
        }
        let reference = keyed.issueReference(authority: authority, for: referral, to: agency.id)
        return ReadReferral(
            content: ReferralContent(
                referral: referral, agency: agency.id, agencyKind: agency.kind, reference: reference.description,
                source: source, receivedAt: receivedAt, immediateDanger: danger, children: children, adults: adults,
                concerns: concerns, withhold: withhold, sharing: sharing, marks: marks.list),
            parts: parts)
    }

    private func childID(_ key: String) -> ChildID {
        var derivation = keyed.derivation("child")
        derivation.add(agency.id)
        derivation.add(referral)
        derivation.add(key)
        return derivation.id()
    }

    private func key(of child: JSONValue, at place: Place) throws(Refusal) -> String {
        guard let key = try? child.member("key")?.string(), !key.isEmpty, key.utf8.count <= Limits.senderIdBytesMax
        else { throw Refusal(.fieldUnreadable, at: place.pointer("key")) }
        return key
    }

    private func list(_ data: JSONValue, _ name: StaticString, max count: Int) throws(Refusal) -> JSONElements {
        guard let elements = try? data.member(name)?.elements() else {
            throw Refusal(.fieldUnreadable, at: JSONPointer(name))
        }
        guard elements.count <= count else { throw Refusal(.tooMany, at: JSONPointer(name)) }
        return elements
    }

    private func marked(
        _ data: JSONValue, _ name: StaticString, max count: Int, _ marks: inout Marks, _ text: inout TextPart
    ) throws(Refusal) -> JSONElements? {
        guard data.member(name) != nil else { return nil }
        guard let elements = marks.list(data, name, at: .root) else {
            text.faulty.append(name)
            return nil
        }
        guard elements.count <= count else { throw Refusal(.tooMany, at: JSONPointer(name)) }
        return elements
    }

    /// One that the agency may state, else its first.
    private func source(_ data: JSONValue, marks: inout Marks, text: inout TextPart) -> ReferralSource {
        let own = agency.sources.first ?? .notKnown
        guard data.member("referralSource") != nil else { return own }
        let stated = marks.code(data, "referralSource", at: .root) { text in
            ReferralSource(text).flatMap { agency.sources.isEmpty || agency.sources.contains($0) ? $0 : nil }
        }
        if stated == nil { text.faulty.append("referralSource") }
        return stated ?? own
    }

    /// What cannot be read as true or false counts as danger, unless it says no in other words: someone who wakes for
    /// nothing loses less.
    private func immediateDanger(_ data: JSONValue, marks: inout Marks, text: inout TextPart) -> Bool {
        guard let value = data.member("immediateDanger") else { return false }
        if let flag = try? value.boolean() { return flag }
        marks.add(.root, "immediateDanger", .wrongType)
        text.faulty.append("immediateDanger")
        if let said = try? value.string() { return !["", "false", "no", "n", "0"].contains(said.lowercased()) }
        if let number = try? value.integer() { return number != 0 }
        return true
    }
}

extension ReferralSource {
    /// Census code 10, unknown: for an agency that the configuration gives no source.
    fileprivate static let notKnown: ReferralSource = {
        guard let source = ReferralSource("10") else { preconditionFailure("the census lists 10") }
        return source
    }()
}
