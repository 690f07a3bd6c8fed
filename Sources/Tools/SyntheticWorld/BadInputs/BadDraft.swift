import DomainModel
import EventLog
import HubConfiguration
import JSON

/// Writes one bad message and notes what in it must not be seen elsewhere.
struct BadDraft {
    let number: Int
    let seed: UInt64
    let kind: BadInput.Kind
    let sender: (agency: AgencyName, authority: AuthorityCode)
    let directory: HubDirectory
    var draws: Draws
    private(set) var secrets: [String] = []

    init(
        number: Int, seed: UInt64, kind: BadInput.Kind, sender: (agency: AgencyName, authority: AuthorityCode),
        directory: HubDirectory, draws: Draws
    ) {
        self.number = number
        self.seed = seed
        self.kind = kind
        self.sender = sender
        self.directory = directory
        self.draws = draws
    }

    mutating func record(prefix: String) -> NewRecord {
        switch kind {
        case .unknownReference: return toReturns(prefix)
        case .stranger, .unknownVerb: return toDecisions(prefix) ?? toReferrals(prefix)
        case .unknownAlert: return toAnswers(prefix) ?? toReferrals(prefix)
        default: return toReferrals(prefix)
        }
    }

    // MARK: Texts that can be found again

    private mutating func marked(_ what: String) -> String {
        let text = "\(BadInputs.marker)-\(what)-\(number)"
        secrets.append(text)
        return text
    }

    /// A valid number of the range for tests.
    private mutating func nhsNumber() -> String {
        var place = draws.below(TestNHSNumber.count)
        while true {
            if let found = TestNHSNumber.at(place, seed: seed) {
                secrets.append(String(found))
                return String(found)
            }
            place = (place + 1) % TestNHSNumber.count
        }
    }

    // MARK: Referrals

    private mutating func toReferrals(_ prefix: String) -> NewRecord {
        let topic = "\(prefix)agency.\(sender.agency).referrals"
        let type =
            kind == .unknownType
            ? "frontdoor.\(BadInputs.marker.lowercased()).done.v1" : "frontdoor.referral.submitted.v1"
        var claimed = sender.agency.text
        if kind == .wrongAgency { claimed = directory.agencies.first { $0.id != sender.agency }?.id.text ?? "nobody" }
        let id: String
        switch kind {
        case .idIsNHSNumber: id = nhsNumber()
        case .longID: id = String(repeating: marked("id") + ".", count: Limits.senderIdBytesMax / 10)
        default: id = marked("id")
        }
        var headers = Headers(reserving: 512)
        if kind != .notAnEvent {
            headers.append("ce_specversion", "1.0".utf8)
            headers.append("ce_id", id.utf8)
            headers.append("ce_source", "/agency/\(claimed)".utf8)
            headers.append("ce_type", type.utf8)
            if kind == .unknownFields || kind == .markedEverywhere {
                headers.append("ce_marked", marked("attribute").utf8)
                headers.append("ce_subject", marked("subject").utf8)
                headers.append("x-unrelated", marked("header").utf8)
            }
        }
        let batch = kind == .batch
        headers.append("content-type", (batch ? "application/cloudevents-batch+json" : "application/json").utf8)
        return NewRecord(TopicPartition(Topic(topic), 0), key: nil, headers: headers, value: value())
    }

    private mutating func value() -> [UInt8]? {
        switch kind {
        case .nullValue: return nil
        case .emptyValue: return []
        case .deepNesting:
            let open = Array(#"{"children":[{"key":""#.utf8) + Array(marked("key").utf8) + Array(#""}],"deep":"#.utf8)
            let depth = 80 + draws.below(20_000)
            return open + [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth) + [0x7D]
        case .truncated:
            var bytes = referral()
            bytes.removeLast(1 + draws.below(bytes.count - 1))
            return bytes
        case .invalidUTF8:
            var bytes = referral()
            // The first byte of the first marker in a value becomes one that UTF-8 never has.
            let first = BadInputs.marker.utf8.first
            if let place = bytes.lastIndex(where: { $0 == first }) { bytes[place] = draws.happens(0.5) ? 0xFF : 0xC0 }
            return bytes
        default: return referral()
        }
    }

    private mutating func referral() -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field(
            "localAuthority", kind == .unknownAuthority ? marked("authority") : sender.authority.description)
        if kind == .otherSource { json.field("referralSource", marked("source")) }
        json.fieldIfTrue("immediateDanger", draws.happens(0.05))
        children(&json)
        json.key("adults")
        json.beginArray()
        person(&json, key: marked("adult"))
        json.endArray()
        concerns(&json)
        let narrative = marked("narrative")
        json.field(
            "narrative",
            kind == .twoMegabytes
                ? narrative + String(repeating: " \(narrative)", count: (2 << 20) / narrative.utf8.count) : narrative)
        json.key("referrer")
        json.beginObject()
        json.field("name", marked("referrer"))
        json.field("email", "\(marked("mail").lowercased())@example.invalid")
        json.endObject()
        if kind == .hugeNumber {
            json.key("size")
            json.raw(Array("1e99999".utf8))
        }
        if kind == .unknownFields || kind == .markedEverywhere {
            json.key(marked("field"))
            json.value(marked("unknown"))
            json.key("nested")
            json.beginObject()
            json.field("text", marked("nested"))
            json.endObject()
        }
        json.endObject()
        return json.bytes
    }

