import DomainModel
import HubConfiguration
import Room
import Testing

@testable import Deadlines

@Suite struct ClockTests {
    private func asked(_ rating: RAG = .amber, of agency: AgencyName = Given.police, at time: Instant = Given.start)
        -> Thread
    {
        var thread = Thread()
        thread.read(Given.rated(rating), at: time)
        thread.read(Given.requested(of: agency, rating: rating))
        return thread
    }

    /// Without the two kinds of children and referral, so that only the return's clock ticks.
    private func returns(_ events: [Event]) -> [AlertRaised] {
        events.rung.filter { $0.facts.kind == .informationReturn }
    }

    @Test func aWorkingDayIsCountedOnTheAgencysOwnHours() throws {
        // Friday 27 November 2026, 15:30; school closes at 16:00.
        let thread = asked(of: Given.school, at: Given.instant("2026-11-27T15:30:00Z"))
        let opened = try #require(thread.everything.opened(.informationReturn).first)
        #expect(opened.calendar.text == "bd-school-hours")
        #expect(opened.due == Given.instant("2026-11-30T15:30:00Z"))
    }

    @Test func aRedRunsRoundTheClockWhateverTheAgencysHours() throws {
        let thread = asked(.red, of: Given.school, at: Given.instant("2026-11-27T15:30:00Z"))
        #expect(thread.everything.opened(.informationReturn).first?.due == Given.instant("2026-11-27T19:30:00Z"))
    }

    @Test func theReminderCountsWorkingTimeNotTheWeekend() {
        var thread = asked(of: Given.school, at: Given.instant("2026-11-27T15:30:00Z"))
        // Half an hour on Friday and seven on Monday: three quarters of 7.5 h is 5 h 37 min 30 s.
        #expect(thread.deadlines.nextDue == Given.instant("2026-11-30T13:37:30Z"))
        #expect(thread.strike("2026-11-30T13:37:30Z").types == [.obligationReminded])
    }

    @Test func anEarlyStrikeAndASecondOneFindNothing() {
        var thread = asked()
        #expect(thread.strike("2026-11-24T10:00:01Z").isEmpty)
        thread.strike("2026-11-25T04:00:00Z")
        #expect(thread.strike("2026-11-25T09:59:59Z").isEmpty)
        #expect(returns(thread.strike("2026-11-25T10:00:00Z")).count == 1)
        #expect(thread.strike("2026-11-25T10:00:00Z").isEmpty)
        #expect(thread.strike("2026-11-25T10:00:00Z").isEmpty)
    }

    @Test func afterAnOutageAllThatFellDueComesInItsOrderEachOnce() {
        var thread = asked()
        let own = thread.strike("2026-11-26T10:00:00Z")
        #expect(own.types == [.obligationReminded, .alertRaised, .alertEscalated])
        #expect(thread.strike("2026-12-26T10:00:00Z").isEmpty)
        #expect(thread.deadlines.nextDue == nil)
        #expect(Set(own.map(\.id)).count == 3)
    }

