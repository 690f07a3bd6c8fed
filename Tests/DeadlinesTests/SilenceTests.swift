import DomainModel
import HubConfiguration
import Room
import Testing

@testable import Deadlines

/// Quiet is never read as 'nothing known'.
@Suite struct SilenceTests {
    private let police = Names.signal(Given.police, in: Given.barking)

    @Test func anAgencyThatFallsSilentIsAnAlertAndItsNextMessageTheAllClear() throws {
        var thread = Thread()
        thread.refer()
        #expect(thread.strike("2026-11-26T09:59:59Z").rung.filter { $0.code == "silent" }.isEmpty)
        let own = thread.strike("2026-11-26T10:00:00Z")
        let raised = try #require(own.rung.first { $0.code == "silent" })
        #expect(raised.facts.agency == Given.police && raised.facts.kind == .signal && raised.desk == Given.desk)
        #expect(raised.since == Given.start)
        #expect(own.filter { $0.body.type == .alertEscalated }.isEmpty)
        // Eight hours on it climbs, and once only.
        let later = thread.strike("2026-11-26T18:00:00Z").rung.filter { $0.facts.obligation == police }
        #expect(later.map(\.role) == [.mashManager])
        let heard = thread.read(
            .referralRepeated(ReferralRepeated(referral: Given.id(1), agency: Given.police)),
            at: Given.instant("2026-11-27T08:00:00Z"))
        #expect(heard.met.map(\.facts.obligation) == [police])
        #expect(heard.cleared.map(\.obligation) == [police])
        // And it may fall silent again.
        let again = thread.strike("2026-11-29T08:00:00Z")
        #expect(again.extended.first { $0.facts.obligation == police }?.start == Given.instant("2026-11-27T08:00:00Z"))
        #expect(again.rung.contains { $0.facts.obligation == police && $0.arming == 2 })
    }

    @Test func whoWasNeverHeardOrIsNotWatchedIsNotMissed() {
        var thread = Thread()
        thread.refer(Given.referral(agency: Given.school))
        let own = thread.strike("2027-03-01T10:00:00Z")
        #expect(own.rung.filter { $0.code == "silent" }.isEmpty)
    }

    @Test func hubYamlSaysForOneAgencyHowLongItMayBeSilentOnItsOwnHours() throws {
        var directory = Given.directory
        let place = try #require(directory.agencies.firstIndex { $0.id == Given.school })
        directory.agencies[place].silentAfter = "8wh"
        var thread = Thread()
        thread.adopt(directory)
        thread.refer(Given.referral(agency: Given.school))
        // From 10:00 six hours of that Tuesday, two of the Wednesday: school hours are 08:30 to 16:00.
        #expect(thread.strike("2026-11-25T10:29:59Z").rung.filter { $0.code == "silent" }.isEmpty)
        #expect(thread.strike("2026-11-25T10:30:00Z").rung.contains { $0.code == "silent" })
    }

    @Test func whoIsWatchedNoMoreIsNotMissed() throws {
        var thread = Thread()
        thread.refer()
        var policy = Given.policy(of: Given.barking)
        policy.clocks.removeAll { $0.kind == .signal }
        thread.read(.policyAdopted(PolicyAdopted(hash: "q", content: policy)))
        #expect(thread.strike("2026-12-24T10:00:00Z").rung.filter { $0.code == "silent" }.isEmpty)
    }

    @Test func aRefusedMessageIsASignOfLifeToo() {
        var thread = Thread()
        thread.refer()
        thread.read(Given.refused(), at: Given.instant("2026-11-25T10:00:00Z"))
        #expect(thread.strike("2026-11-26T10:00:00Z").rung.filter { $0.code == "silent" }.isEmpty)
        #expect(thread.strike("2026-11-27T10:00:00Z").rung.contains { $0.code == "silent" })
    }
}
