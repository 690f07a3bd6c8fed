import DomainModel
import HubConfiguration
import Room
import Testing

@testable import Deadlines

/// The clocks that the policy hangs on a case, and the steps of it that people record.
@Suite struct StatuteTests {
    private static let ewa = NamedPerson(
        staff: Given.name(StaffName.self, "bd.ewa"), team: Given.macpt, role: .teamManager)

    private func record(
        _ verb: DecisionVerb, at: String? = nil, clock: ObligationKind? = nil, by: NamedPerson = ewa
    ) -> EventBody {
        .decisionSubmitted(
            DecisionSubmitted(
                by: by, verb: verb, reason: .other, cases: [Given.caseID(21)], at: at.map(Given.instant),
                clock: clock))
    }

    /// A case of a referral of Tuesday 24 November 2026, 10:00, taken by Family Help a day later.
    private func accepted() -> (Thread, [Event]) {
        var thread = Thread()
        thread.refer()
        thread.read(Given.opened())
        thread.read(Given.identified())
        thread.read(Given.rated(.amber))
        let own = thread.read(.caseAccepted(Given.decision(by: Given.carol)), at: Given.instant("2026-11-25T10:00:00Z"))
        return (thread, own)
    }

    @Test func theAssessmentIsOwedByWhoLeadsWithin45WorkingDaysOfTheReferral() throws {
        var (thread, own) = accepted()
        let opened = try #require(own.opened(.assessment).first)
        #expect(opened.facts.team == Given.familyHelp && opened.start == Given.start && opened.budget == "45wd")
        // Christmas Day, the substitute for Boxing Day and New Year's Day do not count.
        #expect(opened.due == Given.instant("2027-01-29T10:00:00Z"))
        let met = thread.read(
            record(.completeAssessment, at: "2027-01-29T09:00:00Z"), at: Given.instant("2027-02-01T09:00:00Z"))
        #expect(met.met.first?.onTime == true)
        #expect(thread.read(record(.completeAssessment)).isEmpty)
    }

    @Test func earlyHelpThatAcceptsOwesNoAssessment() {
        var thread = Thread()
        thread.read(Given.opened())
        let grace = NamedPerson(
            staff: Given.name(StaffName.self, "bd.grace"), team: Given.name(TeamName.self, "bd-early-help"),
            role: .teamManager)
        #expect(thread.read(.caseAccepted(Given.decision(by: grace))).opened(.assessment).isEmpty)
    }

    @Test func theConferenceIsCountedFromTheStrategyDiscussionNotFromItsRecord() throws {
        var (thread, _) = accepted()
        let own = thread.read(
            record(.strategyDiscussion, at: "2026-11-30T14:00:00Z"), at: Given.instant("2026-12-02T09:00:00Z"))
        let opened = try #require(own.opened(.conference).first)
        #expect(opened.facts.team == Given.macpt)
        #expect(opened.due == Given.instant("2026-12-21T14:00:00Z"))
        #expect(thread.strike("2026-12-21T14:00:00Z").rung.contains { $0.facts.kind == .conference })
        let held = thread.read(record(.holdConference), at: Given.instant("2026-12-22T10:00:00Z"))
        #expect(held.met.first { $0.facts.kind == .conference }?.onTime == false)
        #expect(held.cleared.count == 1)
    }

    @Test func whatCannotBeRecordedIsRefusedWithTheReason() {
        var (thread, _) = accepted()
        func reason(_ own: [Event]) -> String? {
            own.compactMap { event -> String? in
                guard case .decisionRefused(let refused) = event.body else { return nil }
                return refused.reason
            }.first
        }
        let dev = NamedPerson(
            staff: Given.name(StaffName.self, "bd.dev"), team: Given.familyHelp, role: .practitioner)
        #expect(reason(thread.read(record(.strategyDiscussion, by: dev))) == "role-may-not")
        #expect(reason(thread.read(record(.strategyDiscussion, at: "2027-11-30T14:00:00Z"))) == "not-yet")
        #expect(reason(thread.read(record(.suspend, clock: .decide))) == "nothing-owed")
        #expect(reason(thread.read(record(.suspend, clock: .conference))) == "nothing-owed")
        #expect(reason(thread.read(record(.resume, clock: .assessment))) == "nothing-suspended")
        thread.read(.caseClosed(Given.decision(by: Given.amara)))
        #expect(reason(thread.read(record(.strategyDiscussion))) == "no-such-case")
    }

