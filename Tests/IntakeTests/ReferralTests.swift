import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing
import Testing

@testable import Intake

struct ReferralTests {
    @Test func aReferralIsPostedInItsRoomWithItsPartsAndAReceipt() throws {
        var bench = Bench()
        let postings = bench.send(.referral())
        let event = try #require(postings.events.first)
        let content = try #require(postings.referral)
        #expect(postings.fate == .accepted)
        #expect(event.authority == Message.barking)
        #expect(event.subject == .referral(content.referral))
        #expect(event.correlation == content.referral)
        #expect(event.id.bits == content.referral.bits)
        #expect(event.time == Bench.start)
        #expect(event.input?.description == "agency.bd-police.referrals/0@0")
        #expect(event.parts.map(\.name) == [.child(0), .child(1), .adult(0), .text])
        #expect(event.parts.allSatisfy { $0.sealed == nil && $0.opened != nil && $0.key.event == event.id })
        #expect(content.children.map(\.ageBand) == [.from5to9, .unborn])
        #expect(content.concerns.map(\.about) == [.child(0), .adult(0)])
        #expect(content.marks.isEmpty)
        #expect(content.agencyKind == .police)
        let receipt = try #require(postings.outgoing.first)
        #expect(receipt.recipient == .agency(Message.police))
        #expect(receipt.type == .referralReceived)
        #expect(receipt.subject == content.reference)
        #expect(receipt.key == receipt.id.description)
        #expect(Bench.keyed.verify(content.reference, from: Message.police)?.authority == Message.barking)
        #expect(postings.told.contains(#""children":2"#))
        #expect(postings.told.contains(#""repeated":false"#))
        #expect(postings.told.contains("not an emergency service"))
    }

    @Test func aPersonsPartIsTheirObjectAsItWasSent() {
        var bench = Bench()
        let postings = bench.send(
            .referral(
                "x", #"{"localAuthority":"301","children":[ {"key":"a", "colour":[1, 2],"birthDate":"2019-02-31"} ]}"#))
        #expect(postings.part(.child(0)) == #"{"key":"a","colour":[1,2],"birthDate":"2019-02-31"}"#)
        #expect(postings.referral?.marks == [Mark(pointer: "/children/0/birthDate", code: .noSuchDate)])
        #expect(postings.told.contains(#"{"pointer":"/children/0/birthDate","code":"no-such-date"}"#))
    }

    @Test func theTextHoldsWordsUnknownFieldsAndExtensions() {
        var bench = Bench()
        var message = Message.referral(
            "x",
            #"{"children":[{"key":"k"}],"localAuthority":"Narnia","narrative":"n","referrer":{"name":"r"},"shoe":4,"narrative":"again","concerns":[{"about":"k","factor":"??","narrative":"w"},{"about":"nobody"},7]}"#
        )
        message.headers = [("ce_traceparent", "t"), ("ce_subject", "s"), ("other", "o")]
        let postings = bench.send(message)
        #expect(
            postings.part(.text)
                == #"{"narrative":"n","referrer":{"name":"r"},"concerns":[{"about":"child-0","statedAbout":"k","factor":"??","narrative":"w"},{"about":"child-0","statedAbout":"nobody"},{"about":"child-0","stated":7}],"unknown":{"localAuthority":"Narnia","shoe":4,"narrative":"again"},"extensions":{"subject":"s","traceparent":"t"}}"#
        )
        #expect(postings.events.first?.authority == .hub)
        #expect(
            postings.referral?.marks.map { "\($0.pointer) \($0.code.rawValue)" } == [
                "/localAuthority unknown-code", "/concerns/0/factor unknown-code",
                "/concerns/1/about names-nobody-in-this-message", "/concerns/2 wrong-type",
            ])
    }
}
