import DomainModel
import EventLog
import JSON
import Room
import Sealing

/// A small generator with a seed, so that a failing run can be run again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}

enum Sample {
    static func known<Value>(_ value: Value?) -> Value {
        guard let value else { preconditionFailure("a name of the fixtures is none") }
        return value
    }
    static let authority = known(AuthorityCode(gss: "E09000002"))
    static let agency = known(AgencyName("bd-police"))
    static let team = known(TeamName("bd-mash"))
    static let desk = known(DeskName("bd-duty"))
    static let time = Instant(milliseconds: 1_795_439_280_123)
    static let caseID = CaseID(authority: authority, number: Identifier(bits: 9))

    static func event(
        _ body: EventBody = .referralRepeated(ReferralRepeated(referral: ReferralID(bits: 5), agency: agency)),
        parts: [Part] = []
    ) -> Event {
        Event(
            id: EventID(bits: 1), source: .intake, time: time, authority: authority,
            subject: .referral(ReferralID(bits: 5)), body: body, parts: parts)
    }

    static func parse(_ text: String) throws(JSONError) -> JSONValue { try JSONParser().parse(Array(text.utf8)) }
}

extension NewRecord {
    func stored(at offset: Int64 = 7, value: [UInt8]?? = nil, without header: String? = nil) -> StoredRecord {
        var kept = Headers()
        headers.forEach { name, value in
            let text = String(decoding: name, as: UTF8.self)
            if text != header { kept.append(name: text, value: value) }
        }
        return StoredRecord(
            source: target, offset: Offset(offset), appendTime: Sample.time, key: key, headers: kept,
            value: value ?? self.value)
    }

    var headerNames: [String] {
        var names: [String] = []
        headers.forEach { name, _ in names.append(String(decoding: name, as: UTF8.self)) }
        return names
    }

    func header(_ name: StaticString) -> String? { headers.first(name).map { String(decoding: $0, as: UTF8.self) } }
}
