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

    // MARK: Heartbeats

    private let beat = Names.heartbeat(Given.police, in: Given.barking)
    private static let sent = EventBody.heartbeatSent(HeartbeatSent(agency: Given.police))

    /// Hub.yaml says that the police send heartbeats.
    private static func expecting(_ within: String?) throws -> HubDirectory {
        var directory = Given.directory
        let place = try #require(directory.agencies.firstIndex { $0.id == Given.police })
        directory.agencies[place].heartbeatWithin = within
        return directory
    }

    @Test func whoIsToSendHeartbeatsAndNeverBeginsIsMissedFromTheAdoptionOn() throws {
        var thread = Thread()
        thread.adopt(try Self.expecting("1h"))
        let adopted = thread.now
        #expect(thread.strike(adopted.adding(milliseconds: 3_599_999)).rung.isEmpty)
        let raised = try #require(thread.strike(adopted.adding(seconds: 3600)).rung.first)
        #expect(raised.code == "no-heartbeat" && raised.facts.kind == .heartbeat && raised.since == adopted)
        #expect(raised.facts.agency == Given.police && raised.desk == Given.desk && raised.facts.obligation == beat)
        let first = thread.read(Self.sent, at: adopted.adding(seconds: 4000))
        #expect(first.met.map(\.facts.obligation) == [beat] && first.cleared.map(\.obligation) == [beat])
        // It goes on, and stops again: one alert more, of the next arming, counted from the last one.
        #expect(thread.read(Self.sent, at: adopted.adding(seconds: 7000)).isEmpty)
        #expect(thread.strike(adopted.adding(seconds: 10_599)).rung.isEmpty)
        let again = thread.strike(adopted.adding(seconds: 10_600))
        #expect(again.rung.map(\.arming) == [2])
        #expect(again.extended.map(\.start) == [adopted.adding(seconds: 7000)])
    }

    @Test func aPolicyWatchesForHeartbeatsFromTheFirstOn() throws {
        var thread = Thread()
        #expect(thread.strike(thread.now.adding(seconds: 30 * 86_400)).rung.isEmpty)
        thread.read(Self.sent)
        let last = thread.now
        #expect(thread.strike(last.adding(milliseconds: 4 * 3_600_000 - 1)).rung.isEmpty)
        #expect(thread.strike(last.adding(seconds: 4 * 3600)).rung.map(\.code) == ["no-heartbeat"])
    }

    /// A machine goes on while nobody sends; people send while a machine stands still.
    @Test func heartbeatsAndMessagesDoNotStandForEachOther() throws {
        var thread = Thread()
        thread.adopt(try Self.expecting("12h"))
        thread.refer()
        let referred = thread.now
        for hour in stride(from: 6, through: 48, by: 6) {
            thread.read(Self.sent, at: referred.adding(seconds: Int64(hour) * 3600))
        }
        #expect(thread.strike(referred.adding(seconds: 48 * 3600)).rung.filter { $0.code == "silent" }.count == 1)
        #expect(thread.everything.rung.filter { $0.code == "no-heartbeat" }.isEmpty)
        let stopped = thread.strike(referred.adding(seconds: 60 * 3600)).rung.filter { $0.facts.kind == .heartbeat }
        #expect(stopped.map(\.code) == ["no-heartbeat"])
        let repeated = EventBody.referralRepeated(ReferralRepeated(referral: Given.id(1), agency: Given.police))
        #expect(thread.read(repeated).cleared.map(\.obligation) == [police])
        #expect(thread.read(Self.sent).cleared.map(\.obligation) == [beat])
    }

    /// No heartbeat is what a refused message has to be sent again for.
    @Test func aHeartbeatIsNotTheMessageThatIsOwedAgain() {
        var thread = Thread()
        thread.read(Given.refused())
        #expect(thread.read(Self.sent).filter { $0.body.type == .obligationMet }.isEmpty)
    }

    @Test func whoIsNoLongerToSendThemIsNotMissedAndWhoIsAgainIsFromThenOn() throws {
        var thread = Thread()
        var policy = Given.policy(of: Given.barking)
        policy.clocks.removeAll { $0.kind == .heartbeat }
        thread.read(.policyAdopted(PolicyAdopted(hash: "q", content: policy)))
        thread.adopt(try Self.expecting("1h"))
        thread.adopt(try Self.expecting(nil))
        #expect(thread.strike(thread.now.adding(seconds: 86_400)).rung.isEmpty)
        thread.adopt(try Self.expecting("1h"))
        #expect(thread.strike(thread.now.adding(seconds: 3599)).rung.isEmpty)
        #expect(thread.strike(thread.now.adding(seconds: 1)).rung.map(\.code) == ["no-heartbeat"])
    }

    /// An agency that leaves the hub while it is missed is missed no more, and its alert has an all-clear.
    @Test func whoIsWatchedNoMoreOwesNothingAndTheAlertIsCleared() throws {
        var thread = Thread()
        thread.refer()
        thread.read(Self.sent)
        thread.strike(thread.now.adding(seconds: 4 * 86_400))
        var directory = Given.directory
        directory.agencies.removeAll { $0.id == Given.police }
        thread.adopt(directory)
        let own = try #require(thread.history.last?.own)
        #expect(own.withdrawn.filter { $0.reason == "not-watched" }.map(\.facts.obligation) == [police, beat])
        #expect(own.cleared.map(\.obligation) == [police, beat])
        #expect(thread.strike(thread.now.adding(seconds: 86_400)).rung.filter { $0.facts.agency == Given.police } == [])
    }

    @Test func aRefusedMessageIsASignOfLifeToo() {
        var thread = Thread()
        thread.refer()
        thread.read(Given.refused(), at: Given.instant("2026-11-25T10:00:00Z"))
        #expect(thread.strike("2026-11-26T10:00:00Z").rung.filter { $0.code == "silent" }.isEmpty)
        #expect(thread.strike("2026-11-27T10:00:00Z").rung.contains { $0.code == "silent" })
    }
}
