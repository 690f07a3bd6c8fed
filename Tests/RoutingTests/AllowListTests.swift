import DomainModel
import JSON
import Room
import Testing

@testable import Routing

/// One referral with a marked value in every field, and a return: what of it is seen where.
@Suite struct AllowListTests {
    static let child = #"""
        {"key":"MKEY","givenName":"MGIVEN","familyName":"MFAMILY","aliases":[{"givenName":"MALIAS","familyName":"MALIASF"}],
        "birthDate":"2015-03-04","birthDateEstimated":true,"expectedDate":"MFAULTYDATE","sex":"F","nhsNumber":"9990000018",
        "upn":"A950000178301","laChildId":"MLACHILD","address":{"protected":false,"lines":["MLINE"],"postcode":"MPOST",
        "uprn":"MUPRN"},"formerAddresses":[{"lines":["MFORMER"]}],"withhold":["MWITHHOLD"],"school":"MUNKNOWN"}
        """#
    static let text = #"""
        {"narrative":"MNARRATIVE","concerns":[{"about":"child-0","narrative":"MWORDS"},{"about":"child-1","narrative":
        "MSIBLINGWORDS"},{"about":"adult-0","narrative":"MTHIRD"},{"about":"adult-0","narrative":"MADULTWORDS"}],
        "referrer":{"name":"MREFERRER","phone":"MPHONE"},"sharing":{"necessity":"MSHARING"},"unknown":{"x":"MTEXTUNKNOWN"},
        "extensions":{"y":"MEXTENSION"}}
        """#

    static func house(protected: Bool = false, withhold: [AgencyName] = []) -> House {
        var house = House()
        var content = House.content(1, children: 2, withhold: withhold)
        content.children[0].protectedAddress = protected
        content.concerns = [
            ConcernFacts(about: .child(0), factor: FactorCode("16A"), historic: false),
            ConcernFacts(about: .child(1), factor: FactorCode("15A"), historic: false),
            ConcernFacts(about: .adult(0), factor: FactorCode("3B"), historic: false, thirdParty: true),
            ConcernFacts(about: .adult(0), factor: FactorCode("2B"), historic: true),
        ]
        house.refer(
            content, number: 1,
            parts: [
                House.part(1, .child(0), child), House.part(1, .child(1), #"{"givenName":"MSIBLING"}"#),
                House.part(1, .adult(0), #"{"givenName":"MADULT"}"#), House.part(1, .text, text),
            ])
        house.identify(1, 0, as: .opened, case: 1)
        house.identify(1, 1, as: .opened, case: 2)
        house.rate(1, .amber, 3)
        return house
    }

    /// Which of the marked values stand in the record.
    static func marks(_ record: Outgoing?) -> [String] {
        let text = record?.text ?? ""
        let all = [
            "MKEY", "MGIVEN", "MFAMILY", "MALIAS\"", "MALIASF", "2015-03-04", "MFAULTYDATE", "9990000018",
            "A950000178301", "MLACHILD", "MLINE", "MPOST", "MUPRN", "MFORMER", "MWITHHOLD", "MUNKNOWN", "MNARRATIVE",
            "MWORDS", "MSIBLINGWORDS", "MTHIRD", "MADULTWORDS", "MREFERRER", "MPHONE", "MSHARING", "MTEXTUNKNOWN",
            "MEXTENSION", "MSIBLING\"", "MADULT\"", "REF-1", "bd-schools", "MRETURN", "MFINDING",
        ]
        return all.filter { text.contains($0) }
    }

    @Test func aTeamSeesTheChildAndTheWordsAboutItAndNothingMore() {
        let house = AllowListTests.house()
        #expect(
            AllowListTests.marks(house.sent.first { $0.type == .entryUpdated }) == [
                "MGIVEN", "MFAMILY", "MALIAS\"", "MALIASF", "2015-03-04", "MFAULTYDATE", "9990000018", "A950000178301",
                "MLACHILD", "MLINE", "MPOST", "MNARRATIVE", "MWORDS", "MADULTWORDS", "bd-schools",
            ])
    }

    @Test func aRequestCarriesTheParticularsOfTheOneChildAndNothingMore() {
        var house = AllowListTests.house()
        house.request("q1", agency: "bd-gps", case: 1)
        #expect(
            house.sent.map(\.text) == [
                #"{"reference":"q1","asked":["known-concerns"],"purpose":"safeguarding-assessment","necessity":"#
                    + #""assess-level-of-need","rating":"amber","notice":"\#(Routing.notice)","child":{"givenName":"#
                    + #""MGIVEN","familyName":"MFAMILY","birthDate":"2015-03-04","sex":"F","nhsNumber":"9990000018","#
                    + #""address":{"lines":["MLINE"],"postcode":"MPOST"}}}"#
            ])
        #expect(house.sent.first?.subject == "q1")
    }

    @Test func aUPNGoesToEducationOnly() {
        var house = AllowListTests.house()
        house.request("q1", agency: "bd-education", case: 1)
        #expect(AllowListTests.marks(house.sent.first).contains("A950000178301"))
        house.request("q2", agency: "bd-police", case: 1)
        #expect(!AllowListTests.marks(house.sent.first).contains("A950000178301"))
    }

    @Test func aProtectedAddressNeverLeavesAndAQueueSaysToAsk() {
        var house = AllowListTests.house(protected: true)
        #expect(house.sent[0].text.contains(#""address":"protected: ask""#))
        #expect(!house.outgoing.contains { $0.text.contains("MLINE") || $0.text.contains("MPOST") })
        house.request("q1", agency: "bd-gps", case: 1)
        #expect(!house.sent[0].text.contains("MPOST"))
    }

    @Test func whoMustNotBeToldIsNotAsked() {
        var house = AllowListTests.house(withhold: [House.agency("bd-gps")])
        house.request("q1", agency: "bd-gps", case: 1)
        #expect(house.sent.isEmpty)
    }

    @Test func otherMessagesToAgenciesCarryNothingOfAnyone() {
        var house = AllowListTests.house()
        house.request("q1", agency: "bd-gps", case: 1)
        house.decide(.close, by: House.carol, entry: house.lead(1)?.entry, asof: house.newest(1))
        for record in house.outgoing where record.recipient.audience == .agency && record.type != .returnRequested {
            let marks = AllowListTests.marks(record)
            #expect(
                marks == (record.recipient == .agency(House.agency("bd-schools")) ? ["REF-1"] : []), "\(record.type)")
        }
        #expect(house.sent.filter { $0.type == .referralConcluded }.count == 1)
    }

    @Test func aReturnsWordsAreForTheLeadAlone() {
        var house = AllowListTests.house()
        house.decide(.accept, by: House.carol, entry: house.lead(1)?.entry)
        house.request("q1", agency: "bd-gps", case: 1)
        let returned = ReturnContent(
            request: "q1", agency: House.agency("bd-gps"), submission: House.id("r"), kind: .full,
            findings: [ConcernFacts(about: .child(0), factor: FactorCode("4A"), historic: false)])
        house.feed(
            .returnSubmitted(ReturnSubmitted(content: returned)), subject: .request("q1"),
            parts: [
                House.part(
                    7, .text, #"{"narrative":"MRETURN","concerns":[{"about":"child-0","narrative":"MFINDING"}]}"#)
            ])
        #expect(house.sent.map(\.recipient) == [.team(House.team("bd-family-help"))])
        #expect(AllowListTests.marks(house.sent[0]).suffix(2) == ["MRETURN", "MFINDING"])
    }

    @Test func anEndedEntrySaysSoAndNoMore() {
        var house = AllowListTests.house()
        house.decide(.redirect, by: House.carol, entry: house.lead(1)?.entry, to: House.team("bd-early-help"))
        let ended = house.sent.first { $0.recipient == .team(House.team("bd-family-help")) }
        #expect(AllowListTests.marks(ended).isEmpty)
        #expect(ended?.text.contains("case") == false)
    }

    @Test func nothingLeavesWithoutAnAllowList() {
        let bare = Equipment(open: House.equipment.open, keyed: House.equipment.keyed, allowLists: AllowLists())
        var house = House(adopting: false)
        house.routing = Routing(bare)
        house.adopt(House.authority)
        house.refer(House.content(1), number: 1)
        house.identify(1, as: .opened, case: 1)
        house.rate(1, .amber, 3)
        #expect(!house.outgoing.isEmpty)
        #expect(house.outgoing.allSatisfy { !$0.text.contains("Given0") && !$0.text.contains("REF-1") })
    }

    @Test func noTwoInboxesShareAnId() {
        var house = AllowListTests.house()
        house.request("q1", agency: "bd-gps", case: 1)
        house.request("q2", agency: "bd-police", case: 1)
        house.decide(.close, by: House.carol, entry: house.lead(1)?.entry, asof: house.newest(1))
        #expect(Set(house.outgoing.map(\.id)).count == house.outgoing.count)
    }
}