    @Test func aSuspendedClockStandsStillAndLosesExactlyThatTime() throws {
        var (thread, _) = accepted()
        let own = thread.read(record(.suspend, clock: .assessment), at: Given.instant("2026-12-01T10:00:00Z"))
        #expect(own.extended.map(\.reason) == ["suspended"])
        #expect(own.extended.first?.suspendedSince == Given.instant("2026-12-01T10:00:00Z"))
        #expect(thread.strike("2027-06-01T10:00:00Z").rung.filter { $0.facts.kind == .assessment }.isEmpty)
        // Stopped for five working days; the strikes of a year on are not in the room yet.
        (thread, _) = accepted()
        thread.read(record(.suspend, clock: .assessment), at: Given.instant("2026-12-01T10:00:00Z"))
        let resumed = thread.read(record(.resume, clock: .assessment), at: Given.instant("2026-12-08T10:00:00Z"))
            .extended
        #expect(resumed.map(\.reason) == ["resumed"])
        #expect(resumed.first?.due == Given.instant("2027-02-05T10:00:00Z"))
        #expect(resumed.first?.working.contains { $0.hasPrefix("stopped from Tue 1 Dec") } == true)
    }

    @Test func aRiseToRedRunsOnWhateverWasSuspended() {
        var (thread, _) = accepted()
        thread.read(record(.suspend, clock: .assessment), at: Given.instant("2026-12-01T10:00:00Z"))
        let own = thread.read(Given.rated(.red, from: .amber), at: Given.instant("2026-12-02T10:00:00Z"))
        #expect(own.extended.contains { $0.reason == "resumed" })
        #expect(thread.read(record(.suspend, clock: .assessment)).types.contains(.decisionRefused))
    }

    @Test func closedAndReferredAgainTheCaseIsAssessedAnew() throws {
        var (thread, _) = accepted()
        #expect(
            thread.read(.caseClosed(Given.decision(by: Given.amara))).withdrawn.contains {
                $0.facts.kind == .assessment
            })
        thread.read(.caseReopened(CaseReopened(caseID: Given.caseID(21), reason: "referred-again")))
        let own = thread.read(.caseAccepted(Given.decision(by: Given.carol)))
        #expect(own.extended.map(\.reason) == ["reopened"])
    }

    @Test func aChangedPolicySetsOpenClocksAnewWithTheReason() throws {
        var (thread, _) = accepted()
        thread.read(Given.requested())
        var policy = Given.policy(of: Given.barking)
        for index in policy.clocks.indices where policy.clocks[index].kind == .informationReturn {
            policy.clocks[index].budget = "2wd"
        }
        policy.version = "2026-12-01"
        let own = thread.read(.policyAdopted(PolicyAdopted(hash: "q", content: policy)))
        #expect(own.extended.map(\.reason) == ["policy-changed"])
        #expect(own.extended.first?.due == Given.instant("2026-11-27T10:00:00Z"))
        #expect(
            thread.strike("2026-11-26T10:00:00Z").besidesSilence.rung.filter { $0.facts.kind == .informationReturn }
                .isEmpty)
        #expect(!thread.strike("2026-11-27T10:00:00Z").rung.filter { $0.facts.kind == .informationReturn }.isEmpty)
        // Adopted again unchanged, it says nothing.
        #expect(thread.read(.policyAdopted(PolicyAdopted(hash: "q", content: policy))).isEmpty)
    }
}
