import DomainModel
import JSON
import Room
import Testing

@testable import Intake

/// The shipped allow-lists and the code that writes by them agree: every field that Intake gives is there.
struct ReceiptTests {
    private func fields(_ postings: [Posting]) throws -> [String] {
        let sent = try #require(postings.outgoing.first)
        return try JSONParser().parse(sent.data).members().map(\.name)
    }

    @Test func eachReceiptHasAllItsFields() throws {
        var bench = Bench()
        let faulty = #"{"children":[{"key":"a"}]}"#
        let referral = try fields(bench.send(.referral("x", faulty)))
        #expect(referral == ["reference", "receivedAt", "children", "marks", "repeated", "notice"])
        let returned = try fields(bench.send(.returned("x", #""kind":"nil""#)))
        #expect(returned == ["reference", "receivedAt", "kind", "marks", "repeated", "notice"])
        #expect(try fields(bench.send(.decision())) == ["decision", "receivedAt", "repeated", "notice"])
        #expect(try fields(bench.send(.answer())) == ["alert", "receivedAt", "repeated", "notice"])
    }

    @Test func eachRefusalHasAllItsFields() throws {
        var bench = Bench()
        for message in [
            Message.referral("x", "{}"), .returned("x", #""kind":0"#), .decision("x", ""), .answer("x", ""),
        ] {
            let refusal = try fields(bench.send(message))
            #expect(refusal == ["reference", "receivedAt", "channel", "reason", "pointer", "advice", "notice"])
        }
    }

    @Test func nothingThatLeavesTiesTheRecordToTheRoom() throws {
        var bench = Bench()
        for message in [Message.referral(), .returned(), .decision(), .answer(), .referral("y", "{}")] {
            let postings = bench.send(message)
            let event = try #require(postings.events.first)
            let sent = try #require(postings.outgoing.first)
            #expect(sent.id != event.id)
            if case .agency = sent.recipient {
                #expect(!postings.told.contains(event.id.description))
                #expect(sent.subject != event.id.description)
            }
        }
    }
}
