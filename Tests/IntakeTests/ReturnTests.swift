import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing
import Testing

@testable import Intake

struct ReturnTests {
    @Test func aReturnIsPostedInTheRoomThatItsReferenceNames() throws {
        var bench = Bench()
        let request = Message.request(of: Message.essex)
        let postings = bench.send(
            .returned(
                request: request,
                #""kind":"partial","complete":true,"findings":[{"about":"adult","factor":"4B","narrative":"w"},{"factor":"16A"}],"narrative":"n","x":1"#
            ))
        let event = try #require(postings.events.first)
        let content = try #require(postings.returned)
        #expect(event.body.type == .returnSubmitted)
        #expect(event.authority == Message.essex)
        #expect(event.subject == .request(request))
        #expect(content.submission == event.id)
        #expect(content.complete)
        #expect(content.identified)
        #expect(content.findings.map(\.about) == [.adult(0), .child(0)])
        #expect(
            postings.part(.text)
                == #"{"narrative":"n","concerns":[{"about":"adult-0","statedAbout":"adult","factor":"4B","narrative":"w"},{"about":"child-0","factor":"16A"}],"unknown":{"x":1}}"#
        )
        #expect(postings.outgoing.first?.subject == request)
        #expect(postings.outgoing.first?.type == .returnReceived)
    }

    @Test(arguments: [
        #""E09000002-0000000000000-0000""#, #""nonsense""#, "7", "null",
    ])
    func aReferenceThatTheHubDidNotGiveIsRefusedAndNotCopied(reference: String) {
        var bench = Bench()
        let postings = bench.send(
            Message(.returns(Message.gps), "return.submitted", id: "x", #"{"request":\#(reference),"kind":"full"}"#))
        #expect(postings.refusal?.reason == "reference-not-yours")
        #expect(postings.refusal?.pointer == "/request")
    }

    @Test func anotherAgencysReferenceIsRefused() {
        var bench = Bench()
        let theirs = Message.request(to: Message.police)
        let postings = bench.send(.returned(request: theirs))
        #expect(postings.refusal?.reason == "reference-not-yours")
        #expect(!postings.told.contains(theirs))
    }

    @Test(arguments: [
        (#""complete":true"#, "/kind"), (#""kind":"most""#, "/kind"), (#""kind":"declined""#, "/declineReason"),
        (#""kind":7"#, "/kind"),
    ])
    func aKindThatCannotBeReadIsRefused(fields: String, pointer: String) {
        var bench = Bench()
        let postings = bench.send(.returned("x", fields))
        #expect(postings.refusal?.reason == "field-unreadable")
        #expect(postings.refusal?.pointer == pointer)
        #expect(postings.events.first?.authority == Message.barking)
    }

    @Test func aNilThatNamesNothingSearchedIsAcceptedAndMarked() {
        var bench = Bench()
        let bare = bench.send(.returned("x", #""kind":"nil""#))
        #expect(bare.returned?.marks == [Mark(pointer: "/searched", code: .missing)])
        let named = bench.send(.returned("y", #""kind":"nil","searched":[{"system":"S","person":"P"}]"#))
        #expect(named.returned?.marks == [])
        #expect(named.returned?.searched == 1)
        #expect(named.part(.text) == #"{"searched":[{"system":"S","person":"P"}]}"#)
    }

    @Test func aDeclineIsAnEventOfItsOwn() {
        var bench = Bench()
        let postings = bench.send(.returned("x", #""kind":"declined","declineReason":"not-our-record""#))
        #expect(postings.events.first?.body.type == .returnDeclined)
        #expect(postings.returned?.declineReason == .notOurRecord)
        let odd = bench.send(.returned("y", #""kind":"declined","declineReason":"because""#))
        #expect(odd.returned?.declineReason == .other)
        #expect(odd.returned?.marks == [Mark(pointer: "/declineReason", code: .unknownCode)])
        #expect(odd.part(.text) == #"{"unknown":{"declineReason":"because"}}"#)
    }

    @Test func whoCannotSayWhetherTheyFoundThePersonHasNotFoundThem() {
        var bench = Bench()
        #expect(bench.send(.returned("x", #""kind":"full","identified":"perhaps""#)).returned?.identified == false)
    }

    @Test func aCorrectionAndAWithdrawalNameTheEventOfTheEarlierReturn() throws {
        var bench = Bench()
        let first = try #require(bench.send(.returned("t-1")).events.first)
        let request = Message.request()
        let corrected = bench.send(
            Message(
                .returns(Message.gps), "return.corrected", id: "t-2",
                #"{"request":"\#(request)","kind":"full","earlier":"t-1"}"#))
        guard case .returnCorrected(let facts) = corrected.events.first?.body else {
            Issue.record("not corrected")
            return
        }
        #expect(facts.earlier == first.id)
        let withdrawn = bench.send(
            Message(
                .returns(Message.gps), "return.withdrawn", id: "t-3",
                #"{"request":"\#(request)","earlier":"never seen","reason":"whim"}"#))
        guard case .returnWithdrawn(let gone) = withdrawn.events.first?.body else {
            Issue.record("not withdrawn")
            return
        }
        #expect(gone.reason == .other)
        #expect(withdrawn.told.contains(#"{"pointer":"/reason","code":"unknown-code"}"#))
        let unnamed = bench.send(
            Message(.returns(Message.gps), "return.withdrawn", id: "t-4", #"{"request":"\#(request)"}"#))
        #expect(unnamed.refusal?.pointer == "/earlier")
    }

    @Test func aReferralAndAReturnOfOneAgencyMayShareAnId() {
        var bench = Bench()
        var referral = Message.referral("same")
        referral.topic = .referrals(Message.gps)
        referral.source = "/agency/bd-gps"
        let first = bench.send(referral)
        let second = bench.send(.returned("same"))
        #expect(first.fate == .accepted)
        #expect(second.fate == .accepted)
        #expect(first.events.first?.id != second.events.first?.id)
    }
}
