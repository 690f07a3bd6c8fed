import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing
import Testing

@testable import Intake

/// What is faulty but optional: accepted, kept, and marked.
struct FaultTests {
    private func marks(_ data: String) -> [String] {
        var bench = Bench()
        let postings = bench.send(.referral("x", data))
        #expect(postings.fate == .accepted, "\(data)")
        return postings.referral?.marks.map { "\($0.pointer) \($0.code.rawValue)" } ?? []
    }

    private func marks(child: String) -> [String] {
        marks(#"{"localAuthority":"E09000002","children":[{"key":"a",\#(child)}]}"#)
    }

    private func marks(top: String) -> [String] {
        marks(#"{"localAuthority":"E09000002","children":[{"key":"a"}],\#(top)}"#)
    }

    @Test(arguments: [
        (#""birthDate":"2019-02-31""#, "/children/0/birthDate no-such-date"),
        (#""birthDate":"2031-02-01""#, "/children/0/birthDate in-the-future"),
        (#""birthDate":20190201"#, "/children/0/birthDate wrong-type"),
        (#""expectedDate":"soon""#, "/children/0/expectedDate no-such-date"),
        (#""nhsNumber":"9434765918""#, "/children/0/nhsNumber bad-check-digit"),
        (#""nhsNumber":9434765919"#, "/children/0/nhsNumber wrong-type"),
        (#""upn":"A12345678901Z""#, "/children/0/upn bad-check-digit"),
        (#""sex":"X""#, "/children/0/sex unknown-code"),
        (#""givenName":["Ana"]"#, "/children/0/givenName wrong-type"),
        (#""laChildId":"12345678901""#, "/children/0/laChildId too-long"),
        (#""aliases":[{"givenName":4}]"#, "/children/0/aliases/0/givenName wrong-type"),
        (#""aliases":["Bo"]"#, "/children/0/aliases/0 wrong-type"),
        (#""address":{"lines":["a",2]}"#, "/children/0/address/lines/1 wrong-type"),
        (#""address":{"postcode":"longer than one"}"#, "/children/0/address/postcode too-long"),
        (#""formerAddresses":[{},{"uprn":"1234567890123"}]"#, "/children/0/formerAddresses/1/uprn too-long"),
        (#""withhold":["jane.smith"]"#, "/children/0/withhold/0 unknown-code"),
        (#""withhold":"bd-gps""#, "/children/0/withhold wrong-type"),
    ])
    func aFaultyFieldOfAChildIsMarked(field: String, mark: String) {
        #expect(marks(child: field) == [mark])
    }

    @Test(arguments: [
        (#""referralSource":"99""#, "/referralSource unknown-code"),
        (#""referralSource":"3A""#, "/referralSource unknown-code"),
        (#""immediateDanger":"yes""#, "/immediateDanger wrong-type"),
        (#""adults":{}"#, "/adults wrong-type"),
        (#""adults":[1]"#, "/adults/0 wrong-type"),
        (#""adults":[{"relationship":"uncle"}]"#, "/adults/0/relationship unknown-code"),
        (#""adults":[{"parentalResponsibility":"so-so"}]"#, "/adults/0/parentalResponsibility wrong-type"),
        (#""concerns":"many""#, "/concerns wrong-type"),
        (#""concerns":[{"eventDate":"2026-13-01"}]"#, "/concerns/0/eventDate no-such-date"),
        (#""concerns":[{"historic":1}]"#, "/concerns/0/historic wrong-type"),
        (#""narrative":{}"#, "/narrative wrong-type"),
        (#""sharing":true"#, "/sharing wrong-type"),
        (#""sharing":{"consent":"maybe"}"#, "/sharing/consent unknown-code"),
        (#""sharing":{"gateway":"cwsa2026-s4"}"#, "/sharing/gateway gateway-not-in-force"),
        (#""sharing":{"gateway":"magna-carta"}"#, "/sharing/gateway unknown-code"),
    ])
    func aFaultyFieldOfTheReferralIsMarked(field: String, mark: String) {
        #expect(marks(top: field) == [mark])
    }

    @Test func aGatewayInForceStandsInTheFacts() {
        var bench = Bench()
        let postings = bench.send(
            .referral(
                "x",
                #"{"localAuthority":"301","children":[{"key":"a"}],"sharing":{"gateway":"ca1989-s47","consent":"given","purpose":"p"}}"#
            ))
        #expect(postings.referral?.sharing == SharingRecord(consent: "given", gateway: "ca1989-s47"))
        #expect(postings.part(.text) == #"{"sharing":{"gateway":"ca1989-s47","consent":"given","purpose":"p"}}"#)
    }

    @Test(arguments: [
        ("true", true), ("false", false), ("null", false), (#""yes""#, true), (#""No""#, false), ("1", true),
        ("0", false), ("{}", true),
    ])
    func dangerThatCannotBeReadCountsAsDangerUnlessItSaysNo(stated: String, danger: Bool) {
        var bench = Bench()
        let postings = bench.send(.referral("x", #"{"children":[{"key":"a"}],"immediateDanger":\#(stated)}"#))
        #expect(postings.referral?.immediateDanger == danger)
    }

    @Test(arguments: [
        (#"{"protected":true}"#, true), (#"{"protected":"ask"}"#, true), (#"{"protected":false}"#, false),
        ("{}", false),
        (#""1 High Street""#, true),
    ])
    func anAddressThatCannotBeReadAsOrdinaryIsProtected(address: String, isProtected: Bool) {
        var bench = Bench()
        let postings = bench.send(.referral("x", #"{"children":[{"key":"a","address":\#(address)}]}"#))
        #expect(postings.referral?.children.first?.protectedAddress == isProtected)
    }

    @Test(arguments: [
        (#""birthDate":"2026-11-23""#, AgeBand.under1), (#""birthDate":"2025-11-24""#, .under1),
        (#""birthDate":"2025-11-23""#, .from1to4), (#""birthDate":"2008-11-24""#, .from16to17),
        (#""birthDate":"2008-11-23""#, .adult), (#""expectedDate":"2027-01-01""#, .unborn),
        (#""expectedDate":"soon""#, .unborn), (#""expectedDate":"2027-01-01","birthDate":"x""#, .unknown),
        (#""a":1"#, .unknown),
    ])
    func theAgeBandComesFromAUsableBirthDateOnTheDayOfReceipt(field: String, band: AgeBand) {
        var bench = Bench()
        let postings = bench.send(.referral("x", #"{"children":[{"key":"a",\#(field)}]}"#))
        #expect(postings.referral?.children.first?.ageBand == band)
    }

    @Test func whoMustNotBeToldStandsInTheFactsWhereTheConfigurationListsThem() {
        var bench = Bench()
        let postings = bench.send(
            .referral(
                "x",
                #"{"children":[{"key":"a","withhold":["bd-gps","bd-gps"]}],"adults":[{"withhold":["bd-schools"]}],"withhold":["ex-police","nobody"]}"#
            ))
        #expect(postings.referral?.children.first?.withhold == [Message.gps])
        #expect(postings.referral?.adults.first?.withhold.map(\.text) == ["bd-schools"])
        #expect(postings.referral?.withhold.map(\.text) == ["ex-police"])
        #expect(postings.part(.text)?.contains("nobody") == true)
    }

    @Test(arguments: [
        (#""E09000002""#, "E09000002", nil), (#""301""#, "E09000002", nil), ("301", "E09000002", "wrong-type"),
        (#""E06000001""#, "hub", "unknown-code"), (#""Essex""#, "hub", "unknown-code"), ("null", "hub", "missing"),
        ("{}", "hub", "wrong-type"),
    ])
    func theRoomIsThatOfTheAuthorityElseTheHubs(stated: String, room: String, mark: String?) {
        var bench = Bench()
        let postings = bench.send(.referral("x", #"{"localAuthority":\#(stated),"children":[{"key":"a"}]}"#))
        #expect(postings.events.first?.authority == Message.code(room))
        #expect(postings.referral?.marks.first?.code.rawValue == mark)
        #expect(postings.outgoing.first?.authority == Message.code(room))
    }

    @Test func theSourceIsOneThatTheAgencyMayState() {
        var bench = Bench()
        var message = Message.referral("x", #"{"children":[{"key":"a"}],"referralSource":"3D"}"#)
        message.topic = .referrals(Message.gps)
        message.source = "/agency/bd-gps"
        #expect(bench.send(message).referral?.source.code == "3D")
        message.id = "y"
        message.data = Array(#"{"children":[{"key":"a"}]}"#.utf8)
        #expect(bench.send(message).referral?.source.code == "3A")
    }
}
