import DomainModel
import Room
import Testing

@testable import Projections

/// Returns on time, by agency and rating.
@Suite struct ReturnsReportTests {
    private func facts(_ number: Int, _ agency: AgencyName, _ rating: RAG?) -> ObligationFacts {
        ObligationFacts(
            obligation: Given.id(number), kind: .informationReturn, agency: agency, caseID: Given.caseID(number),
            rating: rating)
    }

    /// Due after sixty minutes; met after so many, or nil: not at all.
    private func ledger(_ rows: [(AgencyName, RAG?, Int64?)]) -> ObligationsProjection {
        var ledger = ObligationsProjection()
        for (number, (agency, rating, minute)) in rows.enumerated() {
            let facts = facts(number + 1, agency, rating)
            ledger.take(Given.event(number * 2, Given.opened(facts), by: .deadlines))
            if let minute {
                ledger.take(
                    Given.event(
                        number * 2 + 1, Given.met(facts, at: minute, onTime: minute <= 60), by: .deadlines,
                        at: Given.minutes(minute)))
            }
        }
        return ledger
    }

    @Test func countsAndMediansStandByAgencyTheGravestRatingFirst() {
        let police = Given.police
        let ledger = ledger([
            (Given.school, .amber, nil), (police, .amber, 30), (police, .red, 60), (police, .red, 70),
            (police, .red, 160), (police, .red, nil), (police, .green, 200), (police, .green, 90),
        ])
        let report = ReturnsReport(ledger, from: .distantPast, until: .distantFuture, at: Given.minutes(61))
        #expect(
            report.lines.map { "\($0.agency) \($0.rating?.rawValue ?? "-")" } == [
                "bd-police red", "bd-police amber", "bd-police green", "bd-schools amber",
            ])
        let red = report.lines[0]
        #expect(red.asked == 4 && red.onTime == 1 && red.late == 2 && red.overdue == 1)
        #expect(red.onTimePercent == 25)
        #expect(red.medianLatenessMilliseconds == Int64(55 * 60_000))
        #expect(report.lines[1].onTimePercent == 100 && report.lines[1].medianLatenessMilliseconds == nil)
        #expect(report.lines[2].medianLatenessMilliseconds == Int64(85 * 60_000))
    }

    @Test func onlyWhatWasAskedInTheSpanCounts() {
        let ledger = ledger([(Given.police, .red, 30)])
        #expect(
            ReturnsReport(ledger, from: .distantPast, until: Given.start, at: Given.minutes(99)).lines.isEmpty)
        #expect(ReturnsReport(ledger, from: Given.start, until: Given.minutes(1), at: Given.start).lines.count == 1)
    }

    @Test func whatStandsStillIsNotOverdue() {
        let facts = facts(1, Given.police, .amber)
        var ledger = ObligationsProjection()
        ledger.take(Given.event(1, Given.opened(facts), by: .deadlines))
        ledger.take(
            Given.event(
                2,
                .obligationExtended(
                    ObligationExtended(
                        facts: facts, due: Given.minutes(60), arming: 2, reason: "suspended",
                        suspendedSince: Given.minutes(10))), by: .deadlines))
        let report = ReturnsReport(ledger, from: .distantPast, until: .distantFuture, at: Given.minutes(600))
        #expect(report.lines.first?.running == 1 && report.lines.first?.overdue == 0)
    }

    @Test func theMedianOfAnEvenNumberIsTheMeanOfTheMiddleTwo() {
        #expect(ReturnsReport.median([]) == nil)
        #expect(ReturnsReport.median([5]) == 5)
        #expect(ReturnsReport.median([9, 1, 5, 3]) == 4)
    }
}
