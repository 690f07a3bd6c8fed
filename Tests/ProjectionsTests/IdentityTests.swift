import DomainModel
import Room
import Testing

@testable import Projections

@Suite struct IdentityProjectionTests {
    private static let undone = IdentityDecided(
        by: Given.amara, decision: Given.id(80), referral: Given.id(2), child: Given.id(13), person: Given.id(33),
        previous: Given.id(31), caseID: Given.caseID(24), previousCase: Given.caseID(21), reason: .wrongLink)

    /// Referral 2 was linked to case 21, and taken out of it.
    private let room: [Event] = [
        Given.event(1, Given.submitted(), .referral(Given.id(1)), by: .intake),
        Given.event(2, Given.identified(child: 11, case: 21), .caseID(Given.caseID(21)), by: .deduplication),
        Given.event(3, Given.submitted(2, children: [13]), .referral(Given.id(2)), by: .intake),
        Given.event(
            4, Given.identified(child: 13, case: 21, referral: 2), .caseID(Given.caseID(21)), by: .deduplication),
        Given.event(5, Given.rated(.red, child: 13), .caseID(Given.caseID(21)), by: .triage),
        Given.event(6, Given.requested("req-2", child: 13), .request("req-2"), by: .triage),
        Given.event(7, Given.returned("req-2"), .request("req-2"), by: .intake),
        Given.event(8, .identityUnlinked(undone), .referral(Given.id(2)), by: .deduplication),
        Given.event(
            9, Given.identified(child: 13, case: 24, referral: 2), .caseID(Given.caseID(24)), by: .deduplication),
    ]

    private func thread(_ number: Int, _ room: [Event]) -> [Int] {
        var thread = ThreadProjection(caseID: Given.caseID(number))
        for event in room { thread.follow(event) }
        for event in room { thread.take(event) }
        return room.enumerated().filter { thread.line(for: $0.element) != nil }.map { $0.offset + 1 }
    }

    @Test func aThreadLeavesOutWhatWasTakenFromTheCase() {
        #expect(thread(21, room) == [1, 2, 8])
        #expect(thread(24, room) == [3, 6, 7, 8, 9])
    }

    @Test func neitherSideOfAnUndoneLinkNamesTheOther() {
        for (side, other) in [(21, 24), (24, 21)] {
            var thread = ThreadProjection(caseID: Given.caseID(side))
            for event in room { thread.take(event) }
            for event in room {
                #expect(thread.line(for: event)?.text.contains(Given.caseID(other).description) != true)
            }
        }
    }

    @Test func oneThreadGoesOnForTwoCasesThatWereMerged() {
        let merged = IdentitiesMerged(
            by: Given.amara, decision: Given.id(81), person: Given.id(31), merged: Given.id(33),
            caseID: Given.caseID(21),
            mergedCase: Given.caseID(24), reason: .samePerson)
        let longer =
            room + [
                Given.event(10, .identityMerged(merged), .caseID(Given.caseID(21)), by: .deduplication),
                Given.event(
                    11, Given.identified(child: 13, case: 21, referral: 2), .caseID(Given.caseID(21)),
                    by: .deduplication),
            ]
        #expect(thread(24, longer) == thread(21, longer))
        #expect(thread(21, longer) == Array(1...11))
    }

    @Test func theLogOfLinksSaysWhoLinkedWhomAndWhy() {
        let log = LinkLogProjection()
        let lines = room.compactMap { log.line(for: $0) }
        #expect(lines.map(\.what) == ["new", "new", "unlinked", "new"])
        #expect(lines.map(\.by) == ["test", "test", "bd.amara", "test"])
        #expect(lines[2].reason == "wrong-link" && lines[2].previousCase == Given.caseID(21))
        #expect(lines[0].score == 0)
    }

    @Test func aChildThatIsIdentifiedAgainCountsAsItWasSaidLast() {
        var figures = FiguresProjection()
        func say(_ number: Int, again: Bool) {
            var facts = ChildIdentified(
                referral: Given.id(1), child: Given.id(11), part: .child(0), outcome: .linked, disposition: .joined,
                caseID: Given.caseID(21), person: Given.id(31), model: "test", score: 0)
            if again { facts.rereferral = PreviousReferral(caseID: Given.caseID(21), receivedAt: Given.start) }
            figures.take(Given.event(number, .childIdentified(facts)))
        }
        say(1, again: true)
        #expect(figures.rereferrals == 1 && figures.linked == 1)
        say(2, again: false)
        #expect(figures.rereferrals == 0 && figures.linked == 1)
        for event in room { figures.take(event) }
        #expect(figures.linksUndone == 1)
    }
}
