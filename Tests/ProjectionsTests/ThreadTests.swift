import DomainModel
import Room
import Testing

@testable import Projections

/// A thread holds what is about the case, and nothing about another child.
@Suite struct ThreadTests {
    private let room: [Event] = [
        Given.event(1, Given.submitted(), .referral(Given.id(1)), by: .intake),
        Given.event(2, Given.identified(child: 11, case: 21), .referral(Given.id(1)), by: .deduplication),
        Given.event(3, Given.identified(child: 12, case: 22), .referral(Given.id(1)), by: .deduplication),
        Given.event(4, Given.rated(.amber), .caseID(Given.caseID(21)), by: .triage),
        Given.event(5, Given.rated(.red, child: 12, case: 22), .caseID(Given.caseID(22)), by: .triage),
        Given.event(6, Given.requested("req-1"), .request("req-1"), by: .triage),
        Given.event(7, Given.requested("req-2", case: 22, child: 12), .request("req-2"), by: .triage),
        Given.event(8, Given.returned("req-1"), .request("req-1"), by: .intake),
        Given.event(9, Given.returned("req-2"), .request("req-2"), by: .intake),
        Given.event(10, Given.opened(Given.facts(51)), .caseID(Given.caseID(21)), by: .deadlines),
        Given.event(
            11, Given.opened(Given.facts(52, .decide, agency: nil, team: Given.mash, case: nil, child: 12)),
            .referral(Given.id(1)), by: .deadlines),
        Given.event(
            12, Given.opened(Given.facts(53, .acknowledge, agency: nil, team: Given.mash, case: nil)),
            .referral(Given.id(1)), by: .deadlines),
        Given.event(
            13,
            .alertCleared(
                AlertCleared(alert: Given.id(900), desk: Given.desk, obligation: Given.id(51), reason: "met")),
            .caseID(Given.caseID(21)), by: .deadlines),
        Given.event(
            14,
            .alertCleared(
                AlertCleared(alert: Given.id(901), desk: Given.desk, obligation: Given.id(52), reason: "met")),
            .referral(Given.id(1)), by: .deadlines),
        Given.event(15, Given.submitted(2, children: [13]), .referral(Given.id(2)), by: .intake),
        Given.event(16, .clockStruck(ClockStruck(now: Given.start)), .hub, by: .clock),
    ]

    private func thread(_ number: Int) -> [Int] {
        var thread = ThreadProjection(caseID: Given.caseID(number))
        for event in room { thread.take(event) }
        return room.enumerated().filter { thread.line(for: $0.element) != nil }.map { $0.offset + 1 }
    }

    @Test func itHoldsItsOwnCaseAndTheReferralItCameWith() {
        #expect(thread(21) == [1, 2, 4, 6, 8, 10, 12, 13])
    }

    @Test func itLeavesOutTheSibling() {
        #expect(thread(22) == [1, 3, 5, 7, 9, 11, 12, 14])
    }

    @Test func aCaseThatIsNotThereIsSaidToBeUnknown() {
        var thread = ThreadProjection(caseID: Given.caseID(99))
        for event in room { thread.take(event) }
        #expect(!thread.isKnown)
        #expect(room.allSatisfy { thread.line(for: $0) == nil })
    }

    @Test func agenciesSpeakForThemselvesAndParticipantsForTheHub() {
        var thread = ThreadProjection(caseID: Given.caseID(21))
        for event in room { thread.take(event) }
        #expect(
            room.compactMap { thread.line(for: $0)?.speaker }.prefix(5) == [
                "bd-police", "deduplication", "triage", "triage", "bd-schools",
            ])
    }

    @Test func aDecisionThatNamesTheCaseBelongsToIt() {
        var thread = ThreadProjection(caseID: Given.caseID(21))
        for event in room { thread.take(event) }
        let both = Given.event(
            30,
            .decisionSubmitted(
                DecisionSubmitted(
                    by: Given.amara, verb: .accept, reason: .thresholdMet,
                    cases: [Given.caseID(22), Given.caseID(21)])), .hub, by: .intake)
        let other = Given.event(
            31,
            .decisionSubmitted(
                DecisionSubmitted(by: Given.amara, verb: .accept, reason: .thresholdMet, cases: [Given.caseID(22)])),
            .hub, by: .intake)
        #expect(thread.line(for: both)?.speaker == "bd.amara")
        #expect(thread.line(for: other) == nil)
    }
}
