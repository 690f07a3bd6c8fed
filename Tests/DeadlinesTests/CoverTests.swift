import DomainModel
import HubConfiguration
import Room
import Testing

@testable import Deadlines

/// A school is asked on its last days of term: the autumn term ends on Friday 18 December 2026, 16:00.
@Suite struct CoverTests {
    private let education = Given.name(AgencyName.self, "bd-education")

    private func asked(_ time: String, rating: RAG = .amber) -> (Thread, ObligationOpened?) {
        var thread = Thread()
        let own = thread.read(Given.requested("req-1", of: Given.school, rating: rating), at: Given.instant(time))
        return (thread, own.opened(.informationReturn).first)
    }

    private func covered(_ thread: inout Thread, rating: RAG = .amber) -> [Event] {
        var body = Given.requested("req-2", of: education, rating: rating)
        if case .returnRequested(var requested) = body {
            requested.coverFor = Given.school
            body = .returnRequested(requested)
        }
        return thread.read(body)
    }

    @Test func atTheEndOfTermItsCoverIsToBeAsked() throws {
        var (thread, opened) = asked("2026-12-18T15:00:00Z")
        // By its own calendar it would be due in January.
        #expect(opened?.due == Given.instant("2027-01-04T15:00:00Z"))
        #expect(thread.strike("2026-12-18T15:59:59Z").isEmpty)
        let own = thread.strike("2026-12-18T16:00:00Z").extended
        #expect(own.map(\.reason) == ["outside-term"])
        #expect(own.first?.cover == education)
        // Owed by the school until the cover's request is in the room, then by the cover, from the same start.
        #expect(thread.deadlines.state.open[try #require(opened).facts.obligation] != nil)
        let after = covered(&thread)
        #expect(after.withdrawn.map(\.reason) == ["rerouted"])
        #expect(after.opened(.informationReturn).first?.start == Given.instant("2026-12-18T15:00:00Z"))
        #expect(after.opened(.informationReturn).first?.due == Given.instant("2026-12-21T15:00:00Z"))
    }

    @Test func aRedIsDueNoLaterForBeingRerouted() throws {
        var (thread, opened) = asked("2026-12-18T15:00:00Z", rating: .red)
        #expect(opened?.due == Given.instant("2026-12-18T19:00:00Z"))
        thread.strike("2026-12-18T16:00:00Z")
        let after = covered(&thread, rating: .red)
        #expect(after.opened(.informationReturn).first?.due == opened?.due)
    }

    @Test func whoIsAskedAlreadyIsNotAskedTwice() throws {
        var (thread, _) = asked("2026-12-18T15:00:00Z")
        thread.read(Given.requested("req-3", of: education))
        let own = thread.strike("2026-12-18T16:00:00Z")
        #expect(own.withdrawn.map(\.reason) == ["rerouted"] && own.extended.isEmpty)
    }

    @Test func inTheMiddleOfTermNothingIsRerouted() {
        var (thread, _) = asked("2026-12-11T15:00:00Z")
        #expect(thread.strike("2026-12-14T14:59:59Z").extended.isEmpty)
        #expect(thread.give(Given.content(agency: Given.school)).met.count == 1)
    }

    @Test func whatWasAnsweredBeforeIsNotRerouted() {
        var (thread, _) = asked("2026-12-18T15:00:00Z")
        thread.give(Given.content(agency: Given.school))
        #expect(thread.strike("2026-12-18T16:00:00Z").extended.isEmpty)
    }
}
