import DomainModel
import JSON
import Room
import Testing

@testable import Intake

/// What Delivery noted, on its way into the room.
struct NotingTests {
    private let caseID = CaseID(authority: Message.barking, number: Identifier(bits: 7))

    private func noted(_ facts: AlertDelivery, authority: String = "E09000002", failed: Bool = false) -> Message {
        var json = JSONWriter()
        facts.write(to: &json)
        var message = Message(
            .records, failed ? "alert.failed" : "alert.delivered", id: EventID(bits: 5).description,
            String(decoding: json.bytes, as: UTF8.self))
        message.headers = [("ce_localauthority", authority)]
        return message
    }

    private func facts() -> AlertDelivery {
        AlertDelivery(
            record: EventID(bits: 9), alert: AlertID(bits: 3), desk: Message.desk, caseID: caseID,
            referral: ReferralID(bits: 4), told: "raised", sink: Message.name(SinkName("pager")),
            channel: .alertmanager, at: Bench.start, attempts: 1)
    }

    @Test func itBecomesAnEventOfTheThreadAndNobodyIsSentAReceipt() throws {
        var bench = Bench()
        let postings = bench.send(noted(facts()))
        #expect(postings.count == 1)
        let event = try #require(postings.events.first)
        #expect(event.body == .alertDelivered(facts()))
        #expect(event.subject == .caseID(caseID))
        #expect(event.authority == Message.barking)
        #expect(event.correlation == ReferralID(bits: 4))
        #expect(event.input?.topic == "hub.records")
        #expect(bench.send(noted(facts(), failed: true)).events.first?.body == .alertFailed(facts()))
    }

    @Test func aNoticeIsOnTheThreadOfItsRequest() throws {
        var notice = facts()
        (notice.caseID, notice.alert, notice.desk) = (nil, nil, nil)
        notice.agency = Message.gps
        notice.request = Message.request()
        var bench = Bench()
        #expect(bench.send(noted(notice)).events.first?.subject == .request(Message.request()))
    }

    /// It goes where somebody looks, and never into another authority's case.
    @Test func whatNamesNoAuthorityOfThisHubGoesToItsReview() throws {
        var bench = Bench()
        let event = try #require(bench.send(noted(facts(), authority: "E06000001")).events.first)
        #expect(event.authority == .hub)
        #expect(event.subject != .caseID(caseID))
    }

    @Test func whatIsNotDeliverysIsADeadLetter() throws {
        var bench = Bench()
        var foreign = noted(facts())
        foreign.source = "/agency/bd-police"
        var unread = noted(facts())
        unread.data = Array("{}".utf8)
        let other = Message(.records, "alert.answered", id: EventID(bits: 5).description, "{}")
        for (message, reason) in [
            (foreign, "not-from-who-it-claims"), (unread, "field-unreadable"), (other, "unknown-type"),
        ] {
            let postings = bench.send(message)
            #expect(postings.outgoing.isEmpty, "there is nobody to tell")
            let refusal = try #require(
                postings.events.compactMap { if case .submissionRefused(let facts) = $0.body { facts } else { nil } }
                    .first)
            #expect(refusal.reason == reason)
            #expect(refusal.channel == .records)
        }
    }
}
