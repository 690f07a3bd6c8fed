import ConfigurationFiles
import DomainModel
import HubConfiguration
import JSON
import Room
import Testing

@testable import Intake

/// A sign of life of an agency's system: told to the rooms of those that it serves, answered by nothing, kept in nothing.
struct HeartbeatTests {
    private static func beat(_ id: String = "beat", _ data: String = "{}") -> Message {
        Message(.returns(Message.police), "heartbeat.sent", id: id, data)
    }

    @Test func itIsInTheRoomOnceAndNoReceiptAnswersIt() throws {
        var bench = Bench()
        let postings = bench.send(Self.beat())
        #expect(postings.count == 1)
        let event = try #require(postings.events.first)
        #expect(event.body == .heartbeatSent(HeartbeatSent(agency: Message.police)))
        #expect(event.authority == Message.barking && event.subject == .authority(Message.barking))
        #expect(event.parts.isEmpty)
    }

    @Test func noneIsARepeatOfAnotherAndNoIdComesTwice() throws {
        var bench = Bench()
        var ids: [EventID] = []
        for turn in 0..<6 {
            // The same message again, as it is; and after a restart.
            ids += bench.send(Self.beat()).events.map(\.id)
            if turn == 2 { try bench.restart() }
        }
        #expect(ids.count == 6 && Set(ids).count == 6)
    }

    /// It may be a return under the wrong name: a dead letter keeps it, and the sender is told.
    @Test func oneThatHoldsAnythingIsRefusedAndQuotedNowhere() {
        var bench = Bench()
        let postings = bench.send(Self.beat("9434765919", #"{"9434765919":"9434765919"}"#))
        #expect(postings.refusal?.reason == RefusalReason.fieldUnreadable.rawValue)
        #expect(postings.refusal?.pointer == "" && postings.deadLetters.count == 1 && postings.outgoing.count == 1)
        #expect(!postings.events.contains { "\($0)".contains("9434765919") } && !postings.told.contains("9434765919"))
    }

    @Test func itsIdGoesNowhere() {
        var bench = Bench()
        #expect(!"\(bench.send(Self.beat("9434765919")))".contains("9434765919"))
    }

    /// It makes one row for its agency, not one for each.
    @Test func theTableDoesNotGrowWithThem() {
        var bench = Bench()
        _ = bench.intake.takeChanges()
        for _ in 0..<50 { _ = bench.send(Self.beat()) }
        #expect(bench.intake.takeChanges().count == 1)
    }

    @Test func whoServesSeveralIsHeardByEachOfThem() throws {
        var directory = Bench.configuration.directory
        let place = try #require(directory.agencies.firstIndex { $0.id == Message.police })
        directory.agencies[place].authorities = [Message.essex, Message.barking]
        var bench = Bench(isAdopted: false)
        _ = bench.intake.adopt(directory, policies: Bench.configuration.policies, now: Bench.start)
        let some = bench.send(Self.beat()).events
        #expect(some.map(\.authority) == [Message.barking, Message.essex])
        #expect(Set(some.map(\.id)).count == 2)
        directory.agencies[place].authorities = []
        _ = bench.intake.adopt(directory, policies: Bench.configuration.policies, now: Bench.start)
        let served = directory.authorities.map(\.gss).filter { $0 != .hub }.sorted()
        #expect(bench.send(Self.beat()).events.map(\.authority) == served)
    }

    @Test(arguments: [
        ("[]", RefusalReason.fieldUnreadable), ("\"beat\"", .fieldUnreadable), ("{", .notJSON),
    ])
    func whatIsNoObjectIsRefusedLikeAnyMessage(_ data: String, _ reason: RefusalReason) {
        var bench = Bench()
        #expect(bench.send(Self.beat("b", data)).refusal?.reason == reason.rawValue)
    }

    @Test func onATopicOfAnotherKindItIsOfAnUnknownType() {
        var bench = Bench()
        let stray = Message(.referrals(Message.police), "heartbeat.sent", id: "b", "{}")
        #expect(bench.send(stray).refusal?.reason == RefusalReason.unknownType.rawValue)
    }
}
