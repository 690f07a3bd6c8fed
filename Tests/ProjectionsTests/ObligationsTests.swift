import DomainModel
import Room
import Testing

@testable import Projections

/// The ledger as its events leave it.
@Suite struct ObligationsTests {
    private func ledger(_ bodies: [(Int64, EventBody)]) -> ObligationsProjection {
        var ledger = ObligationsProjection()
        for (place, (minute, body)) in bodies.enumerated() {
            ledger.take(Given.event(place, body, by: .deadlines, at: Given.minutes(minute)))
        }
        return ledger
    }

    @Test func anObligationIsOpenTillItIsMetAndOverdueOnceItsTimeIsPast() throws {
        let facts = Given.facts(1)
        let open = try #require(ledger([(0, Given.opened(facts))]).rows.first)
        #expect(open.state == .open)
        #expect(!open.isOverdue(at: Given.minutes(60)) && open.isOverdue(at: Given.minutes(61)))
        let met = try #require(
            ledger([(0, Given.opened(facts)), (90, Given.met(facts, at: 90, onTime: false))]).rows.first)
        #expect(met.state == .met && met.onTime == false && met.endedAt == Given.minutes(90))
        #expect(met.latenessMilliseconds == 30 * 60_000)
        #expect(!met.isOverdue(at: Given.minutes(900)))
    }

    @Test func aClockThatCouldNotBeSetCountsAsOverdue() throws {
        #expect(
            try #require(ledger([(0, Given.opened(Given.facts(1), due: nil))]).rows.first).isOverdue(at: Given.start))
    }

    @Test func oneThatBeginsAnewIsOpenAgain() throws {
        let facts = Given.facts(1)
        let row = try #require(
            ledger([
                (0, Given.opened(facts)),
                (5, .obligationReminded(ObligationReminded(facts: facts, due: Given.start, arming: 1))),
                (10, .obligationDeclined(ObligationEnded(facts: facts, reason: "declined"))),
                (
                    20,
                    .obligationExtended(
                        ObligationExtended(facts: facts, due: Given.minutes(200), arming: 2, reason: "challenged"))
                ),
            ]).rows.first)
        #expect(row.state == .open && row.due == Given.minutes(200) && row.endedAt == nil && row.isReminded)
    }

    @Test func endsAreToldApart() {
        let ended = ObligationEnded(facts: Given.facts(1), reason: "case-closed")
        #expect(
            ledger([(0, Given.opened(Given.facts(1))), (1, .obligationWithdrawn(ended))]).rows.map(\.state) == [
                .withdrawn
            ])
        #expect(
            ledger([(0, Given.opened(Given.facts(1))), (1, .obligationDeclined(ended))]).rows.map(\.state) == [
                .declined
            ])
    }

    @Test func anAlertClimbsIsAnsweredAndClearsAndMayBeRaisedAgain() throws {
        let facts = Given.facts(1)
        let acknowledged = AlertAcknowledged(
            alert: Given.id(900), desk: Given.desk, staff: Given.officer, obligation: Given.id(1),
            until: Given.minutes(120))
        let cleared = AlertCleared(
            alert: Given.id(900), desk: Given.desk, obligation: Given.id(1), reason: "met")
        var steps: [(Int64, EventBody)] = [
            (0, Given.opened(facts)), (60, .alertRaised(Given.raised(facts))),
            (75, .alertEscalated(Given.raised(facts, rung: 1))), (80, .alertAcknowledged(acknowledged)),
        ]
        var alert = try #require(ledger(steps).alerts.first)
        #expect(alert.rung == 1 && alert.acknowledgedBy == Given.officer && alert.promisedFor == Given.minutes(120))
        #expect(alert.clearedAt == nil && alert.raisedAt == Given.minutes(60))
        steps.append((90, .alertCleared(cleared)))
        alert = try #require(ledger(steps).alerts.first)
        #expect(alert.clearedAt == Given.minutes(90))
        steps.append((130, .alertRaised(Given.raised(facts, arming: 2))))
        let again = ledger(steps)
        #expect(again.alerts.count == 1)
        #expect(again.alerts.first?.clearedAt == nil && again.alerts.first?.raised.arming == 2)
        #expect(again.rows.first?.alert == Given.id(900))
    }

    @Test func whatIsNotKnownIsPassedOver() {
        #expect(ledger([(0, Given.met(Given.facts(1), at: 1, onTime: true))]).rows.isEmpty)
        #expect(ledger([(0, .alertEscalated(Given.raised(Given.facts(1))))]).alerts.isEmpty)
    }
}
