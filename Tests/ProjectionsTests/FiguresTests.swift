import DomainModel
import HubConfiguration
import Room
import Testing

@testable import Projections

/// Counts, and whether help came in time.
@Suite struct FiguresTests {
    private func figures(_ bodies: [EventBody]) -> FiguresProjection {
        var figures = FiguresProjection()
        for (place, body) in bodies.enumerated() { figures.take(Given.event(place, body)) }
        return figures
    }

    @Test func referralsAndChildrenAreCounted() {
        let figures = figures([
            Given.submitted(1), Given.submitted(2, children: [13]), Given.identified(child: 11, case: 21),
            Given.identified(child: 12, case: nil, outcome: .review),
            Given.identified(child: 13, case: 21, referral: 2, outcome: .linked, duplicate: true),
        ])
        #expect(figures.referrals == 2 && figures.children == 3)
        #expect(figures.bySource == figures.bySource.sorted { $0.key < $1.key })
        #expect(figures.bySource.map(\.count) == [2])
        #expect(figures.reviews == 1 && figures.linked == 1 && figures.duplicates == 1)
    }

    @Test func whatTheMatcherDidIsCounted() {
        func compared(_ given: String, _ address: String) -> [ComparisonFacts] {
            [
                ComparisonFacts(field: "given-name", level: given, milliBits: 1),
                ComparisonFacts(field: "address", level: address, milliBits: 2),
            ]
        }
        let figures = figures([
            Given.identified(child: 11, case: 21, outcome: .linked, comparisons: compared("one-edit", "differs")),
            Given.identified(child: 12, case: 21, outcome: .linked, comparisons: compared("equal", "equal")),
            Given.identified(child: 13, case: 22, comparisons: compared("differs", "equal")),
            Given.identified(child: 14, case: 23, comparisons: compared("differs", "differs")),
            Given.identified(child: 15, case: nil, outcome: .review, comparisons: compared("one-edit", "equal")),
        ])
        #expect(figures.misspeltLinked == 1 && figures.siblingsApart == 1)
        #expect(figures.reviews == 1 && figures.reviewsAnswered == 0 && figures.linked == 2)
    }

    @Test func theFirstRatingOfACaseCountsAndLaterOnesAsRises() {
        let figures = figures([
            Given.rated(.amber), Given.rated(.red, from: .amber), Given.rated(.green, from: .red),
            Given.rated(.green, child: 12, case: 22),
        ])
        #expect(figures.byRating.map(\.key) == [.green, .amber].sorted())
        #expect(figures.byRating.map(\.count) == [1, 1])
        #expect(figures.rises == 1)
    }

    @Test func theFirstLeadOfACaseCounts() {
        let figures = figures([Given.routed(), Given.routed(), Given.routed(child: 12, case: 22)])
        #expect(figures.byLead.map(\.key) == [.familyHelp])
        #expect(figures.byLead.map(\.count) == [2])
    }

    @Test func dangersAreAlarmsAboutChildrenAndNotAboutTheHub() {
        let danger = Given.facts(1, .answer, agency: nil)
        let figures = figures([
            .alertRaised(Given.raised(danger, code: "danger")), .alertRaised(Given.raised(Given.facts(2))),
            .alertRaised(Given.raised(danger, code: "undecidable")),
            .alertEscalated(Given.raised(danger, rung: 1)),
        ])
        #expect(figures.alertsRaised == 3 && figures.dangers == 1 && figures.alertsEscalated == 1)
    }

    @Test func onTimeIsCountedByWhoOwes() throws {
        var ledger = ObligationsProjection()
        let late = Given.facts(2)
        let early = Given.facts(1)
        let declined = Given.facts(3)
        let other = Given.facts(4, agency: Given.police)
        for (place, body) in [
            Given.opened(early), Given.opened(late), Given.opened(declined), Given.opened(other),
            Given.opened(Given.facts(5)), Given.opened(Given.facts(6), due: 500),
            Given.opened(Given.facts(7, .respond, agency: nil, team: Given.familyHelp)), Given.opened(Given.facts(8)),
            Given.met(early, at: 30, onTime: true), Given.met(late, at: 90, onTime: false),
            .obligationDeclined(ObligationEnded(facts: declined, reason: "declined")),
            .obligationWithdrawn(ObligationEnded(facts: Given.facts(8), reason: "case-closed")),
        ].enumerated() {
            ledger.take(Given.event(place, body))
        }
        let found = FiguresProjection.onTime(ledger, kind: .informationReturn, at: Given.minutes(100))
        #expect(found.map(\.name) == ["bd-police", "bd-schools"])
        let school = try #require(found.last?.figures)
        // In time, late, declined, and one still open whose time is past; one open that is not due yet.
        #expect(school.due == 4 && school.onTime == 1 && school.late == 1 && school.declined == 1 && school.open == 2)
        #expect(found.first?.figures.due == 1 && found.first?.figures.open == 1)
    }
}