    @Test func theOrderIsThatInWhichThingsFellDueNotThatOfTheRequests() {
        var thread = asked()
        thread.read(Given.requested("req-2", of: Given.school, rating: .red))
        let order = thread.strike("2026-11-25T10:00:00Z").compactMap { event -> String? in
            switch event.body {
            case .obligationReminded(let reminded): "reminder \(reminded.facts.request ?? "")"
            case .alertRaised(let raised): "raised \(raised.facts.request ?? "")"
            case .alertEscalated(let raised): "escalated \(raised.facts.request ?? "")"
            default: nil
            }
        }
        #expect(
            order == [
                "reminder req-2", "raised req-2", "escalated req-2", "reminder req-1", "raised req-1",
            ])
    }

    @Test func aRaisedAlertHasTheSameIdWhicheverStrikeFoundIt() {
        var early = asked()
        var late = asked()
        early.strike("2026-11-25T10:00:00Z")
        late.strike("2026-11-29T10:00:00Z")
        let raised = { (thread: Thread) in thread.everything.first { $0.body.type == .alertRaised }?.id }
        #expect(raised(early) == raised(late))
    }

    @Test func aRiseShortensWhatIsOwedAndSaysWhy() throws {
        var thread = asked()
        let own = thread.read(Given.rated(.red, from: .amber), at: Given.start.adding(seconds: 3600))
        let extended = try #require(own.extended.first)
        #expect(extended.reason == "rating-risen" && extended.arming == 2)
        #expect(extended.facts.rating == .red)
        // Four hours from the rise.
        #expect(extended.due == Given.instant("2026-11-24T15:00:00Z"))
    }

    @Test func aRiseNeverLengthens() {
        var thread = asked()
        #expect(
            thread.read(Given.rated(.red, from: .amber), at: Given.instant("2026-11-25T09:00:00Z")).extended.isEmpty)
        #expect(returns(thread.strike("2026-11-25T10:00:00Z")).map(\.code) == ["overdue"])
    }

    @Test func aLoweredRatingChangesNoClock() {
        var thread = asked(.red)
        #expect(thread.read(Given.rated(.green, from: .red)).extended.isEmpty)
    }

    @Test func whatIsOverdueAlreadyStaysBeforeThePersonItIsBefore() {
        var thread = asked()
        thread.strike("2026-11-25T10:00:00Z")
        #expect(thread.read(Given.rated(.red, from: .amber)).extended.isEmpty)
    }

    @Test func aClockThatCannotBeSetIsItselfAnAlert() throws {
        var thread = Thread()
        var directory = Given.directory
        directory.calendars.removeAll { $0.id.text == "round-the-clock" }
        thread.adopt(directory)
        let own = thread.read(Given.requested())
        #expect(own.types == [.obligationOpened, .alertRaised])
        #expect(own.opened(.informationReturn).first?.due == nil)
        #expect(own.opened(.informationReturn).first?.working.isEmpty == false)
        #expect(own.rung.first?.code == "clock-not-set")
        // It can be met all the same, and is never on time.
        let met = thread.give()
        #expect(met.types == [.obligationMet, .alertCleared])
        #expect(met.met.first?.onTime == false)
    }

    @Test func aCalendarThatNeverOpensIsNoClock() {
        var thread = Thread()
        var directory = Given.directory
        directory.calendars = directory.calendars.map { CalendarHours(id: $0.id) }
        thread.adopt(directory)
        #expect(thread.read(Given.requested()).rung.map(\.code) == ["clock-not-set"])
    }

    @Test func aBudgetThatIsNoneAndARuleThatIsMissingAreNoClockEither() {
        for remove in [false, true] {
            var thread = Thread()
            var policy = Given.policy(of: Given.barking)
            policy.clocks = policy.clocks.compactMap { rule in
                guard rule.kind == .informationReturn else { return rule }
                var changed = rule
                changed.budget = "soon"
                return remove ? nil : changed
            }
            thread.read(.policyAdopted(PolicyAdopted(hash: "q", content: policy)))
            #expect(thread.read(Given.requested()).rung.map(\.code) == ["clock-not-set"])
        }
    }

    @Test func aClockIsSetAsSoonAsItCanBeAndTheAlertIsCleared() throws {
        var thread = Thread()
        var directory = Given.directory
        directory.calendars.removeAll { $0.id.text == "round-the-clock" }
        thread.adopt(directory)
        thread.read(Given.requested())
        thread.adopt(Given.directory)
        let own = thread.history.last?.own ?? []
        #expect(own.types == [.alertCleared, .obligationExtended])
        // From where it should have counted.
        #expect(own.extended.first?.due == Given.instant("2026-11-25T10:00:00Z"))
        #expect(returns(thread.strike("2026-11-25T10:00:00Z")).map(\.code) == ["overdue"])
    }

    @Test func aChangedCalendarMovesWhatIsNotOverdue() throws {
        var thread = asked(of: Given.school)
        var directory = Given.directory
        for index in directory.calendars.indices {
            directory.calendars[index].closed = [CivilDate(Given.start, plus: 1)]
        }
        thread.adopt(directory)
        let extended = try #require(thread.history.last?.own.extended.first { $0.facts.kind == .informationReturn })
        #expect(extended.reason == "calendar-changed")
        #expect(extended.due == Given.instant("2026-11-26T10:00:00Z"))
        // The same again changes nothing.
        thread.adopt(directory)
        #expect(thread.history.last?.own.isEmpty == true)
    }

    @Test func aStrikeReachesEveryAuthorityOfThePartition() {
        let other = Given.authority("E10000012")
        var thread = Thread(adopting: [Given.barking, other])
        thread.read(Given.requested())
        thread.read(
            .submissionRefused(
                SubmissionRefused(
                    channel: .returns, agency: Given.name(AgencyName.self, "ex-police"), reason: "not-json",
                    deadLetter: Given.id(72), reference: "r")), authority: other)
        let own = thread.strike("2026-11-25T10:00:00Z")
        #expect(Set(own.map(\.authority)) == [Given.barking, other])
        #expect(Set(own.rung.map(\.desk.text)) == ["bd-duty", "ex-duty"])
    }
}

extension CivilDate {
    fileprivate init(_ instant: Instant, plus days: Int) {
        self.init(daysSinceEpoch: Int(instant.milliseconds / 86_400_000) + days)
    }
}
