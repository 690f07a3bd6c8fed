import DomainModel
import HubConfiguration
import Room
import Testing

@testable import Deadlines

/// Which desk is woken, and whom of it.
@Suite struct DeskTests {
    private let edt = Given.name(DeskName.self, "bd-edt")

    @Test func dangerInOfficeHoursWakesTheDutyDeskAndAtNightTheEmergencyDutyTeam() throws {
        for (time, desk, person) in [
            ("2026-11-24T10:00:00Z", "bd-duty", "bd.ines"), ("2026-11-24T16:59:59Z", "bd-duty", "bd.ines"),
            ("2026-11-24T17:00:00Z", "bd-edt", "bd.noor"), ("2026-11-25T08:59:59Z", "bd-edt", "bd.noor"),
            ("2026-11-28T12:00:00Z", "bd-edt", "bd.oskar"), ("2026-12-25T12:00:00Z", "bd-edt", "bd.oskar"),
            ("2026-12-01T10:00:00Z", "bd-duty", "bd.jack"),
        ] {
            var thread = Thread()
            thread.now = Given.instant(time)
            let raised = try #require(thread.refer(Given.referral(danger: true, at: thread.now)).rung.first)
            #expect(raised.desk.text == desk, "\(time)")
            #expect(raised.onCall?.text == person, "\(time)")
            #expect(raised.role == .duty)
        }
    }

    @Test func aRedAtNightIsTheEmergencyDutyTeamsAndAnAmberWaitsForTheOffice() throws {
        var thread = Thread()
        thread.now = Given.instant("2026-11-24T19:00:00Z")
        #expect(thread.read(Given.rated(.red)).rung.map(\.desk) == [edt])
        thread.read(Given.requested(rating: .red))
        thread.read(Given.requested("req-2", of: Given.school, rating: .amber))
        let own = thread.strike("2026-12-01T20:00:00Z").besidesSilence.rung
        #expect(own.first { $0.facts.request == "req-1" }?.desk == edt)
        #expect(own.first { $0.facts.request == "req-2" }?.desk == Given.desk)
    }

    /// Raised at 16:55 and not answered: the next rung, at 17:10, is the other desk's, and the first one is told so.
    @Test func whatIsNotAnsweredByTheHandOverIsTheNextDesks() throws {
        var thread = Thread()
        thread.now = Given.instant("2026-11-24T16:55:00Z")
        let alert = try #require(thread.refer(Given.referral(danger: true, at: thread.now)).rung.first?.alert)
        let rung = thread.strike("2026-11-24T17:10:00Z").rung
        #expect(rung.map(\.desk) == [edt])
        #expect(rung.map(\.role) == [.mashManager])
        let records = thread.outgoing.filter { $0.key == alert.description }
        let texts = records.map { String(decoding: $0.data, as: UTF8.self) }
        #expect(records.map(\.recipient) == [.desk(Given.desk), .desk(Given.desk), .desk(edt)])
        #expect(texts[1].contains(#""state":"handed-over""#))
        #expect(texts[2].contains(#""state":"escalated""#))
        // Who had it before may still answer: what they know is worth having.
        #expect(thread.answer(alert, desk: Given.desk).met.count == 1)
    }

    @Test func dangerIsAnsweredByANamedPersonWithinFifteenMinutesOrClimbs() throws {
        var thread = Thread()
        let alert = try #require(thread.refer(Given.referral(danger: true)).rung.first?.alert)
        #expect(thread.strike("2026-11-24T10:14:59Z").rung.isEmpty)
        #expect(thread.strike("2026-11-24T10:15:00Z").rung.map(\.role) == [.mashManager])
        #expect(thread.strike("2026-11-24T10:45:00Z").rung.map(\.role) == [.duty])
        #expect(thread.strike("2026-11-24T16:00:00Z").rung.filter { $0.alert == alert }.isEmpty)
        #expect(thread.answer(alert).met.count == 1)
    }

    @Test func anotherAuthoritysDeskAnswersNothing() throws {
        var thread = Thread()
        let alert = try #require(thread.refer(Given.referral(danger: true)).rung.first?.alert)
        #expect(thread.answer(alert, desk: Given.name(DeskName.self, "ex-duty")).isEmpty)
    }
}
