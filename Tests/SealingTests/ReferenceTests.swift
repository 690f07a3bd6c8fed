import DomainModel
import Testing

@testable import Sealing

@Suite struct References {
    private let keyed: KeyedHash
    private let authority: AuthorityCode
    private let hospital: AgencyName
    private let police: AgencyName
    private let thing = ReferralID(bits: 0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f)
    private let frozen = "E09000002-hb9kfz88x31g6-smsv"

    init() throws {
        keyed = KeyedHash(try #require(SecretKey(bytes: Array(0..<32))))
        authority = try #require(AuthorityCode(gss: "E09000002"))
        hospital = try #require(AgencyName("nhs-hospital"))
        police = try #require(AgencyName("met-police"))
    }

    /// Worked out by another program; must never change, since outsiders keep them.
    @Test func areFrozen() {
        #expect(keyed.issueReference(authority: authority, for: thing, to: hospital).description == frozen)
    }

    @Test func areVerifiedWithoutATable() throws {
        for number in 0..<500 {
            let id = ReferralID(bits: UInt128(number) << 90 | UInt128(number))
            let room = number % 2 == 0 ? authority : AuthorityCode.hub
            let issued = keyed.issueReference(authority: room, for: id, to: hospital)
            let read = try #require(keyed.verify(issued.description, from: hospital))
            #expect(read == issued)
            #expect(read.authority == room)
            #expect(HubReference(issued.description) == issued)
        }
    }

    @Test func areRefusedWithAnySingleCharacterChanged() {
        let text = Array(frozen.utf8)
        for place in text.indices {
            for other in Array("0123456789abcdefghijklmnopqrstuvwxyzABCXYZEO -_./é".unicodeScalars) {
                var changed = Array(String(decoding: text[..<place], as: UTF8.self).unicodeScalars)
                changed.append(other)
                changed += Array(String(decoding: text[(place + 1)...], as: UTF8.self).unicodeScalars)
                var string = ""
                string.unicodeScalars.append(contentsOf: changed)
                if string != frozen { #expect(keyed.verify(string, from: hospital) == nil, "place \(place)") }
            }
        }
    }

    @Test func areRefusedInAnyOtherForm() {
        let wrong = [
            "", "-", "--", "E09000002", "E09000002-", "E09000002--", frozen + "0", "0" + frozen, frozen + "-",
            "-" + frozen,
            frozen.uppercased(), String(frozen.dropLast()), String(frozen.dropFirst()), " " + frozen, frozen + "\n",
            String(repeating: frozen, count: 2), "9434765919",
        ]
        for text in wrong { #expect(keyed.verify(text, from: hospital) == nil) }
    }

    @Test func areRefusedFromAnotherRecipientAndUnderAnotherKey() throws {
        #expect(keyed.verify(frozen, from: hospital) != nil)
        #expect(keyed.verify(frozen, from: police) == nil)
        let other = KeyedHash(try #require(SecretKey(bytes: Array(1..<33))))
        #expect(other.verify(frozen, from: hospital) == nil)
    }

    @Test func ofTwoRecipientsShareNothingButTheAuthority() {
        let one = keyed.issueReference(authority: authority, for: thing, to: hospital)
        let two = keyed.issueReference(authority: authority, for: thing, to: police)
        #expect(one.authority == two.authority)
        #expect(one.number != two.number)
        #expect(one.check != two.check)
    }
}
