import DomainModel
import HubConfiguration
import JSON
import Room
import Sealing
import Testing

@testable import Intake

struct DecisionTests {
    private static let id = "00000000000000000000000007"

    @Test func aDecisionIsPostedInTheTeamsRoomWithTheRoleThatAllowsIt() throws {
        var bench = Bench()
        let postings = bench.send(
            .decision(
                "d",
                #""person":"bd.amara","verb":"close","reason":"needs-met","note":"n","entry":"\#(Self.id)","cases":["E09000002-\#(Self.id)"],"asof":"\#(Self.id)","outcome":"advice""#
            ))
        guard case .decisionSubmitted(let decision) = try #require(postings.events.first).body else {
            Issue.record("not a decision")
            return
        }
        #expect(
            decision.by
                == NamedPerson(staff: Message.name(StaffName("bd.amara")), team: Message.mash, role: .mashManager))
        #expect(decision.verb == .close)
        #expect(decision.reason == .needsMet)
        #expect(decision.outcome == .advice)
        #expect(postings.events.first?.authority == Message.barking)
        #expect(postings.events.first?.subject == decision.cases.first.map { .caseID($0) })
        #expect(postings.part(.text) == #"{"note":"n"}"#)
        #expect(postings.outgoing.first?.recipient == .team(Message.mash))
        #expect(postings.outgoing.first?.type == .decisionReceived)
        // The queue is compacted: the receipt must not take the entry's place.
        #expect(postings.outgoing.first?.key != Self.id)
    }

    @Test(arguments: [
        (#""person":"bd.carol","verb":"accept""#, RefusalReason.personNotOfThisTeam, "/person"),
        (#""person":"jane smith","verb":"accept""#, .fieldUnreadable, "/person"),
        (#""verb":"accept""#, .fieldUnreadable, "/person"),
        (#""person":"bd.beth","verb":"close""#, .roleMayNot, "/verb"),
        (#""person":"bd.beth","verb":"ponder""#, .fieldUnreadable, "/verb"),
        (#""person":"bd.beth","verb":"accept","reason":"whim""#, .fieldUnreadable, "/reason"),
        (#""person":"bd.beth","verb":"accept","entry":"7""#, .fieldUnreadable, "/entry"),
        (#""person":"bd.beth","verb":"accept","cases":["x"]"#, .fieldUnreadable, "/cases/0"),
        (#""person":"bd.beth","verb":"accept","cases":["E10000012-\#(id)"]"#, .otherAuthority, "/cases/0"),
        (#""person":"bd.beth","verb":"redirect","to":"jane.smith""#, .fieldUnreadable, "/to"),
        (#""person":"bd.beth","verb":"redirect","to":"ex-mash""#, .otherAuthority, "/to"),
        (#""person":"bd.beth","verb":"rate","rating":{"urgency":"red","level":9}"#, .fieldUnreadable, "/rating/level"),
        (#""person":"bd.beth","verb":"accept-decline","request":"x""#, .fieldUnreadable, "/request"),
    ])
    func aDecisionThatIsNotWhollyUnderstoodIsRefused(fields: String, reason: RefusalReason, pointer: String) {
        var bench = Bench()
        let postings = bench.send(.decision("d", fields))
        #expect(postings.fate == .refused)
        #expect(postings.refusal?.reason == reason.rawValue)
        #expect(postings.refusal?.pointer == pointer)
        #expect(postings.refusal?.team == Message.mash)
        #expect(postings.events.first?.authority == Message.barking)
        #expect(postings.outgoing.first?.recipient == .team(Message.mash))
    }

    @Test func theHubsReviewerAssignsFromTheHubsRoom() {
        var bench = Bench()
        let postings = bench.send(
            Message(
                .decisions(Message.name(TeamName("hub-review"))), "decision.submitted", id: "d",
                #"{"person":"hub.hana","verb":"assign","authority":"881","entry":"\#(Self.id)"}"#))
        guard case .decisionSubmitted(let decision) = postings.events.first?.body else {
            Issue.record("not a decision")
            return
        }
        #expect(decision.authority == Message.essex)
        #expect(postings.events.first?.authority == .hub)
    }

    @Test func anAnswerOfTheDeskIsPostedWithItsPromise() {
        var bench = Bench()
        let postings = bench.send(
            .answer("a", #""alert":"\#(Self.id)","person":"bd.ines","until":"2026-11-23T18:00:00Z","note":"n""#))
        guard case .alertAnswered(let answer) = postings.events.first?.body else {
            Issue.record("not an answer")
            return
        }
        #expect(answer.until == Instant(rfc3339: "2026-11-23T18:00:00Z"))
        #expect(postings.part(.text) == #"{"note":"n"}"#)
        #expect(postings.outgoing.first?.recipient == .desk(Message.desk))
        #expect(postings.outgoing.first?.subject == Self.id)
    }

    @Test(arguments: [
        (#""alert":"x","person":"bd.ines""#, RefusalReason.fieldUnreadable, "/alert"),
        (#""alert":"\#(id)","person":"bd.beth""#, .personNotOfThisDesk, "/person"),
        // Taken without its promise, it would stop the ladder for good.
        (#""alert":"\#(id)","person":"bd.ines","until":"later""#, .fieldUnreadable, "/until"),
    ])
    func anAnswerThatIsNotWhollyUnderstoodIsRefused(fields: String, reason: RefusalReason, pointer: String) {
        var bench = Bench()
        let postings = bench.send(.answer("a", fields))
        #expect(postings.refusal?.reason == reason.rawValue)
        #expect(postings.refusal?.pointer == pointer)
        #expect(postings.refusal?.desk == Message.desk)
    }
}