    private mutating func children(_ json: inout JSONWriter) {
        switch kind {
        case .childrenMissing: return
        case .childrenOfWrongType:
            json.key("children")
            draws.happens(0.5) ? json.value(marked("children")) : json.value(7)
            return
        default: break
        }
        json.key("children")
        json.beginArray()
        let key = kind == .keyIsNHSNumber ? nhsNumber() : marked("child")
        let count = kind == .childKeyTwice ? 2 : kind == .tooManyChildren ? Limits.childrenPerReferralMax + 1 : 1
        for index in 0..<count { person(&json, key: kind == .tooManyChildren ? "\(key)-\(index)" : key, isChild: true) }
        json.endArray()
    }

    private mutating func person(_ json: inout JSONWriter, key: String, isChild: Bool = false) {
        json.beginObject()
        json.field("key", key)
        if kind == .fieldOfWrongType, isChild {
            json.key("givenName")
            json.beginObject()
            json.field("text", marked("given"))
            json.endObject()
        } else {
            json.field("givenName", marked("given"))
        }
        json.field("familyName", marked("family"))
        json.key("address")
        json.beginObject()
        json.key("lines")
        json.beginArray()
        json.value(marked("street"))
        json.endArray()
        json.field("postcode", "ZZ99 9ZZ")
        json.endObject()
        if isChild {
            json.field("birthDate", kind == .impossibleDate ? impossibleDate() : "2017-05-0\(1 + draws.below(9))")
            let number = nhsNumber()
            json.field("nhsNumber", kind == .badCheckDigit ? spoilt(number) : number)
            if kind == .markedEverywhere { json.field("laChildId", marked("la")) }
        }
        json.endObject()
    }

    private mutating func impossibleDate() -> String {
        let date = draws.pick(["2019-02-31", "2018-13-01", "2021-02-29", "0000-00-00", "2016-00-10", "31/12/2015"])
        return draws.happens(0.2) ? marked("date") : date ?? ""
    }

    /// One digit more: no other check can hold.
    private mutating func spoilt(_ number: String) -> String {
        let digits = Int(number) ?? 0
        let text = String(digits - digits % 10 + (digits + 1) % 10)
        secrets.append(text)
        return text
    }

    private mutating func concerns(_ json: inout JSONWriter) {
        json.key("concerns")
        json.beginArray()
        json.beginObject()
        json.field("factor", kind == .unknownFactor ? marked("factor") : "20")
        json.field("narrative", marked("words"))
        json.endObject()
        json.endArray()
    }

    // MARK: Other channels

    private mutating func toReturns(_ prefix: String) -> NewRecord {
        var json = JSONWriter()
        json.beginObject()
        json.field("request", draws.happens(0.5) ? marked("reference") : "\(sender.authority)-\(nhsNumber())")
        json.field("kind", "full")
        json.field("narrative", marked("narrative"))
        json.endObject()
        return message(
            "\(prefix)agency.\(sender.agency).returns", "/agency/", sender.agency.text,
            "frontdoor.return.submitted.v1", json.bytes)
    }

    private mutating func toDecisions(_ prefix: String) -> NewRecord? {
        guard let team = directory.teams.first(where: { $0.authority == sender.authority }) else { return nil }
        let person = kind == .stranger ? marked("person") : team.people.first?.id.text ?? marked("person")
        var json = JSONWriter()
        json.beginObject()
        json.field("person", person)
        json.field("verb", kind == .unknownVerb ? marked("verb") : "accept")
        json.field("note", marked("note"))
        json.endObject()
        return message(
            "\(prefix)team.\(team.id).decisions", "/team/", team.id.text, "frontdoor.decision.submitted.v1", json.bytes)
    }

    private mutating func toAnswers(_ prefix: String) -> NewRecord? {
        guard let desk = directory.desks.first(where: { $0.authority == sender.authority }) else { return nil }
        var json = JSONWriter()
        json.beginObject()
        json.field("alert", marked("alert"))
        json.field("person", desk.people.first?.id.text)
        json.field("note", marked("note"))
        json.endObject()
        return message(
            "\(prefix)oncall.\(desk.id).answers", "/oncall/", desk.id.text, "frontdoor.alert.answered.v1", json.bytes)
    }

    private mutating func message(
        _ topic: String, _ root: String, _ name: String, _ type: StaticString, _ value: [UInt8]
    ) -> NewRecord {
        let headers = MessageHeaders.make(
            id: marked("id"), source: root, name, type: type,
            time: Instant(milliseconds: 1_790_000_000_000 + Int64(number) * 1000))
        return NewRecord(TopicPartition(Topic(topic), 0), key: nil, headers: headers, value: value)
    }
}
