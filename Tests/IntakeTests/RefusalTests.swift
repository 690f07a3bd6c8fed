import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing
import Testing

@testable import Intake

struct RefusalTests {
    private func expectRefused(
        _ message: Message, _ reason: RefusalReason, at pointer: String?, in room: String = "E09000002",
        _ bench: inout Bench, location: SourceLocation = #_sourceLocation
    ) {
        let postings = bench.send(message)
        let facts = postings.refusal
        #expect(postings.fate == .refused, sourceLocation: location)
        #expect(facts?.reason == reason.rawValue, sourceLocation: location)
        #expect(facts?.pointer == pointer, sourceLocation: location)
        #expect(postings.events.first?.authority == Message.code(room), sourceLocation: location)
        #expect(postings.outgoing.first?.type == .submissionRefused, sourceLocation: location)
        #expect(postings.told.contains(reason.advice.description), sourceLocation: location)
        #expect(postings.told.contains("not an emergency service"), sourceLocation: location)
        #expect(postings.deadLetters.first?.id == facts?.deadLetter, sourceLocation: location)
        #expect(postings.deadLetters.first?.original == (message.isTombstone ? nil : message.data))
    }

    @Test func whatCannotBeReadIsRefused() {
        var bench = Bench()
        var message = Message.referral()
        message.isTombstone = true
        expectRefused(message, .noContent, at: nil, &bench)
        message.isTombstone = false
        message.data = []
        expectRefused(message, .noContent, at: nil, &bench)
        message.data = Array(Samples.referral.utf8.dropLast(9))
        expectRefused(message, .notJSON, at: "", &bench)
        message.data = Array(#"{"children":""#.utf8) + [0xFF, 0xFE] + Array(#""}"#.utf8)
        expectRefused(message, .notJSON, at: "", &bench)
        message.data =
            [UInt8](repeating: UInt8(ascii: "["), count: 70) + [UInt8](repeating: UInt8(ascii: "]"), count: 70)
        expectRefused(message, .notJSON, at: "", &bench)
        message.data = Array("[]".utf8)
        expectRefused(message, .fieldUnreadable, at: "", &bench)
    }

    @Test func whatIsNoCloudEventOfThisOwnerIsRefused() {
        var bench = Bench()
        var message = Message.referral()
        message.id = ""
        expectRefused(message, .notACloudEvent, at: "/id", &bench)
        message.id = String(repeating: "9", count: 257)
        expectRefused(message, .notACloudEvent, at: "/id", &bench)
        message = .referral()
        message.source = "/agency/bd-gps"
        expectRefused(message, .notFromWhoItClaims, at: "/source", &bench)
        message = .referral()
        message.type = "frontdoor.return.submitted.v1"
        expectRefused(message, .unknownType, at: "/type", &bench)
        message.type = "frontdoor.referral.submitted.v2"
        expectRefused(message, .unknownType, at: "/type", &bench)
    }

    @Test func aSenderWhoIsNotConfiguredIsRefusedInTheHubsRoomAndHasNoTopicToBeToldOn() {
        var bench = Bench()
        var message = Message.referral()
        message.topic = .referrals(Message.name(AgencyName("jane.smith")))
        let postings = bench.send(message)
        #expect(postings.refusal?.reason == "unknown-sender")
        #expect(postings.refusal?.agency == nil)
        #expect(postings.events.first?.authority == .hub)
        #expect(postings.deadLetters.count == 1)
        #expect(postings.outgoing.isEmpty)
    }

    @Test(arguments: [
        (#"{"localAuthority":"881"}"#, RefusalReason.fieldUnreadable, "/children"),
        (#"{"localAuthority":"881","children":[]}"#, .fieldUnreadable, "/children"),
        (#"{"localAuthority":"881","children":{"key":"a"}}"#, .fieldUnreadable, "/children"),
        (#"{"localAuthority":"881","children":["a"]}"#, .fieldUnreadable, "/children/0/key"),
        (#"{"localAuthority":"881","children":[{"key":7}]}"#, .fieldUnreadable, "/children/0/key"),
        (#"{"localAuthority":"881","children":[{"key":"a"},{"key":""}]}"#, .fieldUnreadable, "/children/1/key"),
        (#"{"localAuthority":"881","children":[{"key":"a"},{"key":"a"}]}"#, .keyTwice, "/children/1/key"),
    ])
    func aReferralWithoutUsableChildrenIsRefusedInTheRoomThatItNames(
        data: String, reason: RefusalReason, pointer: String
    ) {
        var bench = Bench()
        expectRefused(.referral("x", data), reason, at: pointer, in: "E10000012", &bench)
    }

    @Test func whatIsOverALimitIsRefused() {
        var bench = Bench()
        func many(_ count: Int, _ element: (Int) -> String) -> String {
            (0..<count).map(element).joined(separator: ",")
        }
        let child = { (index: Int) in #"{"key":"\#(index)"}"# }
        let one = #""children":[{"key":"a"}]"#
        expectRefused(
            .referral("a", "{\"children\":[\(many(21, child))]}"), .tooMany, at: "/children", &bench)
        expectRefused(
            .referral("b", "{\(one),\"adults\":[\(many(21) { _ in "{}" })]}"), .tooMany, at: "/adults",
            &bench)
        expectRefused(
            .referral("c", "{\(one),\"concerns\":[\(many(201) { _ in "{}" })]}"), .tooMany, at: "/concerns",
            &bench)
        expectRefused(
            .referral("d", "{\(one),\"withhold\":[\(many(51) { _ in "1" })]}"), .tooMany, at: "/withhold",
            &bench)
        let long = String(repeating: "x", count: 2 << 20)
        expectRefused(.referral("e", #"{\#(one),"narrative":"\#(long)"}"#), .tooLarge, at: nil, &bench)
        var message = Message.referral("f", #"{\#(one),"narrative":"\#(long)\#(long)"}"#)
        let postings = bench.send(message)
        #expect(postings.refusal?.reason == "too-large")
        #expect(postings.deadLetters.first?.original == nil)
        #expect(postings.deadLetters.first?.originalLength == message.data.count)
        let odd = many(9_000) { _ in "1" }
        expectRefused(.referral("g", #"{"children":[{"key":"a","aliases":[\#(odd)]}]}"#), .tooLarge, at: nil, &bench)
        message.data = Array(#"{\#(one),"narrative":"\#(long.prefix(90_000))"}"#.utf8)
        #expect(bench.send(message).fate == .accepted)
    }

    @Test func aRefusedMessageMayComeAgainWithItsId() {
        var bench = Bench()
        #expect(bench.send(.referral("x", "{}")).fate == .refused)
        #expect(bench.send(.referral("x", "{}")).fate == .refused)
        #expect(bench.send(.referral("x")).fate == .accepted)
    }

    @Test func theSameIdWithOtherContentIsRefusedInTheRoomOfTheFirst() {
        var bench = Bench()
        #expect(bench.send(.referral("x")).fate == .accepted)
        expectRefused(
            .referral("x", #"{"localAuthority":"881","children":[{"key":"a"}]}"#), .sameIdOtherContent, at: "/id",
            &bench)
        #expect(bench.send(.referral("x")).fate == .repeated)
    }

    @Test func theReferenceOfARefusalIsTheAgencysOwn() throws {
        var bench = Bench()
        let postings = bench.send(.referral("x", "{}"))
        let reference = try #require(postings.refusal?.reference)
        #expect(Bench.keyed.verify(reference, from: Message.police) != nil)
        #expect(postings.outgoing.first?.subject == reference)
        #expect(postings.refusal?.agency == Message.police)
    }

    @Test func eachReasonSaysWhatToDoInOneSentence() {
        for reason in RefusalReason.allCases {
            #expect(reason.advice.description.hasSuffix("."))
            #expect(reason.advice.description.filter { $0 == "." }.count <= 2)
        }
    }
}
